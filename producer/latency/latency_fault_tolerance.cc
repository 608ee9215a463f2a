// See the header.
#include "producer/latency/latency_fault_tolerance.h"

#include <algorithm>
#include <tuple>

#include "producer/remoting/java_hash.h"

namespace rmqsim {

void LatencyFaultTolerance::update_fault_item(std::string_view broker, std::int64_t latency,
                                              std::int64_t not_available_duration, bool reachable,
                                              std::int64_t now_millis) {
  auto it = items_.find(broker);
  if (it == items_.end()) it = items_.emplace(std::string(broker), FaultItem{}).first;
  FaultItem& item = it->second;
  item.current_latency = latency;
  const std::int64_t until = now_millis + not_available_duration;
  if (profile_->isolation_never_shortened) {
    if (not_available_duration > 0 && until > item.start_timestamp) item.start_timestamp = until;
    item.reachable = reachable;
  } else {
    item.start_timestamp = until;
  }
}

bool LatencyFaultTolerance::take_probe(std::string_view broker, std::int64_t interval, std::int64_t now_millis) {
  const auto it = items_.find(broker);
  if (it == items_.end() || now_millis < it->second.check_stamp) return false;
  it->second.check_stamp = now_millis + interval;
  return true;
}

void LatencyFaultTolerance::probed(std::string_view broker, bool answered) {
  const auto it = items_.find(broker);
  if (it == items_.end()) return;
  if (answered || profile_->failed_probe_clears_reachable) it->second.reachable = answered;
}

bool LatencyFaultTolerance::is_available(std::string_view broker, std::int64_t now_millis) const {
  const FaultItem* item = find(broker);
  return item == nullptr || item->available(now_millis);
}

bool LatencyFaultTolerance::is_reachable(std::string_view broker) const {
  const FaultItem* item = find(broker);
  return item == nullptr || item->reachable;
}

void LatencyFaultTolerance::remove(std::string_view broker) {
  if (auto it = items_.find(broker); it != items_.end()) items_.erase(it);
}

std::optional<std::string> LatencyFaultTolerance::pick_one_at_least(std::int32_t index, std::int64_t now_millis,
                                                                    std::vector<std::string>* ranking) const {
  if (items_.empty()) return std::nullopt;
  using Ranked = std::tuple<bool, std::int64_t, std::int64_t, std::uint32_t, const std::string*>;
  std::vector<Ranked> ranked;
  // Java sorts a copy of a map's values and keeps the map's order for ties: new ConcurrentHashMap(16) has 32 buckets.
  const std::uint32_t buckets = java_concurrent_hash_map_buckets(32, items_.size());
  for (const auto& [name, item] : items_) {
    ranked.emplace_back(!item.available(now_millis), item.current_latency, item.start_timestamp,
                        java_hash_bucket(name, buckets), &name);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return std::tie(std::get<0>(a), std::get<1>(a), std::get<2>(a), std::get<3>(a)) <
           std::tie(std::get<0>(b), std::get<1>(b), std::get<2>(b), std::get<3>(b));
  });
  if (ranking != nullptr) {
    for (const Ranked& rank : ranked) ranking->push_back(*std::get<4>(rank));
  }
  const std::size_t half = better_half();
  const std::size_t chosen = half == 0 ? 0 : static_cast<std::size_t>(index) % half;
  return *std::get<4>(ranked[chosen]);
}

const FaultItem* LatencyFaultTolerance::find(std::string_view broker) const {
  auto it = items_.find(broker);
  return it == items_.end() ? nullptr : &it->second;
}

}  // namespace rmqsim
