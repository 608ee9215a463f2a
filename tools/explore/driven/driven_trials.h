// Runs of another client as trials: what each of them broke, by signature, and whether it breaks it every time. A run
// takes real time, in which a busy machine alone makes a client late, so what was seen once is nothing yet.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/harness/explore/trial.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {

class DrivenTrials {
 public:
  DrivenTrials(std::string command, DriverHello hello) : command_(std::move(command)), hello_(std::move(hello)) {}

  struct Played {
    TrialResult trial;          ///< without trace and features
    std::string refused;        ///< why nothing was judged; empty: it was
    std::string driver_failed;  ///< the driver broke its protocol, hung or died; nothing else was judged
    bool stalled = false;       ///< the machine did whenever it was not as it should be; nothing of that counts
    bool stopped = false;       ///< a signal ended it
  };
  Played play(const Scenario& scenario, const Profile& profile) const;
  /// Of `broken` what so many further runs break as well. Ends with the first that breaks none of it. `runs` is counted
  /// up.
  std::vector<Violation> again(const Scenario& scenario, const Profile& profile, std::vector<Violation> broken,
                               int times, std::uint64_t& runs) const;
  /// Which profiles the client decides like in one run of it: "decides as hardened there".
  std::vector<std::string> explain(const Scenario& scenario) const;

  const std::string& command() const { return command_; }
  const DriverHello& hello() const { return hello_; }

 private:
  const std::string command_;
  const DriverHello hello_;
};

}  // namespace rmqsim
