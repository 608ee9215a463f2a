#include "scenarios/harness/file/broker_setting_keys.h"

#include <array>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "fake_broker/settings/broker_settings.h"

namespace rmqsim {
namespace {

KeyType type_of(const BrokerSettingRow& row, std::vector<std::array<std::string_view, 2>>& words) {
  return std::visit(
      [&](const auto& field) -> KeyType {
        using Field = std::decay_t<decltype(field)>;
        if constexpr (std::is_same_v<Field, BrokerWords>) {
          words.push_back({field.off, field.on});
          return key::words(words.back());
        } else if constexpr (std::is_same_v<Field, bool BrokerConfig::*>) {
          return key::boolean;
        } else if constexpr (std::is_same_v<Field, std::string BrokerConfig::*> ||
                             std::is_same_v<Field, std::vector<std::int64_t> BrokerConfig::*>) {
          return key::text();
        } else {
          return key::integer(0, INT32_MAX);
        }
      },
      row.field);
}

}  // namespace

std::string_view said_in_cluster(std::string_view setting) {
  if (setting == "autoCreateTopicEnable") return "autoCreateTopic";
  if (setting == "recallMessageEnable") return "recallMessageEnable";
  return setting.starts_with("transaction") ? "transactions" : std::string_view{};
}

std::span<const KeyRow> broker_setting_keys() {
  struct Keys {
    std::vector<std::string> defaults;
    std::vector<std::array<std::string_view, 2>> words;
    std::vector<KeyRow> rows;
  };
  static const Keys all = [] {
    Keys keys;
    const std::size_t most = broker_settings().size();  // nothing may move that rows point to
    keys.defaults.reserve(most);
    keys.words.reserve(most);
    for (const BrokerSettingRow& row : broker_settings()) {
      if (!said_in_cluster(row.name).empty()) continue;
      const KeyType type = type_of(row, keys.words);
      const bool text = type.kind == KeyType::Kind::text || type.kind == KeyType::Kind::words;
      const std::string value = row.get(BrokerConfig{});
      keys.defaults.push_back(text ? '"' + value + '"' : value);
      keys.rows.push_back({row.name, type, row.unit, keys.defaults.back(), row.description});
    }
    return keys;
  }();
  return all.rows;
}

}  // namespace rmqsim
