#include "scenarios/harness/explore/campaign/sharding.h"

#include <charconv>
#include <string_view>

namespace rmqsim {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Sharding mistake(std::string sentence) { return {.error = std::move(sentence)}; }

/// Of a variable, or a flag, that holds something else.
Sharding no_number(const std::string& from, const std::string& text) {
  return mistake(from + " takes a whole number, not " + (text.empty() ? "an empty text" : text));
}

Sharding checked(const std::optional<std::uint64_t>& index, const std::optional<std::uint64_t>& count,
                 std::uint64_t first, const std::string& from) {
  if (!index || !count) return mistake(from + " takes whole numbers");
  if (*count == 0) return mistake(from + " divides into 0 shards; there is at least one");
  if (*index < first || *index - first >= *count) {
    return mistake(from + " is shard " + std::to_string(*index) + " of " + std::to_string(*count) + "; they are " +
                   std::to_string(first) + " to " + std::to_string(first + *count - 1));
  }
  return {{*index - first, *count}, from, {}, {}};
}

/// Who tells index and total in two variables.
struct Pair {
  const char* index;
  const char* total;
  std::uint64_t first = 0;
  const char* status_file = nullptr;
  bool total_alone = false;  ///< the total is told of jobs that are not divided as well, and is then 1
};

class Variables {
 public:
  explicit Variables(const Environment& environment) : environment_(environment) {}

  const std::string* operator[](std::string_view name) const {
    const auto found = environment_.find(name);
    return found == environment_.end() ? nullptr : &found->second;
  }
  std::optional<std::uint64_t> value(std::string_view name) const {
    const std::string* text = (*this)[name];
    return text == nullptr ? std::nullopt : number(*text);
  }

 private:
  const Environment& environment_;
};

Sharding half(const std::string& there, const std::string& missing) {
  return mistake(there + " is given and " + missing + " is not: half of what says which shard this is");
}

std::optional<Sharding> read_pair(const Pair& pair, const Variables& variables) {
  const std::string* index = variables[pair.index];
  const std::string* total = variables[pair.total];
  if (index == nullptr && total == nullptr) return std::nullopt;
  if (index == nullptr && pair.total_alone && *total == "1") return std::nullopt;
  if (index == nullptr) return half(pair.total, pair.index);
  if (total == nullptr) return half(pair.index, pair.total);
  if (!number(*index)) return no_number(pair.index, *index);
  if (!number(*total)) return no_number(pair.total, *total);
  if (*number(*total) == 0) return mistake(std::string(pair.total) + " is 0; there is at least one shard");
  Sharding sharding = checked(number(*index), number(*total), pair.first, pair.index);
  const std::string* status_file = pair.status_file == nullptr ? nullptr : variables[pair.status_file];
  if (sharding.error.empty() && status_file != nullptr) sharding.status_file = *status_file;
  return sharding;
}

/// Arrays begin anywhere and may have steps; one with holes has no index to be computed.
std::optional<Sharding> read_slurm(const Variables& variables) {
  const char* names[] = {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN"};
  const char* there = nullptr;
  const char* missing = nullptr;
  for (const char* name : names) (variables[name] != nullptr ? there : missing) = name;
  if (there == nullptr) return std::nullopt;
  if (missing != nullptr) return half(there, missing);
  const auto id = variables.value(names[0]), count = variables.value(names[1]), min = variables.value(names[2]);
  const bool stepped = variables["SLURM_ARRAY_TASK_STEP"] != nullptr;
  const auto step = stepped ? variables.value("SLURM_ARRAY_TASK_STEP") : std::optional<std::uint64_t>(1);
  if (!id || !count || !min || !step || *step == 0 || *id < *min) {
    return mistake("SLURM_ARRAY_TASK_ID and those beside it take whole numbers, the first of them not below _MIN");
  }
  const std::uint64_t offset = *id - *min;
  if (offset % *step != 0 || offset / *step >= *count) {
    return mistake("SLURM_ARRAY_TASK_ID is " + std::to_string(*id) +
                   ", which has no place in an array with holes; say --shard");
  }
  return checked(offset / *step, count, 0, names[0]);
}

std::optional<Sharding> read_indexed_job(const std::optional<std::uint64_t>& shards, const Variables& variables) {
  const std::string* index = variables["JOB_COMPLETION_INDEX"];
  if (index == nullptr) return std::nullopt;
  if (!shards) return half("JOB_COMPLETION_INDEX", "--shards");
  return checked(number(*index), shards, 0, "JOB_COMPLETION_INDEX");
}

}  // namespace

Sharding read_sharding(const std::optional<std::string>& shard, const std::optional<std::uint64_t>& shards,
                       const Environment& environment) {
  if (shard) {
    const std::size_t slash = shard->find('/');
    if (slash == std::string::npos) return mistake("--shard takes i/n, as in 0/8, not " + *shard);
    if (shards) return mistake("--shard says how many there are; --shards goes with JOB_COMPLETION_INDEX");
    return checked(number(shard->substr(0, slash)), number(shard->substr(slash + 1)), 0, "--shard");
  }
  const Variables variables(environment);
  if (shards) {  // what was said on the command line counts before what the machine happens to say
    if (const auto job = read_indexed_job(shards, variables)) return *job;
    return half("--shards", "JOB_COMPLETION_INDEX");
  }
  constexpr Pair kBefore[] = {
      {"GTEST_SHARD_INDEX", "GTEST_TOTAL_SHARDS", 0, "GTEST_SHARD_STATUS_FILE"},
      {"TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS", 0, "TEST_SHARD_STATUS_FILE"},
  };
  constexpr Pair kAfter[] = {
      {"CI_NODE_INDEX", "CI_NODE_TOTAL", 1, nullptr, true},
      {"CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0, nullptr, true},
      {"BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT"},
  };
  for (const Pair& pair : kBefore) {
    if (auto sharding = read_pair(pair, variables)) return *sharding;
  }
  if (auto sharding = read_slurm(variables)) return *sharding;
  if (auto sharding = read_indexed_job(shards, variables)) return *sharding;
  for (const Pair& pair : kAfter) {
    if (auto sharding = read_pair(pair, variables)) return *sharding;
  }
  return {};
}

}  // namespace rmqsim
