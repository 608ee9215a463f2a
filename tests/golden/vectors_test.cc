// The worked examples of the protocol notes: each vector's bytes must mean what its text says.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "producer/remoting/bodies/batch_body.h"
#include "producer/remoting/bodies/heartbeat_data.h"
#include "producer/remoting/bodies/message_id.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/bodies/register_broker_body.h"
#include "producer/remoting/bodies/stored_message.h"
#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/codec/compression.h"
#include "producer/remoting/headers/broker_headers.h"
#include "producer/remoting/headers/send_headers.h"
#include "tests/golden/golden_data.h"

namespace rmqsim {
namespace {

using golden::Json;

Json meaning(const std::string& name, std::string& bytes) {
  for (const Json& v : golden::load("vectors.json")) {
    if (v["name"] != name) continue;
    bytes = golden::unhex(v["hex"]);
    return v["meaning"];
  }
  ADD_FAILURE() << "no vector " << name;
  return {};
}

Json describe(const MessageProperties& properties) {
  Json j = Json::object();
  for (const auto& [k, v] : properties.entries()) j[k] = v;
  return j;
}

// Vectors whose bytes are not a frame.
const std::set<std::string>& bare_bodies() {
  static const std::set<std::string> names = {"heartbeat_body_consumer",
                                              "batch_body_two_messages",
                                              "stored_batch_two_records",
                                              "stored_message_v1_ipv4",
                                              "stored_message_v2_ipv6",
                                              "stored_message_zlib_compressed",
                                              "lz4_frame_body_stored_block",
                                              "lz4_frame_body_compressed_block",
                                              "zstd_body",
                                              "offset_msg_id",
                                              "uniq_key"};
  return names;
}

TEST(Vectors, FramesDecodeToWhatTheirTextsSay) {
  int frames = 0;
  for (const Json& v : golden::load("vectors.json")) {
    if (bare_bodies().contains(v["name"])) continue;
    SCOPED_TRACE(v["name"].get<std::string>());
    const Json& m = v["meaning"];
    const std::string bytes = golden::unhex(v["hex"]);
    const RemotingCommand c = golden::decode_frame(bytes);
    const Json decoded = golden::describe(c);
    for (const char* key : {"code", "flag", "opaque", "version", "language", "remark"}) {
      if (m.contains(key)) {
        EXPECT_EQ(decoded[key], m[key]) << key;
      }
    }
    if (m.contains("extFields")) {
      EXPECT_EQ(decoded["extFields"], golden::normalise(m)["extFields"]);
    }
    if (m.contains("body_text")) {
      EXPECT_EQ(c.body, m["body_text"].get<std::string>());
    }
    if (m.contains("body") && m["body"].is_null()) {
      EXPECT_TRUE(c.body.empty());
    }
    if (m.contains("length")) {
      EXPECT_EQ(bytes.size(), m["length"].get<std::size_t>());
    }
    EXPECT_EQ(golden::describe(golden::decode_frame(golden::encode_frame(c))), decoded);
    ++frames;
  }
  EXPECT_EQ(frames, 30);
}

TEST(Vectors, EmptyTextsOfTheBinaryHeaderAreAbsent) {
  std::string bytes;
  const Json m = meaning("rocketmq_header_null_and_empty", bytes);
  const RemotingCommand c = golden::decode_frame(bytes);
  EXPECT_FALSE(c.remark);
  EXPECT_EQ(c.ext_fields.get("clientID"), m["extFields_after_java_decode"]["clientID"].get<std::string>());
  EXPECT_FALSE(c.ext_fields.contains("producerGroup"));
}

TEST(Vectors, TheClientsSendHeadersMeanTheSameInTheirDialects) {
  for (const char* name :
       {"send_message_v2_request_json", "send_message_v2_request_rocketmq", "send_message_v2_request_cpp",
        "send_message_v1_request_go", "send_message_v2_request_alions"}) {
    SCOPED_TRACE(name);
    std::string bytes;
    meaning(name, bytes);
    const RemotingCommand c = golden::decode_frame(bytes);
    SendMessageRequestHeader h;
    ASSERT_FALSE(h.from_ext(c.ext_fields, send_header_form(c.code)));
    EXPECT_EQ(h.producer_group, "PG");
    EXPECT_EQ(h.topic, "TopicTest");
    EXPECT_EQ(h.default_topic, "TBW102");
    EXPECT_EQ(h.default_topic_queue_nums, 4);
    EXPECT_EQ(h.queue_id, 3);
    EXPECT_EQ(h.sys_flag, 0);
    EXPECT_EQ(h.born_timestamp, 1700000000000);
    EXPECT_EQ(h.unit_mode, false);
    EXPECT_FALSE(h.batch.value_or(false));
    EXPECT_TRUE(h.properties);
  }
}

TEST(Vectors, StoredRecordsDecodeAndReencode) {
  for (const char* name : {"stored_message_v1_ipv4", "stored_message_v2_ipv6", "stored_message_zlib_compressed"}) {
    SCOPED_TRACE(name);
    std::string bytes, again;
    const Json m = meaning(name, bytes);
    std::vector<StoredMessage> records;
    ASSERT_FALSE(StoredMessage::decode_all(bytes, records, true));
    ASSERT_EQ(records.size(), 1u);
    const StoredMessage& r = records[0];
    EXPECT_EQ(r.sys_flag, m["sysFlag"]);
    if (m.contains("bodyCRC")) {
      EXPECT_EQ(r.body_crc, m["bodyCRC"]);
    }
    if (m.contains("queueId")) {
      EXPECT_EQ(r.queue_id, m["queueId"]);
      EXPECT_EQ(r.queue_offset, m["queueOffset"]);
      EXPECT_EQ(r.physical_offset, m["physicalOffset"]);
      EXPECT_EQ(r.born_timestamp, m["bornTimestamp"]);
      EXPECT_EQ(r.store_timestamp, m["storeTimestamp"]);
      EXPECT_EQ(describe(MessageProperties::decode(r.properties)), m["properties"]);
    }
    if (m.contains("topic")) {
      EXPECT_EQ(r.topic, m["topic"]);
      EXPECT_EQ(r.born_host.to_string(), m["bornHost"]);
      EXPECT_EQ(r.store_host.to_string(), m["storeHost"]);
      EXPECT_EQ(r.offset_msg_id(), m["derived_offsetMsgId"]);
      EXPECT_EQ(HostAddress::parse(m["storeHost"].get<std::string>()), r.store_host);
      EXPECT_EQ(r.body, m["body_text"]);
    } else {
      std::string plain;
      EXPECT_EQ(to_upper_hex(r.body), to_upper_hex(golden::unhex(m["compressed_body_hex"])));
      ASSERT_FALSE(decompress(*compression_type_of(r.sys_flag), r.body, plain));
      EXPECT_EQ(plain, m["body_text_after_inflate"]);
    }
    EXPECT_TRUE(r.encode_to(again));
    EXPECT_EQ(again, bytes);
  }
}

TEST(Vectors, AStoredBatchShowsTheLastOfItsTwoKeys) {
  std::string bytes;
  const Json m = meaning("stored_batch_two_records", bytes);
  std::vector<StoredMessage> records;
  ASSERT_FALSE(StoredMessage::decode_all(bytes, records, true));
  ASSERT_EQ(records.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const Json& r = m["records"][i];
    EXPECT_EQ(records[i].physical_offset, r["physicalOffset"]);
    EXPECT_EQ(records[i].queue_offset, r["queueOffset"]);
    EXPECT_EQ(records[i].flag, r["flag"]);
    EXPECT_EQ(records[i].body, r["body_text"]);
    EXPECT_EQ(find_property(records[i].properties, "UNIQ_KEY"), r["effective_UNIQ_KEY"].get<std::string>());
    EXPECT_NE(records[i].properties.find(r["first_UNIQ_KEY"].get<std::string>()), std::string::npos);
  }
}

TEST(Vectors, BatchBodiesDecodeAndReencode) {
  std::string body, frame;
  const Json m = meaning("batch_body_two_messages", body);
  std::vector<BatchEntry> entries;
  ASSERT_FALSE(decode_batch_body(body, entries));
  ASSERT_EQ(entries.size(), m["messages"].size());
  std::string again;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].flag, m["messages"][i]["flag"]);
    EXPECT_EQ(entries[i].body, m["messages"][i]["body_text"].get<std::string>());
    EXPECT_EQ(describe(MessageProperties::decode(entries[i].properties)), m["messages"][i]["properties"]);
    EXPECT_TRUE(append_batch_entry(entries[i], again));
  }
  EXPECT_EQ(again, body);
  meaning("send_batch_request_json", frame);
  EXPECT_EQ(golden::decode_frame(frame).body, body);
}

