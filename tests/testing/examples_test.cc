// What scenarios/testing/README.md shows, compiled and run; readme_test.cc holds the two together.
#include <rmqsim/mocks.h>
#include <rmqsim/testing.h>

using namespace rmqsim;
using namespace rmqsim::test;
using ::testing::_;  // and not `using namespace testing`, whose Message is another one
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Return;

namespace examples {

TEST_F(SimulatedCluster, ABusyBrokerCostsARetryAndNoMessage) {
  cluster.fault(at("broker-a").on("send").respond("SYSTEM_BUSY"));
  cluster.producer().send({"TopicTest", "hello"});
  EXPECT_THAT(cluster, EverySend(HasOutcome(SEND_OK)));
}

TEST_F(TcpCluster, AProducerOverRealSocketsIsTestedAlike) {
  cluster.fault(at("broker-a").on("send").respond("SYSTEM_BUSY"));
  for (int i = 0; i < 8; ++i) cluster.producer().send({"TopicTest", "hello"});
  EXPECT_THAT(cluster, AllOf(EverySend(SentTo("broker-b")), Stored("broker-a", 0), LostNone()));
}

// What is to be tested: any code that is given a producer.
void place_orders(DefaultMQProducer& producer, int count) {
  for (int i = 0; i < count; ++i) producer.send({"Orders", "order " + std::to_string(i)});
}

class Shop : public SimulatedCluster {
 protected:
  Shop()
      : SimulatedCluster(scenario("shop", "Two brokers, one of which is slow to be trusted again.")
                             .brokers("broker-a", "broker-b")
                             .topics(topic("Orders").queues(2))
                             .producers(producer("shop").queueIndex(0).config(
                                 {{"sendMsgTimeout", 2000}, {"sendLatencyFaultEnable", true}}))) {}
};

TEST_F(Shop, AvoidsABrokerThatDiesMeanwhile) {
  cluster.after(100, [&] { cluster.crash("broker-a"); });
  place_orders(cluster.producer(), 4);
  cluster.advance(100);
  place_orders(cluster.producer(), 8);
  EXPECT_THAT(cluster, AllOf(EverySend(HasOutcome(SEND_OK)), Isolated("broker-a"), LostNone()));
  EXPECT_THAT(cluster, SomeSend(AllOf(AttemptedOn("broker-a", "broker-b"), Retried(1u))));
  cluster.advance(60'000);
  EXPECT_THAT(cluster, Not(Isolated("broker-a")));
}

TEST_F(Shop, SaysWhatTheBrokerSaid) {
  cluster.fault(at("*").on("send").respond("MESSAGE_ILLEGAL", "too spicy"));
  EXPECT_THROW(place_orders(cluster.producer(), 1), MQBrokerException);
  EXPECT_THAT(cluster, EverySend(ThrewWith("MQBrokerException", "MESSAGE_ILLEGAL", HasSubstr("too spicy"))));
}

TEST_F(SimulatedCluster, TellsACallbackOfItsResult) {
  auto callback = std::make_shared<MockSendCallback>();
  EXPECT_CALL(*callback, onSuccess(HasOutcome(SendStatus::FLUSH_DISK_TIMEOUT)));
  cluster.fault(at("*").on("send").storeThenRespond("FLUSH_DISK_TIMEOUT"));
  cluster.producer().send({"TopicTest", "hello"}, callback);
  cluster.settle();
  EXPECT_THAT(cluster, EverySend(AllOf(HasOutcome(FLUSH_DISK_TIMEOUT), TookBetween(0, 20))));
}

TEST_F(SimulatedCluster, AsksHowATransactionEndedWhoseEndWasLost) {
  auto listener = std::make_shared<MockTransactionListener>();
  EXPECT_CALL(*listener, executeLocalTransaction(_, _)).WillOnce(Return(LocalTransactionState::COMMIT_MESSAGE));
  EXPECT_CALL(*listener, checkLocalTransaction(_)).WillOnce(Return(LocalTransactionState::COMMIT_MESSAGE));
  cluster.fault(at("*").on("endTransaction").times(1).drop("request"));
  cluster.transaction_producer().setTransactionListener(listener);
  cluster.transaction_producer().sendMessageInTransaction(Message("TopicTest", "paid"), {});
  EXPECT_THAT(cluster, EverySend(EndedAtBroker("pending")));
  cluster.advance(60'000);
  EXPECT_THAT(cluster, EverySend(EndedAtBroker("committed")));
}

TEST(Scenarios, AreWrittenInCppWithTheNamesOfTheFileFormat) {
  const ScenarioRun busy = run(scenario("busy", "A broker is busy for its first two requests.")
                           .brokers("broker-a", "broker-b")
                           .topics(topic("Orders").queues(4))
                           .producers(producer("p").config({{"sendMsgTimeout", 1000}}).queueIndex(0))
                           .steps(send("Orders").count(12).intervalMs(5).body("order {i}").name("orders"),
                                  waitMs(500), crash("broker-b"),
                                  send("Orders").count(2).expect(sends().broker("broker-a")))
                           .faults(at("broker-a").on("send").nth("1-2").respond("SYSTEM_BUSY").id("busy"))
                           .expect(sends("all").outcome("SEND_OK"), broker("broker-a").stored(6, 8)));
  EXPECT_THAT(busy, Passed());
  EXPECT_THAT(busy, AllOf(Acted("busy", 2), StoredNothingTwice()));
  EXPECT_THAT(busy.sends().of_step("orders"), EverySend(HasOutcome(SEND_OK)));
}

RMQSIM_SCENARIO_FILES(RetriesOfTheLibrary, RMQSIM_SOURCE_DIR "/scenarios/retries");

}  // namespace examples
