// Runtime over TcpCore, and its timers: slots of the core's heap, touched under the monitor.
#include "producer/transport/tcp/tcp_runtime.h"

#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "producer/transport/tcp/tcp_core.h"
#include "producer/transport/tcp/tcp_executor.h"

namespace rmqsim {
namespace {

class TcpTimer final : public Timer {
 public:
  explicit TcpTimer(std::shared_ptr<TcpCore> core) : core_(std::move(core)) {
    const TcpCore::Guard guard(*core_);
    slot_ = core_->events.acquire();
  }
  ~TcpTimer() override {
    const TcpCore::Guard guard(*core_);
    core_->events.release(slot_);
  }

  void expires_after(Duration d, Task handler) override {
    const TimePoint now = core_->now();
    d = std::max(d, Duration::zero());
    expires_at(d < TimePoint::max() - now ? now + d : TimePoint::max(), std::move(handler));
  }
  void expires_at(TimePoint t, Task handler) override {
    const TcpCore::Guard guard(*core_);
    if (!core_->closing) core_->events.arm(slot_, t, std::move(handler));
  }
  void cancel() override {
    const TcpCore::Guard guard(*core_);
    core_->events.disarm(slot_);
  }

 private:
  std::shared_ptr<TcpCore> core_;
  EventQueue::Slot slot_ = 0;
};

}  // namespace

TcpRuntime::TcpRuntime(TcpOptions options) : core_(std::make_shared<TcpCore>(options)) {
  core_->runtime = this;
  core_->start_threads();
}

TcpRuntime::~TcpRuntime() { core_->stop(); }

TimePoint TcpRuntime::now() const { return core_->now(); }
TimePoint TcpRuntime::steady_zero() const { return core_->steady_zero(); }
void TcpRuntime::post(Task task) { core_->post(std::move(task)); }

void TcpRuntime::dispatch(Task& task) {
  const TcpCore::Guard guard(*core_);
  task();
}

std::unique_ptr<Timer> TcpRuntime::make_timer() { return std::make_unique<TcpTimer>(core_); }

std::unique_ptr<Executor> TcpRuntime::make_executor(ExecutorOptions options) {
  return make_tcp_executor(core_, std::move(options));
}

Random& TcpRuntime::random(std::string_view stream) { return core_->random(stream); }

bool TcpRuntime::may_block() const { return !core_->held(); }

void TcpRuntime::run_until(Latch& latch) {
  if (core_->held()) {
    throw std::logic_error(
        "run_until(Latch&) under the monitor: a handler must not block, or nothing could ever release the latch; "
        "continue in a callback, or wait on an application thread");
  }
  core_->wait_for(latch);
}

ThreadId TcpRuntime::current_thread() const { return core_->current_thread(); }
ThreadId TcpRuntime::new_thread(std::string_view) { return core_->new_thread(); }
ThreadId TcpRuntime::exchange_thread(ThreadId id) { return core_->exchange_thread(id); }
std::size_t TcpRuntime::processors() const { return std::max(1u, std::thread::hardware_concurrency()); }
std::int32_t TcpRuntime::process_id() const { return ::getpid(); }

std::size_t TcpRuntime::unsent_bytes() const {
  const TcpCore::Guard guard(*core_);
  return core_->unsent;
}

}  // namespace rmqsim