TEST(Vectors, CompressedBodiesInflate) {
  for (const auto& [name, type] :
       std::vector<std::pair<const char*, CompressionType>>{{"lz4_frame_body_stored_block", CompressionType::LZ4},
                                                            {"lz4_frame_body_compressed_block", CompressionType::LZ4},
                                                            {"zstd_body", CompressionType::ZSTD}}) {
    std::string bytes, plain;
    const Json m = meaning(name, bytes);
    ASSERT_FALSE(decompress(type, bytes, plain)) << name;
    EXPECT_EQ(plain, m["decompressed_text"]) << name;
  }
  std::string bytes;
  meaning("lz4_frame_body_stored_block", bytes);
  EXPECT_EQ(compress(CompressionType::LZ4, "hello"), bytes);
}

TEST(Vectors, IdsDecode) {
  std::string bytes;
  Json m = meaning("offset_msg_id", bytes);
  const auto id = decode_message_id(m["string"].get<std::string>());
  ASSERT_TRUE(id);
  EXPECT_EQ(id->address.ip_to_string(), m["storeHost"]);
  EXPECT_EQ(id->address.port, m["port"]);
  EXPECT_EQ(id->offset, m["physicalOffset"]);
  EXPECT_EQ(create_message_id(id->address, id->offset), m["string"]);
  m = meaning("uniq_key", bytes);
  const auto parts = parse_uniq_id(m["string"].get<std::string>());
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->ip, m["ip"]);
  EXPECT_EQ(parts->pid, m["pid"]);
  EXPECT_EQ(parts->class_loader_hash, 0x18B4AAC2);
  EXPECT_EQ(parts->millis_since_month_start, m["millis_since_local_month_start"]);
  EXPECT_EQ(parts->counter, m["counter"]);
}

