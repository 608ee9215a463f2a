// What users can hang into a producer's work besides RPC hooks (org.apache.rocketmq.client.hook, behaviour
// §7.6, §10.1): before and after every attempt of a send, a veto, and the end of a transaction. Hooks run under the
// monitor in order of registration: they must neither block nor send synchronously.
#pragma once

#include <any>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "producer/client/api/message.h"
#include "producer/client/api/send_result.h"
#include "producer/client/api/transaction_listener.h"
#include "producer/client/send/send_policy.h"
#include "producer/remoting/mq_error.h"
#include "producer/route/message_queue.h"

namespace rmqsim {

/// MessageType; the numbers are those that trace records carry.
enum class MessageType : std::uint8_t { Normal_Msg, Trans_Msg_Half, Trans_msg_Commit, Delay_Msg, Order_Msg };

/// One attempt of a send. Made before its first hook and kept until the last call; an async retry goes on with it.
struct SendMessageContext {
  std::string producer_group;
  std::string name_space;  ///< of the producer, "" for none
  Message* message = nullptr;  ///< before: with the body as it will be sent and the topic with its namespace
  MessageQueue mq;
  std::string broker_addr;
  std::string born_host;  ///< clientIP
  CommunicationMode communication_mode = CommunicationMode::SYNC;
  MessageType msg_type = MessageType::Normal_Msg;
  const SendResult* send_result = nullptr;  ///< after: null for a oneway send, a failure, and an async hand-over
  const MQError* exception = nullptr;       ///< after: why it failed
  std::any mq_trace_context;                ///< the hook's own, from before to after
};

std::ostream& operator<<(std::ostream& out, const SendMessageContext& context);

class SendMessageHook {
 public:
  virtual ~SendMessageHook() = default;
  virtual std::string hookName() const = 0;
  /// What a hook throws is ignored. Properties that it adds to the message are sent.
  virtual void sendMessageBefore(SendMessageContext& context) = 0;
  /// Sync and oneway: once per attempt, but not after an MQClientException or a RuntimeException. Async: when the
  /// request was handed over, with neither result nor exception, and again when the send ends (quirk 62).
  virtual void sendMessageAfter(SendMessageContext& context) = 0;
};

struct CheckForbiddenContext {
  std::string name_srv_addr;
  std::string group;
  Message* message = nullptr;
  MessageQueue mq;
  std::string broker_addr;
  CommunicationMode communication_mode = CommunicationMode::SYNC;
  bool unit_mode = false;
};

std::ostream& operator<<(std::ostream& out, const CheckForbiddenContext& context);

class CheckForbiddenHook {
 public:
  virtual ~CheckForbiddenHook() = default;
  virtual std::string hookName() const = 0;
  /// Forbids the attempt by throwing MQClientException, which a sync send tries again like any other (quirk 29), or
  /// anything else, which ends the send.
  virtual void checkForbidden(CheckForbiddenContext& context) = 0;
};

struct EndTransactionContext {
  std::string producer_group;
  const Message* message = nullptr;
  std::string broker_addr;
  std::string msg_id;
  std::string transaction_id;
  LocalTransactionState transaction_state = LocalTransactionState::UNKNOW;
  bool from_transaction_check = false;
};

std::ostream& operator<<(std::ostream& out, const EndTransactionContext& context);

class EndTransactionHook {
 public:
  virtual ~EndTransactionHook() = default;
  virtual std::string hookName() const = 0;
  /// Before END_TRANSACTION is sent. What a hook throws is ignored.
  virtual void endTransaction(EndTransactionContext& context) = 0;
};

/// What a producer has registered.
struct ProducerHooks {
  std::vector<std::shared_ptr<CheckForbiddenHook>> check_forbidden;
  std::vector<std::shared_ptr<SendMessageHook>> send_message;
  std::vector<std::shared_ptr<EndTransactionHook>> end_transaction;

  /// Whether a send has none to call.
  bool spare_sends() const { return send_message.empty() && check_forbidden.empty(); }
  void execute_end_transaction(EndTransactionContext& context) const;
};

}  // namespace rmqsim
