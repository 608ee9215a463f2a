// Consumer groups, lists and settings, as consoles and operators' scripts ask for them in both releases; and what a
// broker says to requests that lack something, in the order in which it looks.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "fake_broker/processors/processors.h"
#include "fake_namesrv/fake_namesrv.h"
#include "tests/fakes/broker_bench.h"
#include "tests/support/made_text.h"

namespace rmqsim {
namespace console_requests_test {

using namespace broker_bench;

Fields pull_fields(const std::string& topic = "TopicTest") {
  return {{"consumerGroup", "CG"}, {"topic", topic},     {"queueId", "0"},      {"queueOffset", "0"},
          {"maxMsgNums", "8"},     {"sysFlag", "0"},     {"commitOffset", "0"}, {"suspendTimeoutMillis", "0"},
          {"subVersion", "0"},     {"subscription", "*"}};
}

Fields without(Fields fields, const std::string& name) {
  std::erase_if(fields, [&](const auto& f) { return f.first == name; });
  return fields;
}

#define TEST_ADD_ROWS(name) \
  for (const ProcessorRow& row : name##_rows()) rows.push_back(row);

TEST(ProcessorTable, EveryCodeHasANameAndOneProcessor) {
  std::vector<ProcessorRow> rows;
  RMQSIM_PROCESSOR_FILES(TEST_ADD_ROWS)
  std::set<std::int32_t> codes;
  for (const ProcessorRow& row : rows) {
    EXPECT_TRUE(codes.insert(row.code).second) << row.code;
    EXPECT_NE(request_code_name(row.code), std::to_string(row.code));
    EXPECT_EQ(find_broker_processor(row.code, kServer5->version), row.function);
    EXPECT_EQ(find_broker_processor(row.code, kServer4->version),
              row.since <= kServer4->version ? row.function : process_unknown);
  }
}

TEST(ProcessorTable, IsOnThePageOfTheBrokerByFiles) {
  std::string table = "| file | answers |\n|---|---|\n";
  std::size_t count = 0;
  const std::string_view* const names = request_code_names(count);
  const auto add = [&](const std::string& file, ProcessorRows rows) {
    std::string codes;
    for (std::size_t i = 0; i < count; ++i) {
      const auto is_it = [&](const ProcessorRow& row) { return row.code == request_code_by_name(names[i]); };
      if (std::none_of(rows.begin(), rows.end(), is_it)) continue;
      codes += (codes.empty() ? "" : ", ") + answered_code(names[i], broker_knows);
    }
    table += "| `" + file + "` | " + codes + " |\n";
  };
#define TEST_ADD_FILE(name) add(#name, name##_rows());
  RMQSIM_PROCESSOR_FILES(TEST_ADD_FILE)
  const char* const path = "fake_broker/README.md";
  expect_made(path, with_part(file_of_tree(path), "| file | answers |\n", "\n\n", table.substr(0, table.size() - 1)));
}

TEST(ConsumerGroup, IsSetShownAndDeleted) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    EXPECT_EQ(bench.set_group(R"({"groupName":"CG","retryMaxTimes":3,"consumeTimeoutMinute":7})").code, 0);
    EXPECT_TRUE(bench.has("CG"));
    const std::string all = bench.ask(request(RequestCode::GET_ALL_SUBSCRIPTIONGROUP_CONFIG)).body;
    const bool v5 = version == kServer5;
    const std::string shown =
        v5 ? R"({"attributes":{},"brokerId":0,"consumeBroadcastEnable":true,"consumeEnable":true,)"
             R"("consumeFromMinEnable":true,"consumeMessageOrderly":false,"consumeTimeoutMinute":7,"groupName":"CG",)"
             R"("groupRetryPolicy":{"type":"CUSTOMIZED"},"groupSysFlag":0,"notifyConsumerIdsChangedEnable":true,)"
             R"("retryMaxTimes":3,"retryQueueNums":1,"whichBrokerWhenConsumeSlowly":1})"
           : R"({"brokerId":0,"consumeBroadcastEnable":true,"consumeEnable":true,"consumeFromMinEnable":true,)"
             R"("groupName":"CG","notifyConsumerIdsChangedEnable":true,"retryMaxTimes":3,"retryQueueNums":1,)"
             R"("whichBrokerWhenConsumeSlowly":1})";
    EXPECT_NE(all.find("\"CG\":" + shown), all.npos) << all;
    EXPECT_NE(all.find("\"TOOLS_CONSUMER\":{"), all.npos);
    EXPECT_EQ(all.find("CID_RMQ_SYS_TRANS") != all.npos, v5);
    EXPECT_EQ(all.find(R"("forbiddenTable":{})") != all.npos, v5);
    EXPECT_EQ(all.find(R"({"dataVersion":{"counter":1,)"), 0u) << all;
    const auto& one = bench.ask(request(RequestCode::GET_SUBSCRIPTIONGROUP_CONFIG, {{"group", "CG"}}));
    EXPECT_EQ(one.code, v5 ? 0 : ResponseCode::REQUEST_CODE_NOT_SUPPORTED);
    EXPECT_EQ(std::string(one.body), v5 ? shown : "");
    EXPECT_EQ(bench.ask(request(RequestCode::DELETE_SUBSCRIPTIONGROUP, {{"groupName", "CG"}})).code, 0);
    EXPECT_FALSE(bench.has("CG"));
  }
}

TEST(ConsumerGroup, LosesItsOffsetsOnlyWhenThatIsAskedForInTheReleasesOwnWord) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    auto& offsets = bench.broker.state().consumer_offsets;
    offsets.commit_offset("CG", "TopicTest", 0, 7);
    const bool v5 = version == kServer5;
    const auto remove = [&](const char* word) {
      bench.ask(request(RequestCode::DELETE_SUBSCRIPTIONGROUP, {{"groupName", "CG"}, {word, "true"}}));
      return offsets.query_offset("CG", "TopicTest", 0);
    };
    EXPECT_EQ(remove(v5 ? "removeOffset" : "cleanOffset"), 7);
    EXPECT_EQ(remove(v5 ? "cleanOffset" : "removeOffset"), -1);
  }
}

