// Rules of a proxy that stand in no scenario: as text on a command line, or in a file.
#pragma once

#include <cstddef>
#include <string>

#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {

/// In the form of a scenario's `faults`: a scenario is put around them that has what they name. `problem` says what is
/// wrong with them; empty: nothing.
ParseResult parse_proxy_rules(const std::string& faults, std::size_t nameservers, std::string& problem);

}  // namespace rmqsim
