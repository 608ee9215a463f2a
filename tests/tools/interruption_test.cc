// Commands that are stopped at any moment: what is known is reported and every file is whole; a second signal, or one
// that cannot be heard, leaves the files as they were. Signals are sent when the program has told that it is at work.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/tools/becomes.h"
#include "tests/tools/command.h"
#include "tests/tools/running_program.h"

namespace rmqsim {
namespace interruption_test {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::Not;

struct Running : Program {
  Running(const std::string& name, std::vector<std::string> arguments)
      : Program(name, std::move(arguments), AtOnce()) {}
};

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The trace of a run as it comes, through a named pipe. A run that nobody reads stands still.
class Trace {
 public:
  explicit Trace(std::string path) : path_(std::move(path)) { ::mkfifo(path_.c_str(), 0600); }
  ~Trace() {
    if (file_ != nullptr) std::fclose(file_);
  }
  const std::string& path() const { return path_; }
  /// Waits for the run's first words.
  std::string line() {
    if (file_ == nullptr) file_ = std::fopen(path_.c_str(), "r");
    char buffer[8192];
    return file_ != nullptr && std::fgets(buffer, sizeof buffer, file_) != nullptr ? buffer : "";
  }
  /// Lets the run go on; all that is left. Only whole lines are counted as lines.
  std::string rest() {
    std::string text;
    for (std::string next; !(next = line()).empty();) text += next;
    return text;
  }