TEST(ConsumerGroup, OfASlaveIsNotChangedIn4) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version, 1);
    const bool v5 = version == kServer5;
    EXPECT_EQ(bench.set_group(R"({"groupName":"CG"})").code, v5 ? 0 : ResponseCode::SYSTEM_ERROR);
    EXPECT_EQ(bench.has("CG"), v5);
  }
}

TEST(ConsumerGroup, HasNoAttributesIn5) {
  Bench bench;
  const auto remark = [&](const std::string& attributes) {
    return bench.set_group(R"({"groupName":"CG","attributes":{)" + attributes + "}}").remark.value_or("");
  };
  EXPECT_EQ(remark(R"("+k":"v")").find("java.lang.RuntimeException: unsupported key: k"), 0u);
  EXPECT_NE(remark(R"("-k":"v")").find("only add attribute is supported while creating topic. key: k"),
            std::string::npos);
  EXPECT_FALSE(bench.has("CG"));
}

TEST(ConsumerGroup, WithoutAValidBodyIsAnError) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    for (const char* body : {"", "nonsense", "{}"}) {
      EXPECT_EQ(bench.set_group(body).code, ResponseCode::SYSTEM_ERROR) << body;
    }
    EXPECT_EQ(bench.set_group(R"({"groupName":"CG","retryQueueNums":100000})").code, ResponseCode::SYSTEM_ERROR);
    EXPECT_EQ(bench.ask(request(RequestCode::DELETE_SUBSCRIPTIONGROUP)).code, ResponseCode::SYSTEM_ERROR);
  }
}

TEST(ConsumerGroup, ThatMayNotConsumeIsRefusedAtItsPulls) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    bench.connect("CG", "TopicTest", MessageModel::BROADCASTING);
    const bool v5 = version == kServer5;
    bench.set_group(R"({"groupName":"CG","consumeEnable":false})");
    const auto& answer = bench.ask(request(RequestCode::PULL_MESSAGE, pull_fields()));
    EXPECT_EQ(answer.code, ResponseCode::NO_PERMISSION);
    EXPECT_EQ(answer.remark, "subscription group no permission, CG");
    EXPECT_EQ(answer.ext_fields.get("forbiddenType"), v5 ? "2" : "");
    bench.set_group(R"({"groupName":"CG","consumeBroadcastEnable":false})");
    EXPECT_EQ(bench.ask(request(RequestCode::PULL_MESSAGE, pull_fields())).remark,
              "the consumer group[CG] can not consume by broadcast way");
    bench.set_group(R"({"groupName":"CG","groupSysFlag":5})");
    EXPECT_EQ(bench.ask(request(RequestCode::PULL_MESSAGE, pull_fields())).ext_fields.get("groupSysFlag"),
              v5 ? "5" : "");
  }
}

