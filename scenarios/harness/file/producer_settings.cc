#include "scenarios/harness/file/producer_settings.h"

#include <algorithm>
#include <array>

#include "scenarios/harness/file/settings/producer_setting_rows.h"

namespace rmqsim {
namespace {

constexpr auto kSettings =
    std::apply([](const auto&... row) { return std::array<ProducerSetting, sizeof...(row)>{row.setting...}; },
               kProducerSettingRows);

/// "…, no effect in java-4.9.8", from the profiles' capabilities.
std::string meaning(const ProducerSetting& setting) {
  std::string text(setting.key.description);
  if (setting.use == ProducerSetting::Use::at_start) text += " Read once, when the producer starts.";
  std::string without;
  for (const std::string_view name : profile_names()) {
    if (!setting.has_effect(*find_profile(name))) without += (without.empty() ? "" : ", ") + std::string(name);
  }
  return without.empty() ? text : text + " No effect in " + without + ".";
}

}  // namespace

std::span<const ProducerSetting> producer_settings() { return kSettings; }

const ProducerSetting* find_producer_setting(std::string_view name) {
  const auto* it = std::find_if(kSettings.begin(), kSettings.end(), [&](const auto& s) { return s.name() == name; });
  return it == kSettings.end() ? nullptr : it;
}

std::span<const KeyRow> setting_rows() {
  struct Rows {
    std::vector<std::string> meanings;
    std::vector<KeyRow> rows;
  };
  static const Rows all = [] {
    Rows made;
    made.meanings.reserve(kSettings.size());
    for (const ProducerSetting& setting : kSettings) {
      if (setting.use == ProducerSetting::Use::refused) continue;
      KeyRow row = setting.key;
      row.description = made.meanings.emplace_back(meaning(setting));
      made.rows.push_back(row);
    }
    return made;
  }();
  return all.rows;
}

}  // namespace rmqsim
