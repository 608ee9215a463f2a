// Makes a scenario that breaks something as small as it can be while it still breaks the same thing, and tells why it
// breaks. Works on the scenario's structure, with references repaired. Deterministic.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/explore/trial.h"

namespace rmqsim {

/// What is the matter, in words for `why`, most telling first: "passes when delayMs ≤ 2990 (faults[0])", "passes
/// without faults[1]", "first differs: …", "fails in java-5.3.3 and hardened, passes in java-4.9.8".
struct Cause {
  std::vector<std::string> lines;
};

struct Shrunk {
  Scenario scenario;
  Signature signature;
  Violation violation;         ///< of the shrunk scenario
  std::size_t runs = 0;        ///< that it took
  bool certified = false;      ///< each single removal passes
  Cause cause;
  /// Other things that broke on the way, each with the smallest scenario that was met.
  std::vector<std::pair<Signature, Scenario>> others;
};

/// Who plays what a shrink tries, when it is not our own producer in virtual time.
struct ShrinkPlayer {
  std::function<TrialResult(const Scenario& scenario, const Profile& profile)> play;
  /// Of what was made small, what a look into its runs tells of the cause.
  std::function<std::vector<std::string>(const Scenario& scenario)> explain;
};

struct ShrinkOptions {
  std::size_t max_runs = 2000;  ///< fewer, if they have 50 million events before
  /// Its runs take real time: of numbers only the least value is tried, and no bound is looked for.
  std::optional<ShrinkPlayer> player;
  /// Asked now and then; true ends the shrink with what it has.
  std::function<bool()> stop;
  /// Told before each run: how many there were, this one included, and the bytes of the file so far.
  std::function<void(std::size_t runs, std::size_t bytes)> progress;
};

/// `scenario` breaks `signature` (run_trial says so). Expectations of it are dropped, but for the one that the
/// signature is of. What can be read as a file stays so.
Shrunk shrink(const Scenario& scenario, const Signature& signature, const ShrinkOptions& options = {});

/// The invariant's name; or the expectation, where it is in the shrunk scenario: `expect[0] sends "all" outcome`.
std::string what_is_broken(const Shrunk& shrunk);

/// The finding as a file: a name made of invariant and cause, `why` in words, the failing invariant stated. What
/// load_scenario reads back breaks the same signature.
Scenario as_finding(const Shrunk& shrunk);

}  // namespace rmqsim
