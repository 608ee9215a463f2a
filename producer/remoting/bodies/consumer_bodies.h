// JSON bodies that consumers and brokers exchange besides heartbeats: queues to lock and unlock, the members of a
// group, a filter to check (wire §2.3, §2.6), and what admin tools ask about clients. Encoding sorts keys
// as Java does; decoding is as lenient as fastjson.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/bodies/heartbeat_data.h"
#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

/// org.apache.rocketmq.common.message.MessageQueue as it travels in bodies.
struct QueueOfBroker {
  std::string topic;
  std::string broker_name;
  std::int32_t queue_id = 0;

  auto operator<=>(const QueueOfBroker&) const = default;
};

/// Codes 41 and 42.
struct LockBatchRequestBody {
  std::string consumer_group;
  std::string client_id;
  std::vector<QueueOfBroker> mq_set;

  std::string encode() const;
  static error_code decode(std::string_view body, LockBatchRequestBody& out);
};

/// Answer to 41: {"lockOKMQSet":[…]}.
struct LockBatchResponseBody {
  std::vector<QueueOfBroker> lock_ok_mq_set;

  std::string encode() const;
  static error_code decode(std::string_view body, LockBatchResponseBody& out);
};

/// Code 46.
struct CheckClientRequestBody {
  std::string client_id;
  std::string group;
  bool has_subscription = false;
  SubscriptionData subscription_data;

  std::string encode() const;
  static error_code decode(std::string_view body, CheckClientRequestBody& out);
};

/// Answer to 38: {"consumerIdList":[…]}.
struct ConsumerIdList {
  std::vector<std::string> consumer_id_list;

  std::string encode() const;
  static error_code decode(std::string_view body, ConsumerIdList& out);
};

/// One client in an answer to 203 or 204.
struct ClientConnection {
  std::string client_id;
  std::string client_addr;
  LanguageCode language = LanguageCode::JAVA;
  std::int32_t version = 0;
};

/// Answer to 203 (ConsumerConnection) and, with the connections only, to 204 (ProducerConnection).
struct ConsumerConnectionBody {
  std::vector<ClientConnection> connection_set;
  std::map<std::string, SubscriptionData> subscription_table;
  ConsumeType consume_type = ConsumeType::CONSUME_ACTIVELY;
  MessageModel message_model = MessageModel::CLUSTERING;
  ConsumeFromWhere consume_from_where = ConsumeFromWhere::CONSUME_FROM_LAST_OFFSET;

  std::string encode() const;
  std::string encode_connections() const;
};

/// One client in an answer to 328.
struct ProducerInfo {
  std::string client_id;
  std::string remote_ip;  ///< as Java prints an address: "/10.0.0.1:4444"
  LanguageCode language = LanguageCode::JAVA;
  std::int32_t version = 0;
  std::int64_t last_update_timestamp = 0;
};

/// Answer to 328.
struct ProducerTableInfo {
  std::map<std::string, std::vector<ProducerInfo>> data;  ///< by group

  std::string encode() const;
};

/// {"groupList":[…]}, the answer to 300.
std::string encode_group_list(const std::vector<std::string>& groups);

/// FilterAPI.buildSubscriptionData: what a subscription text means. An empty one means "*". bad_body when it names no
/// tag at all.
error_code build_subscription_data(std::string_view topic, std::string_view sub_string, SubscriptionData& out);

}  // namespace rmqsim
