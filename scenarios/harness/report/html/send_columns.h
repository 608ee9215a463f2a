// Sends and their attempts as columns of a report.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/report/html/columns.h"

namespace rmqsim {

/// Adds `sends` and `attempts`. `producers` says of each step whose it is; times count from `origin`.
void put_send_columns(const std::vector<SendRecord>& sends, TimePoint origin, const Column& producers, WordList& words,
                      nlohmann::ordered_json& run);

}  // namespace rmqsim
