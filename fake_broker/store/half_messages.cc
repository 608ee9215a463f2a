// Which half messages wait, and the arithmetic of scans.
#include "fake_broker/store/half_messages.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace rmqsim {

std::int64_t HalfMessage::immune_until() const {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(born_timestamp, immunity, &sum)) return sum;
  return immunity < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

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
  ripe_.insert(half.immune_until());
  waiting_.emplace(half.queue_offset, std::move(half));
}

TimePoint EndNotes::noted_at(TimePoint origin, TimePoint now, std::int64_t interval_ms) {
  if (interval_ms <= 0) return now;
  if (next_ && *next_ > now) return *next_;
  last_ = next_ ? next_ : last_.value_or(now);
  const Duration interval = millis(interval_ms);
  const Duration least = std::max(now + Duration{1}, *last_ + interval) - origin;
  next_ = origin + (least + interval - Duration{1}) / interval * interval;
  return *next_;
}

TransactionFate& HalfMessages::leave(Waiting::iterator half) {
  auto& ripe = ripe_of(half->second);
  ripe.erase(ripe.find(half->second.immune_until()));
  TransactionFate& fate = fate_of(half->second.key);
  if (!half->second.noted_at) --fate.pending;
  ++changes_;
  waiting_.erase(half);
  return fate;
}

void HalfMessages::note_ends(TimePoint now) {
  for (; !ended_.empty() && ended_.front().first <= now; ended_.pop_front()) {
    if (const auto it = waiting_.find(ended_.front().second); it != waiting_.end()) leave(it);
  }
}

void HalfMessages::ended(std::string_view key, std::int64_t queue_offset, bool commit, TimePoint now,
                         TimePoint noted_at) {
  note_ends(now);
  TransactionFate& fate = fate_of(key);
  ++(commit ? fate.committed : fate.rolled_back);
  ++(commit ? totals_.committed : totals_.rolled_back);
  const auto it = waiting_.find(queue_offset);
  if (it == waiting_.end() || it->second.noted_at) return;
  if (noted_at <= now) {
    leave(it);
    return;
  }
  const std::int64_t ripe = it->second.immune_until();
  ripe_.erase(ripe_.find(ripe));
  ripe_ended_.insert(ripe);
  it->second.noted_at = noted_at;
  ended_.emplace_back(noted_at, queue_offset);
  --fate.pending;
  ++changes_;
}

void HalfMessages::restarted(TimePoint now) {
  note_ends(now);
  for (const auto& [noted_at, queue_offset] : ended_) {
    const auto it = waiting_.find(queue_offset);
    if (it == waiting_.end()) continue;
    const std::int64_t ripe = it->second.immune_until();
    ripe_ended_.erase(ripe_ended_.find(ripe));
    ripe_.insert(ripe);
    it->second.noted_at.reset();
    ++fate_of(it->second.key).pending;
    ++changes_;
  }
  ended_.clear();
}

void HalfMessages::checked(std::int64_t queue_offset, std::int64_t new_queue_offset, std::int64_t new_physical_offset,
                           bool asked) {
  auto node = waiting_.extract(queue_offset);
  if (node.empty()) return;
  HalfMessage& half = node.mapped();
  ++half.checks;
  if (half.noted_at) {  // the copy is one that nobody has ended
    const std::int64_t ripe = half.immune_until();
    ripe_ended_.erase(ripe_ended_.find(ripe));
    ripe_.insert(ripe);
    half.noted_at.reset();
    ++fate_of(half.key).pending;
  }
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
  const Duration interval = millis(std::max<std::int64_t>(config.transaction_check_interval, 1));
  const auto first_for = [&](std::int64_t immune_until) {
    const TimePoint ripe(millis(immune_until) + millis(1));  // older than its immunity, in whole milliseconds
    const Duration least = std::max(ripe, after + Duration{1}) - origin;
    const auto scans = std::max<std::int64_t>((least + interval - Duration{1}) / interval, 1);
    return origin + scans * interval;
  };
  std::optional<TimePoint> scan;
  if (!ripe_.empty()) scan = first_for(*ripe_.begin());
  if (!ripe_ended_.empty()) {
    const TimePoint early = first_for(*ripe_ended_.begin());
    if (early < ended_.back().first && (!scan || early < *scan)) scan = early;
  }
  return scan;
}

std::vector<HalfMessage> HalfMessages::due(TimePoint now) const {
  std::vector<HalfMessage> out;
  for (const auto& [offset, half] : waiting_) {
    if (half.noted_at && *half.noted_at <= now) continue;
    if (to_millis(now) > half.immune_until()) out.push_back(half);
  }
  return out;
}

const TransactionFate* HalfMessages::fate(std::string_view key) const {
  const auto it = fates_.find(key);
  return it == fates_.end() ? nullptr : &it->second;
}

TransactionTotals HalfMessages::totals() const {
  TransactionTotals totals = totals_;
  totals.pending = waiting_.size() - ripe_ended_.size();
  return totals;
}

}  // namespace rmqsim
