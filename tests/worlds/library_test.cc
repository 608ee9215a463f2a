// The library in the worlds of real time, tcp and process: every scenario that can run there passes there, three times
// over, while something else keeps every core busy. It waits far more than it works, so all of it runs side by side,
// each run in a process of its own, as a user starts it.
#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/file/load_scenario.h"
#include "tests/support/preset.h"
#include "tests/tools/command.h"

namespace rmqsim {
namespace worlds_test {

// Under a sanitizer everything is busy with itself, and what processes add to tcp is tests/tools' business.
const int kRounds = kSanitized ? 1 : 3;
constexpr unsigned kSideBySide = 48;

struct Job {
  std::string command;
  Duration takes;
};

/// One run of everything that these worlds can run.
std::vector<Job> library(const std::vector<WorldKind>& worlds) {
  std::vector<Job> jobs;
  for (const std::string& file : find_scenarios({RMQSIM_SOURCE_DIR "/scenarios"}).files) {
    const ParseResult parsed = load_scenario(file);
    EXPECT_TRUE(parsed.ok()) << parsed.to_string();
    if (!parsed.ok()) continue;
    for (const std::string& profile : parsed.scenario->profiles) {
      const Duration takes = run_scenario(*parsed.scenario, *find_profile(profile), {}).virtual_time;
      for (const WorldKind world : worlds) {
        if (ScenarioWorld::cannot_run(world, *parsed.scenario, {})) continue;
        if (parsed.scenario->worlds && !parsed.scenario->worlds->has(world_name(world))) continue;
        jobs.push_back({program("rmqsim") + " run " + file + " --profile " + profile + " --world " +
                            std::string(world_name(world)) + " --max-seconds 150",
                        takes});
      }
    }
  }
  return jobs;
}

/// Threads that compute for as long as it lives, one for each core; with what is left of the cores when RMQSIM_BUSY
/// says that something else is at work on all of them.
class BusyMachine {
 public:
  BusyMachine() {
    for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
      threads_.emplace_back([this] {
        const sched_param none{};  // this thread's
        if (std::getenv("RMQSIM_BUSY") != nullptr) ::sched_setscheduler(0, SCHED_IDLE, &none);
        while (!over_.load(std::memory_order_relaxed)) {
        }
      });
    }
  }
  ~BusyMachine() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

TEST(LibraryInRealTime, HoldsThreeTimesOverSideBySideOnABusyMachine) {
  const std::vector<Job> once =
      library(kSanitized ? std::vector{WorldKind::tcp} : std::vector{WorldKind::tcp, WorldKind::process});
  ASSERT_GT(once.size(), 200u) << "the library should be able to run in real time, not be refused there";
  std::vector<Job> jobs;
  for (int round = 0; round < kRounds; ++round) jobs.insert(jobs.end(), once.begin(), once.end());
  // The longest first: then the end is not a wait for one.
  std::stable_sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.takes > b.takes; });

  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t passed = 0;
  const BusyMachine busy;
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < kSideBySide; ++i) {
    workers.emplace_back([&] {
      for (std::size_t at; (at = next++) < jobs.size();) {
        const CommandResult result = run_command(jobs[at].command);
        const std::lock_guard lock(mutex);
        passed += result.exit_code == 0;
        if (result.exit_code == 0) continue;
        ADD_FAILURE() << jobs[at].command << "\nended with status " << result.exit_code << "\n" << result.output;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(passed, jobs.size());
}

}  // namespace worlds_test
}  // namespace rmqsim
