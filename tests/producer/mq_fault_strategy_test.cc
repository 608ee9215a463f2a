// Queue choice and fault items: the tables of both profiles, the number of round-robin increments, and what isolates.
#include "producer/latency/mq_fault_strategy.h"

#include <gtest/gtest.h>

#include <tuple>

namespace rmqsim {
namespace mq_fault_strategy_test {

const Profile& k533 = *find_profile("java-5.3.3");
const Profile& k498 = *find_profile("java-4.9.8");
constexpr ThreadId kThread = 1;

TopicRouteData route(std::initializer_list<const char*> brokers, std::int32_t queues = 2) {
  TopicRouteData data;
  for (const char* name : brokers) {
    data.queue_datas.push_back({name, queues, queues, 6, 0});
    BrokerData broker;
    broker.broker_name = name;
    broker.broker_addrs[kMasterId] = std::string(name) + ":1";
    data.broker_datas.push_back(std::move(broker));
  }
  return data;
}

class Strategy : public testing::Test {
 protected:
  std::string select(MQFaultStrategy& strategy, const std::string& last = "", bool reset = false,
                     std::int64_t now = 0) {
    const auto queue = strategy.select_one_message_queue(info_, last, reset, kThread, now);
    return queue ? queue->getBrokerName() + "/" + std::to_string(queue->getQueueId()) : "none";
  }
  QueueIndexSource source_{0, {5, 1}, nullptr, false};
  TopicPublishInfo info_ = TopicPublishInfo::from_route("T", route({"a", "b", "c"}), &source_);
};

TEST_F(Strategy, WithoutLatencyModeQueuesAreWalkedInTurnAndTheLastBrokerIsSkipped) {
  for (const Profile* profile : {&k533, &k498}) {
    TopicPublishInfo info = TopicPublishInfo::from_route("T", route({"a", "b", "c"}), &source_);
    info_ = std::move(info);
    MQFaultStrategy strategy(*profile, &source_);
    EXPECT_EQ(select(strategy), "a/1");
    EXPECT_EQ(select(strategy), "b/0");
    EXPECT_EQ(select(strategy, "b"), "c/0");  // b/1 is looked at and skipped: the index moves on
    EXPECT_EQ(select(strategy), "c/1");
  }
}

TEST_F(Strategy, ASingleBrokerIsTriedAgainAfterAFutileRound) {
  info_ = TopicPublishInfo::from_route("T", route({"a"}, 4), &source_);
  MQFaultStrategy strategy(k533, &source_);
  EXPECT_EQ(select(strategy), "a/1");
  EXPECT_EQ(select(strategy, "a"), "a/2");  // four looks, then the next: 2, 3, 0, 1, and 2
}

TEST_F(Strategy, LatencyModeOf533AvoidsIsolatedBrokersAndTheLastOne) {
  MQFaultStrategy strategy(k533, &source_);
  strategy.setSendLatencyFaultEnable(true);
  strategy.update_fault_item("b", 0, true, false, 0);
  EXPECT_EQ(select(strategy), "a/1");
  EXPECT_EQ(select(strategy), "c/0");
  EXPECT_EQ(select(strategy, "c"), "a/0");
  EXPECT_EQ(select(strategy, "", false, 10'000), "a/1");
  EXPECT_EQ(select(strategy, "", false, 10'000), "b/0");  // its ten seconds are over
}

TEST_F(Strategy, ARetryOf533RestartsTheIndex) {
  MQFaultStrategy strategy(k533, &source_);
  strategy.setSendLatencyFaultEnable(true);
  EXPECT_EQ(select(strategy, "", true), "a/0");  // reset to 5, so next is 6 mod 6
  EXPECT_EQ(select(strategy, "", true), "b/0");  // reset to 1
}

TEST_F(Strategy, WhenAllAreIsolatedThe533ChoiceGoesToTheReachableOnes) {
  MQFaultStrategy strategy(k533, &source_);
  strategy.setSendLatencyFaultEnable(true);
  for (const char* broker : {"a", "b", "c"}) strategy.update_fault_item(broker, 0, true, false, 0);
  EXPECT_EQ(select(strategy), "a/1");             // none reachable: simply the next
  strategy.update_fault_item("c", 3, false, true, 1);
  EXPECT_EQ(select(strategy, "", false, 1), "c/0");
}

TEST_F(Strategy, LatencyModeOf498ScansFromOneIncrementAndIgnoresTheLastBroker) {
  MQFaultStrategy strategy(k498, &source_);
  strategy.setSendLatencyFaultEnable(true);
  strategy.update_fault_item("a", 0, true, true, 0);
  EXPECT_EQ(select(strategy), "b/0");       // from a/1 on, the first that is available
  EXPECT_EQ(select(strategy, "b"), "b/0");  // one increment later, the same: bunching
  EXPECT_EQ(select(strategy, "b"), "b/1");
}

TEST_F(Strategy, WhenAllAreIsolated498TakesOneOfTheBetterHalf) {
  MQFaultStrategy strategy(k498, &source_);
  strategy.setSendLatencyFaultEnable(true);
  strategy.update_fault_item("a", 900, true, true, 0);
  strategy.update_fault_item("b", 100, true, true, 0);
  strategy.update_fault_item("c", 500, true, true, 0);
  EXPECT_EQ(select(strategy).substr(0, 1), "b");  // half of three is one: the fastest
}

TEST_F(Strategy, EqualItemsOf498GoInTheOrderOfJavasHashMap) {
  info_ = TopicPublishInfo::from_route("T", route({"broker-a", "broker-b", "broker-c", "broker-d"}), &source_);
  MQFaultStrategy strategy(k498, &source_);
  strategy.setSendLatencyFaultEnable(true);
  for (const char* broker : {"broker-a", "broker-b", "broker-c", "broker-d"}) {
    strategy.update_fault_item(broker, 1, true, true, 0);
  }
  std::vector<std::string> ranking;
  strategy.tolerance().pick_one_at_least(0, 0, &ranking);
  // Buckets 6, 24, 25 and 27 of 32.
  EXPECT_EQ(ranking, (std::vector<std::string>{"broker-d", "broker-b", "broker-c", "broker-a"}));
}

TEST_F(Strategy, TheScanOf498GoesOnAtZeroWhereTheIndexOverflows) {
  source_.start = INT32_MAX - 1;
  info_ = TopicPublishInfo::from_route("T", route({"a", "b", "c"}), &source_);
  MQFaultStrategy strategy(k498, &source_);
  strategy.setSendLatencyFaultEnable(true);
  strategy.update_fault_item("a", 1, true, true, 0);
  // 2147483647 mod 6 is 1: a/1. Then the smallest int: a/0. Then the absolute value of the next: a/1 again, and down.
  EXPECT_EQ(select(strategy), "c/1");
}

TEST(FaultTables, MayBeReplacedAtRunTime) {
  QueueIndexSource source;
  for (const Profile* profile : {&k533, &k498}) {
    MQFaultStrategy strategy(*profile, &source);
    strategy.setLatencyMax({10, 100, 1000});
    strategy.setNotAvailableDuration({0, 700});
    EXPECT_EQ(strategy.compute_not_available_duration(9), 0);
    EXPECT_EQ(strategy.compute_not_available_duration(100), 700);
    EXPECT_EQ(strategy.compute_not_available_duration(1000), 0);  // the row has no duration
  }
}

TEST(FaultTables, AreThoseOfTheirVersion) {
  QueueIndexSource source;
  MQFaultStrategy s533(k533, &source);
  MQFaultStrategy s498(k498, &source);
  const auto expect = [](const MQFaultStrategy& s, std::int64_t latency, std::int64_t duration) {
    EXPECT_EQ(s.compute_not_available_duration(latency), duration) << latency;
  };
  for (const auto& [latency, duration] : std::vector<std::pair<std::int64_t, std::int64_t>>{{549, 0},
                                                                                            {550, 2000},
                                                                                            {1799, 2000},
                                                                                            {1800, 5000},
                                                                                            {3000, 6000},
                                                                                            {5000, 10000},
                                                                                            {14999, 10000},
                                                                                            {15000, 30000}}) {
    expect(s533, latency, duration);
  }
  for (const auto& [latency, duration] : std::vector<std::pair<std::int64_t, std::int64_t>>{
           {549, 0}, {550, 30000}, {999, 30000}, {1000, 60000}, {2000, 120000}, {3000, 180000}, {15000, 600000}}) {
    expect(s498, latency, duration);
  }
}

TEST(FaultItems, AreKeptAndToldWithOneDuration) {
  for (const Profile* profile : {&k533, &k498}) {
    MQFaultStrategy strategy(*profile, nullptr);
    const std::int64_t isolation = strategy.compute_not_available_duration(profile->isolation_latency);
    EXPECT_EQ(strategy.update_fault_item("a", 0, true, true, 0), isolation);
    EXPECT_EQ(strategy.tolerance().find("a"), nullptr) << "sendLatencyFaultEnable is off";
    strategy.setSendLatencyFaultEnable(true);
    EXPECT_EQ(strategy.update_fault_item("a", 0, true, true, 0), isolation);
    EXPECT_EQ(strategy.tolerance().find("a")->start_timestamp, isolation);
    EXPECT_EQ(strategy.update_fault_item("b", 3, false, true, 0), 0);
  }
}

TEST(FaultItems, OnlyA498SuccessEndsAnIsolationEarly) {
  for (const Profile* profile : {&k533, &k498}) {
    QueueIndexSource source;
    MQFaultStrategy strategy(*profile, &source);
    strategy.setSendLatencyFaultEnable(true);
    strategy.update_fault_item("a", 0, true, true, 0);
    EXPECT_FALSE(strategy.tolerance().is_available("a", 9'999));
    strategy.update_fault_item("a", 3, false, true, 1'000);
    EXPECT_EQ(strategy.tolerance().is_available("a", 1'000), profile == &k498);
  }
}

TEST(FaultItems, AreNotKeptUnlessLatencyModeIsOn) {
  QueueIndexSource source;
  MQFaultStrategy strategy(k533, &source);
  strategy.update_fault_item("a", 0, true, false, 0);
  EXPECT_TRUE(strategy.tolerance().items().empty());
}

TEST(TopicPublishInfo, SortsBrokersAndLeavesOutThoseWithoutPermissionOrMaster) {
  TopicRouteData data = route({"c", "a", "b", "d"}, 1);
  data.queue_datas[2].perm = PermName::PERM_READ;                        // b
  data.broker_datas[3].broker_addrs = {{1, "d-slave:1"}};                // d
  QueueIndexSource source;
  const auto info = TopicPublishInfo::from_route("T", data, &source);
  ASSERT_EQ(info.queues().size(), 2u);
  EXPECT_EQ(info.queues()[0].getBrokerName(), "a");
  EXPECT_EQ(info.queues()[1].getBrokerName(), "c");
}

TEST(TopicPublishInfo, AnOrderTopicConfIsTakenAsItIs) {
  TopicRouteData data = route({"a", "b"});
  data.order_topic_conf = "b:2;a:1";
  data.queue_datas[0].perm = 0;
  QueueIndexSource source;
  const auto info = TopicPublishInfo::from_route("T", data, &source);
  ASSERT_EQ(info.queues().size(), 3u);
  EXPECT_EQ(info.queues()[0], MessageQueue("T", "b", 0));
  EXPECT_EQ(info.queues()[2], MessageQueue("T", "a", 0));
  data.order_topic_conf = "a:1:x;b:-1;;";  // as Java splits it
  EXPECT_EQ(TopicPublishInfo::from_route("T", data, &source).queues().size(), 1u);
  for (const char* malformed : {"b;a:x", "b:1;;a:1", ";b:1", ":", "b:"}) {
    data.order_topic_conf = malformed;
    EXPECT_THROW(TopicPublishInfo::from_route("T", data, &source), std::invalid_argument) << malformed;
  }
}

TEST(TopicPublishInfo, AStaticTopicHasItsLogicalQueuesByIdUnlessThereIsAnOrder) {
  TopicRouteData data = route({"a", "b"});
  data.topic_queue_mapping_by_broker =
      R"({"a": {"bname": "a", "totalQueues": 3, "currIdMap": {"0": 0, "2": 1}},
          "b": {"bname": "b", "totalQueues": 3, "currIdMap": {"1": 0}}})";
  QueueIndexSource source;
  const auto info = TopicPublishInfo::from_route("T", data, &source);
  ASSERT_EQ(info.queues().size(), 3u);
  for (std::int32_t id = 0; id < 3; ++id) {
    EXPECT_EQ(info.queues()[static_cast<std::size_t>(id)], MessageQueue("T", "__syslo__global__", id));
  }
  EXPECT_EQ(info.end_points().at({"__syslo__global__", 1}), "b");
  data.order_topic_conf = "";  // not null, so the case is not taken
  EXPECT_EQ(TopicPublishInfo::from_route("T", data, &source).queues().size(), 4u);
  data.topic_queue_mapping_by_broker = "nonsense";
  EXPECT_THROW(TopicPublishInfo::from_route("T", data, &source), std::invalid_argument);
}

TEST(TopicPublishInfo, AHugeQueueNumberFromTheNetworkIsAnErrorNotAnAllocation) {
  TopicRouteData data = route({"a"});
  data.queue_datas[0].write_queue_nums = INT32_MAX;
  QueueIndexSource source;
  EXPECT_THROW(TopicPublishInfo::from_route("T", data, &source), std::invalid_argument);
}

TEST(ThreadLocalIndex, EachThreadWalksForItself) {
  QueueIndexSource source{10, {}, nullptr, false};
  ThreadLocalIndex index(&source);
  EXPECT_EQ(index.increment_and_get(1), 11);
  EXPECT_EQ(index.increment_and_get(1), 12);
  EXPECT_EQ(index.increment_and_get(2), 11);
}

TEST(ThreadLocalIndex, WrapsAroundWithoutEverBeingNegative) {
  QueueIndexSource source{INT32_MAX - 1, {}, nullptr, false};
  ThreadLocalIndex index(&source);
  EXPECT_EQ(index.increment_and_get(1), INT32_MAX);
  EXPECT_EQ(index.increment_and_get(1), 0);
  EXPECT_EQ(index.increment_and_get(1), 1);
}

TEST(ThreadLocalIndex, ResetsTakeTheScriptedValuesInTurnAndOverAgain) {
  QueueIndexSource source{0, {5, 9}, nullptr, false};
  ThreadLocalIndex index(&source);
  for (const int expected : {6, 10, 6}) {
    index.reset(1);
    EXPECT_EQ(index.increment_and_get(1), expected);
  }
}

TEST(MQFaultStrategy, HardenedTakesAReachableBrokerFirstThoughAnothersIsolationIsOverWhileADetectorProbes) {
  // Without a detector nobody would find out that it answers again.
  for (const auto& [name, detects, chosen] : {std::tuple("java-5.3.3", true, "broker-b"),
                                              std::tuple("hardened", true, "broker-a"),
                                              std::tuple("hardened", false, "broker-b")}) {
    const Profile& profile = *find_profile(name);
    const QueueIndexSource source{0, {}, nullptr, false};
    MQFaultStrategy strategy(profile, &source);
    strategy.setSendLatencyFaultEnable(true);
    strategy.setStartDetectorEnable(detects);
    TopicRouteData route;
    for (const char* broker : {"broker-a", "broker-b"}) {
      route.queue_datas.push_back({broker, 1, 1, PermName::PERM_READ | PermName::PERM_WRITE, 0});
      BrokerData data;
      data.broker_name = broker;
      data.broker_addrs[kMasterId] = "10.0.0.1:10911";
      route.broker_datas.push_back(std::move(data));
    }
    TopicPublishInfo info = TopicPublishInfo::from_route("T", std::move(route), &source);
    strategy.update_fault_item("broker-b", 10, true, false, 0);
    const auto queue = strategy.select_one_message_queue(info, "", false, 1, 11'000);  // isolated until 10 s
    EXPECT_EQ(queue->getBrokerName(), chosen) << name;
  }
}

TEST(LatencyFaultTolerance, AFailedProbeTellsHardenedSomethingAndTheJavaClientNothing) {
  for (const char* name : {"java-5.3.3", "hardened"}) {
    LatencyFaultTolerance tolerance(*find_profile(name));
    tolerance.update_fault_item("a", 10, 0, true, 0);
    tolerance.probed("a", false);
    EXPECT_EQ(tolerance.is_reachable("a"), std::string_view(name) == "java-5.3.3");
    tolerance.probed("a", true);
    EXPECT_TRUE(tolerance.is_reachable("a"));
  }
}

TEST(LatencyFaultTolerance, ABrokerIsProbedAgainOnlyAfterTheInterval) {
  LatencyFaultTolerance tolerance(*find_profile("java-5.3.3"));
  EXPECT_FALSE(tolerance.take_probe("a", 2000, 0)) << "unknown";
  tolerance.update_fault_item("a", 10, 0, true, 0);
  EXPECT_TRUE(tolerance.take_probe("a", 2000, 100));
  EXPECT_FALSE(tolerance.take_probe("a", 2000, 2099));
  EXPECT_TRUE(tolerance.take_probe("a", 2000, 2100));
}

}  // namespace mq_fault_strategy_test
}  // namespace rmqsim
