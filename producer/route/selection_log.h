// The looks that led to the choice of a queue, as data: which queue the round-robin position pointed at and why it was
// passed over. Filled only when somebody wants to know (`rmqsim explain`); whoever chooses gets a null pointer
// otherwise and pays one check.
#pragma once

#include <cstdint>
#include <vector>

#include "producer/route/message_queue.h"

namespace rmqsim {

/// Why a queue is not taken; false when nothing speaks against it.
struct Objection {
  bool last_broker = false;  ///< on the broker of the attempt before
  bool isolated = false;     ///< its broker is not available yet
  bool unreachable = false;  ///< its broker was not reached last time

  explicit operator bool() const { return last_broker || isolated || unreachable; }
  bool operator==(const Objection&) const = default;
};

/// What a look asked of the queue.
enum class SelectionStage : std::uint8_t {
  in_turn,    ///< nothing: whatever comes next
  not_last,   ///< not on the last broker (latency fault tolerance off)
  available,  ///< broker available and not the last one (5.1.4+)
  reachable,  ///< broker reachable and not the last one (5.1.4+)
  last_but_reachable,  ///< broker reachable, be it the last one (hardened)
  scan,       ///< broker available; a walk that does not move the index (4.9.8)
  worst,      ///< all are isolated: a queue of one of the better ones (4.9.8)
};

struct QueueLook {
  SelectionStage stage = SelectionStage::in_turn;
  std::int32_t index = 0;  ///< the round-robin value that led here, without its sign bit
  MessageQueue queue;
  Objection objection;

  bool operator==(const QueueLook&) const = default;
};

class SelectionLog {
 public:
  /// The looks that follow ask this.
  void begin(SelectionStage stage) { stage_ = stage; }
  void look(std::int32_t index, const MessageQueue& queue) { looks_.push_back({stage_, index, queue, {}}); }
  /// About the look just made.
  void pass_over(Objection objection) { looks_.back().objection = objection; }
  const std::vector<QueueLook>& looks() const { return looks_; }

 private:
  SelectionStage stage_ = SelectionStage::in_turn;
  std::vector<QueueLook> looks_;
};

/// For code that may have no log.
inline void begin_stage(SelectionLog* log, SelectionStage stage) {
  if (log != nullptr) log->begin(stage);
}

}  // namespace rmqsim