 private:
  std::string path_;
  FILE* file_ = nullptr;
};

class Interruption : public testing::Test {
 protected:
  Interruption() : folder_(fs::temp_directory_path() / ("rmqsim-interruption-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Interruption() override { fs::remove_all(folder_); }
  std::string at(const std::string& name) const { return folder_ / name; }
  void write(const std::string& name, const std::string& steps) const {
    std::ofstream(at(name + ".json")) << R"({"version": 1, "name": ")" + name + R"(", "why": "x",
      "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 2}]},
      "producers": [{"name": "p", "group": "g"}], "steps": [)" +
                                             steps + R"(],
      "expect": [{"sends": "all", "outcome": "SEND_OK"}]})";
  }
  /// `a` ends at once, `b` in no time that anybody waits for, `c` comes after it.
  void write_three() const {
    write("a", kOne);
    write("b", R"({"send": {"topic": "T", "count": 1000, "intervalMs": 60000, "body": {"text": "x"}}})");
    write("c", kOne);
  }
  static constexpr const char* kOne = R"({"send": {"topic": "T", "body": {"text": "x"}}})";
  fs::path folder_;
};

class InterruptionInWorld : public Interruption, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Every, InterruptionInWorld, testing::Values("sim", "tcp", "process"),
                         [](const auto& world) { return std::string(world.param); });

TEST_P(InterruptionInWorld, ASignalEndsTheRunAndWhatIsKnownIsReported) {
  write_three();
  Trace trace(at("trace"));
  std::ofstream(at("junit.xml")) << "old";
  std::vector<std::string> arguments{"run",           at("a.json"), at("b.json"), at("c.json"), "--junit",
                                     at("junit.xml"), "--ledger",   at("ledger"), "--json",     "--trace",
                                     trace.path(),    "--jobs",     "1",          "--world",    GetParam()};
  if (std::string(GetParam()) != "sim") arguments.insert(arguments.end(), {"--max-seconds", "80000"});
  Running run("rmqsim", std::move(arguments));
  for (const char* event : {R"("scenario":"b")", R"("event":"send")"}) {
    std::string seen = trace.line();
    while (seen.find(event) == std::string::npos) ASSERT_FALSE((seen = trace.line()).empty()) << event;
  }
  EXPECT_EQ(content(at("junit.xml")), "old") << "until the new one is whole";
  ::kill(run.pid(), SIGTERM);
  const std::string last = trace.rest();
  EXPECT_EQ(run.wait(), 2);
  EXPECT_TRUE(last.empty() || last.back() == '\n') << "whole lines only";

  const Json report = Json::parse(run.rest(), nullptr, false);
  ASSERT_EQ(report.size(), 3u) << report.dump();
  EXPECT_EQ(report[0]["verdict"], "passed");
  EXPECT_EQ(report[1]["verdict"], "inconclusive");
  EXPECT_THAT(report[1]["reason"].get<std::string>(), HasSubstr("SIGTERM"));
  EXPECT_EQ(report[2]["verdict"], "inconclusive");
  EXPECT_EQ(report[2]["reason"], "not begun: interrupted (SIGTERM)");
  const Json ledgers = Json::parse(content(at("ledger")), nullptr, false);
  ASSERT_EQ(ledgers.size(), 2u) << "of those that were begun";
  EXPECT_TRUE(ledgers[1].contains("sends"));
  const std::string junit = content(at("junit.xml"));
  EXPECT_THAT(junit, HasSubstr(R"(<testsuites name="rmqsim" tests="3" failures="0" errors="2")"));
  EXPECT_THAT(junit, HasSubstr("not begun: interrupted (SIGTERM)"));
  EXPECT_TRUE(junit.ends_with("</testsuites>\n"));
}

/// Whether a process waits for something.
bool sleeps(pid_t pid) {
  const std::string stat = content("/proc/" + std::to_string(pid) + "/stat");
  return stat.find(") S ") != std::string::npos;
}

/// Of a process.
std::ptrdiff_t threads(pid_t pid) {
  std::error_code gone;
  const fs::directory_iterator tasks("/proc/" + std::to_string(pid) + "/task", gone);
  return gone ? 0 : std::distance(begin(tasks), end(tasks));
}

std::vector<pid_t> children(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  return {std::istream_iterator<pid_t>(in), std::istream_iterator<pid_t>()};
}

TEST_F(Interruption, OfAMillionRunsThoseThatWereNotBegunAreOneEntryForEachScenario) {
  write_three();
  for (const std::string jobs : {"1", "2"}) {
    Trace trace(at("trace"));
    std::vector<std::string> arguments{"run",     at("b.json"), at("c.json"),    "--seeds", "1-1000000", "--json",
                                       "--world", "tcp",        "--max-seconds", "80000",   "--junit",   at("junit.xml"),
                                       "--jobs",  jobs};
    if (jobs == "1") arguments.insert(arguments.end(), {"--trace", trace.path()});
    Running run("rmqsim", std::move(arguments));
    if (jobs == "1") {
      ASSERT_FALSE(trace.line().empty());
    }
    while (jobs == "2" && children(run.pid()).size() != 2) ::usleep(1000);
    ::kill(run.pid(), SIGTERM);
    if (jobs == "1") trace.rest();
    EXPECT_EQ(run.wait(), 2);
    const Json report = Json::parse(run.rest(), nullptr, false);
    std::map<std::string, std::uint64_t> runs;
    for (const Json& entry : report) {
      EXPECT_EQ(entry["verdict"], "inconclusive");
      runs[entry["scenario"]] += entry.value("runs", 1u);
    }
    EXPECT_THAT(runs, ElementsAre(std::pair("b", 1'000'000), std::pair("c", 1'000'000)));
    ASSERT_THAT(report.size(), AllOf(Ge(3u), Le(4u))) << "what was begun, and the rest of each scenario";
    EXPECT_EQ(report.back()["reason"], "not begun: interrupted (SIGTERM)");
    EXPECT_EQ(report.back()["seed"], 1) << "the first of them";
    const std::string junit = content(at("junit.xml"));
    EXPECT_THAT(junit, HasSubstr("tests=\"" + std::to_string(report.size()) + "\" failures=\"0\""));
    EXPECT_THAT(junit, HasSubstr("name=\"java-5.3.3 tcp seed 1 and 999999 more\""));
    EXPECT_TRUE(junit.ends_with("</testsuites>\n"));
  }
}

TEST_F(Interruption, FilesThatWereNotReadYetAreNotReadAnyMore) {
  write_three();
  ASSERT_EQ(::mkfifo(at("0.json").c_str(), 0600), 0);
  Running run("rmqsim", {"run", at("0.json"), folder_, "--json", "--junit", at("junit.xml")});
  const int writer = ::open(at("0.json").c_str(), O_WRONLY);  // when the program has opened it
  ASSERT_TRUE(becomes([&] { return sleeps(run.pid()); }));
  EXPECT_EQ(run.stop(SIGINT), 2);
  ::close(writer);
  const Json report = Json::parse(run.rest(), nullptr, false);
  ASSERT_EQ(report.size(), 2u) << report.dump();
  EXPECT_EQ(report[1]["file"], at("a.json"));
  EXPECT_EQ(report[1]["runs"], 3);
  EXPECT_EQ(report[1]["reason"], "not read: interrupted (SIGINT)");
  EXPECT_THAT(content(at("junit.xml")), HasSubstr("name=\"is read and 2 more\""));
}

TEST_F(Interruption, ASecondSignalEndsAtOnceAndLeavesTheFilesAsTheyWere) {
  write_three();
  std::ofstream(at("junit.xml")) << "old";
  Trace trace(at("trace"));
  Running run("rmqsim", {"run", at("b.json"), "--junit", at("junit.xml"), "--trace", trace.path()});
  ASSERT_FALSE(trace.line().empty());
  // The run stands still, as nobody reads any more, so the first signal cannot end it.
  ::kill(run.pid(), SIGINT);
  EXPECT_THAT(run.stop(SIGTERM), AnyOf(128 + SIGTERM, 128 + SIGINT));
  EXPECT_EQ(content(at("junit.xml")), "old");
}

TEST_F(Interruption, AScenarioThatNobodyWritesIntoItsPipeIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo(at("late.json").c_str(), 0600), 0);
  Running run("rmqsim", {"run", at("late.json")});
  const int writer = ::open(at("late.json").c_str(), O_WRONLY);  // when the program has opened it
  ASSERT_TRUE(becomes([&] { return sleeps(run.pid()); }));
  EXPECT_EQ(run.stop(SIGINT), 2);
  ::close(writer);
}

