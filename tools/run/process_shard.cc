#include "tools/run/process_shard.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

namespace rmqsim {

Sharding process_sharding(const std::optional<std::string>& shard, const std::optional<std::uint64_t>& shards) {
  Environment all;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return read_sharding(shard, shards, all);
}

std::string touch_status_file(const Sharding& sharding) {
  if (sharding.status_file.empty() || std::ofstream(sharding.status_file, std::ios::app)) return "";
  return "cannot write " + sharding.status_file + ": " + std::strerror(errno);
}

std::string share_text(const Sharding& sharding, std::size_t own, std::size_t all, const std::string& what) {
  return "shard " + sharding.shard.text() + ", as " + sharding.from + " says: " + std::to_string(own) + " of " +
         std::to_string(all) + " " + what + (all == 1 ? "" : "s");
}

}  // namespace rmqsim
