// The world of processes: the fakes as programs, the producer over TCP. A sample of what real Java clients left is met
// there too, cluster events reach the programs, trouble with a program is told, and none of them outlives the run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

#include "fake_broker/shell/report_channel.h"
#include "scenarios/harness/cluster/child_process.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/report.h"
#include "tests/scenario/java_ledger.h"
#include "tests/tools/becomes.h"
#include "tests/tools/command.h"
#include "tests/tools/running_program.h"

namespace rmqsim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// For a process on a machine that is busy with other things.
constexpr Duration kPatience = std::chrono::seconds(60);
const std::string kRandom = RMQSIM_SOURCE_DIR "/tests/scenario/data/random";

class ProcessWorld : public testing::Test {
 protected:
  ProcessWorld() : folder_(fs::temp_directory_path() / ("rmqsim-process-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~ProcessWorld() override { fs::remove_all(folder_); }

  /// A scenario file of that name with two brokers of two queues.
  std::string write(const std::string& name, const std::string& steps, const std::string& faults = "",
                    const std::string& expect = "", const std::string& cluster = "") const {
    const std::string file = folder_ / (name + ".json");
    std::ofstream(file) << R"({"version": 1, "name": ")" + name + R"(", "why": "x",
      "cluster": {"brokers": ["broker-a", "broker-b"], "topics": [{"name": "T", "queues": 2}])" + cluster + R"(},
      "producers": [{"name": "p", "group": "g", "config": {"sendMsgTimeout": 2500}, "queueIndex": {"start": 0}}],
      "steps": [)" + steps + R"(], "faults": [)" + faults + R"(], "expect": [)" + expect + "]}";
    return file;
  }
  static std::string send(int count, const std::string& more = "") {
    return R"({"send": {"topic": "T", "count": )" + std::to_string(count) + R"(, "body": {"text": "x"}})" + more + "}";
  }
  static RunResult run(const std::string& file, const std::string& profile = "java-5.3.3") {
    const ParseResult parsed = load_scenario(file);
    EXPECT_TRUE(parsed.ok()) << parsed.to_string();
    RunOptions options;
    options.world = WorldKind::process;
    RunResult result = run_scenario(*parsed.scenario, *find_profile(profile), options);
    text_ = report_text(*parsed.scenario, result, 0, {.verbose = true});
    return result;
  }

  fs::path folder_;
  static inline std::string text_;  ///< of the last run
};

// ---- the sample

/// Recorded scenarios of every kind (sync, async, oneway; codes, statuses, delays, silence, closes, resets, refusals;
/// one to four brokers) that take three seconds at most, and in which 400 ms more or less decide nothing.
const std::vector<std::string> kSample{"random-0001", "random-0004", "random-0005", "random-0008", "random-0009",
                                       "random-0010", "random-0012", "random-0013", "random-0018", "random-0020",
                                       "random-0034", "random-0039", "random-0042", "random-0045", "random-0048"};

