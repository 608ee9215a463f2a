#include "scenarios/harness/explore/shrink/cause.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>

#include "scenarios/harness/expectations/checks/expectation_checks.h"
#include "scenarios/harness/explore/shrink/simpler_forms.h"
#include "scenarios/harness/explore/whole.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/write/scenario_text.h"
#include "scenarios/harness/report/explain.h"

namespace rmqsim {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  }
  return text;
}

/// explain's lines about one send, those about the run as a whole left out.
std::vector<std::string> lines_of(const Scenario& scenario, const Profile& profile, const RunResult& run,
                                  std::uint64_t send) {
  constexpr std::size_t kNoWrapping = 100'000;
  std::istringstream text(explain_text(scenario, profile, run, send, run.record.every_decision[send], kNoWrapping));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first != std::string::npos) lines.push_back(line.substr(first));
  }
  constexpr std::size_t kHeader = 2;
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min(lines.size(), kHeader)));
  return lines;
}

/// "outcome   after 3 ms: …" as "outcome after 3 ms: …".
std::string unspaced(const std::string& line) {
  std::string text;
  for (const char c : line) {
    if (c != ' ' || text.empty() || text.back() != ' ') text += c;
  }
  return text;
}

/// Without its numbers, most of which are times.
std::string without_numbers(const std::string& line) {
  std::string text;
  std::copy_if(line.begin(), line.end(), std::back_inserter(text),
               [](char c) { return (c < '0' || c > '9') && c != '.'; });
  return text;
}

/// A scenario like the breaking one that passes.
struct Neighbour {
  Scenario scenario;
  std::uint64_t fewer = 0;  ///< sends that it lacks before the one that is looked at
};

/// Those that are most like the breaking one first: with another value, then without a rule, then without more.
std::vector<Neighbour> passing_neighbours(const CauseSearch& search) {
  std::vector<Neighbour> neighbours;
  const std::vector<ScenarioNumber> numbers = numbers_of(search.scenario);
  for (const CauseSearch::Threshold& threshold : search.thresholds) {
    for (const ScenarioNumber& number : numbers) {
      if (number.name != threshold.name) continue;
      number.set(neighbours.emplace_back(Neighbour{search.scenario}).scenario, threshold.passes);
      make_whole(neighbours.back().scenario);
      break;
    }
  }
  for (const std::string_view kind : {"faults", "config", "steps"}) {
    for (const CauseSearch::Needed& needed : search.needed) {
      if (needed.kind != kind || needed.without.send_count == 0) continue;
      const bool of_steps = kind == "steps";  // one that comes before
      neighbours.push_back({needed.without, of_steps ? search.scenario.send_count - needed.without.send_count : 0});
    }
  }
  return neighbours;
}

/// A run and what it is of.
struct Told {
  const Scenario& scenario;
  const Profile& profile;
  const RunResult& run;

  std::uint64_t sends() const { return run.record.every_decision.size(); }
  std::vector<std::string> lines(std::uint64_t send) const { return lines_of(scenario, profile, run, send); }
};

/// The first line at which two runs tell a send differently, in both; nothing: in none.
template <class Same>
std::optional<std::string> first_change(const Told& broken, const Told& passed, std::optional<std::uint64_t> send,
                                        std::uint64_t fewer, const Same& same) {
  for (std::uint64_t i = send.value_or(0); i < (send ? *send + 1 : broken.sends()); ++i) {
    if (i < fewer || i - fewer >= passed.sends() || i >= broken.sends()) continue;
    const auto here = broken.lines(i), there = passed.lines(i - fewer);
    const auto [one, other] = std::mismatch(here.begin(), here.end(), there.begin(), there.end(), same);
    if (one == here.end() && other == there.end()) continue;
    return "first differs in send #" + std::to_string(i) + ": \"" + (one == here.end() ? "" : unspaced(*one)) +
           "\", and where it passes: \"" + (other == there.end() ? "" : unspaced(*other)) + "\"";
  }
  return std::nullopt;
}

