// A row of the settings: what is known of it, and how it is applied. `apply` is a generic function `(target, value)`
// that only the engine instantiates (engine/producers/producer_config.cc says what a target is), so a program that
// reads scenarios does not need the client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "scenarios/harness/file/producer_settings.h"

namespace rmqsim {

template <class Apply>
struct SettingRow {
  ProducerSetting setting;
  Apply apply;  ///< nullptr_t: there is nothing to do
};

/// Any time.
template <class Apply>
constexpr SettingRow<Apply> setting(KeyRow key, Apply apply, bool Profile::*needs = nullptr) {
  return {{key, ProducerSetting::Use::any_time, needs}, apply};
}
/// Any time, with a default of the profile's own.
template <class Apply>
constexpr SettingRow<Apply> setting(KeyRow key, Apply apply, std::vector<std::int64_t> Profile::*times) {
  return {{key, ProducerSetting::Use::any_time, nullptr, nullptr, times}, apply};
}
/// Read when the producer starts, and never again.
template <class Apply>
constexpr SettingRow<Apply> once(KeyRow key, Apply apply, bool Profile::*needs = nullptr,
                                 bool Profile::*unless = nullptr) {
  return {{key, ProducerSetting::Use::at_start, needs, unless}, apply};
}
/// Java has it, these producers do not.
constexpr SettingRow<std::nullptr_t> refused(KeyRow key) { return {{key, ProducerSetting::Use::refused}, nullptr}; }

}  // namespace rmqsim
