// Where the logical queues of a static topic are.
#include "producer/remoting/bodies/static_topic.h"

#include <gtest/gtest.h>

namespace rmqsim {
namespace static_topic_test {

StaticTopicEndPoints end_points(const std::string& json) {
  StaticTopicEndPoints points;
  EXPECT_FALSE(static_topic_end_points(json, points)) << json;
  return points;
}

TEST(StaticTopic, EveryLogicalQueueIsAtTheBrokerOfTheLatestEpochOrAtNone) {
  const auto points = end_points(R"({
      "broker-a": {"bname": "broker-a", "epoch": 1, "totalQueues": 4, "scope": "__global__", "currIdMap": {0: 0, 1: 1}},
      "broker-b": {"bname": "broker-b", "epoch": 2, "totalQueues": 4, "currIdMap": {"1": 0, "2": 1, "9": 2}}})");
  const StaticTopicEndPoints expected{{{"__syslo__global__", 0}, "broker-a"},
                                      {{"__syslo__global__", 1}, "broker-b"},
                                      {{"__syslo__global__", 2}, "broker-b"},
                                      {{"__syslo__global__", 3}, "__syslo__none__"}};
  EXPECT_EQ(points, expected);
  EXPECT_EQ(end_points(R"({"a": {"bname": "a", "totalQueues": 1, "scope": "unit", "currIdMap": {}}})"),
            (StaticTopicEndPoints{{{"__syslo__unit", 0}, "__syslo__none__"}}));
}

TEST(StaticTopic, WhatIsNoMappingIsAnErrorAndNoAllocation) {
  StaticTopicEndPoints points;
  for (const char* json : {"", "[]", R"({"a": 1})", R"({"a": {"totalQueues": 1}})",
                           R"({"a": {"bname": "a", "totalQueues": 2147483647}})",
                           R"({"a": {"bname": "a", "totalQueues": 1, "currIdMap": {"x": 1}}})"}) {
    EXPECT_TRUE(static_topic_end_points(json, points)) << json;
  }
}

}  // namespace static_topic_test
}  // namespace rmqsim
