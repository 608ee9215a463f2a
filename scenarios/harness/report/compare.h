// The same scenarios in every known profile, side by side: how often sends succeed, how long that takes, and what is
// lost or doubled. What a scenario expects is left aside, since it was written for the profiles it names; the
// invariants are kept. Simulated world only, so that the numbers are the same every time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/scenario.h"
#include "scenarios/harness/report/report.h"

namespace rmqsim {

/// What one profile made of one scenario, or of all.
struct ProfileFigures {
  std::string profile;
  std::uint64_t sends = 0;      ///< of all modes; a batch is one
  std::uint64_t answerable = 0;  ///< all but oneway ones
  std::uint64_t succeeded = 0;   ///< of those: ended with a result, whatever its status, or a reply
  std::uint64_t attempts = 0;
  std::vector<Duration> times;   ///< from the call to the result, of those that succeeded
  MessageTotals messages;
  std::vector<std::string> broken;  ///< "scenario: invariant …: …"
  std::vector<std::string> failed;  ///< what else did, such as the start of a producer

  /// Per cent; nullopt when no send can be answered.
  std::optional<double> success_rate() const;
  std::optional<Duration> mean_time() const;
  /// The smallest time that 99 % of the successes do not exceed.
  std::optional<Duration> p99_time() const;
  std::optional<double> attempts_per_message() const;
  void add(const ProfileFigures& other);
};

struct ComparedScenario {
  const Scenario* scenario = nullptr;
  std::vector<ProfileFigures> profiles;  ///< in order of profile_names(); empty when it was left out
  std::string left_out;                  ///< why, with the profile that could not run it to its end
};

/// Is told of each profile's run, with its events.
using TakeCompared = std::function<void(const Profile& profile, RunResult result)>;

/// A `stop` that comes meanwhile leaves it out.
ComparedScenario compare_profiles(const Scenario& scenario, std::optional<std::uint64_t> seed,
                                  const RunStop* stop = nullptr, const TakeCompared& take = nullptr);

/// One table over all scenarios, and with `verbose` one for each. Wraps into blocks of profiles that fit the width.
std::string comparison_text(const std::vector<ComparedScenario>& scenarios, const ReportStyle& style);
/// The same as data: one JSON object.
std::string comparison_json(const std::vector<ComparedScenario>& scenarios);
/// Whether every invariant held everywhere, and nothing else failed.
bool nothing_failed(const std::vector<ComparedScenario>& scenarios);

}  // namespace rmqsim
