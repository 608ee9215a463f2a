// A machine that lets a run stand still makes its sends late: upper bounds of time are wider by what the run was seen
// to wait, and a run that failed says how long that was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/tools/command.h"

namespace late_machine_test {

namespace fs = std::filesystem;
using rmqsim::CommandResult;
using testing::HasSubstr;

class LateMachine : public testing::Test {
 protected:
  LateMachine() : folder_(fs::temp_directory_path() / ("rmqsim-late-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~LateMachine() override { fs::remove_all(folder_); }

  /// A send that is answered after two seconds, in a run that stands still for three and a half; again if it had not
  /// come so far yet.
  CommandResult stopped_run(const std::string& world, const std::string& expected) const {
    const std::string file = folder_ / "slow.json";
    std::ofstream(file) << R"({"version": 1, "name": "slow", "why": "w",
      "cluster": {"brokers": ["a"], "topics": [{"name": "T", "queues": 1}]},
      "producers": [{"name": "p", "config": {"sendMsgTimeout": 9000}}],
      "steps": [{"send": {"topic": "T"}}], "faults": [{"at": "a", "on": "send", "do": {"delayMs": 2000}}],
      "expect": [{"sends": "all", )" << expected << "}]}";
    return rmqsim::run_command(rmqsim::program("rmqsim") + " run " + file + " --profile java-5.3.3 -v --world " + world +
                               " & run=$!; sleep 1; while kill -STOP $run; do sleep 3.5; kill -CONT $run; sleep 0.7; "
                               "done 2>/dev/null; wait $run");
  }

  fs::path folder_;
};

TEST_F(LateMachine, WidensUpperBoundsByWhatItIsSeenToDo) {
  for (const char* world : {"tcp", "process"}) {
    const CommandResult r = stopped_run(world, R"("outcome": "SEND_OK", "elapsedMs": [2000, 2100])");
    EXPECT_EQ(r.exit_code, 0) << r.output;
    int wider = 0;
    const std::size_t said = r.output.find("wider by ");
    ASSERT_NE(said, std::string::npos) << r.output;
    ASSERT_EQ(std::sscanf(r.output.c_str() + said, "wider by %d", &wider), 1);
    EXPECT_GE(wider, 500 + 2 * 3000) << r.output;
  }
}

TEST_F(LateMachine, IsNamedWhereARunFailed) {
  const CommandResult r = stopped_run("tcp", R"("outcome": "EXCEPTION")");
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.output, HasSubstr("the machine kept a thread of this run waiting for "));
}

}  // namespace late_machine_test
