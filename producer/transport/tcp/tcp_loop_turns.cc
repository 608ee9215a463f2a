#include "producer/transport/tcp/tcp_loop_turns.h"

namespace rmqsim {

bool TcpLoopTurns::take_over() {
  if (!standing_by_.load()) return false;
  const std::lock_guard lock(mutex_);
  if (!standing_by_.load() || led_ || recalled_ || waiting_.load() > 1) return false;
  led_ = true;
  ++terms_;
  return true;
}

void TcpLoopTurns::give_back() {
  const std::lock_guard lock(mutex_);
  led_ = false;
  if (waiting_.load() == 0) return;
  recalled_ = true;
  changed_.notify_one();
}

void TcpLoopTurns::note_wait(std::chrono::nanoseconds took) {
  if (!enabled_) return;
  if (took > kShort || waiting_.load() != 0) {
    streak_.store(0);
  } else if (streak_.fetch_add(1) + 1 >= kShortWaits) {
    wanted_.store(true);
  }
}

void TcpLoopTurns::stand_by() {
  std::unique_lock lock(mutex_);
  standing_by_.store(true);
  if (waiting_.load() != 0) recalled_ = true;  // who came before that relies on this thread
  for (std::uint64_t seen = terms_; !recalled_;) {
    if (changed_.wait_for(lock, kWatch) != std::cv_status::timeout || led_) continue;
    if (terms_ == seen) break;
    seen = terms_;
  }
  standing_by_.store(false);
  recalled_ = false;
  wanted_.store(false);
  streak_.store(0);
}

void TcpLoopTurns::recall() {
  if (!standing_by_.load()) return;
  const std::lock_guard lock(mutex_);
  if (!standing_by_.load() || led_) return;
  recalled_ = true;
  changed_.notify_one();
}

}  // namespace rmqsim
