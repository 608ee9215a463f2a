#include "producer/remoting/response_table.h"

#include <algorithm>
#include <functional>

#include "producer/remoting/codec/java_hash.h"

namespace rmqsim {
namespace {
constexpr std::size_t kMaxSpareNodes = 1024;
constexpr Duration kScanGrace = millis(1000);
constexpr std::uint32_t kJavaBuckets = 512;  // of new ConcurrentHashMap(256)

std::size_t most_deadlines(std::size_t requests) { return 2 * requests + 64; }
}  // namespace

void ResponseTable::add(std::int32_t opaque, PendingRequest request, Duration slack) {
  const std::optional<TimePoint> end = request.end;
  if (spare_.empty()) {
    pending_.insert_or_assign(opaque, std::move(request));
  } else {
    Map::node_type node = std::move(spare_.back());
    spare_.pop_back();
    node.key() = opaque;
    node.mapped() = std::move(request);
    pending_.insert(std::move(node));
  }
  most_ = std::max(most_, pending_.size());
  if (!end) return;
  // Answered requests leave their deadlines behind; rebuilding once they are the majority keeps the heap bounded.
  if (deadlines_.size() > most_deadlines(pending_.size())) {
    std::erase_if(deadlines_, [&](const Deadline& d) { return !pending_.contains(d.second); });
    std::make_heap(deadlines_.begin(), deadlines_.end(), std::greater<>{});
  }
  deadlines_.emplace_back(*end + slack, opaque);
  std::push_heap(deadlines_.begin(), deadlines_.end(), std::greater<>{});
}

std::optional<PendingRequest> ResponseTable::take(std::int32_t opaque) {
  Map::node_type node = pending_.extract(opaque);
  if (node.empty()) return std::nullopt;
  std::optional<PendingRequest> request(std::move(node.mapped()));
  if (spare_.size() < kMaxSpareNodes) spare_.push_back(std::move(node));
  return request;
}

PendingRequest* ResponseTable::find(std::int32_t opaque) {
  const auto it = pending_.find(opaque);
  return it == pending_.end() ? nullptr : &it->second;
}

void ResponseTable::drop_stale() {
  while (!deadlines_.empty() && !pending_.contains(deadlines_.front().second)) {
    std::pop_heap(deadlines_.begin(), deadlines_.end(), std::greater<>{});
    deadlines_.pop_back();
  }
}

std::vector<std::int32_t> ResponseTable::expired(TimePoint now) {
  std::vector<std::int32_t> opaques;
  for (drop_stale(); !deadlines_.empty() && deadlines_.front().first <= now; drop_stale()) {
    opaques.push_back(deadlines_.front().second);
    std::pop_heap(deadlines_.begin(), deadlines_.end(), std::greater<>{});
    deadlines_.pop_back();
  }
  return opaques;
}

std::vector<std::int32_t> ResponseTable::scan(TimePoint now) const {
  std::vector<std::int32_t> opaques;
  for (const auto& [opaque, request] : pending_) {
    if (request.sync || request.channel == kNoChannel) continue;
    if (request.begin + millis(request.timeout_millis) + kScanGrace <= now) opaques.push_back(opaque);
  }
  in_java_order(opaques);
  return opaques;
}

std::vector<std::int32_t> ResponseTable::of_channel(ChannelId channel) const {
  std::vector<std::int32_t> opaques;
  for (const auto& [opaque, request] : pending_) {
    if (request.channel == channel) opaques.push_back(opaque);
  }
  in_java_order(opaques);
  return opaques;
}

/// Bucket by bucket; within one, requests were added in ascending order.
void ResponseTable::in_java_order(std::vector<std::int32_t>& opaques) const {
  const std::uint32_t buckets = java_concurrent_hash_map_buckets(kJavaBuckets, most_);
  std::sort(opaques.begin(), opaques.end(), [&](std::int32_t a, std::int32_t b) {
    return std::pair(java_bucket(a, buckets), a) < std::pair(java_bucket(b, buckets), b);
  });
}

void ResponseTable::mark_peer_closed(ChannelId channel, TimePoint now) {
  for (auto& [opaque, request] : pending_) {
    if (request.channel == channel && !request.over(now)) request.peer_closed = true;
  }
}

std::optional<TimePoint> ResponseTable::next_deadline() {
  drop_stale();
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.front().first;
}

std::size_t ResponseTable::stale_deadlines() const {
  const std::size_t most = most_deadlines(most_) + 1;  // one is added after the look
  return deadlines_.size() > most ? deadlines_.size() - most : 0;
}

}  // namespace rmqsim
