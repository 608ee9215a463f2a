// What a machine that stalls does to the judgement of a client behind a driver: runs are played again for a stall and
// for nothing else, and where the machine never keeps still nobody can tell.
#include "scenarios/harness/stalls/stalls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/stalls/processor_time.h"
#include "tests/tools/becomes.h"
#include "tests/tools/command.h"
#include "tools/drivers/stalls/replay.h"

namespace rmqsim {
namespace stalls_test {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr TimePoint kEver = TimePoint::max();
TimePoint at(std::int64_t ms) { return TimePoint{} + millis(ms); }

/// A machine of two processors, looked at every 10 ms.
class Machine {
 public:
  Machine() { look(1, {}, {}); }
  /// So often the run's threads are found to have used so much of them, and to have waited for so long.
  Machine& look(int times, Duration used, Duration waited, Duration late = Duration::zero()) {
    for (int k = 0; k < times; ++k) {
      now_ += millis(10) + late;
      stalls_.add({now_, late, waited, used});
    }
    return *this;
  }
  Machine& quiet(int times) { return look(times, millis(0), millis(0)); }
  Duration longest(TimePoint until = kEver) const { return stalls_.longest(until); }

 private:
  TimePoint now_{};
  Stalls stalls_{2};
};

TEST(Stalls, AreTheTimeForWhichAThreadWaitedWhileOthersHadTheProcessors) {
  EXPECT_EQ(Machine().look(100, millis(1), millis(0)).longest(), millis(0));
  EXPECT_EQ(Machine().quiet(20).look(4, millis(1), millis(8)).quiet(20).longest(), millis(32));
  // A thread is known to have waited when it goes on.
  EXPECT_EQ(Machine().quiet(50).look(1, millis(0), millis(300)).longest(), millis(300));
}

TEST(Stalls, AreNoLongerForManyThreadsThatWaitAtOnce) {
  EXPECT_EQ(Machine().quiet(50).look(3, millis(0), millis(200)).longest(), millis(220));
}

TEST(Stalls, AreNoneWhereThreadsOfTheRunTakeTheProcessorsFromEachOther) {
  EXPECT_EQ(Machine().look(50, millis(20), millis(10)).longest(), millis(0));
  EXPECT_EQ(Machine().look(50, millis(19), millis(10)).longest(), millis(25)) << "but for what is left to others";
}

TEST(Stalls, OfWhichAClockTellsAreHowLateItWakes) {
  Machine machine;
  machine.quiet(3).look(1, millis(0), millis(0), millis(400));
  EXPECT_EQ(machine.longest(), millis(400));
  EXPECT_EQ(machine.longest(at(49)), millis(0)) << "it was to wake at 50";
}

TEST(Stalls, AreNotOneIfTheyAreApart) {
  Machine machine;
  for (int k = 0; k < 5; ++k) machine.look(1, millis(0), millis(9)).quiet(30);
  EXPECT_EQ(machine.longest(), millis(9));
}

TEST(Stalls, ThatComeAfterSomethingAreNotItsCause) {
  Machine machine;
  machine.quiet(9).look(10, millis(0), millis(10));
  EXPECT_EQ(machine.longest(at(100)), millis(0));
  EXPECT_EQ(machine.longest(at(115)), millis(20)) << "to the end of the look in which it was";
  EXPECT_EQ(machine.longest(), millis(100));
}

TEST(ProcessorTimeOfAClient, IsThatOfAllItsChildren) {
  const pid_t parent = ::fork();
  if (parent == 0) {
    ::setpgid(0, 0);
    ::execl("/bin/sh", "sh", "-c", "(while :; do :; done) & wait", nullptr);
    ::_exit(127);
  }
  ProcessorTime time(parent);
  time.look();
  Duration used{0};
  EXPECT_TRUE(becomes([&] {
    time.look();
    used += time.used();
    return used > millis(100);
  }));
  while (::kill(-parent, SIGKILL) != 0) {
  }
}

/// A result that is as it should be, or for which the machine may have stalled.
DrivenResult played(const std::string& profile, bool as, Duration stalled = Duration::zero()) {
  DrivenResult result;
  result.hello.profile = "java-5.3.3";
  result.run.profile = profile;
  result.run.verdict = as ? RunResult::Verdict::passed : RunResult::Verdict::failed;
  result.as = as;
  result.stalled = stalled;
  return result;
}

/// Plays these in order, and whatever is asked for after the last is it again.
class Plays {
 public:
  explicit Plays(std::vector<std::vector<DrivenResult>> plays) : plays_(std::move(plays)) {}
  std::vector<DrivenResult> go() {
    return play_until_told([this] { return plays_[std::min(played_++, plays_.size() - 1)]; });
  }
  std::size_t how_often() const { return played_; }

