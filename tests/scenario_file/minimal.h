// A small valid scenario for the tests to break: by text, so that positions stay what a reader counts.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {

/// Line 9 holds the only send step, line 12 the only fault, line 15 the only expectation.
inline const std::string kMinimal =
    R"({
  "version": 1, "name": "minimal", "why": "it is small",
  "cluster": {
    "nameservers": ["ns-1"],
    "brokers": ["broker-a", "broker-b", {"name": "broker-b-slave", "slaveOf": "broker-b"}],
    "topics": [{"name": "TopicTest", "queues": 4}]},
  "producers": [{"name": "p", "config": {"sendMsgTimeout": 3000}, "queueIndex": {"start": 0, "resets": [5]}}],
  "steps": [
    {"name": "burst", "send": {"producer": "p", "topic": "TopicTest", "count": 10, "body": {"size": 16}}}
  ],
  "faults": [
    {"at": "broker-a", "on": "send", "nth": "1-5", "do": {"respond": {"code": "SYSTEM_BUSY"}}}
  ],
  "expect": [
    {"sends": "all", "outcome": "SEND_OK"}
  ]
}
)";

/// The text with the first `from` replaced; the text itself when there is none (the caller's test then fails).
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  auto at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

inline ParseResult parse_minimal(std::string_view from, std::string_view to) {
  return parse_scenario(replaced(kMinimal, from, to), "minimal.json");
}

}  // namespace rmqsim
