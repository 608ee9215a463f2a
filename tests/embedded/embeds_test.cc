// The five lines of scenarios/testing/README.md in a project of their own.
#include <rmqsim/testing.h>

using namespace rmqsim::test;
TEST_F(SimulatedCluster, ABusyBrokerCostsARetryAndNoMessage) {
  cluster.fault(at("broker-a").on("send").respond("SYSTEM_BUSY"));
  cluster.producer().send({"TopicTest", "hello"});
  EXPECT_THAT(cluster, EverySend(HasOutcome(SEND_OK)));
}
