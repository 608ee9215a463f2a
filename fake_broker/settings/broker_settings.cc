#include "fake_broker/settings/broker_settings.h"

#include <algorithm>
#include <type_traits>

#include "producer/remoting/codec/text.h"

namespace rmqsim {

std::optional<std::vector<std::int64_t>> parse_delay_levels(std::string_view text) {
  constexpr std::int64_t kLongest = 365LL * 24 * 3600 * 1000;
  std::vector<std::int64_t> levels;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    if (word.empty()) continue;
    const auto number = text::parse_int64(word.substr(0, word.size() - 1));
    std::int64_t unit = 0;
    switch (word.back()) {
      case 's':
        unit = 1000;
        break;
      case 'm':
        unit = 60'000;
        break;
      case 'h':
        unit = 3'600'000;
        break;
      case 'd':
        unit = 86'400'000;
        break;
      default:
        return std::nullopt;
    }
    if (!number || *number < 0 || *number > kLongest / unit || levels.size() >= 1000) return std::nullopt;
    levels.push_back(*number * unit);
  }
  if (levels.empty()) return std::nullopt;
  return levels;
}

const std::vector<std::int64_t>& default_delay_levels() {
  static const auto levels = *parse_delay_levels("1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h");
  return levels;
}

namespace {

constexpr BrokerSettingRow kBrokerSettingRows[] = {
    {"autoCreateSubscriptionGroup", &BrokerConfig::auto_create_subscription_group, "",
     "Consumer groups need not be made first."},
    {"autoCreateTopicEnable", &BrokerConfig::auto_create_topic_enable, "", "Topics are made by sending to them."},
    {"brokerPermission", &BrokerConfig::broker_permission, "",
     "4 readable, 2 writable, 6 both; without 2 every send is refused."},
    {"brokerRole", BrokerWords{&BrokerConfig::sync_master, "ASYNC_MASTER", "SYNC_MASTER"}, "",
     "A SYNC_MASTER, which never has a slave here, answers SLAVE_NOT_AVAILABLE when it must wait for one."},
    {"enableMixedMessageType", &BrokerConfig::enable_mixed_message_type, "",
     "Topics may have the message type MIXED.", &ServerProfile::topics_have_attributes},
    {"enableSlaveActingMaster", &BrokerConfig::enable_slave_acting_master, "",
     "A slave looks at sends before it refuses them.", &ServerProfile::has_acting_master},
    {"flushDiskType", BrokerWords{&BrokerConfig::sync_flush, "ASYNC_FLUSH", "SYNC_FLUSH"}, "",
     "SYNC_FLUSH: producers wait for the disk, syncFlushTimeout at most."},
    {"inSyncReplicas", &BrokerConfig::in_sync_replicas, "", "How many replicas a SYNC_MASTER wants."},
    {"maxMessageSize", &BrokerConfig::max_message_size, "bytes", "Larger bodies are refused with MESSAGE_ILLEGAL."},
    {"messageDelayLevel", &BrokerConfig::delay_levels, "", "The time of each delay level."},
    {"recallMessageEnable", &BrokerConfig::recall_message_enable, "",
     "Timer messages are taken back.", &ServerProfile::has_recall},
    {"regionId", &BrokerConfig::region_id, "", "Told to producers for message traces."},
    {"rejectTransactionMessage", &BrokerConfig::reject_transaction_message, "", "Transactional messages are refused."},
    {"slaveTimeout", &BrokerConfig::slave_timeout, "ms", "How long a SYNC_MASTER waits for its slaves."},
    {"syncFlushTimeout", &BrokerConfig::sync_flush_timeout, "ms", "How long a send waits for the disk."},
    {"timerWheelEnable", &BrokerConfig::timer_wheel_enable, "",
     "Timer messages are taken.", &ServerProfile::has_timers},
    {"traceOn", &BrokerConfig::trace_on, "", "Told to producers: whether to trace."},
    {"transactionCheckInterval", &TransactionConfig::transaction_check_interval, "ms",
     "Between two scans of half messages."},
    {"transactionCheckMax", &TransactionConfig::transaction_check_max, "",
     "After so many checks a half message is given up."},
    {"transactionOpBatchInterval", &TransactionConfig::transaction_op_batch_interval, "ms",
     "How long an end of a transaction may be noted in memory only.",
     &ServerProfile::notes_transaction_ends_in_batches},
    {"transactionTimeOut", &TransactionConfig::transaction_timeout, "ms", "Younger half messages are not asked about."},
};

/// The form in which operators write delay levels: "1s 5s 1m".
std::string levels_text(const std::vector<std::int64_t>& levels) {
  std::string out;
  for (const std::int64_t ms : levels) {
    if (!out.empty()) out += ' ';
    const std::int64_t s = ms / 1000;
    if (s >= 3600 && s % 3600 == 0) {
      out += std::to_string(s / 3600) + 'h';
    } else if (s >= 60 && s % 60 == 0) {
      out += std::to_string(s / 60) + 'm';
    } else {
      out += std::to_string(s) + 's';
    }
  }
  return out;
}

bool parse_setting_text(std::string_view text, bool& value) {
  value = text == "true";
  return value || text == "false";
}
bool parse_setting_text(std::string_view text, std::int32_t& value) {
  const auto number = text::parse_int32(text);
  value = number.value_or(-1);
  return value >= 0;
}
bool parse_setting_text(std::string_view text, std::int64_t& value) {  // a Java long of any sign
  const auto number = text::parse_int64(text);
  value = number.value_or(0);
  return number.has_value();
}
bool parse_setting_text(std::string_view text, std::string& value) {
  value = text;
  return true;
}
bool parse_setting_text(std::string_view text, std::vector<std::int64_t>& value) {
  auto levels = parse_delay_levels(text);
  if (levels) value = std::move(*levels);
  return levels.has_value();
}

std::string setting_text(bool value) { return value ? "true" : "false"; }
std::string setting_text(std::int64_t value) { return std::to_string(value); }
std::string setting_text(std::int32_t value) { return std::to_string(value); }
std::string setting_text(const std::string& value) { return value; }
std::string setting_text(const std::vector<std::int64_t>& value) { return levels_text(value); }

template <class V>
V& value_in(BrokerConfig& config, V BrokerConfig::*field) {
  return config.*field;
}
template <class V>
V& value_in(BrokerConfig& config, V TransactionConfig::*field) {
  return config.transactions.*field;
}
template <class V>
const V& value_in(const BrokerConfig& config, V BrokerConfig::*field) {
  return config.*field;
}
template <class V>
const V& value_in(const BrokerConfig& config, V TransactionConfig::*field) {
  return config.transactions.*field;
}

struct WhatItTakes {
  std::string operator()(bool BrokerConfig::*) const { return "true or false"; }
  std::string operator()(std::string BrokerConfig::*) const { return "a text"; }
  std::string operator()(std::vector<std::int64_t> BrokerConfig::*) const { return "times such as \"1s 5s 1m 2h\""; }
  std::string operator()(const BrokerWords& w) const { return std::string(w.off) + " or " + std::string(w.on); }
  std::string operator()(std::int64_t BrokerConfig::*) const { return "a number of milliseconds"; }
  template <class N, class O>
  std::string operator()(N O::*) const {
    return "a number that is not negative";
  }
};

}  // namespace

