// What each client family puts on the wire, byte by byte, and what it needs back (wire §7): the dialects of
// Java, C++, Go and ali-ons, both serialisations, one-way requests, the VIP port, graceful shutdown, and answers that
// the strictest of the clients can read.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "producer/remoting/bodies/message_id.h"
#include "tests/fakes/consumer_world.h"
#include "tests/fakes/releases.h"

namespace rmqsim {
namespace client_compatibility_test {

/// A whole frame as a client of that family wrote it (tests/golden/data/vectors.json).
std::string frame_of(const std::string& vector) {
  std::ifstream in(std::string(RMQSIM_SOURCE_DIR) + "/tests/golden/data/vectors.json");
  for (const auto& v : nlohmann::json::parse(in)) {
    if (v.at("name") == vector) return *from_hex(v.at("hex").get<std::string>());
  }
  ADD_FAILURE() << "no vector " << vector;
  return {};
}

std::string frame(const std::string& header, const std::string& body = {}) {
  std::string out;
  for (const std::size_t word : {4 + header.size() + body.size(), header.size()}) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(word >> shift & 0xff);
  }
  return out + header + body;
}

/// The headers of all frames in these bytes, by a strict JSON parser.
std::vector<nlohmann::json> strict_headers(std::string_view bytes) {
  std::vector<nlohmann::json> out;
  const auto word = [&](std::size_t at) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < 4; ++i) n = n << 8 | static_cast<unsigned char>(bytes[at + i]);
    return n;
  };
  while (bytes.size() >= 8) {
    const std::size_t length = word(0), header = word(4);
    out.push_back(nlohmann::json::parse(bytes.substr(8, header)));
    bytes.remove_prefix(4 + length);
  }
  return out;
}

struct Client {
  explicit Client(ConsumerWorld& world) : w(world), raw(world.connect()) {}
  /// Sends bytes; the first answer that comes.
  RemotingCommand ask(const std::string& bytes) {
    raw->received.clear();
    under(w.runtime, [&] { raw->send_bytes(bytes); });
    w.run(2);
    for (const RemotingCommand& c : raw->received) {
      if (c.is_response()) return c;
    }
    ADD_FAILURE() << "no answer";
    return {};
  }
  ConsumerWorld& w;
  std::unique_ptr<RawClient> raw;
};

TEST(ClientDialects, SendsOfEveryFamilyAreStored) {
  for (const ServerProfile* const version : kBothServers) {
    FakeBrokerServerOptions options;
    options.broker.profile = version;
    ConsumerWorld w(options);
    Client client(w);
    for (const char* vector :
         {"send_message_v2_request_json", "send_message_v2_request_rocketmq", "send_message_v2_request_cpp",
          "send_message_v1_request_go", "send_message_v2_request_alions", "send_batch_request_json"}) {
      SCOPED_TRACE(vector);
      const std::string request = frame_of(vector);
      const RemotingCommand answer = client.ask(request);
      EXPECT_EQ(answer.code, ResponseCode::SUCCESS) << answer.remark.value_or("");
      for (const char* field : {"msgId", "queueId", "queueOffset"}) EXPECT_TRUE(answer.ext_fields.contains(field));
      const bool binary = request[4] == 1;
      EXPECT_EQ(answer.serialize_type, binary && version == kServer4 ? SerializeType::ROCKETMQ : SerializeType::JSON);
    }
  }
}

