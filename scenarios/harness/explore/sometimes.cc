#include "scenarios/harness/explore/sometimes.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <variant>

#include "scenarios/harness/engine/judging/damage.h"

namespace rmqsim {
namespace {

/// In the order of kRows.
enum class Seen : unsigned {
  retry_elsewhere,
  attempts_used_up,
  budget_spent,
  async_out_of_time,
  async_resent,
  capped,
  shared,
  nothing_left,
  answer_at_the_end,
  late_success,
  refused_and_rescued,
  hung_connect,
  closed_while_waiting,
  code_retried,
  code_final,
  doubtful_returned,
  doubtful_retried,
  hidden_failure,
  no_route,
  lookup_failed,
  route_change_under_way,
  nameserver_lost_in_lookup,
  last_nameserver_lost,
  all_brokers_lost,
  broker_lost_with_request,
  stored_twice,
  acknowledgement_lost,
  message_lost,
  all_isolated,
  isolated_passed_over,
  unreachable_known,
  isolation_over,
  worst_chosen,
  oneway_never_left,
  sends_at_once,
  shutdown_under_way,
  transaction_checked,
  half_rolled_back,
  reply_came,
  recovered,
  count
};

constexpr std::array<Sometimes, static_cast<std::size_t>(Seen::count)> kRows{{
    {"retry-elsewhere", "a retry at another broker succeeds"},
    {"attempts-used-up", "a send fails with all its attempts"},
    {"budget-spent", "nothing of the timeout is left before a further attempt"},
    {"async-out-of-time", "an async send has retries left and no time"},
    {"async-resent", "an async request goes out again"},
    {"capped", "an attempt's budget is clipped by the configured cap"},
    {"shared", "an attempt gets its share of what is left"},
    {"nothing-left", "an attempt begins with a budget of zero"},
    {"answer-at-the-end", "answer and timeout come within a millisecond"},
    {"late-success", "an answer that comes after the timeout is a success"},
    {"refused-and-rescued", "a send succeeds although a connect of its failed"},
    {"hung-connect", "a connect takes all its time"},
    {"closed-while-waiting", "a connection ends under a request"},
    {"code-retried", "a broker's refusal is tried again"},
    {"code-final", "a broker's refusal ends a send"},
    {"doubtful-returned", "a doubtful status is the result"},
    {"doubtful-retried", "a doubtful status is tried again"},
    {"hidden-failure", "an earlier result hides a later failure"},
    {"no-route", "a topic has no route"},
    {"lookup-failed", "no nameserver answers a lookup"},
    {"route-change-under-way", "a route changes with a send under way"},
    {"nameserver-lost-in-lookup", "a nameserver is lost while a send looks its route up"},
    {"last-nameserver-lost", "the last nameserver is lost"},
    {"all-brokers-lost", "no broker is left"},
    {"broker-lost-with-request", "a broker is lost while a request waits there"},
    {"stored-twice", "a message is stored twice"},
    {"acknowledgement-lost", "a message is stored whose sender hears of a failure"},
    {"message-lost", "a message is stored nowhere"},
    {"all-isolated", "every broker is isolated at once"},
    {"isolated-passed-over", "a free broker is chosen while another is isolated"},
    {"unreachable-known", "a broker is known as unreachable when a queue is chosen"},
    {"isolation-over", "a broker is chosen whose isolation is over"},
    {"worst-chosen", "a broker is chosen from the worst ones"},
    {"oneway-never-left", "a oneway request that was told as sent never leaves"},
    {"sends-at-once", "ten sends of a producer are under way at once"},
    {"shutdown-under-way", "a producer shuts down with a send under way"},
    {"transaction-checked", "a check of a transaction is answered"},
    {"half-rolled-back", "a half message that is stored in doubt is rolled back"},
    {"reply-came", "a request has its reply"},
    {"recovered", "after a failure a later send succeeds at its first attempt"},
}};
static_assert(kRows.size() <= 64 && !kRows.back().name.empty());

bool is_doubtful(std::string_view outcome) {
  return outcome == "FLUSH_DISK_TIMEOUT" || outcome == "FLUSH_SLAVE_TIMEOUT" || outcome == "SLAVE_NOT_AVAILABLE";
}
bool is_of_the_way(std::string_view outcome) {
  return std::find(std::begin(kAttemptOutcomes), std::end(kAttemptOutcomes), outcome) != std::end(kAttemptOutcomes);
}
bool is_code(std::string_view outcome) {
  return outcome != "SUCCESS" && outcome != "SENT" && !is_doubtful(outcome) && !is_of_the_way(outcome);
}

class Collector {
 public:
  Collector(const Scenario& scenario, const RunResult& run) : scenario_(scenario), run_(run), record_(run.record) {}

