// The decisions of one send as JSON. Names are those of the C++ data, in the ledger's spelling; times are milliseconds
// since the first step.
#include <nlohmann/json.hpp>

#include "producer/remoting/codes.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/report/explain.h"

namespace rmqsim {

std::string_view name_of(EndReason reason) {
  switch (reason) {
    case EndReason::answered: return "answered";
    case EndReason::status_returned: return "statusReturned";
    case EndReason::code_not_retried: return "codeNotRetried";
    case EndReason::unchecked_error: return "uncheckedError";
    case EndReason::attempts_used_up: return "attemptsUsedUp";
    case EndReason::budget_spent: return "budgetSpent";
    case EndReason::no_queue: return "noQueue";
    case EndReason::no_route: return "noRoute";
    case EndReason::no_name_server: return "noNameServer";
    case EndReason::lookup_failed: return "lookupFailed";
    case EndReason::impossible_retries: return "impossibleRetries";
    case EndReason::selector_took_too_long: return "selectorTookTooLong";
    case EndReason::selector_chose_nothing: return "selectorChoseNothing";
    case EndReason::selector_threw: return "selectorThrew";
    case EndReason::single_attempt_failed: return "singleAttemptFailed";
    case EndReason::async_not_retried: return "asyncNotRetried";
    case EndReason::async_retries_used_up: return "asyncRetriesUsedUp";
    case EndReason::async_no_time_left: return "asyncNoTimeLeft";
    case EndReason::oneway_sent: return "onewaySent";
    case EndReason::oneway_never_left: return "onewayNeverLeft";
  }
  return "";
}

std::string_view name_of(AttemptOutcome outcome) {
  switch (outcome) {
    case AttemptOutcome::ok: return "ok";
    case AttemptOutcome::not_store_ok: return "notStoreOk";
    case AttemptOutcome::client_error: return "clientError";
    case AttemptOutcome::connect_failed: return "connectFailed";
    case AttemptOutcome::send_failed: return "sendFailed";
    case AttemptOutcome::timeout: return "timeout";
    case AttemptOutcome::too_much: return "tooMuch";
    case AttemptOutcome::retryable_code: return "retryableCode";
    case AttemptOutcome::message_fault: return "messageFault";
    case AttemptOutcome::final_code: return "finalCode";
    case AttemptOutcome::runtime_error: return "runtimeError";
  }
  return "";
}

std::string_view name_of(Next next) {
  switch (next) {
    case Next::return_result: return "returnResult";
    case Next::retry_if_not_store_ok: return "retryIfNotStoreOk";
    case Next::retry: return "retry";
    case Next::result_or_raise: return "resultOrRaise";
    case Next::raise: return "raise";
  }
  return "";
}

namespace {

using nlohmann::ordered_json;

std::string_view name_of(SelectionStage stage) {
  switch (stage) {
    case SelectionStage::in_turn: return "inTurn";
    case SelectionStage::not_last: return "notLast";
    case SelectionStage::available: return "available";
    case SelectionStage::reachable: return "reachable";
    case SelectionStage::last_but_reachable: return "lastButReachable";
    case SelectionStage::scan: return "scan";
    case SelectionStage::worst: return "worst";
  }
  return "";
}

std::string_view name_of(JudgedBy by) {
  switch (by) {
    case JudgedBy::loop: return "loop";
    case JudgedBy::hand_over: return "handOver";
    case JudgedBy::after_hand_over: return "afterHandOver";
    case JudgedBy::no_table: return "noTable";
  }
  return "";
}

class Writer {
 public:
  explicit Writer(TimePoint origin) : origin_(origin) {}

  ordered_json json(const Decision& decision) const {
    ordered_json json;
    json["atMs"] = to_fractional_millis(decision.at - origin_);
    json["thread"] = decision.thread;
    std::visit([&](const auto& d) { add(json, d); }, decision.what);
    return json;
  }

 private:
  std::int64_t since(std::int64_t epoch_millis) const { return epoch_millis - to_millis(origin_); }
  template <class T>
  static ordered_json maybe(const std::optional<T>& value) {
    return value ? ordered_json(*value) : ordered_json(nullptr);
  }
  static ordered_json queue(const MessageQueue& queue) {
    return {{"broker", queue.getBrokerName()}, {"queueId", queue.getQueueId()}};
  }
  static ordered_json error(const std::optional<MQError>& error) {
    if (!error) return nullptr;
    return {{"type", error_type_name(error->type)},
            {"responseCode", error->response_code},
            {"message", error->message}};
  }
  ordered_json item(const FaultItem& item) const {
    return {{"latencyMs", item.current_latency}, {"unavailableUntilMs", since(item.start_timestamp)},
            {"reachable", item.reachable}};
  }
  ordered_json item(const std::optional<FaultItem>& maybe_item) const {
    return maybe_item ? item(*maybe_item) : ordered_json(nullptr);
  }

