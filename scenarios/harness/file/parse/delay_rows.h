// The distributions of a delay by their keys, for the parser and the writer.
#pragma once

#include <string_view>

#include "fake_broker/rules/fault_action.h"
#include "scenarios/harness/file/parse/parse_context.h"

namespace rmqsim {

struct DelayRow {
  std::string_view key;
  DelayDistribution::Kind kind;
  std::string_view parameters;
  double max_b;
};

inline constexpr DelayRow kDelays[] = {
    {"uniform", DelayDistribution::Kind::uniform, "[low, high] in ms", kMaxTimeMs},
    {"normal", DelayDistribution::Kind::normal, "[mean, sd] in ms", kMaxTimeMs},
    {"lognormal", DelayDistribution::Kind::lognormal, "[median in ms, sigma]", 10},
    {"pareto", DelayDistribution::Kind::pareto, "[minimum in ms, alpha]", 1000},
};

}  // namespace rmqsim
