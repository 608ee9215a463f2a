// The JSON Schema of one object, for those that take parts of a scenario file elsewhere.
#pragma once

#include <string>

#include "scenarios/harness/file/parse/shapes.h"

namespace rmqsim {

/// JSON; what it refers to is in `definitions` of scenario_schema().
std::string object_schema(const Shape& shape);

}  // namespace rmqsim