TEST(ClientDialects, TheFieldAndNotTheCodeMakesABatch) {
  ConsumerWorld w;
  Client client(w);
  const std::string body = frame_of("send_batch_request_json").substr(8 + 0x147);
  const char* v2 = R"({"code":310,"flag":0,"language":"CPP","opaque":1,"version":333,"extFields":{"a":"PG",)"
                   R"("b":"TopicTest","c":"TBW102","d":4,"e":1,"f":0,"g":"1700000000000","h":0,"i":"","j":"0",)"
                   R"("k":"false","l":16,"m":true}})";
  const char* v1 = R"({"code":10,"flag":0,"language":"GO","opaque":2,"version":317,"extFields":{"producerGroup":"PG",)"
                   R"("topic":"TopicTest","defaultTopic":"TBW102","defaultTopicQueueNums":"4","queueId":"1",)"
                   R"("sysFlag":"0","bornTimestamp":"1700000000000","flag":"0","properties":"","batch":"true"}})";
  for (const char* header : {v2, v1}) {
    const RemotingCommand answer = client.ask(frame(header, body));
    ASSERT_EQ(answer.code, ResponseCode::SUCCESS) << answer.remark.value_or("");
    EXPECT_EQ(answer.ext_fields.get("msgId").size(), 32u + 1 + 32);
  }
  EXPECT_EQ(w.store().max_offset("TopicTest", 1), 4);
}

TEST(ClientDialects, OtherFieldTypesUnknownKeysAndMissingOnesAreTaken) {
  ConsumerWorld w;
  Client client(w);
  const RemotingCommand pull = client.ask(
      frame(R"({"code":11,"language":"JAVA","opaque":3,"flag":0,"version":121,"extFields":{"consumerGroup":"GID",)"
            R"("topic":"TopicTest","queueId":0,"queueOffset":0,"maxMsgNums":32,"sysFlag":4,"commitOffset":0,)"
            R"("subscription":"TagA","subVersion":1700000000000,"surprise":[1,{"a":null}],"AccessKey":"ak",)"
            R"("Signature":"x","OnsChannel":"ALIYUN"}})"));
  EXPECT_EQ(pull.code, ResponseCode::PULL_NOT_FOUND) << pull.remark.value_or("");
  const RemotingCommand offset = client.ask(
      frame("{'code':30,language:'CPP','opaque':4,'flag':0,version:333,extFields:{topic:'TopicTest',queueId:0,},}\n"));
  EXPECT_EQ(offset.ext_fields.get("offset"), "0");
}

TEST(ClientDialects, AnswersAreStrictJsonWithTextFieldsOnly) {
  ConsumerWorld w;
  Client client(w);
  const std::vector<RemotingCommand> requests = {
      SendBuilder{}.build(),
      PullBuilder{}.build(),
      consumer_heartbeat("c1", "CG"),
      request_of(RequestCode::GET_CONSUMER_LIST_BY_GROUP, {{"consumerGroup", "CG"}}),
      request_of(RequestCode::GET_MAX_OFFSET, {{"topic", "TopicTest"}, {"queueId", "0"}}),
      request_of(RequestCode::GET_MIN_OFFSET, {{"topic", "TopicTest"}, {"queueId", "0"}}),
      request_of(RequestCode::SEARCH_OFFSET_BY_TIMESTAMP,
                 {{"topic", "TopicTest"}, {"queueId", "0"}, {"timestamp", "0"}}),
      request_of(RequestCode::GET_EARLIEST_MSG_STORETIME, {{"topic", "TopicTest"}, {"queueId", "0"}}),
      request_of(RequestCode::QUERY_CONSUMER_OFFSET,
                 {{"consumerGroup", "CG"}, {"topic", "TopicTest"}, {"queueId", "0"}}),
      request_of(RequestCode::UNREGISTER_CLIENT, {{"clientID", "c1"}, {"consumerGroup", "CG"}}),
      request_of(9999, {}),
  };
  for (const RemotingCommand& request : requests) {
    client.raw->bytes.clear();
    w.ask(*client.raw, request);
    const auto headers = strict_headers(client.raw->bytes);
    ASSERT_FALSE(headers.empty()) << request.code;
    for (const auto& header : headers) {
      EXPECT_EQ(header.at("language"), "JAVA");
      EXPECT_EQ(header.at("version"), 479);
      EXPECT_EQ(header.at("serializeTypeCurrentRPC"), "JSON");
      if (header.at("flag") == 1) {
        EXPECT_EQ(header.at("opaque"), request.opaque);
      }
      if (!header.contains("extFields")) continue;
      for (const auto& [key, value] : header.at("extFields").items()) {
        EXPECT_TRUE(value.is_string()) << request.code << " " << key;
      }
    }
  }
}

