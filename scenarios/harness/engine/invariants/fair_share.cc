// Round robin: of the sends that one thread makes one after another, each queue gets as many as any other, or one more.
// Asked where turns alone decide: no attempt fails, the route stays, and nobody is isolated, or everybody is and
// answers.
#include <algorithm>
#include <utility>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/known_faults.h"
#include "scenarios/harness/engine/judging/queue_walk.h"

namespace rmqsim {
namespace {

class FairShare final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (QueueWalk& walk : queue_walks(run)) {
      if (!run.ever(walk.producer, "sendLatencyFaultEnable", true)) {
        look_at(run, walk, breaches);
        continue;
      }
      const KnownFaults known(run, walk.producer);
      const std::vector<std::uint64_t> sends = std::move(walk.sends);
      walk.sends.clear();
      for (const std::uint64_t i : sends) {
        if (everybody_is_avoided(walk, known, run.record.sends[i].attempts[0].start)) {
          walk.sends.push_back(i);
          continue;
        }
        look_at(run, walk, breaches);
        walk.sends.clear();
      }
      look_at(run, walk, breaches);
    }
  }

 private:
  /// Then each look for a free queue takes all turns, and the next one is that of the next queue (behaviour §5.3).
  static bool everybody_is_avoided(const QueueWalk& walk, const KnownFaults& known, TimePoint at) {
    return std::all_of(walk.queues.begin(), walk.queues.end(), [&](const auto& queue) {
      return known.surely_isolated(queue.first, at) && known.surely_reachable(queue.first, at);
    });
  }
  static void look_at(const JudgedRun& run, const QueueWalk& walk, Breaches& breaches) {
    if (walk.sends.size() < 2) return;
    std::vector<std::size_t> shares(walk.queues.size());
    for (const std::uint64_t i : walk.sends) {
      if (const auto place = walk.place(run.record.sends[i])) ++shares[*place];
    }
    const auto [least, most] = std::minmax_element(shares.begin(), shares.end());
    if (*most - *least <= 1 || (walk.may_overflow() && walk.jumps(run.record) <= 1)) return;
    const auto& [broker, id] = walk.queues[static_cast<std::size_t>(most - shares.begin())];
    breaches.send(walk.sends.back(), run.record.sends[walk.sends.back()],
                  "of " + std::to_string(walk.sends.size()) + " sends queue " + std::to_string(id) + " of " + broker +
                      " got " + std::to_string(*most) + ", and another of " + std::to_string(walk.queues.size()) +
                      " got " + std::to_string(*least));
  }
};

}  // namespace

std::unique_ptr<Invariant> make_fair_share() { return std::make_unique<FairShare>(); }

}  // namespace rmqsim
