// Clients behind drivers: our own is judged as what it is, and whatever a driver does wrong is one failure in words, in
// time, with nothing left behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/tools/becomes.h"
#include "tests/tools/command.h"
#include "tests/tools/running_program.h"

namespace rmqsim {
namespace driver_test {

namespace fs = std::filesystem;
using testing::HasSubstr;
const std::string kLibrary = RMQSIM_SOURCE_DIR "/scenarios";
const std::string kQuickstart = kLibrary + "/basics/quickstart.json";
const std::string kBad = RMQSIM_SOURCE_DIR "/tests/tools/bad_driver ";

std::string quoted(const std::string& command) { return "'" + command + "'"; }
std::string own(const std::string& profile) { return quoted(program("rmqsim") + " driver run --profile " + profile); }
/// Our own, whose answers take so many seconds each.
std::string late(const std::string& seconds) {
  return quoted(program("rmqsim") + " driver run | while read -r line; do sleep " + seconds +
                R"sh(; printf "%s\\n" "$line"; done)sh");
}
CommandResult rmqsim(const std::string& arguments) { return run_until_told(program("rmqsim") + " " + arguments); }

class Driver : public testing::Test {
 protected:
  Driver() : folder_(fs::temp_directory_path() / ("rmqsim-driver-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Driver() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / (name + ".json")) << text;
    return folder_ / (name + ".json");
  }
  static nlohmann::json json_of(const CommandResult& result) {
    const auto from = result.output.find("[\n");
    return nlohmann::json::parse(result.output.substr(from == std::string::npos ? 0 : from), nullptr, false);
  }
  fs::path folder_;
};

/// Two brokers, four sends of a producer that begins where the file says.
std::string fixed_queues(const std::string& name, const std::string& expect) {
  return R"({"version": 1, "name": ")" + name + R"(", "why": "x", "profile": ["java-5.3.3", "java-4.9.8"],
"cluster": {"brokers": ["a", "b"], "topics": [{"name": "T", "queues": 2}]},
"producers": [{"name": "p", "queueIndex": {"start": 1}}],
"steps": [{"send": {"topic": "T", "count": 4}}],
"faults": [{"at": "a", "on": "send", "nth": 1, "do": {"respond": {"code": "SYSTEM_BUSY", "remark": "busy"}}}],
"expect": [)" +
         expect + "]}";
}

TEST_F(Driver, OurOwnProducerIsJudgedAsTheProfileThatItFollows) {
  const std::string file = write("busy", fixed_queues("busy", R"({"counts": {"SEND_OK": 4}, "in": "java-5.3.3"},
      {"counts": {"EXCEPTION": 1}, "in": "java-4.9.8"}, {"sends": 0, "broker": "b"})"));
  for (const std::string profile : {"java-5.3.3", "java-4.9.8"}) {
    const std::string ledger = folder_ / "ledger.json";
    const CommandResult r =
        rmqsim("run " + file + " --json --ledger " + ledger + " --client " + own(profile) + " 2>/dev/null");
    ASSERT_EQ(r.exit_code, 0) << r.output;
    const auto report = json_of(r).at(0);
    EXPECT_EQ(report["profile"], profile);
    EXPECT_EQ(report["verdict"], "passed");
    EXPECT_EQ(report["expectationsChecked"], 2);
    EXPECT_EQ(report["notJudged"].size(), 0u);
    EXPECT_THAT(report["client"].get<std::string>(), testing::StartsWith("rmqsim "));
    const auto sends = nlohmann::json::parse(std::ifstream(ledger));
    EXPECT_EQ(sends["client"], report["client"]);
    EXPECT_EQ(sends["sends"][0]["attempts"][0]["broker"], "b") << sends.dump(1);
    EXPECT_EQ(sends["sends"][0]["attempts"][0]["timeoutMs"], nullptr);
    EXPECT_EQ(sends["sends"][0]["attempts"][0]["outcome"], "SUCCESS");
  }
}

TEST_F(Driver, AnswersThatComeLateChangeNothing) {
  for (const char* const file : {"/basics/batch-ten.json", "/request_reply/request-callback-reply.json"}) {
    const CommandResult r = rmqsim("run " + kLibrary + file + " --profile java-5.3.3 --json --client " + late("0.03") +
                                   " 2>/dev/null");
    EXPECT_EQ(json_of(r).at(0)["verdict"], "passed") << file << r.output;
  }
}

TEST_F(Driver, AWindowThatEndsEarlierForWhoIsLateIsNoDifference) {
  const std::string file = write("window", R"({"version": 1, "name": "window", "why": "x", "profile": "java-5.3.3",
"cluster": {"brokers": ["a", "b"], "topics": [{"name": "T", "queues": 2}]},
"producers": [{"name": "p", "config": {"sendLatencyFaultEnable": true}, "queueIndex": {"start": 3}}],
"steps": [{"send": {"topic": "T", "count": 70, "intervalMs": 50}}],
"faults": [{"at": "a", "on": "send", "nth": 1, "do": {"delayMs": 620}}],
"expect": [{"sends": "all", "outcome": "SEND_OK"}]})");
  const CommandResult r = rmqsim("run " + file + " --json --client " + late("0.03") + " 2>/dev/null");
  EXPECT_EQ(json_of(r).at(0)["verdict"], "passed") << r.output;
  // Either the model that begins each send as late takes the same decisions, or nothing is compared from there on.
  EXPECT_THAT(json_of(r).at(0)["notes"].dump(),
              testing::AnyOf(HasSubstr("on milliseconds decide"), HasSubstr("begins its sends as late")));
}

TEST_F(Driver, AnAnswerThatALinkCutsOffIsAClosedConnection) {
  const CommandResult r = rmqsim("run " + kLibrary + "/connections/answer-cut-off-by-a-close.json --json --client " +
                                 own("java-5.3.3") + " 2>/dev/null");
  EXPECT_EQ(json_of(r).at(0)["verdict"], "passed") << r.output;
}

TEST_F(Driver, BatchesSideBySideAreEachJoinedByTheirMembers) {
  const std::string file = write("batches", R"({"version": 1, "name": "batches", "why": "x", "profile": "java-5.3.3",
"cluster": {"brokers": ["a"], "topics": [{"name": "T", "queues": 4}]},
"producers": [{"name": "p", "queueIndex": {"start": 0}}],
"steps": [{"send": {"topic": "T", "mode": "async", "count": 4, "batch": 2}}],
"faults": [{"at": "a", "on": "send", "do": {"delayMs": 100}}],
"expect": [{"sends": 2, "attempts": [["a", 3, "SUCCESS"]]}, {"sends": "all", "attempts": 1}]})");
  const CommandResult r = rmqsim("run " + file + " --json --client " + own("java-5.3.3") + " 2>/dev/null");
  EXPECT_EQ(json_of(r).at(0)["verdict"], "passed") << r.output;
  EXPECT_EQ(json_of(r).at(0)["expectationsChecked"], 2) << r.output;
}

TEST_F(Driver, RequestsSideBySideAreComparedOneByOne) {
  const std::string file = write("requests", R"({"version": 1, "name": "requests", "why": "x", "profile": "java-5.3.3",
"cluster": {"brokers": ["a", "b"], "topics": [{"name": "T", "queues": 2}],
            "responders": [{"topic": "T", "delayMs": 300}]},
"producers": [{"name": "p", "queueIndex": {"start": 1}}],
"steps": [{"request": {"topic": "T", "mode": "async", "count": 4}}],
"expect": [{"sends": "all", "outcome": "REPLY"}]})");
  EXPECT_EQ(rmqsim("run " + file + " --client " + own("java-5.3.3")).exit_code, 0);
  // One that asks them at other queues than it is told.
  const std::string elsewhere = quoted(R"(sed -u "s/\"start\":1/\"start\":0/" | )" + program("rmqsim") + " driver run");
  const CommandResult r = rmqsim("run " + file + " --client " + elsewhere);
  EXPECT_EQ(r.exit_code, 1) << r.output;
  EXPECT_THAT(r.output, HasSubstr("send #0, attempt 1 goes to a/1, where java-5.3.3 goes to b/0"));
}

TEST_F(Driver, OneWaySendsWithoutKeysAreJoinedWheneverTheyArrive) {
  const std::string file = write("oneway", R"({"version": 1, "name": "oneway", "why": "x",
"cluster": {"brokers": ["a"], "topics": [{"name": "T", "queues": 1}]}, "producers": [{"name": "p"}],
"steps": [{"send": {"topic": "T", "mode": "oneway", "count": 50}}],
"expect": [{"sends": "all", "attempts": 1}, {"broker": "a", "stored": 50}]})");
  const std::string keyless =
      quoted(program("rmqsim") + R"( driver run | sed -u "s/\"msgId\":\"[^\"]*\",//")");
  const CommandResult r = rmqsim("run " + file + " --json --client " + keyless + " 2>/dev/null");
  EXPECT_EQ(json_of(r).at(0)["verdict"], "passed") << r.output;
  EXPECT_EQ(json_of(r).at(0)["expectationsChecked"], 2) << r.output;
}

