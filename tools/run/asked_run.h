// What `rmqsim run` was asked for: a run, or what stands in its place, and all of them in their order. A million seeds
// take no more room than their numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "producer/profile/profile.h"
#include "scenarios/harness/explore/campaign/sharding.h"
#include "scenarios/harness/file/scenario.h"
#include "scenarios/harness/report/report.h"

namespace rmqsim {

struct AskedRun {
  const Scenario* scenario = nullptr;
  const Profile* profile = nullptr;
  std::optional<std::uint64_t> seed;
  std::optional<ReportEntry> instead;  ///< of what could not become a run
  std::string not_applicable;  ///< why the client that is driven has nothing to do with it
};

class AskedRuns {
 public:
  /// The run once with each seed, which outlive this; with the one that it has if there are none.
  void add(AskedRun run, const std::vector<std::uint64_t>& seeds);
  /// From now on only those that are the shard's.
  void keep(const Shard& shard) { shard_ = shard; }

  std::size_t size() const { return static_cast<std::size_t>(shard_.share(end_)); }
  bool empty() const { return size() == 0; }
  AskedRun at(std::size_t i) const;
  /// Behind the last one that differs from that one in its seed only.
  std::size_t next_after(std::size_t i) const;

 private:
  struct Group {
    AskedRun run;
    const std::vector<std::uint64_t>* seeds;  ///< null: its own
    std::uint64_t begin, end;
  };
  const Group& group_of(std::uint64_t number) const;

  std::vector<Group> groups_;
  std::uint64_t end_ = 0;  ///< of all shards
  Shard shard_;
};

}  // namespace rmqsim
