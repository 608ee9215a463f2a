// What only virtual time can promise: jumps, exact instants, bounded memory, and a diagnosis instead of a hang.
#include <gmock/gmock.h>

#include <future>
#include <vector>

#include "producer/transport/event_queue.h"
#include "producer/transport/fifo.h"
#include "tests/transport/sim_fixture.h"

namespace rmqsim::test_support {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(SimRuntime, BeginsAtTheEpochAndStandsStillByItself) {
  SimRuntime world;
  EXPECT_EQ(world.now(), kSimEpoch);
  world.run();
  EXPECT_EQ(world.now(), kSimEpoch);
}

TEST(SimRuntime, TenMinutesPassInOneEvent) {
  SimRuntime world;
  auto timer = world.make_timer();
  TimePoint fired;
  timer->expires_after(std::chrono::minutes(10), [&] { fired = world.now(); });
  world.run();
  EXPECT_EQ(fired, kSimEpoch + std::chrono::minutes(10));
  EXPECT_EQ(world.events(), 1u);
}

TEST(SimRuntime, FiresEverythingDueBeforeWhatThatPosts) {
  SimRuntime world;
  std::vector<int> order;
  auto a = world.make_timer();
  auto b = world.make_timer();
  a->expires_after(millis(1), [&] {
    order.push_back(1);
    world.post([&] { order.push_back(3); });
  });
  b->expires_after(millis(1), [&] { order.push_back(2); });
  world.run();
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(SimRuntime, ATimerOfZeroComesAfterWhatIsReady) {
  SimRuntime world;
  std::vector<int> order;
  auto timer = world.make_timer();
  world.post([&] {
    timer->expires_after(Duration::zero(), [&] { order.push_back(2); });
    world.post([&] { order.push_back(1); });
  });
  world.run();
  EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST(SimRuntime, RunUntilATimeFiresUpToItAndSetsTheClock) {
  SimRuntime world;
  int fired = 0;
  auto a = world.make_timer();
  auto b = world.make_timer();
  a->expires_after(millis(10), [&] { ++fired; });
  b->expires_after(millis(11), [&] { ++fired; });
  EXPECT_TRUE(world.run_for(millis(10)));
  EXPECT_EQ(fired, 1);
  EXPECT_EQ(world.elapsed(), millis(10));
  EXPECT_FALSE(world.run_for(millis(90)));
  EXPECT_EQ(fired, 2);
  EXPECT_EQ(world.elapsed(), millis(100));
}

TEST(SimRuntime, WaitingStopsRightAfterTheReleasingEvent) {
  SimRuntime world;
  Latch latch;
  bool later = false;
  auto a = world.make_timer();
  auto b = world.make_timer();
  a->expires_after(millis(5), [&] { latch.release(); });
  b->expires_after(millis(5), [&] { later = true; });
  world.run_until(latch);
  EXPECT_FALSE(later);
  EXPECT_EQ(world.elapsed(), millis(5));
}

TEST(SimRuntime, WaitingForWhatCannotHappenNamesWhatIsPending) {
  SimRuntime world;
  SimNetwork network(world);
  Transport& a = network.add_node("producer");
  Transport& b = network.add_node("broker");
  network.partition({"producer"}, {"broker"});
  auto acceptor = b.listen("0.0.0.0:10911", [](std::shared_ptr<Connection>) {});
  std::shared_ptr<Connection> connection;
  network.heal();
  Latch connected;
  a.async_connect("10.0.0.2:10911", millis(3000), [&](error_code, std::shared_ptr<Connection> c) {
    connection = std::move(c);
    connected.release();
  });
  world.run_until(connected);
  network.partition({"producer"}, {"broker"});
  world.run([&] { connection->write("x"); });
  Latch never;
  try {
    world.run_until(never);
    FAIL() << "no exception";
  } catch (const NothingPending& error) {
    EXPECT_THAT(error.what(), HasSubstr("held back: producer > broker"));
    EXPECT_THAT(error.what(), HasSubstr("10.0.0.1:40000 > 10.0.0.2:10911"));
    EXPECT_THAT(error.what(), HasSubstr("1 packets held back"));
  }
}

TEST(SimRuntime, BelongsToTheFirstThreadThatDrivesIt) {
  SimRuntime world;
  const auto refused = [&] {
    const auto is_refused = ::testing::ThrowsMessage<std::logic_error>(HasSubstr("belongs to one thread"));
    EXPECT_THAT([&] { world.post([] {}); }, is_refused);
    EXPECT_THAT([&] { world.run([] {}); }, is_refused);
    EXPECT_THAT([&] { world.run(); }, is_refused);
    EXPECT_THAT([&] { (void)world.may_block(); }, is_refused);
  };
  std::async(std::launch::async, [&] { world.run(); }).get();
  refused();
}

TEST(SimRuntime, DrivingItInsideAHandlerIsAnError) {
  SimRuntime world;
  int refused = 0;
  world.post([&] {
    EXPECT_THROW(world.run(), std::logic_error);
    EXPECT_THROW(world.step(), std::logic_error);
    EXPECT_THROW(world.run_for(millis(1)), std::logic_error);
    ++refused;
  });
  auto executor = world.make_executor({.name = "callbacks", .threads = 2});
  executor->execute([&] {
    Latch latch;
    EXPECT_THROW(world.run_until(latch), std::logic_error);
    ++refused;
  });
  world.run();
  EXPECT_EQ(refused, 2);
}

TEST(SimRuntime, AnExceptionOfAHandlerReachesTheDriverAndTheWorldGoesOn) {
  SimRuntime world;
  bool after = false;
  world.post([] { throw std::runtime_error("handler"); });
  world.post([&] { after = true; });
  EXPECT_THROW(world.run(), std::runtime_error);
  world.run();
  EXPECT_TRUE(after);
}

TEST(SimRuntime, ARunawayEndsAtItsLimitOfEvents) {
  SimRuntime world({.max_events = 1000});
  std::function<void()> again = [&] { world.post([&] { again(); }); };
  again();
  EXPECT_THROW(world.run(), Exhausted);
  EXPECT_EQ(world.events(), 1000u);
}

TEST(SimRuntime, ARunawayEndsAtItsLimitOfTime) {
  SimRuntime world({.max_virtual_time = std::chrono::seconds(10)});
  auto timer = world.make_timer();
  int ticks = 0;
  std::function<void()> tick = [&] {
    ++ticks;
    timer->expires_after(std::chrono::seconds(1), [&] { tick(); });
  };
  tick();
  EXPECT_THROW(world.run(), Exhausted);
  EXPECT_EQ(ticks, 11);
}

TEST(SimRuntime, RearmedTimersHoldBoundedMemory) {
  SimRuntime world;
  std::vector<std::unique_ptr<Timer>> timers;
  for (int i = 0; i < 100; ++i) timers.push_back(world.make_timer());
  for (int i = 0; i < 100000; ++i) timers[static_cast<std::size_t>(i) % 100]->expires_after(millis(3000 + i), [] {});
  EXPECT_EQ(world.scheduled(), 100u);
  EXPECT_LE(world.heap_entries(), 201u);
  for (auto& timer : timers) timer->cancel();
  EXPECT_EQ(world.scheduled(), 0u);
  EXPECT_LE(world.heap_entries(), 64u);
}

TEST(SimRuntime, DroppedTasksAreDestroyedWithTheWorld) {
  auto token = std::make_shared<int>();
  auto world = std::make_unique<SimRuntime>();
  auto timer = world->make_timer();
  timer->expires_after(millis(1), [token] {});
  world->post([token] {});
  EXPECT_EQ(token.use_count(), 3);
  world.reset();
  EXPECT_EQ(token.use_count(), 1);
}

TEST(SimRuntime, ExecutorsDealThreadsInTurnWhoeverTheyWorkFor) {
  SimRuntime world;
  auto executor = world.make_executor({.name = "AsyncSenderExecutor", .threads = 2});
  std::vector<ThreadId> ids;
  for (int i = 0; i < 4; ++i) executor->execute([&] { ids.push_back(world.current_thread()); });
  world.run();
  EXPECT_THAT(ids, ElementsAre(ids[0], ids[0] + 1, ids[0], ids[0] + 1));
}

TEST(EventQueue, TakesInOrderOfTimeThenArmingUnderRandomUse) {
  struct Armed {
    std::int64_t at;
    std::uint64_t order;
  };
  Random random(1);
  EventQueue queue;
  std::vector<EventQueue::Slot> slots;
  std::vector<std::unique_ptr<Armed>> expected;  // per slot; null when disarmed
  for (int i = 0; i < 200; ++i) {
    slots.push_back(queue.acquire());
    expected.emplace_back();
  }
  std::uint64_t order = 0;
  std::size_t fired_slot = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::size_t i = random.below(slots.size());
    const std::uint64_t what = random.below(4);
    if (what < 2) {
      const auto at = static_cast<std::int64_t>(random.below(50));
      queue.arm(slots[i], TimePoint{Duration{at}}, [&fired_slot, i] { fired_slot = i; });
      expected[i] = std::make_unique<Armed>(Armed{at, order++});
    } else if (what == 2) {
      queue.disarm(slots[i]);
      expected[i].reset();
    } else if (!queue.empty()) {
      std::size_t first = SIZE_MAX;
      for (std::size_t k = 0; k < expected.size(); ++k) {
        if (!expected[k]) continue;
        if (first == SIZE_MAX || expected[k]->at < expected[first]->at ||
            (expected[k]->at == expected[first]->at && expected[k]->order < expected[first]->order)) {
          first = k;
        }
      }
      ASSERT_EQ(queue.next_time(), TimePoint{Duration{expected[first]->at}});
      queue.take()();
      ASSERT_EQ(fired_slot, first) << "round " << round;
      expected[first].reset();
    }
    const auto armed = static_cast<std::size_t>(
        std::count_if(expected.begin(), expected.end(), [](const auto& one) { return one != nullptr; }));
    ASSERT_EQ(queue.size(), armed);
    ASSERT_LE(queue.heap_entries(), std::max<std::size_t>(64, 2 * armed) + 1);
  }
}

TEST(Fifo, KeepsOrderAcrossGrowthAndBothEnds) {
  Fifo<std::string> fifo;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 20; ++i) fifo.push_back(std::to_string(i));
    fifo.push_front("first");
    ASSERT_EQ(fifo.size(), 21u);
    EXPECT_EQ(fifo[1], "0");
    EXPECT_EQ(fifo.pop_front(), "first");
    for (int i = 0; i < 20; ++i) EXPECT_EQ(fifo.pop_front(), std::to_string(i));
    EXPECT_TRUE(fifo.empty());
  }
}

}  // namespace
}  // namespace rmqsim::test_support
