#include "scenarios/harness/report/html/page_data.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/invariants.h"
#include "scenarios/harness/file/write/write_sections.h"
#include "scenarios/harness/report/html/columns.h"
#include "scenarios/harness/report/html/explanations.h"
#include "scenarios/harness/report/html/send_columns.h"
#include "scenarios/harness/report/html/server_lanes.h"
#include "scenarios/harness/report/rerun.h"

namespace rmqsim {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kEvidence = 50;

std::string compact(const ordered_json& json) {
  return json_text(json);
}

std::string place(const Scenario& scenario, const SourceLocation& where) {
  return where.line == 0 ? "" : scenario.file + ":" + std::to_string(where.line);
}

/// "" for a step that sends nothing.
std::string producer_of(const Step& step) {
  return std::visit(
      [](const auto& what) -> std::string {
        if constexpr (requires { what.producer; }) return what.producer;
        return "";
      },
      step.what);
}

class PageData {
 public:
  PageData(const Scenario& scenario, const Profile& profile, const RunResult& result)
      : scenario_(scenario), profile_(profile), result_(result), record_(result.record) {}

  std::string text() {
    ordered_json run;
    run["scenario"] = scenario_.name;
    run["why"] = scenario_.why;
    run["profile"] = result_.profile;
    run["world"] = world_name(result_.world);
    run["seed"] = result_.seed;
    run["explain"] = "rmqsim explain " + shell_word(scenario_.file) + " --profile " + result_.profile + " --seed " +
                     std::to_string(result_.seed);
    run["endUs"] = rounded_micros(result_.virtual_time);
    run["totals"] = {{"lost", result_.totals.lost}, {"duplicates", result_.totals.duplicates}};
    run["producers"] = ordered_json::array();
    for (const ProducerSpec& producer : scenario_.producers) run["producers"].push_back(producer.name);
    put_send_columns(record_.sends, record_.first_step, producers(), words_, run);
    put_server_lanes(scenario_, result_, words_, run);
    put_rules(run);
    put_failures(run);
    put_expectations(run);
    put_invariants(run);
    run["notes"] = record_.notes;
    run["words"] = explanations_json(scenario_, profile_, result_);
    run["strings"] = words_.words();
    return script_text(run);
  }

 private:
  /// Of each step, the place of its producer.
  Column producers() const {
    Column places;
    for (const Step& step : scenario_.steps) {
      const std::string name = producer_of(step);
      const auto at = std::find_if(scenario_.producers.begin(), scenario_.producers.end(),
                                   [&](const ProducerSpec& one) { return one.name == name; });
      places.push_back(at == scenario_.producers.end() ? 0 : at - scenario_.producers.begin());
    }
    return places;
  }

  void put_rules(ordered_json& run) const {
    run["rules"] = ordered_json::array();
    for (std::size_t i = 0; i < scenario_.faults.size(); ++i) {
      const RuleCounts counts = i < record_.rules.size() ? record_.rules[i].counts : RuleCounts{};
      run["rules"].push_back({{"id", scenario_.faults[i].id},
                              {"matched", counts.matched},
                              {"acted", counts.acted},
                              {"words", compact(fault_json(scenario_, i))},
                              {"where", place(scenario_, scenario_.fault_locations[i])}});
    }
  }

  void put_failures(ordered_json& run) const {
    run["failures"] = ordered_json::array();
    for (const Failure& failure : record_.failures) {
      ordered_json sends = ordered_json::array();
      if (failure.send) sends.push_back(*failure.send);
      for (const std::string& line : failure.evidence) {
        const std::optional<std::uint64_t> send = send_of(line);
        if (send && (sends.empty() || sends.back() != *send)) sends.push_back(*send);
      }
      const std::size_t shown = std::min(kEvidence, failure.evidence.size());
      run["failures"].push_back(
          {{"check", failure.check},
           {"message", failure.message},
           {"where", place(scenario_, failure.where)},
           {"sends", std::move(sends)},
           {"evidence",
            std::vector<std::string>(failure.evidence.begin(), failure.evidence.begin() + std::ptrdiff_t(shown))}});
    }
  }
  /// The send that a line of evidence begins with ("#8  broker-a/0 …").
  std::optional<std::uint64_t> send_of(const std::string& line) const {
    if (line.size() < 2 || line[0] != '#') return std::nullopt;
    std::uint64_t number = 0;
    std::size_t at = 1;
    while (at < line.size() && at < 12 && line[at] >= '0' && line[at] <= '9') {
      number = number * 10 + static_cast<std::uint64_t>(line[at++] - '0');
    }
    return at > 1 && number < record_.sends.size() ? std::optional(number) : std::nullopt;
  }

  bool broke(const Expectation& expectation) const {
    return std::any_of(record_.failures.begin(), record_.failures.end(), [&](const Failure& failure) {
      return failure.where.line > 0 && failure.where.line == expectation.where.line &&
             failure.where.column == expectation.where.column;
    });
  }
  void put_expectations(ordered_json& run) const {
    ordered_json all = ordered_json::array();
    const bool judged = result_.verdict == RunResult::Verdict::passed || result_.verdict == RunResult::Verdict::failed;
    const auto add = [&](const std::vector<Expectation>& list, const Step* step, const std::string& name) {
      const ordered_json words = expectations_json(scenario_, list, step);
      for (std::size_t i = 0; i < list.size(); ++i) {
        if (!list[i].applies_to(result_.profile)) continue;
        const bool left_aside = result_.expectations_checked == 0;
        all.push_back({{"verdict", broke(list[i]) ? "broken" : judged && !left_aside ? "holds" : "unjudged"},
                       {"words", name + compact(words[i])},
                       {"where", place(scenario_, list[i].where)}});
      }
    };
    for (std::size_t i = 0; i < scenario_.steps.size(); ++i) {
      const Step& step = scenario_.steps[i];
      add(step.expect, &step, "steps[" + std::to_string(i) + "] ");
      const auto* assertion = std::get_if<AssertStep>(&step.what);
      if (assertion != nullptr) add(assertion->expect, nullptr, "steps[" + std::to_string(i) + "] ");
    }
    add(scenario_.expect, nullptr, "");
    run["expectations"] = std::move(all);
  }

  void put_invariants(ordered_json& run) const {
    run["invariants"] = ordered_json::array();
    for (const InvariantInfo& info : kInvariants) {
      std::string words = std::string(info.name) + ": " + std::string(info.meaning);
      std::string_view verdict = result_.invariants_checked > 0 ? "holds" : "unjudged";
      if (const InvariantOff* off = scenario_.invariant_off(info.name, result_.profile)) {
        verdict = "off";
        words += " (off: " + off->reason + ")";
      }
      const bool broken = std::any_of(record_.failures.begin(), record_.failures.end(),
                                      [&](const Failure& failure) { return failure.invariant == info.name; });
      run["invariants"].push_back({{"verdict", broken ? "broken" : verdict}, {"words", words}});
    }
  }

  const Scenario& scenario_;
  const Profile& profile_;
  const RunResult& result_;
  const RunRecord& record_;
  WordList words_;
};

}  // namespace

void ask_for_report(RunOptions& options) { options.keep_events = true; }

std::string page_data(const Scenario& scenario, const Profile& profile, const RunResult& result) {
  return PageData(scenario, profile, result).text();
}

}  // namespace rmqsim
