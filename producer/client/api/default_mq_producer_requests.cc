// The request and recall functions of DefaultMQProducer (see default_mq_producer.h): a blocking call is the operation
// under the monitor and one wait.
#include <utility>

#include "producer/client/admin/recall.h"
#include "producer/client/api/absent.h"
#include "producer/client/api/default_mq_producer.h"
#include "producer/client/api/wait_for.h"
#include "producer/client/send/send_observer.h"

namespace rmqsim {
namespace {

RequestCall plain_request(std::int64_t timeout) {
  RequestCall call;
  call.timeout_millis = timeout;
  return call;
}

RequestCall queue_request(const MessageQueue& queue, std::int64_t timeout) {
  RequestCall call = plain_request(timeout);
  call.path = SendPath::queue;
  call.queue = queue;
  return call;
}

RequestCall selector_request(std::shared_ptr<MessageQueueSelector> selector, std::any arg, std::int64_t timeout) {
  RequestCall call = plain_request(timeout);
  call.path = SendPath::selector;
  call.selector = or_throwing(std::move(selector));
  call.arg = std::move(arg);
  return call;
}

/// Runs the callback; what it throws is ignored, as Java ignores its Exceptions.
Task callback_task(const std::shared_ptr<RequestCallback>& callback, RequestOutcome& outcome) {
  auto held = std::make_unique<RequestOutcome>(std::move(outcome));
  return [callback, held = std::move(held)] {
    try {
      if (!held->error) return callback->onSuccess(held->reply ? &*held->reply : nullptr);
      try {
        throw_mq_error(std::move(*held->error));
      } catch (const MQException& e) {
        callback->onException(e);
      }
    } catch (...) {
    }
  };
}

}  // namespace

MessageExt DefaultMQProducer::request_sync(Message& message, RequestCall call) {
  require_may_block();
  started();
  auto outcome = wait_for<RequestOutcome>(*runtime_, [&](auto handler) {
    auto told = [handler = std::move(handler)](RequestOutcome& outcome) mutable {
      if (!outcome.amended) handler(std::move(outcome));
    };
    std::make_shared<RequestTask>(impl_, std::move(call), std::move(told))->begin(message, nullptr);
  });
  if (outcome.error) throw_mq_error(std::move(*outcome.error));
  return std::move(*outcome.reply);
}

void DefaultMQProducer::request_async(Message message, RequestCall call, std::shared_ptr<RequestCallback> callback) {
  struct Wait {
    Latch returned;
    std::optional<MQError> thrown;
  };
  require_may_block();
  started();
  auto wait = std::make_shared<Wait>();
  call.with_callback = true;
  callback = observed(or_nobody(std::move(callback)), settings().observer);
  Executor* executor = callback_executor_.get();
  runtime_->run([&] {
    auto handler = [wait, executor, callback](RequestOutcome& outcome) {
      if (outcome.amended) return;
      if (outcome.kind == RequestOutcome::Kind::thrown) {
        wait->thrown = std::move(outcome.error);
      } else if (executor != nullptr) {
        executor->execute(callback_task(callback, outcome));
      }
    };
    std::make_shared<RequestTask>(impl_, std::move(call), std::move(handler))
        ->begin(message, [wait] { wait->returned.release(); });
  });
  runtime_->run_until(wait->returned);
  std::optional<MQError> thrown;
  runtime_->run([&] { thrown = std::move(wait->thrown); });
  if (thrown) throw_mq_error(std::move(*thrown));
}

MessageExt DefaultMQProducer::request(Message& message, std::int64_t timeout) {
  return request_sync(message, plain_request(timeout));
}
MessageExt DefaultMQProducer::request(Message& message, const MessageQueue& queue, std::int64_t timeout) {
  return request_sync(message, queue_request(queue, timeout));
}
MessageExt DefaultMQProducer::request(Message& message, std::shared_ptr<MessageQueueSelector> selector, std::any arg,
                                      std::int64_t timeout) {
  return request_sync(message, selector_request(std::move(selector), std::move(arg), timeout));
}
void DefaultMQProducer::request(Message message, std::shared_ptr<RequestCallback> callback, std::int64_t timeout) {
  request_async(std::move(message), plain_request(timeout), std::move(callback));
}
void DefaultMQProducer::request(Message message, const MessageQueue& queue, std::shared_ptr<RequestCallback> callback,
                                std::int64_t timeout) {
  request_async(std::move(message), queue_request(queue, timeout), std::move(callback));
}
void DefaultMQProducer::request(Message message, std::shared_ptr<MessageQueueSelector> selector, std::any arg,
                                std::shared_ptr<RequestCallback> callback, std::int64_t timeout) {
  request_async(std::move(message), selector_request(std::move(selector), std::move(arg), timeout),
                std::move(callback));
}

std::string DefaultMQProducer::recallMessage(const std::string& topic, const std::string& recall_handle) {
  require_may_block();
  started();
  return value_of<std::string>(
      *runtime_, [&](auto handler) { recall_message(impl_, topic, recall_handle, std::move(handler)); });
}

}  // namespace rmqsim
