#include "producer/client/held/held_sends.h"

#include <charconv>
#include <stdexcept>
#include <utility>

#include "producer/client/held/back_pressure.h"
#include "producer/client/held/produce_accumulator.h"
#include "producer/client/send/send_task.h"
#include "producer/client/send/validators.h"

namespace rmqsim {
namespace {

constexpr std::size_t kAsyncSenderQueueCapacity = 50000;

std::int64_t permits_for(const Message& message) {
  return message.hasBody() ? static_cast<std::int64_t>(message.getBody().size()) : 1;
}

}  // namespace

HeldSends::HeldSends(DefaultMQProducerImpl& producer, Runtime& runtime, const Profile& profile,
                     ProducerSettings& settings)
    : producer_(producer),
      runtime_(runtime),
      profile_(profile),
      settings_(settings),
      back_pressure_(std::make_shared<BackPressure>(runtime, settings.back_pressure_for_async_send_num,
                                                    settings.back_pressure_for_async_send_size)),
      sender_threads_(runtime, settings.async_sender_threads > 0 ? settings.async_sender_threads : runtime.processors(),
                      kAsyncSenderQueueCapacity) {}

HeldSends::~HeldSends() = default;

// ---- the producer's life

void HeldSends::begin_start(const std::string& client_id) {
  flushed_ = false;
  if (!profile_.has_auto_batch) return;
  accumulator_ = ProduceAccumulator::get_or_create(runtime_, profile_, client_id);
  if (settings_.batch_max_bytes > -1) accumulator_->set_batch_max_bytes(settings_.batch_max_bytes);
  if (settings_.batch_max_delay_ms > -1) accumulator_->set_batch_max_delay_ms(settings_.batch_max_delay_ms);
  if (settings_.total_batch_max_bytes > -1) accumulator_->set_total_batch_max_bytes(settings_.total_batch_max_bytes);
}

void HeldSends::end_start() {
  if (accumulator_) accumulator_->start();
}

void HeldSends::flush(Task done) {
  if (!accumulator_ || profile_.auto_batch_lost_at_shutdown) return done();
  flushed_ = true;
  accumulator_->flush(producer_, std::move(done));
}

void HeldSends::shutdown() {
  if (accumulator_) accumulator_->shutdown();
}

void HeldSends::abandon() {
  back_pressure_->fail_waiters();
  if (accumulator_) accumulator_->abandon(producer_);
  sender_threads_.shutdown();
}

// ---- threads

bool HeldSends::plain_async() const {
  return !settings_.enable_backpressure_for_async_mode && !settings_.auto_batch && !executor_;
}

bool HeldSends::submit(std::shared_ptr<SendTask> task) {
  return sender_threads_.submit([task = std::move(task)](Task release) { task->begin_async(std::move(release)); });
}

bool HeldSends::execute(const std::shared_ptr<SendTask>& task) {
  if (!executor_) return submit(task);
  // Where the user's thread may block it is held as long as Java's would be.
  return executor_->execute([task, &runtime = runtime_] {
    auto handed_over = std::make_shared<Latch>();
    runtime.run([&] { task->begin_async([handed_over] { handed_over->release(); }); });
    if (runtime.may_block()) runtime.run_until(*handed_over);
  });
}

MQError HeldSends::executor_rejected() const {
  return client_exception(profile_, "executor rejected ",
                          std::make_shared<const MQError>(runtime_exception(ErrorType::RejectedExecutionException,
                                                                            "AsyncSenderExecutor rejects the task")));
}

// ---- back-pressure

void HeldSends::begin_async(Message message, SendCall&& call, SendHandler handler, ReturnedHandler returned) {
  if (batches(call)) {
    return begin_async_by_accumulator(std::move(message), std::move(call), std::move(handler), std::move(returned));
  }
  if (holds_back()) {
    return begin_with_permits(std::move(message), std::move(call), std::move(handler), std::move(returned));
  }
  auto task = std::make_shared<SendTask>(producer_.shared_from_this(), std::move(call), std::move(handler));
  task->take(std::move(message), runtime_.now());
  if (execute(task)) return returned(std::nullopt);
  returned(executor_rejected());
}

void HeldSends::begin_with_permits(Message message, SendCall&& call, SendHandler handler, ReturnedHandler returned) {
  const TimePoint called = runtime_.now();
  const std::int64_t timeout = call.timeout_millis;
  const std::int64_t size = permits_for(message);  // before the message is moved away
  back_pressure_->admit(
      size, called, timeout,
      [weak = producer_.weak_from_this(), message = std::make_unique<Message>(std::move(message)),
       call = std::move(call), handler = std::move(handler), returned = std::move(returned),
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
        if (self->held().execute(task)) return returned(std::nullopt);
        // What no sender thread takes is done by the caller, who returns when that has handed it over.
        task->begin_async([returned = std::move(returned)]() mutable { returned(std::nullopt); });
      });
}

bool HeldSends::waits_for_permits(const Message& message, const SendCall& call) const {
  return holds_back() && !batches(call) && !back_pressure_->admits_now(permits_for(message));
}

void HeldSends::set_num(std::int64_t limit) {
  back_pressure_->set_num(limit);
  settings_.back_pressure_for_async_send_num = back_pressure_->num();
}

void HeldSends::set_size(std::int64_t limit) {
  back_pressure_->set_size(limit);
  settings_.back_pressure_for_async_send_size = back_pressure_->size();
}

// ---- auto-batch (§10.5)

std::variant<bool, MQError> HeldSends::can_batch(Message& message) {
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
  // Whom no guard wakes any more waits for ever (quirk 63); a plain send is made, or says that the producer is not
  // running.
  const bool held = !flushed_ && producer_.state() == ServiceState::RUNNING;
  if (!profile_.auto_batch_lost_at_shutdown && !held) return false;
  if (!accumulator_->try_add_message(message)) return false;
  std::variant<bool, MQError> answer = fits();
  const bool joins = std::holds_alternative<bool>(answer) && std::get<bool>(answer);
  if (!joins && !profile_.auto_batch_counter_leaks) accumulator_->take_back(message);
  if (joins) producer_.set_uniq_id(message);
  return answer;
}

void HeldSends::send_by_accumulator(Message& message, SendCall&& call, SendHandler handler) {
  std::variant<bool, MQError> joins = can_batch(message);
  if (auto* error = std::get_if<MQError>(&joins)) {
    SendOutcome outcome;
    outcome.error = std::move(*error);
    return handler(outcome);
  }
  if (std::get<bool>(joins)) return accumulator_->send(message, call.queue, producer_, std::move(handler));
  call.may_batch = false;
  producer_.send_direct(message, std::move(call), std::move(handler));
}

void HeldSends::begin_async_by_accumulator(Message message, SendCall&& call, SendHandler handler,
                                           ReturnedHandler returned) {
  std::variant<bool, MQError> joins = can_batch(message);
  if (auto* error = std::get_if<MQError>(&joins)) return returned(std::move(*error));
  if (std::get<bool>(joins)) {
    return accumulator_->send_async(std::move(message), call.queue, producer_, std::move(handler),
                                    [returned = std::move(returned)]() mutable { returned(std::nullopt); });
  }
  call.may_batch = false;
  producer_.begin_async_direct(std::move(message), std::move(call), std::move(handler), std::move(returned));
}

}  // namespace rmqsim
