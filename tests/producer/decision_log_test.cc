// What a decision log gets of a choice and of a send, and that it changes neither.
#include "producer/client/send/decision_log.h"

#include <gtest/gtest.h>

#include "tests/producer/send_script.h"

namespace rmqsim {
namespace decision_log_test {

const Profile& k533 = *find_profile("java-5.3.3");
const Profile& k498 = *find_profile("java-4.9.8");
constexpr ThreadId kThread = 7;

/// Brokers a, b, c with two queues each, index from 0, resets to 5 and 1.
struct Table {
  explicit Table(const Profile& profile) : strategy(profile, &source) { strategy.setSendLatencyFaultEnable(true); }

  static TopicRouteData route() {
    TopicRouteData data;
    for (const char* name : {"a", "b", "c"}) {
      data.queue_datas.push_back({name, 2, 2, 6, 0});
      BrokerData broker;
      broker.broker_name = name;
      broker.broker_addrs[kMasterId] = std::string(name) + ":1";
      data.broker_datas.push_back(std::move(broker));
    }
    return data;
  }
  Selection select(const std::string& last = "", bool reset = false, std::int64_t now = 0) {
    Selection log;
    strategy.select_one_message_queue(info, last, reset, kThread, now, &log);
    return log;
  }

  QueueIndexSource source{0, {5, 1}, nullptr, false};
  TopicPublishInfo info = TopicPublishInfo::from_route("T", route(), &source);
  MQFaultStrategy strategy;
};

TEST(SelectionLog, HasEveryLookWithItsIndexAndWhatSpokeAgainstIt) {
  Table table(k533);
  table.strategy.update_fault_item("a", 0, true, false, 0);
  const Selection s = table.select("b", false, 1);
  ASSERT_EQ(s.log.looks().size(), 4u);
  EXPECT_EQ(s.log.looks()[0],
            (QueueLook{SelectionStage::available, 1, MessageQueue("T", "a", 1), {.isolated = true}}));
  EXPECT_EQ(s.log.looks()[1],
            (QueueLook{SelectionStage::available, 2, MessageQueue("T", "b", 0), {.last_broker = true}}));
  EXPECT_EQ(s.log.looks()[3], (QueueLook{SelectionStage::available, 4, MessageQueue("T", "c", 0), {}}));
  EXPECT_EQ(s.chosen, MessageQueue("T", "c", 0));
  EXPECT_EQ(s.index_before, std::nullopt);
  EXPECT_EQ(s.index_after, 4);
  EXPECT_EQ(s.fault_items.at("a").start_timestamp, 10'000);
}

TEST(SelectionLog, SaysWhereAResetWentAndWhichFilterChose) {
  Table table(k533);
  for (const char* broker : {"a", "b", "c"}) table.strategy.update_fault_item(broker, 0, true, false, 0);
  table.strategy.update_fault_item("c", 0, false, true, 1);
  table.select();
  const Selection s = table.select("a", true, 1);
  EXPECT_EQ(s.reset_to, 5);
  EXPECT_EQ(s.log.looks().front().index, 6);
  EXPECT_EQ(s.log.looks().back().stage, SelectionStage::reachable);
  EXPECT_EQ(s.log.looks().back().queue.getBrokerName(), "c");
}

TEST(SelectionLog, AWalkOf498MovesTheIndexOnce) {
  Table table(k498);
  table.strategy.update_fault_item("a", 0, true, true, 0);
  const Selection s = table.select("b");
  ASSERT_EQ(s.log.looks().size(), 2u);
  EXPECT_EQ(s.log.looks()[0].index, 1);
  EXPECT_EQ(s.log.looks()[1].index, 1);
  EXPECT_EQ(s.index_after, 1);
  EXPECT_FALSE(s.worst);
}

TEST(SelectionLog, TheBetterHalfOf498IsRanked) {
  Table table(k498);
  table.strategy.update_fault_item("a", 900, true, true, 0);
  table.strategy.update_fault_item("b", 100, true, true, 0);
  table.strategy.update_fault_item("c", 500, true, true, 0);
  const Selection s = table.select();
  ASSERT_TRUE(s.worst);
  EXPECT_EQ(s.worst->ranking, (std::vector<std::string>{"b", "c", "a"}));
  EXPECT_EQ(s.worst->half, 1u);
  EXPECT_EQ(s.worst->turn, 1);
  EXPECT_EQ(s.worst->broker, "b");
  EXPECT_EQ(s.worst->writable_queues, 2);
}

TEST(SelectionLog, ChangesNoChoice) {
  for (const Profile* profile : {&k533, &k498}) {
    Table with(*profile);
    Table without(*profile);
    for (int i = 0; i < 50; ++i) {
      const std::string last = i % 3 == 0 ? "" : std::string(1, static_cast<char>('a' + i % 3));
      const std::int64_t now = i * 700;
      const auto plain =
          without.strategy.select_one_message_queue(without.info, last, i % 2 == 1, kThread, now, nullptr);
      EXPECT_EQ(with.select(last, i % 2 == 1, now).chosen, plain) << profile->name << " " << i;
      for (Table* table : {&with, &without}) {
        table->strategy.update_fault_item(plain->getBrokerName(), i * 40, i % 4 == 0, i % 5 != 0, now);
      }
    }
    EXPECT_EQ(with.info.index().peek(kThread), without.info.index().peek(kThread));
  }
}

template <class What>
std::vector<What> all(const DecisionLog& log) {
  std::vector<What> found;
  for (const Decision& decision : log) {
    if (const auto* what = std::get_if<What>(&decision.what)) found.push_back(*what);
  }
  return found;
}

TEST(DecisionLog, HasARowPerAttemptWithItsVerdictAndTheEnd) {
  DecisionLog log;
  SendScript script(k533, {}, CommunicationMode::SYNC, SendPath::default_path, &log);
  script.strategy().setSendLatencyFaultEnable(true);
  script.begin();
  script.found();
  script.at(100).failed(script.broker_error(2));
  script.at(700).answered(SendStatus::SEND_OK);
  const auto attempts = all<decision::Attempted>(log);
  ASSERT_EQ(attempts.size(), 2u);
  EXPECT_EQ(attempts[1].attempt, 2);
  EXPECT_EQ(attempts[1].cost, 100);
  EXPECT_EQ(attempts[1].given, 2900);
  const auto judged = all<decision::Judged>(log);
  ASSERT_EQ(judged.size(), 2u);
  EXPECT_EQ(judged[0].outcome, AttemptOutcome::retryable_code);
  EXPECT_EQ(judged[0].verdict, judge_in_loop(k533, false, AttemptOutcome::retryable_code));
  EXPECT_EQ(judged[1].elapsed, 600);
  const auto items = all<decision::FaultItemUpdated>(log);
  ASSERT_EQ(items.size(), 2u);
  EXPECT_FALSE(items[0].before);
  EXPECT_EQ(items[0].duration, 10'000);
  EXPECT_FALSE(items[0].after->reachable);
  EXPECT_EQ(items[1].duration, 2'000);
  const auto end = all<decision::Ended>(log);
  ASSERT_EQ(end.size(), 1u);
  EXPECT_EQ(end[0].reason, EndReason::answered);
}

TEST(DecisionLog, TellsAnEarlierResultFromTheFailureItHides) {
  DecisionLog log;
  SendScript script(k498, {.retry_another_broker_when_not_store_ok = true}, CommunicationMode::SYNC,
                    SendPath::default_path, &log);
  script.begin();
  script.found();
  script.answered(SendStatus::FLUSH_DISK_TIMEOUT);
  script.failed(script.broker_error(2));
  const auto end = all<decision::Ended>(log);
  ASSERT_EQ(end.size(), 1u);
  EXPECT_EQ(end[0].reason, EndReason::code_not_retried);
  EXPECT_TRUE(end[0].earlier_result);
  EXPECT_EQ(end[0].status, SendStatus::FLUSH_DISK_TIMEOUT);
}

TEST(DecisionLog, TellsWhyAnAsyncFailureIsNotRetried) {
  for (const auto& [profile, reason] : {std::pair(&k533, EndReason::async_no_time_left),
                                        std::pair(&k498, EndReason::async_retries_used_up)}) {
    DecisionLog log;
    SendScript script(*profile, {.retries = 1}, CommunicationMode::ASYNC, SendPath::default_path, &log);
    script.begin();
    script.found();
    script.handed_over();
    script.at(4000).failed_later(remoting_timeout_exception("a", 3000));
    if (profile == &k498) script.failed_later(remoting_too_much_request_exception("a"), true);
    const auto retries = all<decision::AsyncRetry>(log);
    ASSERT_FALSE(retries.empty());
    EXPECT_EQ(retries[0].left, -1000);
    EXPECT_EQ(all<decision::Ended>(log).at(0).reason, reason) << profile->name;
    EXPECT_EQ(all<decision::Resent>(log).size(), profile == &k498 ? 1u : 0u);
  }
}

}  // namespace decision_log_test
}  // namespace rmqsim
