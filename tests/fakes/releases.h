// The releases that the fakes emulate, for tests of what differs between them.
#pragma once

#include "fake_broker/shell/server_profile.h"

namespace rmqsim {

inline const ServerProfile* const kServer5 = find_server_profile("5.3.3");
inline const ServerProfile* const kServer4 = find_server_profile("4.9.8");
inline const ServerProfile* const kBothServers[] = {kServer5, kServer4};

}  // namespace rmqsim