TEST_F(Driver, WhoIsSentAwayAndAsksAnewHasUsedUpNoRetry) {
  const std::string file = write("away", R"({"version": 1, "name": "away", "why": "x", "profile": "java-5.3.3",
"cluster": {"brokers": ["a"], "topics": [{"name": "T", "queues": 1}]},
"producers": [{"name": "p", "config": {"retryTimesWhenSendFailed": 0}}], "steps": [{"send": {"topic": "T"}}],
"faults": [{"at": "a", "on": "send", "nth": 1, "do": {"respond": {"code": "GO_AWAY"}}}],
"expect": [{"sends": "all", "outcome": "SEND_OK"}]})");
  const CommandResult r = rmqsim("run " + file + " --client " + own("java-5.3.3"));
  EXPECT_EQ(r.exit_code, 0) << r.output;
}

TEST_F(Driver, AnAsyncBatchInANamespaceWhoseResultNamesNoMessageIsJudgedAllTheSame) {
  const std::string file = kLibrary + "/basics/async-batch-in-a-namespace.json";
  for (const char* profile : {"java-5.3.3", "java-4.9.8"}) {
    const CommandResult r = rmqsim("run " + file + " --profile " + profile + " --client " + own(profile));
    EXPECT_EQ(r.exit_code, 0) << r.output;
    EXPECT_THAT(r.output, HasSubstr("none lost"));
  }
}

