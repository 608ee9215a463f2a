// A caller waits no longer than it said, and what the budget does not cover: connects, whether they succeed or not
// and whoever began them (quirk 13), the route lookup (behaviour §6.3), and of a request the wait for its reply, which
// has a budget of its own where it does not end with the send (behaviour §10.2).
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

class ElapsedWithinTimeout final : public Invariant {
 public:
  void connecting(const WireEnd& end) override {
    connects_[std::string(end.client)].push_back({std::string(end.server), end.at, TimePoint::max()});
  }
  void connected(const WireEnd& end) override { connect_ended(end); }
  void not_connected(const WireEnd& end) override { connect_ended(end); }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    judge_each_send(run.record, breaches, [&](const SendRecord& r) {
      if (!r.completed() || within_time(r, run.lateness)) return true;
      Duration more = connecting_during(run, r);
      if (r.kind == SendRecord::Kind::request && !run.profile.request_ends_with_send) more += millis(r.timeout_millis);
      return more > Duration::zero() && within_time(r, run.lateness + more);
    });
  }

 private:
  struct Connect {
    std::string server;
    TimePoint from, to;
  };
  void connect_ended(const WireEnd& end) {
    for (Connect& connect : connects_[std::string(end.client)]) {
      if (connect.server == end.server && connect.to == TimePoint::max()) {
        connect.to = end.at;
        return;
      }
    }
  }
  Duration connecting_during(const JudgedRun& run, const SendRecord& send) const {
    Duration sum{0};
    for (const auto& [client, connects] : connects_) {
      if (!run.may_speak_for(client, run.producer_of(send))) continue;
      for (const Connect& connect : connects) {
        const Duration shared = std::min(connect.to, send.end) - std::max(connect.from, send.start);
        sum += std::max(shared, Duration::zero());
      }
    }
    return sum;
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

  std::map<std::string, std::vector<Connect>> connects_;  ///< by client
};

}  // namespace

std::unique_ptr<Invariant> make_elapsed_within_timeout() { return std::make_unique<ElapsedWithinTimeout>(); }

}  // namespace rmqsim
