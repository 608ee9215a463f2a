#include "producer/client/admin/recall.h"

#include <utility>

#include "producer/client/send/validators.h"
#include "producer/remoting/bodies/recall_handle.h"
#include "producer/remoting/namespace_util.h"

namespace rmqsim {
namespace {

/// Checks in Java's order, after that of the state.
std::variant<RecallHandle, MQError> check_recall(const Profile& profile, std::string_view topic,
                                                 std::string_view handle) {
  if (auto error = check_topic(profile, topic)) return std::move(*error);
  if (topic.starts_with("%RETRY%") || topic.starts_with("%DLQ%")) {
    return client_exception(profile, "topic is not supported");
  }
  auto decoded = RecallHandle::decode(handle);
  if (!decoded) return client_exception(profile, "recall handle is invalid");
  return std::move(*decoded);
}

}  // namespace

void recall_message(const std::shared_ptr<DefaultMQProducerImpl>& producer, std::string topic, std::string handle,
                    RecallHandler handler) {
  const Profile& profile = producer->profile();
  if (!profile.has_recall) {
    return handler(runtime_exception(ErrorType::UnsupportedOperationException,
                                     "recallMessage is not in " + std::string(profile.name)));
  }
  if (auto error = producer->state_error()) return handler(std::move(*error));
  topic = NamespaceUtil::wrapNamespace(producer->name_space(), topic);
  auto checked = check_recall(profile, topic, handle);
  if (auto* error = std::get_if<MQError>(&checked)) return handler(std::move(*error));
  std::string broker_name = std::get<RecallHandle>(checked).broker_name;
  producer->try_to_find_topic_publish_info(
      topic, [producer, topic, handle = std::move(handle), broker_name = std::move(broker_name),
              handler = std::move(handler)](std::shared_ptr<TopicPublishInfo>, std::optional<MQError> lookup) mutable {
        if (lookup) return handler(std::move(*lookup));
        MQClientInstance& instance = *producer->instance();
        const std::string* known = instance.find_broker_address_in_publish(broker_name);
        const std::string address = known != nullptr ? *known : instance.any_broker_address(topic);
        if (address.empty()) {
          return handler(client_exception(producer->profile(), "The broker service address not found"));
        }
        RecallMessageRequestHeader header;
        header.producer_group = producer->group();
        header.topic = topic;
        header.recall_handle = std::move(handle);
        header.broker_name = std::move(broker_name);
        instance.api().recall_message(address, header, producer->settings().send_msg_timeout, std::move(handler));
      });
}

}  // namespace rmqsim
