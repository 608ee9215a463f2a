// tools/test_summary: what tools/check shows of a log of ctest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "tests/tools/command.h"

namespace rmqsim {
namespace summary_test {

constexpr const char* kLog = R"(Test project /x/.build/release
        Start   1: A.One
        Start   2: B.Two
  1/4 Test   #1: A.One ...............   Passed    0.01 sec
        Start   3: C.Three
  2/4 Test   #2: B.Two ...............***Failed    0.20 sec
[ RUN      ] B.Two
x.cc:3: Failure

        Start   4: D.Four
  3/4 Test   #3: C.Three .............***Skipped   0.01 sec
no registry
  4/4 Test   #4: D.Four ..............Subprocess aborted***Exception:   0.30 sec
last words

50% tests passed, 2 tests failed out of 4

Total Test time (real) =   0.71 sec
)";

CommandResult summary(const std::string& log) {
  const std::string file = testing::TempDir() + "rmqsim-summary-" + std::to_string(::getpid()) + ".log";
  std::ofstream(file) << log;
  CommandResult result = run_command(std::string(RMQSIM_SOURCE_DIR) + "/tools/test_summary p " + file);
  std::remove(file.c_str());
  const std::size_t name = result.output.find(file);
  if (name != std::string::npos) result.output.replace(name, file.size(), "LOG");
  return result;
}

TEST(TestSummary, ShowsFailuresInFullAndCountsTheRest) {
  const CommandResult result = summary(kLog);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.output, R"(  2/4 Test   #2: B.Two ...............***Failed    0.20 sec
[ RUN      ] B.Two
x.cc:3: Failure

  3/4 Test   #3: C.Three .............***Skipped   0.01 sec
  4/4 Test   #4: D.Four ..............Subprocess aborted***Exception:   0.30 sec
last words

check: p: 4 tests, 2 failed, 1 skipped, 0.71 s; the whole log is LOG
)");
}

TEST(TestSummary, IsOneLineWhenAllPassed) {
  const CommandResult result = summary(
      "        Start   1: A.One\n1/1 Test   #1: A.One ...............   Passed    0.01 sec\n\n"
      "100% tests passed, 0 tests failed out of 1\n\nTotal Test time (real) =   0.02 sec\n");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.output, "check: p: 1 tests, 0 failed, 0.02 s; the whole log is LOG\n");
}

TEST(TestSummary, ALogThatIsCutOffIsAFailure) {
  const CommandResult result = summary(std::string(kLog).substr(0, 150));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, testing::HasSubstr("the tests did not come to their end"));
}

}  // namespace summary_test
}  // namespace rmqsim
