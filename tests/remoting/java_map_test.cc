// The order in which Java walks its hash maps: by bucket, after growth, and within a bucket.
#include "producer/remoting/codec/java_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rmqsim {
namespace java_map_test {

using testing::ElementsAre;

template <class Map>
std::vector<std::string> keys(const Map& map) {
  std::vector<std::string> out;
  for (const auto& [key, value] : map) out.push_back(key);
  return out;
}

JavaMap<int> filled(JavaMapKind kind, const std::vector<std::string>& in_order, std::uint32_t buckets = 16) {
  JavaMap<int> map(kind, buckets);
  for (const std::string& key : in_order) map.try_emplace(key, 1);
  return map;
}

TEST(JavaMap, IsWalkedBucketByBucketHoweverItWasFilled) {
  for (const auto kind : {JavaMapKind::concurrent_hash_map, JavaMapKind::hash_map}) {
    const std::vector<std::string> brokers = {"broker-a", "broker-b", "broker-c", "broker-d"};
    EXPECT_THAT(keys(filled(kind, brokers)), ElementsAre("broker-d", "broker-b", "broker-c", "broker-a"));
    EXPECT_THAT(keys(filled(kind, {brokers.rbegin(), brokers.rend()}, 32)),
                ElementsAre("broker-d", "broker-b", "broker-c", "broker-a"));
  }
}

// "A", "Q", "a" and "q" share a bucket of 16 and are told apart by one of 32; the digits have buckets of their own.
TEST(JavaMap, KeepsTheOrderOfInsertionInABucketUntilItGrows) {
  std::vector<std::string> in_order = {"A", "Q", "a", "q", "2", "3", "4", "5", "6", "7", "8"};
  for (const auto kind : {JavaMapKind::concurrent_hash_map, JavaMapKind::hash_map}) {
    EXPECT_THAT(keys(filled(kind, in_order)), ElementsAre("A", "Q", "a", "q", "2", "3", "4", "5", "6", "7", "8"));
  }
  in_order.push_back("9");
  EXPECT_THAT(keys(filled(JavaMapKind::concurrent_hash_map, in_order)),
              ElementsAre("a", "A", "Q", "q", "2", "3", "4", "5", "6", "7", "8", "9"))
      << "grown at three quarters, what precedes the last run turned round";
  EXPECT_THAT(keys(filled(JavaMapKind::hash_map, in_order)),
              ElementsAre("A", "Q", "a", "q", "2", "3", "4", "5", "6", "7", "8", "9"))
      << "grown beyond three quarters only";
  in_order.push_back("0");
  EXPECT_THAT(keys(filled(JavaMapKind::hash_map, in_order)),
              ElementsAre("A", "a", "0", "Q", "q", "2", "3", "4", "5", "6", "7", "8", "9"));
}

TEST(JavaMap, FindsErasesAndDoesNotShrink) {
  JavaMap<int> map = filled(JavaMapKind::concurrent_hash_map, {"Aa", "BB", "x"});
  ASSERT_NE(map.find(std::string_view("BB")), nullptr);
  EXPECT_EQ(map.find(std::string_view("Bb")), nullptr);
  EXPECT_FALSE(map.try_emplace("BB", 7).second);
  EXPECT_EQ(map["BB"], 1);
  EXPECT_TRUE(map.erase(std::string_view("Aa")));
  EXPECT_FALSE(map.erase(std::string_view("Aa")));
  map.try_emplace("Aa", 2);
  EXPECT_THAT(keys(map), ElementsAre("BB", "Aa", "x")) << "of equal hash, so the later one comes later";
  map.erase_if([](const auto& entry) { return entry.second == 1; });
  EXPECT_THAT(keys(map), ElementsAre("Aa"));
  EXPECT_THAT(map.take_all(), ElementsAre(2));
  EXPECT_TRUE(map.empty());
}

TEST(JavaMap, KnowsJavasHashOfALong) {
  JavaMap<int, std::int64_t, JavaLongHash> map(JavaMapKind::hash_map);
  for (const std::int64_t id : {1, 17, 0, 2, 16}) map.try_emplace(id, 0);
  std::vector<std::int64_t> ids;
  for (const auto& [id, value] : map) ids.push_back(id);
  EXPECT_THAT(ids, ElementsAre(0, 16, 1, 17, 2));
}

}  // namespace java_map_test
}  // namespace rmqsim
