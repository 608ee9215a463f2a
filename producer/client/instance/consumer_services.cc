#include "producer/client/instance/consumer_services.h"

#include <utility>

namespace rmqsim {

RebalanceService::RebalanceService(Runtime& runtime, Function<bool()> do_rebalance)
    : runtime_(runtime), do_rebalance_(std::move(do_rebalance)), timer_(runtime.make_timer()),
      thread_(runtime.new_thread("RebalanceService")), last_(runtime.now()) {}

void RebalanceService::wait(Duration d) {
  timer_->expires_after(d, [this] { run(); });
}

void RebalanceService::wakeup() { run(); }

void RebalanceService::run() {
  const Duration since = runtime_.now() - last_;
  if (since < kMinInterval) return wait(kMinInterval - since);
  ThreadScope scope(runtime_, thread_);
  const bool balanced = do_rebalance_();
  ++rounds_;
  last_ = runtime_.now();
  wait(balanced ? kWaitInterval : kMinInterval);
}

void PullMessageService::execute_pull_request_immediately(Task request) {
  if (stopped_) return;
  requests_.push_back(std::move(request));
  if (requests_.size() > 1) return;
  runtime_.post([this, alive = std::weak_ptr(alive_)] {
    while (!alive.expired() && !requests_.empty()) {
      ThreadScope scope(runtime_, thread_);
      Task next = requests_.pop_front();
      next();
    }
  });
}

}  // namespace rmqsim
