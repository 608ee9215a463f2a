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

constexpr auto kEvery = std::chrono::milliseconds(10);

unsigned processors() { return std::max(std::thread::hardware_concurrency(), 1u); }

}  // namespace

struct StallWatch::Impl {
  Impl(pid_t other, std::function<TimePoint()> clock) : now(std::move(clock)), time(other), stalls(processors()) {
    stalls.add({now()});
    thread = std::thread([this, begun = now()] { watch(begun); });
  }

  void watch(TimePoint begun) {
    std::unique_lock lock(mutex);
    time.look();
    StallLook look{now()};
    look.late = look.at - begun;
    stalls.add(look);
    while (!over) {
      due = Clock::now() + kEvery;
      ended.wait_until(lock, due, [this] { return over; });
      look.late = std::max<Duration>(Clock::now() - due, Duration::zero());
      const TimePoint before = std::exchange(look.at, now());
      time.look();
      // Threads may have waited one after the other.
      look.waited = std::max(time.longest_wait(), std::min(time.waited(), look.at - before));
      look.used = time.used();
      stalls.add(look);
    }
  }

  const std::function<TimePoint()> now;
  ProcessorTime time;
  Stalls stalls;
  mutable std::mutex mutex;
  std::condition_variable ended;
  bool over = false;
  Clock::time_point due = Clock::time_point::max();  ///< of the next look
  std::thread thread;
};

StallWatch::StallWatch(pid_t other, std::function<TimePoint()> now)
    : impl_(std::make_unique<Impl>(other, std::move(now))) {}

StallWatch::~StallWatch() { end(); }

Stalls StallWatch::so_far() const {
  const std::lock_guard lock(impl_->mutex);
  Stalls stalls = impl_->stalls;
  // Whoever asks may have been woken before the thread that watches.
  if (const Duration late = Clock::now() - impl_->due; late > Duration::zero()) stalls.add({impl_->now(), late});
  return stalls;
}

Stalls StallWatch::end() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->over = true;
  }
  impl_->ended.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
  return impl_->stalls;
}

}  // namespace rmqsim