TEST_F(ProcessWorld, MeetsASampleOfTheRecordedLedgersSeveralAtOnce) {
  std::vector<RecordedLedger> sample;
  for (const RecordedLedger& ledger : find_ledgers(kRandom + "/ledgers", kRandom)) {
    const std::string name = fs::path(ledger.scenario).stem();
    if (std::find(kSample.begin(), kSample.end(), name) != kSample.end()) sample.push_back(ledger);
  }
  ASSERT_EQ(sample.size(), 30u);
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::string differences;
  const auto work = [&] {
    for (std::size_t i; (i = next++) < sample.size();) {
      const std::vector<std::string> found = differences_from(sample[i], false, WorldKind::process);
      std::lock_guard lock(mutex);
      for (const std::string& line : found) differences += fs::path(sample[i].file).stem().string() + " " + line + "\n";
    }
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < 8; ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(differences, "");
}

// ---- clusters

TEST_F(ProcessWorld, CountsWhatTheProgramsReceivedAndStored) {
  const std::string file = write(
      "counts", send(8), R"({"at": "broker-a", "on": "send", "nth": "1-2", "do": {"respond": {"code": "SYSTEM_BUSY"}}})",
      R"({"sends": "all", "outcome": "SEND_OK"}, {"broker": "broker-a", "received": 4, "stored": 2},
         {"broker": "broker-b", "received": 6, "stored": 6},
         {"nameserver": "ns-1", "on": "route", "requests": [1, 9]})");
  const RunResult result = run(file);
  EXPECT_EQ(result.verdict, RunResult::Verdict::passed) << text_;
  EXPECT_EQ(result.totals.messages, 8u);
  EXPECT_EQ(result.totals.lost, 0u);
}

TEST_F(ProcessWorld, ClosesOnPlainTextWhereTlsIsEnforcedAsTcpDoes) {
  const std::string file = RMQSIM_SOURCE_DIR "/tests/tools/scenarios/plain-text-where-tls-is-enforced.json";
  const std::string behind_a_driver = "--profile java-5.3.3 --client '" + program("rmqsim") + " driver run'";
  for (const std::string& how : {std::string("--world tcp"), std::string("--world process"), behind_a_driver}) {
    const CommandResult r = run_command(program("rmqsim") + " run " + file + " " + how);
    EXPECT_EQ(r.exit_code, 0) << r.output;
  }
}

TEST_F(ProcessWorld, TellsALostAcknowledgementFromALostMessage) {
  const std::string file = write(
      "lost", send(2), R"({"at": "*", "on": "send", "nth": 1, "do": {"storeThenRespond": {"code": "MESSAGE_ILLEGAL"}}})");
  const RunResult result = run(file);
  EXPECT_EQ(result.totals.acknowledgements_lost, 2u) << text_;
  EXPECT_EQ(result.totals.lost, 0u);
}

/// What these scenarios expect cannot be told without what brokers report besides counts.
TEST_F(ProcessWorld, ReportsTransactionsRequestsTracesAndRecalls) {
  const std::string library = RMQSIM_SOURCE_DIR "/scenarios/";
  for (const char* name : {"transactions/transaction-half-message-fails", "request_reply/request-broker-busy",
                           "request_reply/request-callback-to-queue-and-selector", "trace/traces-of-sends"}) {
    const RunResult result = run(library + name + ".json");
    EXPECT_EQ(result.verdict, RunResult::Verdict::passed) << text_;
    EXPECT_GT(result.expectations_checked, 0u) << name;
  }
  const RunResult traced = run(library + "trace/traces-of-sends.json", "java-4.9.8");
  EXPECT_EQ(traced.verdict, RunResult::Verdict::passed) << text_;
}

TEST_F(ProcessWorld, IsNotHeldUpByTracesThatFillASocket) {
  const std::string file = write("traces", R"({"send": {"topic": "T", "count": 3000, "body": {"text": "x"}}})", "",
                                 R"({"sends": "all", "outcome": "SEND_OK"})");
  std::ifstream in(file);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto insert = [&](const std::string& behind, const std::string& more) {
    text.insert(text.find(behind) + behind.size(), more);
  };
  insert(R"("config": {)", R"("enableTrace": true, )");
  insert(R"("topics": [)", R"({"name": "RMQ_SYS_TRACE_TOPIC", "queues": 1}, )");
  std::ofstream(file, std::ios::trunc) << text;
  const RunResult result = run(file);
  EXPECT_EQ(result.verdict, RunResult::Verdict::passed) << text_;
}

TEST_F(ProcessWorld, TellsWhatBecameOfHalfMessages) {
  const std::string file = write(
      "half", R"({"transaction": {"topic": "T", "local": "commit"}}, {"transaction": {"topic": "T", "local": "rollback"}},
         {"transaction": {"topic": "T", "local": "unknown"}}, {"waitMs": 300})",
      "", R"({"sends": 0, "transaction": {"broker": "committed"}}, {"sends": 1, "transaction": {"broker": "rolledBack"}},
         {"sends": 2, "transaction": {"broker": "pending", "checks": 0}})");
  const RunResult result = run(file);
  EXPECT_EQ(result.verdict, RunResult::Verdict::passed) << text_;
  EXPECT_EQ(result.totals.lost, 0u) << text_;
  EXPECT_EQ(result.totals.duplicates, 0u) << text_;
}

