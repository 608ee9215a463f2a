// What a TestCluster takes and refuses, in both worlds.
#include "scenarios/testing/rmqsim/mocks.h"
#include <rmqsim/testing.h>

#include <cmath>
#include <future>

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

TEST(TestCluster, IsOfAWorldThatItsSetupIsFor) {
  EXPECT_THAT([] { TestCluster cluster(TestWorld::tcp, default_cluster().worlds({"sim"}, "its times are exact")); },
              ThrowsMessage<InvalidScenario>(HasSubstr("it is for sim: its times are exact")));
}

TEST(TestCluster, MakesNoProducerWhereTheSetupHasSeveral) {
  const auto of = [](auto... producers) {
    return scenario("s", "w").brokers("broker-a").topics(topic("TopicTest")).producers(producers...);
  };
  TestCluster two(TestWorld::sim, of(producer("a"), producer("b")));
  EXPECT_THAT([&] { two.producer(); }, ThrowsMessage<std::invalid_argument>(HasSubstr("there are \"a\", \"b\"")));
  TestCluster one(TestWorld::sim, of(producer("a")));
  one.producer("later");
  EXPECT_EQ(one.producer().getProducerGroup(), "a");
}

TEST(TestCluster, LivesLongerThanADay) {
  TestCluster cluster;
  constexpr double kDay = 86'400'000;
  bool begun = false;
  cluster.after(1.5 * kDay, [&] { begun = true; });
  cluster.advance(2 * kDay);
  EXPECT_TRUE(begun);
  EXPECT_NO_THROW(cluster.producer().send({"TopicTest", "x"}));
  EXPECT_THAT([&] { cluster.advance(364 * kDay); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("virtual time is 365 days")));
}

TEST(TestCluster, TakesTimesThatAre) {
  TestCluster cluster;
  const auto is_no_time = ThrowsMessage<std::invalid_argument>(HasSubstr("a time is 0 ms to 365 days"));
  for (const double ms : {-20.0, std::nan(""), 1e300}) {
    EXPECT_THAT([&] { cluster.advance(ms); }, is_no_time) << ms;
    EXPECT_THAT([&] { cluster.after(ms, [] {}); }, is_no_time) << ms;
    EXPECT_THAT([&] { cluster.settle(ms); }, is_no_time) << ms;
  }
  cluster.advance(3.6);
  EXPECT_THAT([&] { cluster.perform(crash("broker-a").atMs(1)); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("crash at 1.0 ms: it is 3.6 ms already")));
  EXPECT_NO_THROW(cluster.crash("broker-a"));
}

TEST(TestCluster, RefusesANameOfAProducerThatNoEventCouldSayAndForgetsIt) {
  TestCluster cluster;
  for (const char* name : {"order%service|x", "order service", "broker-a"}) {
    EXPECT_THAT([&] { cluster.producer(name); },
                ThrowsMessage<std::invalid_argument>(HasSubstr("producer \"" + std::string(name) + "\": "))) << name;
  }
  EXPECT_NO_THROW(cluster.perform(removeFromRoute("broker-a")));
}

TEST(TestCluster, SaysWhichGatesAndRulesThereAre) {
  TestCluster cluster;
  cluster.hold(at("broker-a").on("send").id("first"));
  cluster.fault(at("broker-a").on("send").respond("SYSTEM_BUSY").id("busy"));
  EXPECT_THAT([&] { cluster.release("zz"); }, ThrowsMessage<std::invalid_argument>(HasSubstr("known is \"first\"")));
  EXPECT_THAT([&] { cluster.remove_fault("zz"); }, ThrowsMessage<std::invalid_argument>(HasSubstr("known is \"busy\"")));
}

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wmissing-field-initializers"
TEST(RunAs, NeedsNoMoreThanWhatIsMeant) {
  EXPECT_THAT(run(default_cluster().steps(send("TopicTest")), {.world = TestWorld::tcp}), Passed());
}
#pragma GCC diagnostic pop

class Simulated : public SimulatedCluster {};

TEST_F(Simulated, AProducerThatIsToFailWhenItStartsMayDoSo) {
  cluster.producer("late");
  cluster.perform(startProducer("late", {{"type", "MQClientException"}, {"messageContains", "maybe started once"}}));
  EXPECT_THAT([&] { cluster.perform(startProducer("late", {{"messageContains", "no such words"}})); },
              ThrowsMessage<std::logic_error>(HasSubstr("expected a message with \"no such words\"")));
  EXPECT_THROW(cluster.perform(startProducer("late")), MQClientException);
  cluster.unstarted_producer("later");
  cluster.perform(startProducer("later"));
  EXPECT_THAT(cluster.record().table(), AllOf(HasSubstr("startProducer late\n"), HasSubstr("startProducer later\n")));
}

