// See the header. Both generations of the algorithm stand here side by side; the profile's data chooses.
#include "producer/latency/mq_fault_strategy.h"

namespace rmqsim {

MQFaultStrategy::MQFaultStrategy(const Profile& profile, const QueueIndexSource* worst_index)
    : profile_(&profile), tolerance_(profile), which_item_worst_(worst_index) {}

std::optional<MessageQueue> MQFaultStrategy::select_one_message_queue(TopicPublishInfo& info,
                                                                      std::string_view last_broker, bool reset_index,
                                                                      ThreadId thread, std::int64_t now_millis) {
  if (info.queues().empty()) return std::nullopt;
  if (!send_latency_fault_enable_) return info.select_avoiding(last_broker, thread);
  return profile_->select_by_filters ? select_by_filters(info, last_broker, reset_index, thread, now_millis)
                                     : select_by_scan(info, thread, now_millis);
}

std::optional<MessageQueue> MQFaultStrategy::select_by_filters(TopicPublishInfo& info, std::string_view last_broker,
                                                               bool reset_index, ThreadId thread,
                                                               std::int64_t now_millis) {
  if (reset_index) info.index().reset(thread);
  const auto not_last = [&](const MessageQueue& queue) {
    return last_broker.empty() || queue.getBrokerName() != last_broker;
  };
  const auto reachable = [&](const MessageQueue& queue) {
    return tolerance_.is_reachable(queue.getBrokerName()) && not_last(queue);
  };
  const auto available = [&](const MessageQueue& queue) {
    return tolerance_.is_available(queue.getBrokerName(), now_millis) &&
           (profile_->avoids_unreachable ? reachable(queue) : not_last(queue));
  };
  if (const MessageQueue* queue = info.select_passing(available, thread)) return *queue;
  if (const MessageQueue* queue = info.select_passing(reachable, thread)) return *queue;
  if (profile_->avoids_unreachable) {
    const auto last_but_reachable = [&](const MessageQueue& queue) {
      return tolerance_.is_reachable(queue.getBrokerName());
    };
    if (const MessageQueue* queue = info.select_passing(last_but_reachable, thread)) return *queue;
  }
  return info.select(thread);
}

// 4.9.8: one increment, then a walk from there; the last broker is not avoided. When every broker is isolated, one of
// the better ones, on a queue of its own choosing.
std::optional<MessageQueue> MQFaultStrategy::select_by_scan(TopicPublishInfo& info, ThreadId thread,
                                                            std::int64_t now_millis) {
  const auto& queues = info.queues();
  const std::size_t start = static_cast<std::size_t>(info.index().increment_and_get(thread));
  for (std::size_t k = 0; k < queues.size(); ++k) {
    const MessageQueue& queue = queues[(start + k) % queues.size()];
    if (tolerance_.is_available(queue.getBrokerName(), now_millis)) return queue;
  }
  // As in Java, the index over the worst brokers advances only when there is a half to choose from.
  const std::int32_t turn = tolerance_.better_half() > 0 ? which_item_worst_.increment_and_get(thread) : 0;
  const std::optional<std::string> broker = tolerance_.pick_one_at_least(turn, now_millis);
  if (!broker) return info.select(thread);
  const std::int32_t writable = info.write_queue_nums(*broker);
  if (writable <= 0) {
    tolerance_.remove(*broker);
    return info.select(thread);
  }
  const MessageQueue& queue = info.select(thread);
  return MessageQueue(queue.getTopic(), *broker, info.index().increment_and_get(thread) % writable);
}

void MQFaultStrategy::update_fault_item(std::string_view broker, std::int64_t latency, bool isolation, bool reachable,
                                        std::int64_t now_millis) {
  if (!send_latency_fault_enable_) return;
  const std::int64_t duration = compute_not_available_duration(isolation ? profile_->isolation_latency : latency);
  tolerance_.update_fault_item(broker, latency, duration, reachable, now_millis);
}

std::int64_t MQFaultStrategy::compute_not_available_duration(std::int64_t latency) const {
  for (std::size_t i = profile_->latency_max.size(); i-- > 0;) {
    if (latency >= profile_->latency_max[i]) return profile_->not_available_duration[i];
  }
  return 0;
}

}  // namespace rmqsim
