// Which half messages wait, and the arithmetic of scans.
#include "fake_broker/store/half_messages.h"

#include <algorithm>
#include <utility>

namespace rmqsim {

TransactionFate& HalfMessages::fate_of(std::string_view key) {
  const auto known = fates_.find(key);
  if (known != fates_.end()) return known->second;
  if (fates_.size() >= kMaxKept) {
    fates_.erase(order_.front());
    order_.pop_front();
  }
  order_.emplace_back(key);
  return fates_[order_.back()];
}

void HalfMessages::add(HalfMessage half) {
  if (waiting_.size() >= kMaxKept) leave(waiting_.begin());
  TransactionFate& fate = fate_of(half.key);
  ++fate.stored;
  ++fate.pending;
  ++changes_;
  ripe_.insert(half.born_timestamp + half.immunity);
  waiting_.emplace(half.queue_offset, std::move(half));
}

TransactionFate& HalfMessages::leave(Waiting::iterator half) {
  ripe_.erase(ripe_.find(half->second.born_timestamp + half->second.immunity));
  TransactionFate& fate = fate_of(half->second.key);
  --fate.pending;
  ++changes_;
  waiting_.erase(half);
  return fate;
}

void HalfMessages::ended(std::string_view key, std::int64_t queue_offset, bool commit) {
  TransactionFate& fate = fate_of(key);
  ++(commit ? fate.committed : fate.rolled_back);
  ++(commit ? totals_.committed : totals_.rolled_back);
  if (const auto it = waiting_.find(queue_offset); it != waiting_.end()) leave(it);
}

void HalfMessages::checked(std::int64_t queue_offset, std::int64_t new_queue_offset, std::int64_t new_physical_offset,
                           bool asked) {
  auto node = waiting_.extract(queue_offset);
  if (node.empty()) return;
  HalfMessage& half = node.mapped();
  ++half.checks;
  half.queue_offset = new_queue_offset;
  half.physical_offset = new_physical_offset;
  TransactionFate& fate = fate_of(half.key);
  ++fate.checks;
  fate.asked += asked;
  ++changes_;
  node.key() = new_queue_offset;
  waiting_.insert(std::move(node));
}

void HalfMessages::discarded(std::int64_t queue_offset) {
  const auto it = waiting_.find(queue_offset);
  if (it == waiting_.end()) return;
  ++leave(it).discarded;
  ++totals_.discarded;
}

void HalfMessages::lost(std::int64_t queue_offset) {
  if (const auto it = waiting_.find(queue_offset); it != waiting_.end()) leave(it);
}

std::optional<TimePoint> HalfMessages::next_scan(TimePoint origin, TimePoint after,
                                                 const TransactionConfig& config) const {
  if (waiting_.empty()) return std::nullopt;
  const TimePoint ripe(millis(*ripe_.begin() + 1));  // older than its immunity, in whole milliseconds
  const Duration interval = millis(std::max<std::int64_t>(config.transaction_check_interval, 1));
  const Duration least = std::max(ripe, after + Duration{1}) - origin;
  const auto scans = std::max<std::int64_t>((least + interval - Duration{1}) / interval, 1);
  return origin + scans * interval;
}

std::vector<HalfMessage> HalfMessages::due(TimePoint now) const {
  std::vector<HalfMessage> out;
  for (const auto& [offset, half] : waiting_) {
    if (to_millis(now) - half.born_timestamp > half.immunity) out.push_back(half);
  }
  return out;
}

const TransactionFate* HalfMessages::fate(std::string_view key) const {
  const auto it = fates_.find(key);
  return it == fates_.end() ? nullptr : &it->second;
}

TransactionTotals HalfMessages::totals() const {
  TransactionTotals totals = totals_;
  totals.pending = waiting_.size();
  return totals;
}

}  // namespace rmqsim
