#include "producer/client/admin/mq_admin.h"

#include <algorithm>
#include <utility>

#include "producer/client/api/client_config.h"
#include "producer/client/send/validators.h"
#include "producer/remoting/bodies/message_id.h"
#include "producer/remoting/headers/broker_headers.h"
#include "producer/remoting/namespace_util.h"

namespace rmqsim {
namespace {

constexpr std::int64_t kTimeout = 6000;  // MQAdminImpl.timeoutMillis
constexpr int kTriesPerBroker = 5;

/// All failures come to the user inside an MQClientException with a text of their own.
MQError wrapped(const Profile& profile, std::string text, MQError cause) {
  return client_exception(profile, std::move(text), std::make_shared<const MQError>(std::move(cause)));
}

std::int32_t code_of(OffsetQuery query) {
  switch (query) {
    case OffsetQuery::max_offset: return RequestCode::GET_MAX_OFFSET;
    case OffsetQuery::min_offset: return RequestCode::GET_MIN_OFFSET;
    case OffsetQuery::search_offset: return RequestCode::SEARCH_OFFSET_BY_TIMESTAMP;
    case OffsetQuery::earliest_msg_store_time: return RequestCode::GET_EARLIEST_MSG_STORETIME;
  }
  return RequestCode::GET_MAX_OFFSET;
}

/// Every question to a broker, but not the texts about it, goes to its VIP port if there is to be one (§1.8).
void ask(DefaultMQProducerImpl& producer, const std::string& address, RemotingCommand&& command,
         InvokeHandler handler) {
  MQClientInstance& instance = *producer.instance();
  instance.api().invoke_sync(broker_vip_channel(instance.config().isVipChannelEnabled(), address), std::move(command),
                             kTimeout, std::move(handler));
}

RemotingCommand offset_request(const Profile& profile, OffsetQuery query, const MessageQueue& queue,
                               std::int64_t timestamp) {
  RemotingCommand command = RemotingCommand::request(code_of(query), profile.version);
  ExtFields& ext = command.ext();
  ext.set("topic", queue.getTopic());
  ext.set("queueId", std::int64_t{queue.getQueueId()});
  ext.set("bname", queue.getBrokerName());
  if (query == OffsetQuery::search_offset) ext.set("timestamp", timestamp);
  if (profile.admin_has_added_fields) {
    if (query == OffsetQuery::max_offset) ext.set("committed", "true");
    if (query == OffsetQuery::search_offset) ext.set("boundaryType", "LOWER");
  }
  return command;
}

void ask_offset(const std::shared_ptr<DefaultMQProducerImpl>& producer, OffsetQuery query, const MessageQueue& queue,
                std::int64_t timestamp, MQClientAPIImpl::OffsetHandler handler) {
  MQClientInstance& instance = *producer->instance();
  const Profile& profile = producer->profile();
  const std::string* address = instance.find_address_of_queue(queue);
  if (address == nullptr) {
    return handler(client_exception(profile, "The broker[" + queue.getBrokerName() + "] not exist"));
  }
  const char* const field = query == OffsetQuery::earliest_msg_store_time ? "timestamp" : "offset";
  auto answered = [&profile, address = *address, field, handler = std::move(handler)](InvokeResult result) mutable {
    const auto failed = [&](MQError cause) {
      handler(wrapped(profile, "Invoke Broker[" + address + "] exception", std::move(cause)));
    };
    if (result.error != nullptr) return failed(std::move(*result.error));
    const RemotingCommand& response = *result.response;
    if (response.code != ResponseCode::SUCCESS) {
      return failed(broker_exception(profile, response.code, response.remark, address));
    }
    const auto value = response.ext_fields.find_int(field);
    if (!value) return failed(runtime_exception(ErrorType::NullPointerException, "null"));
    handler(*value);
  };
  ask(*producer, *address, offset_request(profile, query, queue, timestamp), std::move(answered));
}

/// One createTopic under way: broker after broker, try after try.
class TopicCreation : public std::enable_shared_from_this<TopicCreation> {
 public:
  TopicCreation(std::shared_ptr<DefaultMQProducerImpl> producer, CreateTopicRequestHeader header,
                Function<void(std::optional<MQError>)> handler)
      : producer_(std::move(producer)), header_(std::move(header)), handler_(std::move(handler)) {}

