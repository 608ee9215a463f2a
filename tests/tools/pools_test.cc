// Clients that give asynchronous sends to a pool of threads, each with an index of its own: however its threads share
// the sends, such a client is as its profile, and one that chooses queues otherwise is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/tools/command.h"
#include "tests/tools/running_program.h"

namespace rmqsim {
namespace pools_test {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Our own producer with a pool that takes these queues of "a" and "b" for its asynchronous sends, over and over.
std::string taking(const std::string& queues) {
  return "'" RMQSIM_SOURCE_DIR "/tests/tools/pool_driver " + queues + " " + program("rmqsim") + "'";
}

class Pools : public testing::Test {
 protected:
  Pools() : folder_(fs::temp_directory_path() / ("rmqsim-pools-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Pools() override { fs::remove_all(folder_); }
  CommandResult run(const std::string& client, const std::string& steps, const std::string& faults = "") const {
    const std::string file = folder_ / "pools.json";
    std::ofstream(file) << R"({"version": 1, "name": "pools", "why": "x", "profile": "java-5.3.3",
"cluster": {"brokers": ["a", "b"], "topics": [{"name": "T", "queues": 1}]},
"producers": [{"name": "p", "config": {"sendMsgTimeout": 500}, "queueIndex": {"start": 0}}], "faults": [)"
                        << faults << R"(], "steps": [)" << steps << "]}";
    return run_until_told(program("rmqsim") + " run " + file + " --client " + client + " -v");
  }
  fs::path folder_;
};

const std::string kSync = R"({"send": {"topic": "T", "count": 3}},)";
std::string async(int count) {
  return R"({"send": {"topic": "T", "mode": "async", "intervalMs": 10, "count": )" + std::to_string(count) + "}}";
}

TEST_F(Pools, MayShareTheSendsInAnyOrderAmongThreadsThatBeginAnywhere) {
  for (const char* queues : {"aabb", "aababb", "aaabbb", "ab"}) {
    const CommandResult r = run(taking(queues), kSync + async(12));
    EXPECT_EQ(r.exit_code, 0) << queues << r.output;
    EXPECT_THAT(r.output, HasSubstr("queues: as java-5.3.3 that draws "));
  }
}

TEST_F(Pools, OfTheLibraryAreNoDifference) {
  const CommandResult r = run(program("driver_in_cpp"), kSync + async(12));
  EXPECT_EQ(r.exit_code, 0) << r.output;
}

TEST_F(Pools, TakeNoQueueFarMoreOftenThanAnother) {
  const CommandResult r = run(taking("a"), kSync + async(40));
  EXPECT_EQ(r.exit_code, 1) << r.output;
  EXPECT_THAT(r.output, HasSubstr("attempt 1 goes to a/0, where java-5.3.3 goes to b/0"));
}

TEST_F(Pools, DoNotExcuseSyncSendsThatTakeNoTurns) {
  const std::string stuck = "'" RMQSIM_SOURCE_DIR "/tests/tools/pool_driver aabb " + program("rmqsim") + " sync'";
  const CommandResult r = run(stuck, R"({"send": {"topic": "T", "count": 8}},)" + async(8));
  EXPECT_EQ(r.exit_code, 1) << r.output;
  EXPECT_THAT(r.output, HasSubstr("send #1, attempt 1 goes to a/0, where java-5.3.3 goes to b/0"));
}

TEST_F(Pools, WhoseSendsFailSideBySideWithoutTheirKeysAreNotTakenForOthers) {
  const CommandResult r =
      run(program("driver_in_cpp"), async(2), R"({"at": "*", "on": "send", "do": {"drop": "request"}})");
  EXPECT_EQ(r.exit_code, 0) << r.output;
}

}  // namespace pools_test
}  // namespace rmqsim
