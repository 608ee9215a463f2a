// Broker properties by their Java names: a row each, from which `--set`, UPDATE_BROKER_CONFIG, GET_BROKER_CONFIG, the
// brokers of a scenario and its schema are made.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "fake_broker/settings/broker_config.h"

namespace rmqsim {

/// One of two words; the second is `true`.
struct BrokerWords {
  bool BrokerConfig::*field;
  std::string_view off, on;
};

struct BrokerSettingRow {
  std::string_view name;
  std::variant<bool BrokerConfig::*, std::int32_t BrokerConfig::*, std::int64_t BrokerConfig::*,
               std::int32_t TransactionConfig::*, std::int64_t TransactionConfig::*, std::string BrokerConfig::*,
               std::vector<std::int64_t> BrokerConfig::*, BrokerWords>
      field;
  std::string_view unit;             ///< "ms", "bytes"; empty: none
  std::string_view description;
  bool ServerProfile::*in = nullptr;  ///< releases that have it; nullptr: all

  /// "true or false", "a number that is not negative" …
  std::string takes() const;
  /// Its value in that form; of another configuration than its own the default.
  std::string get(const BrokerConfig& config) const;
  /// What is wrong with the value, if anything; then nothing is changed.
  std::optional<std::string> set(BrokerConfig& config, std::string_view value) const;
};

/// In the order of their names.
std::span<const BrokerSettingRow> broker_settings();
/// What is wrong with name or value, if anything; then nothing is changed.
std::optional<std::string> set_broker_setting(BrokerConfig& config, std::string_view name, std::string_view value);

}  // namespace rmqsim
