// What the workers of a campaign tell each other, and whoever watches, while they are at work: memory that they share
// since they were forked. Which findings somebody looks at already, so that not all of them make the same one small at
// the same time; and how far they are, which their rows tell only at the end.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "scenarios/harness/explore/trial.h"

namespace rmqsim {

class Blackboard {
 public:
  using Count = std::atomic<std::uint64_t>;
  struct Counts {
    Count trials{0}, runs{0};
    Count looked_at{0};  ///< failures that are being run again, or made small
  };

  /// Throws std::bad_alloc when there is no memory to share.
  Blackboard();
  ~Blackboard();
  Blackboard(const Blackboard&) = delete;
  Blackboard& operator=(const Blackboard&) = delete;

  /// False when another worker looks at it, or has. When there are too many, everybody gets what he wants.
  bool take(const Signature& signature);
  Counts& counts() { return shared_->counts; }

 private:
  static constexpr std::size_t kSlots = 1024;
  struct Shared {
    Counts counts;
    Count taken[kSlots]{};
  };

  Shared* shared_;
};

}  // namespace rmqsim