TEST_F(Driver, WhatAClientDecidesOtherwiseIsTheFirstDifferenceInWords) {
  const std::string file = write("busy", fixed_queues("busy", R"({"sends": "all", "outcome": "SEND_OK"})"));
  const CommandResult r = rmqsim("run " + file + " --profile java-5.3.3 --client " + own("java-4.9.8"));
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.output, HasSubstr("is not tried again after SYSTEM_BUSY at a/"));
  EXPECT_THAT(r.output, HasSubstr(", where java-5.3.3 tries b/"));
  EXPECT_THAT(r.output, HasSubstr("rerun: rmqsim run " + file + " --client "));
}

TEST_F(Driver, AClientThatBeginsElsewhereIsExplainedByASearchAndTheRestIsJudged) {
  const std::string file =
      write("elsewhere", fixed_queues("elsewhere", R"({"sends": "all", "outcome": "SEND_OK", "in": "java-5.3.3"},
      {"sends": 0, "attempts": [["b", 0, "SUCCESS"]], "in": "java-5.3.3"})"));
  // The same driver, but that it does not tell that it can begin where it is told.
  const std::string free = quoted(program("rmqsim") + R"( driver run | sed -u "s/\"queueIndex\",//")");
  for (int k = 0; k < 3; ++k) {
    const CommandResult r = rmqsim("run " + file + " --profile java-5.3.3 --json --client " + free + " 2>/dev/null");
    const auto report = json_of(r).at(0);
    ASSERT_EQ(report["verdict"], "passed") << r.output;
    EXPECT_THAT(report["notes"].dump(), HasSubstr("queues: as java-5.3.3 that draws "));
    EXPECT_EQ(report["expectationsChecked"].get<std::size_t>() + report["notJudged"].size(), 2u);
    EXPECT_GE(report["expectationsChecked"], 1);
  }
}

TEST_F(Driver, WhatTheProfileMissesWhereverItBeginsIsJudgedOfAClientThatDraws) {
  const std::string file = write("refused", R"({"version": 1, "name": "refused", "why": "x",
"cluster": {"brokers": ["a"], "topics": [{"name": "T", "queues": 4}]},
"producers": [{"name": "p", "queueIndex": {"start": 3}}], "steps": [{"send": {"topic": "T", "count": 3}}],
"faults": [{"at": "a", "on": "send", "do": {"respond": {"code": "MESSAGE_ILLEGAL"}}}],
"expect": [{"sends": "all", "outcome": "SEND_OK"}, {"broker": "a", "stored": 3}]})");
  const std::string free = quoted(program("rmqsim") + R"( driver run | sed -u "s/\"queueIndex\",//")");
  const CommandResult r = rmqsim("run " + file + " --json --client " + free + " 2>/dev/null");
  EXPECT_EQ(r.exit_code, 1);
  const auto report = json_of(r).at(0);
  EXPECT_EQ(report["verdict"], "failed") << r.output;
  EXPECT_EQ(report["expectationsChecked"], 2u);
  EXPECT_TRUE(report["notJudged"].empty()) << report["notJudged"];
}