 private:
  std::vector<std::vector<DrivenResult>> plays_;
  std::size_t played_ = 0;
};

TEST(APlay, ThatMayBeTheMachinesIsRepeatedAndSaysSo) {
  Plays plays({{played("java-5.3.3", false, millis(312))},
               {played("java-5.3.3", false, millis(95))},
               {played("java-5.3.3", true)}});
  const DrivenResult result = plays.go().front();
  EXPECT_EQ(plays.how_often(), 3u);
  EXPECT_EQ(result.run.verdict, RunResult::Verdict::passed);
  EXPECT_THAT(
      result.run.record.notes,
      testing::ElementsAre("played again: the machine stalled for 312 ms and 95 ms, and the judgement allows 50 ms"));
}

TEST(APlay, WithoutAStallIsWhatItIs) {
  Plays plays({{played("java-5.3.3", false)}, {played("java-5.3.3", true)}});
  EXPECT_EQ(plays.go().front().run.verdict, RunResult::Verdict::failed);
  EXPECT_EQ(plays.how_often(), 1u);
}

TEST(APlay, ThatDiffersWithoutAStallAfterOneWithIsADifference) {
  Plays plays({{played("java-5.3.3", false, millis(312))}, {played("java-5.3.3", false)}});
  EXPECT_EQ(plays.go().front().run.verdict, RunResult::Verdict::failed);
  EXPECT_EQ(plays.how_often(), 2u);
}

TEST(APlay, TellsNothingIfTheMachineStallsInEach) {
  Plays plays({{played("java-5.3.3", false, millis(312))}});
  const DrivenResult result = plays.go().front();
  EXPECT_EQ(plays.how_often(), kMaxPlays);
  EXPECT_EQ(result.run.verdict, RunResult::Verdict::inconclusive);
  EXPECT_EQ(result.run.reason, "the machine stalled for 312 ms, and the judgement allows 50 ms");
}

TEST(APlay, IsJudgedInTheProfileThatTheClientClaims) {
  Plays other({{played("java-5.3.3", true), played("java-4.9.8", false, millis(312))}});
  EXPECT_EQ(other.go().back().run.verdict, RunResult::Verdict::inconclusive);
  EXPECT_EQ(other.how_often(), 1u) << "it is as the one";
  Plays own({{played("java-5.3.3", false, millis(312)), played("java-4.9.8", true)}, {played("java-5.3.3", true)}});
  own.go();
  EXPECT_EQ(own.how_often(), 2u);
}

TEST(AStall, MayExplainWhatWasKnownAfterItAlone) {
  Stalls stalls(2);
  stalls.add({at(0)});
  stalls.add({at(400), millis(390)});
  stalls.add({at(410)});
  const std::vector<TimePoint> heard_at{at(0), at(405), at(405)};
  DrivenResult result = played("java-5.3.3", false);
  result.run.record.sends.resize(3);
  for (SendRecord& send : result.run.record.sends) send.completions = 1;
  const auto stalled = [&](std::optional<std::uint64_t> send) {
    result.run.record.failures.push_back({"check", "message", {}, {}, {}, send});
    return stall_before_what_is_wrong(Scenario{}, result, heard_at, stalls, true);
  };
  EXPECT_EQ(stalled(std::nullopt), millis(390));
  EXPECT_EQ(stalled(1), millis(390));
  result.run.record.sends[0].mode = CommunicationMode::ONEWAY;
  EXPECT_EQ(stalled(0), millis(390)) << "whose message arrives later";
  result.run.record.sends[0].mode = CommunicationMode::SYNC;
  EXPECT_EQ(stalled(2), millis(0)) << "there is a failure that was there before";
}

/// A run of twelve sends that took 5 ms each, of which the fourth went elsewhere.
class ADifference : public testing::Test {
 protected:
  ADifference() : result_(played("java-5.3.3", false)) {
    result_.run.record.sends.resize(12);
    for (SendRecord& send : result_.run.record.sends) {
      send.completions = 1;
      send.end = send.start + millis(5);
      send.timeout_millis = 3000;
    }
    result_.explanation.difference = Difference{3, 0, "", ""};
    stalls_.add({at(0)});
    stalls_.add({at(400), millis(390)});
  }
  Duration stalled(const std::string& producer, const std::string& send, const std::string& rule,
                   const std::string& more = "") const {
    const ParseResult parsed = parse_scenario(
        R"({"version": 1, "name": "s", "why": "w", "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]},
            "producers": [{"name": "p")" + producer + R"(}], "steps": [{"send": {"topic": "T", "count": 12)" + send +
            "}}" + more + R"(], "faults": [{"at": "a", "on": "send", )" + rule + R"(}],
            "expect": [{"sends": "all", "outcome": "SEND_OK"}]})", "");
    EXPECT_TRUE(parsed.ok()) << parsed.to_string();
    const std::vector<TimePoint> heard_at(12, at(401));
    return stall_before_what_is_wrong(*parsed.scenario, result_, heard_at, stalls_, compared_);
  }

