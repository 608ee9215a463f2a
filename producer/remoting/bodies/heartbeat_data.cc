// HeartbeatData in both directions; the enum tables are in Java's ordinal order.
#include "producer/remoting/bodies/heartbeat_data.h"

#include <iterator>

#include "producer/remoting/codec/java_hash.h"
#include "producer/remoting/codec/json_body.h"
#include "producer/remoting/codec/recent_bodies.h"

namespace rmqsim {
namespace {

using json_body::Json;
using json_body::Reader;
using json_body::Writer;

constexpr std::string_view kConsumeTypes[] = {"CONSUME_ACTIVELY", "CONSUME_PASSIVELY", "CONSUME_POP"};
constexpr std::string_view kMessageModels[] = {"BROADCASTING", "CLUSTERING"};
constexpr std::string_view kConsumeFromWheres[] = {
    "CONSUME_FROM_LAST_OFFSET",  "CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST",
    "CONSUME_FROM_MIN_OFFSET",   "CONSUME_FROM_MAX_OFFSET",
    "CONSUME_FROM_FIRST_OFFSET", "CONSUME_FROM_TIMESTAMP"};

// By name or by ordinal; an unknown name keeps the default (Java: null), an ordinal out of range is an error.
template <class Enum, std::size_t N>
void read_enum(const Reader& r, const char* key, const std::string_view (&names)[N], Enum& value, bool& ok) {
  const Json* const m = r.member(key);
  if (m == nullptr) return;
  if (m->is_string()) {
    const std::string& name = m->get_ref<const std::string&>();
    for (std::size_t i = 0; i < N; ++i) {
      if (names[i] == name) value = static_cast<Enum>(i);
    }
    return;
  }
  const auto ordinal = json_body::to_int(*m);
  if (!ordinal || *ordinal < 0 || *ordinal >= static_cast<std::int64_t>(N)) {
    ok = false;
    return;
  }
  value = static_cast<Enum>(*ordinal);
}

SubscriptionData read_subscription(const Json& json, bool& ok) {
  SubscriptionData s;
  const Reader r(json, ok);
  r.text("topic", s.topic);
  r.text("subString", s.sub_string);
  r.texts("tagsSet", s.tags_set);
  r.each("codeSet", [&](const Json& code) {
    const auto number = json_body::to_int(code);
    if (!number || *number != static_cast<std::int32_t>(*number)) {
      ok = false;
      return;
    }
    s.code_set.push_back(static_cast<std::int32_t>(*number));
  });
  r.number("subVersion", s.sub_version);
  r.text("expressionType", s.expression_type);
  r.flag("classFilterMode", s.class_filter_mode);
  return s;
}

ConsumerData read_consumer(const Json& json, bool& ok) {
  ConsumerData c;
  const Reader r(json, ok);
  r.text("groupName", c.group_name);
  read_enum(r, "consumeType", kConsumeTypes, c.consume_type, ok);
  read_enum(r, "messageModel", kMessageModels, c.message_model, ok);
  read_enum(r, "consumeFromWhere", kConsumeFromWheres, c.consume_from_where, ok);
  r.each("subscriptionDataSet", [&](const Json& s) { c.subscription_data_set.push_back(read_subscription(s, ok)); });
  r.flag("unitMode", c.unit_mode);
  return c;
}

void write(Writer& w, const SubscriptionData& s) {
  w.open('{');
  w.field_bool("classFilterMode", s.class_filter_mode);
  w.key("codeSet");
  w.open('[');
  for (const std::int32_t code : s.code_set) w.value(std::int64_t{code});
  w.close(']');
  w.field("expressionType", std::string_view(s.expression_type));
  w.field("subString", std::string_view(s.sub_string));
  w.field("subVersion", s.sub_version);
  w.key("tagsSet");
  w.texts(s.tags_set);
  w.field("topic", std::string_view(s.topic));
  w.close('}');
}

void write(Writer& w, const ConsumerData& c) {
  w.open('{');
  w.field("consumeFromWhere", to_string(c.consume_from_where));
  w.field("consumeType", to_string(c.consume_type));
  w.field("groupName", std::string_view(c.group_name));
  w.field("messageModel", to_string(c.message_model));
  w.key("subscriptionDataSet");
  w.open('[');
  for (const SubscriptionData& s : c.subscription_data_set) write(w, s);
  w.close(']');
  w.field_bool("unitMode", c.unit_mode);
  w.close('}');
}

bool read_heartbeat(std::string_view body, HeartbeatData& out) {
  Json json;
  bool ok = json_body::parse(body, json);
  const Reader r(json, ok);
  r.text("clientID", out.client_id);
  r.each("producerDataSet", [&](const Json& p) {
    out.producer_data_set.emplace_back();
    Reader(p, ok).text("groupName", out.producer_data_set.back().group_name);
  });
  r.each("consumerDataSet", [&](const Json& c) { out.consumer_data_set.push_back(read_consumer(c, ok)); });
  r.number("heartbeatFingerprint", out.heartbeat_fingerprint);
  r.flag("withoutSub", out.without_sub);
  return ok;
}

}  // namespace

std::string_view to_string(ConsumeType v) { return kConsumeTypes[static_cast<std::size_t>(v)]; }
std::string_view to_string(MessageModel v) { return kMessageModels[static_cast<std::size_t>(v)]; }
std::string_view to_string(ConsumeFromWhere v) { return kConsumeFromWheres[static_cast<std::size_t>(v)]; }

std::string SubscriptionData::encode() const {
  std::string out;
  Writer w(out);
  write(w, *this);
  return out;
}

error_code SubscriptionData::decode(std::string_view body, SubscriptionData& out) {
  Json json;
  bool ok = json_body::parse(body, json);
  out = read_subscription(json, ok);
  return ok ? error_code{} : error_code{RemotingError::bad_body};
}

std::string HeartbeatData::encode() const {
  std::string out;
  Writer w(out);
  w.open('{');
  w.field("clientID", std::string_view(client_id));
  w.key("consumerDataSet");
  w.open('[');
  for (const ConsumerData& c : consumer_data_set) write(w, c);
  w.close(']');
  if (heartbeat_fingerprint) w.field("heartbeatFingerprint", std::int64_t{*heartbeat_fingerprint});
  w.key("producerDataSet");
  w.open('[');
  for (const ProducerData& p : producer_data_set) {
    w.open('{');
    w.field("groupName", std::string_view(p.group_name));
    w.close('}');
  }
  w.close(']');
  if (without_sub) w.field_bool("withoutSub", *without_sub);
  w.close('}');
  return out;
}

error_code HeartbeatData::decode(std::string_view body, HeartbeatData& out) {
  thread_local RecentBodies<HeartbeatData> recent;
  const auto heartbeat = recent.get(body, 0, read_heartbeat);
  if (!heartbeat) return RemotingError::bad_body;
  out = *heartbeat;
  return {};
}

std::int32_t HeartbeatData::compute_heartbeat_fingerprint() const {
  HeartbeatData copy = *this;
  copy.client_id.clear();
  copy.heartbeat_fingerprint = 0;
  copy.without_sub = false;
  for (ConsumerData& c : copy.consumer_data_set) {
    for (SubscriptionData& s : c.subscription_data_set) s.sub_version = 0;
  }
  return java_hash(copy.encode());
}

}  // namespace rmqsim
