#include "scenarios/harness/explore/campaign/explorer.h"

#include <algorithm>
#include <deque>
#include <exception>
#include <sstream>
#include <utility>

#include "scenarios/harness/explore/sometimes.h"

namespace rmqsim {
namespace {

constexpr std::uint64_t kTwiceInHow = 20;
/// Of one trial, those without what rescued it.
constexpr std::size_t kRescueRuns = 6;

/// What an exception is called among what may break.
Violation broken_run(const std::string& profile, const std::string& what) {
  return {{"crash", profile, {}, {}}, {"the run", "it threw: " + what, {}, {}}};
}

}  // namespace

std::string first_difference(const std::string& one, const std::string& other) {
  std::istringstream in_one(one), in_other(other);
  for (std::size_t number = 1;; ++number) {
    std::string line, other_line;
    const bool more = static_cast<bool>(std::getline(in_one, line));
    const bool other_more = static_cast<bool>(std::getline(in_other, other_line));
    if (!more && !other_more) return {};
    if (line == other_line && more == other_more) continue;
    return "line " + std::to_string(number) + " of the trace\n  once:  " + (more ? line : "(ended)") +
           "\n  again: " + (other_more ? other_line : "(ended)");
  }
}

/// The runs of one trial.
class Explorer::Runs {
 public:
  Runs(const ExplorerOptions& options, std::string profile)
      : options_(options), profile_name_(std::move(profile)), profile_(*find_profile(profile_name_)) {}

  /// False when it broke, or could not be run.
  bool run(const Scenario& scenario, bool twice, TrialResult& result) {
    if (options_.before_run) options_.before_run(scenario, profile_name_);
    ++outcome.runs;
    try {
      // Decisions cost time, and without guidance only properties need them.
      result = run_trial(scenario, profile_, {.features = options_.guidance || twice, .hashed = hashed(twice)});
    } catch (const std::exception& error) {
      add(scenario, broken_run(profile_name_, error.what()));
      return false;
    }
    outcome.hash = (outcome.hash ^ result.trace_hash) * 0x9E3779B97F4A7C15;
    if (result.run.verdict == RunResult::Verdict::refused) {
      ++outcome.refused;
      return false;
    }
    outcome.sometimes |= sometimes_of(scenario, result.run);
    if (options_.guidance) features_.insert(features_.end(), result.features.begin(), result.features.end());
    bool deviates = false;
    for (const Violation& violation : result.violations) {
      if (violation.signature.invariant == "deterministic") {
        deviates = true;
      } else {
        add(scenario, violation);
      }
    }
    if (twice || !result.violations.empty()) {
      compare(scenario, hashed(twice) ? std::optional(result.trace_hash) : std::nullopt, deviates);
    }
    return result.violations.empty();
  }

  TrialOutcome end() {
    std::sort(features_.begin(), features_.end());
    features_.erase(std::unique(features_.begin(), features_.end()), features_.end());
    outcome.features = std::move(features_);
    return std::move(outcome);
  }

  TrialOutcome outcome;

 private:
  void add(const Scenario& scenario, const Violation& violation) {
    const auto same = [&](const Found& found) { return found.violation.signature == violation.signature; };
    if (std::any_of(outcome.found.begin(), outcome.found.end(), same)) return;
    outcome.found.push_back({violation, scenario});
  }

  bool hashed(bool twice) const { return twice || options_.hashed; }

  std::uint64_t hash_of(const Scenario& scenario, bool features) {
    ++outcome.twice;
    return run_trial(scenario, profile_, {.features = features, .hashed = true}).trace_hash;
  }

  /// `hash`, if there is one yet, is that of the run. `deviates`: it is known to.
  void compare(const Scenario& scenario, std::optional<std::uint64_t> hash, bool deviates) {
    if (!hash) hash = hash_of(scenario, true);
    deviates = hash_of(scenario, false) != *hash || deviates;  // nor does looking at decisions change any
    if (!deviates || outcome.deviation) return;
    std::ostringstream once, again;
    run_trial(scenario, profile_, {.trace = &once});
    run_trial(scenario, profile_, {.trace = &again});
    std::string difference = first_difference(once.str(), again.str());
    if (difference.empty()) difference = "the hashes of two traces differ; written down, two are the same";
    outcome.deviation = Deviation{scenario, profile_name_, std::move(difference)};
  }

  const ExplorerOptions& options_;
  const std::string profile_name_;
  const Profile& profile_;
  std::vector<Feature> features_;
};

Explorer::Explorer(const Drawing& drawing, ExplorerOptions options) : drawing_(drawing), options_(std::move(options)) {}

Random Explorer::stream(std::uint64_t number, std::string_view name) const {
  return Random(options_.seed ^ (number * 0x9E3779B97F4A7C15), name);
}

Lineage Explorer::lineage(std::uint64_t number, const Guide& guide) const {
  if (options_.guidance && !drawing_.enumerates(number)) {
    Random random = stream(number, "parent");
    const Guide::Parent* parent = random.below(2) == 0 ? guide.choose(random) : nullptr;
    if (parent != nullptr) {
      Lineage lineage = parent->lineage;
      lineage.trials.push_back(number);
      return lineage;
    }
  }
  return {{number}};
}

Trial Explorer::trial(const Lineage& lineage) const {
  Trial trial = drawing_.trial(options_.seed, lineage.trials.front());
  for (std::size_t i = 1; i < lineage.trials.size(); ++i) {
    trial.number = lineage.trials[i];
    Random random = stream(trial.number, "variation");
    trial.scenario = drawing_.variation(trial.scenario, random);
  }
  return trial;
}

TrialOutcome Explorer::explore(const Trial& trial) const {
  Runs runs(options_, trial.profile);
  std::deque<Scenario> rescued{trial.scenario};
  const bool rescue = options_.rescue && !drawing_.enumerates(trial.number);
  bool twice = stream(trial.number, "twice").below(kTwiceInHow) == 0;
  for (std::size_t left = kRescueRuns; !rescued.empty(); rescued.pop_front()) {
    TrialResult result;
    const bool ended_well = runs.run(rescued.front(), twice, result);
    twice = false;
    if (!ended_well || !rescue || left == 0) continue;
    for (Scenario& without : drawing_.without_rescue(rescued.front(), result.run.record)) {
      if (left == 0) break;
      --left;
      rescued.push_back(std::move(without));
    }
  }
  return runs.end();
}

}  // namespace rmqsim