TEST_F(Simulated, AnEventThatChangesNothingIsAMistakeAndNoRowOfTheTable) {
  const auto changes_nothing = ThrowsMessage<std::logic_error>(HasSubstr("changes nothing; mayBeIdle() allows that"));
  for (auto event : {restart("broker-a"), resume("broker-a"), heal(), heal("broker-a"), shutdownProducer("p")}) {
    EXPECT_THAT([&] { cluster.perform(event); }, changes_nothing);
    EXPECT_NO_THROW(cluster.perform(event.mayBeIdle()));
  }
  EXPECT_EQ(cluster.record().table(), "");
  cluster.producer();
  for (const auto& event : {pause("broker-a"), resume("broker-a"), crash("broker-a"), restart("broker-a"),
                            partition("broker-a").and_("p"), heal(), partition("broker-a"), heal("broker-a"),
                            shutdownProducer("p"), crash("broker-b")}) {
    EXPECT_NO_THROW(cluster.perform(event));
    EXPECT_THAT([&] { cluster.perform(event); }, changes_nothing);
  }
  EXPECT_THAT([&] { cluster.perform(pause("broker-b")); }, changes_nothing);
  cluster.perform(restart("broker-b").atMs(200));
  cluster.perform(restart("broker-b").atMs(300));
  EXPECT_THAT([&] { cluster.advance(400); }, changes_nothing);
}

TEST_F(Simulated, TheNetworkMayBeCutBeforeTheFirstSend) {
  cluster.perform(partition("broker-a").and_("p"));
  for (int i = 0; i < 4; ++i) cluster.producer().send({"TopicTest", "x"});
  EXPECT_THAT(cluster, AllOf(EverySend(HasOutcome(SEND_OK)), Stored("broker-a", 0)));
}

TEST_F(Simulated, EveryExceptionOfATaskComesOutOfACall) {
  cluster.after(1, [&] { cluster.resume("broker-a"); });
  cluster.after(1, [&] { cluster.restart("broker-b"); });
  EXPECT_THROW(cluster.advance(5), std::logic_error);
  EXPECT_THROW(cluster.record(), std::logic_error);
  EXPECT_NO_THROW(cluster.record());
}

TEST_F(Simulated, NoTaskBeginsAfterItsEnd) {
  bool begun = false;
  cluster.after(5, [&] { begun = true; });
  cluster.end_tasks();
  cluster.advance(10);
  EXPECT_FALSE(begun);
}

TEST_F(Simulated, AnAttemptThatIsUnderWayIsSeen) {
  cluster.fault(at("*").on("send").nth(1).respond("SYSTEM_BUSY"));
  const std::string gate = cluster.hold(at("*").on("send").nth(2));
  std::vector<Attempt> attempts;
  std::string line;
  cluster.after(100, [&] {
    const Send send = cluster.record().sends()[0];
    attempts = send.attempts;
    line = ::testing::PrintToString(send);
    cluster.release(gate);
  });
  cluster.producer().send({"TopicTest", "x"});
  const std::vector<Attempt> in_the_end = cluster.record().sends()[0].attempts;
  ASSERT_EQ(attempts.size(), 3u) << line;
  ASSERT_EQ(in_the_end.size(), 3u);
  EXPECT_EQ(attempts[0], in_the_end[0]);
  EXPECT_EQ(attempts[1], in_the_end[1]);
  EXPECT_EQ(attempts[2].outcome, "INCOMPLETE");
  EXPECT_NEAR(attempts[2].start_ms + attempts[2].elapsed_ms, 100, 0.001);
  EXPECT_THAT(line, HasSubstr(" INCOMPLETE 9"));
}

TEST_F(Simulated, WhatIsKeptTwiceIsNamedBySendsThatCarriedIt) {
  Message message("TopicTest", "x");
  cluster.producer().send(message);
  cluster.producer().send({"TopicTest", "y"});
  cluster.producer().send(message);
  ::testing::StringMatchResultListener text;
  EXPECT_FALSE(::testing::ExplainMatchResult(StoredNothingTwice(), cluster.record(), &text));
  EXPECT_THAT(text.str(), AllOf(HasSubstr("there is 1 copy too many of what these sends carried:\n    #0  "),
                                HasSubstr("\n    #2  "), Not(HasSubstr("\n    #1  "))));
}

