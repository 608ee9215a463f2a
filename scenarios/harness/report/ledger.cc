#include "scenarios/harness/report/ledger.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/engine/stored_traces.h"
#include "scenarios/harness/report/render.h"

namespace rmqsim {
namespace {

using nlohmann::ordered_json;

/// Microseconds are enough, and short numbers read better.
double rounded_millis(Duration d) { return std::round(static_cast<double>(d.count()) / 1000.0) / 1000.0; }

/// Java's MQClientException and its kin have a response code; the remoting exceptions have none.
bool has_response_code(ErrorType type) {
  return type == ErrorType::MQClientException || type == ErrorType::MQBrokerException ||
         type == ErrorType::RequestTimeoutException;
}

ordered_json exception_json(const SendRecord& record) {
  const MQError& error = *record.error;
  ordered_json json;
  json["type"] = record.error_type();
  const bool has_code = record.foreign_type.empty() ? has_response_code(error.type) : error.response_code != -1;
  json["responseCode"] = has_code ? ordered_json(error.response_code) : ordered_json(nullptr);
  json["message"] = error.message;
  if (error.cause) json["causeType"] = error_type_name(error.cause->type);
  return json;
}

/// What only some rows have.
void put_extras(const SendRecord& record, ordered_json& json) {
  if (record.recalls) json["recalls"] = *record.recalls;
  if (record.transaction) {
    const TransactionRecord& transaction = *record.transaction;
    json["transaction"] = {
        {"local", transaction.local ? ordered_json(state_name(*transaction.local)) : ordered_json(nullptr)},
        {"broker", transaction.end.what},
        {"commits", transaction.end.commits},
        {"checks", transaction.end.checks}};
  }
  if (record.kind == SendRecord::Kind::request) {
    json["reply"] = record.reply ? ordered_json(*record.reply) : ordered_json(nullptr);
    if (record.mode == CommunicationMode::ASYNC) json["callbacks"] = record.callbacks;
  }
}

ordered_json send_json(std::uint64_t i, const SendRecord& record, TimePoint origin) {
  ordered_json json;
  json["i"] = i;
  json["mode"] = ledger_mode(record);
  json["startMs"] = record.begun() ? ordered_json(rounded_millis(record.start - origin)) : ordered_json(nullptr);
  json["elapsedMs"] = record.completed() ? ordered_json(rounded_millis(record.elapsed())) : ordered_json(nullptr);
  json["outcome"] = record.outcome();
  json["broker"] = record.result ? ordered_json(record.result->message_queue.getBrokerName()) : ordered_json(nullptr);
  json["queueId"] = record.result ? ordered_json(record.result->message_queue.getQueueId()) : ordered_json(nullptr);
  json["attempts"] = ordered_json::array();
  for (const AttemptRecord& attempt : record.attempts) {
    ordered_json one;
    one["broker"] = attempt.broker;
    one["queueId"] = attempt.queue_id;
    one["startMs"] = rounded_millis(attempt.start - origin);
    one["elapsedMs"] = rounded_millis(attempt.elapsed);
    one["timeoutMs"] = attempt.timeout_millis;
    if (attempt.timeout_millis == kUnknownTimeout) one["timeoutMs"] = nullptr;
    one["outcome"] = attempt.outcome;
    json["attempts"].push_back(std::move(one));
  }
  json["exception"] = record.error ? exception_json(record) : ordered_json(nullptr);
  put_extras(record, json);
  return json;
}

/// Names the send that it is about by its message id.
ordered_json trace_json(const StoredTrace& trace, const RunRecord& record, const Cluster& cluster) {
  const TraceRecord& r = trace.record;
  const auto nullable = [](const std::optional<std::string>& text) {
    return text ? ordered_json(*text) : ordered_json(nullptr);
  };
  ordered_json json;
  json["send"] = nullptr;
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
    const auto& result = record.sends[i].result;
    if (result && r.msg_id && result->msg_id == *r.msg_id) json["send"] = i;
  }
  json["type"] = trace_type_name(r.type);
  json["storedAt"] = trace.stored_at;
  json["traceTopic"] = trace.topic;
  json["startMs"] = r.timestamp - to_millis(record.first_step);
  json["region"] = r.region_id;
  json["group"] = r.group;
  json["topic"] = r.topic;
  json["msgId"] = nullable(r.msg_id);
  json["tags"] = nullable(r.tags);
  json["keys"] = nullable(r.keys);
  json["broker"] = cluster.name_of(r.store_host);
  json["msgType"] = static_cast<int>(r.msg_type);
  if (r.type == TraceType::Pub) {
    json["bodyLength"] = r.body_length;
    json["costMs"] = r.cost_time;
    json["offsetMsgId"] = nullable(r.offset_msg_id);
    json["success"] = r.success;
  } else {
    json["transactionId"] = r.transaction_id;
    json["transactionState"] = r.transaction_state;
    json["fromTransactionCheck"] = r.from_transaction_check;
  }
  return json;
}

}  // namespace

std::string_view ledger_mode(const SendRecord& record) {
  if (record.kind == SendRecord::Kind::transaction) return "transaction";
  if (record.kind == SendRecord::Kind::recall) return "recall";
  if (record.kind == SendRecord::Kind::request) {
    return record.mode == CommunicationMode::SYNC ? "request" : "requestAsync";
  }
  return communication_mode_name(record.mode);
}

std::string ledger_extras(const SendRecord& record) {
  ordered_json json;
  if (record.error) json["exception"] = exception_json(record);
  put_extras(record, json);
  return json.is_null() ? "" : json_text(json);
}

std::string ledger_json(const Scenario& scenario, std::string_view profile, WorldKind world, std::uint64_t seed,
                        const RunRecord& record, const Cluster& cluster, std::string_view client) {
  ordered_json json;
  json["version"] = 1;
  json["scenario"] = scenario.name;
  json["client"] = client;
  json["profile"] = profile;
  json["world"] = world_name(world);
  json["seed"] = seed;
  json["sends"] = ordered_json::array();
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
    json["sends"].push_back(send_json(i, record.sends[i], record.first_step));
  }
  json["brokers"] = ordered_json::object();
  for (const std::string& name : cluster.broker_names()) {
    json["brokers"][name] = {{"received", record.servers.at(name).received_sends},
                             {"stored", cluster.stored_requests(name)}};
  }
  const auto traces = stored_traces(cluster);
  for (const StoredTrace& trace : traces) json["traces"].push_back(trace_json(trace, record, cluster));
  return json_text(json, 1);
}

}  // namespace rmqsim