TEST(ClientDialects, NoCodeIsEverAnsweredOneWayAndEveryOtherRequestIs) {
  ConsumerWorld w;
  std::size_t count = 0;
  const std::string_view* names = request_code_names(count);
  std::vector<std::int32_t> codes = {9999, 200050, 0};
  for (std::size_t i = 0; i < count; ++i) codes.push_back(*request_code_by_name(names[i]));
  for (const std::int32_t code : codes) {
    Client client(w);
    RemotingCommand request = request_of(code, {});
    request.mark_oneway();
    w.ask(*client.raw, request);
    EXPECT_TRUE(client.raw->received.empty()) << code;
    request.flag = 0;
    w.ask(*client.raw, request);
    EXPECT_EQ(client.raw->received.size(), 1u) << code;
    EXPECT_FALSE(client.raw->closed) << code;
  }
}

TEST(ClientDialects, RequestsWithoutTheOneWayBitAreAnswered) {
  ConsumerWorld w;
  Client client(w);  // Go and ali-ons never set it
  w.ask(*client.raw, consumer_heartbeat("c1", "CG"));
  const RemotingCommand commit = client.ask(
      frame(R"({"code":15,"language":"JAVA","opaque":9,"flag":0,"version":121,"extFields":{"topic":"TopicTest",)"
            R"("consumerGroup":"CG","queueId":0,"commitOffset":5}})"));
  EXPECT_EQ(commit.code, ResponseCode::SUCCESS);
  EXPECT_EQ(commit.opaque, 9);
  EXPECT_EQ(w.broker->broker().state().consumer_offsets.query_offset("CG", "TopicTest", 0), 5);
}

TEST(VipPort, ServesEverythingButPulls) {
  FakeBrokerServerOptions options;
  options.vip = true;
  ConsumerWorld w(options);
  RawClient vip(*w.client_side, "10.0.0.2:10909");
  w.run(2);
  ASSERT_TRUE(vip.connected);
  w.ask(vip, SendBuilder{}.build());
  ASSERT_EQ(vip.received.size(), 1u);
  EXPECT_EQ(vip.received[0].code, ResponseCode::SUCCESS);
  EXPECT_EQ(records_of([&] {
              Client client(w);
              PullBuilder pull;
              pull.sys_flag = PullSysFlag::SUBSCRIPTION;
              w.ask(*client.raw, pull.build());
              return client.raw->received.at(0);
            }())
                .at(0)
                .store_host.to_string(),
            "10.0.0.2:10911");
  w.ask(vip, PullBuilder{}.build());
  EXPECT_EQ(vip.received.at(1).code, ResponseCode::REQUEST_CODE_NOT_SUPPORTED);
  under(w.runtime, [&] { w.broker->crash(); });
  w.run(5);
  EXPECT_TRUE(vip.closed);
  RawClient refused(*w.client_side, "10.0.0.2:10909");
  w.run(5);
  EXPECT_FALSE(refused.connected);
  under(w.runtime, [&] { w.broker->restart(); });
  RawClient again(*w.client_side, "10.0.0.2:10909");
  w.run(5);
  EXPECT_TRUE(again.connected);
}

TEST(VipPort, IsNotThereUnlessAskedFor) {
  ConsumerWorld w;
  RawClient vip(*w.client_side, "10.0.0.2:10909");
  w.run(5);
  EXPECT_FALSE(vip.connected);
}

