// A caller waits no longer than it said, and what the budget does not cover.
#include <algorithm>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class ElapsedWithinTimeout final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    judge_each_send(run.record, breaches,
                    [&](const SendRecord& r) { return !r.completed() || within_time(r, run.lateness); });
  }

 private:
  // A sync send may overrun its budget by what its limits do not cover: the connect (quirk 13), and the route lookup
  // (behaviour §6.3). An async timeout surfaces with the scan, up to 2.1 s late (behaviour §9.4.1).
  static bool within_time(const SendRecord& record, Duration lateness) {
    Duration allowed = millis(record.timeout_millis) + millis(100) + record.patience + lateness;
    // The first scan runs 3.1 s after the start of the client.
    if (record.mode == CommunicationMode::ASYNC) allowed = std::max<Duration>(allowed + millis(2100), millis(3200));
    for (const AttemptRecord& attempt : record.attempts) {
      if (attempt.outcome == "CONNECT_FAILED") allowed += attempt.elapsed;
    }
    const TimePoint first = record.attempts.empty() ? record.end : record.attempts.front().start;
    allowed += first - record.start;
    return record.elapsed() <= allowed;
  }
};

}  // namespace

std::unique_ptr<Invariant> make_elapsed_within_timeout() { return std::make_unique<ElapsedWithinTimeout>(); }

}  // namespace rmqsim
