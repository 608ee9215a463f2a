#include "tools/explore/batch.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>
#include <vector>

#include "scenarios/harness/explore/sometimes.h"
#include "tools/explore/processor_alarm.h"
#include "tools/io/stop_signals.h"

namespace rmqsim {
namespace {

using Clock = std::chrono::steady_clock;

/// Seconds of processor after which a trial that does not end ends its worker.
constexpr unsigned kTrialAlarm = 120;
constexpr std::size_t kBackwards = 64;

/// What a trial's scenario is called when it is saved.
std::string trial_name(const Lineage& lineage) {
  std::string name = "trial-" + lineage.text();
  std::replace(name.begin(), name.end(), '.', '-');
  return name;
}

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

class Worker {
 public:
  Worker(const Batch& batch, const BatchWork& work, std::ostream& rows)
      : batch_(batch),
        work_(work),
        rows_(rows),
        explorer_(work.drawing, options(work)),
        findings_(with_alarm(work.findings), work.known, rows) {
    row_.first = batch.first;
  }

  std::string explore() {
    const Clock::time_point begin = Clock::now();
    for (std::uint64_t i = 0; i < batch_.trials && !over(); ++i) {
      const std::uint64_t number = work_.shard.trial(batch_.first + i);
      if (!trial(batch_.only ? *batch_.only : explorer_.lineage(number, work_.guide))) break;
    }
    if (batch_.backwards) go_back();
    if (batch_.small) findings_.make_small(*batch_.small);
    alarm_.set(0);
    if (batch_.small) return "";
    row_.seconds = seconds_since(begin);
    for (std::size_t bit = 0; bit < sometimes().size(); ++bit) {
      if (reached_[bit] > 0) row_.properties[std::string(sometimes()[bit].name)] = reached_[bit];
    }
    rows_ << row_text(row_) << std::flush;
    return packed();
  }

 private:
  ExplorerOptions options(const BatchWork& work) {
    ExplorerOptions options = work.options;
    options.hashed = batch_.backwards;
    if (batch_.only) {
      options.before_run = [this](const Scenario& scenario, const std::string& profile) {
        const std::string which = saved_ == 0 ? "" : "-without-rescue-" + std::to_string(saved_);
        ++saved_;
        rows_ << "running " << save_drawn(work_.findings.folder, trial_name(*batch_.only) + which, scenario, profile)
              << "\n"
              << std::flush;
      };
    }
    return options;
  }

  FindingOptions with_alarm(FindingOptions options) {
    options.alarm = [this](unsigned seconds) { alarm_.set(seconds); };
    return options;
  }

  bool over() const {
    return stop_signals::run_stop().reason() != nullptr || (!batch_.only && Clock::now() >= work_.end) ||
           (work_.until_found && findings_.count() > 0);
  }

  /// False when exploring is over.
  bool trial(const Lineage& lineage) {
    rows_ << "begun " << lineage.text() << "\n" << std::flush;
    alarm_.set(kTrialAlarm);
    const TrialOutcome outcome = explorer_.explore(explorer_.trial(lineage));
    learn(lineage, outcome.features);
    const Findings::When when{lineage, work_.runs_before + row_.runs + outcome.runs, seconds_since(work_.begin)};
    row_.runs += outcome.runs;
    row_.twice += outcome.twice;
    row_.refused += outcome.refused;
    for (std::size_t bit = 0; bit < sometimes().size(); ++bit) reached_[bit] += outcome.sometimes >> bit & 1;
    for (const Found& found : outcome.found) findings_.take(found, when);
    ++row_.trials;
    if (batch_.backwards) hashes_.emplace_back(lineage, outcome.hash);
    if (outcome.deviation) findings_.take(*outcome.deviation, lineage);
    return !outcome.deviation;
  }

  void learn(const Lineage& lineage, const std::vector<Feature>& features) {
    TrialRow row{lineage, {}};
    for (const Feature feature : features) {
      if (++met_[feature] == 1 && !work_.guide.knows(feature)) row.features.push_back(feature);
    }
    if (!row.features.empty()) rows_ << row_text(row);
  }

  /// What one run leaves to the next shows when they come in another order.
  void go_back() {
    const std::size_t stretch = std::min(kBackwards, hashes_.size());
    for (std::size_t i = 0; i < stretch && !over(); ++i) {
      const auto& [lineage, hash] = hashes_[stretch - 1 - i];
      const Trial trial = explorer_.trial(lineage);
      const TrialOutcome outcome = explorer_.explore(trial);
      row_.twice += outcome.runs;
      if (outcome.hash == hash) continue;
      findings_.take(
          Deviation{trial.scenario, trial.profile, "run after the trials that follow it, it left another trace"},
          lineage);
      return;
    }
  }

  std::string packed() const {
    std::string bytes;
    bytes.reserve(met_.size() * 16);
    for (const auto& met : met_) {
      const std::uint64_t pair[] = {met.first, met.second};
      bytes.append(reinterpret_cast<const char*>(pair), sizeof pair);
    }
    return bytes;
  }

  const Batch& batch_;
  const BatchWork& work_;
  std::ostream& rows_;
  const Explorer explorer_;
  ProcessorAlarm alarm_;
  Findings findings_;
  BatchRow row_;
  std::uint64_t reached_[64] = {};
  std::size_t saved_ = 0;
  std::unordered_map<Feature, std::uint64_t> met_;
  std::vector<std::pair<Lineage, std::uint64_t>> hashes_;
};

}  // namespace

std::string explore_batch(const Batch& batch, const BatchWork& work, std::ostream& rows) {
  return Worker(batch, work, rows).explore();
}

void meet_packed(std::string_view packed, Guide& guide) {
  for (std::uint64_t pair[2]; packed.size() >= sizeof pair; packed.remove_prefix(sizeof pair)) {
    std::memcpy(pair, packed.data(), sizeof pair);
    guide.meet(pair[0], pair[1]);
  }
}

}  // namespace rmqsim
