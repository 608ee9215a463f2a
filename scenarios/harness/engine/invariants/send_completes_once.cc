// Callers hear of each send once: neither never nor twice. An async request whose connect took all its time fails twice
// in 5.3.3 (quirk 22).
#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class SendCompletesOnce final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    judge_each_send(run.record, breaches, [&](const SendRecord& r) {
      return r.completions == 1 || (r.completions == 2 && may_fail_twice(run, r));
    });
  }

 private:
  static bool may_fail_twice(const JudgedRun& run, const SendRecord& r) {
    return run.profile.late_connect_fails_twice && r.mode == CommunicationMode::ASYNC && r.error &&
           r.elapsed() + run.lateness >= millis(r.timeout_millis);
  }
};

}  // namespace

std::unique_ptr<Invariant> make_send_completes_once() { return std::make_unique<SendCompletesOnce>(); }

}  // namespace rmqsim
