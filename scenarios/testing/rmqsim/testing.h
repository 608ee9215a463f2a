// rmqsim for GoogleTest: a cluster with producers in a fixture, matchers for what became of their sends, scenarios
// written in C++, and folders of scenario files as tests. README.md beside this folder shows each of them.
//
//     using namespace rmqsim;
//     using namespace rmqsim::test;
//     TEST_F(SimulatedCluster, ABusyBrokerCostsARetryAndNoMessage) {
//       cluster.fault(at("broker-a").on("send").respond("SYSTEM_BUSY"));
//       cluster.producer().send({"TopicTest", "hello"});
//       EXPECT_THAT(cluster, EverySend(HasOutcome(SEND_OK)));
//     }
//
// Mocks of what users give to a producer are in mocks.h.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rmqsim/cluster.h"
#include "rmqsim/matchers.h"

namespace rmqsim::test {

/// A cluster of its own for each test. A test that fails shows the table of its sends. Who overrides TearDown() calls
/// this one there: tasks of after() use what the test has.
class ClusterTest : public ::testing::Test {
 protected:
  explicit ClusterTest(TestWorld world, const ScenarioBuilder& setup = default_cluster()) : cluster(world, setup) {}
  ~ClusterTest() override;
  void TearDown() override;

  TestCluster cluster;
};

/// In virtual time.
class SimulatedCluster : public ClusterTest {
 protected:
  explicit SimulatedCluster(const ScenarioBuilder& setup = default_cluster()) : ClusterTest(TestWorld::sim, setup) {}
};

/// On loopback, with real sockets and time.
class TcpCluster : public ClusterTest {
 protected:
  explicit TcpCluster(const ScenarioBuilder& setup = default_cluster()) : ClusterTest(TestWorld::tcp, setup) {}
};

/// A scenario file as the parameter of a test.
struct ScenarioFile {
  std::string path;
  std::string test_name;  ///< valid for GoogleTest, and no other's: "codes_code_system_busy_first_five"
};
void PrintTo(const ScenarioFile& file, std::ostream* out);

/// All `*.json` files in the folder and below, in order of their paths; a folder without any gives one whose test fails
/// and says so.
std::vector<ScenarioFile> scenario_files(const std::string& folder);

/// Plays its file once in each of the file's profiles. What does not hold is a failure at its line of the file; a file
/// that no world of ours can play is skipped with the reason.
class ScenarioFileTest : public ::testing::TestWithParam<ScenarioFile> {
 protected:
  void play(TestWorld world = TestWorld::sim);
};

/// One test per file of the folder: `Files/Suite.Holds/<name>`. GoogleTest's filters and shards apply.
#define RMQSIM_SCENARIO_FILES(Suite, folder)                                                             \
  class Suite : public ::rmqsim::test::ScenarioFileTest {};                                              \
  TEST_P(Suite, Holds) { play(); }                                                                       \
  INSTANTIATE_TEST_SUITE_P(Files, Suite, ::testing::ValuesIn(::rmqsim::test::scenario_files(folder)),    \
                           [](const ::testing::TestParamInfo<::rmqsim::test::ScenarioFile>& scenario) {  \
                             return scenario.param.test_name;                                            \
                           })

}  // namespace rmqsim::test