TEST_F(ProcessWorld, RecallsATimerMessage) {
  const std::string file = write("recall", R"({"send": {"topic": "T", "count": 2, "delayMs": 60000}}, {"recall": {"sends": 0}})",
                                 "", R"({"sends": 2, "outcome": "RECALLED"}, {"broker": "broker-a", "delayed": {"recalled": [0, 1]}})",
                                 R"(, "recallMessageEnable": true)");
  EXPECT_EQ(run(file).verdict, RunResult::Verdict::passed) << text_;
}

TEST_F(ProcessWorld, KillsRestartsStopsAndContinuesTheirProcesses) {
  // Well past the first poll of routes, 10 ms after the start: after the crash it would no longer name that broker.
  const std::string file = write(
      "events",
      send(2) + R"(, {"waitMs": 1500}, {"do": {"crash": "broker-a"}}, )" + send(4) + R"(, {"do": {"restart": "broker-a"}},
         {"waitMs": 300}, )" + send(4) + R"(, {"do": {"pause": "broker-b"}}, )" + send(1) +
          R"(, {"do": {"resume": "broker-b"}}, )" + send(4),
      "", R"({"sends": "0-9,11-", "outcome": "SEND_OK"})");
  const RunResult result = run(file);
  EXPECT_EQ(result.verdict, RunResult::Verdict::passed) << text_;
  std::size_t refused = 0;
  for (std::size_t i = 2; i < 6; ++i) {
    for (const AttemptRecord& attempt : result.record.sends[i].attempts) refused += attempt.outcome == "CONNECT_FAILED";
  }
  EXPECT_GT(refused, 0u) << text_;
  EXPECT_EQ(result.totals.acknowledged_lost, 0u) << "what was stored before the crash still counts\n" << text_;
}

TEST_F(ProcessWorld, ChangesRoutesAndPermissions) {
  const std::string file = write(
      "routes",
      send(4) + R"(, {"do": {"setPerm": {"topic": "T", "brokers": "broker-a", "perm": "r"}}},
         {"do": {"removeFromRoute": {"broker": "broker-b"}}},
         {"do": {"startProducer": "q"}}, {"send": {"producer": "q", "topic": "T", "body": {"text": "x"}}})",
      "", R"({"sends": "0-3", "outcome": "SEND_OK"}, {"sends": 4, "outcome": "EXCEPTION"})");
  std::ifstream in(file);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::string producers = R"("producers": [)";
  text.replace(text.find(producers), producers.size(),
               producers + R"({"name": "q", "group": "q", "config": {"instanceName": "q"}, "autoStart": false}, )");
  for (std::size_t at; (at = text.find(R"({"topic": "T", "count")")) != std::string::npos;) {
    text.replace(at, 1, R"({"producer": "p", )");
  }
  std::ofstream(file, std::ios::trunc) << text;
  const RunResult result = run(file);
  EXPECT_EQ(result.verdict, RunResult::Verdict::passed) << text_;
}

