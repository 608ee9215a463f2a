// Sends whose queues follow from one another: a thread takes a topic's queues in turn (behaviour §5.1), as long as no
// attempt fails and the route stays the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/engine/judging/invariant.h"

namespace rmqsim {

struct QueueWalk {
  std::string producer;
  std::vector<std::uint64_t> sends;  ///< numbers, at least two, one after another on one thread; each with one attempt
  std::vector<std::pair<std::string, std::int32_t>> queues;  ///< writable ones, in Java's order

  /// Place of the queue that the send went to; none: it is not in the route.
  std::optional<std::size_t> place(const SendRecord& send) const;
  /// How often the next send did not take the next queue.
  std::size_t jumps(const RunRecord& record) const;
  /// A position that overflows goes on at another queue, unless their number divides all positions (behaviour §5.1).
  bool may_overflow() const { return (queues.size() & (queues.size() - 1)) != 0; }
};

std::vector<QueueWalk> queue_walks(const JudgedRun& run);

}  // namespace rmqsim
