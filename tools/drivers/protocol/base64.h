// Bytes as text in a line of JSON: base64 with + and /, padded, as every language's library writes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rmqsim {

std::string base64_text(std::string_view bytes);
/// nullopt: it is none. Padding may be left out.
std::optional<std::string> bytes_of_base64(std::string_view text);

}  // namespace rmqsim
