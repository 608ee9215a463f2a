// One story, of which a test states five things that are not so: what GoogleTest prints of each is held by
// ../failures_test.cc. Built as a program of its own, which is expected to fail.
#include <rmqsim/testing.h>

using namespace rmqsim;
using namespace rmqsim::test;
using ::testing::HasSubstr;

namespace failing {

/// A broker that refuses whatever it is sent, and a producer that remembers it.
class Story : public SimulatedCluster {
 protected:
  Story()
      : SimulatedCluster(scenario("story", "One broker refuses.")
                             .brokers("broker-a", "broker-b")
                             .topics(topic("Orders").queues(2))
                             .producers(producer("shop").queueIndex(0).config({{"sendLatencyFaultEnable", true}}))
                             .faults(at("broker-a").on("send").respond("MESSAGE_ILLEGAL", "too spicy").id("spicy"))) {
    for (int i = 0; i < 4; ++i) {
      try {
        cluster.producer().send({"Orders", "order " + std::to_string(i)});
      } catch (const MQBrokerException&) {
      }
    }
  }
};

TEST_F(Story, EverySendIsWell) { EXPECT_THAT(cluster, EverySend(HasOutcome(SEND_OK))); }

TEST_F(Story, ARefusalIsTriedElsewhere) { EXPECT_THAT(cluster, SomeSend(AttemptedOn("broker-a", "broker-b"))); }

TEST_F(Story, TheBrokerStoredItsShare) { EXPECT_THAT(cluster, Stored("broker-a", 2)); }

TEST_F(Story, TheGoodBrokerIsIsolated) { EXPECT_THAT(cluster, Isolated("broker-b")); }

TEST_F(Story, TheProducerSaysBusy) {
  EXPECT_THAT(cluster, SomeSend(ThrewWith("MQBrokerException", "SYSTEM_BUSY", HasSubstr("busy"))));
}

TEST(Run, MeetsItsScenario) {
  EXPECT_THAT(run(scenario("story", "One broker refuses.")
                      .brokers("broker-a", "broker-b")
                      .topics(topic("Orders").queues(2))
                      .producers(producer("shop").queueIndex(0))
                      .steps(send("Orders").count(4))
                      .faults(at("broker-a").on("send").respond("MESSAGE_ILLEGAL", "too spicy"))
                      .expect(sends("all").outcome("SEND_OK"), broker("broker-a").stored(2))),
              Passed());
}

/// Things that were to happen later.
class Late : public SimulatedCluster {
 protected:
  ~Late() override { std::cout << "its members are gone\n"; }
};

TEST_F(Late, TaskThrows) {
  cluster.after(1, [&] { cluster.crash("broker-q"); });
  cluster.producer().send({"TopicTest", "x"});
}

TEST_F(Late, TaskThrowsWhereSomethingElseIsWrong) {
  cluster.after(1, [&] { cluster.crash("broker-q"); });
  cluster.producer().send({"TopicTest", "x"});
  EXPECT_EQ(1, 2);
}

TEST_F(Late, TasksNeverBegan) {
  cluster.after(100, [&] { cluster.crash("broker-a"); });
  cluster.perform(crash("broker-b").atMs(200));
  cluster.producer().send({"TopicTest", "x"});
  ADD_FAILURE();
}

TEST(LateWithoutFixture, TaskThrows) {
  TestCluster cluster;
  cluster.after(1, [&] { cluster.crash("broker-q"); });
  cluster.producer().send({"TopicTest", "x"});
}

TEST(Values, PrintThemselves) {
  SendResult result;
  result.message_queue = MessageQueue("Orders", "broker-a", 1);
  result.msg_id = "7F";
  EXPECT_EQ(result.getSendStatus(), SendStatus::SLAVE_NOT_AVAILABLE);
  EXPECT_THAT(result, HasOutcome(SendStatus::FLUSH_DISK_TIMEOUT));
}

RMQSIM_SCENARIO_FILES(BadFiles, RMQSIM_SOURCE_DIR "/tests/testing/failing/data");

}  // namespace failing
