#include "tools/proxy/recorded_exchange.h"

#include <nlohmann/json.hpp>

#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/codec/json_text.h"
#include "producer/remoting/codec/text.h"
#include "producer/remoting/headers/broker_headers.h"
#include "tools/proxy/recorded_content.h"

namespace rmqsim {
namespace {

using Json = nlohmann::ordered_json;

/// What a rule's `on` calls such a request.
std::string target_of(std::int32_t code) {
  if (is_send_request(code)) return "send";
  switch (code) {
    case RequestCode::GET_ROUTEINFO_BY_TOPIC:
      return "route";
    case RequestCode::HEART_BEAT:
      return "heartbeat";
    case RequestCode::END_TRANSACTION:
      return "endTransaction";
    default:
      return request_code_name(code);
  }
}

RecordedSend recorded_send(const Exchange& e, bool content) {
  RecordedSend send;
  send.group = e.group;
  send.topic = e.topic;
  send.key = e.uniq_key;
  send.queue_id = e.queue_id.value_or(0);
  send.version = e.request->version;
  send.body_bytes = e.body_bytes;
  send.messages = e.messages;
  send.oneway = e.request->is_oneway();
  const auto prepared = find_property(message_properties(*e.request), MessageConst::PROPERTY_TRANSACTION_PREPARED);
  send.half = prepared && text::parse_bool(*prepared);
  if (content) send.content = recorded_content(e);
  return send;
}

std::int64_t ticks(TimePoint at) { return at.time_since_epoch().count(); }
TimePoint to_time(const Json& json) { return TimePoint(Duration(json.get<std::int64_t>())); }

/// What is no text, such as a topic from a hostile client, is replaced.
std::string line_of(const Json& json) { return json_text(json); }

}  // namespace

RecordedExchange recorded_exchange(const Exchange& e, bool content) {
  RecordedExchange recorded;
  const std::int32_t code = e.request->code;
  if (code == RequestCode::CHECK_TRANSACTION_STATE || code == RequestCode::END_TRANSACTION) {
    RecordedEnd end{.key = std::string(e.uniq_key), .asked = e.from_server, .at = e.at};
    if (!e.from_server) {
      end.state = static_cast<std::int32_t>(e.request->ext_fields.find_int("commitOrRollback").value_or(0));
      end.from_check = e.request->ext_fields.get_bool("fromTransactionCheck");
    }
    recorded.end = std::move(end);
  }
  if (e.from_server) return recorded;
  RecordedRequest& request = recorded.request.emplace();
  request.server = e.server;
  request.target = target_of(code);
  request.number = e.number;
  request.outcome = e.outcome;
  request.nameserver = e.nameserver;
  request.oneway = e.request->is_oneway();
  request.answered = e.heard;
  if (e.response != nullptr) {
    request.code = e.response->code;
    request.remark = e.response->remark;
  }
  request.taken = request.oneway ? e.passed_on : e.done;
  request.at = e.at;
  request.took = e.took;
  if (request.target == "send") recorded.send = recorded_send(e, content);
  return recorded;
}

bool can_be_said(const RecordedSend& send) {
  constexpr std::size_t kMaxTopic = 255, kMaxGroup = 4096, kMaxBatch = 100'000;
  if (send.messages > kMaxBatch || (send.messages > 1 && send.oneway)) return false;  // no call sends a batch one-way
  return !send.topic.empty() && send.topic.size() <= kMaxTopic && send.group.size() <= kMaxGroup;
}

std::string journal_line(const RecordedExchange& exchange) {
  Json json = Json::object();
  if (const auto& r = exchange.request) {
    json["request"] = {{"server", r->server},         {"target", r->target}, {"number", r->number},
                       {"outcome", r->outcome},       {"code", r->code},     {"nameserver", r->nameserver},
                       {"oneway", r->oneway},         {"answered", r->answered}, {"taken", r->taken},
                       {"at", ticks(r->at)},          {"took", r->took.count()}};
    if (r->remark) json["request"]["remark"] = *r->remark;
  }
  if (const auto& s = exchange.send) {
    json["send"] = {{"group", s->group},       {"topic", s->topic},     {"key", s->key},
                    {"queueId", s->queue_id},  {"version", s->version}, {"bytes", s->body_bytes},
                    {"messages", s->messages}, {"oneway", s->oneway},   {"half", s->half},
                    {"content", s->content}};
  }
  if (const auto& e = exchange.end) {
    json["end"] = {
        {"key", e->key}, {"asked", e->asked}, {"fromCheck", e->from_check}, {"state", e->state}, {"at", ticks(e->at)}};
  }
  return line_of({{"exchange", std::move(json)}});
}

std::string journal_line(const RecordedBroker& broker) {
  return line_of({{"broker", {{"server", broker.server}, {"broker", broker.broker}, {"id", broker.id}}}});
}

std::string journal_line(const RecordedRoute& route) {
  return line_of({{"route", {{"topic", route.topic}, {"data", route.route.encode(JsonDialect::standard)}}}});
}

JournalEntryRead read_journal_line(std::string_view line) {
  JournalEntryRead entry;
  const Json json = json_or_discarded<Json>(line);
  if (!json.is_object()) return entry;
  try {
    if (json.contains("broker")) {
      const Json& b = json["broker"];
      entry.broker = RecordedBroker{b.at("server"), b.at("broker"), b.at("id")};
    } else if (json.contains("route")) {
      RecordedRoute route{json["route"].at("topic"), {}};
      if (!TopicRouteData::decode(json["route"].at("data").get<std::string>(), route.route)) entry.route = route;
    } else if (json.contains("exchange")) {
      const Json& exchange = json["exchange"];
      RecordedExchange recorded;
      if (exchange.contains("request")) {
        const Json& r = exchange["request"];
        recorded.request = RecordedRequest{.server = r.at("server"),
                                           .target = r.at("target"),
                                           .number = r.at("number"),
                                           .outcome = r.at("outcome"),
                                           .code = r.at("code"),
                                           .nameserver = r.at("nameserver"),
                                           .oneway = r.at("oneway"),
                                           .answered = r.at("answered"),
                                           .taken = r.at("taken"),
                                           .at = to_time(r.at("at")),
                                           .took = Duration(r.at("took").get<std::int64_t>())};
        if (r.contains("remark")) recorded.request->remark = r["remark"].get<std::string>();
      }
      if (exchange.contains("send")) {
        const Json& s = exchange["send"];
        recorded.send = RecordedSend{.group = s.at("group"),
                                     .topic = s.at("topic"),
                                     .key = s.at("key"),
                                     .queue_id = s.at("queueId"),
                                     .version = s.at("version"),
                                     .body_bytes = s.at("bytes"),
                                     .messages = s.at("messages"),
                                     .oneway = s.at("oneway"),
                                     .half = s.at("half"),
                                     .content = s.at("content")};
      }
      if (exchange.contains("end")) {
        const Json& e = exchange["end"];
        recorded.end = RecordedEnd{e.at("key"), e.at("asked"), e.at("fromCheck"), e.at("state"), to_time(e.at("at"))};
      }
      entry.exchange = std::move(recorded);
    }
  } catch (const Json::exception&) {  // written by another version, or by somebody else
    return {};
  }
  return entry;
}

}  // namespace rmqsim
