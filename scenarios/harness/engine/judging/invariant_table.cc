#include "scenarios/harness/engine/judging/invariant_table.h"

#include <iterator>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

using Maker = std::unique_ptr<Invariant> (*)();

/// One for each of kInvariants, in the same order.
constexpr Maker kMakers[] = {
#define RMQSIM_INVARIANT_MAKER(file, name, meaning) make_##file,
    RMQSIM_INVARIANTS(RMQSIM_INVARIANT_MAKER)
#undef RMQSIM_INVARIANT_MAKER
};

}  // namespace

std::unique_ptr<Invariant> make_invariant(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kInvariants); ++i) {
    if (kInvariants[i].name == name) return kMakers[i]();
  }
  return nullptr;
}

InvariantSet::InvariantSet(const Scenario& scenario, const Profile& profile) {
  invariants_.reserve(std::size(kInvariants));
  for (std::size_t i = 0; i < std::size(kInvariants); ++i) {
    const InvariantInfo& info = kInvariants[i];
    if (scenario.invariant_off(info.name, profile.name) != nullptr) continue;
    invariants_.push_back({&info, kMakers[i]()});
  }
}

void InvariantSet::connecting(const WireEnd& end) {
  routes_.connecting(end);
  for (Entry& entry : invariants_) entry.invariant->connecting(end);
}

void InvariantSet::not_connected(const WireEnd& end) {
  routes_.not_connected(end);
  for (Entry& entry : invariants_) entry.invariant->not_connected(end);
}

void InvariantSet::connected(const WireEnd& end) {
  routes_.connected(end);
  for (Entry& entry : invariants_) entry.invariant->connected(end);
}

void InvariantSet::closed(const WireEnd& end, error_code reason) {
  routes_.closed(end, reason);
  for (Entry& entry : invariants_) entry.invariant->closed(end, reason);
}

void InvariantSet::request(const WireEnd& end, const WireRequest& said) {
  routes_.request(end, said);
  for (Entry& entry : invariants_) entry.invariant->request(end, said);
}

void InvariantSet::answer(const WireEnd& end, const RemotingCommand& command) {
  routes_.answer(end, command);
  for (Entry& entry : invariants_) entry.invariant->answer(end, command);
}

std::vector<Failure> InvariantSet::judge(JudgedRun run) {
  run.routes = &routes_;
  std::vector<Failure> failures;
  for (Entry& entry : invariants_) {
    Breaches breaches(*entry.info);
    entry.invariant->judge(run, breaches);
    if (!breaches.empty()) failures.push_back(breaches.failure(run.record.sends.size()));
  }
  return failures;
}

}  // namespace rmqsim
