// What a TestCluster takes and refuses, in both worlds.
#include "scenarios/testing/rmqsim/mocks.h"
#include <rmqsim/testing.h>

namespace cluster_test {

using namespace rmqsim;
using namespace rmqsim::test;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

TEST(TestCluster, TakesTheSameCourseEveryTime) {
  const auto course = [] {
    TestCluster cluster;
    cluster.fault(at("*").on("send").probability(0.5).respond("SYSTEM_BUSY"));
    for (int i = 0; i < 20; ++i) {
      try {
        cluster.producer().send({"TopicTest", "x"});
      } catch (const MQException&) {
      }
    }
    return cluster.record().table();
  };
  EXPECT_EQ(course(), course());
}

TEST(TestCluster, TellsWhatAServerCannotDoNowAndWhoIsNotThere) {
  TestCluster cluster;
  cluster.crash("broker-a");
  EXPECT_THAT([&] { cluster.crash("broker-a"); }, ThrowsMessage<std::logic_error>(HasSubstr("is crashed")));
  EXPECT_THAT([&] { cluster.pause("broker-c"); }, ThrowsMessage<std::invalid_argument>(HasSubstr("no server is called \"broker-c\"")));
  EXPECT_THAT([&] { cluster.fault(at("broker-a").on("sned").respond(2)); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("did you mean \"send\"?")));
  EXPECT_THAT([&] { cluster.perform(setPerm("Nobody", "r")); }, ThrowsMessage<std::logic_error>(::testing::AnyOf(HasSubstr("Nobody"), HasSubstr("changes nothing"))));
  EXPECT_THAT([&] { cluster.record().broker("broker-x"); }, ThrowsMessage<std::invalid_argument>(HasSubstr("\"broker-x\"")));
  EXPECT_THAT([&] { HasOutcome("SEND_KO"); }, ThrowsMessage<std::invalid_argument>(HasSubstr("did you mean \"SEND_OK\"?")));
}

TEST(TestCluster, HasNoStepsOfItsOwn) {
  EXPECT_THAT([] { TestCluster cluster(TestWorld::sim, default_cluster().steps(waitMs(1))); },
              ThrowsMessage<InvalidScenario>(HasSubstr("is for run()")));
  EXPECT_THAT([] { TestCluster cluster(TestWorld::process); }, ThrowsMessage<InvalidScenario>(HasSubstr("TestWorld::tcp")));
  EXPECT_THAT([] { TestCluster cluster(TestWorld::tcp, default_cluster().oneWayMs(5)); },
              ThrowsMessage<InvalidScenario>(HasSubstr("network.oneWayMs")));
}

class Simulated : public SimulatedCluster {};

TEST_F(Simulated, TimePassesWithoutWaiting) {
  EXPECT_EQ(cluster.now_ms(), 0);
  cluster.advance(3'600'000);
  EXPECT_EQ(cluster.now_ms(), 3'600'000);
}

TEST_F(Simulated, ServersAreBrokenWhileASendWaits) {
  cluster.pause("broker-a");
  cluster.pause("broker-b");
  cluster.after(500, [&] { cluster.resume("broker-b"); });
  cluster.after(500, [&] { cluster.resume("broker-a"); });
  cluster.producer().send({"TopicTest", "x"});
  EXPECT_THAT(cluster, EverySend(AllOf(HasOutcome(SEND_OK), TookBetween(400, 600))));
}

TEST_F(Simulated, WhatATaskThrowsComesOutOfTheNextCall) {
  cluster.after(1, [&] { cluster.resume("broker-a"); });
  EXPECT_THAT([&] { cluster.advance(5); }, ThrowsMessage<std::logic_error>(HasSubstr("is running")));
  cluster.advance(5);
}

TEST_F(Simulated, EventsOfTheFormatHappenToServersNetworkAndProducers) {
  DefaultMQProducer& producer = cluster.producer();
  cluster.perform(setConfig("p", {{"sendMsgTimeout", 700}, {"sendLatencyFaultEnable", true}}));
  EXPECT_EQ(producer.getSendMsgTimeout(), 700);
  EXPECT_TRUE(producer.isSendLatencyFaultEnable());
  cluster.perform(partition("broker-a", "broker-b").and_("p"));
  EXPECT_THROW(producer.send({"TopicTest", "x"}), MQException);
  cluster.perform(heal());
  cluster.advance(60'000);
  producer.send({"TopicTest", "x"});
  cluster.perform(shutdownProducer("p"));
  EXPECT_THROW(producer.send({"TopicTest", "x"}), MQClientException);
  EXPECT_THAT(cluster, SendNumber(1, HasOutcome(SEND_OK)));
  EXPECT_THAT(cluster.record().table(), AllOf(HasSubstr("partition broker-a, broker-b | p"), HasSubstr("heal everything")));
}

TEST_F(Simulated, AGateHoldsASendUntilItIsReleased) {
  const std::string gate = cluster.hold(at("*").on("send"));
  auto callback = std::make_shared<::testing::StrictMock<MockSendCallback>>();
  cluster.producer().send({"TopicTest", "x"}, callback);
  cluster.advance(50);
  EXPECT_THAT(cluster, EverySend(HasOutcome(INCOMPLETE)));
  EXPECT_THAT([&] { cluster.settle(10); }, ThrowsMessage<std::runtime_error>(HasSubstr("still under way after 10 ms:\n   #0")));
  EXPECT_CALL(*callback, onSuccess(HasOutcome(SEND_OK)));
  EXPECT_EQ(cluster.release(gate), 1u);
  cluster.settle();
  EXPECT_THAT(cluster, EverySend(AllOf(HasOutcome(SEND_OK), TookBetween(50, 80))));
}

TEST_F(Simulated, RulesComeAndGo) {
  const std::string busy = cluster.fault(at("broker-a").on("send").respond("SYSTEM_BUSY"));
  for (int i = 0; i < 8; ++i) cluster.producer().send({"TopicTest", "x"});
  EXPECT_THAT(cluster, Acted(busy));
  cluster.remove_fault(busy);
  for (int i = 0; i < 8; ++i) cluster.producer().send({"TopicTest", "x"});
  EXPECT_THAT(cluster, AllOf(Received("broker-a", ::testing::Ge(4u)), Stored("broker-a", ::testing::Ge(3u)),
                             SawRequests("ns-1", "route", ::testing::Ge(1u))));
  cluster.fault(at("*").on("send").respond("NO_PERMISSION"));
  cluster.clear_faults();
  EXPECT_NO_THROW(cluster.producer().send({"TopicTest", "x"}));
}

TEST_F(Simulated, EveryWayToSendIsSeen) {
  DefaultMQProducer& producer = cluster.producer("shop");
  std::vector<Message> batch{{"TopicTest", "1"}, {"TopicTest", "2"}};
  producer.send(batch);
  producer.send({"TopicTest", "x"}, MessageQueue("TopicTest", "broker-b", 3));
  producer.sendOneway({"TopicTest", "x"});
  producer.send({"TopicTest", "x"}, std::make_shared<::testing::NiceMock<MockSendCallback>>());
  Message nowhere;
  EXPECT_THROW(producer.send(nowhere), MQClientException);
  cluster.settle();
  cluster.advance(10);
  const Sends sends = cluster.record().sends();
  std::vector<std::string> modes;
  for (const Send& send : sends) modes.push_back(send.mode + " " + send.outcome);
  EXPECT_THAT(modes, ElementsAre("sync SEND_OK", "sync SEND_OK", "oneway SENT", "async SEND_OK", "sync EXCEPTION"));
  EXPECT_THAT(cluster, SendNumber(1, SentTo("broker-b", 3)));
  EXPECT_EQ(sends.by("shop").size(), 5u);
  EXPECT_EQ(sends.by("other").size(), 0u);
  EXPECT_THAT(cluster, LostNone());
}

class OverTcp : public TcpCluster {};

TEST_F(OverTcp, CallbacksHaveRunWhenASendIsSettled) {
  auto callback = std::make_shared<MockSendCallback>();
  EXPECT_CALL(*callback, onSuccess(HasOutcome(SEND_OK))).Times(20);
  for (int i = 0; i < 20; ++i) cluster.producer().send({"TopicTest", "x"}, callback);
  cluster.settle();
  EXPECT_THAT(cluster, EverySend(HasOutcome(SEND_OK)));
  EXPECT_THAT([&] { cluster.perform(partition("broker-a")); }, ThrowsMessage<std::logic_error>(HasSubstr("loopback")));
}

TEST_F(Simulated, ACrashedBrokerIsBackAfterItsRestartAndTheNextPollOfTheRoute) {
  cluster.producer().send({"TopicTest", "x"});
  cluster.crash("broker-a");
  for (int i = 0; i < 8; ++i) cluster.producer().send({"TopicTest", "x"});
  EXPECT_THAT(cluster, AllOf(EverySend(HasOutcome(SEND_OK)), Stored("broker-a", ::testing::Le(1u))));
  cluster.restart("broker-a");
  cluster.advance(40'000);
  for (int i = 0; i < 8; ++i) cluster.producer().send({"TopicTest", "x"});
  EXPECT_THAT(cluster, AllOf(Stored("broker-a", ::testing::Ge(1u)), LostNone()));
}

}  // namespace cluster_test
