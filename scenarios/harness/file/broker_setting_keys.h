// The broker properties that a scenario may give one broker (`config`): the rows of the fake broker, without those that
// the cluster says for all of its brokers.
#pragma once

#include <span>
#include <string_view>

#include "scenarios/harness/file/parse/key_row.h"

namespace rmqsim {

/// Keys as the parser, the writer and the JSON Schema read them, with the fake broker's defaults.
std::span<const KeyRow> broker_setting_keys();

/// The key of `cluster` that says it; empty: none does.
std::string_view said_in_cluster(std::string_view setting);

}  // namespace rmqsim
