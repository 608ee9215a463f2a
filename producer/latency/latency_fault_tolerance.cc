#include "producer/latency/latency_fault_tolerance.h"

#include <algorithm>
#include <tuple>

namespace rmqsim {

void LatencyFaultTolerance::update_fault_item(std::string_view broker, std::int64_t latency,
                                              std::int64_t not_available_duration, bool reachable,
                                              std::int64_t now_millis) {
  auto* known = items_.find(broker);
  if (known == nullptr) known = items_.try_emplace(std::string(broker)).first;
  FaultItem& item = known->second;
  item.current_latency = latency;
  const std::int64_t until = now_millis + not_available_duration;
  if (profile_->isolation_never_shortened) {
    if (not_available_duration > 0 && until > item.start_timestamp) item.start_timestamp = until;
    item.reachable = reachable;
  } else {
    item.start_timestamp = until;
  }
  told(broker, item);
}

bool LatencyFaultTolerance::take_probe(std::string_view broker, std::int64_t interval, std::int64_t now_millis) {
  auto* const known = items_.find(broker);
  if (known == nullptr || now_millis < known->second.check_stamp) return false;
  known->second.check_stamp = now_millis + interval;
  return true;
}

void LatencyFaultTolerance::probed(std::string_view broker, bool answered) {
  auto* const known = items_.find(broker);
  if (known == nullptr) return;
  if (!answered && !profile_->failed_probe_clears_reachable) return;
  known->second.reachable = answered;
  told(broker, known->second);
}

bool LatencyFaultTolerance::is_available(std::string_view broker, std::int64_t now_millis) const {
  const FaultItem* item = find(broker);
  return item == nullptr || item->available(now_millis);
}

bool LatencyFaultTolerance::is_reachable(std::string_view broker) const {
  const FaultItem* item = find(broker);
  return item == nullptr || item->reachable;
}

void LatencyFaultTolerance::remove(std::string_view broker) { items_.erase(broker); }

std::optional<std::string> LatencyFaultTolerance::pick_one_at_least(std::int32_t index, std::int64_t now_millis,
                                                                    std::vector<std::string>* ranking) const {
  if (items_.empty()) return std::nullopt;
  using Ranked = std::tuple<bool, std::int64_t, std::int64_t, const std::string*>;
  std::vector<Ranked> ranked;
  for (const auto& [name, item] : items_) {
    ranked.emplace_back(!item.available(now_millis), item.current_latency, item.start_timestamp, &name);
  }
  // Java sorts a copy of its table's values, and keeps the table's order for ties.
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return std::tie(std::get<0>(a), std::get<1>(a), std::get<2>(a)) <
           std::tie(std::get<0>(b), std::get<1>(b), std::get<2>(b));
  });
  if (ranking != nullptr) {
    for (const Ranked& rank : ranked) ranking->push_back(*std::get<3>(rank));
  }
  const std::size_t half = better_half();
  const std::size_t chosen = half == 0 ? 0 : static_cast<std::size_t>(index) % half;
  return *std::get<3>(ranked[chosen]);
}

const FaultItem* LatencyFaultTolerance::find(std::string_view broker) const {
  const auto* known = items_.find(broker);
  return known == nullptr ? nullptr : &known->second;
}

}  // namespace rmqsim
