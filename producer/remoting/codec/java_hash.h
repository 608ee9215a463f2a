// java.lang.String.hashCode of a UTF-8 text (over UTF-16 units, with 32-bit overflow) and what Java's hash maps make of
// a hash code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rmqsim {

std::int32_t java_hash(std::string_view utf8);

/// In which bucket of a java.util hash map with that many (a power of two) a key with that hashCode() lies. Maps are
/// walked bucket by bucket; java_map.h has such maps.
std::uint32_t java_bucket(std::int32_t hash_code, std::uint32_t buckets);
/// Buckets of a ConcurrentHashMap that began with `initial` and has held `size` entries: doubled at three quarters.
std::uint32_t java_concurrent_hash_map_buckets(std::uint32_t initial, std::size_t size);
/// Length in UTF-16 units, Java's String.length().
std::size_t java_length(std::string_view utf8);

}  // namespace rmqsim
