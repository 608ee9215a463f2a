// One run that `rmqsim run` was asked for, or what stands in its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "producer/profile/profile.h"
#include "scenarios/harness/file/scenario.h"
#include "scenarios/harness/report/report.h"

namespace rmqsim {

struct AskedRun {
  const Scenario* scenario = nullptr;
  const Profile* profile = nullptr;
  std::optional<std::uint64_t> seed;
  std::optional<ReportEntry> invalid;
  std::string not_applicable;  ///< why the client that is driven has nothing to do with it
};

}  // namespace rmqsim
