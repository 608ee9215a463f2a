// The keys of a rule's `do` for the schema, made of the rows of fault actions.
#pragma once

#include <span>

#include "scenarios/harness/file/parse/key_row.h"

namespace rmqsim {

std::span<const KeyRow> fault_action_keys();

}  // namespace rmqsim
