// The MQAdmin functions of DefaultMQProducer (see default_mq_producer.h): the operation under the monitor and one wait.
#include <limits>
#include <utility>

#include "producer/client/admin/mq_admin.h"
#include "producer/client/api/default_mq_producer.h"
#include "producer/client/api/wait_for.h"

namespace rmqsim {
namespace {

std::int64_t wait_for_offset(DefaultMQProducer& producer, OffsetQuery query, const MessageQueue& queue,
                             std::int64_t timestamp) {
  return value_of<std::int64_t>(producer.runtime(), [&](MQClientAPIImpl::OffsetHandler handler) {
    query_offset(producer.impl(), query, queue, timestamp, std::move(handler));
  });
}

QueryResult run_query(DefaultMQProducer& producer, MessageQuery query) {
  return value_of<QueryResult>(producer.runtime(), [&](QueryHandler handler) {
    query_message(producer.impl(), std::move(query), std::move(handler));
  });
}

}  // namespace

std::vector<MessageQueue> DefaultMQProducer::fetchPublishMessageQueues(const std::string& topic) {
  require_may_block();
  started();
  return value_of<std::vector<MessageQueue>>(*runtime_, [&](QueuesHandler handler) {
    fetch_publish_message_queues(impl_, topic, std::move(handler));
  });
}

void DefaultMQProducer::createTopic(const std::string& key, const std::string& new_topic, std::int32_t queue_num,
                                    std::int32_t topic_sys_flag) {
  require_may_block();
  started();
  value_of<bool>(*runtime_, [&](Function<void(std::variant<bool, MQError>)> handler) {
    create_topic(impl_, key, new_topic, queue_num, topic_sys_flag,
                 [handler = std::move(handler)](std::optional<MQError> error) mutable {
                   if (error) return handler(std::move(*error));
                   handler(true);
                 });
  });
}

std::int64_t DefaultMQProducer::maxOffset(const MessageQueue& queue) {
  require_may_block();
  started();
  return wait_for_offset(*this, OffsetQuery::max_offset, queue, 0);
}

std::int64_t DefaultMQProducer::minOffset(const MessageQueue& queue) {
  require_may_block();
  started();
  return wait_for_offset(*this, OffsetQuery::min_offset, queue, 0);
}

std::int64_t DefaultMQProducer::searchOffset(const MessageQueue& queue, std::int64_t timestamp) {
  require_may_block();
  started();
  return wait_for_offset(*this, OffsetQuery::search_offset, queue, timestamp);
}

std::int64_t DefaultMQProducer::earliestMsgStoreTime(const MessageQueue& queue) {
  require_may_block();
  started();
  return wait_for_offset(*this, OffsetQuery::earliest_msg_store_time, queue, 0);
}

MessageExt DefaultMQProducer::viewMessage(const std::string& topic, const std::string& msg_id) {
  require_may_block();
  started();
  try {
    return value_of<MessageExt>(*runtime_, [&](MessageHandler handler) {
      view_message(impl_, topic, msg_id, std::move(handler));
    });
  } catch (const MQException&) {  // whatever it was: the id may be the message's own
  }
  MessageQuery query{.topic = topic, .key = msg_id, .max_num = 32, .by_uniq_key = true};
  const auto begin = begin_of_uniq_key_query(profile_, msg_id, to_millis(runtime_->now()));
  if (!begin) throw_mq_error(runtime_exception(ErrorType::RuntimeException, "not a UNIQ_KEY: " + msg_id));
  query.begin = *begin;
  query.end = std::numeric_limits<std::int64_t>::max();
  return std::move(run_query(*this, std::move(query)).messages.front());
}

QueryResult DefaultMQProducer::queryMessage(const std::string& topic, const std::string& key, std::int32_t max_num,
                                            std::int64_t begin, std::int64_t end) {
  require_may_block();
  started();
  return run_query(*this, {topic, key, max_num, begin, end, false});
}

}  // namespace rmqsim