TEST_F(Interruption, AReportThatNobodyReadsFromItsPipeIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo(at("junit.xml").c_str(), 0600), 0);
  Running run("rmqsim", {"run", RMQSIM_SOURCE_DIR "/scenarios/basics/quickstart.json", "--junit", at("junit.xml")});
  ASSERT_TRUE(becomes([&] { return sleeps(run.pid()); }));
  EXPECT_EQ(run.stop(SIGTERM), 64);
}

TEST_F(Interruption, AKilledRunLeavesTheFilesAsTheyWere) {
  write_three();
  for (const char* name : {"junit.xml", "ledger"}) std::ofstream(at(name)) << "old";
  Trace trace(at("trace"));
  Running run("rmqsim",
              {"run", at("b.json"), "--junit", at("junit.xml"), "--ledger", at("ledger"), "--trace", trace.path()});
  ASSERT_FALSE(trace.line().empty());
  EXPECT_EQ(run.stop(SIGKILL), 128 + SIGKILL);
  for (const char* name : {"junit.xml", "ledger"}) EXPECT_EQ(content(at(name)), "old") << name;
}

/// Whether a process has a handler for it.
bool catches(pid_t pid, int number) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("SigCgt:")) return (std::stoull(line.substr(8), nullptr, 16) >> (number - 1) & 1) != 0;
  }
  return false;
}