TEST_F(Driver, WhatEachProducerAndTopicDrewIsFoundByItself) {
  const std::string file = write("each", R"({"version": 1, "name": "each", "why": "x", "profile": "java-5.3.3",
"cluster": {"brokers": ["a", "b"], "topics": [{"name": "T", "queues": 4}, {"name": "U", "queues": 4}]},
"producers": [{"name": "p", "queueIndex": {"start": 0, "resets": [0]}},
              {"name": "q", "group": "h", "queueIndex": {"start": 3, "resets": [0]}}],
"steps": [{"send": {"producer": "p", "topic": "T", "count": 2}}, {"send": {"producer": "q", "topic": "T", "count": 2}},
          {"send": {"producer": "p", "topic": "U", "count": 2}}, {"send": {"producer": "q", "topic": "U"}}],
"expect": [{"sends": "all", "outcome": "SEND_OK"}]})");
  const std::string free = quoted(program("rmqsim") + R"( driver run | sed -u "s/\"queueIndex\",//")");
  for (int k = 0; k < 3; ++k) {
    const CommandResult r = rmqsim("run " + file + " --json --client " + free + " 2>/dev/null");
    ASSERT_EQ(json_of(r).at(0)["verdict"], "passed") << r.output;
  }
}

TEST_F(Driver, WhatCannotBeJudgedIsNamedAndNotCountedAsMet) {
  const std::string file = write("unseen", R"({"version": 1, "name": "unseen", "why": "x",
"cluster": {"brokers": ["a", "b"], "topics": [{"name": "T", "queues": 1}]},
"producers": [{"name": "p", "config": {"sendLatencyFaultEnable": true}, "queueIndex": {"start": 1}}],
"steps": [{"send": {"topic": "T"}}],
"faults": [{"at": "a", "on": "connect", "do": {"refuse": true}}],
"expect": [{"sends": "all", "attempts": 2, "outcome": "SEND_OK"}, {"sends": "all", "attempts": 2},
           {"faultItem": "a", "available": false}]})");
  const CommandResult r = rmqsim("run " + file + " --json --client " + own("java-5.3.3") + " 2>/dev/null");
  const auto report = json_of(r).at(0);
  EXPECT_EQ(report["verdict"], "passed") << r.output;
  EXPECT_EQ(report["expectationsChecked"], 1) << "its outcome";
  EXPECT_EQ(report["notJudged"].size(), 3u) << r.output;
}

TEST_F(Driver, OurOwnPassesItsCheck) {
  const CommandResult r = rmqsim("driver check -- " + program("rmqsim") + " driver run");
  EXPECT_EQ(r.exit_code, 0) << r.output;
  EXPECT_THAT(r.output, HasSubstr(" right, 0 wrong, 0 not offered"));
}

TEST_F(Driver, TheSourceInCppPassesItsCheck) {
  const CommandResult r = rmqsim("driver check -- " + program("driver_in_cpp"));
  EXPECT_EQ(r.exit_code, 0) << r.output;
  EXPECT_THAT(r.output, HasSubstr(", 0 wrong, "));
}

struct Mistake {
  const char* what;
  const char* told;
};

class BadDriver : public Driver, public testing::WithParamInterface<Mistake> {};

/// Few sends, so that the mistake ends the run and not its limit of time, which is for those alone who owe an answer.
constexpr const char* kThreeSends = R"({"version": 1, "name": "three", "why": "x",
"cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 1}]}, "producers": [{"name": "p"}],
"steps": [{"send": {"topic": "T", "count": 3}}], "expect": [{"counts": {"SEND_OK": 3}}]})";

