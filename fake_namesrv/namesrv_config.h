// What GET_NAMESRV_CONFIG (319) shows: the properties of NamesrvConfig and NettyServerConfig with their defaults, in
// the order of their names, a line each.
#pragma once

#include <string>

#include "fake_namesrv/fake_namesrv.h"

namespace rmqsim {

std::string namesrv_config_text(const NamesrvConfig& config);

}  // namespace rmqsim
