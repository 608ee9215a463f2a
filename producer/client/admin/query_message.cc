#include "producer/client/admin/query_message.h"

#include <utility>

#include "producer/client/api/client_config.h"
#include "producer/remoting/bodies/message_id.h"
#include "producer/remoting/namespace_util.h"
#include "producer/transport/continuation.h"

namespace rmqsim {
namespace {

constexpr std::int64_t kQueryTimeout = 18'000;  // three times MQAdminImpl.timeoutMillis
constexpr Duration kQueryPatience = millis(24'000);

bool has_key(std::string_view keys, std::string_view key) {
  while (!keys.empty()) {
    const auto end = keys.find(' ');
    if (keys.substr(0, end) == key) return true;
    keys.remove_prefix(end == keys.npos ? keys.size() : end + 1);
  }
  return false;
}

/// One query under way at several brokers.
class Query : public std::enable_shared_from_this<Query> {
 public:
  Query(std::shared_ptr<DefaultMQProducerImpl> producer, MessageQuery query, QueryHandler handler)
      : producer_(std::move(producer)), query_(std::move(query)),
        handler_(producer_->instance()->runtime(), std::move(handler)) {}

  void begin() {
    MQClientInstance& instance = *producer_->instance();
    if (instance.has_route(query_.topic)) return ask();
    instance.update_topic_route_info_from_name_server(query_.topic, nullptr,
                                                      [self = shared_from_this()](std::optional<MQError> error) {
                                                        if (error) return self->handler_(std::move(*error));
                                                        self->ask();
                                                      });
  }

 private:
  void ask() {
    MQClientInstance& instance = *producer_->instance();
    const std::vector<std::string> addresses = instance.broker_addresses(query_.topic);
    if (addresses.empty()) {
      return handler_(client_exception(producer_->profile(), ResponseCode::TOPIC_NOT_EXIST,
                                       "The topic[" + query_.topic + "] not matched route info"));
    }
    waiting_ = addresses.size();
    patience_ = instance.runtime().make_timer();
    patience_->expires_after(kQueryPatience, [self = shared_from_this()] { self->end(); });
    for (const std::string& address : addresses) {
      RemotingCommand command =
          RemotingCommand::request(RequestCode::QUERY_MESSAGE, producer_->profile().version);
      ExtFields& ext = command.ext();
      ext.set("topic", query_.topic);
      ext.set("key", query_.key);
      ext.set("maxNum", std::int64_t{query_.max_num});
      ext.set("beginTimestamp", query_.begin);
      ext.set("endTimestamp", query_.end);
      ext.set("_UNIQUE_KEY_QUERY", query_.by_uniq_key ? "true" : "false");
      const std::string asked = broker_vip_channel(instance.config().isVipChannelEnabled(), address);
      instance.api().invoke_async(asked, std::move(command), kQueryTimeout,
                                  [self = shared_from_this()](InvokeResult result) { self->answered(result); });
    }
  }

  void answered(const InvokeResult& result) {
    if (result.error == nullptr && result.response == nullptr) return;  // under way
    if (ended_) return;
    if (result.error == nullptr && result.response->code == ResponseCode::SUCCESS) take(*result.response);
    if (--waiting_ == 0) end();
  }

  void take(const RemotingCommand& response) {
    found_.index_last_update_timestamp = std::max(found_.index_last_update_timestamp,
                                                  response.ext_fields.find_int("indexLastUpdateTimestamp").value_or(0));
    auto messages = decode_message_exts(producer_->profile(), response.body);
    for (MessageExt& message : messages) {
      // A broker's index knows hashes only.
      const bool matches = query_.by_uniq_key
                               ? message.getMsgId() == query_.key
                               : message.getTopic() == query_.topic && has_key(message.getKeys(), query_.key);
      if (!matches) continue;
      message.setTopic(NamespaceUtil::withoutNamespace(message.getTopic(), producer_->name_space()));
      found_.messages.push_back(std::move(message));
    }
  }

  void end() {
    if (std::exchange(ended_, true)) return;
    patience_->cancel();
    if (!found_.messages.empty()) return handler_(std::move(found_));
    handler_(client_exception(producer_->profile(), ResponseCode::NO_MESSAGE,
                              "query message by key finished, but no message."));
  }

  std::shared_ptr<DefaultMQProducerImpl> producer_;
  MessageQuery query_;
  Continuation<void(std::variant<QueryResult, MQError>)> handler_;
  QueryResult found_;
  std::size_t waiting_ = 0;
  bool ended_ = false;
  std::unique_ptr<Timer> patience_;
};

}  // namespace

void query_message(const std::shared_ptr<DefaultMQProducerImpl>& producer, MessageQuery query, QueryHandler handler) {
  if (auto error = producer->state_error()) return handler(std::move(*error));
  query.topic = NamespaceUtil::wrapNamespace(producer->name_space(), query.topic);
  std::make_shared<Query>(producer, std::move(query), std::move(handler))->begin();
}

std::optional<std::int64_t> begin_of_uniq_key_query(const Profile& profile, std::string_view uniq_key,
                                                    std::int64_t now_millis) {
  constexpr std::int64_t kThreeDays = 3LL * 24 * 60 * 60 * 1000;
  if (profile.uniq_key_query_looks_three_days_back) return now_millis - kThreeDays;
  const auto made = nearly_time_from_uniq_id(uniq_key, now_millis);
  return made ? std::optional(*made - 1000) : std::nullopt;
}

}  // namespace rmqsim