TEST_P(BadDriver, IsOneFailureInWordsAndLeavesNothingBehind) {
  const std::string left = folder_ / "pid";
  const bool owes = std::string_view(GetParam().told).find("owes an answer") != std::string_view::npos;
  const CommandResult r = rmqsim("run " + write("three", kThreeSends) + (owes ? " --max-seconds 12" : "") +
                                 " --client " + quoted(kBad + GetParam().what + " " + left));
  EXPECT_EQ(r.exit_code, 1) << r.output;
  EXPECT_THAT(r.output, HasSubstr(GetParam().told));
  pid_t pid = 0;
  std::ifstream(left) >> pid;
  ASSERT_GT(pid, 0);
  EXPECT_TRUE(becomes([&] { return ::kill(pid, 0) != 0; })) << "its child still runs";
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, BadDriver,
    testing::Values(
        Mistake{"silent", "it did not answer hello within 20 s"},
        Mistake{"not-started", "it ended with status 3 while it was needed; its last words: no client here"},
        Mistake{"floods-at-once", "it writes a line of more than 32 MiB"},
        Mistake{"other-protocol", "it speaks protocol 2, and this program speaks 1"},
        Mistake{"misspelt", "\"modes\" is missing"},
        Mistake{"key-twice", "duplicate key \"client\", in "},
        Mistake{"hangs", "it was not done within 12 s (--max-seconds), and owes an answer to send #0"},
        Mistake{"greets-late-and-hangs", "it was not done within 12 s (--max-seconds), and owes an answer to send #0"},
        Mistake{"stopped", "it was not done within 12 s (--max-seconds), and owes an answer to send #0"},
        Mistake{"null-number", "\"i\" is null, in "},
        Mistake{"not-a-number", "which goes wrong at byte 58: \"roker-a\",\"queueId\":NaN"},
        Mistake{"leaves-at-bye", "it ended with status 0 without an answer to bye"},
        Mistake{"dies", "it ended with status 9 while it was needed; its last words: out of luck"},
        Mistake{"killed", "it ended with status 137 while it was needed"},
        Mistake{"nonsense", "a line that is no JSON object: \"Hello, this is my log\""},
        Mistake{"twice", "it answers #0 twice"}, Mistake{"unasked", "it answers #4711, which it was not asked for"},
        Mistake{"in-wrong-order", "it answers #1, which it was not asked for"},
        Mistake{"floods", "it answers #0 twice"}, Mistake{"floods-a-line", "it writes a line of more than 32 MiB"},
        Mistake{"floods-stderr", "owes an answer to send #0"},
        Mistake{"slow-by-its-clock", "it says that it took 60000 ms, and answers "},
        Mistake{"without-queue", "outcome SEND_OK without \"broker\" and \"queueId\""},
        Mistake{"sent-one-way", "outcome SENT is none of such a request"}, Mistake{"lies", "acknowledged-is-stored"},
        Mistake{"stays", "it did not end within 20 s after bye"},
        Mistake{"fails-at-the-end", "it ended with status 5 after bye"}),
    [](const auto& one) {
      std::string name = one.param.what;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST_F(Driver, ThatClosesAStreamIsNotWaitedFor) {
  const std::string file = write("three", kThreeSends);
  for (const auto& [what, told] : {std::pair("closes-output", "output"), std::pair("closes-input", "input")}) {
    const auto begin = std::chrono::steady_clock::now();
    const CommandResult r = rmqsim("run " + file + " --client " + quoted("exec " + kBad + what));
    EXPECT_EQ(r.exit_code, 1) << r.output;
    EXPECT_THAT(r.output, HasSubstr("it closed its standard " + std::string(told) + " while it was needed"));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(12)) << "15 s is what an answer has";
  }
}

TEST_F(Driver, ItsLastWordsAreCutBetweenCharacters) {
  const CommandResult r = rmqsim("run " + write("three", kThreeSends) + " --client " + quoted(kBad + "says-much"));
  EXPECT_THAT(r.output, HasSubstr("its last words: ääää"));
  EXPECT_THAT(r.output, testing::Not(HasSubstr("\\x")));
}

/// Something of each kind that a client can be told about a message.
constexpr const char* kTold = R"({"version": 1, "name": "told", "why": "x", "profile": ["java-5.3.3"],
"cluster": {"brokers": ["a"], "topics": [{"name": "T", "queues": 1}, {"name": "U", "queues": 1}],
            "responders": [{"topic": "T"}]},
"producers": [{"name": "p", "group": "g"}],
"steps": [{"send": {"topic": "T", "tags": "A", "keys": ["k1", "k2"], "properties": {"colour": "red"}, "delayLevel": 2,
                    "body": {"size": 5000}}},
          {"send": {"topic": "T", "delayMs": 20000}},
          {"transaction": {"topic": "T", "keys": ["k3"], "local": "commit"}},
          {"request": {"topic": "T", "keys": ["k4"]}}],
"expect": [{"sends": "0-2", "outcome": "SEND_OK"}]})";

