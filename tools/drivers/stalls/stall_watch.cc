#include "tools/drivers/stalls/stall_watch.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "tools/drivers/stalls/processor_time.h"

namespace rmqsim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kEvery = std::chrono::milliseconds(10);

// With a sanitizer the run's own programs are what keeps everything waiting, in each play anew: nothing is told of it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kTells = false;
#else
constexpr bool kTells = true;
#endif

unsigned processors() { return std::max(std::thread::hardware_concurrency(), 1u); }

}  // namespace

struct StallWatch::Impl {
  Impl(pid_t client, std::function<TimePoint()> clock) : now(std::move(clock)), time(client), stalls(processors()) {
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
      const auto due = Clock::now() + kEvery;
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
  std::mutex mutex;
  std::condition_variable ended;
  bool over = false;
  std::thread thread;
};

StallWatch::StallWatch(pid_t client, std::function<TimePoint()> now)
    : impl_(std::make_unique<Impl>(client, std::move(now))) {}

StallWatch::~StallWatch() { end(); }

Stalls StallWatch::end() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->over = true;
  }
  impl_->ended.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
  return kTells ? impl_->stalls : Stalls(processors());
}

}  // namespace rmqsim