TEST_F(Interruption, RunsSideBySideEndTogether) {
  write_three();
  Running run("rmqsim", {"run", "-v", at("a.json"), at("b.json"), at("c.json"), "--jobs", "2", "--junit", at("junit.xml"),
                         "--world", "tcp", "--max-seconds", "80000"});
  ASSERT_NE(run.line_with("1 send: 1 SEND_OK"), "");
  const auto has_begun = [&] {  // b, in the process that has a loop of its own by then
    const std::vector<pid_t> workers = children(run.pid());
    return workers.size() == 1 && threads(workers.front()) > 1;
  };
  while (!has_begun()) ::usleep(1000);
  EXPECT_EQ(run.stop(SIGINT), 2);
  const std::string text = run.rest();
  EXPECT_THAT(text, HasSubstr("INCONCLUSIVE  b"));
  EXPECT_THAT(text, HasSubstr("given up: interrupted (SIGINT)"));
  EXPECT_THAT(content(at("junit.xml")), HasSubstr(R"(tests="3" )"));
}

TEST_F(Interruption, WorkersEndWithTheirParent) {
  write_three();
  Running run("rmqsim", {"run", "-v", at("a.json"), at("b.json"), at("c.json"), "--jobs", "3", "--world", "tcp",
                         "--max-seconds", "80000"});
  ASSERT_NE(run.line_with("1 send: 1 SEND_OK"), "");
  const std::vector<pid_t> workers = children(run.pid());
  EXPECT_FALSE(workers.empty());
  EXPECT_EQ(run.stop(SIGKILL), 128 + SIGKILL);
  for (const pid_t worker : workers) {
    while (::kill(worker, 0) == 0) ::usleep(1000);
  }
}

TEST_F(Interruption, ARunWhoseProcessDiesIsAnErrorAndTheOthersAreReported) {
  write_three();
  Running run("rmqsim", {"run", "-v", at("a.json"), at("b.json"), at("c.json"), "--jobs", "2", "--junit", at("junit.xml"),
                         "--world", "tcp", "--max-seconds", "80000"});
  ASSERT_NE(run.line_with("1 send: 1 SEND_OK"), "");
  std::vector<pid_t> workers = children(run.pid());
  while (workers.size() != 1) workers = children(run.pid());  // c is done, b never is
  ::kill(workers.front(), SIGKILL);
  EXPECT_EQ(run.wait(), 70);
  const std::string text = run.rest();
  EXPECT_THAT(text, HasSubstr("ERROR  b   java-5.3.3"));
  EXPECT_THAT(text, HasSubstr("signal 9"));
  EXPECT_THAT(text, HasSubstr("3 runs: 2 passed, 0 failed, 1 error"));
  const std::string junit = content(at("junit.xml"));
  EXPECT_THAT(junit, HasSubstr(R"(tests="3" failures="0" errors="1")"));
  EXPECT_THAT(junit, HasSubstr("<error message=\"its process was ended by signal 9"));
}

TEST_F(Interruption, RepeatsEndInTheMiddle) {
  write_three();
  Trace trace(at("trace"));
  Running run("rmqsim", {"run", at("b.json"), "--repeat", "1000", "--json", "--trace", trace.path()});
  ASSERT_FALSE(trace.line().empty());
  ::kill(run.pid(), SIGINT);
  trace.rest();
  EXPECT_EQ(run.wait(), 2);
  EXPECT_EQ(Json::parse(run.rest(), nullptr, false)[0]["verdict"], "inconclusive");
}

TEST_F(Interruption, ComparisonsShowWhatWasCompared) {
  write_three();
  write("b", R"({"send": {"topic": "T", "count": 100000, "body": {"text": "x"}}})");
  write("d", kOne);
  Running run("rmqsim", {"run", "--compare-profiles", at("a.json"), at("b.json"), at("c.json"), at("d.json")});
  // It does not tell where it is, but at b it is for long.
  while (!catches(run.pid(), SIGINT)) ::usleep(1000);
  EXPECT_EQ(run.stop(SIGINT), 2);
  EXPECT_THAT(run.rest(), HasSubstr(" of 4 scenarios were compared"));
}

