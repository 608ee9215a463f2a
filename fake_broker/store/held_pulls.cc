// Who waits where, and until which tick.
#include "fake_broker/store/held_pulls.h"

#include <algorithm>

namespace rmqsim {

namespace {

std::size_t bytes_of(const HeldPull& pull) {
  return 1024 + pull.request.ext_fields.arena().size() + pull.topic.size() + 4 * pull.filter.codes.size();
}

}  // namespace

TimePoint HeldPulls::tick_at_or_after(TimePoint time) const {
  const auto ticks = std::max<std::int64_t>((time - origin_ + kTick - Duration{1}) / kTick, 1);
  return origin_ + ticks * kTick;
}

std::uint64_t HeldPulls::hold(HeldPull pull, TimePoint until) {
  const std::size_t bytes = bytes_of(pull);
  if (held_.size() >= kMaxHeld || bytes_ + bytes > kMaxBytes) return 0;
  const std::uint64_t number = ++last_;
  const TimePoint wake = tick_at_or_after(until);
  by_queue_[Queue(pull.topic, pull.queue_id)].insert(number);
  wakes_.emplace(wake, number);
  bytes_ += bytes;
  held_.emplace(number, Held{std::move(pull), wake, bytes});
  return number;
}

void HeldPulls::stop_waiting(std::uint64_t number, Held& held) {
  if (held.woken) return;
  held.woken = true;
  wakes_.erase({held.wake, number});
  const auto queue = by_queue_.find(std::pair<std::string_view, std::int32_t>(held.pull.topic, held.pull.queue_id));
  queue->second.erase(number);
  if (queue->second.empty()) by_queue_.erase(queue);
}

std::optional<HeldPull> HeldPulls::take(std::uint64_t number) {
  const auto it = held_.find(number);
  if (it == held_.end()) return std::nullopt;
  stop_waiting(number, it->second);
  HeldPull pull = std::move(it->second.pull);
  bytes_ -= it->second.bytes;
  held_.erase(it);
  return pull;
}

void HeldPulls::arrived(std::string_view topic, std::int32_t queue_id, std::int64_t queue_offset,
                        std::int32_t tags_code, TimePoint now, std::vector<std::uint64_t>& woken) {
  const auto queue = by_queue_.find(std::pair<std::string_view, std::int32_t>(topic, queue_id));
  if (queue == by_queue_.end()) return;
  const std::vector<std::uint64_t> waiting(queue->second.begin(), queue->second.end());
  for (const std::uint64_t number : waiting) {
    Held& held = held_.at(number);
    if (queue_offset < held.pull.queue_offset) continue;
    if (held.pull.filter.matches(tags_code)) {
      stop_waiting(number, held);
      woken.push_back(number);
      continue;
    }
    const TimePoint wake = std::min(held.wake, tick_at_or_after(now + Duration{1}));
    wakes_.erase({held.wake, number});
    wakes_.emplace(held.wake = wake, number);
  }
}

std::optional<TimePoint> HeldPulls::next_tick() const {
  if (wakes_.empty()) return std::nullopt;
  return wakes_.begin()->first;
}

void HeldPulls::tick(TimePoint now, std::vector<std::uint64_t>& woken) {
  while (!wakes_.empty() && wakes_.begin()->first <= now) {
    const std::uint64_t number = wakes_.begin()->second;
    stop_waiting(number, held_.at(number));
    woken.push_back(number);
  }
}

void HeldPulls::connection_closed(std::uint64_t connection) {
  std::vector<std::uint64_t> gone;
  for (const auto& [number, held] : held_) {
    if (held.pull.connection == connection) gone.push_back(number);
  }
  for (const std::uint64_t number : gone) take(number);
}

void HeldPulls::clear() {
  held_.clear();
  by_queue_.clear();
  wakes_.clear();
  bytes_ = 0;
}

}  // namespace rmqsim
