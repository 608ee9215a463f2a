// JSON bodies: both dialects, leniency of the readers, and refusal of what has another shape.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>

#include "producer/remoting/bodies/heartbeat_data.h"
#include "producer/remoting/bodies/register_broker_body.h"
#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/codec/compression.h"
#include "producer/remoting/codec/java_hash.h"

namespace rmqsim {
namespace {

TopicRouteData sample_route() {
  TopicRouteData r;
  r.order_topic_conf = "broker-a:4;broker-b:4";
  r.queue_datas = {{"broker-a", 4, 8, 6, 0}, {"broker-b", 4, 4, 4, 1}};
  r.broker_datas = {
      {"C/1", "broker-a", {{0, "127.0.0.1:10911"}, {1, "127.0.0.1:20911"}, {12, "h:1"}}, false, "z\xC3\xA4"},
      {"C/1", "broker-b", {{3, "[::1]:10911"}}, std::nullopt, std::nullopt}};
  r.filter_server_table = {{"127.0.0.1:10911", {"f1", "f2"}}};
  r.topic_queue_mapping_by_broker = R"({"broker-a":{"epoch":1}})";
  return r;
}

TEST(TopicRouteData, StandardFormIsStrictJsonWithBrowserEscapes) {
  const std::string text = sample_route().encode(JsonDialect::standard);
  EXPECT_EQ(nlohmann::json::parse(text)["brokerDatas"][0]["brokerAddrs"]["12"], "h:1");
  EXPECT_NE(text.find(R"("cluster":"C\/1")"), text.npos);
  EXPECT_NE(text.find(R"("zoneName":"z\u00E4")"), text.npos);
  TopicRouteData read;
  ASSERT_FALSE(TopicRouteData::decode(text, read));
  EXPECT_EQ(read, sample_route());
}

TEST(TopicRouteData, FastjsonFormHasBareIntegerKeys) {
  const std::string text = sample_route().encode(JsonDialect::fastjson);
  EXPECT_NE(text.find(R"("brokerAddrs":{0:"127.0.0.1:10911",1:"127.0.0.1:20911",12:"h:1"})"), text.npos);
  EXPECT_NE(text.find("\"zoneName\":\"z\xC3\xA4\""), text.npos);
  EXPECT_FALSE(nlohmann::json::accept(text));
  TopicRouteData read;
  ASSERT_FALSE(TopicRouteData::decode(text, read));
  EXPECT_EQ(read, sample_route());
}

TEST(TopicRouteData, ReadsSloppyText) {
  TopicRouteData r;
  ASSERT_FALSE(TopicRouteData::decode(
      " { 'queueDatas' : [ , {brokerName:'b', readQueueNums:\"4\", perm:6, topicSynFlag:2, unknown:[{}],}, ],\n"
      "brokerDatas:null, orderTopicConf : null , }\n",
      r));
  ASSERT_EQ(r.queue_datas.size(), 1u);
  EXPECT_EQ(r.queue_datas[0], (QueueData{"b", 4, 0, 6, 2}));
  EXPECT_FALSE(r.order_topic_conf);
}

TEST(TopicRouteData, RefusesOtherShapes) {
  TopicRouteData r;
  for (const char* text :
       {"", "x", "[]", "1", "{", "{]", "{\"queueDatas\":{}}", "{\"queueDatas\":[1]}", "{\"brokerDatas\":[[]]}",
        "{\"brokerDatas\":[{\"brokerAddrs\":{x:\"y\"}}]}", "{\"brokerDatas\":[{\"brokerAddrs\":{0:[]}}]}",
        "{\"queueDatas\":[{\"perm\":\"RW\"}]}", "{\"queueDatas\":[{\"perm\":1.5}]}",
        "{\"queueDatas\":[{\"perm\":3000000000}]}", "{\"filterServerTable\":{\"a\":1}}", "{} {}", "{\"a\":\"\\u12\"}",
        "{\"a\" \"b\"}", "{\"a\":1 \"b\":2}"}) {
    EXPECT_EQ(TopicRouteData::decode(text, r), RemotingError::bad_body) << text;
  }
  EXPECT_EQ(TopicRouteData::decode("{\"a\":" + std::string(100'000, '['), r), RemotingError::bad_body);
}

TEST(TopicRouteData, MutationsNeverCrashTheReader) {
  std::mt19937 random(5);
  const std::string good = sample_route().encode(JsonDialect::fastjson);
  int accepted = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string text = good;
    for (int i = 0; i < 2; ++i) text[random() % text.size()] = static_cast<char>(random());
    TopicRouteData r, again;
    if (TopicRouteData::decode(text, r)) continue;
    ++accepted;
    ASSERT_FALSE(TopicRouteData::decode(r.encode(JsonDialect::standard), again)) << text;
    EXPECT_EQ(again.broker_datas, r.broker_datas);
  }
  EXPECT_GT(accepted, 100);
}

TEST(PermName, SpellsTheBits) {
  EXPECT_EQ(PermName::perm_to_string(7), "RWX");
  EXPECT_EQ(PermName::perm_to_string(6), "RW-");
  EXPECT_EQ(PermName::perm_to_string(4), "R--");
  EXPECT_EQ(PermName::perm_to_string(0), "---");
}

TEST(HeartbeatData, HasFiveKeysInVersionFiveAndThreeBefore) {
  HeartbeatData data;
  data.client_id = "ip@1";
  data.producer_data_set = {{"g"}, {std::string(kClientInnerProducerGroup)}};
  EXPECT_EQ(data.encode(), R"({"clientID":"ip@1","consumerDataSet":[],"producerDataSet":[{"groupName":"g"},)"
                           R"({"groupName":"CLIENT_INNER_PRODUCER"}]})");
  data.heartbeat_fingerprint = 0;
  data.without_sub = false;
  EXPECT_EQ(data.encode(), R"({"clientID":"ip@1","consumerDataSet":[],"heartbeatFingerprint":0,"producerDataSet":)"
                           R"([{"groupName":"g"},{"groupName":"CLIENT_INNER_PRODUCER"}],"withoutSub":false})");
}

TEST(HeartbeatData, ReadsOrdinalsTextVersionsAndMissingArrays) {
  HeartbeatData data;
  ASSERT_FALSE(HeartbeatData::decode(
      R"({"clientID":"c","consumerDataSet":[{"groupName":"g","consumeType":1,"messageModel":0,"consumeFromWhere":"4",
         "subscriptionDataSet":[{"topic":"t","subVersion":"1700000000000","tagsSet":["a"],"codeSet":["97"]}]}]})",
      data));
  const ConsumerData& c = data.consumer_data_set.at(0);
  EXPECT_EQ(c.consume_type, ConsumeType::CONSUME_PASSIVELY);
  EXPECT_EQ(c.message_model, MessageModel::BROADCASTING);
  EXPECT_EQ(c.subscription_data_set.at(0).sub_version, 1700000000000);
  EXPECT_EQ(c.subscription_data_set.at(0).code_set.at(0), java_hash("a"));
  EXPECT_TRUE(data.producer_data_set.empty());
  EXPECT_EQ(HeartbeatData::decode(R"({"consumerDataSet":[{"consumeType":9}]})", data), RemotingError::bad_body);
  EXPECT_EQ(HeartbeatData::decode("not json", data), RemotingError::bad_body);
}

TEST(HeartbeatData, FingerprintIgnoresWhoAndWhenButNotWhat) {
  HeartbeatData a, b;
  a.consumer_data_set.emplace_back().subscription_data_set.push_back({"t", "*", {}, {}, 1});
  b = a;
  b.client_id = "other";
  b.heartbeat_fingerprint = 77;
  b.consumer_data_set[0].subscription_data_set[0].sub_version = 2;
  EXPECT_EQ(a.compute_heartbeat_fingerprint(), b.compute_heartbeat_fingerprint());
  b.consumer_data_set[0].subscription_data_set[0].sub_string = "TagA";
  EXPECT_NE(a.compute_heartbeat_fingerprint(), b.compute_heartbeat_fingerprint());
}

RegisterBrokerBody sample_registration(bool v5) {
  RegisterBrokerBody b;
  auto& w = b.topic_config_serialize_wrapper;
  w.data_version = {v5 ? std::optional<std::int64_t>(0) : std::nullopt, 1700000000000, 3};
  for (const char* name : {"TBW102", "T"}) {
    TopicConfig t;
    t.topic_name = name;
    t.perm = 7;
    if (v5) t.attributes.emplace()["message.type"] = "NORMAL";
    w.topic_config_table[name] = t;
  }
  if (v5) w.topic_queue_mapping_info_map = R"({"T":{"epoch":1,"topic":"T"}})";
  b.filter_server_list = {"127.0.0.1:1"};
  return b;
}

TEST(RegisterBrokerBody, EveryFormRoundTrips) {
  for (const bool v5 : {false, true}) {
    const std::int32_t version = v5 ? MQVersion::V5_3_3 : MQVersion::V4_9_8;
    const RegisterBrokerBody body = sample_registration(v5);
    RegisterBrokerBody read;
    ASSERT_FALSE(RegisterBrokerBody::decode(body.encode(), version, false, read));
    EXPECT_EQ(read, body);
    const std::string small = body.encode_compressed(version);
    EXPECT_EQ(small[0], 0x78);
    for (const bool flag : {true, false}) {  // 5.3.3 compresses without saying so
      ASSERT_FALSE(RegisterBrokerBody::decode(small, version, flag, read));
      EXPECT_EQ(read, body);
    }
  }
}

TEST(RegisterBrokerBody, AncientVersionsSendTheBareWrapper) {
  RegisterBrokerBody read;
  const auto wrapper = sample_registration(false).topic_config_serialize_wrapper;
  ASSERT_FALSE(RegisterBrokerBody::decode(wrapper.encode(), 36, false, read));
  EXPECT_EQ(read.topic_config_serialize_wrapper, wrapper);
}

TEST(RegisterBrokerBody, AnEmptyBodyIsAnEmptyTable) {
  RegisterBrokerBody read = sample_registration(true);
  ASSERT_FALSE(RegisterBrokerBody::decode("", 479, false, read));
  EXPECT_EQ(read, RegisterBrokerBody{});
}

TEST(RegisterBrokerBody, DamagedCompressedBodiesAreRefused) {
  const std::string plain_pieces[] = {"", std::string("\0\0\0\x10{}", 6), std::string("\0\0\0\2{}\xFF\xFF\xFF\xFF", 10),
                                      std::string("\0\0\0\2{}\0\0\0\1\0\0\0\3a b\0\0\0\2[]", 21),
                                      std::string("\0\0\0\2[]\0\0\0\0\0\0\0\2[]", 16)};
  RegisterBrokerBody read;
  for (const std::string& plain : plain_pieces) {
    EXPECT_EQ(RegisterBrokerBody::decode(compress(CompressionType::ZLIB, plain), 400, true, read),
              RemotingError::bad_body);
  }
  EXPECT_EQ(RegisterBrokerBody::decode("x\x9C garbage", 479, false, read), RemotingError::bad_body);
  EXPECT_EQ(RegisterBrokerBody::decode("{}", 479, true, read), RemotingError::bad_body);
  const std::string good = sample_registration(true).encode_compressed(479);
  for (std::size_t n = 1; n < good.size(); ++n) {
    EXPECT_TRUE(RegisterBrokerBody::decode(good.substr(0, n), 479, true, read)) << n;
  }
}

TEST(JavaHash, IsThatOfStringHashCode) {
  EXPECT_EQ(java_hash(""), 0);
  EXPECT_EQ(java_hash("TagA"), 2598919);
  EXPECT_EQ(java_hash("polygenelubricants"), INT32_MIN);
  EXPECT_EQ(java_hash("\xF0\x9F\x98\x80"), 31 * 0xD83D + 0xDE00);
  EXPECT_EQ(java_hash("\xC3\xA4"), 0xE4);
}

}  // namespace
}  // namespace rmqsim