/// A cluster for clients that are interrupted; it tells of every request.
class InterruptedClient : public Interruption {
 protected:
  InterruptedClient() : up_("rmqsim", {"up", "--json"}) {
    const Json ready = Json::parse(up_.line_with("ready"), nullptr, false);
    if (!ready.is_object()) throw std::runtime_error("rmqsim up does not start");
    namesrv_ = ready["environment"]["NAMESRV_ADDR"];
    control_ = ready["control"];
  }
  Running up_;
  std::string namesrv_, control_;
};

TEST_F(InterruptedClient, SendReportsWhatItSent) {
  Running send("rmqsim", {"send", "--namesrv", namesrv_, "--count", "90000", "--rate", "100", "--json"});
  ASSERT_NE(up_.line_with("SEND_MESSAGE"), "");
  EXPECT_EQ(send.stop(SIGTERM), 2);
  const Json report = Json::parse(send.rest(), nullptr, false);
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report["failed"], 0) << report.dump();
}

TEST_F(InterruptedClient, SendDoesNotWaitAfterASecondSignal) {
  ASSERT_EQ(run_command("RMQSIM_CONTROL=" + control_ + " " + program("rmqsim") +
                        " ctl fault add '*' --on send --drop request")
                .exit_code,
            0);
  Running send("rmqsim", {"send", "--namesrv", namesrv_, "--timeout", "80000000"});
  ASSERT_NE(up_.line_with("SEND_MESSAGE"), "");
  ::kill(send.pid(), SIGINT);
  EXPECT_THAT(send.stop(SIGTERM), AnyOf(128 + SIGTERM, 128 + SIGINT));
}

TEST_F(InterruptedClient, ACommandThatDoesNotListenIsEndedByASecondSignal) {
  write("a", kOne);
  std::ofstream(at("ledger")) << "old";
  Running run("rmqsim", {"run", at("a.json"), "--ledger", at("ledger"), "--max-seconds", "80000", "--", "sh", "-c",
                         "trap '' TERM; echo p''id $$; while :; do sleep 600; done"});
  int command = 0;
  ASSERT_EQ(std::sscanf(run.line_with("pid ").c_str(), "pid %d", &command), 1);
  ::kill(run.pid(), SIGINT);
  EXPECT_THAT(run.stop(SIGTERM), AnyOf(128 + SIGTERM, 128 + SIGINT));
  EXPECT_EQ(content(at("ledger")), "old");
  while (::kill(command, 0) == 0) ::usleep(1000);  // until the guardian has done its work
}

TEST_F(InterruptedClient, ACommandThatIsStoppedHearsThatItIsToEnd) {
  write("a", kOne);
  Running run("rmqsim", {"run", at("a.json"), "--", "sh", "-c",
                         "trap 'echo so be it; exit 0' TERM; echo p''id $$; kill -STOP $$; sleep 600 & wait"});
  int command = 0;
  ASSERT_EQ(std::sscanf(run.line_with("pid ").c_str(), "pid %d", &command), 1);
  ASSERT_TRUE(becomes(
      [&] { return content("/proc/" + std::to_string(command) + "/stat").find(") T ") != std::string::npos; }));
  EXPECT_EQ(run.stop(SIGTERM), 2);
  const std::string said = run.rest();
  EXPECT_THAT(said, HasSubstr("so be it"));
  EXPECT_THAT(said, HasSubstr("the command ended with status 0"));
}

TEST_F(InterruptedClient, ACommandsLedgerIsWrittenAfterASignal) {
  write("a", kOne);
  Running run("rmqsim", {"run", at("a.json"), "--ledger", at("ledger"), "--", "sh", "-c", "echo p''id; sleep 600"});
  ASSERT_NE(run.line_with("pid"), "");
  EXPECT_EQ(run.stop(SIGINT), 2);
  EXPECT_TRUE(Json::parse(content(at("ledger")), nullptr, false).is_object());
  EXPECT_THAT(run.rest(), HasSubstr("INCONCLUSIVE"));
}

}  // namespace interruption_test
}  // namespace rmqsim
