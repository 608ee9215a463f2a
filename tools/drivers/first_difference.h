// Where a client decided otherwise than the producer that follows a profile: send by send and attempt by attempt, as
// servers saw both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "tools/drivers/model_run.h"

namespace rmqsim {

/// Messages that are gathered share requests, and whose they are nobody can tell.
bool gathers(const Scenario& scenario);

/// Where two runs took different decisions for the first time.
struct Difference {
  std::uint64_t send = 0;
  std::size_t attempt = 0;  ///< of the send; beyond its last: how it ended
  std::string text;         ///< "send #3 …, where java-5.3.3 …"
  std::string kind;         ///< in one word, without numbers and places: "retried-after-SYSTEM_BUSY"
};
std::optional<Difference> first_difference(const Scenario& scenario, const RunRecord& record, const SeenAttempts& seen,
                                           const ModelRun& model);

}  // namespace rmqsim
