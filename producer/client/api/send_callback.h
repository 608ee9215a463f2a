// How an asynchronous send tells its outcome, and how a user chooses a queue (org.apache.rocketmq.client.producer).
#pragma once

#include <any>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "producer/client/api/exceptions.h"
#include "producer/client/api/message.h"
#include "producer/client/api/send_result.h"
#include "producer/transport/function.h"

namespace rmqsim {

/// Called on the callback executor, outside of every lock of the client: it may block and may send.
class SendCallback {
 public:
  virtual ~SendCallback() = default;
  virtual void onSuccess(const SendResult& result) = 0;
  /// The dynamic type tells which: MQClientException, MQBrokerException, RemotingException …
  virtual void onException(const MQException& exception) = 0;
};

/// A SendCallback from two functions.
std::shared_ptr<SendCallback> make_send_callback(std::function<void(const SendResult&)> on_success,
                                                 std::function<void(const MQException&)> on_exception);

/// The callbacks of one asynchronous auto-batch, which run one after another as one task. When one of them throws, all
/// are told of a failure, also those that were told of success (§10.5).
struct BatchCallbacks {
  struct Entry {
    std::shared_ptr<SendCallback> callback;
    std::optional<SendResult> result;
    std::optional<MQError> error;
  };
  std::size_t members = 0;
  std::vector<Entry> entries;  ///< complete when there are `members`
  Task permits;                ///< to be called first; see SendOutcome::permits
  void run();
};

class MessageQueueSelector {
 public:
  virtual ~MessageQueueSelector() = default;
  /// nullopt stands for Java's null and fails the send. An exception fails it too.
  virtual std::optional<MessageQueue> select(const std::vector<MessageQueue>& queues, const Message& message,
                                             const std::any& arg) = 0;
};

/// A MessageQueueSelector from a function.
std::shared_ptr<MessageQueueSelector> make_selector(
    std::function<std::optional<MessageQueue>(const std::vector<MessageQueue>&, const Message&, const std::any&)> f);

}  // namespace rmqsim
