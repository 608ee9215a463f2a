// Small parts that several sections of a scenario share: a topic's queues and a producer's settings.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "scenarios/harness/file/text/source_location.h"

namespace rmqsim {

/// A topic with its brokers resolved: `queues` of the file as a number, an object, or left out (4) all end here.
struct TopicSpec {
  static constexpr std::int32_t kRead = 4;  ///< permission bits, as PermName has them
  static constexpr std::int32_t kWrite = 2;

  std::string name;
  std::vector<std::pair<std::string, std::int32_t>> queues;  ///< broker name and its number of queues, in file order
  std::int32_t perm = kRead | kWrite;
  SourceLocation where;
};

/// What `perm` may say.
inline constexpr std::string_view kPerms[] = {"rw", "r", "w"};

/// A setting's value: what Java's setter takes. Times are whole milliseconds, as in Java.
using ConfigValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>, std::vector<std::int32_t>,
                                 std::vector<std::int64_t>>;

/// Settings by exact Java property name; names and types were checked against producer_settings().
struct ProducerConfig {
  std::map<std::string, ConfigValue> values;
  std::map<std::string, SourceLocation> where;

  /// nullptr when the file does not set it (or T is not its type, which the settings table rules out).
  template <class T>
  const T* get(std::string_view name) const {
    auto it = values.find(std::string(name));
    return it == values.end() ? nullptr : std::get_if<T>(&it->second);
  }
};

}  // namespace rmqsim
