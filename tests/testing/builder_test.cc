// Scenarios written in C++ are those that a file would say: every key of the format can be said, and what is wrong is
// said in the words of the parser of files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "scenarios/harness/file/expectation.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/write/scenario_text.h"
#include "scenarios/testing/build.h"
#include "tests/testing/made_uses.h"

namespace builder_test {

using namespace rmqsim::test;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using nlohmann::json;

ScenarioBuilder cluster_of(const char* name) {
  return scenario(name, "w")
      .brokers("broker-a", "broker-b")
      .topics(topic("Orders"))
      .producers(producer("p").config({{"sendLatencyFaultEnable", true}}), producer("q"));
}

ScenarioBuilder everybody() {
  return scenario("everybody", "Whoever may exist.")
      .references("apache/rocketmq#1")
      .concerns("retry", "timeout")
      .profile("java-5.3.3", "java-4.9.8")
      .seed(7)
      .worlds({"sim"}, "its times are exact")
      .nameservers("ns-1", "ns-2")
      .brokers("broker-a", "broker-b", server("broker-b-slave").slaveOf("broker-b").brokerId(2).config({{"maxMessageSize", 1000}}))
      .topics(topic("Orders").queues({{"broker-a", 4}, {"broker-b", 2}}), topic("Paid").brokers("broker-a").perm("r"),
              topic("Asked"))
      .autoCreateTopic()
      .checkQueueId()
      .recallMessageEnable()
      .transactions({{"transactionTimeOut", 1000},
                     {"transactionCheckInterval", 2000},
                     {"transactionCheckMax", 5},
                     {"transactionOpBatchInterval", 0}})
      .responders(responder("Asked").name("clerk").delayMs(5).reply("pong {i}").nth("1-2").mayBeIdle())
      .accounts(account("k", "s"),
                account("l", "s", {{"admin", true}, {"defaultTopicPerm", "SUB"}, {"topicPerms", {"Orders=PUB"}}}))
      .tls({{"ns-1", "permissive"}})
      .oneWayMs(0.3)
      .timerSlackMs(1.5)
      .closeDelayMs(2)
      .producers(producer("p")
                     .group("shop")
                     .config({{"sendMsgTimeout", 1000}, {"latencyMax", {50, 100}}, {"notAvailableDuration", {0, 2000}}})
                     .queueIndex(0, {5, 9})
                     .credentials({{"accessKey", "k"}, {"secretKey", "s"}, {"securityToken", "t"}}),
                 producer("q").nameservers("ns-1").autoStart(false).noListener(),
                 producer("l").listener({{"local", "unknown"}, {"localMs", 2}, {"check", {"commit"}}}))
      .off("liveness", "it is about the words only", "java-4.9.8");
}

ScenarioBuilder steps_of_all_kinds() {
  return cluster_of("steps")
      .topics(topic("Asked"))
      .responders(responder("Asked"))
      .recallMessageEnable()
      .steps(send("Orders").producer("p").count(3).intervalMs(5).tags("A").keys("k1", "k2").body("order {i}").name("orders")
                 .properties({{"colour", "red"}}).timeoutMs(900).delayLevel(1)
                 .expect(sends().outcome("SEND_OK").broker("broker-a").queueId(1).attempts(1, 2).elapsedMs(0, 20)),
             send("Orders").producer("p").mode("async").bodySize(50, 'y').concurrency(2).count(2).background(),
             send("Orders").producer("p").queue("broker-a", 1).batch(2).bodySize(3),
             send("Orders").producer("p").selector("hash", "customer").expect(sends().attemptBrokers("broker-a")),
             send("Orders").producer("q").selector("random").expect(sends().attempts({{"broker-a", 1, "SUCCESS"}})),
             send("Orders").producer("p").delayMs(3000).name("timer"),
             recall("timer").producer("p").intervalMs(1).topic("Orders"),
             transaction("Orders").producer("p").local("unknown").localMs(3).check("unknown", "commit").delayLevel(1)
                 .expect(sends().transaction({{"local", "unknown"}, {"broker", "committed"}, {"checks", {0, 2}},
                                                {"answeredBy", {"p"}}})),
             request("Asked").producer("p").timeoutMs(800).expect(sends().reply("reply 0")),
             request("Asked").producer("p").mode("async").expect(sends().callbacks("STORED", "REPLY")),
             waitMs(250), assert_(broker("broker-a").requests(1, 90).on("send").topic("Orders"), nameserver("ns-1").requests(2)))
      .expect(sends("orders").in("java-5.3.3", "java-4.9.8").outcome("SEND_OK").attempts(1),
              sends(4).exception({{"type", "MQBrokerException"}, {"responseCode", 2}, {"messageContains", "busy"}}),
              counts({{"SEND_OK", {1, 90}}}).sends("0-2"), broker("broker-b").received(1, 90).stored(1, 90),
              broker("broker-a").received(7).stored(6).transactions(
                  {{"committed", {0, 1}}, {"rolledBack", 0}, {"discarded", 0}, {"pending", 0}}).delayed({{"delivered", 0}, {"recalled", 1}}),
              nameserver("ns-1").requests(1, 90).on("route").topic("Orders"),
              faultItem("broker-a").producer("p").atMs(100).available(true).reachable(true),
              traces(0).producer("p").topic("Orders").broker("broker-a").success(true));
}

ScenarioBuilder all_events() {
  return cluster_of("events").nameservers("ns-1", "ns-2")
      .producers(producer("r").autoStart(false))
      .steps(send("Orders").producer("p"), startProducer("r"),
             startProducer("p", {{"type", "MQClientException"}}), setConfig("p", {{"sendMsgTimeout", 2000}}),
             partition("broker-a", "ns-1").and_("q").oneWay().atMs(9000), heal("broker-a", "ns-1").and_("q"), heal().mayBeIdle(),
             setRoute("Orders").brokers("broker-a").queues(2).perm("rw").at("ns-1"),
             setRoute("Orders").queues({{"broker-a", 2}, {"broker-b", 3}}),
             removeFromRoute("broker-b").topic("Orders").at("ns-1", "ns-2"), setPerm("Orders", "r").brokers("broker-a"),
             pause("broker-b"), resume("broker-b"), crash("ns-2", "broker-b"), restart("broker-b"), shutdownProducer("r"));
}

ScenarioBuilder all_faults() {
  return cluster_of("faults")
      .steps(send("Orders").producer("p"))
      .faults(at("broker-a").id("slow").on("send").nth("2").topic("Orders").queueId(1).producer("p").delayMs("uniform", 10, 20),
              at("*").on("heartbeat").fromMs(1).toMs(90'000).drop("response").mayBeIdle(),
              at("broker-b").on("SEND_MESSAGE_V2").probability(0.5).respond(2, "busy"), at("*").on("send").times(3).count("message").respond("SYSTEM_BUSY"),
              at("*").on("send").storeThenRespond("FLUSH_DISK_TIMEOUT", "slow"), at("*").on("send").storeThenRespond(12),
              at("*").on("send").close("before"), at("*").on("send").reset("after"), at("*").on("connect").refuse(),
              at("*").on("connect").nth(2).blackhole(), at("*").on("send").truncate(5), at("*").on("send").garbage(6),
              at("*").on("send").chunk(7), at("*").on("send").wrongOpaque(), at("*").on("send").duplicate(), at("*").on("send").late(),
              at("*").on("send").delayMs(5), at("*").on("send").delayMs("normal", 5, 1), at("*").on("send").delayMs("lognormal", 5, 1),
              at("*").on("send").delayMs("pareto", 5, 1.5), at("broker-a").on("link").lossPercent(0.5).delayMs(1),
              at("broker-a").on("toClient").bytesPerSecond(1000).closeAfterBytes(50),
              at("broker-b").on("toServer").resetAfterBytes(60));
}

ScenarioBuilder all_of_them[] = {everybody(), steps_of_all_kinds(), all_events(), all_faults()};

TEST(Builder, WritesWithEachFunctionThatIsMadeTheKeyOfItsNameAndWhatItWasGiven) {
  for (const auto& [written, use] : kMadeUses) EXPECT_EQ(json::parse(use.json()), json::parse(written));
}

/// Those of whose keys the functions are made, with a use of each, and what such functions take.
std::set<const rmqsim::Shape*> made_shapes() {
  std::set<const rmqsim::Shape*> made{&rmqsim::shapes::action};
  rmqsim::each_expectation_row([&](const auto& row) {
    made.insert(&row.shape);
    if (row.at_step != nullptr) made.insert(row.at_step);
    for (const rmqsim::KeyRow& key : row.shape.rows) {
      for (const rmqsim::Shape* part : rmqsim::shapes::all()) {
        if (part->name == key.type.text) made.insert(part);
      }
    }
  });
  return made;
}

TEST(Builder, CanSayEveryKeyOfTheFormat) {
  std::string written, made;
  for (const ScenarioBuilder& one : all_of_them) written += Value(one).json();
  for (const auto& use : kMadeUses) made += use.second.json();
  std::set<std::string> missing;
  for (const rmqsim::Shape* shape : rmqsim::shapes::all()) {
    const std::string& said = made_shapes().contains(shape) ? made : written;
    for (const rmqsim::KeyRow& row : shape->rows) {
      const bool is_said = said.find("\"" + std::string(row.name) + "\":") != std::string::npos;
      if (!is_said) missing.insert(std::string(shape->name) + "." + std::string(row.name));
    }
  }
  missing.erase("scenario.$schema");  // for editors of files
  EXPECT_THAT(missing, ::testing::IsEmpty());
}

TEST(Builder, MakesScenariosThatAreWrittenAsFilesAndReadBackTheSame) {
  for (const ScenarioBuilder& one : all_of_them) {
    SCOPED_TRACE(one.where());
    const std::string text = rmqsim::scenario_text(build_scenario(one, false));
    const rmqsim::ParseResult again = rmqsim::parse_scenario(text, "", {.judge_idle = false});
    ASSERT_TRUE(again.ok()) << again.to_string();
    EXPECT_EQ(rmqsim::scenario_text(*again.scenario), text);
  }
}

TEST(Builder, MakesTheScenarioThatItsFileIs) {
  const ScenarioBuilder built = scenario("busy", "w")
                                    .brokers("broker-a", "broker-b")
                                    .topics(topic("TopicTest").queues(4))
                                    .producers(producer("p").queueIndex(0))
                                    .steps(send("TopicTest").count(12).intervalMs(5), crash("broker-b"))
                                    .faults(at("broker-a").on("send").nth("1-5").respond("SYSTEM_BUSY", "busy"))
                                    .expect(sends("all").outcome("SEND_OK"));
  const rmqsim::ParseResult file = rmqsim::parse_scenario(R"({
    "version": 1, "name": "busy", "why": "w",
    "cluster": {"brokers": ["broker-a", "broker-b"], "topics": [{"name": "TopicTest", "queues": 4}]},
    "producers": [{"name": "p", "queueIndex": {"start": 0}}],
    "steps": [{"send": {"topic": "TopicTest", "count": 12, "intervalMs": 5}}, {"do": {"crash": "broker-b"}}],
    "faults": [{"at": "broker-a", "on": "send", "nth": "1-5", "do": {"respond": {"code": "SYSTEM_BUSY", "remark": "busy"}}}],
    "expect": [{"sends": "all", "outcome": "SEND_OK"}]})", "");
  ASSERT_TRUE(file.ok()) << file.to_string();
  EXPECT_EQ(built.text(), rmqsim::scenario_text(*file.scenario));
}

TEST(Builder, SaysWhatIsWrongInTheWordsOfTheParserWithThePlaceInTheCode) {
  const auto wrong = cluster_of("wrong").producers(producer("s").config({{"sendMsgTimout", 1000}}));
  try {
    wrong.build();
    FAIL() << "it was built";
  } catch (const InvalidScenario& e) {
    EXPECT_THAT(e.what(), AllOf(HasSubstr("builder_test.cc:"), HasSubstr("scenario \"wrong\": /producers/2/config"),
                                HasSubstr("did you mean \"sendMsgTimeout\"?")));
  }
  EXPECT_THROW(scenario("no\x01name", "w").brokers("b").build(), InvalidScenario);
}

TEST(Builder, RefusesWhatIsNoUtf8InsteadOfAnotherText) {
  const auto is_none = ThrowsMessage<InvalidScenario>(AllOf(HasSubstr("builder_test.cc:"), HasSubstr("not valid UTF-8")));
  EXPECT_THAT([] { cluster_of("bytes").steps(send("Orders").producer("p").body("\xff\xfe" "abc")).build(); }, is_none);
  EXPECT_THAT([] { scenario("bytes", "y\xff").brokers("b").build(); }, is_none);
  const std::string plain = "\"order\" \\ \t\x01 \xc3\xa9\n";
  EXPECT_EQ(json::parse(Value(plain).json()), json(plain));
}

TEST(Builder, RefusesWhatIsNoNumberWhereItStands) {
  EXPECT_THAT([] { cluster_of("numbers").faults(at("broker-a").on("send").delayMs(std::nan(""))).build(); },
              ThrowsMessage<InvalidScenario>(AllOf(HasSubstr("/faults/0/do/delayMs: "), HasSubstr("\"nan\""))));
}

TEST(Builder, AddsToWhatTakesSeveralWithEachCall) {
  const ScenarioBuilder apart =
      scenario("s", "w")
          .nameservers("ns-1").nameservers("ns-2")
          .brokers("broker-a").brokers("broker-b")
          .topics(topic("Orders").brokers("broker-a").brokers("broker-b")).topics(topic("Paid"))
          .transactions({{"transactionTimeOut", 1000}}).transactions({{"transactionCheckMax", 5}})
          .producers(producer("p").config({{"sendMsgTimeout", 1000}}).config({{"sendLatencyFaultEnable", true}}))
          .steps(send("Orders").keys("a").keys("b").properties({{"x", "1"}}).properties({{"y", "2"}}));
  const ScenarioBuilder at_once =
      scenario("s", "w")
          .nameservers("ns-1", "ns-2")
          .brokers("broker-a", "broker-b")
          .topics(topic("Orders").brokers("broker-a", "broker-b"), topic("Paid"))
          .transactions({{"transactionTimeOut", 1000}, {"transactionCheckMax", 5}})
          .producers(producer("p").config({{"sendMsgTimeout", 1000}, {"sendLatencyFaultEnable", true}}))
          .steps(send("Orders").keys("a", "b").properties({{"x", "1"}, {"y", "2"}}));
  EXPECT_EQ(Value(apart).json(), Value(at_once).json());
  EXPECT_EQ(apart.text(), at_once.text());
  EXPECT_THROW(cluster_of("none").steps(setRoute("Orders").brokers()).build(), InvalidScenario);
}

}  // namespace builder_test
