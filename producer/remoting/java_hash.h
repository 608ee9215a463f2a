// java.lang.String.hashCode of a UTF-8 text: over UTF-16 units, with 32-bit overflow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rmqsim {

std::int32_t java_hash(std::string_view utf8);

/// In which bucket of a java.util hash map with that many (a power of two) a string key lies. Maps are walked bucket by
/// bucket, so this is the order of their keys; within one bucket it is that of their insertion.
std::uint32_t java_hash_bucket(std::string_view utf8, std::uint32_t buckets);
/// Buckets of a ConcurrentHashMap that began with `initial` and holds `size` entries: doubled at three quarters.
std::uint32_t java_concurrent_hash_map_buckets(std::uint32_t initial, std::size_t size);
/// Length in UTF-16 units, Java's String.length().
std::size_t java_length(std::string_view utf8);

}  // namespace rmqsim
