// What a run left with others is silent once the run is over, whatever it was.
#include <gtest/gtest.h>

#include <stdexcept>

#include "producer/transport/sim/sim_runtime.h"
#include "scenarios/harness/engine/run_scope.h"

namespace rmqsim {
namespace run_scope_test {

TEST(RunScope, SilencesPostsTimersTasksAndHandlersWhenItEnds) {
  SimRuntime runtime;
  RunScope run(runtime, nullptr);
  int called = 0;
  auto pool = run.make_executor({.name = "pool"});
  Function<int(int)> handler = run.bind([&](int n) { return ++called, n; });
  const auto leave_everything = [&] {
    run.post([&] { ++called; });
    run.later(millis(1), [&] { ++called; });
    pool.execute([&] { ++called; });
  };
  leave_everything();
  EXPECT_EQ(handler(7), 7);
  runtime.run();
  EXPECT_EQ(called, 4);
  leave_everything();
  run.end();
  runtime.run();
  EXPECT_EQ(handler(7), 0) << "a default value, and no call";
  EXPECT_EQ(called, 4);
}

TEST(RunScope, OutlivesNothingThatItHandedOut) {
  SimRuntime runtime;
  Function<void()> handler;
  bool called = false;
  {
    RunScope run(runtime, nullptr);
    handler = run.bind([&] { called = true; });
    run.post([&] { called = true; });
  }
  handler();
  runtime.run();
  EXPECT_FALSE(called);
}

TEST(RunScope, EndsWithTheFirstExceptionAndTellsItOnce) {
  SimRuntime runtime;
  std::vector<std::string> told;
  RunScope run(runtime, [&](const std::string& what) { told.push_back(what); });
  int called = 0;
  for (int i = 0; i < 2; ++i) {
    run.post([&] {
      ++called;
      throw std::runtime_error("no");
    });
  }
  EXPECT_NO_THROW(runtime.run());
  EXPECT_EQ(called, 1);
  EXPECT_EQ(told, std::vector<std::string>{"no"});
}

}  // namespace run_scope_test
}  // namespace rmqsim
