// What is asked of a broker with no time to answer is asked in vain. A connect that took all there was, and a oneway
// request, ask nothing.
#include <algorithm>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class NoSpentBudget final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    judge_each_send(run.record, breaches, [](const SendRecord& r) {
      return std::all_of(r.attempts.begin(), r.attempts.end(), [](const AttemptRecord& a) {
        return a.timeout_millis > 0 || a.outcome == "CONNECT_FAILED" || a.outcome == "SENT";
      });
    });
  }
};

}  // namespace

std::unique_ptr<Invariant> make_no_spent_budget() { return std::make_unique<NoSpentBudget>(); }

}  // namespace rmqsim
