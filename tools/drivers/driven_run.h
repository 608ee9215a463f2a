// One run of a scenario with a client behind a driver: its servers in this process, over TCP; its producers wherever
// the driver has them. Judged in one or several profiles at once, as far as what a foreign client does can be judged;
// what cannot is named and does not count. A run that is not as it should be while the machine stalled is played again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/scenario.h"
#include "tools/drivers/queue_search.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {

/// Checks that are of no expectation and no invariant, as failures name them: servers got what was to be sent, and
/// nothing else; a call takes the time that servers saw of it; decisions are the profile's.
inline constexpr std::string_view kClientMessages = "messages of the client";
inline constexpr std::string_view kClientTimes = "times of the client";
inline constexpr std::string_view kClientDecisions = "decisions";

struct DriverOptions {
  std::string command;                ///< as a shell takes it
  std::optional<std::uint64_t> seed;  ///< instead of the scenario's
  Duration real_time = std::chrono::seconds(60);
  const RunStop* stop = nullptr;
  bool want_ledger = false;
  /// What decisions are compared with in every case; false: where the scenario fixes its queues, so that the rest rests
  /// on them.
  bool always_compare = false;
};

struct DrivenResult {
  RunResult run;                  ///< as judged in that profile
  DriverHello hello;              ///< empty when there was none
  QueueExplanation explanation;   ///< `why_not` when nothing was compared
  bool broke_protocol = false;    ///< the driver did, or died: nothing else was judged
  bool drew_elsewhere = false;    ///< something was not judged since the client drew its first queue
  bool as = false;                ///< nothing was found that is otherwise in that profile
  Duration stalled{0};  ///< so long the machine did before what was found, which may be its doing; zero: it is not
  std::vector<Duration> stalls{};  ///< of the plays before this one, which told nothing
};

/// What the driver says of itself, or what is wrong with it, or what `stop` says. It gets as much time as a run.
std::variant<DriverHello, std::string> ask_for_hello(const DriverOptions& options);

/// One result for each of the profiles, in order.
std::vector<DrivenResult> run_with_driver(const Scenario& scenario, const std::vector<const Profile*>& profiles,
                                          const DriverOptions& options);

}  // namespace rmqsim
