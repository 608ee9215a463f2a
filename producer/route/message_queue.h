// One queue of a topic on one broker: what a send chooses.
#pragma once

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <utility>

namespace rmqsim {

class MessageQueue {
 public:
  MessageQueue() = default;
  MessageQueue(std::string topic, std::string broker_name, std::int32_t queue_id)
      : topic_(std::move(topic)), broker_name_(std::move(broker_name)), queue_id_(queue_id) {}

  const std::string& getTopic() const { return topic_; }
  const std::string& getBrokerName() const { return broker_name_; }
  std::int32_t getQueueId() const { return queue_id_; }
  void setTopic(std::string topic) { topic_ = std::move(topic); }
  void setBrokerName(std::string name) { broker_name_ = std::move(name); }
  void setQueueId(std::int32_t id) { queue_id_ = id; }

  auto operator<=>(const MessageQueue&) const = default;

 private:
  std::string topic_;
  std::string broker_name_;
  std::int32_t queue_id_ = 0;
};

/// "broker-a/1 of TopicTest"
std::ostream& operator<<(std::ostream& out, const MessageQueue& queue);

}  // namespace rmqsim
