#include "producer/client/request/request_future_holder.h"

#include <utility>
#include <vector>

namespace rmqsim {
namespace {

constexpr Duration kScanDelay = millis(3000);
constexpr Duration kScanPeriod = millis(1000);

}  // namespace

std::shared_ptr<RequestFutureHolder> RequestFutureHolder::of(Runtime& runtime) {
  std::shared_ptr<RequestFutureHolder> holder;
  // In the world and not by its address, which the next one may have while something of this one still lives.
  runtime.run([&] {
    std::shared_ptr<void>& place = runtime.shared("request futures");
    if (!place) place = std::make_shared<std::weak_ptr<RequestFutureHolder>>();
    auto& known = *static_cast<std::weak_ptr<RequestFutureHolder>*>(place.get());
    holder = known.lock();
    if (!holder) known = holder = std::make_shared<RequestFutureHolder>(runtime);
  });
  return holder;
}

void RequestFutureHolder::start_producer() {
  if (producers_++ == 0) first_scan_ = runtime_.now() + kScanDelay;
  arm();
}

void RequestFutureHolder::shutdown_producer() {
  if (producers_ > 0 && --producers_ == 0) scan_timer_->cancel();
}

void RequestFutureHolder::put(const std::string& correlation_id, std::int64_t timeout_millis,
                              std::shared_ptr<RequestResponseFuture> future, const void* owner) {
  table_[correlation_id] = {to_millis(runtime_.now()), timeout_millis, std::move(future), owner};
  if (table_.size() == 1) arm();
}

std::size_t RequestFutureHolder::waiting(const void* owner) const {
  std::size_t n = 0;
  for (const auto& [id, entry] : table_) n += entry.owner == owner;
  return n;
}

void RequestFutureHolder::drop(const void* owner) {
  std::vector<std::shared_ptr<RequestResponseFuture>> dropped;  // may hold the owner, and through it this table
  table_.erase_if([&](auto& entry) {
    if (entry.second.owner != owner) return false;
    dropped.push_back(std::move(entry.second.future));
    return true;
  });
  for (auto& future : dropped) future->dropped();
}

std::shared_ptr<RequestResponseFuture> RequestFutureHolder::take(std::string_view correlation_id) {
  auto* const entry = table_.find(correlation_id);
  if (entry == nullptr) return nullptr;
  auto future = std::move(entry->second.future);
  table_.erase(correlation_id);
  return future;
}

/// At the next beat of the fixed rate; while nothing waits there is no need for one.
void RequestFutureHolder::arm() {
  if (producers_ == 0 || table_.empty()) return;
  TimePoint at = first_scan_;
  if (const TimePoint now = runtime_.now(); now >= at) at += ((now - at) / kScanPeriod + 1) * kScanPeriod;
  scan_timer_->expires_at(at, [this] { scan(); });
}

void RequestFutureHolder::scan() {
  const std::int64_t now = to_millis(runtime_.now());
  std::vector<std::shared_ptr<RequestResponseFuture>> expired;
  table_.erase_if([&](auto& entry) {
    if (now - entry.second.begin_millis <= entry.second.timeout_millis) return false;
    expired.push_back(std::move(entry.second.future));
    return true;
  });
  arm();
  for (auto& future : expired) future->expired(request_timeout_exception("request timeout, no reply message."));
}

}  // namespace rmqsim
