// The parser of scenario files: a scenario or errors, never both, and errors that can be printed.
#include "scenarios/harness/file/load_scenario.h"
#include "tests/fuzz/targets.h"

namespace rmqsim::fuzz {

void scenario_file(std::string_view bytes) {
  const ParseResult result = parse_scenario(bytes, "-");
  if (result.ok() == !result.errors.empty()) broken("scenario_file", "neither a scenario nor an error, or both");
  if (result.errors.size() > kMaxScenarioErrors) broken("scenario_file", "more errors than are kept");
  result.to_string();
}

}  // namespace rmqsim::fuzz
