// `rmqsim proxy` between clients and a fake cluster of processes that stands for a real one: everything goes through
// it, rules act as they do in the fakes, and what it recorded replays.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

#include "producer/client/api/default_mq_producer.h"
#include "producer/client/api/transaction_mq_producer.h"
#include "producer/remoting/codec/text.h"
#include "tests/clients/cluster.h"
#include "tests/fakes/raw_client.h"
#include "tools/proxy/proxy.h"
#include "tools/proxy/scenario_recorder.h"

namespace rmqsim {
namespace {

namespace fs = std::filesystem;

class ProxyTest : public testing::Test {
 protected:
  ProxyTest() : folder_(fs::temp_directory_path() / ("rmqsim-proxy-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~ProxyTest() override { fs::remove_all(folder_); }

  static Program proxy(const std::string& namesrv, std::vector<std::string> more = {"-q"}) {
    more.insert(more.begin(), {"proxy", "--namesrv", namesrv});
    return Program("rmqsim", std::move(more));
  }
  static nlohmann::json send(const std::string& namesrv, const std::string& arguments) {
    const CommandResult r =
        run_command(program("rmqsim") + " send --namesrv " + namesrv + " --json " + arguments + " 2>/dev/null");
    return nlohmann::json::parse(r.output, nullptr, false);
  }
  fs::path folder_;
};

TEST_F(ProxyTest, LeadsClientsToEveryBrokerThroughItselfAndListsWhatPasses) {
  FakeCluster cluster({"broker-a", "broker-b"});
  Program proxied = proxy(cluster.namesrv(), {});
  const TopicRouteData direct = cluster.route();
  const TopicRouteData route = FakeCluster::route_from(proxied.address());
  ASSERT_EQ(route.broker_datas.size(), 2u);
  EXPECT_EQ(route.queue_datas, direct.queue_datas) << "nothing but addresses changes";
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(route.broker_datas[i].broker_name, direct.broker_datas[i].broker_name);
    EXPECT_NE(route.broker_datas[i].broker_addrs.at(0), direct.broker_datas[i].broker_addrs.at(0));
  }
  const auto json = send(proxied.address(), "--count 20");
  EXPECT_EQ(json["outcomes"][0]["outcome"], "SEND_OK") << json.dump();
  EXPECT_EQ(json["sends"], 20);
  EXPECT_EQ(proxied.stop(SIGTERM), 0);
  const std::string listed = proxied.rest();
  EXPECT_NE(listed.find("GET_ROUTEINFO_BY_TOPIC TopicTest  SUCCESS"), std::string::npos) << listed;
  EXPECT_NE(listed.find("SEND_MESSAGE_V2 TopicTest/"), std::string::npos) << listed;
  EXPECT_NE(listed.find("HEART_BEAT"), std::string::npos) << listed;
}

TEST_F(ProxyTest, HeadersMayBeJsonAsOtherLanguagesWriteIt) {
  FakeCluster cluster({"broker-a"});
  Program proxied = proxy(cluster.namesrv());
  const auto ask = [](const std::string& address, const std::string& header) {
    std::string frame;
    text::put32(frame, static_cast<std::uint32_t>(4 + header.size()));
    text::put32(frame, static_cast<std::uint32_t>(header.size()));
    return PlainSocket(address).ask_bytes(frame + header);
  };
  for (const std::string& namesrv : {cluster.namesrv(), proxied.address()}) {
    const auto route = ask(namesrv, R"({"code": 105, "language": "PYTHON", "version": 479, "opaque": 7, "flag": 0, )"
                                    R"("extFields": {"topic": "TopicTest"}})");
    ASSERT_TRUE(route) << namesrv;
    EXPECT_EQ(route->code, ResponseCode::SUCCESS);
    EXPECT_EQ(route->opaque, 7);
    const std::string broker = FakeCluster::route_from(namesrv).broker_datas.at(0).broker_addrs.at(0);
    const auto offset = ask(broker,
                            "\xEF\xBB\xBF{ \"opaque\" : \"8\" ,\n\"extFields\" : { \"queueId\" : 0 , "
                            "\"topic\" : \"TopicTest\" } , \"\\u0063ode\" : 3.0e1 }");
    ASSERT_TRUE(offset) << namesrv;
    EXPECT_EQ(offset->code, ResponseCode::SUCCESS);
    EXPECT_EQ(offset->opaque, 8);
    EXPECT_EQ(offset->ext_fields.get("offset"), "0");
  }
}

TEST_F(ProxyTest, RulesOfAScenarioActAsTheyDoInTheFakes) {
  FakeCluster cluster({"broker-a", "broker-b"});
  Program proxied = proxy(cluster.namesrv(), {"-q", "--scenario", kFaultsFile});
  const auto json = send(proxied.address(), "--count 20");
  EXPECT_EQ(json["failed"], 0) << json.dump();
  EXPECT_GE(json["retried"], 2) << "one send may meet two of the three faults";
  EXPECT_EQ(json["brokers"]["broker-a"]["SYSTEM_BUSY"], 1);
  EXPECT_EQ(json["brokers"]["broker-a"]["SERVICE_NOT_AVAILABLE"], 1);
  EXPECT_EQ(json["brokers"]["broker-b"]["CONNECTION_CLOSED"], 1);
  EXPECT_GE(json["latencyMs"]["max"], 300);
}

TEST_F(ProxyTest, RulesFromTheCommandLineActToo) {
  FakeCluster cluster({"broker-a"});
  // The first send is left alone: the client's heartbeat goes beside it.
  const auto outcome_with = [&](const std::string& action) {
    Program proxied = proxy(cluster.namesrv(), {"-q", "--faults", R"([{"at": "broker-a", "on": "send", "nth": "2", "do": )" + action + "}]"});
    const auto json = send(proxied.address(), "--count 3 --retries 0 --timeout 2500");
    return json.is_object() ? json["brokers"]["broker-a"].dump() : "no report";
  };
  EXPECT_EQ(outcome_with(R"({"respond": {"code": "SYSTEM_ERROR"}})"), R"({"SUCCESS":2,"SYSTEM_ERROR":1})");
  EXPECT_EQ(outcome_with(R"({"storeThenRespond": {"code": "FLUSH_DISK_TIMEOUT"}})"), R"({"FLUSH_DISK_TIMEOUT":1,"SUCCESS":2})");
  EXPECT_EQ(outcome_with(R"({"drop": "request"})"), R"({"SUCCESS":2,"TIMEOUT":1})");
  EXPECT_EQ(outcome_with(R"({"drop": "response"})"), R"({"SUCCESS":2,"TIMEOUT":1})");
  EXPECT_EQ(outcome_with(R"({"close": "after"})"), R"({"CONNECTION_CLOSED":1,"SUCCESS":2})");
  EXPECT_EQ(outcome_with(R"({"reset": "before"})"), R"({"CONNECTION_CLOSED":1,"SUCCESS":2})");
  EXPECT_EQ(outcome_with(R"({"truncate": 10})"), R"({"CONNECTION_CLOSED":1,"SUCCESS":2})");
  EXPECT_EQ(outcome_with(R"({"wrongOpaque": true})"), R"({"SUCCESS":2,"TIMEOUT":1})");
  EXPECT_EQ(outcome_with(R"({"duplicate": true})"), R"({"SUCCESS":3})");
  EXPECT_EQ(outcome_with(R"({"chunk": 7})"), R"({"SUCCESS":3})");
  EXPECT_EQ(outcome_with(R"({"delayMs": 50})"), R"({"SUCCESS":3})");
}

TEST_F(ProxyTest, NothingStandsBetweenThePiecesOfAnAnswer) {
  FakeCluster cluster({"broker-a"});
  const auto opaques_with = [&](const std::string& nth) {
    Program proxied = proxy(cluster.namesrv(), {"-q", "--faults", R"([{"at": "broker-a", "on": "send")" + nth + R"(, "do": {"chunk": 5}}])"});
    PlainSocket client(FakeCluster::route_from(proxied.address()).broker_datas.at(0).broker_addrs.at(0));
    std::string frames;
    for (const int opaque : {7, 8, 9}) {
      SendBuilder next;
      next.opaque = opaque;
      encode(next.build(), frames);
    }
    client.write(frames);
    std::set<int> opaques;
    for (const RemotingCommand& answer : client.commands(3)) opaques.insert(answer.opaque);
    return opaques;
  };
  EXPECT_EQ(opaques_with(""), (std::set{7, 8, 9}));
  EXPECT_EQ(opaques_with(R"(, "nth": "1")"), (std::set{7, 8, 9})) << "the others as they come from the cluster";
}

TEST_F(ProxyTest, WhatItRecordedReplaysTheSameFaultsAgainstTheFakes) {
  FakeCluster cluster({"broker-a", "broker-b"}, kFaultsFile);
  Program proxied = proxy(cluster.namesrv(), {"-q", "--record", folder_});
  const auto live = send(proxied.address(), "--count 20");
  ASSERT_EQ(live["sends"], 20) << live.dump();
  ASSERT_EQ(proxied.stop(SIGINT), 0);
  const std::string file = folder_ / "recorded.json";
  ASSERT_TRUE(fs::exists(file));
  std::ifstream text(file);
  const std::string recorded((std::istreambuf_iterator<char>(text)), std::istreambuf_iterator<char>());
  EXPECT_EQ(run_command(program("rmqsim") + " validate " + file).exit_code, 0) << recorded;
  const std::string ledger = folder_ / "ledger.json";
  const CommandResult replay = run_command(program("rmqsim") + " run " + file + " --ledger " + ledger);
  ASSERT_EQ(replay.exit_code, 0) << replay.output << recorded;
  const auto json = nlohmann::json::parse(std::ifstream(ledger));
  std::map<std::string, std::map<std::string, int>> attempts;
  double slowest = 0;
  for (const auto& row : json["sends"]) {
    slowest = std::max(slowest, row["elapsedMs"].get<double>());
    for (const auto& attempt : row["attempts"]) {
      ++attempts[attempt["broker"].get<std::string>()][attempt["outcome"].get<std::string>()];
    }
  }
  EXPECT_EQ(nlohmann::json(attempts), live["brokers"]) << "the same outcomes at the same brokers\n" << recorded;
  // What the proxy saw is part of what the client waited for, and the rule is part of what the proxy saw.
  EXPECT_GE(slowest, 300) << recorded;
  EXPECT_LE(slowest, live["latencyMs"]["max"].get<double>() + 5) << recorded;
}

TEST_F(ProxyTest, ChecksOfHalfMessagesReachTheirProducer) {
  const std::string scenario = folder_ / "checks.json";
  std::ofstream(scenario) << R"({"version": 1, "name": "checks", "why": "soon asked",
"cluster": {"brokers": ["broker-a"], "topics": [{"name": "TopicTest", "queues": 4}],
            "transactions": {"transactionTimeOut": 0, "transactionCheckInterval": 100,
                             "transactionOpBatchInterval": 0}},
"producers": [{"name": "p", "group": "g"}], "steps": [{"waitMs": 1}]})";
  FakeCluster cluster({"broker-a"}, scenario);
  Program proxied = proxy(cluster.namesrv());
  struct Listener final : TransactionListener {
    std::optional<LocalTransactionState> executeLocalTransaction(const Message&, const std::any&) override {
      return LocalTransactionState::UNKNOW;
    }
    std::optional<LocalTransactionState> checkLocalTransaction(const MessageExt&) override {
      checked.release();
      return LocalTransactionState::COMMIT_MESSAGE;
    }
    Latch checked;
  };
  const auto listener = std::make_shared<Listener>();
  TransactionMQProducer producer("checked_group");
  producer.setNamesrvAddr(proxied.address());
  producer.setTransactionListener(listener);
  producer.start();
  Message message("TopicTest", "TagA", "half");
  EXPECT_EQ(producer.sendMessageInTransaction(message, {}).getSendStatus(), SendStatus::SEND_OK);
  EXPECT_TRUE(becomes([&] { return listener->checked.released(); }));
  producer.shutdown();
}

TEST_F(ProxyTest, SpeaksTlsToEitherSide) {
  FakeCluster cluster({"broker-a"}, "", {"--tls"});
  const auto outcome = [&](const std::vector<std::string>& arguments, const std::string& client) {
    Program proxied = proxy(cluster.namesrv(), arguments);
    const auto json = send(proxied.address(), "--count 3 --retries 0 --timeout 5000 " + client);
    return json.is_object() ? json["outcomes"][0]["outcome"].get<std::string>() : "no report";
  };
  EXPECT_EQ(outcome({"-q", "--tls"}, "--tls"), "SEND_OK");
  EXPECT_EQ(outcome({"-q", "--tls"}, ""), "SEND_OK") << "plain text as well";
  EXPECT_EQ(outcome({"-q", "--tls", "enforcing"}, "--tls"), "SEND_OK");
  EXPECT_NE(outcome({"-q", "--tls", "enforcing"}, ""), "SEND_OK");
  EXPECT_NE(outcome({"-q"}, "--tls"), "SEND_OK");
}

TEST_F(ProxyTest, ReachesAClusterThatTakesTlsOnly) {
  Program namesrv("fake_namesrv", {"--listen", "127.0.0.1:0", "--tls", "enforcing"});
  Program broker("fake_broker", {"--listen", "127.0.0.1:0", "--namesrv", namesrv.address(), "--topic", "TopicTest:4",
                                 "--tls", "enforcing"});
  Program proxied = proxy(namesrv.address(), {"-q", "--upstream-tls"});
  EXPECT_TRUE(becomes([&] { return !FakeCluster::route_from(proxied.address()).queue_datas.empty(); }));
  EXPECT_EQ(send(proxied.address(), "--count 3")["outcomes"][0]["outcome"], "SEND_OK");
  EXPECT_EQ(send(proxied.address(), "--count 3 --tls")["outcomes"][0]["outcome"], "SEND_OK");
}

TEST_F(ProxyTest, WhatComesToAVipPortGoesToTheVipPortOfTheBroker) {
  FakeCluster cluster({"broker-a"}, "", {"--vip"});
  Program proxied = proxy(cluster.namesrv(), {"-q", "--vip"});
  DefaultMQProducer producer{"please_rename_unique_group_name"};
  producer.setNamesrvAddr(proxied.address());
  producer.setVipChannelEnabled(true);
  producer.start();
  EXPECT_EQ(producer.send(Message("TopicTest", "b")).getSendStatus(), SendStatus::SEND_OK);
  producer.shutdown();
  EXPECT_EQ(cluster.stored(), 1);
  // A broker serves no pull at its VIP port, so the answer tells where it was asked.
  const std::string main = FakeCluster::route_from(proxied.address()).broker_datas.at(0).broker_addrs.at(0);
  const auto colon = main.rfind(':') + 1;
  const std::string vip = main.substr(0, colon) + std::to_string(std::stoi(main.substr(colon)) - 2);
  const auto pull = RemotingCommand::request(RequestCode::PULL_MESSAGE, MQVersion::V5_3_3);
  const auto at_vip = PlainSocket(vip).ask(pull), at_main = PlainSocket(main).ask(pull);
  ASSERT_TRUE(at_vip && at_main);
  EXPECT_EQ(at_vip->code, ResponseCode::REQUEST_CODE_NOT_SUPPORTED);
  EXPECT_NE(at_main->code, ResponseCode::REQUEST_CODE_NOT_SUPPORTED);
}

TEST_F(ProxyTest, LateIsAsLateAsItIsTold) {
  FakeCluster cluster({"broker-a"});
  const std::string late = R"([{"at": "broker-a", "on": "send", "nth": "2", "do": {"late": true}}])";
  Program proxied = proxy(cluster.namesrv(), {"-q", "--faults", late, "--late-ms", "200"});
  const auto json = send(proxied.address(), "--count 3");
  EXPECT_EQ(json["outcomes"][0]["sends"], 3) << json.dump();
  EXPECT_GE(json["latencyMs"]["max"], 200);
  EXPECT_LT(json["latencyMs"]["max"], 5000) << "as late as it is without being told";
}

TEST_F(ProxyTest, ARecordingHasTransactionsWithTheirEndsAndWhatMessagesSaid) {
  const std::string scenario = folder_ / "checks.json";
  std::ofstream(scenario) << R"({"version": 1, "name": "checks", "why": "soon asked",
"cluster": {"brokers": ["broker-a"], "topics": [{"name": "TopicTest", "queues": 4}],
            "transactions": {"transactionTimeOut": 0, "transactionCheckInterval": 200,
                             "transactionOpBatchInterval": 0}},
"producers": [{"name": "p", "group": "g"}], "steps": [{"waitMs": 1}]})";
  FakeCluster cluster({"broker-a"}, scenario);
  Program proxied = proxy(cluster.namesrv(), {"-q", "--record", folder_, "--record-content"});
  struct Listener final : TransactionListener {
    std::optional<LocalTransactionState> executeLocalTransaction(const Message&, const std::any& state) override {
      return std::any_cast<LocalTransactionState>(state);
    }
    std::optional<LocalTransactionState> checkLocalTransaction(const MessageExt& message) override {
      // On a slow machine the others are asked about, too, before their ends arrive.
      if (message.getBody() != "unknown") return LocalTransactionState::UNKNOW;
      return ++checks < 2 ? LocalTransactionState::UNKNOW : LocalTransactionState::COMMIT_MESSAGE;
    }
    int checks = 0;
  };
  const auto listener = std::make_shared<Listener>();
  TransactionMQProducer producer("tx_group");
  producer.setNamesrvAddr(proxied.address());
  producer.setTransactionListener(listener);
  producer.start();
  const auto transact = [&](const std::string& body, LocalTransactionState state) {
    Message message("TopicTest", "TagA", body);
    message.setKeys("key-" + body);
    message.putUserProperty("colour", "red");
    producer.sendMessageInTransaction(message, state);
  };
  transact("commit", LocalTransactionState::COMMIT_MESSAGE);
  transact("rollback", LocalTransactionState::ROLLBACK_MESSAGE);
  transact("unknown", LocalTransactionState::UNKNOW);
  EXPECT_TRUE(becomes([&] { return cluster.stored() == 2; })) << "one committed at once, one after its second check";
  producer.shutdown();
  ASSERT_EQ(proxied.stop(SIGINT), 0);
  const std::string file = folder_ / "recorded.json";
  const auto recorded = nlohmann::json::parse(std::ifstream(file), nullptr, false);
  ASSERT_TRUE(recorded.is_object());
  std::vector<nlohmann::json> transactions;
  for (const auto& step : recorded["steps"]) {
    if (step.contains("transaction")) transactions.push_back(step["transaction"]);
  }
  ASSERT_EQ(transactions.size(), 3u) << recorded.dump(1);
  EXPECT_EQ(transactions[0]["local"], "commit");
  EXPECT_EQ(transactions[0]["body"]["text"], "commit");
  EXPECT_EQ(transactions[0]["tags"], "TagA");
  EXPECT_EQ(transactions[0]["keys"][0], "key-commit");
  EXPECT_EQ(transactions[0]["properties"]["colour"], "red");
  EXPECT_EQ(transactions[1]["local"], "rollback");
  EXPECT_EQ(transactions[2]["local"], "unknown");
  EXPECT_EQ(transactions[2]["check"].back(), "commit");
  EXPECT_TRUE(recorded["cluster"].contains("transactions"));

  const std::string ledger = folder_ / "ledger.json";
  const CommandResult replay = run_command(program("rmqsim") + " run " + file + " --ledger " + ledger);
  ASSERT_EQ(replay.exit_code, 0) << replay.output << recorded.dump(1);
}

