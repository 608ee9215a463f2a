#include "producer/client/instance/publish_table.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace rmqsim {

std::shared_ptr<TopicPublishInfo> PublishTable::find(const std::string& topic) const {
  const auto* const entry = table_.find(topic);
  return entry == nullptr ? nullptr : entry->second;
}

void PublishTable::want(const std::string& topic, const QueueIndexSource* index_source) {
  table_.try_emplace(topic, std::make_shared<TopicPublishInfo>(index_source));
}

bool PublishTable::needs_update(const std::string& topic) const {
  const auto info = find(topic);
  return !info || !info->ok();
}

void PublishTable::collect(JavaMap<bool>& topics) const {
  const std::size_t wanted = std::max<std::size_t>(table_.size() * 4 / 3 + 1, 16);
  JavaMap<bool> own(JavaMapKind::hash_map, static_cast<std::uint32_t>(std::bit_ceil(wanted)));
  for (const auto& [topic, info] : table_) own.try_emplace(topic);
  for (const auto& [topic, unused] : own) topics.try_emplace(topic);
}

}  // namespace rmqsim