  std::uint64_t collect() {
    for (std::size_t i = 0; i < record_.sends.size(); ++i) look_at(record_.sends[i]);
    look_at_concurrency();
    look_at_events();
    for (const DecisionLog& log : record_.every_decision) {
      for (const Decision& decision : log) {
        std::visit([&](const auto& what) { look_at(what); }, decision.what);
      }
    }
    saw(Seen::stored_twice, run_.totals.duplicates > 0);
    saw(Seen::acknowledgement_lost, run_.totals.acknowledgements_lost > 0);
    saw(Seen::message_lost, run_.totals.lost > 0);
    return seen_;
  }

 private:
  void saw(Seen what, bool really = true) {
    if (really) seen_ |= std::uint64_t{1} << static_cast<unsigned>(what);
  }
  bool under_way(const SendRecord& send, TimePoint at) const {
    return send.start <= at && (!send.completed() || at <= send.end) && send.start != TimePoint{};
  }

  void look_at(const SendRecord& send) {
    const auto& attempts = send.attempts;
    const bool good = send.result && !attempts.empty() && attempts.back().outcome == "SUCCESS";
    saw(Seen::retry_elsewhere, good && attempts.size() > 1 && attempts.back().broker != attempts.front().broker);
    saw(Seen::recovered, failed_ && good && attempts.size() == 1);
    failed_ |= send.error.has_value();
    saw(Seen::doubtful_returned, send.result && send.result->status != SendStatus::SEND_OK);
    saw(Seen::reply_came, send.reply.has_value());
    if (send.transaction) {
      saw(Seen::transaction_checked, send.transaction->answered > 0);
      saw(Seen::half_rolled_back, send.transaction->rolled_back_unseen);
    }
    for (std::size_t k = 0; k < attempts.size(); ++k) {
      const AttemptRecord& attempt = attempts[k];
      const bool last = k + 1 == attempts.size();
      const bool refused = attempt.outcome == "CONNECT_FAILED";
      const Duration left = millis(attempt.timeout_millis) - attempt.elapsed;
      saw(Seen::nothing_left, attempt.timeout_millis == 0);
      saw(Seen::late_success, attempt.outcome == "SUCCESS" && left < Duration::zero());
      saw(Seen::answer_at_the_end, attempt.outcome == "SUCCESS" && millis(-1) <= left && left <= millis(1));
      saw(Seen::refused_and_rescued, refused && good);
      saw(Seen::hung_connect, refused && attempt.elapsed >= millis(3000));
      saw(Seen::closed_while_waiting, attempt.outcome == "CONNECTION_CLOSED");
      saw(Seen::code_retried, !last && is_code(attempt.outcome));
      saw(Seen::code_final, last && is_code(attempt.outcome));
      saw(Seen::doubtful_retried, !last && is_doubtful(attempt.outcome));
    }
  }

  void look_at_concurrency() {
    std::vector<std::pair<TimePoint, int>> moments;
    for (const SendRecord& send : record_.sends) {
      if (!send.completed()) continue;
      moments.emplace_back(send.start, 1);
      moments.emplace_back(send.end, -1);
    }
    std::sort(moments.begin(), moments.end());  // ends before begins
    int now = 0;
    for (const auto& [at, change] : moments) saw(Seen::sends_at_once, (now += change) >= 10);
    for (const TimePoint change : record_.route_changes) saw(Seen::route_change_under_way, any_under_way(change));
  }
  bool any_under_way(TimePoint at) const {
    return std::any_of(record_.sends.begin(), record_.sends.end(),
                       [&](const SendRecord& send) { return under_way(send, at); });
  }