std::string BrokerSettingRow::takes() const { return std::visit(WhatItTakes{}, field); }

std::string BrokerSettingRow::get(const BrokerConfig& config) const {
  if (const auto* words = std::get_if<BrokerWords>(&field)) {
    return std::string(config.*(words->field) ? words->on : words->off);
  }
  return std::visit(
      [&](const auto& f) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(f)>, BrokerWords>) {
          return {};
        } else {
          return setting_text(value_in(config, f));
        }
      },
      field);
}

std::optional<std::string> BrokerSettingRow::set(BrokerConfig& config, std::string_view value) const {
  const bool taken = std::visit(
      [&](const auto& f) {
        if constexpr (std::is_same_v<std::decay_t<decltype(f)>, BrokerWords>) {
          if (value != f.on && value != f.off) return false;
          config.*(f.field) = value == f.on;
          return true;
        } else {
          auto parsed = value_in(config, f);
          if (!parse_setting_text(value, parsed)) return false;
          if constexpr (std::is_same_v<std::decay_t<decltype(f)>, std::int64_t TransactionConfig::*>) {
            if (parsed < 0 || parsed > INT32_MAX) return false;
          }
          value_in(config, f) = std::move(parsed);
          return true;
        }
      },
      field);
  if (taken) return std::nullopt;
  return std::string(name) + " takes " + takes() + ", not \"" + std::string(value) + "\"";
}

std::span<const BrokerSettingRow> broker_settings() { return kBrokerSettingRows; }

std::optional<std::string> set_broker_setting(BrokerConfig& config, std::string_view name, std::string_view value) {
  const auto* it = std::find_if(std::begin(kBrokerSettingRows), std::end(kBrokerSettingRows),
                                [&](const auto& row) { return row.name == name; });
  if (it == std::end(kBrokerSettingRows)) return std::string(name) + " is not a setting of the fake broker";
  return it->set(config, value);
}

}  // namespace rmqsim
