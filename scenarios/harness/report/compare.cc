// Figures are sums and sorted times; the table has a row per figure and a column per profile, so that one more profile
// is one more column.
#include "scenarios/harness/report/compare.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <utility>

#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/report/render.h"

namespace rmqsim {
namespace {

constexpr const char* kCounted =
    "success rate           sends that ended with a result, whatever its status, transactions and\n"
    "                       requests included; nobody answers oneway sends\n"
    "time to success        virtual ms from the call to the result, of those\n"
    "attempts per message   requests that left or failed to connect, per send; a batch is one\n"
    "duplicates             copies that brokers keep beyond the first\n"
    "messages lost          kept by no broker at the end, whatever the producer was told; requests\n"
    "                       count as neither lost nor acknowledged\n"
    "acknowledgements lost  kept by a broker, though the producer was told of a failure\n";

std::string fixed(double value, int digits) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string count(std::uint64_t n) { return std::to_string(n); }

/// One line of the table.
struct FigureRow {
  const char* label;
  std::string (*cell)(const ProfileFigures&);
};

constexpr FigureRow kFigureRows[] = {
    {"sends", [](const ProfileFigures& f) { return count(f.sends); }},
    {"success rate", [](const ProfileFigures& f) {
       const auto rate = f.success_rate();
       return rate ? fixed(*rate, 1) + " %" : std::string("-");
     }},
    {"time to success, mean", [](const ProfileFigures& f) {
       const auto time = f.mean_time();
       return time ? format_latency(*time) : std::string("-");
     }},
    {"time to success, p99", [](const ProfileFigures& f) {
       const auto time = f.p99_time();
       return time ? format_latency(*time) : std::string("-");
     }},
    {"attempts per message", [](const ProfileFigures& f) {
       const auto attempts = f.attempts_per_message();
       return attempts ? fixed(*attempts, 2) : std::string("-");
     }},
    {"duplicates", [](const ProfileFigures& f) { return count(f.messages.duplicates); }},
    {"messages lost", [](const ProfileFigures& f) { return count(f.messages.lost); }},
    {"acknowledgements lost", [](const ProfileFigures& f) { return count(f.messages.acknowledgements_lost); }},
    {"broken invariants", [](const ProfileFigures& f) { return count(f.broken.size()); }},
    {"other failures", [](const ProfileFigures& f) { return count(f.failed.size()); }},
};

std::string table(const std::vector<ProfileFigures>& profiles, std::size_t width) {
  std::size_t label = 0;
  for (const FigureRow& row : kFigureRows) label = std::max(label, std::string_view(row.label).size());
  std::size_t column = 0;
  for (const ProfileFigures& figures : profiles) {
    column = std::max(column, figures.profile.size());
    for (const FigureRow& row : kFigureRows) column = std::max(column, row.cell(figures).size());
  }
  column += 3;
  const std::size_t fit = std::max<std::size_t>(1, width > label ? (width - label) / column : 1);
  const auto right = [&](const std::string& cell) { return std::string(column - cell.size(), ' ') + cell; };
  std::string text;
  for (std::size_t from = 0; from < profiles.size(); from += fit) {
    const std::size_t to = std::min(profiles.size(), from + fit);
    if (from > 0) text += "\n";
    text += std::string(label, ' ');
    for (std::size_t i = from; i < to; ++i) text += right(profiles[i].profile);
    text += "\n";
    for (const FigureRow& row : kFigureRows) {
      text += row.label + std::string(label - std::string_view(row.label).size(), ' ');
      for (std::size_t i = from; i < to; ++i) text += right(row.cell(profiles[i]));
      text += "\n";
    }
  }
  return text;
}

/// Over all scenarios that were not left out.
std::vector<ProfileFigures> totals(const std::vector<ComparedScenario>& scenarios) {
  std::vector<ProfileFigures> sums;
  for (const std::string_view name : profile_names()) sums.push_back({.profile = std::string(name)});
  for (const ComparedScenario& compared : scenarios) {
    for (std::size_t i = 0; i < compared.profiles.size(); ++i) sums[i].add(compared.profiles[i]);
  }
  return sums;
}

ProfileFigures figures_of(const Scenario& scenario, const RunResult& result) {
  ProfileFigures figures{.profile = result.profile};
  for (const SendRecord& send : result.record.sends) {
    if (send.kind == SendRecord::Kind::recall) continue;  // sends nothing
    ++figures.sends;
    figures.attempts += send.attempts.size();
    if (send.mode == CommunicationMode::ONEWAY) continue;
    ++figures.answerable;
    if (!send.completed() || send.error) continue;
    ++figures.succeeded;
    figures.times.push_back(send.elapsed());
  }
  figures.messages = result.totals;
  for (const Failure& failure : result.record.failures) {
    auto& list = failure.invariant.empty() ? figures.failed : figures.broken;
    list.push_back(scenario.name + ": " + failure.check + ": " + failure.message);
  }
  return figures;
}

nlohmann::ordered_json to_json(const std::vector<ProfileFigures>& profiles) {
  using nlohmann::ordered_json;
  const auto number = [](const std::optional<double>& value) {
    return value ? ordered_json(*value) : ordered_json(nullptr);
  };
  const auto time = [](const std::optional<Duration>& value) {
    return value ? ordered_json(to_fractional_millis(*value)) : ordered_json(nullptr);
  };
  ordered_json all = ordered_json::array();
  for (const ProfileFigures& f : profiles) {
    all.push_back({{"profile", f.profile},
                   {"sends", f.sends},
                   {"answerable", f.answerable},
                   {"succeeded", f.succeeded},
                   {"successRate", number(f.success_rate())},
                   {"meanMs", time(f.mean_time())},
                   {"p99Ms", time(f.p99_time())},
                   {"attempts", f.attempts},
                   {"attemptsPerMessage", number(f.attempts_per_message())},
                   {"messages", f.messages.messages},
                   {"duplicates", f.messages.duplicates},
                   {"messagesLost", f.messages.lost},
                   {"acknowledgementsLost", f.messages.acknowledgements_lost},
                   {"brokenInvariants", f.broken},
                   {"otherFailures", f.failed}});
  }
  return all;
}

}  // namespace

std::optional<double> ProfileFigures::success_rate() const {
  if (answerable == 0) return std::nullopt;
  return 100.0 * static_cast<double>(succeeded) / static_cast<double>(answerable);
}

std::optional<Duration> ProfileFigures::mean_time() const {
  if (times.empty()) return std::nullopt;
  return std::accumulate(times.begin(), times.end(), Duration{0}) / static_cast<std::int64_t>(times.size());
}

std::optional<Duration> ProfileFigures::p99_time() const {
  if (times.empty()) return std::nullopt;
  std::vector<Duration> sorted = times;
  std::sort(sorted.begin(), sorted.end());
  return sorted[(sorted.size() * 99 + 99) / 100 - 1];
}

std::optional<double> ProfileFigures::attempts_per_message() const {
  if (sends == 0) return std::nullopt;
  return static_cast<double>(attempts) / static_cast<double>(sends);
}

void ProfileFigures::add(const ProfileFigures& other) {
  sends += other.sends;
  answerable += other.answerable;
  succeeded += other.succeeded;
  attempts += other.attempts;
  times.insert(times.end(), other.times.begin(), other.times.end());
  messages.messages += other.messages.messages;
  messages.acknowledged_lost += other.messages.acknowledged_lost;
  messages.duplicates += other.messages.duplicates;
  messages.lost += other.messages.lost;
  messages.acknowledgements_lost += other.messages.acknowledgements_lost;
  broken.insert(broken.end(), other.broken.begin(), other.broken.end());
  failed.insert(failed.end(), other.failed.begin(), other.failed.end());
}

ComparedScenario compare_profiles(const Scenario& scenario, std::optional<std::uint64_t> seed, const RunStop* stop,
                                  const TakeCompared& take) {
  ComparedScenario compared{.scenario = &scenario};
  for (const std::string_view name : profile_names()) {
    RunOptions options;
    options.seed = seed;
    options.check_expectations = false;
    options.stop = stop;
    options.keep_events = take != nullptr;
    RunResult result = run_scenario(scenario, look_up(find_profile(name), name), options);
    if (result.verdict == RunResult::Verdict::refused || result.verdict == RunResult::Verdict::inconclusive) {
      // Sums over different sets of scenarios could not be compared.
      compared.profiles.clear();
      compared.left_out = std::string(name) + ": " + result.reason;
      return compared;
    }
    compared.profiles.push_back(figures_of(scenario, result));
    if (take) take(look_up(find_profile(name), name), std::move(result));
  }
  return compared;
}

bool nothing_failed(const std::vector<ComparedScenario>& scenarios) {
  const auto sums = totals(scenarios);
  return std::all_of(sums.begin(), sums.end(),
                     [](const ProfileFigures& f) { return f.broken.empty() && f.failed.empty(); });
}

std::string comparison_text(const std::vector<ComparedScenario>& scenarios, const ReportStyle& style) {
  std::string text;
  std::size_t compared = 0;
  for (const ComparedScenario& one : scenarios) {
    compared += one.left_out.empty();
    if (style.verbose && one.left_out.empty()) {
      text += one.scenario->name + "\n" + table(one.profiles, style.width) + "\n";
    }
  }
  const std::vector<ProfileFigures> sums = totals(scenarios);
  if (compared > 0) {
    text += std::to_string(compared) + (compared == 1 ? " scenario" : " scenarios") +
            " in every profile · sim · invariants checked, expectations left aside\n\n";
    text += table(sums, style.width) + "\n" + kCounted;
  }
  const auto say = [&text](const std::string& what, const std::string& words) {
    text += what + ": " + harmless_lines(words) + "\n";
  };
  for (const ProfileFigures& figures : sums) {
    for (const std::string& broken : figures.broken) say("broken in " + figures.profile, broken);
    for (const std::string& failed : figures.failed) say("failed in " + figures.profile, failed);
  }
  for (const ComparedScenario& one : scenarios) {
    if (!one.left_out.empty()) say("left out", one.scenario->name + ": " + one.left_out);
  }
  return text;
}

std::string comparison_json(const std::vector<ComparedScenario>& scenarios) {
  using nlohmann::ordered_json;
  ordered_json json;
  json["world"] = "sim";
  json["profiles"] = to_json(totals(scenarios));
  json["scenarios"] = ordered_json::array();
  json["leftOut"] = ordered_json::array();
  for (const ComparedScenario& one : scenarios) {
    ordered_json entry = {{"scenario", one.scenario->name}, {"file", one.scenario->file}};
    if (one.left_out.empty()) {
      entry["profiles"] = to_json(one.profiles);
      json["scenarios"].push_back(std::move(entry));
    } else {
      entry["reason"] = one.left_out;
      json["leftOut"].push_back(std::move(entry));
    }
  }
  return json_text(json, 1);
}

}  // namespace rmqsim