  void add(ordered_json& json, const decision::RouteFound& d) const {
    json["decision"] = "routeFound";
    json["queues"] = d.queues;
  }
  void add(ordered_json& json, const decision::QueueChosen& d) const {
    const Selection& s = d.selection;
    json["decision"] = "queueChosen";
    json["latencyFaultTolerance"] = s.latency_fault_tolerance;
    json["lastBroker"] = s.last_broker.empty() ? ordered_json(nullptr) : ordered_json(s.last_broker);
    json["indexBefore"] = maybe(s.index_before);
    json["indexResetTo"] = maybe(s.reset_to);
    json["indexAfter"] = maybe(s.index_after);
    json["looks"] = ordered_json::array();
    for (const QueueLook& look : s.log.looks()) {
      ordered_json one = {{"stage", name_of(look.stage)}, {"index", look.index}};
      one.update(queue(look.queue));
      one["taken"] = !look.objection && look.stage != SelectionStage::worst;
      if (look.objection.last_broker) one["lastBroker"] = true;
      if (look.objection.unreachable) one["unreachable"] = true;
      const auto found = s.fault_items.find(look.queue.getBrokerName());
      if (look.objection.isolated && found != s.fault_items.end()) {
        one["isolatedUntilMs"] = since(found->second.start_timestamp);
      }
      json["looks"].push_back(std::move(one));
    }
    json["faultItems"] = ordered_json::object();
    for (const auto& [broker, known] : s.fault_items) json["faultItems"][broker] = item(known);
    if (s.worst) {
      json["worst"] = {{"ranking", s.worst->ranking}, {"half", s.worst->half}, {"turn", maybe(s.worst->turn)},
                       {"broker", maybe(s.worst->broker)}, {"writableQueues", s.worst->writable_queues}};
    }
    json["chosen"] = s.chosen ? queue(*s.chosen) : ordered_json(nullptr);
  }
  void add(ordered_json& json, const decision::Attempted& d) const {
    json["decision"] = "attempted";
    json.update(queue(d.queue));
    json["attempt"] = d.attempt;
    json["total"] = d.total;
    json["timeoutMs"] = d.timeout;
    json["spentMs"] = d.cost;
    json["leftMs"] = d.timeout - d.cost;
    json["givenMs"] = d.given;
    json["capped"] = d.capped;
    json["shared"] = d.shared;
  }
  void add(ordered_json& json, const decision::Judged& d) const {
    json["decision"] = "judged";
    json["by"] = name_of(d.by);
    json["broker"] = d.broker;
    json["outcome"] = name_of(d.outcome);
    json["status"] = d.status ? ordered_json(send_status_name(*d.status)) : ordered_json(nullptr);
    json["error"] = error(d.error);
    json["thrown"] = d.thrown;
    json["elapsedMs"] = d.elapsed;
    json["updatesFault"] = d.verdict.updates_fault;
    json["isolation"] = d.verdict.isolation;
    json["reachable"] = d.verdict.reachable;
    if (d.by != JudgedBy::no_table) json["next"] = name_of(d.verdict.next);
  }
  void add(ordered_json& json, const decision::FaultItemUpdated& d) const {
    json["decision"] = "faultItemUpdated";
    json["broker"] = d.broker;
    json["enabled"] = d.enabled;
    json["latencyMs"] = d.latency;
    json["isolation"] = d.isolation;
    json["durationMs"] = d.duration;
    json["before"] = item(d.before);
    json["after"] = item(d.after);
  }
  void add(ordered_json& json, const decision::AsyncRetry& d) const {
    json["decision"] = "asyncRetry";
    json["retry"] = d.retry;
    json["allowed"] = d.allowed;
    json["asked"] = d.asked;
    json["needsTime"] = d.needs_time;
    json["leftMs"] = d.left;
  }
  void add(ordered_json& json, const decision::Resent& d) const {
    json["decision"] = "resent";
    json["broker"] = d.broker;
    json["queueId"] = d.queue_id;
    json["givenMs"] = d.given;
  }
  void add(ordered_json& json, const decision::Ended& d) const {
    json["decision"] = "ended";
    json["reason"] = name_of(d.reason);
    json["earlierResult"] = d.earlier_result;
    json["spentMs"] = d.cost;
    json["status"] = d.status ? ordered_json(send_status_name(*d.status)) : ordered_json(nullptr);
    json["error"] = error(d.error);
  }

  TimePoint origin_;
};

}  // namespace

std::string explain_json(const Scenario& scenario, const RunResult& result) {
  const RunRecord& record = result.record;
  const SendRecord& send = record.sends[*record.explained];
  const Writer writer(record.first_step);
  ordered_json json;
  json["scenario"] = scenario.name;
  json["file"] = scenario.file;
  json["profile"] = result.profile;
  json["world"] = world_name(result.world);
  json["seed"] = result.seed;
  json["send"] = *record.explained;
  json["outcome"] = send.outcome();
  json["elapsedMs"] = send.completed() ? ordered_json(to_fractional_millis(send.elapsed())) : ordered_json(nullptr);
  json["decisions"] = ordered_json::array();
  for (const Decision& decision : record.decisions) json["decisions"].push_back(writer.json(decision));
  return json_text(json, 1);
}

}  // namespace rmqsim
