// One choice of a queue with everything that it rested on: the round-robin position before and after, the looks, and
// the fault items as they were at that moment. Plain data for explanations; MQFaultStrategy fills it when given one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "producer/latency/latency_fault_tolerance.h"
#include "producer/route/message_queue.h"
#include "producer/route/selection_log.h"
#include "producer/transport/runtime.h"

namespace rmqsim {

/// How 4.9.8 chose when every broker was isolated (pickOneAtLeast, behaviour §5.4).
struct WorstChoice {
  std::vector<std::string> ranking;  ///< brokers, best first
  std::size_t half = 0;              ///< so many of them are chosen from; 0: the first, without a turn
  std::optional<std::int32_t> turn;  ///< value of the index over the worst brokers; none: it did not move
  std::optional<std::string> broker;
  std::int32_t writable_queues = -1;  ///< of that broker; 0 or less: it is forgotten and the next queue taken
};

struct Selection {
  std::int64_t now_millis = 0;  ///< since the epoch
  ThreadId thread = 0;          ///< whose position was used
  bool latency_fault_tolerance = false;
  bool by_filters = false;      ///< 5.1.4+; else the scan of 4.9.8; only with latency fault tolerance
  std::string last_broker;      ///< empty: none is avoided
  std::size_t queues = 0;       ///< of the topic
  std::optional<std::int32_t> index_before;  ///< signed, as kept; none: the thread's first use
  std::optional<std::int32_t> reset_to;      ///< a retry of 5.1.4+ restarted the index there
  std::optional<std::int32_t> index_after;
  SelectionLog log;
  std::map<std::string, FaultItem, std::less<>> fault_items;
  std::optional<WorstChoice> worst;
  std::optional<MessageQueue> chosen;
};

}  // namespace rmqsim
