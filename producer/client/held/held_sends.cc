// Sends of DefaultMQProducerImpl that are held before they begin: for permits (back-pressure), for company
// (auto-batch), or for a thread of the user's. A bare number is one of producer/behaviour.
#include <charconv>
#include <stdexcept>
#include <utility>

#include "producer/client/held/back_pressure.h"
#include "producer/client/held/produce_accumulator.h"
#include "producer/client/send/send_task.h"
#include "producer/client/send/validators.h"

namespace rmqsim {

// ---- back-pressure and the user's executor

void DefaultMQProducerImpl::begin_async(Message message, SendCall&& call, SendHandler handler,
                                        ReturnedHandler returned) {
  enter_namespace(message, call);
  if (batches(call)) {
    return begin_async_by_accumulator(std::move(message), std::move(call), std::move(handler), std::move(returned));
  }
  const TimePoint called = runtime_.now();
  if (!holds_back()) {
    auto task = std::make_shared<SendTask>(shared_from_this(), std::move(call), std::move(handler));
    task->take(std::move(message), called);
    if (execute(task)) return returned(std::nullopt);
    return returned(executor_rejected());
  }
  const std::int64_t timeout = call.timeout_millis;
  const std::int64_t size = permits_for(message);  // before the message is moved away
  back_pressure_->admit(
      size, called, timeout,
      [weak = weak_from_this(), message = std::make_unique<Message>(std::move(message)), call = std::move(call),
       handler = std::move(handler), returned = std::move(returned),
       called](const char* refusal, Task release) mutable {
        // Permits come back with each call of the callback, and before it (§2.6).
        SendHandler told = [handler = std::move(handler),
                            release = std::make_shared<Task>(std::move(release))](SendOutcome& outcome) mutable {
          Task permits;
          if (*release) permits = [release] { (*release)(); };
          outcome.permits = &permits;
          handler(outcome);
          outcome.permits = nullptr;
          if (permits) permits();
        };
        const auto self = weak.lock();
        if (!self || refusal != nullptr) {
          SendOutcome outcome;
          outcome.error = remoting_too_much_request_exception(refusal != nullptr ? refusal : "call timeout");
          told(outcome);
          return returned(std::nullopt);
        }
        auto task = std::make_shared<SendTask>(self, std::move(call), std::move(told));
        task->take(std::move(*message), called);
        if (self->execute(task)) return returned(std::nullopt);
        // What no sender thread takes is done by the caller, who returns when that has handed it over.
        task->begin_async([returned = std::move(returned)]() mutable { returned(std::nullopt); });
      });
}

bool DefaultMQProducerImpl::waits_for_permits(const Message& message, const SendCall& call) const {
  return holds_back() && !batches(call) && !back_pressure_->admits_now(permits_for(message));
}

std::int64_t DefaultMQProducerImpl::permits_for(const Message& message) {
  return message.hasBody() ? static_cast<std::int64_t>(message.getBody().size()) : 1;
}

bool DefaultMQProducerImpl::execute(const std::shared_ptr<SendTask>& task) {
  if (!async_sender_executor_) {
    return sender_threads_->submit([task](Task release) { task->begin_async(std::move(release)); });
  }
  // Where the user's thread may block it is held as long as Java's would be.
  return async_sender_executor_->execute([task, &runtime = runtime_] {
    auto handed_over = std::make_shared<Latch>();
    runtime.run([&] { task->begin_async([handed_over] { handed_over->release(); }); });
    if (runtime.may_block()) runtime.run_until(*handed_over);
  });
}

void DefaultMQProducerImpl::set_back_pressure_for_async_send_num(std::int64_t limit) {
  back_pressure_->set_num(limit);
  settings_.back_pressure_for_async_send_num = back_pressure_->num();
}

void DefaultMQProducerImpl::set_back_pressure_for_async_send_size(std::int64_t limit) {
  back_pressure_->set_size(limit);
  settings_.back_pressure_for_async_send_size = back_pressure_->size();
}

// ---- auto-batch (§10.5)

std::variant<bool, MQError> DefaultMQProducerImpl::can_batch(Message& message) {
  const auto fits = [&]() -> std::variant<bool, MQError> {
    try {
      const auto number = [&](std::string_view name) {
        const std::string_view value = message.property(name);
        std::int64_t n = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
        if (!value.empty() && (error != std::errc{} || end != value.data() + value.size())) {
          throw std::invalid_argument("For input string: \"" + std::string(value) + "\"");
        }
        return n;
      };
      if (message.getDelayTimeLevel() > 0 || number(MessageConst::PROPERTY_TIMER_DELAY_MS) > 0 ||
          number(MessageConst::PROPERTY_TIMER_DELAY_SEC) > 0 || number(MessageConst::PROPERTY_TIMER_DELIVER_MS) > 0) {
        return false;
      }
    } catch (const std::invalid_argument& e) {
      return runtime_exception(ErrorType::NumberFormatException, e.what());
    }
    if (message.getTopic().starts_with("%RETRY%")) return false;
    if (message.has_property(MessageConst::PROPERTY_PRODUCER_GROUP)) return false;
    if (auto error = check_message(profile_, message, settings_.max_message_size)) return std::move(*error);
    return true;
  };
  if (!message.hasBody()) return runtime_exception(ErrorType::NullPointerException, "null");
  if (!accumulator_->try_add_message(message)) return false;
  std::variant<bool, MQError> answer = fits();
  const bool joins = std::holds_alternative<bool>(answer) && std::get<bool>(answer);
  if (!joins && !profile_.auto_batch_counter_leaks) accumulator_->take_back(message);
  if (joins) set_uniq_id(message);
  return answer;
}

void DefaultMQProducerImpl::send_by_accumulator(Message& message, SendCall&& call, SendHandler handler) {
  std::variant<bool, MQError> joins = can_batch(message);
  if (auto* error = std::get_if<MQError>(&joins)) {
    SendOutcome outcome;
    outcome.error = std::move(*error);
    return handler(outcome);
  }
  if (std::get<bool>(joins)) return accumulator_->send(message, call.queue, *this, std::move(handler));
  call.may_batch = false;
  send(message, std::move(call), std::move(handler));
}

void DefaultMQProducerImpl::begin_async_by_accumulator(Message message, SendCall&& call, SendHandler handler,
                                                       ReturnedHandler returned) {
  std::variant<bool, MQError> joins = can_batch(message);
  if (auto* error = std::get_if<MQError>(&joins)) return returned(std::move(*error));
  if (std::get<bool>(joins)) {
    return accumulator_->send_async(std::move(message), call.queue, *this, std::move(handler),
                                    [returned = std::move(returned)]() mutable { returned(std::nullopt); });
  }
  call.may_batch = false;
  begin_async(std::move(message), std::move(call), std::move(handler), std::move(returned));
}

}  // namespace rmqsim