TEST(ConsumerGroup, SaysHowOftenAMessageMayComeBackAndWhere) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    SendBuilder b;
    EXPECT_EQ(bench.ask(b.build()).code, 0);
    const Fields back = {{"group", "CG"}, {"offset", "0"}, {"delayLevel", "0"}};
    bench.set_group(R"({"groupName":"CG","retryQueueNums":0})");
    EXPECT_EQ(bench.ask(request(RequestCode::CONSUMER_SEND_MSG_BACK, back)).code, 0);
    EXPECT_EQ(bench.broker.store().stored(), 1u) << "it is gone";
    bench.set_group(R"({"groupName":"CG","retryQueueNums":4})");
    EXPECT_EQ(bench.ask(request(RequestCode::CONSUMER_SEND_MSG_BACK, back)).code, 0);
    ASSERT_NE(bench.broker.state().topics.find("%RETRY%CG"), nullptr);
    EXPECT_EQ(bench.broker.state().topics.find("%RETRY%CG")->read_queue_nums, 4);
    EXPECT_EQ(bench.broker.state().topics.find("%DLQ%CG"), nullptr);
    bench.set_group(R"({"groupName":"CG","retryMaxTimes":0})");
    EXPECT_EQ(bench.ask(request(RequestCode::CONSUMER_SEND_MSG_BACK, back)).code, 0);
    EXPECT_NE(bench.broker.state().topics.find("%DLQ%CG"), nullptr);
  }
}

TEST(ConsumerGroup, IsNotToldOfItsMembersWhenThatIsSwitchedOff) {
  Bench bench;
  bench.connect();
  EXPECT_EQ(bench.broker.state().outbox.requests.size(), 1u);
  bench.broker.state().outbox.requests.clear();
  bench.ask(request(RequestCode::UNREGISTER_CLIENT, {{"clientID", "c1"}, {"consumerGroup", "CG"}}));
  bench.set_group(R"({"groupName":"CG","notifyConsumerIdsChangedEnable":false})");
  bench.connect();
  EXPECT_TRUE(bench.broker.state().outbox.requests.empty());
}

TEST(BrokerAdmin, ListsItsTopicsWithTheirSettings) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    TopicConfigSerializeWrapper wrapper;
    const auto& answer = bench.ask(request(RequestCode::GET_ALL_TOPIC_CONFIG));
    ASSERT_FALSE(TopicConfigSerializeWrapper::decode(answer.body, wrapper));
    EXPECT_EQ(wrapper.topic_config_table,
              (std::map<std::string, TopicConfig>(bench.broker.state().topics.table().begin(),
                                                  bench.broker.state().topics.table().end())));
    EXPECT_EQ(wrapper.mapping_data_version.has_value(), version == kServer5);
  }
}

TEST(BrokerAdmin, ListsTheTopicsOfTheSystem) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    std::vector<std::string> topics;
    const auto& answer = bench.ask(request(RequestCode::GET_SYSTEM_TOPIC_LIST_FROM_BROKER));
    ASSERT_FALSE(decode_topic_list(answer.body, topics));
    const std::set<std::string> set(topics.begin(), topics.end());
    for (const char* topic :
         {"TBW102", "SCHEDULE_TOPIC_XXXX", "RMQ_SYS_TRANS_HALF_TOPIC", "DefaultCluster", "broker-a"}) {
      EXPECT_TRUE(set.contains(topic)) << topic;
    }
    EXPECT_FALSE(set.contains("TopicTest"));
    EXPECT_EQ(set.contains("CHECKPOINT_TOPIC"), version == kServer5);
  }
}

TEST(BrokerAdmin, ListsTheTopicsOfAConsumerIn5) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    bench.broker.state().consumer_offsets.commit_offset("CG", "TopicTest", 0, 7);
    const auto& answer = bench.ask(request(RequestCode::QUERY_TOPICS_BY_CONSUMER, {{"group", "CG"}}));
    const bool v5 = version == kServer5;
    EXPECT_EQ(answer.code, v5 ? 0 : ResponseCode::REQUEST_CODE_NOT_SUPPORTED);
    EXPECT_EQ(std::string(answer.body), v5 ? R"({"brokerAddr":"127.0.0.1:10911","topicList":["TopicTest"]})" : "");
  }
}