  void looked_up(std::variant<TopicRouteData, MQError>&& outcome) {
    if (auto* route = std::get_if<TopicRouteData>(&outcome)) return begin(std::move(*route));
    end(std::move(std::get<MQError>(outcome)));
  }

 private:
  void begin(TopicRouteData&& route) {
    if (route.broker_datas.empty()) {
      return end(client_exception(producer_->profile(), "Not found broker, maybe key is wrong"));
    }
    std::sort(route.broker_datas.begin(), route.broker_datas.end(),
              [](const BrokerData& a, const BrokerData& b) { return a.broker_name < b.broker_name; });
    for (const BrokerData& broker : route.broker_datas) {
      const auto master = broker.broker_addrs.find(kMasterId);
      if (master != broker.broker_addrs.end()) addresses_.push_back(master->second);
    }
    next();
  }
  void end(std::optional<MQError> error) {
    if (error) error = wrapped(producer_->profile(), "create new topic failed", std::move(*error));
    handler_(std::move(error));
  }

  void next() {
    if (broker_ == addresses_.size()) {
      if (created_ || !last_) return end(std::nullopt);
      return end(wrapped(producer_->profile(), "create topic to broker exception", std::move(*last_)));
    }
    RemotingCommand command =
        RemotingCommand::request(RequestCode::UPDATE_AND_CREATE_TOPIC, producer_->profile().version);
    header_.to_ext(command.ext());
    const std::string& address = addresses_[broker_];
    auto answered = [self = shared_from_this(), address](InvokeResult result) {
      std::optional<MQError> error;
      if (result.error != nullptr) {
        error = std::move(*result.error);
      } else if (result.response->code != ResponseCode::SUCCESS) {
        error = client_exception(self->producer_->profile(), result.response->code,
                                 result.response->remark.value_or("null"));
      }
      self->tried(std::move(error));
    };
    ask(*producer_, address, std::move(command), std::move(answered));
  }

  void tried(std::optional<MQError> error) {
    if (!error) {
      created_ = true;
    } else {
      last_ = std::move(error);
      if (++tries_ < kTriesPerBroker) return next();
    }
    tries_ = 0;
    ++broker_;
    next();
  }

