// Latches, executors and the ban on blocking behave alike in both worlds.
#include <set>
#include <stdexcept>
#include <vector>

#include "tests/conformance/world_fixture.h"

namespace rmqsim::testing {
namespace {

class Waiting : public WorldTest {};
class Executors : public WorldTest {
 protected:
  /// Runs `count` tasks that the executor takes while the monitor is held; returns the threads they ran as.
  std::vector<ThreadId> threads_of(Executor& executor, int count) {
    std::vector<ThreadId> threads;
    Latch done;
    run([&] {
      for (int i = 0; i < count; ++i) {
        executor.execute([&, last = i + 1 == count] {
          run([&] { threads.push_back(runtime().current_thread()); });
          if (last) done.release();
        });
      }
    });
    wait(done);
    return threads;
  }
};

TEST_P(Waiting, ReturnsAtOnceWhenTheLatchIsOpen) {
  Latch latch;
  latch.release();
  wait(latch);
  EXPECT_TRUE(latch.released());
}

TEST_P(Waiting, SeesALatchThatAHandlerReleases) {
  auto guard = runtime().make_timer();
  for (int i = 0; i < 200; ++i) {
    Latch latch;
    bool seen = false;
    bool in_vain = false;
    run([&] {
      guard->expires_after(std::chrono::seconds(30), [&] { in_vain = true, latch.release(); });
    });
    runtime().post([&] { seen = true, latch.release(); });
    wait(latch);
    run([&] { guard->cancel(); });
    ASSERT_TRUE(seen) << "wait " << i << " ended without its handler";
    ASSERT_FALSE(in_vain) << "wait " << i;
  }
}

TEST_P(Waiting, InsideAHandlerIsAnError) {
  Latch never;
  Latch done;
  int refused = 0;
  const auto attempt = [&] {
    try {
      runtime().run_until(never);
    } catch (const std::logic_error&) {
      ++refused;
    }
  };
  auto timer = runtime().make_timer();
  run(attempt);
  runtime().post([&] {
    attempt();
    timer->expires_after(millis(1), [&] {
      attempt();
      done.release();
    });
  });
  wait(done);
  EXPECT_EQ(refused, 3);
}

TEST_P(Waiting, InsideATaskOfASerialisedExecutorIsAnError) {
  Latch never;
  Latch done;
  bool refused = false;
  auto executor = runtime().make_executor({.name = "stack", .serialised = true});
  executor->execute([&] {
    try {
      runtime().run_until(never);
    } catch (const std::logic_error&) {
      refused = true;
    }
    done.release();
  });
  wait(done);
  EXPECT_TRUE(refused);
}

TEST_P(Executors, DealTasksToTheirLogicalThreadsInTurn) {
  auto executor = runtime().make_executor({.name = "stack", .threads = 3, .serialised = true});
  const auto threads = threads_of(*executor, 7);
  ASSERT_EQ(threads.size(), 7u);
  EXPECT_EQ(std::set<ThreadId>(threads.begin(), threads.end()).size(), 3u);
  for (std::size_t i = 3; i < 7; ++i) EXPECT_EQ(threads[i], threads[i - 3]);
  EXPECT_NE(threads[0], runtime().current_thread());
}

TEST_P(Executors, HaveThreadsOfTheirOwn) {
  auto one = runtime().make_executor({.name = "one", .threads = 1});
  auto other = runtime().make_executor({.name = "other", .threads = 1});
  EXPECT_NE(threads_of(*one, 1), threads_of(*other, 1));
  EXPECT_EQ(threads_of(*one, 1), threads_of(*one, 1));
}

TEST_P(Executors, OfOneThreadRunTasksInOrder) {
  for (const bool serialised : {false, true}) {
    auto executor = runtime().make_executor({.name = "fifo", .threads = 1, .serialised = serialised});
    std::vector<int> order;
    Latch done;
    for (int i = 0; i < 500; ++i) executor->execute([&order, i] { order.push_back(i); });
    executor->execute([&] { done.release(); });
    wait(done);
    ASSERT_EQ(order.size(), 500u);
    for (int i = 0; i < 500; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
  }
}

TEST_P(Executors, RefuseBeyondThreadsPlusQueue) {
  auto executor = runtime().make_executor({.name = "small", .threads = 2, .queue_capacity = 3, .serialised = true});
  int ran = 0;
  int refused = 0;
  Latch done;
  run([&] {  // nothing can run meanwhile: serialised tasks need the monitor
    for (int i = 0; i < 7; ++i) {
      if (!executor->execute([&] {
            if (++ran == 5) done.release();
          })) {
        ++refused;
      }
    }
  });
  wait(done);
  EXPECT_EQ(refused, 2);
  wait_until([&] { return executor->execute([] {}); });
}

TEST_P(Executors, AfterShutdownRunWhatIsQueuedAndRefuseTheRest) {
  auto executor = runtime().make_executor({.name = "ends", .threads = 1, .serialised = true});
  int ran = 0;
  Latch done;
  bool refused = false;
  run([&] {
    executor->execute([&] { ++ran; });
    executor->execute([&] { ++ran, done.release(); });
    executor->shutdown();
    refused = !executor->execute([&] { ran = 100; });
  });
  wait(done);
  EXPECT_TRUE(refused);
  EXPECT_EQ(ran, 2);
}

TEST_P(Executors, DropWhatHasNotBegunWhenDestroyed) {
  auto token = std::make_shared<int>();
  bool ran = false;
  run([&] {
    auto executor = runtime().make_executor({.name = "short", .threads = 1, .serialised = true});
    executor->execute([&ran, token] { ran = true; });
    executor.reset();
  });
  pass(millis(5));
  run([&] { EXPECT_FALSE(ran); });
  EXPECT_EQ(token.use_count(), 1);
}

TEST_P(Executors, MayBeDestroyedByTheirOwnTask) {
  for (const bool serialised : {false, true}) {
    auto executor = runtime().make_executor({.name = "suicide", .threads = 2, .serialised = serialised});
    Latch done;
    executor->execute([&] {
      executor.reset();
      done.release();
    });
    wait(done);
    EXPECT_EQ(executor, nullptr);
  }
}

TEST_P(Executors, OfTheUserMayCallBackIntoTheWorld) {
  auto executor = runtime().make_executor({.name = "callbacks", .threads = 4});
  int count = 0;
  Latch done;
  for (int i = 0; i < 100; ++i) {
    executor->execute([&] {
      run([&] {
        if (++count == 100) done.release();
      });
    });
  }
  wait(done);
  run([&] { EXPECT_EQ(count, 100); });
}

TEST_P(Waiting, ANamedStreamOfRandomnessDependsOnSeedAndNameOnly) {
  Random expected(1, "queue");
  runtime().random("another").next();
  Random& stream = runtime().random("queue");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(stream.next(), expected.next());
  EXPECT_EQ(&runtime().random("queue"), &stream);
}

INSTANTIATE_TEST_SUITE_P(Worlds, Waiting, ::testing::Values(WorldKind::sim, WorldKind::tcp), world_name);
INSTANTIATE_TEST_SUITE_P(Worlds, Executors, ::testing::Values(WorldKind::sim, WorldKind::tcp), world_name);

}  // namespace
}  // namespace rmqsim::testing
