// A scenario in parts, and what a check has to say of it: for tests of what cannot be meant.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim::checked_scenario {

/// Line 4 the cluster, 5 the producers, 6 the steps, 7 the faults, 8 the expectations; ten sends follow `steps`.
struct Parts {
  std::string steps, faults, expect, producer, cluster;
  std::string send = R"({"send": {"topic": "T", "count": 10}})";
  std::string broker = {};  ///< a third one
};

inline std::string text_of(const Parts& parts) {
  return R"({
"version": 1, "name": "x", "why": "x",
"profile": ["java-5.3.3", "java-4.9.8"],
"cluster": {"nameservers": ["ns-1", "ns-2"], "brokers": ["a", "b")" +
         parts.broker + R"(], "topics": [{"name": "T", "queues": {"a": 4, "b": 2}}])" + parts.cluster + R"(},
"producers": [{"name": "p"})" +
         parts.producer + R"(],
"steps": [)" +
         parts.steps + (parts.steps.empty() || parts.send.empty() ? "" : ", ") + parts.send + R"(],
"faults": [)" +
         parts.faults + R"(],
"expect": [)" +
         parts.expect + R"(]
})";
}

struct Case {
  const char* name;
  Parts parts;
  const char* at = "";       ///< pointer of the only error; empty: there is none
  const char* message = "";  ///< a part of it
  bool idleness = true;      ///< LoadOptions::judge_idle lets it through
};

inline void PrintTo(const Case& one, std::ostream* stream) { *stream << one.name; }

/// The only error, where and as it says, or none.
inline void expect_found(const Case& one) {
  const ParseResult result = parse_scenario(text_of(one.parts), "-");
  if (*one.at == '\0') {
    EXPECT_TRUE(result.ok()) << result.to_string();
    return;
  }
  ASSERT_EQ(result.errors.size(), 1u) << result.to_string();
  EXPECT_EQ(result.errors[0].pointer, one.at);
  EXPECT_THAT(result.errors[0].message, testing::HasSubstr(one.message));
  EXPECT_GT(result.errors[0].line, 0u);
  EXPECT_FALSE(result.errors[0].excerpt.empty());
  EXPECT_EQ(parse_scenario(text_of(one.parts), "-", {.judge_idle = false}).ok(), one.idleness);
  const bool permits = result.errors[0].message.find(R"("mayBeIdle": true allows that)") != std::string::npos;
  EXPECT_EQ(permits, one.idleness) << result.errors[0].message;
}

}  // namespace rmqsim::checked_scenario
