// The invariants that a scenario leaves on, for one run.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "scenarios/harness/engine/judging/heard_routes.h"
#include "scenarios/harness/engine/judging/invariant.h"

namespace rmqsim {

/// nullptr for a name that is none.
std::unique_ptr<Invariant> make_invariant(std::string_view name);

/// Those that hold for the profile and that the scenario does not turn off; each is told of everything.
class InvariantSet final : public WireEvents {
 public:
  InvariantSet(const Scenario& scenario, const Profile& profile);

  void connecting(const WireEnd& end) override;
  void not_connected(const WireEnd& end) override;
  void connected(const WireEnd& end) override;
  void closed(const WireEnd& end, error_code reason) override;
  void request(const WireEnd& end, const WireRequest& said) override;
  void answer(const WireEnd& end, const RemotingCommand& command) override;

  std::size_t size() const { return invariants_.size(); }
  /// What clients heard of routes is added to the run.
  std::vector<Failure> judge(JudgedRun run);
  /// RunRecord::route_changes.
  std::vector<TimePoint> route_changes() const { return routes_.changes(); }

 private:
  struct Entry {
    const InvariantInfo* info;
    std::unique_ptr<Invariant> invariant;
  };
  std::vector<Entry> invariants_;
  HeardRoutes routes_;
};

}  // namespace rmqsim
