// The broker that just failed is not the next one while another is free. Free is told carefully: one that has the topic
// all the time, that nothing happens to and, where brokers are isolated, that nobody had trouble with.
#include <algorithm>
#include <optional>

#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/attempt_outcomes.h"
#include "scenarios/harness/engine/judging/changed_settings.h"
#include "scenarios/harness/engine/judging/trouble.h"

namespace rmqsim {
namespace {

class RetryAnotherBroker final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    connects_may_fail_.reset();
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& r = run.record.sends[i];
      const SendStep* step = run.send_step(r);
      if (step == nullptr || r.attempts.size() < 2 || !chooses(run, *step)) continue;
      for (std::size_t k = 1; k < r.attempts.size(); ++k) {
        if (r.attempts[k].broker != r.attempts[k - 1].broker || something_between(run, r, k)) continue;
        const std::string other = surely_free(run, *step, r.attempts[k].broker);
        if (other.empty()) continue;
        breaches.send(i, r, other + " was free");
        break;
      }
    }
  }

 private:
  /// A try that ended in its connect, or had nothing left (quirk 70), is in no ledger: the retry left its broker.
  static bool something_between(const JudgedRun& run, const SendRecord& r, std::size_t k) {
    const AttemptRecord& before = r.attempts[k - 1];
    return comes_after_an_unseen_try(r, k) || r.attempts[k].start > before.start + before.elapsed + run.lateness ||
           left_at(r, before.start + before.elapsed) <= 1 + run.lateness / millis(1) ||
           run.ever(run.producer_of(r), "sendMsgMaxTimeoutPerRequest", std::int64_t{0}) ||
           changes_timeout(run, run.producer_of(r));
  }
  /// Where the queue was given there is no choice (quirk 17). The scan of 4.9.8 looks at the isolation alone, which an
  /// attempt with a doubtful status does not begin.
  static bool chooses(const JudgedRun& run, const SendStep& step) {
    return !step.queue && !step.selector &&
           (run.profile.select_by_filters || !run.ever(step.producer, "sendLatencyFaultEnable", true));
  }

  /// A broker that has the topic all the time and is never isolated; empty: nobody can be sure of one.
  std::string surely_free(const JudgedRun& run, const SendStep& step, std::string_view besides) {
    const TopicSpec* topic = run.scenario.cluster.find_topic(step.message.topic);
    if (topic == nullptr || (topic->perm & TopicSpec::kWrite) == 0 || changes_the_cluster(run.scenario)) return "";
    const bool isolates = run.ever(step.producer, "sendLatencyFaultEnable", true);
    if (isolates && !connects_may_fail_) connects_may_fail_ = connects_may_fail(run);
    if (isolates && *connects_may_fail_) return "";
    for (const auto& [broker, queues] : topic->queues) {
      if (broker == besides || queues <= 0 || (isolates && was_ever_bad(run.record, broker))) continue;
      if (isolates && may_miss_a_probe(run, step, broker)) continue;
      return broker;
    }
    return "";
  }
  /// Whether a try may have ended in its connect, which isolates as well and is in no ledger: by a rule, at a VIP port,
  /// by a limit that is too short for it, or with the time of its send or its share of that.
  static bool connects_may_fail(const JudgedRun& run) {
    const Duration connect = run.scenario.network.one_way * 2 + millis(1) + run.lateness;
    const auto refused = [](const FaultRule& rule) { return rule.on.kind == FaultTarget::Kind::connect; };
    const auto limited = [&](const ProducerSpec& producer) {
      const std::int64_t limit = run.number(producer.name, "sendMsgMaxTimeoutPerRequest", -1);
      return (limit >= 0 && millis(limit) <= connect) || run.ever(producer.name, "vipChannelEnabled", true);
    };
    const auto used_up = [&](const SendRecord& r) {
      const int shares = run.profile.caps_every_try ? std::max(r.max_attempts, 1) : 1;  // of what is left
      return r.completed() && r.end - r.start + connect * shares >= millis(r.timeout_millis);
    };
    return std::any_of(run.scenario.faults.begin(), run.scenario.faults.end(), refused) ||
           std::any_of(run.scenario.producers.begin(), run.scenario.producers.end(), limited) ||
           std::any_of(run.record.sends.begin(), run.record.sends.end(), used_up);
  }
  /// `hardened` avoids who did not answer its detector, and no send shows that.
  static bool may_miss_a_probe(const JudgedRun& run, const SendStep& step, const std::string& broker) {
    const auto concerns = [&](const FaultRule& rule) { return rule.at == broker || rule.at == "*"; };
    return run.profile.avoids_unreachable && run.ever(step.producer, "startDetectorEnable", true) &&
           std::any_of(run.scenario.faults.begin(), run.scenario.faults.end(), concerns);
  }
  /// By anybody's attempt, whenever it was: an isolation has a beginning that the record does not show.
  static bool was_ever_bad(const RunRecord& record, const std::string& broker) {
    constexpr Duration kHarmless = millis(40);  // below every row of the tables of isolation
    return std::any_of(record.sends.begin(), record.sends.end(), [&](const SendRecord& r) {
      return std::any_of(r.attempts.begin(), r.attempts.end(), [&](const AttemptRecord& a) {
        return a.broker == broker && ((a.outcome != "SUCCESS" && a.outcome != "SENT") || a.elapsed > kHarmless);
      });
    });
  }

  std::optional<bool> connects_may_fail_;
};

}  // namespace

std::unique_ptr<Invariant> make_retry_another_broker() { return std::make_unique<RetryAnotherBroker>(); }

}  // namespace rmqsim
