#include "producer/remoting/bodies/consumer_bodies.h"

#include "producer/remoting/codec/java_hash.h"
#include "producer/remoting/codec/json_body.h"

namespace rmqsim {
namespace {

using json_body::Json;
using json_body::Reader;
using json_body::Writer;

error_code result_of(bool ok) { return ok ? error_code{} : error_code{RemotingError::bad_body}; }

void write(Writer& w, const QueueOfBroker& q) {
  w.open('{');
  w.field("brokerName", std::string_view(q.broker_name));
  w.field("queueId", std::int64_t{q.queue_id});
  w.field("topic", std::string_view(q.topic));
  w.close('}');
}

void write(Writer& w, const char* key, const std::vector<QueueOfBroker>& queues) {
  w.key(key);
  w.open('[');
  for (const QueueOfBroker& q : queues) write(w, q);
  w.close(']');
}

void read(const Reader& r, const char* key, std::vector<QueueOfBroker>& out, bool& ok) {
  r.each(key, [&](const Json& json) {
    QueueOfBroker q;
    const Reader queue(json, ok);
    queue.text("topic", q.topic);
    queue.text("brokerName", q.broker_name);
    queue.number("queueId", q.queue_id);
    out.push_back(std::move(q));
  });
}

void write(Writer& w, const ClientConnection& c) {
  w.open('{');
  w.field("clientAddr", std::string_view(c.client_addr));
  w.field("clientId", std::string_view(c.client_id));
  if (c.language != LanguageCode::UNKNOWN) w.field("language", language_name(c.language));
  w.field("version", std::int64_t{c.version});
  w.close('}');
}

void write_connections(Writer& w, const std::vector<ClientConnection>& connections) {
  w.key("connectionSet");
  w.open('[');
  for (const ClientConnection& c : connections) write(w, c);
  w.close(']');
}

std::string_view trim_blanks(std::string_view s) {
  while (!s.empty() && static_cast<unsigned char>(s.front()) <= ' ') s.remove_prefix(1);
  while (!s.empty() && static_cast<unsigned char>(s.back()) <= ' ') s.remove_suffix(1);
  return s;
}

std::string encode_texts(std::string_view key, const std::vector<std::string>& texts) {
  std::string out;
  Writer w(out);
  w.open('{');
  w.key(key);
  w.texts(texts);
  w.close('}');
  return out;
}

}  // namespace

std::string LockBatchRequestBody::encode() const {
  std::string out;
  Writer w(out);
  w.open('{');
  w.field("clientId", std::string_view(client_id));
  w.field("consumerGroup", std::string_view(consumer_group));
  write(w, "mqSet", mq_set);
  w.field_bool("onlyThisBroker", false);
  w.close('}');
  return out;
}

error_code LockBatchRequestBody::decode(std::string_view body, LockBatchRequestBody& out) {
  out = {};
  Json json;
  bool ok = json_body::parse(body, json);
  const Reader r(json, ok);
  r.text("consumerGroup", out.consumer_group);
  r.text("clientId", out.client_id);
  read(r, "mqSet", out.mq_set, ok);
  return result_of(ok);
}

std::string LockBatchResponseBody::encode() const {
  std::string out;
  Writer w(out);
  w.open('{');
  write(w, "lockOKMQSet", lock_ok_mq_set);
  w.close('}');
  return out;
}

error_code LockBatchResponseBody::decode(std::string_view body, LockBatchResponseBody& out) {
  out = {};
  Json json;
  bool ok = json_body::parse(body, json);
  read(Reader(json, ok), "lockOKMQSet", out.lock_ok_mq_set, ok);
  return result_of(ok);
}

std::string CheckClientRequestBody::encode() const {
  std::string out;
  Writer w(out);
  w.open('{');
  w.field("clientId", std::string_view(client_id));
  w.field("group", std::string_view(group));
  if (has_subscription) {
    w.key("subscriptionData");
    w.raw(subscription_data.encode());
  }
  w.close('}');
  return out;
}

error_code CheckClientRequestBody::decode(std::string_view body, CheckClientRequestBody& out) {
  out = {};
  Json json;
  bool ok = json_body::parse(body, json);
  const Reader r(json, ok);
  r.text("clientId", out.client_id);
  r.text("group", out.group);
  if (const Json* const s = r.member("subscriptionData")) {
    out.has_subscription = true;
    if (SubscriptionData::decode(s->dump(-1, ' ', false, Json::error_handler_t::replace), out.subscription_data)) {
      ok = false;
    }
  }
  return result_of(ok);
}

std::string ConsumerIdList::encode() const { return encode_texts("consumerIdList", consumer_id_list); }

error_code ConsumerIdList::decode(std::string_view body, ConsumerIdList& out) {
  out = {};
  Json json;
  bool ok = json_body::parse(body, json);
  Reader(json, ok).texts("consumerIdList", out.consumer_id_list);
  return result_of(ok);
}

std::string ConsumerConnectionBody::encode() const {
  std::string out;
  Writer w(out);
  w.open('{');
  write_connections(w, connection_set);
  w.field("consumeFromWhere", to_string(consume_from_where));
  w.field("consumeType", to_string(consume_type));
  w.field("messageModel", to_string(message_model));
  w.key("subscriptionTable");
  w.open('{');
  for (const auto& [topic, subscription] : subscription_table) {
    w.key(topic);
    w.raw(subscription.encode());
  }
  w.close('}');
  w.close('}');
  return out;
}

std::string ConsumerConnectionBody::encode_connections() const {
  std::string out;
  Writer w(out);
  w.open('{');
  write_connections(w, connection_set);
  w.close('}');
  return out;
}

std::string ProducerTableInfo::encode() const {
  std::string out;
  Writer w(out);
  w.open('{');
  w.key("data");
  w.open('{');
  for (const auto& [group, producers] : data) {
    w.key(group);
    w.open('[');
    for (const ProducerInfo& p : producers) {
      w.open('{');
      w.field("clientId", std::string_view(p.client_id));
      if (p.language != LanguageCode::UNKNOWN) w.field("language", language_name(p.language));
      w.field("lastUpdateTimestamp", p.last_update_timestamp);
      w.field("remoteIP", std::string_view(p.remote_ip));
      w.field("version", std::int64_t{p.version});
      w.close('}');
    }
    w.close(']');
  }
  w.close('}');
  w.close('}');
  return out;
}

std::string encode_group_list(const std::vector<std::string>& groups) { return encode_texts("groupList", groups); }

error_code build_subscription_data(std::string_view topic, std::string_view sub_string, SubscriptionData& out) {
  out = {};
  out.topic = topic;
  out.sub_string = sub_string;
  if (sub_string.empty() || sub_string == "*") {
    out.sub_string = "*";
    return {};
  }
  bool any_piece = false;
  while (true) {
    const auto bar = sub_string.find("||");
    const std::string_view tag = trim_blanks(sub_string.substr(0, bar));
    any_piece = any_piece || !sub_string.substr(0, bar).empty();
    if (!tag.empty()) {
      out.tags_set.emplace_back(tag);
      out.code_set.push_back(java_hash(tag));
    }
    if (bar == std::string_view::npos) break;
    sub_string.remove_prefix(bar + 2);
  }
  return result_of(any_piece);
}

}  // namespace rmqsim
