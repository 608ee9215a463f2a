// One multiplication per UTF-16 unit, in unsigned arithmetic so that overflow is defined.
#include "producer/remoting/codec/java_hash.h"

#include "producer/remoting/codec/text.h"

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

std::uint32_t java_bucket(std::int32_t hash_code, std::uint32_t buckets) {
  const auto hash = static_cast<std::uint32_t>(hash_code);
  return (hash ^ (hash >> 16)) & (buckets - 1);
}

std::uint32_t java_concurrent_hash_map_buckets(std::uint32_t initial, std::size_t size) {
  std::uint32_t buckets = initial;
  while (size >= buckets - buckets / 4 && buckets < (1u << 30)) buckets *= 2;
  return buckets;
}

std::size_t java_length(std::string_view utf8) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < utf8.size();) length += text::next_code_point(utf8, i) < 0x10000 ? 1 : 2;
  return length;
}

}  // namespace rmqsim
