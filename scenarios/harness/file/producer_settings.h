// The producer settings that a scenario may name: the Java properties of DefaultMQProducer and ClientConfig
// (producer-behaviour §1.1, §1.2), each with its type and the profiles that know it. The parser checks `config` against
// this table, so that `validate` and `run` give one answer; the engine hands the values on and uses `since_5` to say
// that a setting has no effect in 4.9.8.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace rmqsim {

struct ProducerSetting {
  enum class Type {
    boolean,
    integer,
    text,
    text_list,
    code_list,    ///< response codes by name or number
    millis_list,  ///< whole milliseconds, none negative
  };
  std::string_view name;
  Type type = Type::integer;
  bool since_5 = false;  ///< absent in 4.9.8
  std::int64_t min = 0;  ///< for integer
  std::int64_t max = INT32_MAX;
  std::span<const std::string_view> allowed = {};  ///< for text; empty = any
  enum class Use {
    any_time,
    at_start,  ///< read once: a running producer does not take it
    refused,   ///< Java has it, this version of the producer does not
  } use = Use::any_time;
};

/// In no order that matters.
std::span<const ProducerSetting> producer_settings();
/// nullptr when there is none of that name.
const ProducerSetting* find_producer_setting(std::string_view name);

}  // namespace rmqsim
