// Who runs the event loop of a TCP world: whatever threads wait, post and leave, nobody waits in vain.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "producer/transport/tcp/tcp_loop_turns.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_wakefulness.h"

namespace rmqsim {
namespace {

constexpr int kEnough = 4 * TcpLoopTurns::kShortWaits;

/// A wait that ends as soon as the loop has run one handler; how often that handler has run when it does.
int wait_once(Runtime& runtime) {
  Latch latch;
  int ran = 0;
  runtime.post([&] { ++ran, latch.release(); });
  runtime.run_until(latch);
  return ran;
}

/// How many handlers ran.
int wait_often(Runtime& runtime, int times = kEnough) {
  int ran = 0;
  for (int i = 0; i < times; ++i) ran += wait_once(runtime);
  return ran;
}

/// Whether it comes to its end. What waits in vain cannot be unwound: then the program says so and ends.
void ends(const char* claim, const std::function<void()>& what) {
  std::packaged_task<void()> task(what);
  const std::future<void> end = task.get_future();
  std::thread thread(std::move(task));
  if (end.wait_for(std::chrono::minutes(1)) != std::future_status::ready) {
    ADD_FAILURE() << claim << ": somebody has waited in vain for a minute";
    std::fflush(nullptr);
    std::_Exit(1);
  }
  thread.join();
}

TEST(TcpLoop, ServesOneThreadThatWaitsAgainAndAgain) {
  TcpRuntime runtime;
  ends("one thread", [&] { EXPECT_EQ(wait_often(runtime), kEnough); });
}

TEST(TcpLoop, RunsHandlersAsTheWorldsThreadWhoeverRunsIt) {
  TcpRuntime runtime;
  const ThreadId mine = runtime.current_thread();
  for (int i = 0; i < kEnough; ++i) {
    Latch latch;
    ThreadId seen = mine;
    static_cast<Runtime&>(runtime).post([&] {
      seen = runtime.current_thread();
      latch.release();
    });
    runtime.run_until(latch);
    EXPECT_NE(seen, mine);
    EXPECT_EQ(runtime.current_thread(), mine);
  }
}

TEST(TcpLoop, RunsAPostAfterTheLastWait) {
  TcpRuntime runtime;
  for (int round = 0; round < 20; ++round) {
    wait_often(runtime);
    std::promise<void> ran;
    runtime.post([&] { ran.set_value(); });
    EXPECT_EQ(ran.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  }
}

TEST(TcpLoop, FiresATimerAfterTheLastWait) {
  TcpRuntime runtime;
  wait_often(runtime);
  std::promise<void> fired;
  const auto timer = runtime.make_timer();
  timer->expires_after(millis(5), [&] { fired.set_value(); });
  EXPECT_EQ(fired.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST(TcpLoop, ServesThreadsThatComeAndGoWhileOneOfThemRunsIt) {
  TcpRuntime runtime;
  ends("four threads", [&] {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&runtime, t] {
        for (int burst = 0; burst < 5; ++burst) {
          EXPECT_EQ(wait_often(runtime, 50 + 20 * t), 50 + 20 * t);
          std::this_thread::yield();
        }
      });
    }
    for (auto& thread : threads) thread.join();
  });
}

TEST(TcpLoop, EndsWithItsWorldRightAfterARunOfWaits) {
  ends("ten worlds", [] {
    for (int i = 0; i < 10; ++i) {
      std::weak_ptr<int> held;
      {
        TcpRuntime runtime;
        EXPECT_EQ(wait_often(runtime), kEnough);
        const auto token = std::make_shared<int>();
        held = token;
        runtime.post([token] {});
      }
      EXPECT_TRUE(held.expired()) << "what was posted last has run or ended with its world";
    }
  });
}

TEST(TcpWakefulness, BeginsAfterARunOfShortWaitsAndEndsWithALongOne) {
  TcpWakefulness wakefulness(true);
  for (int i = 1; i < TcpWakefulness::kShortWaits; ++i) wakefulness.note_wait(TcpWakefulness::kMoment);
  EXPECT_FALSE(wakefulness.wanted());
  wakefulness.note_wait(TcpWakefulness::kMoment);
  EXPECT_TRUE(wakefulness.wanted());
  wakefulness.note_wait(TcpWakefulness::kMoment);
  EXPECT_TRUE(wakefulness.wanted());
  wakefulness.note_wait(TcpWakefulness::kMoment + std::chrono::nanoseconds{1});
  EXPECT_FALSE(wakefulness.wanted());
  for (int i = 1; i < TcpWakefulness::kShortWaits; ++i) wakefulness.note_wait(TcpWakefulness::kMoment);
  EXPECT_FALSE(wakefulness.wanted()) << "one long wait asks for a whole run of short ones again";
}

TEST(TcpWakefulness, CountsASleepAsShortWhereOnlyWakingMadeItLong) {
  TcpWakefulness wakefulness(true);
  const auto woken_late = TcpWakefulness::kMoment + TcpWakefulness::kWaking;
  for (int i = 0; i < TcpWakefulness::kShortWaits; ++i) wakefulness.note_wait(woken_late);
  EXPECT_TRUE(wakefulness.wanted());
  wakefulness.note_wait(woken_late);
  EXPECT_FALSE(wakefulness.wanted()) << "it was awake, and still waited long";
}

TEST(TcpWakefulness, IsNotForALoopThatSeveralThreadsShare) {
  TcpWakefulness wakefulness(false);
  for (int i = 0; i < 2 * TcpWakefulness::kShortWaits; ++i) wakefulness.note_wait(TcpWakefulness::kMoment);
  EXPECT_FALSE(wakefulness.wanted());
}

TEST(TcpLoopTurns, AreTheIoThreadsUntilThereWereEnoughShortWaits) {
  TcpLoopTurns turns(true);
  for (int i = 1; i < TcpLoopTurns::kShortWaits; ++i) turns.note_wait(TcpLoopTurns::kShort);
  EXPECT_FALSE(turns.stand_by_wanted());
  turns.note_wait(2 * TcpLoopTurns::kShort);  // a long one begins the count again
  for (int i = 1; i < TcpLoopTurns::kShortWaits; ++i) turns.note_wait(TcpLoopTurns::kShort);
  EXPECT_FALSE(turns.stand_by_wanted());
  turns.note_wait(TcpLoopTurns::kShort);
  EXPECT_TRUE(turns.stand_by_wanted());
}

TEST(TcpLoopTurns, StayTheIoThreadsWhereSeveralShareTheLoop) {
  TcpLoopTurns turns(false);
  for (int i = 0; i < 2 * TcpLoopTurns::kShortWaits; ++i) turns.note_wait(TcpLoopTurns::kShort);
  EXPECT_FALSE(turns.stand_by_wanted());
  EXPECT_FALSE(turns.take_over());
}

TEST(TcpLoopTurns, GoBackToTheIoThreadWhenNobodyLeads) {
  TcpLoopTurns turns(true);
  turns.stand_by();  // returns by itself
  EXPECT_FALSE(turns.take_over());
}

TEST(TcpLoopTurns, AreNotTakenWhileAnotherThreadWaits) {
  TcpLoopTurns turns(true);
  const TcpLoopTurns::Waiting first(turns);
  const TcpLoopTurns::Waiting second(turns);
  turns.stand_by();  // recalled at once: somebody waits already
  EXPECT_FALSE(turns.take_over());
}

}  // namespace
}  // namespace rmqsim
