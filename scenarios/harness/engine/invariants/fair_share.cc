// Round robin: of the sends that one thread makes one after another, each queue gets as many as any other, or one more.
// Asked where turns alone decide: no attempt fails, the route stays, and nobody is isolated.
#include <algorithm>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/queue_walk.h"

namespace rmqsim {
namespace {

class FairShare final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (const QueueWalk& walk : queue_walks(run)) {
      if (run.ever(walk.producer, "sendLatencyFaultEnable", true)) continue;
      std::vector<std::size_t> shares(walk.queues.size());
      for (const std::uint64_t i : walk.sends) {
        if (const auto place = walk.place(run.record.sends[i])) ++shares[*place];
      }
      const auto [least, most] = std::minmax_element(shares.begin(), shares.end());
      if (*most - *least <= 1 || (walk.may_overflow() && walk.jumps(run.record) <= 1)) continue;
      const auto& [broker, id] = walk.queues[static_cast<std::size_t>(most - shares.begin())];
      breaches.send(walk.sends.back(), run.record.sends[walk.sends.back()],
                    "of " + std::to_string(walk.sends.size()) + " sends queue " + std::to_string(id) + " of " + broker +
                        " got " + std::to_string(*most) + ", and another of " +
                        std::to_string(walk.queues.size()) + " got " + std::to_string(*least));
    }
  }
};

}  // namespace

std::unique_ptr<Invariant> make_fair_share() { return std::make_unique<FairShare>(); }

}  // namespace rmqsim
