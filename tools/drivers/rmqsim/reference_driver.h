// The driver of our own producer: the same code that scenarios run, over TCP, behind the protocol of
// tools/drivers/README.md. It can do everything that the protocol knows, and is what a driver is compared with.
#pragma once

#include <iosfwd>

#include "producer/profile/profile.h"

namespace rmqsim {

/// Until `bye` or the end of the input; the exit status.
int run_reference_driver(const Profile& profile, std::istream& in, std::ostream& out);

}  // namespace rmqsim