class LyingDriver : public Driver, public testing::WithParamInterface<Mistake> {
 protected:
  static std::string lying(const std::string& what) {
    return quoted(RMQSIM_SOURCE_DIR "/tests/tools/lying_driver " + what + " " + program("rmqsim"));
  }
};

TEST_F(LyingDriver, ThatDoesNotLiePasses) {
  const CommandResult r = rmqsim("run " + write("told", kTold) + " --client " + lying("not"));
  EXPECT_EQ(r.exit_code, 0) << r.output;
}

TEST_P(LyingDriver, IsFoundByWhatServersGot) {
  const CommandResult r = rmqsim("run " + write("told", kTold) + " --client " + lying(GetParam().what));
  EXPECT_EQ(r.exit_code, 1) << r.output;
  EXPECT_THAT(r.output, HasSubstr(std::string("messages of the client: ") + GetParam().told));
}

INSTANTIATE_TEST_SUITE_P(
    Lies, LyingDriver,
    testing::Values(
        Mistake{"other-topic", "#0: a was sent its message to the topic \"U\" instead of \"T\""},
        Mistake{"other-group", "#0: a was sent its message by the group \"h\" instead of \"g\""},
        Mistake{"no-keys", "#0: its message is stored at a with other keys than was to be sent"},
        Mistake{"no-keys-of-a-transaction", "#2: its message is stored at a with other keys"},
        Mistake{"no-keys-of-a-request", "#3: its message is stored at a with other keys"},
        Mistake{"other-body", "#0: its message is stored at a with another body"},
        Mistake{"other-level", "#0: its message is stored at a with another delay level"},
        Mistake{"no-level", "#0: its message is stored at a with another delay level"},
        Mistake{"other-delay", "#1: its message is stored at a with another delay"},
        Mistake{"no-transaction", "#2: its message is stored at a with another mark of a transaction"},
        Mistake{"twice", "a was sent a message that nobody asked for, to \"T\" with the key \""},
        Mistake{"at-its-end", "a was sent a message that nobody asked for, to \"T\" with the key \""},
        Mistake{"again-at-its-end", "#1: a was sent its message once more, "}),
    [](const auto& one) {
      std::string name = one.param.what;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST_F(LyingDriver, ThatSaysSentAndSendsNothingIsFoundWhereNothingElseMayHaveLostIt) {
  const std::string file = R"({"version": 1, "name": "oneway", "why": "x",
"cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 1}]}, "producers": [{"name": "p"}],
"steps": [{"send": {"topic": "T", "mode": "oneway", "count": 2}}], "expect": [{"counts": {"SENT": 2}}])";
  const std::string client = " --client " + quoted(kBad + "sent-one-way");
  const CommandResult lost = rmqsim("run " + write("oneway", file + "}") + client);
  EXPECT_EQ(lost.exit_code, 1) << lost.output;
  EXPECT_THAT(lost.output, HasSubstr("messages of the client: #0: the client says SENT, and no server got it"));
  // A rule that acts may have ended its connection.
  const CommandResult nobody_knows = rmqsim("run " + write("oneway", file + R"(, "faults": [
{"at": "broker-a", "on": "link", "mayBeIdle": true, "do": {"resetAfterBytes": 1}}]})") + client);
  EXPECT_THAT(nobody_knows.output, testing::Not(HasSubstr("no server got it")));
}

