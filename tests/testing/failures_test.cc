// What a test that fails prints, read from a program whose tests are meant to: each text must let somebody who has not
// seen the code find out what happened and why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/preset.h"

namespace failures_test {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// What the tests that match print; each fails.
std::string printed(const std::string& filter) {
  // Which tests of this program are run is nothing that holds for that one.
  const std::string command = "env -u GTEST_TOTAL_SHARDS -u GTEST_SHARD_INDEX -u GTEST_SHARD_STATUS_FILE " +
                              std::string(rmqsim::kProgramFolder) + "/failing_examples --gtest_brief=1 --gtest_color=no" +
                              " --gtest_filter='" + filter + "' 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "";
  std::string text;
  std::array<char, 4096> part{};
  for (std::size_t n = 0; (n = fread(part.data(), 1, part.size(), pipe)) > 0;) text.append(part.data(), n);
  EXPECT_NE(pclose(pipe), 0) << "it was meant to fail";
  EXPECT_THAT(text, Not(HasSubstr("-byte object")));
  return text;
}

constexpr const char* kRefused =
    "    #0  broker-a/1 MESSAGE_ILLEGAL 800 µs -> MQBrokerException CODE: 13  DESC: too spicy BROKER: <broker-a>\n";
constexpr const char* kWhy =
    "      rule      java-5.3.3 does not retry MESSAGE_ILLEGAL: it is raised as it is, unless an earlier attempt left a\n";

TEST(FailedTest, NamesTheSendThatEndedOtherwiseAndWhy) {
  EXPECT_THAT(printed("Story.EverySendIsWell"),
              AllOf(HasSubstr("Expected: every send ended with SEND_OK\n"),
                    HasSubstr("4 sends: 1 EXCEPTION, 3 SEND_OK; broker-a stored 0 of 1, broker-b stored 3 of 3"),
                    HasSubstr("but 1 of 4 sends is not so; #0 is one which ended with EXCEPTION:\n"), HasSubstr(kRefused),
                    HasSubstr("  why #0 took that course:\n"), HasSubstr(kWhy)));
}

TEST(FailedTest, ListsTheAttemptsThatWereMadeInstead) {
  EXPECT_THAT(printed("Story.ARefusalIsTriedElsewhere"),
              AllOf(HasSubstr("Expected: some send was attempted on broker-a, broker-b\n"),
                    HasSubstr("but none of 4 sends is so; #0 is one which was attempted on broker-a:\n"),
                    HasSubstr(kRefused), HasSubstr("    #1  broker-b/0 SUCCESS 800 µs -> SEND_OK\n"), HasSubstr(kWhy)));
}

TEST(FailedTest, SaysWhatABrokerDidNotStore) {
  EXPECT_THAT(printed("Story.TheBrokerStoredItsShare"),
              AllOf(HasSubstr("Expected: broker-a stored 2 of the send requests that reached it\n"),
                    HasSubstr("but\n    broker-a stored 0 of 1; sends whose attempt there did not succeed:\n"),
                    HasSubstr(kRefused), HasSubstr(kWhy)));
}

TEST(FailedTest, SaysWhatALatencyTableKnowsOfABroker) {
  EXPECT_THAT(printed("Story.TheGoodBrokerIsIsolated"),
              AllOf(HasSubstr("Expected: broker-b is isolated\n"),
                    HasSubstr("but\n    shop: not isolated, latency 1.0 ms; the last send that was attempted there:\n"),
                    HasSubstr("passed over, isolated until 10001 ms (9999 ms more)\n")));
}

TEST(FailedTest, SaysWhatWasThrownInstead) {
  EXPECT_THAT(printed("Story.TheProducerSaysBusy"),
              AllOf(HasSubstr("Expected: some send threw MQBrokerException 2 (SYSTEM_BUSY) with a text that has substring \"busy\"\n"),
                    HasSubstr("#0 is one which threw MQBrokerException 13 \"CODE: 13  DESC: too spicy BROKER: <broker-a>\":\n"),
                    HasSubstr("What happened:\n  send   at   attempts"), HasSubstr("rule spicy acts")));
}

TEST(FailedTest, ShowsTheReportOfAScenarioWithoutACommandThatCannotRerunIt) {
  EXPECT_THAT(printed("Run.*"),
              AllOf(HasSubstr("a run that failed: 4 sends: 2 EXCEPTION, 2 SEND_OK"), HasSubstr("whose report is:\n"),
                    HasSubstr("expect[0] sends \"all\" outcome: expected SEND_OK, got EXCEPTION in 2 of 4 (#0, #3)\n"),
                    HasSubstr("expect[1] broker \"broker-a\" stored: expected 2, got 0\n"), HasSubstr(kWhy), Not(HasSubstr("rerun"))));
}

TEST(FailedTest, PrintsTheValuesOfTheProducersApiByName) {
  EXPECT_THAT(printed("Values.*"),
              AllOf(HasSubstr("    Which is: SEND_OK\n"), HasSubstr("    Which is: SLAVE_NOT_AVAILABLE\n"),
                    HasSubstr("Actual: SEND_OK at broker-a/1 of Orders, offset 0, id 7F")));
}

TEST(FailedTest, StandsAtTheLineOfTheScenarioFile) {
  const std::string text = printed("Files/BadFiles.*");
  EXPECT_THAT(text, AllOf(HasSubstr("failing/data/expects-too-much.json:11: Failure\n"),
                          HasSubstr("java-5.3.3: expect[1] sends \"all\" attempts: expected 1, got 2 in 1 of 4 (#0)\n"),
                          HasSubstr("why #0 took that course:\n"), HasSubstr("rerun: rmqsim run "),
                          HasSubstr("failing/data/misspelt.json:6: Failure\n"),
                          HasSubstr("did you mean \"sendMsgTimeout\"?\n")));
  EXPECT_THAT(text, AllOf(HasSubstr("Files/BadFiles.Holds/expects_too_much"), HasSubstr("Files/BadFiles.Holds/misspelt")));
}

constexpr const char* kThrew = ": no server is called \"broker-q\"";

TEST(FailedTest, IsOneWhoseTaskThrewThoughNoCallHeardOfIt) {
  for (const char* test : {"Late.TaskThrows", "LateWithoutFixture.TaskThrows"}) {
    const std::string text = printed(test);
    EXPECT_THAT(text, AllOf(HasSubstr("What was to happen threw: failing_test.cc:"), HasSubstr(kThrew), HasSubstr("[  PASSED  ] 0 tests.")));
  }
  EXPECT_THAT(printed("Late.TaskThrows"), HasSubstr("its members are gone\nWhat happened:\n"));
}

TEST(FailedTest, IsNotTheEndOfTheProgram) {
  EXPECT_THAT(printed("Late.TaskThrowsWhere*:Values.*"),
              AllOf(HasSubstr(kThrew), HasSubstr("What happened:\n"), HasSubstr("[  FAILED  ] Values.PrintThemselves")));
}

TEST(FailedTest, SaysWhatNeverHappened) {
  EXPECT_THAT(printed("Late.TasksNeverBegan"),
              AllOf(HasSubstr(": what was to happen at 100.0 ms did not, as the test was over at "),
                    HasSubstr(": what was to happen at 200.0 ms did not, ")));
}

TEST(FailedTest, IsShownByTheReadmeAsItIs) {
  std::ifstream in(RMQSIM_SOURCE_DIR "/scenarios/testing/README.md");
  std::ostringstream page;
  page << in.rdbuf();
  const std::string fence = "\n```\n/";
  const std::size_t begin = page.str().find(fence);
  ASSERT_NE(begin, std::string::npos);
  const std::string text = printed("Story.EverySendIsWell");
  std::istringstream lines(page.str().substr(begin + fence.size() - 1));
  std::size_t shown = 0;
  for (std::string line; std::getline(lines, line) && line != "```"; ++shown) {
    if (line.find("Failure") != std::string::npos) continue;  // where the code lies is not held
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_GT(shown, 10u);
}

}  // namespace failures_test
