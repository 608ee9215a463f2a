#include "scenarios/harness/file/concerns.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {
namespace {

/// Theme folders of the library that are not called as what they are about.
constexpr std::pair<std::string_view, std::string_view> kThemes[] = {
    {"basics", "sending"},       {"codes", "retry"},      {"retries", "retry"},         {"latency", "isolation"},
    {"detector", "isolation"},   {"go_away", "connection"}, {"connections", "connection"}, {"routing", "route"},
    {"heartbeats", "heartbeat"}, {"transactions", "transaction"}, {"delayed", "delay"},
    {"request_reply", "request"}, {"auto_batch", "batch"},
};

}  // namespace

std::vector<std::string> concerns_of(const Scenario& scenario) {
  if (!scenario.concerns.empty()) return scenario.concerns;
  std::error_code ignored;
  std::string folder = std::filesystem::absolute(scenario.file, ignored).parent_path().filename();
  for (const auto& [theme, concern] : kThemes) {
    if (folder == theme) folder = concern;
  }
  const bool known = std::any_of(std::begin(kConcerns), std::end(kConcerns),
                                 [&](const Concern& one) { return one.name == folder; });
  return {known ? folder : std::string(kOtherConcern)};
}

}  // namespace rmqsim