TEST_F(Driver, WhatTracesResponsesAndNamespacesAddIsNotTakenForAMessageThatNobodyAskedFor) {
  const std::string file = write("beside", R"({"version": 1, "name": "beside", "why": "x", "profile": ["java-5.3.3"],
"cluster": {"brokers": ["a"], "topics": [{"name": "NS%T", "queues": 1}, {"name": "RMQ_SYS_TRACE_TOPIC", "queues": 1}],
            "responders": [{"topic": "NS%T"}]},
"producers": [{"name": "p", "group": "g", "config": {"namespace": "NS", "enableTrace": true}}],
"steps": [{"send": {"topic": "T", "keys": ["k1"]}}, {"send": {"topic": "T", "batch": 2, "mode": "async"}},
          {"request": {"topic": "T", "mode": "async", "keys": ["k1"]}}],
"expect": [{"sends": "0-1", "outcome": "SEND_OK"}, {"sends": 2, "outcome": "REPLY"}, {"traces": [2, 4]}]})");
  const CommandResult r = rmqsim("run " + file + " --client " + own("java-5.3.3"));
  EXPECT_EQ(r.exit_code, 0) << r.output;
}

TEST_F(Driver, BatchesThatAreNamedByAPropertyAreJoinedByTheirMembers) {
  const std::string file = write("named", R"({"version": 1, "name": "named", "why": "x", "profile": "java-5.3.3",
"cluster": {"brokers": ["a"], "topics": [{"name": "T", "queues": 1}]}, "producers": [{"name": "p"}],
"steps": [{"send": {"topic": "T", "batch": 3, "count": 2}}], "expect": [{"sends": "all", "attempts": 1}]})");
  const CommandResult r =
      rmqsim("run " + file + " --client " +
             quoted(program("rmqsim") + R"( driver run | sed -u "s/\"client\":\"rmqsim\"/&,\"key\":\"property\"/")"));
  EXPECT_EQ(r.exit_code, 0) << r.output;
}

TEST_F(Driver, GetsNoMoreTimeForItsGreetingAndItsEndThanTheLimit) {
  const std::string file = write("three", kThreeSends);
  const Mistake mistakes[] = {{"silent", "owes an answer to hello"},
                              {"silent-at-bye", "owes an answer to bye"},
                              {"stays", "has not ended after bye"}};
  for (const auto& [what, told] : mistakes) {
    const CommandResult r = rmqsim("run " + file + " --max-seconds 3 --client " + quoted(kBad + what));
    EXPECT_EQ(r.exit_code, 1) << r.output;
    EXPECT_THAT(r.output, HasSubstr(std::string("it was not done within 3 s (--max-seconds), and ") + told));
  }
}

TEST_F(Driver, ThatIsWaitedForWhenASignalComesHasNotFailed) {
  const std::string file = write("three", kThreeSends), left = folder_ / "left";
  for (const std::string verb : {"run", "conformance"}) {
    for (const auto& [what, when] : {std::pair("silent", ""), std::pair("stays", "bye")}) {
      fs::remove(left);
      Program asked("rmqsim", {verb, file, "--client", kBad + what + " " + left}, Program::AtOnce());
      std::string pid, word;
      const std::string_view last = when;
      ASSERT_TRUE(becomes([&] { return (std::ifstream(left) >> pid >> word || !pid.empty()) && word == last; }));
      EXPECT_EQ(asked.stop(SIGTERM), 2) << verb << " " << what;
      const std::string said = asked.rest();
      EXPECT_THAT(said, HasSubstr("interrupted (SIGTERM)"));
      EXPECT_THAT(said, testing::Not(testing::AnyOf(HasSubstr("FAILED"), HasSubstr("20 s after bye"))));
    }
  }
}

TEST_F(Driver, WhatItDoesNotSupportIsNotApplicableWithItsReason) {
  const CommandResult said = rmqsim("run " + kQuickstart + " --client " + quoted(kBad + "unsupported"));
  EXPECT_EQ(said.exit_code, 64);
  EXPECT_THAT(said.output, HasSubstr("not applicable: the client says: messages"));
  const CommandResult asked = rmqsim("run " + kLibrary + "/basics/batch-ten.json --client " + quoted(kBad + "plain"));
  EXPECT_EQ(asked.exit_code, 64);
  EXPECT_THAT(asked.output, HasSubstr("not applicable to bad plain: it sends no batches (feature batch)"));
}