  const std::string busy_ = R"("nth": 1, "do": {"respond": {"code": "SYSTEM_BUSY"}})";
  DrivenResult result_;
  Stalls stalls_{2};
  bool compared_ = true;
};

TEST_F(ADifference, InWhichTimeHasNoPartIsTheClientsWhateverTheMachineDid) {
  EXPECT_EQ(stalled("", "", busy_), millis(0));
  EXPECT_EQ(stalled("", "", busy_, R"(, {"waitMs": 10})"), millis(0));
  result_.run.record.sends[7].end += millis(2000);
  EXPECT_EQ(stalled("", "", busy_), millis(0)) << "that send is a later one";
}

TEST_F(ADifference, ThatNobodyComparesIsNoReasonNotToPlayAgain) {
  compared_ = false;
  result_.run.record.failures.push_back({"check", "message", {}, {}, {}, 7});
  EXPECT_EQ(stalled("", "", busy_), millis(390));
}

TEST_F(ADifference, InWhichTimeMayHaveAPartIsNotIfTheMachineStalled) {
  EXPECT_EQ(stalled(R"(, "config": {"sendLatencyFaultEnable": true})", "", busy_), millis(390));
  EXPECT_EQ(stalled(R"(, "config": {"sendMsgMaxTimeoutPerRequest": 500})", "", busy_), millis(390));
  EXPECT_EQ(stalled("", R"(, "mode": "async")", busy_), millis(390));
  EXPECT_EQ(stalled("", "", R"("do": {"close": "before"})"), millis(390));
  EXPECT_EQ(stalled("", "", R"("fromMs": 0, "toMs": 9000, "do": {"respond": {"code": "SYSTEM_BUSY"}})"), millis(390));
  EXPECT_EQ(stalled("", "", busy_, R"(, {"do": {"crash": "a"}})"), millis(390));
  EXPECT_EQ(stalled(R"(, "config": {"pollNameServerInterval": 500})", "", busy_), millis(390));
  result_.run.record.sends[3].end += millis(1100);
  EXPECT_EQ(stalled("", "", busy_), millis(390)) << "a client may have a limit of its own";
  result_.run.record.sends[3].end -= millis(1100);
  stalls_.add({at(400), millis(1200)});
  EXPECT_EQ(stalled("", "", busy_), millis(1200)) << "routes may have been asked for again";
}

/// Over TCP, with a driver that can stop the process that judges it.
class StallingDriver : public testing::Test {
 protected:
  StallingDriver() : folder_(fs::temp_directory_path() / ("rmqsim-stalls-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "three.json") << R"({"version": 1, "name": "three", "why": "x", "profile": "java-5.3.3",
"cluster": {"brokers": ["a"], "topics": [{"name": "T", "queues": 1}]}, "producers": [{"name": "p"}],
"steps": [{"send": {"topic": "T", "count": 3, "body": {"text": "Hello"}}}], "expect": [{"counts": {"SEND_OK": 3}}]})";
  }
  ~StallingDriver() override { fs::remove_all(folder_); }
  std::string line(const std::string& verb, const std::string& what) const {
    return program("rmqsim") + " " + verb + " " + (folder_ / "three.json").string() + " --client 'exec " +
           RMQSIM_SOURCE_DIR "/tests/tools/stalling_driver " + program("rmqsim") + " " + (folder_ / "runs").string() + " " +
           what + "'";
  }
  CommandResult rmqsim(const std::string& verb, const std::string& what) const { return run_command(line(verb, what)); }
  /// One is to greet.
  std::size_t plays() const {
    std::ifstream runs(folder_ / "runs");
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(runs), {}, '\n')) - 1;
  }
  fs::path folder_;
};

