#include "producer/client/api/send_callback.h"

namespace rmqsim {

std::shared_ptr<SendCallback> make_send_callback(std::function<void(const SendResult&)> on_success,
                                                 std::function<void(const MQException&)> on_exception) {
  struct Functions final : SendCallback {
    std::function<void(const SendResult&)> success;
    std::function<void(const MQException&)> exception;
    void onSuccess(const SendResult& result) override { success(result); }
    void onException(const MQException& e) override { exception(e); }
  };
  auto callback = std::make_shared<Functions>();
  callback->success = std::move(on_success);
  callback->exception = std::move(on_exception);
  return callback;
}

namespace {

/// A callback that throws is ignored, as Java ignores its Exceptions (§8.4).
void tell_failure(SendCallback& callback, const MQError& error) {
  try {
    throw_mq_error(error);
  } catch (const MQException& e) {
    try {
      callback.onException(e);
    } catch (...) {
    }
  }
}

}  // namespace

void BatchCallbacks::run() {
  if (permits) permits();
  std::optional<MQError> thrown;
  for (const Entry& entry : entries) {
    if (thrown) break;
    if (!entry.result) {
      tell_failure(*entry.callback, *entry.error);
      continue;
    }
    try {
      entry.callback->onSuccess(*entry.result);
    } catch (const std::exception& e) {
      thrown = runtime_exception(ErrorType::RuntimeException, e.what());
    } catch (...) {
      thrown = runtime_exception(ErrorType::RuntimeException, "null");
    }
  }
  if (!thrown) return;
  for (const Entry& entry : entries) tell_failure(*entry.callback, *thrown);
}

std::shared_ptr<MessageQueueSelector> make_selector(
    std::function<std::optional<MessageQueue>(const std::vector<MessageQueue>&, const Message&, const std::any&)> f) {
  struct FunctionSelector final : MessageQueueSelector {
    std::function<std::optional<MessageQueue>(const std::vector<MessageQueue>&, const Message&, const std::any&)> f;
    std::optional<MessageQueue> select(const std::vector<MessageQueue>& queues, const Message& message,
                                       const std::any& arg) override {
      return f(queues, message, arg);
    }
  };
  auto selector = std::make_shared<FunctionSelector>();
  selector->f = std::move(f);
  return selector;
}

}  // namespace rmqsim
