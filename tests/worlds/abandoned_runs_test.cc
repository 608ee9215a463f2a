// Runs that are given up in real time: by the limit, in the midst of anything, with a report of what was known; and
// producers that are used before their start and after their end there.
#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

#include <nlohmann/json.hpp>

#include "scenarios/harness/file/load_scenario.h"
#include "tests/scenario/lifecycle.h"
#include "tests/tools/command.h"

namespace rmqsim {
namespace abandoned_runs_test {

namespace fs = std::filesystem;

/// Does the jobs on some threads; each answers what went wrong. They wait more than they work.
std::string side_by_side(std::size_t threads, const std::vector<std::function<std::string()>>& jobs) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::string wrong;
  const auto work = [&] {
    for (std::size_t i; (i = next++) < jobs.size();) {
      const std::string found = jobs[i]();
      const std::lock_guard lock(mutex);
      if (!found.empty()) wrong += found + "\n";
    }
  };
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < threads; ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  return wrong;
}

class AbandonedRuns : public testing::Test {
 protected:
  AbandonedRuns() : folder_(fs::temp_directory_path() / ("rmqsim-abandoned-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~AbandonedRuns() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    const std::string file = folder_ / (name + ".json");
    std::ofstream(file) << text;
    return file;
  }
  /// Runs the files with a limit of one second and looks at nothing but that the program comes to a good end: a status
  /// that is documented, a report of every run, not a word of a sanitizer. `runs` gets the report's.
  std::string run(const std::string& files, const std::string& world, nlohmann::json& runs, int& status) const {
    static std::atomic<int> number = 0;
    const std::string json = folder_ / ("report-" + std::to_string(number++));
    const CommandResult result =
        run_command(program("rmqsim") + " run --json --max-seconds 1 --world " + world + " " + files + " >" + json);
    status = result.exit_code;
    std::ifstream in(json);
    const auto report = nlohmann::json::parse(in, nullptr, false);
    std::string wrong;
    if (status != 0 && status != 1 && status != 2 && status != 64) wrong = "status " + std::to_string(status);
    for (const char* word : {"Sanitizer", "runtime error: ", "terminate called"}) {
      if (result.output.find(word) != std::string::npos) wrong = word;
    }
    runs = report.is_object() ? report.value("runs", nlohmann::json()) : report;
    if (!runs.is_array()) wrong += " no report";
    return wrong.empty() ? "" : world + " " + files + ": " + wrong + "\n" + result.output;
  }

  fs::path folder_;
};

/// A broker that answers no send, and four sends of this mode that wait for it.
std::string silent(const std::string& mode) {
  const std::string what = mode == "transaction" ? R"({"transaction": {"topic": "T", "count": 4}})"
                           : mode == "request"   ? R"({"request": {"topic": "T", "count": 4}})"
                                                 : R"({"send": {"topic": "T", "count": 4, "mode": ")" + mode + "\"}}";
  return R"({"version": 1, "name": "silent-)" + mode + R"(", "why": "Nobody answers.",
    "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 1}]}, "producers": [{"name": "p"}],
    "steps": [)" + what + R"(, {"waitMs": 900}, {"send": {"topic": "T", "mode": "oneway"}}],
    "faults": [{"at": "broker-a", "on": "send", "do": {"drop": "request"}}],
    "expect": [{"sends": "0-3", "outcome": ")" + (mode == "request" ? "REPLY" : "SEND_OK") + R"("}]})";
}

TEST_F(AbandonedRuns, EndWithStatusTwoAndWhatWasKnownWhateverTheyWaitedFor) {
  std::vector<std::function<std::string()>> jobs;
  for (const char* mode : {"sync", "async", "transaction", "request"}) {
    const std::string file = write(std::string("silent-") + mode, silent(mode));
    for (const char* world : {"tcp", "process"}) {
      for (int again = 0; again < 3; ++again) {
        jobs.emplace_back([this, file, world] {
          nlohmann::json runs;
          int status = 0;
          std::string wrong = run(file, world, runs, status);
          if (status != 2) wrong += file + " in " + world + " ends with status " + std::to_string(status) + "\n";
          if (runs.size() != 1 || runs[0].value("verdict", "") != "inconclusive" ||
              runs[0].value("reason", "").find("limit of real time") == std::string::npos) {
            wrong += file + " in " + world + " reports " + runs.dump() + "\n";
          }
          return wrong;
        });
      }
    }
  }
  EXPECT_EQ(side_by_side(12, jobs), "");
}

TEST_F(AbandonedRuns, OfTheWholeLibraryOverTcpLeaveAReportAndNoCrash) {
  const std::vector<std::string> files = find_scenarios({RMQSIM_SOURCE_DIR "/scenarios"}).files;
  ASSERT_GT(files.size(), 100u);
  // A process has several files, so that what a run leaves behind could hurt the next one.
  constexpr std::size_t kProcesses = 32;
  std::vector<std::string> lists(kProcesses);
  std::vector<std::size_t> counts(kProcesses, 0);
  for (std::size_t i = 0; i < files.size(); ++i) {
    lists[i % kProcesses] += " " + files[i];
    const ParseResult parsed = load_scenario(files[i]);
    ASSERT_TRUE(parsed.ok()) << parsed.to_string();
    counts[i % kProcesses] += parsed.scenario->profiles.size();
  }
  std::vector<std::function<std::string()>> jobs;
  for (std::size_t i = 0; i < kProcesses; ++i) {
    jobs.emplace_back([&, i] {
      nlohmann::json runs;
      int status = 0;
      std::string wrong = run(lists[i], "tcp", runs, status);
      if (runs.size() != counts[i]) {
        wrong += std::to_string(runs.size()) + " runs of " + std::to_string(counts[i]) + " are reported\n";
      }
      return wrong;
    });
  }
  EXPECT_EQ(side_by_side(kProcesses, jobs), "");
}

TEST_F(AbandonedRuns, AreNoneWhenAProducerIsUsedBeforeItsStartOrAfterItsEnd) {
  const std::string file = write("lifecycle", lifecycle_scenario());
  std::vector<std::function<std::string()>> jobs;
  const auto add = [&](const LifecyclePlay& play, const char* profile, WorldKind world) {
    jobs.emplace_back([=] { return play_lifecycle(play, *find_profile(profile), world, file); });
  };
  for (const char* profile : {"java-5.3.3", "java-4.9.8"}) {
    for (const LifecyclePlay& play : every_lifecycle(2)) add(play, profile, WorldKind::tcp);
    for (std::uint64_t seed = 1; seed <= 30; ++seed) add(random_lifecycle(seed, 12), profile, WorldKind::tcp);
    for (const LifecyclePlay& play : every_lifecycle(1)) add(play, profile, WorldKind::process);
    for (std::uint64_t seed = 31; seed <= 36; ++seed) add(random_lifecycle(seed, 12), profile, WorldKind::process);
  }
  EXPECT_EQ(side_by_side(6, jobs), "");
}

}  // namespace abandoned_runs_test
}  // namespace rmqsim
