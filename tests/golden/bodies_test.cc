// Bodies and typed headers inside the recorded frames: routes in both dialects, heartbeats, registrations, stored
// records, batches, properties. Each parses, and what is written again equals it.
#include <gtest/gtest.h>

#include <functional>
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
#include "producer/remoting/headers/namesrv_headers.h"
#include "producer/remoting/headers/send_headers.h"
#include "tests/golden/golden_data.h"

namespace rmqsim {
namespace {

using golden::Frame;
using golden::frames;

// Calls f(frame, command) for matching frames; fails unless there were at least `least`.
void for_each(std::int32_t request_code, bool is_request, int least,
              const std::function<bool(const Frame&, const RemotingCommand&)>& f) {
  int matched = 0;
  for (const Frame& frame : frames()) {
    if (frame.request_code != request_code || frame.is_request != is_request) continue;
    SCOPED_TRACE(frame.name);
    matched += f(frame, golden::decode_frame(frame.bytes));
  }
  EXPECT_GE(matched, least);
}

TEST(GoldenBodies, RoutesReencodeToTheSameBytesInTheirDialect) {
  int standard = 0, bare = 0;
  for_each(RequestCode::GET_ROUTEINFO_BY_TOPIC, false, 30, [&](const Frame& f, const RemotingCommand& c) {
    if (c.body.empty()) return false;
    TopicRouteData route;
    EXPECT_FALSE(TopicRouteData::decode(c.body, route)) << c.body;
    EXPECT_EQ(route.broker_datas.empty(),
              f.name.find("5.3.3|hand-made|route_zone_mode") != f.name.npos);  // 4.9.8 has no zones
    const bool quoted = c.body.find("\"brokerAddrs\":{\"") != c.body.npos;
    (quoted ? standard : bare) += 1;
    EXPECT_EQ(route.encode(quoted ? JsonDialect::standard : JsonDialect::fastjson), c.body);
    TopicRouteData again;
    EXPECT_FALSE(TopicRouteData::decode(route.encode(quoted ? JsonDialect::fastjson : JsonDialect::standard), again));
    EXPECT_EQ(again, route);
    return true;
  });
  EXPECT_GE(standard, 10);
  EXPECT_GE(bare, 5);
}

TEST(GoldenBodies, ClusterInfoIsReadAndWritten) {
  for_each(RequestCode::GET_BROKER_CLUSTER_INFO, false, 5, [](const Frame&, const RemotingCommand& c) {
    if (c.body.empty()) return false;
    ClusterInfo info, again;
    EXPECT_FALSE(ClusterInfo::decode(c.body, info)) << c.body;
    EXPECT_FALSE(ClusterInfo::decode(info.encode(JsonDialect::fastjson), again));
    EXPECT_EQ(again, info);
    EXPECT_FALSE(ClusterInfo::decode(info.encode(JsonDialect::standard), again));
    EXPECT_EQ(again, info);
    for (const auto& [name, broker] : info.broker_addr_table) EXPECT_EQ(broker.broker_name, name);
    return !info.cluster_addr_table.empty();
  });
}

TEST(GoldenBodies, HeartbeatsOfJavaReencodeToTheSameBytes) {
  int java = 0;
  for_each(RequestCode::HEART_BEAT, true, 10, [&](const Frame& f, const RemotingCommand& c) {
    HeartbeatData data, again;
    if (f.name.find("bad_json") != f.name.npos) {
      EXPECT_TRUE(HeartbeatData::decode(c.body, data));
      return false;
    }
    if (c.body.empty()) return false;
    EXPECT_FALSE(HeartbeatData::decode(c.body, data)) << c.body;
    EXPECT_EQ(data.client_id.empty(), f.name.find("no_clientID") != f.name.npos);
    if (f.from_java()) {
      ++java;
      EXPECT_EQ(data.encode(), c.body);
    }
    EXPECT_FALSE(HeartbeatData::decode(data.encode(), again));
    EXPECT_EQ(again, data);
    return true;
  });
  EXPECT_GE(java, 5);
}

TEST(GoldenBodies, RegistrationsAreReadAndTheirChecksumIsThatOfTheHeader) {
  for_each(RequestCode::REGISTER_BROKER, true, 10, [](const Frame&, const RemotingCommand& c) {
    const auto header = RegisterBrokerRequestHeader::from_ext(c.ext_fields);
    EXPECT_EQ(static_cast<std::int64_t>(crc32(c.body)), header.body_crc32.value_or(-1));
    RegisterBrokerBody body, again;
    EXPECT_FALSE(RegisterBrokerBody::decode(c.body, c.version, header.compressed.value_or(false), body));
    const auto& wrapper = body.topic_config_serialize_wrapper;
    EXPECT_FALSE(wrapper.topic_config_table.empty());
    EXPECT_EQ(wrapper.mapping_data_version.has_value(), c.version >= MQVersion::V5_3_1);
    for (const auto& [name, topic] : wrapper.topic_config_table) EXPECT_EQ(topic.topic_name, name);
    EXPECT_EQ(body.encode().size(), c.body.size());
    EXPECT_FALSE(RegisterBrokerBody::decode(body.encode(), c.version, false, again));
    EXPECT_EQ(again, body);
    return true;
  });
}

TEST(GoldenBodies, SmallBodiesReencodeToTheSameBytes) {
  for_each(RequestCode::QUERY_DATA_VERSION, true, 3, [](const Frame&, const RemotingCommand& c) {
    DataVersion v;
    EXPECT_FALSE(DataVersion::decode(c.body, v));
    EXPECT_EQ(v.encode(), c.body);
    return true;
  });
  const auto check_table = [](const Frame&, const RemotingCommand& c) {
    if (c.body.empty()) return false;
    KVTable table;
    EXPECT_FALSE(KVTable::decode(c.body, table));
    EXPECT_EQ(table.encode(), c.body);
    return true;
  };
  for_each(RequestCode::GET_KVLIST_BY_NAMESPACE, false, 2, check_table);
  for_each(RequestCode::REGISTER_BROKER, false, 5, check_table);
  for_each(RequestCode::GET_ALL_TOPIC_LIST_FROM_NAMESERVER, false, 2, [](const Frame&, const RemotingCommand& c) {
    std::vector<std::string> topics;
    EXPECT_FALSE(decode_topic_list(c.body, topics));
    EXPECT_EQ(encode_topic_list(topics), c.body);
    return true;
  });
  for_each(901, false, 2, [](const Frame&, const RemotingCommand& c) {
    if (c.body.empty()) return false;
    BrokerMemberGroup group;
    EXPECT_FALSE(BrokerMemberGroup::decode(c.body, group));
    EXPECT_EQ(group.encode(JsonDialect::fastjson), c.body);
    return true;
  });
}

TEST(GoldenBodies, StoredRecordsHaveTheirChecksumsAndReencodeToTheSameBytes) {
  const auto check = [](const Frame&, const RemotingCommand& c) {
    if (c.body.empty() || (c.is_response() && c.code != 0)) return false;
    std::vector<StoredMessage> records;
    EXPECT_FALSE(StoredMessage::decode_all(c.body, records, true));
    std::string again;
    for (const StoredMessage& m : records) {
      EXPECT_TRUE(m.encode_to(again));
      EXPECT_EQ(decode_message_id(m.offset_msg_id()), (MessageId{m.store_host, m.physical_offset}));
      EXPECT_TRUE(find_property(m.properties, MessageConst::PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX) ||
                  m.sys_flag == 1 || !m.properties.empty());
    }
    EXPECT_EQ(again, c.body);
    return !records.empty();
  };
  for_each(RequestCode::PULL_MESSAGE, false, 6, check);
  for_each(RequestCode::QUERY_MESSAGE, false, 3, check);
  for_each(RequestCode::VIEW_MESSAGE_BY_ID, false, 3, check);
  for_each(RequestCode::CHECK_TRANSACTION_STATE, true, 4, check);
}

TEST(GoldenBodies, BatchesReencodeToTheSameBytes) {
  int damaged = 0;
  for_each(RequestCode::SEND_BATCH_MESSAGE, true, 10, [&](const Frame&, const RemotingCommand& c) {
    if (c.ext_fields.get("m") != "true") return false;
    std::vector<BatchEntry> entries;
    if (decode_batch_body(c.body, entries)) {
      ++damaged;
      return false;
    }
    std::string again;
    for (const BatchEntry& e : entries) EXPECT_TRUE(append_batch_entry(e, again));
    EXPECT_EQ(again, c.body);
    return true;
  });
  EXPECT_GE(damaged, 1);  // the truncated one, which the broker refused as well
}

TEST(GoldenBodies, PropertiesOfJavaReencodeToTheSameText) {
  int checked = 0;
  for (const Frame& f : frames()) {
    if (!f.is_request || !f.from_java() || (f.request_code != 310 && f.request_code != 320)) continue;
    SCOPED_TRACE(f.name);
    const std::string text(golden::decode_frame(f.bytes).ext_fields.get("i"));
    const auto properties = MessageProperties::decode(text);
    EXPECT_EQ(properties.encode(text.ends_with('\x02')), text);
    if (const auto key = properties.find("UNIQ_KEY")) {
      EXPECT_TRUE(parse_uniq_id(*key)) << *key;
    }
    ++checked;
  }
  EXPECT_GT(checked, 50);
}

TEST(GoldenBodies, CompressedBodiesInflateByTheirTypeBits) {
  std::vector<std::int32_t> seen;
  for (const Frame& f : frames()) {
    if (!f.is_request || !f.sender.starts_with("java") || f.request_code != 310) continue;
    const RemotingCommand c = golden::decode_frame(f.bytes);
    const auto sys_flag = static_cast<std::int32_t>(c.ext_fields.find_int("f").value_or(0));
    if ((sys_flag & MessageSysFlag::COMPRESSED_FLAG) == 0) continue;
    SCOPED_TRACE(f.name);
    const auto type = compression_type_of(sys_flag);
    ASSERT_TRUE(type);
    std::string plain, again;
    ASSERT_FALSE(decompress(*type, c.body, plain));
    EXPECT_GE(plain.size(), 4096u);
    ASSERT_FALSE(decompress(*type, compress(*type, plain), again));
    EXPECT_EQ(again, plain);
    // The format's first bytes as Java's writer chooses them.
    const std::size_t prefix = *type == CompressionType::LZ4 ? 7 : *type == CompressionType::ZLIB ? 2 : 4;
    EXPECT_EQ(compress(*type, plain).substr(0, prefix), c.body.substr(0, prefix));
    seen.push_back(sys_flag);
  }
  for (const std::int32_t flag : {0x301, 0x101, 0x201}) {
    EXPECT_NE(std::find(seen.begin(), seen.end(), flag), seen.end()) << flag;
  }
}

template <class Header>
void expect_all_fields_known(std::int32_t code, bool is_request, int least) {
  for_each(code, is_request, least, [](const Frame& f, const RemotingCommand& c) {
    if (!f.from_java() || !c.has_ext_fields || (c.is_response() && c.code != 0)) return false;
    ExtFields again;
    Header::from_ext(c.ext_fields).to_ext(again);
    auto expected = golden::describe(c.ext_fields);
    for (const char* other : {"lo", "nsd", "oway", "ns"}) expected.erase(other);
    EXPECT_EQ(golden::describe(again), expected);
    return true;
  });
}

TEST(GoldenHeaders, TypedHeadersKnowEveryFieldThatJavaSends) {
  expect_all_fields_known<EndTransactionRequestHeader>(RequestCode::END_TRANSACTION, true, 10);
  expect_all_fields_known<CheckTransactionStateRequestHeader>(RequestCode::CHECK_TRANSACTION_STATE, true, 4);
  expect_all_fields_known<UnregisterClientRequestHeader>(RequestCode::UNREGISTER_CLIENT, true, 5);
  expect_all_fields_known<GetRouteInfoRequestHeader>(RequestCode::GET_ROUTEINFO_BY_TOPIC, true, 10);
  expect_all_fields_known<GetMaxOffsetRequestHeader>(RequestCode::GET_MAX_OFFSET, true, 1);
  expect_all_fields_known<GetMaxOffsetResponseHeader>(RequestCode::GET_MAX_OFFSET, false, 1);
  expect_all_fields_known<CreateTopicRequestHeader>(RequestCode::UPDATE_AND_CREATE_TOPIC, true, 1);
  expect_all_fields_known<RegisterBrokerRequestHeader>(RequestCode::REGISTER_BROKER, true, 8);
  expect_all_fields_known<RegisterBrokerResponseHeader>(RequestCode::REGISTER_BROKER, false, 5);
  expect_all_fields_known<UnregisterBrokerRequestHeader>(RequestCode::UNREGISTER_BROKER, true, 3);
  expect_all_fields_known<QueryDataVersionRequestHeader>(RequestCode::QUERY_DATA_VERSION, true, 1);
  expect_all_fields_known<QueryDataVersionResponseHeader>(RequestCode::QUERY_DATA_VERSION, false, 2);
  expect_all_fields_known<BrokerHeartbeatRequestHeader>(RequestCode::BROKER_HEARTBEAT, true, 1);
  expect_all_fields_known<ReplyMessageRequestHeader>(RequestCode::PUSH_REPLY_MESSAGE_TO_CLIENT, true, 2);
  expect_all_fields_known<RecallMessageRequestHeader>(RequestCode::RECALL_MESSAGE, true, 1);
}

TEST(GoldenHeaders, SendHeadersKnowEveryFieldOfEverySender) {
  int requests = 0, answers = 0;
  for (const Frame& f : frames()) {
    const bool send = f.request_code == 310 || f.request_code == 320 || f.request_code == 10 || f.request_code == 325;
    const RemotingCommand c = golden::decode_frame(f.bytes);
    if (!send || !c.has_ext_fields) continue;
    SCOPED_TRACE(f.name);
    ExtFields again;
    if (f.is_request && f.from_java()) {
      SendMessageRequestHeader h;
      EXPECT_FALSE(h.from_ext(c.ext_fields, send_header_form(f.request_code)));
      h.to_ext(again, send_header_form(f.request_code));
      EXPECT_EQ(golden::describe(again), golden::describe(c.ext_fields));
      ++requests;
    } else if (!f.is_request) {
      SendMessageResponseHeader h;
      EXPECT_FALSE(h.from_ext(c.ext_fields));
      h.to_ext(again);
      EXPECT_EQ(golden::describe(again), golden::describe(c.ext_fields));
      EXPECT_EQ(h.queue_offset.has_value(), h.msg_id.has_value());
      if (c.code == 0 && f.request_code == 310) {
        EXPECT_TRUE(h.msg_id && h.queue_id && h.queue_offset);
      }
      ++answers;
    }
  }
  EXPECT_GT(requests, 60);
  EXPECT_GT(answers, 100);
}

}  // namespace
}  // namespace rmqsim
