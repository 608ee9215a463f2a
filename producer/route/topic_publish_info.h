// The writable queues of a topic in the order in which the producer walks them, with its round-robin position
// (TopicPublishInfo, behaviour §4.4, §5.2).
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "producer/remoting/bodies/static_topic.h"
#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/route/message_queue.h"
#include "producer/route/selection_log.h"
#include "producer/route/thread_local_index.h"

namespace rmqsim {

class TopicPublishInfo {
 public:
  explicit TopicPublishInfo(const QueueIndexSource* source) : index_(source) {}

  /// From a route: grouped by broker, brokers ascending by name, ids ascending; only brokers with write permission and
  /// a master. A non-empty orderTopicConf gives its own list instead; without one, the mappings of a static topic give
  /// its logical queues by id. Throws std::invalid_argument when either text is malformed (Java: a RuntimeException
  /// that reaches the caller).
  static TopicPublishInfo from_route(std::string_view topic, TopicRouteData route, const QueueIndexSource* source);

  bool ok() const { return !queues_.empty(); }
  bool haveTopicRouterInfo() const { return have_topic_router_info_; }
  const std::vector<MessageQueue>& queues() const { return queues_; }
  const TopicRouteData& route() const { return route_; }
  /// Where the logical queues of a static topic are; empty for others.
  const StaticTopicEndPoints& end_points() const { return end_points_; }
  ThreadLocalIndex& index() { return index_; }
  /// writeQueueNums of the first writable queue data of that broker, else -1 (getWriteQueueNumsByBroker).
  std::int32_t write_queue_nums(std::string_view broker) const;

  /// The next queue in turn. Only when ok(). Here and below, a log that is not null is told of every look.
  const MessageQueue& select(ThreadId thread, SelectionLog* log = nullptr) {
    const std::int32_t index = index_.increment_and_get(thread);
    const MessageQueue& queue = queues_[static_cast<std::size_t>(index) % queues_.size()];
    if (log != nullptr) log->look(index, queue);
    return queue;
  }
  /// The next queue not on `last_broker`; after a whole futile round the next one whatever its broker.
  const MessageQueue& select_avoiding(std::string_view last_broker, ThreadId thread, SelectionLog* log = nullptr) {
    if (!last_broker.empty()) {
      begin_stage(log, SelectionStage::not_last);
      const auto last = [&](const MessageQueue& queue) {
        return Objection{.last_broker = queue.getBrokerName() == last_broker};
      };
      if (const MessageQueue* queue = select_passing(last, thread, log)) return *queue;
    }
    begin_stage(log, SelectionStage::in_turn);
    return select(thread, log);
  }
  /// The first of the next n queues that `objection_to` has nothing against, each look consuming one turn; nullptr when
  /// there is none.
  template <class Filter>
  const MessageQueue* select_passing(const Filter& objection_to, ThreadId thread, SelectionLog* log = nullptr) {
    for (std::size_t i = 0; i < queues_.size(); ++i) {
      const MessageQueue& queue = select(thread, log);
      const Objection objection = objection_to(queue);
      if (!objection) return &queue;
      if (log != nullptr) log->pass_over(objection);
    }
    return nullptr;
  }

 private:
  std::vector<MessageQueue> queues_;
  ThreadLocalIndex index_;
  TopicRouteData route_;
  StaticTopicEndPoints end_points_;
  bool have_topic_router_info_ = false;
};

}  // namespace rmqsim