TEST_F(ProcessWorld, ARouteThatIsSetReplacesTheOldOne) {
  const std::string set = R"({"do": {"setRoute": {"topic": "T", "brokers": "broker-b", "queues": 2}}},)";
  const RunResult result =
      run(write("set-route", set + send(4), "", R"({"sends": "all", "broker": "broker-b", "outcome": "SEND_OK"},
                                                  {"broker": "broker-a", "received": 0})"));
  EXPECT_EQ(result.verdict, RunResult::Verdict::passed) << text_;
}

TEST_F(ProcessWorld, RefusesWhatProcessesCannotDoAndSaysWhy) {
  const auto reason = [&](const std::string& file) {
    const RunResult result = run(file);
    EXPECT_EQ(result.verdict, RunResult::Verdict::refused);
    return result.reason;
  };
  const std::string restart = R"({"do": {"crash": "broker-a"}}, {"do": {"restart": "broker-a"}})";
  EXPECT_THAT(reason(write("nth", restart, R"({"at": "*", "on": "send", "nth": 3, "do": {"drop": "request"}})")),
              HasSubstr("fault \"fault[0]\" counts what reaches broker-a, and a process that was killed forgets"));
  EXPECT_THAT(reason(write("topics", restart, "", "", R"(, "autoCreateTopic": true)")), HasSubstr("autoCreateTopic"));
  EXPECT_THAT(reason(write("half", R"({"transaction": {"topic": "T"}}, )" + restart)),
              HasSubstr("half messages: broker-a is restarted"));
  EXPECT_THAT(reason(write("delay", R"({"send": {"topic": "T", "delayLevel": 1}}, )" + restart)),
              HasSubstr("delayed messages: broker-a is restarted"));
  EXPECT_THAT(reason(write("split", R"({"do": {"partition": {"between": ["p"], "and": ["broker-a"]}}})")),
              HasSubstr("cannot be partitioned"));
}

// ---- trouble

class Script : public ProcessWorld {
 protected:
  std::string script(const std::string& name, const std::string& lines) const {
    const fs::path file = folder_ / name;
    std::ofstream(file) << "#!/bin/sh\n" << lines << "\n";
    fs::permissions(file, fs::perms::owner_all);
    return file;
  }
  static std::string message(const std::function<void()>& act) {
    try {
      act();
    } catch (const ProcessError& error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(Script, ThatFailsIsQuoted) {
  ChildProcess child("broker-a", script("failing", "echo the disk is on fire >&2; exit 3"), {});
  EXPECT_EQ(message([&] { child.ready_line(kPatience); }),
            "broker-a: no ready line; it ended with status 3; its standard error:\nthe disk is on fire");
}

TEST_F(Script, ThatSaysNothingIsNotWaitedForForEver) {
  ChildProcess child("broker-a", script("silent", "echo thinking >&2; exec sleep 60"), {});
  EXPECT_EQ(message([&] { child.ready_line(millis(300)); }),
            "broker-a: no ready line in time, and it was killed; its standard error:\nthinking");
  EXPECT_FALSE(child.running());
}

TEST_F(Script, ThatCannotBeExecutedIsNamed) {
  ChildProcess child("broker-a", folder_ / "nowhere", {});
  EXPECT_THAT(message([&] { child.ready_line(kPatience); }), HasSubstr("it could not be executed"));
}

TEST_F(Script, ThatSomebodyLetsGoOnAsSoonAsItStopsHoldsNobodyUp) {
  ChildProcess child("broker-a", script("still", "exec sleep 600"), {});
  std::atomic<bool> done{false};
  std::thread stops([&] {
    child.stop();
    done = true;
  });
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!done && std::chrono::steady_clock::now() < end) ::kill(child.pid(), SIGCONT);
  EXPECT_TRUE(done);
  ::kill(child.pid(), SIGKILL);  // which ends every wait
  stops.join();
}

TEST_F(Script, BesideTheRunnerThatIsNoServerIsAClearError) {
  fs::copy_file(program("rmqsim"), folder_ / "rmqsim");
  const std::string run = (folder_ / "rmqsim").string() + " run --world process " + write("x", send(1));
  const CommandResult missing = run_command(run);
  EXPECT_EQ(missing.exit_code, 64) << missing.output;
  EXPECT_THAT(missing.output, HasSubstr("the program fake_namesrv is not beside " + (folder_ / "rmqsim").string()));
  script("fake_namesrv", "echo no such option: --control-fd >&2; exit 64");
  const CommandResult broken = run_command(run);
  EXPECT_EQ(broken.exit_code, 64) << broken.output;
  EXPECT_THAT(broken.output, HasSubstr("ns-1: no ready line; it ended with status 64; its standard error:\nno such"));
}

/// rmqsim under way in a process world, with what it starts.
class Runner {
 public:
  Runner(const std::string& file, const std::string& output) {
    pid_ = ::fork();
    if (pid_ == 0) {
      if (std::freopen(output.c_str(), "w", stdout) == nullptr) ::_exit(126);
      const std::string path = program("rmqsim");
      ::execl(path.c_str(), path.c_str(), "run", "--world", "process", file.c_str(), nullptr);
      ::_exit(127);
    }
  }
  ~Runner() {
    if (pid_ > 0) end(SIGKILL);
  }
  /// Those that it started, once there are so many.
  std::vector<pid_t> children(std::size_t n) const {
    std::vector<pid_t> found;
    becomes([&] {
      found.clear();
      for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        if (field(std::stoi(name), 1) == std::to_string(pid_)) found.push_back(std::stoi(name));
      }
      return found.size() >= n;
    });
    return found;
  }
  /// The child that plays this server, once it does.
  static pid_t server(const std::vector<pid_t>& children, const std::string& name) {
    pid_t found = -1;
    becomes([&] {
      for (const pid_t child : children) {
        std::ifstream file("/proc/" + std::to_string(child) + "/cmdline");
        const std::string line((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        if (line.find(name) != std::string::npos) found = child;
      }
      return found > 0;
    });
    return found;
  }
  /// Waits for a step's `pause`: then the steps have begun.
  static bool stops(pid_t pid) {
    return becomes([&] { return field(pid, 0) == "T"; });
  }
  /// Field of /proc/PID/stat counted behind the name: 0 state, 1 parent. Empty when there is no such process.
  static std::string field(pid_t pid, int n) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(stat, line);
    const std::size_t name = line.rfind(')');
    if (name == std::string::npos) return "";
    std::istringstream rest(line.substr(name + 1));
    std::string word;
    for (int i = 0; i <= n; ++i) rest >> word;
    return word;
  }
  static bool gone(pid_t pid) {
    return becomes([&] {
      const std::string state = field(pid, 0);
      return state.empty() || state == "Z";
    });
  }
  int end(int signal) {
    if (signal != 0) ::kill(pid_, signal);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
};

TEST_F(ProcessWorld, LeavesNoProcessBehindHoweverTheRunnerEnds) {
  const std::string file = write("long", send(1) + R"(, {"do": {"pause": "broker-a"}}, {"waitMs": 20000})");
  for (const int signal : {SIGTERM, SIGINT, SIGKILL}) {
    Runner runner(file, folder_ / "out");
    const auto children = runner.children(3);
    ASSERT_EQ(children.size(), 3u);
    ASSERT_TRUE(Runner::stops(Runner::server(children, "broker-a")));
    // The first signal that can be caught gives the run up, with a report; a second one would not wait for that.
    EXPECT_EQ(runner.end(signal), signal == SIGKILL ? 128 + SIGKILL : 2);
    for (const pid_t child : children) EXPECT_TRUE(Runner::gone(child)) << "after signal " << signal;
  }
}

TEST_F(ProcessWorld, AServerThatDiesUnbiddenFailsTheRun) {
  const std::string output = folder_ / "out";
  // The last send waits for broker-a, and so for this test.
  const std::string file = write(
      "dies", send(1) + R"(, {"do": {"pause": "broker-a"}}, {"send": {"topic": "T", "timeoutMs": 60000,
               "queue": {"broker": "broker-a", "queueId": 0}, "body": {"text": "x"}}})");
  Runner runner(file, output);
  const std::vector<pid_t> children = runner.children(3);
  ASSERT_EQ(children.size(), 3u);
  const pid_t paused = Runner::server(children, "broker-a");
  const pid_t dies = Runner::server(children, "broker-b");
  ASSERT_TRUE(Runner::stops(paused));
  ::kill(dies, SIGKILL);
  EXPECT_TRUE(Runner::gone(dies));
  ::kill(paused, SIGCONT);
  EXPECT_EQ(runner.end(0), 1);
  std::ifstream in(output);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_THAT(text, HasSubstr("process broker-b: broker-b: "));
  EXPECT_THAT(text, HasSubstr("it was ended by signal 9"));
  for (const pid_t child : children) EXPECT_TRUE(Runner::gone(child));
}

// ---- servers that somebody stops and does not let go on

class StoppedServer : public testing::Test {
 protected:
  StoppedServer() : folder_(fs::temp_directory_path() / ("rmqsim-stopped-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~StoppedServer() override { fs::remove_all(folder_); }

  /// A scenario whose first send has ended when the test goes on.
  std::string write(const std::string& steps, const std::string& faults = "") const {
    const std::string file = folder_ / "s.json";
    std::ofstream(file) << R"({"version": 1, "name": "s", "why": "x",
      "cluster": {"brokers": ["broker-a", "broker-b"], "topics": [{"name": "T", "queues": {"broker-b": 2}}]},
      "producers": [{"name": "p", "group": "g"}],
      "steps": [{"send": {"topic": "T", "body": {"text": "x"}}})" + steps + R"(], "faults": [)" + faults + "]}";
    return file;
  }

  /// Starts the run and stops broker-a, which has nothing to do, when the first send is under way.
  void begin(const std::string& file, const std::string& max_seconds) {
    Program run("rmqsim", {"run", file, "--world", "process", "--max-seconds", max_seconds, "--trace", "/dev/stdout",
                           "--color", "never"},
                Program::AtOnce());
    ASSERT_NE(run.line_with("\"event\":\"send\""), "");
    const pid_t server = server_of(run.pid(), "broker-a");
    ASSERT_GT(server, 0);
    ::kill(server, SIGSTOP);
    const auto stopped = std::chrono::steady_clock::now();
    if (signal_ != 0) ::kill(run.pid(), signal_);
    text_ = run.rest();
    status_ = run.wait();
    took_ = std::chrono::steady_clock::now() - stopped;
    EXPECT_NE(::kill(server, 0), 0) << "it outlives the run";
  }
  static pid_t server_of(pid_t runner, const std::string& name) {
    std::ifstream in("/proc/" + std::to_string(runner) + "/task/" + std::to_string(runner) + "/children");
    for (pid_t child = 0; in >> child;) {
      std::ifstream line("/proc/" + std::to_string(child) + "/cmdline");
      const std::string words((std::istreambuf_iterator<char>(line)), std::istreambuf_iterator<char>());
      if (words.find(std::string("--name\0", 7) + name) != std::string::npos) return child;
    }
    return -1;
  }

  const fs::path folder_;
  int signal_ = 0;
  std::string text_;
  int status_ = 0;
  std::chrono::steady_clock::duration took_{0};
};

/// Far less than the minute that one that is only slow is given.
constexpr auto kNotLong = std::chrono::seconds(30);

TEST_F(StoppedServer, IsNotWaitedForByARunThatReachedItsLimit) {
  begin(write(R"(, {"send": {"topic": "T", "timeoutMs": 600000, "body": {"text": "x"}}})",
              R"({"at": "broker-b", "on": "send", "nth": 2, "do": {"drop": "response"}})"),
        "3");
  EXPECT_EQ(status_, 2) << text_;
  EXPECT_LT(took_, kNotLong);
  EXPECT_THAT(text_, HasSubstr("given up: the limit of real time for one scenario was reached"));
  EXPECT_THAT(text_, HasSubstr("process broker-a: broker-a: no answer before the run was given up, and it was killed"));
}

TEST_F(StoppedServer, IsNotWaitedForByARunThatWasInterrupted) {
  signal_ = SIGTERM;
  begin(write(R"(, {"waitMs": 50000})"), "60");
  EXPECT_EQ(status_, 2) << text_;
  EXPECT_LT(took_, kNotLong);
  EXPECT_THAT(text_, HasSubstr("given up: interrupted (SIGTERM)"));
  EXPECT_THAT(text_, HasSubstr("process broker-a: broker-a: no answer before the run was given up, and it was killed"));
}

TEST_F(StoppedServer, FailsARunThatEndsByItselfSoon) {
  begin(write(R"(, {"waitMs": 1000})"), "60");
  EXPECT_EQ(status_, 1) << text_;
  EXPECT_LT(took_, kNotLong);
  EXPECT_THAT(text_, HasSubstr("process broker-a: broker-a: no answer as it is stopped (SIGSTOP), and it was killed"));
}

// ---- the control channel

TEST(ControlChannel, LinesComeBackAsTheyWere) {
  const ControlCommand command{.action = ControlCommand::Action::set_route, .topic = "T \"x\"\n",
                               .queues = {{"broker-b", 3}, {"broker-a", 4}}, .perm = 6};
  EXPECT_EQ(parse_control_command(to_line(command)), command);
  EXPECT_EQ(to_line(command).find('\n'), std::string::npos);
  ServerReport report;
  report.registered = 2;
  report.stored_requests = 7;
  report.forgotten = 3;
  report.requests[{310, "T"}] = 9;
  report.copies["KEY"] = 2;
  report.transactions["KEY"] = {1, 1, 2, 3, 4, 5};
  report.transaction_totals = {0, 0, 6, 7, 8, 9};
  report.delivered = 10;
  report.recalled = 11;
  report.rules = {{5, 2, millis(7), millis(9)}, {0, 0, Duration(0), Duration(0)}};
  report.changed = false;
  EXPECT_EQ(parse_server_report(to_line(report)), report);
  const StoredNotice notice{"T \"x\"\n", std::string("\0\xff{}\n", 5)};
  EXPECT_EQ(parse_stored_notice(to_line(notice)), notice);
  EXPECT_EQ(to_line(notice).find('\n'), std::string::npos);
  EXPECT_FALSE(parse_stored_notice(to_line(report)));
  const ToldUntil told{kSimEpoch + Duration(1)};
  EXPECT_EQ(parse_told_until(to_line(told)), told);
  const ControlCommand begin{.action = ControlCommand::Action::begin_faults, .first_step = kSimEpoch + Duration(1)};
  EXPECT_EQ(parse_control_command(to_line(begin)), begin);
}

TEST(ControlChannel, ANameThatEndsInAStarWatchesAllThatBeginSo) {
  EXPECT_TRUE(is_watched({"A", "rmq_*"}, "rmq_sys"));
  EXPECT_TRUE(is_watched({"A", "rmq_*"}, "A"));
  EXPECT_FALSE(is_watched({"A", "rmq_*"}, "AB"));
  EXPECT_FALSE(is_watched({}, "A"));
}

TEST(ControlChannel, NonsenseIsNoCommandAndNoReport) {
  for (const char* line : {"", "{", "[]", "17", "{}", R"({"do": 5})", R"({"do": "fly"})",
                           R"({"do": "setPerm", "perm": "much"})", R"({"stored": "T", "record": "!"})", "\xff\xfe"}) {
    EXPECT_FALSE(parse_control_command(line)) << line;
    EXPECT_FALSE(parse_server_report(line)) << line;
    EXPECT_FALSE(parse_stored_notice(line)) << line;
    EXPECT_FALSE(parse_told_until(line)) << line;
  }
}

TEST(ControlChannel, AProgramAnswersNonsenseWithAnErrorAndEndsWithTheChannel) {
  auto child = std::make_unique<ChildProcess>("ns-1", program("fake_namesrv"),
                                              std::vector<std::string>{"--listen", "127.0.0.1:0"});
  EXPECT_THAT(child->ready_line(kPatience), HasSubstr("fake_namesrv ns-1 ready on 127.0.0.1:"));
  child->tell("fly");
  EXPECT_THAT(child->next_line(kPatience), HasSubstr("not a command: fly"));
  child->tell(to_line(ControlCommand{}));
  const auto report = parse_server_report(child->next_line(kPatience));
  ASSERT_TRUE(report);
  EXPECT_EQ(*report, ServerReport{});
  child->signal(SIGTERM);
  EXPECT_EQ(child->finish(kPatience), std::nullopt);
}

}  // namespace
}  // namespace rmqsim
