#include "tests/support/preset.h"

namespace rmqsim {

const char* const kProgramFolder = RMQSIM_BIN_DIR;
#if defined(RMQSIM_SANITIZED)
const bool kSanitized = true;
#else
const bool kSanitized = false;
#endif

}  // namespace rmqsim
