// One run of exploring: a scenario in one profile, in virtual time, with everything asked of it that a campaign wants
// to know. Values in, values out; the same scenario, profile and seed give the same result on every machine.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/explore/features.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Names in signatures of what another client breaks that is no invariant: it decides otherwise than the profile, what
/// brokers keep is not what was to be sent, a call took less time than servers saw of it, its driver failed.
inline constexpr std::string_view kDecisionsSignature = "decisions";
inline constexpr std::string_view kMessagesSignature = "client-messages";
inline constexpr std::string_view kTimesSignature = "client-times";
inline constexpr std::string_view kDriverSignature = "driver";

/// What tells one finding from another: all runs with the same signature found the same thing. A shrink keeps it.
struct Signature {
  /// Its name; or "deterministic": made twice the run left two traces; or "inconclusive"; or, where expectations are
  /// looked at, which one was not met: "expect[0]", "steps[2].assert[1]".
  std::string invariant;
  std::string profile;
  std::string mode;      ///< of the first send concerned: sync, async, oneway, transaction, request, recall; or empty
  /// The last one of that send, in one word (Feature), or empty; and of an expectation what was got, of a start that
  /// fails how it does.
  std::string decision;

  /// Of no invariant, but of what the scenario expects.
  bool of_expectation() const;
  auto operator<=>(const Signature&) const = default;
  /// "acknowledged-is-stored java-5.3.3 async answered", for logs and file names.
  std::string text() const;
};

/// What `mode` says of a send.
std::string_view mode_in_signature(const SendRecord& send);

struct Violation {
  Signature signature;
  Failure failure;  ///< what was expected and what happened
};

struct TrialResult {
  std::vector<Violation> violations;
  std::uint64_t trace_hash = 0;     ///< if wanted; not the one that `rmqsim run` prints, which sees servers part
  std::vector<Feature> features;  ///< sorted, each once; empty unless wanted
  RunResult run;

  bool broke(const Signature& signature) const;
};

/// A run beyond these is given up: no drawn scenario has a tenth of so many. One that never ends has them in seconds.
inline constexpr std::uint64_t kMostTrialEvents = 1'000'000;

struct TrialOptions {
  bool features = false;
  bool hashed = false;        ///< a twentieth of the run's time
  bool expectations = false;  ///< look at them, too; idle parts are no failures all the same
  std::ostream* trace = nullptr;
  const RunStop* stop = nullptr;  ///< RunOptions::stop
  std::uint64_t max_events = kMostTrialEvents;
};

/// Runs the scenario in `sim` within bounds of virtual time and events that no sensible scenario reaches. Invariants
/// are looked at, expectations only when that is wanted.
TrialResult run_trial(const Scenario& scenario, const Profile& profile, const TrialOptions& options = {});

}  // namespace rmqsim
