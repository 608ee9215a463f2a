// Whoever was slow or failed is avoided for as long as the profile's table says (behaviour §5.5), no longer: when every
// isolation that anybody can have caused is over, queues are taken in turn again, and the next one's broker is not
// passed over. And who refused is not asked again while it is avoided and another surely answers.
#include <algorithm>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/attempt_outcomes.h"
#include "scenarios/harness/engine/judging/known_faults.h"
#include "scenarios/harness/engine/judging/queue_walk.h"
#include "scenarios/harness/engine/judging/trouble.h"

namespace rmqsim {
namespace {

class IsolationBounded final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    std::vector<QueueWalk> walks;
    for (const ProducerSpec& producer : run.scenario.producers) {
      if (!run.ever(producer.name, "sendLatencyFaultEnable", true)) continue;
      look_for_unreachable(run, producer.name, breaches);
      if (waits_for_a_probe(run, producer.name)) continue;
      if (walks.empty()) walks = queue_walks(run);
      const std::vector<Span> isolations = isolations_of(run, producer.name);
      for (const QueueWalk& walk : walks) {
        if (walk.producer == producer.name) look_at(run, walk, isolations, breaches);
      }
    }
  }

 private:
  struct Span {
    TimePoint from, to;
  };

  static void look_at(const JudgedRun& run, const QueueWalk& walk, const std::vector<Span>& isolations,
                      Breaches& breaches) {
    const auto free = [&](const SendRecord& send) {
      const TimePoint at = send.attempts[0].start;
      return std::none_of(isolations.begin(), isolations.end(),
                          [&](const Span& span) { return span.from <= at && at <= span.to; });
    };
    bool overflow = walk.may_overflow();
    for (std::size_t k = 1; k < walk.sends.size(); ++k) {
      const SendRecord& before = run.record.sends[walk.sends[k - 1]];
      const SendRecord& send = run.record.sends[walk.sends[k]];
      if (!free(before) || !free(send)) continue;
      const auto from = walk.place(before);
      if (!from) continue;
      const std::size_t next = (*from + 1) % walk.queues.size();
      if (walk.place(send) == next || std::exchange(overflow, false)) continue;
      breaches.send(walk.sends[k], send,
                    "queue " + std::to_string(walk.queues[next].second) + " of " + walk.queues[next].first +
                        " was next, and nobody is isolated any more");
    }
  }

  /// While everybody is isolated, those are asked first that can be reached (behaviour §5.3).
  static void look_for_unreachable(const JudgedRun& run, const std::string& producer, Breaches& breaches) {
    if (changes_the_cluster(run.scenario)) return;
    const KnownFaults known(run, producer);
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& send = run.record.sends[i];
      const SendStep* step = run.send_step(send);
      if (step == nullptr || step->producer != producer || step->queue || step->selector) continue;
      if (send.mode != CommunicationMode::SYNC) continue;
      for (std::size_t k = 0; k < send.attempts.size(); ++k) {
        const AttemptRecord& attempt = send.attempts[k];
        if (!known.surely_isolated(attempt.broker, attempt.start) || !known.follows(send, k) ||
            !known.surely_unreachable(attempt.broker, attempt.start)) {
          continue;
        }
        const std::string_view last = k == 0 ? std::string_view() : send.attempts[k - 1].broker;
        const std::string other = reachable(run, *step, known, attempt, last);
        if (other.empty()) continue;
        breaches.send(i, send, attempt.broker + " had refused, and " + other + " answered");
        break;
      }
    }
  }
  static std::string reachable(const JudgedRun& run, const SendStep& step, const KnownFaults& known,
                               const AttemptRecord& attempt, std::string_view last) {
    const TopicSpec* topic = run.scenario.cluster.find_topic(step.message.topic);
    if (topic == nullptr || (topic->perm & TopicSpec::kWrite) == 0) return "";
    for (const auto& [broker, queues] : topic->queues) {
      if (queues <= 0 || broker == attempt.broker || broker == last) continue;
      if (known.surely_reachable(broker, attempt.start)) return broker;
    }
    return "";
  }

  /// `hardened` avoids who is unreachable until a probe says otherwise, however long that takes.
  static bool waits_for_a_probe(const JudgedRun& run, const std::string& producer) {
    return run.profile.avoids_unreachable && run.ever(producer, "startDetectorEnable", true);
  }

  /// When any broker may be isolated by what became of that producer's sends: from the begin of each that may have
  /// caused it. Attempts that reach no wire isolate as well (behaviour §8.4), so one that fails may concern everybody.
  static std::vector<Span> isolations_of(const JudgedRun& run, const std::string& producer) {
    std::vector<Span> spans;
    for (const SendRecord& send : run.record.sends) {
      if (run.producer_of(send) != producer) continue;
      if (!send.completed()) {
        spans.push_back({send.start, TimePoint::max()});
        continue;
      }
      const bool plain = !send.error && send.attempts.size() == 1 && !comes_after_an_unseen_try(send, 0) &&
                         send.kind == SendRecord::Kind::send &&
                         (send.attempts[0].outcome == "SUCCESS" || send.attempts[0].outcome == "SENT");
      const std::int64_t elapsed = (send.elapsed() + run.lateness) / millis(1) + 1;
      const std::int64_t isolation = plain ? 0 : run.profile.isolation_latency;
      const Duration avoided = millis(avoidance(run, producer, std::max(elapsed, isolation)));
      if (avoided > Duration::zero()) spans.push_back({send.start, last_end(send) + avoided + millis(1)});
    }
    return spans;
  }

  /// A request ends with its reply, which may be that to an attempt whose answer was lost: its send goes on, for as
  /// long as it may take and until the scan sees its end (behaviour §9.4.1, §10.2).
  static TimePoint last_end(const SendRecord& send) {
    if (send.kind != SendRecord::Kind::request) return send.end;
    return std::max(send.end, send.start + millis(send.timeout_millis) + millis(3200));
  }

  /// ms of the table's row, or the longest there is where somebody sets another table.
  static std::int64_t avoidance(const JudgedRun& run, const std::string& producer, std::int64_t latency) {
    if (run.ever_set(producer, "latencyMax") || run.ever_set(producer, "notAvailableDuration")) {
      return run.longest(producer, "notAvailableDuration", run.profile.not_available_duration);
    }
    std::int64_t avoided = 0;  // rows need not ascend
    for (std::size_t i = 0; i < run.profile.latency_max.size(); ++i) {
      if (latency >= run.profile.latency_max[i]) avoided = std::max(avoided, run.profile.not_available_duration[i]);
    }
    return avoided;
  }
};

}  // namespace

std::unique_ptr<Invariant> make_isolation_bounded() { return std::make_unique<IsolationBounded>(); }

}  // namespace rmqsim
