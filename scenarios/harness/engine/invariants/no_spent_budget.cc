// What is asked of a broker with no time to answer is asked in vain. A connect that took all there was, a write that
// failed, and a oneway request ask nothing. Where the Java client's comparisons are strict, nothing left goes out as
// well (quirk 12): in 4.9.8 everywhere, in 5.3.3 in async sends, of which requests are made too. A request that goes
// out again within an attempt goes out within its time as well (behaviour §9.9).
#include <algorithm>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/request_times.h"

namespace rmqsim {
namespace {

class NoSpentBudget final : public Invariant {
 public:
  void request(const WireEnd& end, const WireRequest& said) override { times_.note(end, said); }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    judge_each_send(run.record, breaches, [&](const SendRecord& r) {
      const std::int64_t least = lets_zero_pass(run.profile, r) ? 0 : 1;
      return std::all_of(r.attempts.begin(), r.attempts.end(), [&](const AttemptRecord& a) {
        if (a.outcome == "SENT") return true;
        if (!written_in_time(r, a, run.lateness)) return false;
        return a.timeout_millis >= least || a.outcome == "CONNECT_FAILED" || a.outcome == "SEND_FAILED" ||
               (a.outcome == "INCOMPLETE" && !was_written(r, a));
      });
    });
  }

 private:
  /// One that its send did not wait for may still look for its broker's address.
  bool was_written(const SendRecord& r, const AttemptRecord& a) const {
    bool written = false;
    times_.each_of(r, a, [&](TimePoint) { written = true; });
    return written;
  }
  bool written_in_time(const SendRecord& r, const AttemptRecord& a, Duration lateness) const {
    // In whole milliseconds, as Java counts, nothing more is left when the next one begins.
    const TimePoint end = a.start + millis(std::max<std::int64_t>(a.timeout_millis, 0) + 1) + lateness;
    bool in_time = true;
    if (a.timeout_millis != kUnknownTimeout) times_.each_of(r, a, [&](TimePoint at) { in_time &= at < end; });
    return in_time;
  }
  static bool lets_zero_pass(const Profile& profile, const SendRecord& r) {
    const bool sync = r.mode == CommunicationMode::SYNC && r.kind != SendRecord::Kind::request;
    return sync ? !profile.zero_left_times_out : !profile.async_times_out_in_time;
  }

  RequestTimes times_;
};

}  // namespace

std::unique_ptr<Invariant> make_no_spent_budget() { return std::make_unique<NoSpentBudget>(); }

}  // namespace rmqsim
