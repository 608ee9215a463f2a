#include "tools/explore/driven/explored_client.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "producer/profile/profile.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/look_up.h"
#include "tools/io/stop_signals.h"

namespace rmqsim {
namespace {

using Clock = std::chrono::steady_clock;

/// What broke once is a finding when it breaks in so many further runs, each time.
constexpr int kAgain = 5;
/// A smaller scenario is gone on with after so many more; what comes of it is run more often in the end.
constexpr int kAgainWhileShrinking = 1;
constexpr int kChecks = 5;
/// What a shrink may cost.
constexpr std::size_t kClientShrinkRuns = 300;
constexpr std::chrono::seconds kClientShrinkTime{60};
/// A scenario that takes so much longer than the one that was found is no smaller one.
constexpr Duration kLongerRun = std::chrono::seconds(1);
/// Real seconds after which a worker that does not get on is ended.
constexpr unsigned kClientAlarm = 600;

double seconds_from(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

std::vector<std::string> profiles_for_client(const DriverHello& hello, std::vector<std::string> asked) {
  if (!asked.empty()) return asked;
  return {find_profile(hello.profile) != nullptr ? hello.profile : std::string(profile_names().front())};
}

class ClientWorker {
 public:
  ClientWorker(const Batch& batch, const BatchWork& work, const ExploredClient& client, const FindingBench& bench,
               Blackboard& blackboard, std::ostream& rows)
      : batch_(batch),
        work_(work),
        client_(client),
        blackboard_(blackboard),
        rows_(rows),
        known_(work.known),
        findings_({work.findings.folder, work.findings.shrink, &bench}, work.known, rows) {
    row_.first = batch.first;
  }

  void explore() {
    const Clock::time_point begin = Clock::now();
    for (std::uint64_t i = 0; i < batch_.trials && !over(); ++i) {
      if (!trial(batch_.only ? batch_.only->number() : work_.shard.trial(batch_.first + i))) break;
    }
    if (batch_.small) findings_.make_small(*batch_.small);
    ::alarm(0);
    if (batch_.small) return;
    row_.seconds = seconds_from(begin);
    rows_ << row_text(row_) << std::flush;
  }

 private:
  bool over() const {
    return stop_signals::run_stop().reason() != nullptr || (!batch_.only && Clock::now() >= work_.end);
  }

  /// False when exploring is over.
  bool trial(std::uint64_t number) {
    const Lineage lineage{{number}};
    rows_ << "begun " << lineage.text() << "\n" << std::flush;
    ::alarm(kClientAlarm);
    const Trial trial = client_.drawing().trial(work_.options.seed, number);
    if (batch_.only) {
      const std::string file = save_drawn(work_.findings.folder, trial.scenario.name, trial.scenario, trial.profile);
      rows_ << "running " << file << "\n" << std::flush;
    }
    const Profile& profile = look_up(find_profile(trial.profile), trial.profile);
    const DrivenTrials::Played played = client_.trials().play(trial.scenario, profile);
    if (played.stopped) return false;
    ++row_.runs;
    ++row_.trials;
    ++blackboard_.counts().runs;
    ++blackboard_.counts().trials;
    if (!played.driver_failed.empty()) {
      const Violation violation{{std::string(kDriverSignature), trial.profile, {}, {}},
                                {"client", played.driver_failed, {}, {}}};
      findings_.take(Found{violation, trial.scenario}, when(lineage));
      return false;
    }
    if (!played.refused.empty()) ++row_.refused;
    if (played.stalled) ++row_.properties[std::string(kFleeting)];
    look_at(trial, profile, played.trial.violations, when(lineage));
    return true;
  }

  Findings::When when(const Lineage& lineage) const {
    return {lineage, work_.runs_before + row_.runs, seconds_from(work_.begin)};
  }

  void look_at(const Trial& trial, const Profile& profile, std::vector<Violation> broken, const Findings::When& when) {
    std::erase_if(broken, [this](const Violation& violation) { return known_.contains(violation.signature); });
    if (broken.empty()) return;
    ++blackboard_.counts().looked_at;
    const std::vector<Violation> always = again(trial.scenario, profile, std::move(broken));
    for (const Violation& violation : always) {
      if (blackboard_.take(violation.signature)) findings_.take(Found{violation, trial.scenario}, when);
    }
    --blackboard_.counts().looked_at;
  }

  /// What is broken each time.
  std::vector<Violation> again(const Scenario& scenario, const Profile& profile, std::vector<Violation> broken) {
    const std::uint64_t before = row_.twice;
    broken = client_.trials().again(scenario, profile, std::move(broken), kAgain, row_.twice);
    blackboard_.counts().runs += row_.twice - before;
    if (stop_signals::run_stop().reason() != nullptr) return {};
    if (broken.empty()) ++row_.properties[std::string(kFleeting)];
    return broken;
  }

  const Batch& batch_;
  const BatchWork& work_;
  const ExploredClient& client_;
  Blackboard& blackboard_;
  std::ostream& rows_;
  const std::set<Signature> known_;
  Findings findings_;
  BatchRow row_;
};

}  // namespace

FindingBench::Shrinking DrivenBench::shrinking(const Signature& signature) const {
  ShrinkPlayer player;
  player.play = [this, signature, longest = Duration{0}](const Scenario& scenario, const Profile& profile) mutable {
    DrivenTrials::Played played = trials_.play(scenario, profile);
    const auto other = [&](const Violation& violation) { return !(violation.signature == signature); };
    std::erase_if(played.trial.violations, other);
    const Duration took = played.trial.run.virtual_time;
    if (longest == Duration{0}) longest = took + kLongerRun;  // the first one is the one that was found
    if (took > longest) played.trial.violations.clear();
    std::uint64_t runs = 1;
    played.trial.violations =
        trials_.again(scenario, profile, std::move(played.trial.violations), kAgainWhileShrinking, runs);
    blackboard_.counts().runs += runs;
    return std::move(played.trial);
  };
  player.explain = [this](const Scenario& scenario) { return trials_.explain(scenario); };
  return {{.max_runs = kClientShrinkRuns, .player = std::move(player)}, kClientShrinkTime};
}

std::string DrivenBench::distrust(const std::string& text, const Signature& signature) const {
  const ParseResult read = parse_scenario(text, "");
  if (!read.ok()) return "what was made of it cannot be read: " + read.to_string();
  const Profile& profile = look_up(find_profile(signature.profile), signature.profile);
  std::uint64_t runs = 0;
  if (!trials_.again(*read.scenario, profile, {Violation{signature, {}}}, kChecks, runs).empty()) return "";
  return "made smaller it did not break in every run, so this is how it was drawn";
}

std::vector<std::string> DrivenBench::check(const std::string&, const Signature&, bool) const {
  const std::string times = std::to_string(kChecks);
  return {"read again, it broke the same in " + times + " of " + times + " runs"};
}

ExploredClient::ExploredClient(std::string command, DriverHello hello, std::vector<Scenario> templates,
                               std::vector<std::string> profiles)
    : compares_(!profiles.empty() || find_profile(hello.profile) != nullptr),
      profiles_(profiles_for_client(hello, std::move(profiles))),
      drawing_(std::move(templates), profiles_, compares_, hello),
      trials_(std::move(command), hello),
      bench_(trials_, blackboard_) {}

void ExploredClient::explore(const Batch& batch, const BatchWork& work, std::ostream& rows) {
  ClientWorker(batch, work, *this, bench_, blackboard_, rows).explore();
}

}  // namespace rmqsim