TEST(BrokerAdmin, ListsItsProducers) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    EXPECT_EQ(std::string(bench.ask(request(RequestCode::GET_ALL_PRODUCER_INFO)).body), R"({"data":{}})");
    bench.connect();
    EXPECT_EQ(std::string(bench.ask(request(RequestCode::GET_ALL_PRODUCER_INFO)).body),
              R"({"data":{"PG":[{"clientId":"c1","language":"JAVA","lastUpdateTimestamp":)" +
                  std::to_string(to_millis(kSimEpoch)) + R"(,"remoteIP":"/10.0.0.9:4444","version":)" +
                  std::to_string(MQVersion::V5_3_3) + "}]}}");
  }
}

TEST(BrokerAdmin, ShowsItsProperties) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    EXPECT_EQ(bench.broker.set_config("transactionCheckMax", "4", kSimEpoch), std::nullopt);
    const auto& answer = bench.ask(request(RequestCode::GET_BROKER_CONFIG));
    const std::string body = "\n" + std::string(answer.body);
    EXPECT_NE(body.find("\nbrokerName=broker-a\n"), body.npos);
    EXPECT_NE(body.find("\ntransactionCheckMax=4\n"), body.npos);
    EXPECT_NE(body.find("\nmessageDelayLevel=1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h\n"), body.npos);
    const bool v5 = version == kServer5;
    EXPECT_EQ(body.find("\ntimerWheelEnable=true\n") != body.npos, v5);
    EXPECT_EQ(answer.ext_fields.get("version").find("stateVersion") != std::string_view::npos, v5);
  }
}

TEST(NamesrvAdmin, ListsTopicsOfTheSystemAndOfACluster) {
  for (const ServerProfile* const version : kBothServers) {
    FakeNamesrv namesrv({"ns-1", version, true});
    Reply reply;
    const auto ask = [&](const RemotingCommand& c) {
      reply.clear();
      namesrv.process(c, Peer{1, "10.0.0.9:4444"}, kSimEpoch, reply);
      return std::string(reply.response.body);
    };
    EXPECT_EQ(ask(request(RequestCode::GET_SYSTEM_TOPIC_LIST_FROM_NS)), R"({"topicList":[]})");
    namesrv.routes().put_broker("C", "b", 0, "10.0.0.1:10911");
    namesrv.routes().put_broker("D", "d", 0, "10.0.0.2:10911");
    namesrv.routes().set_route("OfC", {"b", 1, 1, 6, 0});
    namesrv.routes().set_route("OfD", {"d", 1, 1, 6, 0});
    EXPECT_EQ(ask(request(RequestCode::GET_SYSTEM_TOPIC_LIST_FROM_NS)),
              R"({"brokerAddr":"10.0.0.1:10911","topicList":["C","D","b","d"]})");
    EXPECT_EQ(ask(request(RequestCode::GET_TOPICS_BY_CLUSTER, {{"cluster", "C"}})), R"({"topicList":["OfC"]})");
    EXPECT_EQ(ask(request(RequestCode::GET_TOPICS_BY_CLUSTER, {{"cluster", "X"}})), R"({"topicList":[]})");
  }
}

TEST(Pull, OfAnUnknownTopicSaysSoWhateverElseIsMissing) {
  Bench bench;
  for (const char* name : {"queueId", "queueOffset", "maxMsgNums", "sysFlag"}) {
    const auto& answer = bench.ask(request(RequestCode::PULL_MESSAGE, without(pull_fields("Unknown"), name)));
    EXPECT_EQ(answer.code, ResponseCode::TOPIC_NOT_EXIST) << name;
    EXPECT_EQ(answer.remark.value_or("").find("topic[Unknown] not exist, apply first please! "), 0u);
  }
  Bench old(kServer4);  // which looks at the sysFlag first
  EXPECT_EQ(old.ask(request(RequestCode::PULL_MESSAGE, without(pull_fields("Unknown"), "queueId"))).code,
            ResponseCode::TOPIC_NOT_EXIST);
  EXPECT_EQ(
      old.ask(request(RequestCode::PULL_MESSAGE, without(pull_fields("Unknown"), "sysFlag"))).remark,
      "java.lang.NullPointerException: Cannot invoke \"java.lang.Integer.intValue()\" because the return value of "
      "\"org.apache.rocketmq.common.protocol.header.PullMessageRequestHeader.getSysFlag()\" is null, "
      "org.apache.rocketmq.broker.processor.PullMessageProcessor.processRequest");
}

