// All settings.
#pragma once

#include <tuple>

#include "scenarios/harness/file/settings/client_settings.h"
#include "scenarios/harness/file/settings/latency_settings.h"
#include "scenarios/harness/file/settings/sending_settings.h"

namespace rmqsim {

inline constexpr auto kProducerSettingRows = std::tuple_cat(kSendingSettings, kLatencySettings, kClientSettings);

}  // namespace rmqsim
