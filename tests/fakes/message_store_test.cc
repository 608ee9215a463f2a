// The message store by itself: offsets, counts by key, eviction, records as a broker would send them.
#include "fake_broker/store/message_store.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "producer/remoting/bodies/message_properties.h"
#include "producer/transport/random.h"

namespace rmqsim {
namespace message_store_test {

NewMessage message(std::string_view topic, std::int32_t queue, std::string_view body, std::string_view key = {}) {
  NewMessage m;
  m.topic = topic;
  m.queue_id = queue;
  m.body = body;
  m.uniq_key = key;
  m.born_host = "10.0.0.1:5000";
  return m;
}

TEST(MessageStore, GivesQueueOffsetsPerQueueAndPhysicalOffsetsLikeACommitLog) {
  MessageStore store;
  const auto a = store.append(message("T", 0, "12345"));
  const auto b = store.append(message("T", 1, ""));
  const auto c = store.append(message("T", 0, ""));
  EXPECT_EQ(a.physical_offset, 0);
  EXPECT_EQ(b.physical_offset, 91 + 1 + 5);
  EXPECT_EQ(c.physical_offset, b.physical_offset + 91 + 1);
  EXPECT_EQ(a.queue_offset, 0);
  EXPECT_EQ(b.queue_offset, 0);
  EXPECT_EQ(c.queue_offset, 1);
  EXPECT_EQ(store.max_offset("T", 0), 2);
  EXPECT_EQ(store.max_offset("T", 9), 0);
  EXPECT_EQ(store.max_offset("Other", 0), 0);
}

TEST(MessageStore, PreparedAndRolledBackMessagesEnterNoQueue) {
  MessageStore store;
  store.append(message("T", 0, "x"));
  NewMessage m = message("T", 0, "y");
  m.sys_flag = MessageSysFlag::TRANSACTION_PREPARED_TYPE;
  EXPECT_EQ(store.append(m).queue_offset, 0);
  m.sys_flag = MessageSysFlag::TRANSACTION_ROLLBACK_TYPE;
  EXPECT_EQ(store.append(m).queue_offset, 0);
  EXPECT_EQ(store.max_offset("T", 0), 1);
  m.sys_flag = MessageSysFlag::TRANSACTION_COMMIT_TYPE;
  EXPECT_EQ(store.append(m).queue_offset, 1);
  EXPECT_EQ(store.stored(), 4u);
}

TEST(MessageStore, KnowsHowOftenAKeyWasStoredAndAcknowledged) {
  MessageStore store;
  const auto first = store.append(message("T", 0, "x", "K"));
  store.append(message("T", 1, "x", "K"));
  store.append(message("T", 1, "x", "L"));
  store.acknowledge({first.number, 1});
  EXPECT_EQ(store.find_key("K")->stored, 2u);
  EXPECT_EQ(store.find_key("K")->acknowledged, 1u);
  EXPECT_EQ(store.find_key("L")->acknowledged, 0u);
  EXPECT_FALSE(store.find_key("M"));
  EXPECT_EQ(store.duplicates(), 1u);
  EXPECT_EQ(store.acknowledged(), 1u);
  EXPECT_TRUE(store.find(first.number)->acknowledged);
}

TEST(MessageStore, ForgetsTheOldestBeyondItsLimitAndCountsThem) {
  MessageStore store(20'000);
  const std::string body(1000, 'b');
  for (int i = 0; i < 100; ++i) store.append(message("T", 0, body, std::string("K").append(std::to_string(i))));
  EXPECT_LE(store.bytes(), 20'000u);
  EXPECT_EQ(store.stored(), 100u);
  EXPECT_GT(store.evicted(), 80u);
  EXPECT_FALSE(store.find(0));
  EXPECT_FALSE(store.find_key("K0"));
  ASSERT_TRUE(store.find_key("K99"));
  EXPECT_EQ(store.min_offset("T", 0), static_cast<std::int64_t>(store.evicted()));
  EXPECT_EQ(store.max_offset("T", 0), 100);
  EXPECT_EQ(store.find(store.first_number())->body, body);
}

TEST(MessageStore, AKeySurvivesTheEvictionOfItsFirstCopy) {
  MessageStore store(10'000);
  const std::string body(1000, 'b');
  for (int i = 0; i < 50; ++i) {
    store.append(message("T", 0, body, "same"));
    ASSERT_TRUE(store.find_key("same"));
    ASSERT_EQ(store.find_key("same")->stored, static_cast<std::uint32_t>(i + 1));
  }
  for (int i = 0; i < 50; ++i) store.append(message("T", 0, body, "other"));
  EXPECT_FALSE(store.find_key("same"));
}

TEST(MessageStore, KeyCountsAgreeWithAPlainTableThroughInsertsAndEvictions) {
  MessageStore store(60'000);
  Random random(4, "keys");
  std::vector<std::string> kept;  // key of every record, by number
  std::vector<bool> acknowledged;
  for (int i = 0; i < 5000; ++i) {
    const std::string key = std::string("K").append(std::to_string(random.below(120)));
    const auto number = store.append(message("T", 0, std::string(random.below(300), 'b'), key)).number;
    ASSERT_EQ(number, kept.size());
    kept.push_back(key);
    acknowledged.push_back(random.below(2) == 0);
    if (acknowledged.back()) store.acknowledge({number, 1});
    if (i % 50 != 0) continue;
    for (int k = 0; k < 120; ++k) {
      const std::string probe = std::string("K").append(std::to_string(k));
      std::size_t live = 0;
      for (std::uint64_t n = store.first_number(); n < kept.size(); ++n) live += kept[n] == probe ? 1 : 0;
      const auto count = store.find_key(probe);
      ASSERT_EQ(count.has_value(), live > 0) << probe << " after " << i;
      if (!count) continue;
      ASSERT_GE(count->stored, live);
      ASSERT_LE(count->acknowledged, count->stored);
    }
  }
  EXPECT_GT(store.evicted(), 4000u);
}

TEST(MessageStore, KeepsOneMessageThatIsBiggerThanItsLimit) {
  MessageStore store(1000);
  const std::string body(500'000, 'x');
  store.append(message("T", 0, "small"));
  store.append(message("T", 0, body));
  EXPECT_EQ(store.find(1)->body, body);
  EXPECT_FALSE(store.find(0));
}

TEST(MessageStore, AcknowledgingWhatIsGoneOrNeverWasIsHarmless) {
  MessageStore store(1000);
  for (int i = 0; i < 10; ++i) store.append(message("T", 0, std::string(400, 'x'), "k"));
  store.acknowledge({0, 3});
  store.acknowledge({100, 3});
  EXPECT_EQ(store.acknowledged(), 6u);
}

TEST(MessageStore, FindsARecordByPhysicalOffsetAndShowsItAsABrokerWould) {
  MessageStore store;
  store.append(message("T", 0, "one", "k1"));
  NewMessage m = message("T", 3, "two", "k2");
  m.properties =
      "TAGS\x01"
      "a\x02";
  const auto where = store.append(m);
  const auto found = store.find_physical(where.physical_offset);
  ASSERT_TRUE(found);
  EXPECT_FALSE(store.find_physical(where.physical_offset + 1));
  const StoredMessage record = to_stored_message(*found, HostAddress::v4(127, 0, 0, 1, 10911));
  EXPECT_EQ(record.body, "two");
  EXPECT_EQ(record.queue_id, 3);
  EXPECT_EQ(record.born_host.to_string(), "10.0.0.1:5000");
  EXPECT_EQ(static_cast<std::int64_t>(record.encoded_size()), store.next_physical_offset() - where.physical_offset);
}

}  // namespace message_store_test
}  // namespace rmqsim
