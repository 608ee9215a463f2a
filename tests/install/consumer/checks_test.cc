// The first lines of code on the page of the library for tests, as a reader copies them.
#include <rmqsim/mocks.h>
#include <rmqsim/testing.h>

using namespace rmqsim;
using namespace rmqsim::test;
using ::testing::_;  // and not `using namespace testing`, whose Message is another one
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Return;

TEST_F(SimulatedCluster, ABusyBrokerCostsARetryAndNoMessage) {
  cluster.fault(at("broker-a").on("send").respond("SYSTEM_BUSY"));
  cluster.producer().send({"TopicTest", "hello"});
  EXPECT_THAT(cluster, EverySend(HasOutcome(SEND_OK)));
}