TEST_F(StallingDriver, ThatStopsUsInEachPlayIsInconclusive) {
  const CommandResult r = rmqsim("run", "stop 1 wrong 1");
  EXPECT_EQ(r.exit_code, 2) << r.output;
  EXPECT_EQ(plays(), kMaxPlays);
  EXPECT_THAT(r.output,
              testing::ContainsRegex("given up: the machine stalled for [23][0-9][0-9] ms, and the judgement"));
  EXPECT_THAT(r.output, HasSubstr("messages of the client: #1: its message is stored at a with another body"));
}

TEST_F(StallingDriver, ThatStopsUsInOnePlayIsJudgedByAnother) {
  const CommandResult r = rmqsim("run", "stop 1 wrong 1 once");
  EXPECT_EQ(r.exit_code, 0) << r.output;
  EXPECT_THAT(r.output, testing::ContainsRegex("note: played again: the machine stalled for [23][0-9][0-9] ms"));
  EXPECT_EQ(plays(), 2u);
}

TEST_F(StallingDriver, ThatSleepsItselfIsSlowAndDiffers) {
  const CommandResult r = run_until_told(line("run", "sleep 1 wrong 1"));
  EXPECT_EQ(r.exit_code, 1) << r.output;
}

TEST_F(StallingDriver, ThatIsWrongBeforeItStopsUsDiffers) {
  const CommandResult r = run_until_told(line("run", "wrong 0 stop 2"));
  EXPECT_EQ(r.exit_code, 1) << r.output;
}

TEST_F(StallingDriver, ThatIsAsItShouldBeInSpiteOfItIsNotPlayedAgain) {
  const CommandResult r = rmqsim("run", "stop 1");
  EXPECT_EQ(r.exit_code, 0) << r.output;
  EXPECT_EQ(plays(), 1u);
  EXPECT_THAT(r.output, Not(HasSubstr("stalled")));
}

TEST_F(StallingDriver, IsNoMatterWhereWhatIsRequiredIsMet) {
  EXPECT_EQ(rmqsim("conformance --require java-4.9.8", "stop 1 wrong 1").exit_code, 0) << "it is not about that";
  EXPECT_EQ(rmqsim("conformance", "stop 1 wrong 1").exit_code, 2);
}

TEST_F(StallingDriver, IsInconclusiveInTheMatrixAsWell) {
  const std::string report = folder_ / "report";
  const CommandResult r = rmqsim("conformance --require java-5.3.3 --report " + report, "stop 1 wrong 1");
  EXPECT_EQ(r.exit_code, 2) << r.output;
  EXPECT_THAT(r.output, HasSubstr("three inconclusive: the machine stalled for "));
  EXPECT_THAT(r.output,
              HasSubstr("required, and the machine stalled:\n  rmqsim 0.1.0 may be as java-5.3.3 in three: "));
  const auto json = nlohmann::json::parse(std::ifstream(report + "/conformance.json"));
  const auto& cell = json["cells"][0];
  EXPECT_EQ(cell["verdict"], "inconclusive") << cell.dump(1);
  EXPECT_EQ(cell["open"], nlohmann::json::array({"java-5.3.3"}));
  EXPECT_EQ(cell["playedAgainAfterMs"].size(), kMaxPlays - 1);
  EXPECT_GT(cell["playedAgainAfterMs"][0], 200);
}

}  // namespace stalls_test
}  // namespace rmqsim