  void look_at_events() {
    Damage damage(scenario_.cluster);
    for (const EventRecord& event : record_.events) {
      const ClusterEvent& what = std::get<EventStep>(scenario_.steps[event.step].what).event;
      damage.take(what);
      if (std::holds_alternative<ShutdownProducerEvent>(what)) saw(Seen::shutdown_under_way, any_under_way(event.at));
      const bool crash = std::holds_alternative<CrashEvent>(what);
      if (!crash && !std::holds_alternative<PauseEvent>(what)) continue;
      const auto lost = [&](const std::string& server) {
        return damage.down.contains(server) || damage.paused.contains(server);
      };
      const auto& nameservers = scenario_.cluster.nameservers;
      saw(Seen::last_nameserver_lost, std::all_of(nameservers.begin(), nameservers.end(), lost));
      const auto& brokers = scenario_.cluster.brokers;
      saw(Seen::all_brokers_lost, std::all_of(brokers.begin(), brokers.end(),
                                              [&](const BrokerSpec& broker) { return lost(broker.name); }));
      for (const SendRecord& send : record_.sends) {
        if (!under_way(send, event.at)) continue;
        const bool looks_up = send.attempts.empty() || event.at <= send.attempts.front().start;
        saw(Seen::nameserver_lost_in_lookup,
            looks_up && std::any_of(nameservers.begin(), nameservers.end(), lost));
        for (const AttemptRecord& attempt : send.attempts) {
          saw(Seen::broker_lost_with_request, lost(attempt.broker) && attempt.start <= event.at &&
                                                  event.at <= attempt.start + attempt.elapsed);
        }
      }
    }
  }

  // Decisions.
  void look_at(const decision::RouteFound&) {}
  void look_at(const decision::QueueChosen& chosen) {
    const Selection& selection = chosen.selection;
    std::size_t isolated = 0;
    for (const auto& [broker, item] : selection.fault_items) {
      isolated += item.available(selection.now_millis) ? 0 : 1;
      saw(Seen::unreachable_known, !item.reachable);
    }
    const auto masters = std::count_if(scenario_.cluster.brokers.begin(), scenario_.cluster.brokers.end(),
                                       [](const BrokerSpec& broker) { return !broker.slave_of; });
    saw(Seen::all_isolated, isolated > 0 && isolated >= static_cast<std::size_t>(masters));
    saw(Seen::worst_chosen, selection.worst.has_value());
    if (!selection.chosen) return;
    const auto item = selection.fault_items.find(selection.chosen->getBrokerName());
    const bool known = item != selection.fault_items.end();
    const bool free = !known || item->second.available(selection.now_millis);
    saw(Seen::isolated_passed_over, isolated > 0 && free);
    saw(Seen::isolation_over, known && free && item->second.start_timestamp > 0);
  }
  void look_at(const decision::Attempted& attempt) {
    saw(Seen::capped, attempt.capped && !attempt.shared);
    saw(Seen::shared, attempt.shared);
  }
  void look_at(const decision::Judged&) {}
  void look_at(const decision::FaultItemUpdated&) {}
  void look_at(const decision::AsyncRetry&) {}
  void look_at(const decision::Resent&) { saw(Seen::async_resent); }
  void look_at(const decision::Ended& ended) {
    saw(Seen::hidden_failure, ended.earlier_result);
    switch (ended.reason) {
      case EndReason::attempts_used_up: return saw(Seen::attempts_used_up);
      case EndReason::budget_spent: return saw(Seen::budget_spent);
      case EndReason::async_no_time_left: return saw(Seen::async_out_of_time);
      case EndReason::no_route: return saw(Seen::no_route);
      case EndReason::lookup_failed: return saw(Seen::lookup_failed);
      case EndReason::oneway_never_left: return saw(Seen::oneway_never_left);
      default: return;
    }
  }

  const Scenario& scenario_;
  const RunResult& run_;
  const RunRecord& record_;
  std::uint64_t seen_ = 0;
  bool failed_ = false;
};

}  // namespace

std::span<const Sometimes> sometimes() { return kRows; }

std::uint64_t sometimes_of(const Scenario& scenario, const RunResult& run) {
  return Collector(scenario, run).collect();
}

}  // namespace rmqsim