  std::shared_ptr<DefaultMQProducerImpl> producer_;
  CreateTopicRequestHeader header_;
  Function<void(std::optional<MQError>)> handler_;
  std::vector<std::string> addresses_;
  std::size_t broker_ = 0;
  int tries_ = 0;
  bool created_ = false;
  std::optional<MQError> last_;
};

}  // namespace

void fetch_publish_message_queues(const std::shared_ptr<DefaultMQProducerImpl>& producer, const std::string& topic,
                                  QueuesHandler handler) {
  if (auto error = producer->state_error()) return handler(std::move(*error));
  const Profile& profile = producer->profile();
  const std::string asked = NamespaceUtil::wrapNamespace(producer->name_space(), topic);
  auto answered = [producer, &profile, asked, handler = std::move(handler)](
                      std::variant<TopicRouteData, MQError>&& outcome) mutable {
    if (auto* error = std::get_if<MQError>(&outcome)) {
      return handler(wrapped(profile, "Can not find Message Queue for this topic, " + asked, std::move(*error)));
    }
    const auto info = TopicPublishInfo::from_route(asked, std::move(std::get<TopicRouteData>(outcome)),
                                                   producer->instance()->queue_index_source());
    if (!info.ok()) {
      return handler(client_exception(profile, "Unknow why, Can not find Message Queue for this topic, " + asked));
    }
    std::vector<MessageQueue> queues = info.queues();
    for (MessageQueue& queue : queues) {
      queue.setTopic(NamespaceUtil::withoutNamespace(queue.getTopic(), producer->name_space()));
    }
    handler(std::move(queues));
  };
  producer->instance()->api().get_topic_route_info(asked, kTimeout, std::move(answered));
}

void query_offset(const std::shared_ptr<DefaultMQProducerImpl>& producer, OffsetQuery query, MessageQueue queue,
                  std::int64_t timestamp, MQClientAPIImpl::OffsetHandler handler) {
  if (auto error = producer->state_error()) return handler(std::move(*error));
  queue.setTopic(NamespaceUtil::wrapNamespace(producer->name_space(), queue.getTopic()));
  MQClientInstance& instance = *producer->instance();
  if (instance.find_address_of_queue(queue) != nullptr) {
    return ask_offset(producer, query, queue, timestamp, std::move(handler));
  }
  const std::string topic = queue.getTopic();
  instance.update_topic_route_info_from_name_server(
      topic, nullptr, [producer, query, queue = std::move(queue), timestamp,
                       handler = std::move(handler)](std::optional<MQError> error) mutable {
        if (error) return handler(std::move(*error));
        ask_offset(producer, query, queue, timestamp, std::move(handler));
      });
}

void view_message(const std::shared_ptr<DefaultMQProducerImpl>& producer, const std::string& topic,
                  const std::string& offset_msg_id, MessageHandler handler) {
  if (auto error = producer->state_error()) return handler(std::move(*error));
  const Profile& profile = producer->profile();
  const auto id = decode_message_id(offset_msg_id);
  if (!id) {
    return handler(
        client_exception(profile, ResponseCode::NO_MESSAGE, "query message by id finished, but no message."));
  }
  RemotingCommand command = RemotingCommand::request(RequestCode::VIEW_MESSAGE_BY_ID, profile.version);
  if (profile.admin_has_added_fields) command.ext().set("topic", topic);  // as it was given, without the namespace
  command.ext().set("offset", id->offset);
  const std::string address = id->address.to_string();
  auto answered = [producer, &profile, address, handler = std::move(handler)](InvokeResult result) mutable {
    if (result.error != nullptr) return handler(std::move(*result.error));
    const RemotingCommand& response = *result.response;
    if (response.code != ResponseCode::SUCCESS) {
      return handler(broker_exception(profile, response.code, response.remark, address));
    }
    auto message = decode_message_ext(profile, response.body);
    if (!message) return handler(runtime_exception(ErrorType::NullPointerException, "null"));
    message->setTopic(NamespaceUtil::withoutNamespace(message->getTopic(), producer->name_space()));
    handler(std::move(*message));
  };
  ask(*producer, address, std::move(command), std::move(answered));
}

void create_topic(const std::shared_ptr<DefaultMQProducerImpl>& producer, const std::string& key,
                  const std::string& new_topic, std::int32_t queue_num, std::int32_t topic_sys_flag,
                  Function<void(std::optional<MQError>)> handler) {
  if (auto error = producer->state_error()) return handler(std::move(error));
  const Profile& profile = producer->profile();
  const std::string topic = NamespaceUtil::wrapNamespace(producer->name_space(), new_topic);
  if (auto error = check_topic(profile, topic)) return handler(std::move(error));
  if (NamespaceUtil::is_system_topic(topic)) {
    return handler(client_exception(profile, "The topic[" + topic + "] is conflict with system topic."));
  }
  CreateTopicRequestHeader header;
  header.topic = topic;
  header.default_topic = key;
  header.read_queue_nums = queue_num;
  header.write_queue_nums = queue_num;
  header.perm = PermName::PERM_READ | PermName::PERM_WRITE;
  header.topic_filter_type = "SINGLE_TAG";
  header.topic_sys_flag = topic_sys_flag;
  header.order = false;
  if (profile.admin_has_added_fields) {
    header.attributes = "";
    header.force = false;
  }
  auto creation = std::make_shared<TopicCreation>(producer, std::move(header), std::move(handler));
  producer->instance()->api().get_topic_route_info(
      key, kTimeout, [creation](std::variant<TopicRouteData, MQError>&& outcome) {
        creation->looked_up(std::move(outcome));
      });
}

}  // namespace rmqsim
