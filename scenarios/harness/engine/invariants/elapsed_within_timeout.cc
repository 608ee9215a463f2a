// A caller waits no longer than it said, and what the budget does not cover: connects, whether they succeed or not
// and whoever began them (quirk 13), the route lookup (behaviour §6.3), and of a request the wait for its reply, which
// has a budget of its own where it does not end with the send (behaviour §10.2). Who waits for an answer waits for no
// connect, also not while the request is to be sent again by another connection (behaviour §9.9).
#include <algorithm>
#include <string>
#include <vector>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/changed_settings.h"
#include "scenarios/harness/engine/judging/connects.h"
#include "scenarios/harness/engine/judging/request_times.h"

namespace rmqsim {
namespace {

class ElapsedWithinTimeout final : public Invariant {
 public:
  void connecting(const WireEnd& end) override { connects_.began(end); }
  void connected(const WireEnd& end) override { connects_.ended(end); }
  void not_connected(const WireEnd& end) override { connects_.ended(end); }
  void request(const WireEnd& end, const WireRequest& said) override { times_.note(end, said); }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    judge_each_send(run.record, breaches, [&](const SendRecord& r) {
      if (!r.completed() || within_time(r, run.lateness) || changes_timeout(run, run.producer_of(r))) return true;
      Duration more = connecting_during(run, r);
      if (r.kind == SendRecord::Kind::request && !run.profile.request_ends_with_send) more += millis(r.timeout_millis);
      return more > Duration::zero() && within_time(r, run.lateness + more);
    });
  }

 private:
  struct Span {
    TimePoint from, to;
  };
  static Duration shared(const Connects::Connect& connect, const Span& span) {
    return std::max(std::min(connect.to, span.to) - std::max(connect.from, span.from), Duration::zero());
  }
  Duration connecting_during(const JudgedRun& run, const SendRecord& send) const {
    Duration sum{0};
    const std::vector<Span> answers = waits_for_answers(send);
    connects_.each_client([&](const std::string& client, const std::vector<Connects::Connect>& connects) {
      if (!run.may_speak_for(client, run.producer_of(send))) return;
      for (const Connects::Connect& connect : connects) {
        sum += shared(connect, {send.start, send.end});
        for (const Span& answer : answers) sum -= shared(connect, answer);
      }
    });
    return sum;
  }
  /// Of a sync send, as far as its requests are known: from the first of each attempt to its end.
  std::vector<Span> waits_for_answers(const SendRecord& send) const {
    std::vector<Span> spans;
    if (send.mode != CommunicationMode::SYNC || send.kind == SendRecord::Kind::request) return spans;
    for (const AttemptRecord& attempt : send.attempts) {
      TimePoint first = TimePoint::max();
      times_.each_of(send, attempt, [&](TimePoint at) { first = std::min(first, at); });
      if (first != TimePoint::max()) spans.push_back({first, attempt.start + attempt.elapsed});
    }
    return spans;
  }
  // An async timeout surfaces with the scan, up to 2.1 s late (behaviour §9.4.1).
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

  Connects connects_;
  RequestTimes times_;
};

}  // namespace

std::unique_ptr<Invariant> make_elapsed_within_timeout() { return std::make_unique<ElapsedWithinTimeout>(); }

}  // namespace rmqsim