/// Which of explain's lines tells what the invariant is about; of others it is how the last attempt ended.
std::string_view telling_word(std::string_view invariant) {
  struct Row {
    std::string_view word;
    std::initializer_list<std::string_view> invariants;
  };
  for (const Row& row :
       {Row{"budget", {"attempt-within-remainder", "no-spent-budget", "elapsed-within-timeout"}},
        Row{"attempt", {"retry-another-broker", "isolation-bounded", "fair-share", "attempts-within-retries"}},
        Row{"rule", {"retryable-is-retried", "final-is-not-retried", "duplicate-needs-doubt"}}}) {
    if (std::find(row.invariants.begin(), row.invariants.end(), invariant) != row.invariants.end()) return row.word;
  }
  return "outcome";
}

bool is_about(std::string_view line, std::string_view word) {
  return line.starts_with(word) && line.substr(word.size()).starts_with(' ');
}

/// What a send did decide of what the invariant is about.
std::string decided(const Told& broken, std::string_view invariant, std::uint64_t send) {
  if (send >= broken.sends()) return "";
  const auto lines = broken.lines(send);
  for (const std::string_view word : {telling_word(invariant), std::string_view("result"), std::string_view("end")}) {
    const auto line =
        std::find_if(lines.rbegin(), lines.rend(), [word](const std::string& one) { return is_about(one, word); });
    if (line != lines.rend()) return unspaced(*line);
  }
  return "";
}

/// Where the breaking run and a passing neighbour part.
struct Parting {
  std::optional<std::string> line;
  bool compared = false;  ///< some neighbour has the send as well
};
Parting part(const CauseSearch& search, const Told& broken, std::optional<std::uint64_t> send) {
  constexpr std::size_t kMostNeighbours = 8;
  std::vector<Neighbour> neighbours = passing_neighbours(search);
  neighbours.resize(std::min(neighbours.size(), kMostNeighbours));
  // Times alone are no other decision, unless there is no other.
  const auto same_words = [](const std::string& a, const std::string& b) {
    return without_numbers(a) == without_numbers(b);
  };
  Parting parting;
  for (const Neighbour& neighbour : neighbours) {
    const TrialResult passing = search.trial(neighbour.scenario, true);
    const Told passed{neighbour.scenario, search.profile, passing.run};
    parting.compared |= !send || (*send >= neighbour.fewer && *send - neighbour.fewer < passed.sends());
    if (auto difference = first_change(broken, passed, send, neighbour.fewer, same_words)) {
      parting.line = std::move(difference);
      break;
    }
    if (!parting.line) parting.line = first_change(broken, passed, send, neighbour.fewer, std::equal_to<>());
  }
  return parting;
}

/// The decisions that matter: the first that a passing neighbour takes otherwise, and the one that the invariant is
/// about. Where no neighbour takes any otherwise, that it is taken the same is what is wrong.
std::vector<std::string> decision_lines(const CauseSearch& search) {
  const TrialResult breaking = search.trial(search.scenario, true);
  const Told broken{search.scenario, search.profile, breaking.run};
  std::optional<std::uint64_t> send;
  for (const Violation& violation : breaking.violations) {
    if (violation.signature == search.signature) send = violation.failure.send;
  }
  std::vector<std::string> lines;
  const Parting parting = part(search, broken, send);
  if (parting.line) lines.push_back(*parting.line);
  if (broken.sends() == 0 || (parting.line && !send)) return lines;
  const std::uint64_t teller = send.value_or(broken.sends() - 1);
  const std::string what = decided(broken, search.signature.invariant, teller);
  if (what.empty() || (parting.line && parting.line->find(": \"" + what) != std::string::npos)) return lines;
  const std::string_view how = parting.line ? "" : parting.compared ? " the same where it passes" : "";
  lines.push_back("send #" + std::to_string(teller) + " decides" + std::string(how) + ": \"" + what + "\"");
  return lines;
}

