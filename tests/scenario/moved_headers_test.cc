// The names under which projects that embed this one included its headers before they moved lead to the same classes.
#include <gtest/gtest.h>

#include "producer/client/default_mq_producer.h"
#include "producer/client/transaction_mq_producer.h"
#include "scenarios/engine/run_scenario.h"
#include "scenarios/file/load_scenario.h"
#include "tools/control/hosted_cluster.h"

namespace rmqsim {
namespace moved_headers_test {

TEST(MovedHeaders, LeadToWhatTheyHeld) {
  EXPECT_GT(sizeof(DefaultMQProducer), 0u);
  EXPECT_GT(sizeof(TransactionMQProducer), 0u);
  EXPECT_GT(sizeof(HostedCluster), 0u);
  EXPECT_TRUE(RunOptions{}.check_expectations);
  EXPECT_FALSE(parse_scenario("{}", "none.json").ok());
}

}  // namespace moved_headers_test
}  // namespace rmqsim
