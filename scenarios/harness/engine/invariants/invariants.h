// The classes of the invariants, each in the file of its name.
#pragma once

#include <memory>

#include "scenarios/harness/engine/judging/invariant.h"
#include "scenarios/harness/file/invariants.h"

namespace rmqsim {

#define RMQSIM_DECLARE_INVARIANT(file, name, meaning) std::unique_ptr<Invariant> make_##file();
RMQSIM_INVARIANTS(RMQSIM_DECLARE_INVARIANT)
#undef RMQSIM_DECLARE_INVARIANT

}  // namespace rmqsim
