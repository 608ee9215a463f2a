// One multiplication per UTF-16 unit, in unsigned arithmetic so that overflow is defined.
#include "producer/remoting/java_hash.h"

#include "producer/remoting/text.h"

namespace rmqsim {

std::int32_t java_hash(std::string_view utf8) {
  std::uint32_t hash = 0;
  for (std::size_t i = 0; i < utf8.size();) {
    const char32_t c = text::next_code_point(utf8, i);
    if (c < 0x10000) {
      hash = 31 * hash + static_cast<std::uint32_t>(c);
    } else {
      hash = 31 * hash + 0xD800 + static_cast<std::uint32_t>((c - 0x10000) >> 10);
      hash = 31 * hash + 0xDC00 + static_cast<std::uint32_t>((c - 0x10000) & 0x3FF);
    }
  }
  return static_cast<std::int32_t>(hash);
}

}  // namespace rmqsim
