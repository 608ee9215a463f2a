// A producer's topicPublishInfoTable (behaviour §4.1): the topics that it has asked for or heard of, with what it knows
// of their queues. Nothing leaves it; the route of what is in it is polled.
#pragma once

#include <memory>
#include <string>

#include "producer/remoting/codec/java_map.h"
#include "producer/route/topic_publish_info.h"

namespace rmqsim {

class PublishTable {
 public:
  /// nullptr when the topic is not there.
  std::shared_ptr<TopicPublishInfo> find(const std::string& topic) const;
  /// Present from now on, though empty, so that its route is polled.
  void want(const std::string& topic, const QueueIndexSource* index_source);
  void update(const std::string& topic, std::shared_ptr<TopicPublishInfo> info) { table_[topic] = std::move(info); }
  /// isPublishTopicNeedUpdate.
  bool needs_update(const std::string& topic) const;
  /// Adds the topics by way of a HashSet of the producer's own, whose order they are added in.
  void collect(JavaMap<bool>& topics) const;
  /// nullptr when there is none.
  const std::string* first_topic() const { return table_.empty() ? nullptr : &table_.begin()->first; }

 private:
  JavaMap<std::shared_ptr<TopicPublishInfo>> table_;
};

}  // namespace rmqsim
