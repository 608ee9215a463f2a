#include "producer/client/instance/consumer_services.h"

#include <utility>

namespace rmqsim {

RebalanceService::RebalanceService(Runtime& runtime, Function<bool()> do_rebalance)
    : runtime_(runtime), do_rebalance_(std::move(do_rebalance)), timer_(runtime.make_timer()),
      thread_(runtime.new_thread("RebalanceService")) {}

void RebalanceService::wait(Duration d) {
  timer_->expires_after(d, [this] { run(); });
}

void RebalanceService::run() {
  ThreadScope scope(runtime_, thread_);
  wait(do_rebalance_() ? kWaitInterval : kMinInterval);
}

}  // namespace rmqsim
