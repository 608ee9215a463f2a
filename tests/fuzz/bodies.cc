// Bodies and texts inside commands: what decodes encodes again and decodes to the same, and nothing that is written in
// a few bytes becomes more memory than its limit.
#include <algorithm>
#include <string>
#include <vector>

#include "producer/remoting/bodies/batch_body.h"
#include "producer/remoting/bodies/heartbeat_data.h"
#include "producer/remoting/bodies/message_id.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/bodies/recall_handle.h"
#include "producer/remoting/bodies/register_broker_body.h"
#include "producer/remoting/bodies/stored_message.h"
#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/codec/compression.h"
#include "producer/transport/address.h"
#include "tests/fuzz/targets.h"

namespace rmqsim::fuzz {

namespace {

// The compressed form has a topic as words between blanks: an empty word or a blank within one, which JSON can
// hold, is lost there, in RocketMQ's TopicConfig.encode as here.
bool a_line_can_carry(const RegisterBrokerBody& body) {
  const auto word = [](const std::string& s) { return !s.empty() && s.find(' ') == s.npos; };
  const auto& topics = body.topic_config_serialize_wrapper.topic_config_table;
  return std::ranges::all_of(topics, [&](const auto& topic) {
    return word(topic.second.topic_name) && word(topic.second.topic_filter_type);
  });
}

template <class T, class Encode>
void decode_encode_decode(std::string_view target, std::string_view bytes, Encode encoded) {
  T first;
  if (T::decode(bytes, first)) return;
  T second;
  const std::string text = encoded(first);
  if (T::decode(text, second)) broken(target, "what was encoded does not decode: " + text);
  if (!(first == second)) broken(target, "a body changes between encoding and decoding: " + text);
}

}  // namespace

void topic_route_data(std::string_view bytes) {
  for (const JsonDialect dialect : {JsonDialect::standard, JsonDialect::fastjson}) {
    const auto encoded = [dialect](const auto& value) { return value.encode(dialect); };
    decode_encode_decode<TopicRouteData>("topic_route_data", bytes, encoded);
    decode_encode_decode<ClusterInfo>("topic_route_data", bytes, encoded);
    decode_encode_decode<BrokerMemberGroup>("topic_route_data", bytes, encoded);
  }
  std::vector<std::string> topics;
  if (!decode_topic_list(bytes, topics)) encode_topic_list(topics);
}

void heartbeat_data(std::string_view bytes) {
  decode_encode_decode<HeartbeatData>("heartbeat_data", bytes, [](const auto& value) { return value.encode(); });
  HeartbeatData data;
  if (!HeartbeatData::decode(bytes, data)) data.compute_heartbeat_fingerprint();
}

void register_broker_body(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::int32_t version = (bytes.front() & 2) != 0 ? 479 : (bytes.front() & 4) != 0 ? 401 : 30;
  const bool compressed = (bytes.front() & 1) != 0;
  bytes.remove_prefix(1);
  RegisterBrokerBody body;
  if (!RegisterBrokerBody::decode(bytes, version, compressed, body)) {
    RegisterBrokerBody again;
    if (RegisterBrokerBody::decode(body.encode(), 479, false, again)) {
      broken("register_broker_body", "what was encoded does not decode");
    }
    if (a_line_can_carry(body) && RegisterBrokerBody::decode(body.encode_compressed(479), 479, true, again)) {
      broken("register_broker_body", "what was compressed does not decode");
    }
  }
  const auto encoded = [](const auto& value) { return value.encode(); };
  decode_encode_decode<DataVersion>("register_broker_body", bytes, encoded);
  decode_encode_decode<KVTable>("register_broker_body", bytes, encoded);
}

void message_properties(std::string_view bytes) {
  const MessageProperties first = MessageProperties::decode(bytes);
  const MessageProperties second = MessageProperties::decode(first.encode());
  if (!second.same_as(first)) broken("message_properties", "properties change between encoding and decoding");
  for (const auto& [key, value] : first.entries()) {
    if (find_property(bytes, key) != std::string_view(value)) {
      broken("message_properties", "find_property disagrees with decode");
    }
  }
}

void batch_body(std::string_view bytes) {
  std::vector<BatchEntry> entries;
  if (decode_batch_body(bytes, entries)) return;
  std::string again;
  for (const BatchEntry& entry : entries) {
    if (!append_batch_entry(entry, again)) return;  // properties that only a reader accepts
  }
  std::vector<BatchEntry> second;
  if (decode_batch_body(again, second) || second.size() != entries.size()) {
    broken("batch_body", "what was encoded does not decode");
  }
}

void stored_message(std::string_view bytes) {
  std::vector<StoredMessage> messages;
  if (StoredMessage::decode_all(bytes, messages)) return;
  for (const StoredMessage& message : messages) {
    std::string again;
    if (!message.encode_to(again)) continue;
    std::string_view rest = again;
    StoredMessage second;
    if (StoredMessage::decode(rest, second, true) || !rest.empty()) {
      broken("stored_message", "what was encoded does not decode");
    }
    message.offset_msg_id();
  }
}

void decompression(std::string_view bytes) {
  constexpr std::size_t kLimit = 1 << 16;
  if (bytes.empty()) return;
  const auto type = static_cast<CompressionType>(1 + static_cast<unsigned char>(bytes.front()) % 3);
  bytes.remove_prefix(1);
  std::string out;
  if (decompress(type, bytes, out, kLimit)) return;
  if (out.size() > kLimit) broken("decompression", "more came out than the limit");
  std::string again;
  if (decompress(type, compress(type, out), again, kLimit) || again != out) {
    broken("decompression", "what was compressed does not come back");
  }
}

void small_texts(std::string_view bytes) {
  if (const auto host = HostAddress::parse(bytes)) {
    if (HostAddress::parse(host->to_string()) != host) broken("small_texts", "an address changes in writing");
  }
  decode_message_id(bytes);
  parse_uniq_id(bytes);
  parse_address(bytes);
  RecallHandle::decode(bytes);
}

}  // namespace rmqsim::fuzz