std::string profiles_line(const CauseSearch& search) {
  std::vector<std::string> fails, passes;
  for (const std::string_view name : profile_names()) {
    TrialOptions options;
    options.expectations = search.signature.of_expectation();
    const TrialResult result = run_trial(search.scenario, *find_profile(name), options);
    const bool broke = std::any_of(result.violations.begin(), result.violations.end(), [&](const Violation& v) {
      return v.signature.invariant == search.signature.invariant;
    });
    (broke ? fails : passes).emplace_back(name);
  }
  if (passes.empty()) return "fails in every profile";
  return "fails in " + joined(fails) + ", passes in " + joined(passes);
}

std::string number_text(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr;
  return {text, end};
}

/// The words of a name, in kebab case.
std::string slug(std::string_view words) {
  std::string text;
  char before = '-';
  for (const char c : words) {
    const bool lower = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool upper = c >= 'A' && c <= 'Z';
    const bool begins = upper && before >= 'a' && before <= 'z';
    if ((begins || (!lower && !upper)) && !text.empty() && text.back() != '-') text += '-';
    if (lower) text += c;
    if (upper) text += static_cast<char>(c - 'A' + 'a');
    before = c;
  }
  while (text.ends_with('-')) text.pop_back();
  return text;
}

/// What goes wrong in it, in a few words for a name.
std::string what_goes_wrong(const Scenario& scenario) {
  for (const FaultRule& rule : scenario.faults) {
    for (const FaultActionRow& row : fault_actions()) {
      if (rule.action.find(row.key) != nullptr) return request_word(rule.on) + "-" + std::string(row.key);
    }
  }
  for (const Step& step : scenario.steps) {
    if (const auto* event = std::get_if<EventStep>(&step.what)) return event->kind;
  }
  for (const ProducerSpec& producer : scenario.producers) {
    if (!producer.config.values.empty()) return producer.config.values.begin()->first;
  }
  return "";
}

bool sets_idle_by_pointer(Scenario& scenario, std::string_view pointer) {
  const auto index_after = [&](std::string_view front) -> std::optional<std::size_t> {
    if (!pointer.starts_with(front)) return std::nullopt;
    std::size_t i = 0;
    const std::string_view rest = pointer.substr(front.size());
    if (std::from_chars(rest.data(), rest.data() + rest.size(), i).ec != std::errc()) return std::nullopt;
    return i;
  };
  const auto allow = [](bool& idle) { return !std::exchange(idle, true); };
  if (const auto i = index_after("/faults/")) return allow(scenario.faults[*i].may_be_idle);
  if (const auto i = index_after("/steps/")) return allow(scenario.steps[*i].may_be_idle);
  if (const auto i = index_after("/cluster/responders/")) return allow(scenario.cluster.responders[*i].may_be_idle);
  return false;
}

}  // namespace

Cause find_cause(const CauseSearch& search) {
  Cause cause;
  for (const CauseSearch::Threshold& threshold : search.thresholds) {
    if (!threshold.unsure)
      cause.lines.push_back("passes when " + threshold.name + " <= " + number_text(threshold.passes));
  }
  for (const CauseSearch::Needed& needed : search.needed) {
    // That nothing breaks when nothing is sent goes without saying.
    if (needed.without.send_count > 0 || search.scenario.send_count == 0) {
      cause.lines.push_back("passes without " + needed.name);
    }
  }
  if (search.explain) {
    for (std::string& line : search.explain(search.scenario)) cause.lines.push_back(std::move(line));
    return cause;
  }
  for (std::string& line : decision_lines(search)) cause.lines.push_back(std::move(line));
  cause.lines.push_back(profiles_line(search));
  return cause;
}