TEST(GracefulShutdown, SendsNewerClientsAwayAndServesOlderOnes) {
  ConsumerWorld w;
  Client client(w);
  ASSERT_TRUE(w.namesrv->routes().route("TopicTest").has_value());
  under(w.runtime, [&] { w.broker->go_away(); });
  w.run(5);
  EXPECT_FALSE(w.namesrv->routes().route("TopicTest").has_value()) << "nobody new finds it";
  RemotingCommand send = SendBuilder{}.build();
  w.ask(*client.raw, send);
  EXPECT_EQ(client.raw->received.at(0).code, ResponseCode::GO_AWAY);
  EXPECT_EQ(client.raw->received.at(0).remark, "please go away");
  EXPECT_FALSE(client.raw->received.at(0).has_ext_fields);
  send.version = MQVersion::V5_3_1;
  w.ask(*client.raw, send);
  EXPECT_EQ(client.raw->received.at(1).code, ResponseCode::SUCCESS);
  EXPECT_EQ(w.store().stored(), 1u);
}

TEST(SlowReplication, IsAnsweredWhenTheMasterHasWaited) {
  FakeBrokerServerOptions options;
  options.broker.sync_master = true;
  options.broker.in_sync_replicas = 2;
  ConsumerWorld w(options);
  Client client(w);
  w.ask(*client.raw, SendBuilder{}.build());
  w.run(2900);
  EXPECT_TRUE(client.raw->received.empty());
  w.run(200);
  ASSERT_EQ(client.raw->received.size(), 1u);
  EXPECT_EQ(client.raw->received[0].code, ResponseCode::FLUSH_SLAVE_TIMEOUT);
  EXPECT_TRUE(client.raw->received[0].ext_fields.contains("msgId"));
}

TEST(AdminRequests, TellWhatThereIs) {
  ConsumerWorld w;
  Client client(w);
  w.ask(*client.raw, SendBuilder{}.build());
  w.ask(*client.raw, consumer_heartbeat("c1", "CG"));
  const auto ask = [&](std::int32_t code, std::vector<std::pair<std::string, std::string>> fields) {
    client.raw->received.clear();
    w.ask(*client.raw, request_of(code, std::move(fields)));
    return client.raw->received.at(0);
  };
  const auto info = nlohmann::json::parse(ask(RequestCode::GET_BROKER_RUNTIME_INFO, {}).body);
  EXPECT_EQ(info["table"]["brokerVersionDesc"], "V5_3_3");
  EXPECT_EQ(info["table"]["msgPutTotalTodayNow"], "1");
  EXPECT_EQ(info["table"]["fakeBrokerEvictedMessages"], "0");
  const auto members =
      nlohmann::json::parse(ask(RequestCode::GET_CONSUMER_CONNECTION_LIST, {{"consumerGroup", "CG"}}).body);
  EXPECT_EQ(members["connectionSet"][0]["clientId"], "c1");
  EXPECT_EQ(members["subscriptionTable"]["TopicTest"]["subString"], "*");
  EXPECT_EQ(ask(RequestCode::GET_CONSUMER_CONNECTION_LIST, {{"consumerGroup", "no"}}).code,
            ResponseCode::CONSUMER_NOT_ONLINE);
  EXPECT_EQ(
      nlohmann::json::parse(ask(RequestCode::GET_PRODUCER_CONNECTION_LIST, {{"producerGroup", "CLIENT_INNER_PRODUCER"}})
                                .body)["connectionSet"]
          .size(),
      1u);
  EXPECT_EQ(ask(RequestCode::GET_PRODUCER_CONNECTION_LIST, {{"producerGroup", "no"}}).code, ResponseCode::SYSTEM_ERROR);
  EXPECT_EQ(ask(RequestCode::QUERY_TOPIC_CONSUME_BY_WHO, {{"topic", "TopicTest"}}).body, R"({"groupList":["CG"]})");
  EXPECT_EQ(nlohmann::json::parse(ask(RequestCode::GET_TOPIC_CONFIG, {{"topic", "TopicTest"}}).body)["readQueueNums"],
            4);
}

}  // namespace client_compatibility_test
}  // namespace rmqsim
