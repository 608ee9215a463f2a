#include "producer/client/api/absent.h"

#include <utility>

namespace rmqsim {

std::shared_ptr<SendCallback> or_nobody(std::shared_ptr<SendCallback> callback) {
  return callback ? std::move(callback) : make_send_callback([](const SendResult&) {}, [](const MQException&) {});
}

std::shared_ptr<RequestCallback> or_nobody(std::shared_ptr<RequestCallback> callback) {
  return callback ? std::move(callback) : make_request_callback([](const MessageExt*) {}, [](const MQException&) {});
}

std::shared_ptr<MessageQueueSelector> or_throwing(std::shared_ptr<MessageQueueSelector> selector) {
  struct Absent final : MessageQueueSelector {
    std::optional<MessageQueue> select(const std::vector<MessageQueue>&, const Message&, const std::any&) override {
      throw_mq_error(runtime_exception(ErrorType::NullPointerException, "null"));
    }
  };
  return selector ? std::move(selector) : std::make_shared<Absent>();
}

}  // namespace rmqsim