TEST(Pull, OfABrokerThatMayNotBeReadIsRefusedWhateverIsMissing) {
  Bench bench;
  EXPECT_EQ(bench.broker.set_config("brokerPermission", "2", kSimEpoch), std::nullopt);
  EXPECT_EQ(bench.ask(request(RequestCode::PULL_MESSAGE, {{"topic", "TopicTest"}})).code, ResponseCode::NO_PERMISSION);
}

TEST(CommittedOffset, OfAnUnknownTopicIsRefusedIn5AndKeptIn4) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    bench.broker.state().subscription_groups.put("CG");
    const Fields fields = {{"consumerGroup", "CG"}, {"topic", "Unknown"}, {"queueId", "0"}, {"commitOffset", "5"}};
    const auto& answer = bench.ask(request(RequestCode::UPDATE_CONSUMER_OFFSET, fields));
    const bool v5 = version == kServer5;
    EXPECT_EQ(answer.code, v5 ? ResponseCode::TOPIC_NOT_EXIST : 0);
    EXPECT_EQ(answer.remark.value_or(""), v5 ? "Topic Unknown not exist!" : "");
    EXPECT_EQ(bench.broker.state().consumer_offsets.query_offset("CG", "Unknown", 0), v5 ? -1 : 5);
  }
}

TEST(CommittedOffset, OfNoGroupIsThatOfTheGroupNullIn4) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    const Fields fields = {{"topic", "TopicTest"}, {"queueId", "0"}, {"commitOffset", "5"}};
    const auto& answer = bench.ask(request(RequestCode::UPDATE_CONSUMER_OFFSET, fields));
    const bool v5 = version == kServer5;
    EXPECT_EQ(answer.code, v5 ? ResponseCode::SUBSCRIPTION_GROUP_NOT_EXIST : 0);
    EXPECT_EQ(answer.remark.value_or(""), v5 ? "Group null not exist!" : "");
    EXPECT_EQ(bench.broker.state().consumer_offsets.query_offset("null", "TopicTest", 0), v5 ? -1 : 5);
  }
}

TEST(CommittedOffset, WithoutItsNumberNamesWhatIsMissing) {
  const Fields fields = {{"consumerGroup", "CG"}, {"topic", "TopicTest"}, {"queueId", "0"}};
  Bench old(kServer4);
  EXPECT_NE(
      old.ask(request(RequestCode::UPDATE_CONSUMER_OFFSET, fields))
          .remark.value_or("")
          .find("\"org.apache.rocketmq.common.protocol.header.UpdateConsumerOffsetRequestHeader.getCommitOffset()\""),
      std::string::npos);
  Bench bench;
  bench.broker.state().subscription_groups.put("CG");
  EXPECT_EQ(bench.ask(request(RequestCode::UPDATE_CONSUMER_OFFSET, fields)).remark,
            "Offset is null, topic is TopicTest");
}

TEST(QueriedOffset, ThatMustNotBeZeroHasItsOwnRemarkIn5) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    const Fields fields = {
        {"consumerGroup", "CG"}, {"topic", "TopicTest"}, {"queueId", "0"}, {"setZeroIfNotFound", "false"}};
    const auto& answer = bench.ask(request(RequestCode::QUERY_CONSUMER_OFFSET, fields));
    const bool v5 = version == kServer5;
    EXPECT_EQ(answer.code, v5 ? ResponseCode::QUERY_NOT_FOUND : 0);
    EXPECT_EQ(answer.remark.value_or(""), v5 ? "Not found, do not set to zero, maybe this group boot first" : "");
  }
}

TEST(MadeTopic, WithoutItsQueuesIsAnErrorInTheReleasesOwnWords) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    const std::string remark =
        bench.ask(request(RequestCode::UPDATE_AND_CREATE_TOPIC, {{"topic", "Made"}, {"topicFilterType", "SINGLE_TAG"}}))
            .remark.value_or("");
    EXPECT_NE(remark.find("CreateTopicRequestHeader.getReadQueueNums()\" is null"), remark.npos);
    EXPECT_EQ(remark.find("java.lang.NullPointerException: ") == 0, version == kServer4);
    EXPECT_EQ(bench.broker.state().topics.find("Made"), nullptr);
  }
}

}  // namespace console_requests_test
}  // namespace rmqsim
