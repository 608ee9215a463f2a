// The page of reports without data, as page/ and d3's files make it when this is built (page/embed.cmake).
#pragma once

#include <string_view>

namespace rmqsim {

std::string_view page_source();

}  // namespace rmqsim