TEST_F(Simulated, BelongsToTheThreadOfItsTest) {
  DefaultMQProducer& producer = cluster.producer();
  auto callback = std::make_shared<::testing::NiceMock<MockSendCallback>>();
  std::async(std::launch::async, [&] {
    const auto is_not_for_it = ThrowsMessage<std::logic_error>(HasSubstr("belongs to one thread"));
    EXPECT_THAT([&] { producer.send({"TopicTest", "x"}); }, is_not_for_it);
    EXPECT_THAT([&] { producer.send({"TopicTest", "x"}, callback); }, is_not_for_it);
    EXPECT_THAT([&] { cluster.advance(1); }, is_not_for_it);
  }).get();
  EXPECT_NO_THROW(producer.send({"TopicTest", "x"}));
  EXPECT_EQ(cluster.record().sends().size(), 1u);
}

class Gathering : public SimulatedCluster {
 protected:
  Gathering()
      : SimulatedCluster(scenario("gathering", "The producer makes batches of what it is given.")
                             .brokers("broker-a")
                             .topics(topic("TopicTest"))
                             .producers(producer("p").config({{"autoBatch", true}}))) {}
};

TEST_F(Gathering, FiveCallsAreFiveSends) {
  auto callback = std::make_shared<MockSendCallback>();
  EXPECT_CALL(*callback, onSuccess(HasOutcome(SEND_OK))).Times(5);
  for (int i = 0; i < 5; ++i) cluster.producer().send({"TopicTest", "x"}, callback);
  cluster.settle();
  EXPECT_EQ(cluster.record().sends().size(), 5u);
  EXPECT_THAT(cluster, AllOf(EverySend(HasOutcome(SEND_OK)), Stored("broker-a", 1), LostNone(), StoredNothingTwice()));
}

class Asking : public SimulatedCluster {
 protected:
  Asking()
      : SimulatedCluster(scenario("asking", "Somebody answers requests.")
                             .profile("java-4.9.8")
                             .brokers("broker-a")
                             .topics(topic("Asked"))
                             .responders(responder("Asked").reply("pong"))
                             .producers(producer("p"))) {}
};

TEST_F(Asking, TheReplyThatItsCallerGetsIsSeen) {
  Message ping("Asked", "ping");
  EXPECT_EQ(cluster.producer().request(ping, 3000).getBody(), "pong");
  auto callback = std::make_shared<::testing::NiceMock<MockRequestCallback>>();
  cluster.producer().request(Message("Asked", "ping"), callback, 3000);
  cluster.advance(100);
  cluster.producer().send({"Asked", "no request"});
  EXPECT_THAT(cluster, AllOf(SendNumber(0, GotReply("pong")), SendNumber(1, GotReply("pong"))));
  EXPECT_THAT(cluster, SendNumber(2, Not(GotReply(::testing::_))));
}

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

TEST_F(Simulated, AMockGetsTheArgOfASend) {
  auto selector = std::make_shared<MockMessageQueueSelector>();
  const auto is_three = [](const std::any& arg) { return std::any_cast<int>(arg) == 3; };
  const auto by_arg = [](const std::vector<MessageQueue>& queues, const Message&, const std::any& arg) {
    return queues.at(static_cast<std::size_t>(std::any_cast<int>(arg)));
  };
  std::any saved;
  EXPECT_CALL(*selector, select(::testing::_, ::testing::_, ::testing::Truly(is_three)))
      .WillOnce(::testing::DoAll(::testing::SaveArg<2>(&saved), by_arg));
  Message message("TopicTest", "x");
  EXPECT_EQ(cluster.producer().send(message, selector, 3).message_queue.getQueueId(), 3);
  EXPECT_EQ(std::any_cast<int>(saved), 3);
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
  EXPECT_THAT(cluster, LostNone());
}

class OverTcp : public TcpCluster {};

TEST_F(OverTcp, ACallbackThatDoesNotReturnIsUnderWay) {
  std::promise<void> may_return;
  auto callback = std::make_shared<MockSendCallback>();
  EXPECT_CALL(*callback, onSuccess).WillOnce([&](const SendResult&) { may_return.get_future().wait(); });
  cluster.producer().send({"TopicTest", "x"}, callback);
  EXPECT_THAT([&] { cluster.settle(300); },
              ThrowsMessage<std::runtime_error>(HasSubstr("300 ms:\n   a callback, which has not returned")));
  may_return.set_value();
  cluster.settle();
}

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