void expect_only(Scenario& scenario, std::string_view label) {
  const auto keep_one = [&](std::vector<Expectation>& list) {
    std::erase_if(list, [&](const Expectation& e) { return expectation_label(e.where) != label; });
  };
  keep_one(scenario.expect);
  std::erase_if(scenario.steps, [&](Step& step) {
    keep_one(step.expect);
    auto* const assertion = std::get_if<AssertStep>(&step.what);
    if (assertion == nullptr) return false;
    keep_one(assertion->expect);
    return assertion->expect.empty();
  });
}

void grant_failures(Scenario& scenario) {
  if (scenario.send_count == 0) return;
  CountsExpectation counts;
  counts.sends = {"all", {{0, scenario.send_count - 1}}};
  counts.counts["EXCEPTION"] = {0, scenario.send_count};
  scenario.expect.push_back({std::move(counts), {}, {}});
}

void allow_idle(Scenario& scenario, const RunRecord& record) {
  for (std::size_t i = 0; i < record.rules.size() && i < scenario.faults.size(); ++i) {
    if (record.rules[i].counts.acted == 0) scenario.faults[i].may_be_idle = true;
  }
  for (const std::size_t step : record.idle_events) scenario.steps[step].may_be_idle = true;
  for (bool changed = true; changed;) {
    changed = false;
    for (const ScenarioError& error : parse_scenario(scenario_text(scenario), "").errors) {
      changed |= sets_idle_by_pointer(scenario, error.pointer);
    }
  }
}

namespace {

/// Where an expectation that was there by that label is now.
std::string label_in(const Scenario& scenario, const std::string& label) {
  const auto in_list = [&](const std::vector<Expectation>& list, const std::string& place) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (expectation_label(list[i].where) == label) return place + "[" + std::to_string(i) + "]";
    }
    return std::string();
  };
  std::string now = in_list(scenario.expect, "expect");
  for (std::size_t i = 0; i < scenario.steps.size() && now.empty(); ++i) {
    const std::string step = "steps[" + std::to_string(i) + "]";
    const auto* const assertion = std::get_if<AssertStep>(&scenario.steps[i].what);
    now = assertion != nullptr ? in_list(assertion->expect, step + ".assert")
                               : in_list(scenario.steps[i].expect, step + ".expect");
  }
  return now.empty() ? label : now;
}

std::string what_breaks(const Shrunk& shrunk) {
  const Signature& signature = shrunk.signature;
  if (signature.invariant == kDecisionsSignature) return "A client decides otherwise than " + signature.profile;
  return (signature.of_expectation() ? "Does not meet " : "Breaks ") + what_is_broken(shrunk) + " in " +
         signature.profile;
}

}  // namespace

std::string what_is_broken(const Shrunk& shrunk) {
  const Signature& signature = shrunk.signature;
  const std::string& check = shrunk.violation.failure.check;
  if (!signature.of_expectation() || check.empty()) return signature.invariant;
  if (!check.starts_with(signature.invariant)) return check;  // of a start, which names its producer
  return label_in(shrunk.scenario, signature.invariant) + check.substr(signature.invariant.size());
}

Scenario as_finding(const Shrunk& shrunk) {
  Scenario scenario = shrunk.scenario;
  constexpr std::size_t kMaxName = 100;
  const std::string wrong = what_goes_wrong(scenario);
  scenario.name = slug(shrunk.signature.invariant + (wrong.empty() ? "" : "-" + wrong)).substr(0, kMaxName);
  const std::string& message = shrunk.violation.failure.message;
  std::string why = what_breaks(shrunk) + ": " + message.substr(0, message.find('\n')) + ".";
  for (const std::string& line : shrunk.cause.lines) {
    constexpr std::size_t kMaxWhy = 3900;  // a text has 4096
    std::string sentence = " " + line + ".";
    sentence[1] = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence[1])));
    if (why.size() + sentence.size() <= kMaxWhy) why += sentence;
  }
  scenario.why = std::move(why);
  scenario.references.clear();
  scenario.concerns.clear();
  scenario.profiles = {shrunk.signature.profile};
  make_whole(scenario);
  return scenario;
}

}  // namespace rmqsim
