// What is asked of a broker with no time to answer is asked in vain. A connect that took all there was, a write that
// failed, and a oneway request ask nothing. Where the Java client's comparisons are strict, nothing left goes out as
// well (quirk 12): in 4.9.8 everywhere, in 5.3.3 in async sends, of which requests are made too.
#include <algorithm>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class NoSpentBudget final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    judge_each_send(run.record, breaches, [&](const SendRecord& r) {
      const std::int64_t least = lets_zero_pass(run.profile, r) ? 0 : 1;
      return std::all_of(r.attempts.begin(), r.attempts.end(), [&](const AttemptRecord& a) {
        return a.timeout_millis >= least || a.outcome == "CONNECT_FAILED" || a.outcome == "SEND_FAILED" ||
               a.outcome == "SENT";
      });
    });
  }

 private:
  static bool lets_zero_pass(const Profile& profile, const SendRecord& r) {
    const bool sync = r.mode == CommunicationMode::SYNC && r.kind != SendRecord::Kind::request;
    return sync ? !profile.zero_left_times_out : !profile.async_times_out_in_time;
  }
};

}  // namespace

std::unique_ptr<Invariant> make_no_spent_budget() { return std::make_unique<NoSpentBudget>(); }

}  // namespace rmqsim