TEST_F(ProxyTest, RefusesWhatItCannotDo) {
  const auto run = [](const std::string& arguments) {
    return run_command("timeout 10 " + program("rmqsim") + " proxy " + arguments);
  };
  EXPECT_EQ(run("").exit_code, 64);
  EXPECT_EQ(run("--namesrv nowhere").exit_code, 64);
  EXPECT_EQ(run("--namesrv 127.0.0.1:1 --ports 9-3").exit_code, 64);
  EXPECT_EQ(run("--namesrv 127.0.0.1:1 --record /dev/null/nowhere").exit_code, 64);
  EXPECT_EQ(run("--namesrv 127.0.0.1:1 --record-content").exit_code, 64);
  EXPECT_EQ(run("--namesrv 127.0.0.1:1 --upstream-tls --trust-cert /etc/hostname").exit_code, 64);
  EXPECT_EQ(run("--namesrv 127.0.0.1:1 --tls sometimes").exit_code, 64);
  const CommandResult key = run(R"(--namesrv 127.0.0.1:1 --faults '[{"at": "b", "on": "send", "do": {"respont": 1}}]')");
  EXPECT_EQ(key.exit_code, 64);
  EXPECT_NE(key.output.find("respont"), std::string::npos) << key.output;
  const CommandResult text = run("--namesrv 127.0.0.1:1 --faults '[nonsense'");
  EXPECT_EQ(text.exit_code, 64);
  EXPECT_NE(text.output.find("--faults:1:"), std::string::npos) << text.output;
  const CommandResult twice = run(R"(--namesrv 127.0.0.1:1 --faults '[{"at": "ns-1", "at": "broker-a", "on": "any", "do": {"drop": "request"}}]')");
  EXPECT_EQ(twice.exit_code, 64);
  EXPECT_NE(twice.output.find("--faults:1:17: duplicate key \"at\""), std::string::npos) << twice.output;
  const std::string rules = folder_ / "rules.json";
  std::ofstream(rules) << R"([{"at": "ns-1", "on": "any", "do": {"drop": "request"}}])";
  EXPECT_EQ(run("--namesrv 127.0.0.1:1 --faults " + rules + " --pcap " + rules).exit_code, 64) << "it would be lost";
  EXPECT_EQ(run("--namesrv 127.0.0.1:1 --record ''").exit_code, 64);
  const CommandResult impossible =
      run(R"(--namesrv 127.0.0.1:1 --faults '[{"at": "ns-1", "on": "register", "do": {"drop": "request"}}]')");
  EXPECT_EQ(impossible.exit_code, 64);
  EXPECT_NE(impossible.output.find("cannot be performed by a proxy"), std::string::npos) << impossible.output;
}

