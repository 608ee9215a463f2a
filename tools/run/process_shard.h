// Which part of the work is this process's, by its command line and its environment (sharding.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/harness/explore/campaign/sharding.h"

namespace rmqsim {

Sharding process_sharding(const std::optional<std::string>& shard, const std::optional<std::uint64_t>& shards);

/// Of things in order, whether the one of this number is the shard's.
inline bool is_own(const Shard& shard, std::uint64_t number) { return number % shard.count == shard.index; }

/// Tells a test runner that its wish is known. What is wrong; empty when nothing is.
std::string touch_status_file(const Sharding& sharding);

/// "shard 0/4, as --shard says: 3 of 12 runs".
std::string share_text(const Sharding& sharding, std::size_t own, std::size_t all, const std::string& what);

}  // namespace rmqsim