TEST(Vectors, BodiesOfHeartbeatRouteRegistrationAndCheckDecode) {
  std::string bytes;
  const Json consumer = meaning("heartbeat_body_consumer", bytes);
  HeartbeatData heartbeat;
  ASSERT_FALSE(HeartbeatData::decode(bytes, heartbeat));
  EXPECT_EQ(heartbeat.encode(), consumer["body_text"]);
  EXPECT_EQ(heartbeat.consumer_data_set.at(0).subscription_data_set.at(0).code_set, std::vector<std::int32_t>{2598919});

  meaning("get_routeinfo_response_standard_json", bytes);
  TopicRouteData standard, bare;
  ASSERT_FALSE(TopicRouteData::decode(golden::decode_frame(bytes).body, standard));
  meaning("get_routeinfo_response_legacy_numeric_keys", bytes);
  ASSERT_FALSE(TopicRouteData::decode(golden::decode_frame(bytes).body, bare));
  EXPECT_EQ(standard, bare);
  EXPECT_EQ(bare.encode(JsonDialect::fastjson), golden::decode_frame(bytes).body);

  meaning("register_broker_request_json", bytes);
  const RemotingCommand registration = golden::decode_frame(bytes);
  RegisterBrokerBody body;
  ASSERT_FALSE(RegisterBrokerBody::decode(registration.body, registration.version, false, body));
  EXPECT_EQ(body.encode(), registration.body);
  EXPECT_EQ(registration.ext_fields.find_int("bodyCrc32"), crc32(registration.body));

  const Json check = meaning("check_transaction_state_broker_to_client_json", bytes);
  const RemotingCommand request = golden::decode_frame(bytes);
  EXPECT_TRUE(request.is_oneway());
  std::vector<StoredMessage> half;
  ASSERT_FALSE(StoredMessage::decode_all(request.body, half, true));
  EXPECT_EQ(half.at(0).topic, check["body_record"]["topic"]);
  EXPECT_EQ(half.at(0).offset_msg_id(), request.ext_fields.get("offsetMsgId"));
  for (const auto& [key, value] : check["body_record"]["properties"].items()) {
    EXPECT_EQ(find_property(half.at(0).properties, key), value.get<std::string>()) << key;
  }
}

}  // namespace
}  // namespace rmqsim
