// By the profile's own tables: a broker that refuses for good is not asked again, nor is a message sent again that was
// stored.
#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/attempt_outcomes.h"

namespace rmqsim {
namespace {

class FinalIsNotRetried final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& r = run.record.sends[i];
      const SendStep* step = run.send_step(r);
      if (step == nullptr) continue;
      for (std::size_t k = 0; k + 1 < r.attempts.size(); ++k) {
        if (retry_rule(run, *step, r, r.attempts[k]) != RetryRule::must_not) continue;
        breaches.send(i, r, r.attempts[k].outcome + " was tried again");
        break;
      }
    }
  }
};

}  // namespace

std::unique_ptr<Invariant> make_final_is_not_retried() { return std::make_unique<FinalIsNotRetried>(); }

}  // namespace rmqsim
