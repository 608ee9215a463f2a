#include "producer/client/api/request_callback.h"

#include <utility>

namespace rmqsim {

std::shared_ptr<RequestCallback> make_request_callback(std::function<void(const MessageExt*)> on_success,
                                                       std::function<void(const MQException&)> on_exception) {
  struct Functions final : RequestCallback {
    std::function<void(const MessageExt*)> success;
    std::function<void(const MQException&)> exception;
    void onSuccess(const MessageExt* reply) override { success(reply); }
    void onException(const MQException& e) override { exception(e); }
  };
  auto callback = std::make_shared<Functions>();
  callback->success = std::move(on_success);
  callback->exception = std::move(on_exception);
  return callback;
}

}  // namespace rmqsim
