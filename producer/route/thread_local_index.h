// The round-robin position of Java's ThreadLocalIndex: one counter per logical thread, with a random or scripted start.
// A topic's publish info owns one, so all producers of an instance share it (behaviour §5.1, §4.1).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "producer/transport/random.h"
#include "producer/transport/runtime.h"

namespace rmqsim {

/// Values that the starts and resets of all indexes together take, in the order in which they need one; then 0. What a
/// client drew is found by trying them one after the other.
struct QueueIndexDraws {
  std::vector<std::int32_t> values;
  std::size_t taken = 0;
  std::int32_t next() { return taken++ < values.size() ? values[taken - 1] : 0; }
};

/// Where start and reset values come from. `start` is the value that an index holds before its first increment;
/// `resets` are the values that successive resets of one index object take, the list repeating after its last.
/// What is not scripted is drawn from `random`; with `draws` everything comes from there.
struct QueueIndexSource {
  std::optional<std::int32_t> start;
  std::vector<std::int32_t> resets;
  Random* random = nullptr;
  bool starts_non_negative = false;  ///< Profile::index_starts_non_negative
  std::shared_ptr<QueueIndexDraws> draws = nullptr;
};

class ThreadLocalIndex {
 public:
  explicit ThreadLocalIndex(const QueueIndexSource* source) : source_(source) {}

  /// Advances the thread's counter (int32 wrap-around) and returns it without its sign bit, hence never negative.
  std::int32_t increment_and_get(ThreadId thread);
  /// Restarts the thread's counter; 5.1.4+ does so before each retry of a send in latency mode.
  void reset(ThreadId thread);
  /// The value that the next increment starts from, for traces; nullopt before the thread's first use.
  std::optional<std::int32_t> peek(ThreadId thread) const;

 private:
  std::int32_t& slot(ThreadId thread);
  const QueueIndexSource* source_;
  std::vector<std::pair<ThreadId, std::int32_t>> values_;  // few threads: a scan beats a hash
  std::size_t resets_taken_ = 0;
};

}  // namespace rmqsim
