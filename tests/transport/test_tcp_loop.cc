// Who runs the event loop of a TCP world: whatever threads wait, post and leave, nobody waits in vain.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "producer/transport/tcp/tcp_loop_turns.h"
#include "producer/transport/tcp/tcp_runtime.h"

namespace rmqsim {
namespace {

constexpr int kEnough = 4 * TcpLoopTurns::kShortWaits;

/// A wait that ends as soon as the loop has run one handler.
void wait_once(Runtime& runtime) {
  Latch latch;
  runtime.post([&latch] { latch.release(); });
  runtime.run_until(latch);
}

void wait_often(Runtime& runtime, int times = kEnough) {
  for (int i = 0; i < times; ++i) wait_once(runtime);
}

TEST(TcpLoop, ServesOneThreadThatWaitsAgainAndAgain) {
  TcpRuntime runtime;
  wait_often(runtime);
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
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&runtime, t] {
      for (int burst = 0; burst < 5; ++burst) {
        wait_often(runtime, 50 + 20 * t);
        std::this_thread::yield();
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(TcpLoop, EndsWithItsWorldRightAfterARunOfWaits) {
  for (int i = 0; i < 10; ++i) {
    TcpRuntime runtime;
    wait_often(runtime);
  }
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
