// Which requests an answer, a closed channel or the passing of time completes.
#include "producer/remoting/response_table.h"

#include <gtest/gtest.h>

namespace rmqsim {
namespace response_table_test {

TimePoint at(std::int64_t ms) { return kSimEpoch + millis(ms); }

constexpr Duration kSlack = millis(1);

PendingRequest pending(bool sync, std::optional<TimePoint> end, ChannelId channel = 1, std::int64_t timeout = 100) {
  PendingRequest request;
  request.sync = sync;
  request.channel = channel;
  request.timeout_millis = timeout;
  request.begin = at(0);
  request.end = end;
  return request;
}

TEST(ResponseTable, AnAnswerTakesItsRequestOnce) {
  ResponseTable table;
  table.add(7, pending(true, at(100)), kSlack);
  EXPECT_TRUE(table.take(7));
  EXPECT_FALSE(table.take(7));
  EXPECT_FALSE(table.next_deadline());
}

TEST(ResponseTable, TheScanGivesUpNobodyWhoWaitsForAConnection) {
  ResponseTable table;
  table.add(1, pending(false, std::nullopt), kSlack);
  table.add(2, pending(false, std::nullopt, kNoChannel), kSlack);
  EXPECT_EQ(table.scan(at(5000)), std::vector<std::int32_t>{1});
}

TEST(ResponseTable, SyncRequestsExpireInOrderOfTheirDeadlines) {
  ResponseTable table;
  table.add(1, pending(true, at(300)), kSlack);
  table.add(2, pending(true, at(100)), kSlack);
  table.add(3, pending(true, at(200)), kSlack);
  table.take(3);
  EXPECT_EQ(table.next_deadline(), at(101));
  EXPECT_TRUE(table.expired(at(100)).empty());
  EXPECT_EQ(table.expired(at(301)), (std::vector<std::int32_t>{2, 1}));
}

TEST(ResponseTable, KeepsNoMoreDeadlinesOfAnsweredRequestsThanItMay) {
  ResponseTable table;
  for (std::int32_t opaque = 0; opaque < 1000; ++opaque) {
    table.add(opaque, pending(true, at(100 + opaque)), kSlack);
    table.take(opaque);
    EXPECT_EQ(table.stale_deadlines(), 0u) << opaque;
  }
}

TEST(ResponseTable, AsyncRequestsAreOnlyFoundByTheScanASecondLate) {
  ResponseTable table;
  table.add(1, pending(false, std::nullopt), kSlack);
  EXPECT_FALSE(table.next_deadline());
  EXPECT_TRUE(table.scan(at(1099)).empty());
  EXPECT_EQ(table.scan(at(1100)), (std::vector<std::int32_t>{1}));
}

TEST(ResponseTable, AClosedChannelNamesItsRequestsInOrder) {
  ResponseTable table;
  for (std::int32_t opaque : {9, 3, 5}) table.add(opaque, pending(true, at(100), 1), kSlack);
  table.add(4, pending(true, at(100), 2), kSlack);
  EXPECT_EQ(table.of_channel(1), (std::vector<std::int32_t>{3, 5, 9}));
}

TEST(ResponseTable, AWaitIsOverAtItsEndThoughItIsWokenLater) {
  const PendingRequest request = pending(true, at(100));
  EXPECT_FALSE(request.over(at(100) - Duration{1}));
  EXPECT_TRUE(request.over(at(100)));
  EXPECT_FALSE(pending(false, std::nullopt).over(at(100'000))) << "the scan decides";
}

TEST(ResponseTable, IsWalkedBucketByBucketOfJavasTable) {
  ResponseTable table;
  for (std::int32_t opaque : {510, 511, 512, 513}) table.add(opaque, pending(false, std::nullopt), kSlack);
  EXPECT_EQ(table.of_channel(1), (std::vector<std::int32_t>{512, 513, 510, 511}));
  EXPECT_EQ(table.scan(at(1100)), table.of_channel(1));
}

TEST(ResponseTable, AnsweredRequestsLeaveNoDeadlinesBehindForLong) {
  ResponseTable table;
  for (std::int32_t opaque = 0; opaque < 100'000; ++opaque) {
    table.add(opaque, pending(true, at(3000 + opaque)), kSlack);
    ASSERT_TRUE(table.take(opaque));
  }
  EXPECT_EQ(table.size(), 0u);
  EXPECT_FALSE(table.next_deadline());
}

}  // namespace response_table_test
}  // namespace rmqsim