TEST_F(Driver, CheckSaysWhatABadDriverDoesWrong) {
  const CommandResult r = rmqsim("driver check -- " + quoted(kBad + "twice"));
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.output, HasSubstr("ok     starts a producer and shuts it down\n"));
  EXPECT_THAT(r.output,
              HasSubstr("wrong  sends, and tells where the message is\n         client: it answers #0 twice"));
  EXPECT_THAT(r.output, HasSubstr("-      sends batches: it sends no batches (feature batch)"));
}

TEST_F(Driver, IsBadUsageWithWhatDoesNotGoWithIt) {
  EXPECT_EQ(rmqsim("run " + kQuickstart + " --client ''").exit_code, 64);
  EXPECT_EQ(rmqsim("run " + kQuickstart + " --client x --world sim").exit_code, 64);
  EXPECT_EQ(rmqsim("run " + kQuickstart + " --client x --repeat 2").exit_code, 64);
  EXPECT_EQ(rmqsim("run " + kQuickstart + " --client x -- true").exit_code, 64);
  EXPECT_EQ(rmqsim("driver check").exit_code, 64);
  EXPECT_EQ(rmqsim("driver").exit_code, 64);
}

TEST_F(Driver, ConformanceIsAMatrixWithPagesAndARequirement) {
  write("busy", fixed_queues("busy", R"({"sends": 0, "outcome": "SEND_OK"})"));
  std::string batches = fixed_queues("batches", "");
  batches.replace(batches.find(R"("count": 4)"), 10, R"("batch": 2)");
  batches.replace(batches.find(R"("faults")"), 8,
                  R"("concerns": ["batch"], "invariants": {}, "references": ["<script>"], "faults")");
  batches.replace(batches.find(R"("do":)"), 5, R"("mayBeIdle": true, "do":)");
  write("batches", batches);
  const std::string plain = quoted(program("rmqsim") + R"( driver run --profile java-4.9.8 | sed -u "s/\"batch\",//")");
  const std::string report = folder_ / "report";
  const CommandResult r = rmqsim("conformance " + folder_.string() + " --client " + own("java-5.3.3") + " --client " +
                                 plain + " --report " + report + " --require java-5.3.3");
  EXPECT_EQ(r.exit_code, 1) << r.output;
  EXPECT_THAT(r.output, HasSubstr("batch\n  batches"));
  EXPECT_THAT(r.output,
              HasSubstr("required and not met:\n  rmqsim 0.1.0 (2) is not as java-5.3.3 in busy: as java-4.9.8"));
  const auto json = nlohmann::json::parse(std::ifstream(report + "/conformance.json"));
  ASSERT_EQ(json["cells"].size(), 4u) << json.dump(1);
  for (const auto& cell : json["cells"]) {
    const bool first = cell["client"] == "rmqsim 0.1.0";
    if (cell["scenario"] == "batches") {
      EXPECT_EQ(cell["verdict"], first ? "as" : "not applicable") << cell.dump(1);
      EXPECT_EQ(cell["concerns"][0], "batch");
    } else {
      EXPECT_EQ(cell["verdict"], "as") << cell.dump(1);
      EXPECT_EQ(cell["as"], nlohmann::json::array({first ? "java-5.3.3" : "java-4.9.8"})) << cell.dump(1);
    }
  }
  for (const char* const page : {"index.html", "conformance.md", "cell-1-busy.html", "cell-2-batches.html"}) {
    EXPECT_TRUE(fs::exists(fs::path(report) / page)) << page;
  }
  EXPECT_EQ(
      rmqsim("conformance " + folder_.string() + "/busy.json --client " + own("java-5.3.3") + " --require java-5.3.3")
          .exit_code,
      0);
  EXPECT_EQ(rmqsim("conformance /dev/null/x --client x").exit_code, 64);
  EXPECT_EQ(rmqsim("conformance " + folder_.string() + "/busy.json --client x --report /dev/null/x").exit_code, 64);
  const CommandResult nobody = rmqsim("conformance " + folder_.string() + "/busy.json --client /nowhere");
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_THAT(nobody.output, HasSubstr("it ended with status 127"));
}

}  // namespace driver_test
}  // namespace rmqsim
