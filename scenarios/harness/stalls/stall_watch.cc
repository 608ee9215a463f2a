#include "scenarios/harness/stalls/stall_watch.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "scenarios/harness/stalls/processor_time.h"

namespace rmqsim {
namespace {

using Clock = std::chrono::steady_clock;

unsigned processors() { return std::max(std::thread::hardware_concurrency(), 1u); }

}  // namespace

struct StallWatch::Impl {
  Impl(pid_t other, std::function<TimePoint()> clock, Duration period)
      : now(std::move(clock)), every(period), time(other), stalls(processors()) {
    stalls.add({now()});
    thread = std::thread([this, begun = now()] { watch(begun); });
  }

  void watch(TimePoint begun) {
    time.look();
    StallLook look{now()};
    look.late = look.at - begun;
    std::unique_lock lock(mutex);
    stalls.add(look);
    longest = look.late;
    due = Clock::now() + every;
    while (!over) {
      ended.wait_until(lock, due, [this] { return over; });
      look.late = std::max<Duration>(Clock::now() - due, Duration::zero());
      longest = std::max(longest, look.late);
      due = Clock::now() + every;
      lock.unlock();  // whoever asks need not wait until all have been looked at
      const TimePoint before = std::exchange(look.at, now());
      time.look();
      // Threads may have waited one after the other.
      look.waited = std::max(time.longest_wait(), std::min(time.waited(), look.at - before));
      look.used = time.used();
      lock.lock();
      stalls.add(look);
      longest = std::max(longest, time.longest_wait());
    }
  }

  const std::function<TimePoint()> now;
  const Duration every;
  ProcessorTime time;
  Stalls stalls;
  mutable std::mutex mutex;
  std::condition_variable ended;
  bool over = false;
  Clock::time_point due = Clock::time_point::max();  ///< of the next look
  Duration longest{0};                               ///< wait of a thread, or of the clock
  std::thread thread;
};

StallWatch::StallWatch(pid_t other, std::function<TimePoint()> now, Duration every)
    : impl_(std::make_unique<Impl>(other, std::move(now), every)) {}

StallWatch::~StallWatch() { end(); }

Duration StallWatch::longest_wait() const {
  const std::lock_guard lock(impl_->mutex);
  // Whoever asks may have been woken before the thread that watches.
  return std::max<Duration>(impl_->longest, Clock::now() - impl_->due);
}

Stalls StallWatch::end() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->over = true;
  }
  impl_->ended.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->due = Clock::time_point::max();
  return impl_->stalls;
}

}  // namespace rmqsim
