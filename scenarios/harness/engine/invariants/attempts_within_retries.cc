// As many attempts as retries allow and the first.
#include <algorithm>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/changed_settings.h"

namespace rmqsim {
namespace {

class AttemptsWithinRetries final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    judge_each_send(run.record, breaches, [&](const SendRecord& r) {
      return static_cast<int>(r.attempts.size()) <= std::max(r.max_attempts, 1) ||
             changes_retries(run.scenario, run.producer_of(r));
    });
  }
};

}  // namespace

std::unique_ptr<Invariant> make_attempts_within_retries() { return std::make_unique<AttemptsWithinRetries>(); }

}  // namespace rmqsim
