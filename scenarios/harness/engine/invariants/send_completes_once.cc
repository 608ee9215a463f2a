// Callers hear of each send once: neither never nor twice.
#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class SendCompletesOnce final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    judge_each_send(run.record, breaches, [](const SendRecord& r) { return r.completions == 1; });
  }
};

}  // namespace

std::unique_ptr<Invariant> make_send_completes_once() { return std::make_unique<SendCompletesOnce>(); }

}  // namespace rmqsim
