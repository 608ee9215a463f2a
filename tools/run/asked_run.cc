#include "tools/run/asked_run.h"

#include <algorithm>
#include <utility>

namespace rmqsim {

void AskedRuns::add(AskedRun run, const std::vector<std::uint64_t>& seeds) {
  const std::uint64_t count = seeds.empty() ? 1 : seeds.size();
  groups_.push_back({std::move(run), seeds.empty() ? nullptr : &seeds, end_, end_ + count});
  end_ += count;
}

const AskedRuns::Group& AskedRuns::group_of(std::uint64_t number) const {
  return *std::upper_bound(groups_.begin(), groups_.end(), number,
                           [](std::uint64_t n, const Group& group) { return n < group.end; });
}

AskedRun AskedRuns::at(std::size_t i) const {
  const std::uint64_t number = shard_.trial(i);
  const Group& group = group_of(number);
  AskedRun run = group.run;
  if (group.seeds != nullptr) run.seed = (*group.seeds)[static_cast<std::size_t>(number - group.begin)];
  return run;
}

std::size_t AskedRuns::next_after(std::size_t i) const {
  return static_cast<std::size_t>(shard_.share(group_of(shard_.trial(i)).end));
}

}  // namespace rmqsim
