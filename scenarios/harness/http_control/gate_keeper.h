// Gates: rules without an action, whose requests wait until somebody lets them go on. What is held is bounded; beyond
// the bound requests pass, and are counted. Under the monitor.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_broker/rules/fault_plan.h"
#include "fake_broker/shell/server_core.h"

namespace rmqsim {

class GateKeeper final : public RequestGate {
 public:
  static constexpr std::size_t kMaxGates = 100;
  /// Over all gates. A held request keeps its frame in memory, at most 16 MiB, and a hostile peer may send such ones.
  static constexpr std::size_t kMaxHeld = 256;

  struct Held {
    std::string server;
    std::uint64_t number = 0;  ///< of the server
    std::int32_t code = 0;
    std::string topic;
    std::string group;
  };

  explicit GateKeeper(FaultPlanOptions options) : plan_({}, options) {}

  bool holds(std::string_view server, std::uint64_t number, const RequestFacts& request,
             Duration since_first_step) override;
  void forgotten(std::string_view server, std::uint64_t number) override;

  /// For a RuleBook, which adds and takes out; what a rule holds stays with its id until take().
  FaultPlan& plan() { return plan_; }
  /// Oldest first.
  std::vector<Held> held(std::string_view gate) const;
  std::size_t held() const { return held_.size(); }
  std::uint64_t passed() const { return passed_; }
  /// Takes the oldest of a gate out, at most `count`; the caller releases them at their servers.
  std::vector<Held> take(std::string_view gate, std::size_t count);

 private:
  FaultPlan plan_;
  std::vector<std::pair<std::string, Held>> held_;  ///< gate id and request, oldest first
  std::uint64_t passed_ = 0;
};

}  // namespace rmqsim
