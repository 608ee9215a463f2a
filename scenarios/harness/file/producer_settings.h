// The producer settings that a scenario may name: the Java properties of DefaultMQProducer and ClientConfig
// (behaviour §1.1, §1.2). Each is one row in settings/*.h, which says what it is and how it is applied: the
// parser, the JSON Schema and the engine read the same rows, so `validate` and `run` give one answer.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "producer/profile/profile.h"
#include "scenarios/harness/file/parse/key_row.h"
#include "scenarios/harness/file/topic_spec.h"

namespace rmqsim {

struct ProducerSetting {
  KeyRow key;  ///< name, type and bounds, unit, Java's default, meaning
  enum class Use : std::uint8_t {
    any_time,
    at_start,  ///< read once: a running producer does not take it
    idle,      ///< Java reads it at a time at which it cannot have been set (quirk 34)
    refused,   ///< Java has it, this version of the producer does not
  } use = Use::any_time;
  bool Profile::*needs = nullptr;   ///< the capability that knows it; null: every client does
  bool Profile::*unless = nullptr;  ///< a capability that makes it ineffective
  std::vector<std::int64_t> Profile::*times = nullptr;  ///< the default of times that are the profile's

  std::string_view name() const { return key.name; }
  bool has_effect(const Profile& profile) const {
    return use != Use::idle && (needs == nullptr || profile.*needs) && (unless == nullptr || !(profile.*unless));
  }
};

/// A value as the row's type has it.
class SettingValue {
 public:
  explicit SettingValue(const ConfigValue& value) : value_(value) {}
  bool flag() const { return std::get<bool>(value_); }
  std::int64_t number() const { return std::get<std::int64_t>(value_); }
  int small() const { return static_cast<int>(number()); }
  const std::string& text() const { return std::get<std::string>(value_); }
  const std::vector<std::string>& texts() const { return std::get<std::vector<std::string>>(value_); }
  const std::vector<std::int32_t>& codes() const { return std::get<std::vector<std::int32_t>>(value_); }
  const std::vector<std::int64_t>& times() const { return std::get<std::vector<std::int64_t>>(value_); }

 private:
  const ConfigValue& value_;
};

std::span<const ProducerSetting> producer_settings();
/// nullptr when there is none of that name.
const ProducerSetting* find_producer_setting(std::string_view name);
/// Those that are not refused, as keys of `config`: the meaning also says when and where they have an effect.
std::span<const KeyRow> setting_rows();

}  // namespace rmqsim
