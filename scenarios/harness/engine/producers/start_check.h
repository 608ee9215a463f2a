// Whether the start of a producer ended as the scenario says: well, or with the exception that a `startProducer` names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/expectations/sends.h"

namespace rmqsim {

/// What a start failed with; addresses by their names.
struct StartError {
  std::string type;
  std::int32_t response_code = -1;
  std::string message;
};

/// nullopt when it did. `wanted` none: it was to start.
std::optional<Failure> check_start(const std::string& producer, const std::optional<ExceptionExpectation>& wanted,
                                   const std::optional<StartError>& error, SourceLocation where);
/// Whether it is one of check_start.
bool is_start_failure(const Failure& failure);

}  // namespace rmqsim
