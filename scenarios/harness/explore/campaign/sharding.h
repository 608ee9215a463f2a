// Which part of a campaign this process has: said by a flag, or by the variables with which those who start jobs side
// by side tell each its number. Half of such a pair is a mistake: whoever was given a part must never run everything.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace rmqsim {

using Environment = std::map<std::string, std::string, std::less<>>;

/// The trials t with t mod count = index.
struct Shard {
  std::uint64_t index = 0;
  std::uint64_t count = 1;

  auto operator<=>(const Shard&) const = default;
  std::uint64_t trial(std::uint64_t position) const { return index + position * count; }
  /// How many of the campaign's first `trials` are its own.
  std::uint64_t share(std::uint64_t trials) const { return trials <= index ? 0 : (trials - index - 1) / count + 1; }
  /// "0/8".
  std::string text() const { return std::to_string(index) + "/" + std::to_string(count); }
};

struct Sharding {
  Shard shard;
  std::string from;         ///< the flag or variable that said the index; empty when nobody did
  std::string status_file;  ///< to be touched, which tells the runner that its wish is known; empty: none
  std::string error;        ///< one sentence; empty when all is well
};

/// `shard` is "i/n" of --shard and wins; `shards` is the n of --shards, which goes with JOB_COMPLETION_INDEX.
Sharding read_sharding(const std::optional<std::string>& shard, const std::optional<std::uint64_t>& shards,
                       const Environment& environment);

}  // namespace rmqsim