TEST_F(ProxyTest, AClientOfADeadClusterIsToldAtOnce) {
  Program proxied = proxy("127.0.0.1:1");
  PlainSocket client(proxied.address());
  ASSERT_TRUE(client.is_open());
  EXPECT_TRUE(client.ended_within(30000));
}

TEST_F(ProxyTest, NonsenseFromEitherSideCostsThatConnectionOnly) {
  FakeCluster cluster({"broker-a"});
  Program proxied = proxy(cluster.namesrv());
  PlainSocket client(proxied.address());
  client.write("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(client.ended_within(30000));
  EXPECT_EQ(FakeCluster::route_from(proxied.address()).broker_datas.size(), 1u);
}

TEST(RouteRewriter, ReplacesAddressesOnlyAndLeavesTheDialect) {
  const std::string body =
      R"({"brokerDatas":[{"brokerAddrs":{0:"10.0.0.1:10911",1:"10.0.0.2:10911"},"brokerName":"broker-a","cluster":"c","new":[1]}],)"
      R"("filterServerTable":{},"queueDatas":[{"brokerName":"broker-a","perm":6,"readQueueNums":4,"topicSysFlag":0,"writeQueueNums":4}]})";
  RemotingCommand response;
  response.body = body;
  LocalAddress local = [](const std::string& broker, std::int64_t id, const std::string&) {
    return broker + ":" + std::to_string(id);
  };
  ASSERT_TRUE(rewrite_addresses(RequestCode::GET_ROUTEINFO_BY_TOPIC, response, local));
  std::string expected = body;
  expected.replace(expected.find("10.0.0.1:10911"), 14, "broker-a:0");
  expected.replace(expected.find("10.0.0.2:10911"), 14, "broker-a:1");
  EXPECT_EQ(response.body, expected);
  response.code = ResponseCode::TOPIC_NOT_EXIST;
  EXPECT_FALSE(rewrite_addresses(RequestCode::GET_ROUTEINFO_BY_TOPIC, response, local));
  response.code = 0;
  response.body = "{\"brokerDatas\":[{\"brokerAddrs\":{\"0\":\"";
  EXPECT_FALSE(rewrite_addresses(RequestCode::GET_ROUTEINFO_BY_TOPIC, response, local));
  EXPECT_FALSE(rewrite_addresses(RequestCode::HEART_BEAT, response, local));
}

}  // namespace
}  // namespace rmqsim
