// What was broken and is whole again leaves nothing behind: once isolations, polls and heartbeats had the time that
// they take, plain sends succeed at their first attempt. Asked of sends that would have succeeded from the beginning
// had nothing been wrong: to a topic that the cluster has, with time enough, and nothing about them that a server or
// the client may refuse.
#include <algorithm>

#include "producer/client/send/validators.h"
#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/recovery.h"
#include "scenarios/harness/engine/judging/trouble.h"

namespace rmqsim {
namespace {

class Liveness final : public Invariant {
 public:
  void judge(const JudgedRun& run, Breaches& breaches) override {
    const Trouble trouble = trouble_of(run);
    if (!trouble.over) return;
    const TimePoint whole = *trouble.over + recovery_time(run.scenario, run.profile) + run.lateness;
    const SendStep* asked = nullptr;  // sends of a step follow each other
    bool ought = false;
    for (std::uint64_t i = 0; i < run.record.sends.size(); ++i) {
      const SendRecord& r = run.record.sends[i];
      if (r.start < whole) continue;
      const SendStep* step = run.send_step(r);
      if (step == nullptr) continue;
      if (std::exchange(asked, step) != step) ought = ought_to_succeed(run, trouble, *step);
      if (!ought || r.timeout_millis < needs(run)) continue;
      const bool done = r.completed() && !r.error && r.attempts.size() == 1 &&
                        (r.attempts[0].outcome == "SUCCESS" || r.attempts[0].outcome == "SENT");
      if (!done) breaches.send(i, r, "everything was whole");
    }
  }

 private:
  /// ms for a send, and for what the client asks before it.
  static std::int64_t needs(const JudgedRun& run) {
    return 1000 + run.scenario.network.one_way * 40 / millis(1) + run.lateness / millis(1);
  }

  static bool ought_to_succeed(const JudgedRun& run, const Trouble& trouble, const SendStep& step) {
    return plain(run, step) && reachable(run, trouble, step) && capable(run, trouble, step.producer);
  }
  static bool plain(const JudgedRun& run, const SendStep& step) {
    constexpr std::size_t kSmall = 64 * 1024;
    const MessageSpec& message = step.message;
    const std::size_t size = message.body.text ? message.body.text->size() : message.body.size;
    return !step.queue && !step.selector && step.batch == 0 && message.properties.empty() && message.delay_level == 0 &&
           !message.delay && 0 < size && size <= kSmall && !check_topic(run.profile, message.topic);
  }
  /// The topic is where the cluster says, and everybody may send there.
  static bool reachable(const JudgedRun& run, const Trouble& trouble, const SendStep& step) {
    const ClusterSpec& cluster = run.scenario.cluster;
    const TopicSpec* topic = cluster.find_topic(step.message.topic);
    if (topic == nullptr || topic->perm != (TopicSpec::kRead | TopicSpec::kWrite) || !cluster.accounts.empty()) {
      return false;
    }
    const bool queues =
        std::any_of(topic->queues.begin(), topic->queues.end(), [](const auto& q) { return q.second > 0; });
    return queues && !trouble.altered.contains(topic->name);
  }
  /// Settings leave the client what it needs.
  static bool capable(const JudgedRun& run, const Trouble& trouble, const std::string& producer) {
    // That a producer could not start is told elsewhere.
    const auto is_start = [](const Failure& failure) { return failure.check.starts_with("start of producer"); };
    const auto& failures = run.record.failures;
    if (!trouble.running.contains(producer) || std::any_of(failures.begin(), failures.end(), is_start)) return false;
    for (const std::string_view setting :
         {"namespace", "namespaceV2", "autoBatch", "maxMessageSize", "vipChannelEnabled", "useTLS", "instanceName",
          "enableBackpressureForAsyncMode", "sendMsgMaxTimeoutPerRequest", "topics"}) {
      if (run.ever_set(producer, setting)) return false;
    }
    // The idle end of a connection (behaviour §9.7) may meet a send.
    constexpr std::int64_t kKeptAlive = 60'000;
    return run.number(producer, "heartbeatBrokerInterval", 0) <= kKeptAlive &&
           run.number(producer, "mqClientApiTimeout", 3000) >= needs(run);
  }
};

}  // namespace

std::unique_ptr<Invariant> make_liveness() { return std::make_unique<Liveness>(); }

}  // namespace rmqsim
