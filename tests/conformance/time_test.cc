// Timers, posts and dispatch behave alike in both worlds.
#include <chrono>
#include <limits>
#include <stdexcept>
#include <vector>

#include "tests/conformance/world_fixture.h"

namespace rmqsim::testing {
namespace {

class Timers : public WorldTest {};
class Posts : public WorldTest {};
class Dispatch : public WorldTest {};

TEST_P(Timers, FireInOrderOfTheirTimes) {
  std::vector<int> order;
  Latch done;
  auto a = runtime().make_timer();
  auto b = runtime().make_timer();
  auto c = runtime().make_timer();
  run([&] {
    c->expires_after(millis(30), [&] { order.push_back(3), done.release(); });
    a->expires_after(millis(10), [&] { order.push_back(1); });
    b->expires_after(millis(20), [&] { order.push_back(2); });
  });
  wait(done);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST_P(Timers, OfTheSameInstantFireInOrderOfArming) {
  std::vector<int> order;
  Latch done;
  std::vector<std::unique_ptr<Timer>> timers;
  run([&] {
    const TimePoint at = runtime().now() + millis(5);
    for (int i = 0; i < 20; ++i) {
      timers.push_back(runtime().make_timer());
      timers.back()->expires_at(at, [&, i] {
        order.push_back(i);
        if (i == 19) done.release();
      });
    }
  });
  wait(done);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST_P(Timers, NeverFireEarly) {
  auto timer = runtime().make_timer();
  for (int i = 1; i <= 5; ++i) {
    Latch done;
    TimePoint due;
    TimePoint fired;
    run([&] {
      due = runtime().now() + std::chrono::microseconds(700 * i);
      timer->expires_at(due, [&] { fired = runtime().now(), done.release(); });
    });
    wait(done);
    EXPECT_GE(fired, due);
  }
}

TEST_P(Timers, RearmingReplacesTheFormerWait) {
  int former = 0;
  Latch done;
  auto timer = runtime().make_timer();
  run([&] {
    timer->expires_after(millis(1), [&] { ++former; });
    timer->expires_after(millis(20), [&] { done.release(); });
  });
  wait(done);
  EXPECT_EQ(former, 0);
}

TEST_P(Timers, CanBeRearmedByTheirOwnHandler) {
  int count = 0;
  Latch done;
  auto timer = runtime().make_timer();
  std::function<void()> tick = [&] {
    if (++count == 5) return done.release();
    timer->expires_after(millis(1), [&] { tick(); });
  };
  run([&] { timer->expires_after(millis(1), [&] { tick(); }); });
  wait(done);
  EXPECT_EQ(count, 5);
}

TEST_P(Timers, ACancelledHandlerIsDestroyedWithoutBeingCalled) {
  bool called = false;
  auto token = std::make_shared<int>();
  auto timer = runtime().make_timer();
  run([&] {
    timer->expires_after(millis(1), [&called, token] { called = true; });
    timer->cancel();
  });
  EXPECT_EQ(token.use_count(), 1);
  pass(millis(10));
  EXPECT_FALSE(called);
}

TEST_P(Timers, DestroyingOneCancelsIt) {
  bool called = false;
  auto token = std::make_shared<int>();
  auto timer = runtime().make_timer();
  run([&] {
    timer->expires_after(millis(1), [&called, token] { called = true; });
    timer.reset();
  });
  EXPECT_EQ(token.use_count(), 1);
  pass(millis(10));
  EXPECT_FALSE(called);
}

TEST_P(Timers, MayDestroyThemselvesInTheirHandler) {
  Latch done;
  auto timer = runtime().make_timer();
  run([&] {
    timer->expires_after(millis(1), [&] {
      timer.reset();
      done.release();
    });
  });
  wait(done);
  EXPECT_EQ(timer, nullptr);
}

TEST_P(Timers, ZeroAndNegativeWaitsFireSoonButNotInsideTheCall) {
  for (const Duration d : {Duration::zero(), Duration(-5), Duration::min()}) {
    Latch done;
    bool inside = true;
    bool fired_inside = false;
    auto timer = runtime().make_timer();
    run([&] {
      timer->expires_after(d, [&] { fired_inside = inside, done.release(); });
      inside = false;
    });
    wait(done);
    EXPECT_FALSE(fired_inside);
  }
}

TEST_P(Timers, ForEverIsNotTheNearFuture) {
  bool fired = false;
  auto timer = runtime().make_timer();
  run([&] { timer->expires_after(Duration::max(), [&] { fired = true; }); });
  pass(millis(5));
  EXPECT_FALSE(fired);
}

TEST_P(Timers, TimeNeverRunsBackwards) {
  TimePoint last = runtime().now();
  for (int i = 0; i < 20; ++i) {
    pass(std::chrono::microseconds(100));
    const TimePoint now = runtime().now();
    EXPECT_GE(now - last, std::chrono::microseconds(100));
    last = now;
  }
}

TEST_P(Posts, RunInOrderAfterTheHandlerThatPosted) {
  std::vector<int> order;
  Latch done;
  run([&] {
    runtime().post([&] { order.push_back(1); });
    runtime().post([&] {
      order.push_back(2);
      runtime().post([&] { order.push_back(4), done.release(); });
    });
    runtime().post([&] { order.push_back(3); });
    order.push_back(0);
  });
  wait(done);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST_P(Posts, ComeFromOutsideInOrderToo) {
  std::vector<int> order;
  Latch done;
  for (int i = 0; i < 1000; ++i) runtime().post([&order, i] { order.push_back(i); });
  runtime().post([&] { done.release(); });
  wait(done);
  ASSERT_EQ(order.size(), 1000u);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST_P(Dispatch, RunsInlineOnTheCallersThread) {
  bool ran = false;
  const ThreadId mine = runtime().current_thread();
  ThreadId inside = mine + 1;
  run([&] { ran = true, inside = runtime().current_thread(); });
  EXPECT_TRUE(ran);
  EXPECT_EQ(inside, mine);
}

TEST_P(Dispatch, NestsInsideItselfAndInsideHandlers) {
  std::vector<int> order;
  Latch done;
  run([&] {
    order.push_back(0);
    run([&] { order.push_back(1); });
    order.push_back(2);
  });
  runtime().post([&] {
    run([&] { order.push_back(3); });
    done.release();
  });
  wait(done);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}

TEST_P(Dispatch, PassesOnWhatTheTaskThrowsAndLeavesTheWorldUsable) {
  EXPECT_THROW(run([] { throw std::runtime_error("task"); }), std::runtime_error);
  Latch done;
  runtime().post([&] { done.release(); });
  wait(done);
  EXPECT_TRUE(done.released());
}

TEST_P(Dispatch, AThreadScopeSaysOnWhoseBehalfTheCallerActs) {
  const ThreadId mine = runtime().current_thread();
  const ThreadId other = runtime().new_thread("other");
  EXPECT_NE(mine, other);
  {
    const ThreadScope scope(runtime(), other);
    ThreadId seen = mine;
    run([&] { seen = runtime().current_thread(); });
    EXPECT_EQ(seen, other);
  }
  EXPECT_EQ(runtime().current_thread(), mine);
}

TEST_P(Dispatch, HandlersOfTheWorldShareOneThreadId) {
  Latch done;
  ThreadId posted = 0;
  ThreadId timed = 0;
  auto timer = runtime().make_timer();
  runtime().post([&] {
    posted = runtime().current_thread();
    timer->expires_after(millis(1), [&] { timed = runtime().current_thread(), done.release(); });
  });
  wait(done);
  EXPECT_EQ(posted, timed);
  EXPECT_NE(posted, runtime().current_thread());
}

INSTANTIATE_TEST_SUITE_P(Worlds, Timers, ::testing::Values(WorldKind::sim, WorldKind::tcp), world_name);
INSTANTIATE_TEST_SUITE_P(Worlds, Posts, ::testing::Values(WorldKind::sim, WorldKind::tcp), world_name);
INSTANTIATE_TEST_SUITE_P(Worlds, Dispatch, ::testing::Values(WorldKind::sim, WorldKind::tcp), world_name);

}  // namespace
}  // namespace rmqsim::testing
