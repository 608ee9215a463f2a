#include "producer/client/send/send_task.h"

#include <charconv>
#include <exception>
#include <utility>

#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/codec/compression.h"
#include "producer/remoting/codec/text.h"
#include "producer/remoting/namespace_util.h"

namespace rmqsim {

SendTask::SendTask(std::shared_ptr<DefaultMQProducerImpl> producer, SendCall&& call, SendHandler handler)
    : producer_(std::move(producer)), call_(std::move(call)), handler_(std::move(handler)) {}

void SendTask::begin(Message& message, std::int64_t timeout_millis) {
  message_ = &message;
  start(timeout_millis);
}

void SendTask::take(Message message, TimePoint called) {
  own_ = std::move(message);
  message_ = &own_;
  called_millis_ = to_millis(called);
}

// §2.6. The queue overload checks its arguments before the clock, the others after it.
void SendTask::begin_async(Task release) {
  const std::int64_t left = call_.timeout_millis - (to_millis(producer_->runtime_.now()) - called_millis_);
  std::optional<MQError> error;
  if (call_.path == SendPath::queue) error = producer_->check(own_, call_);
  if (!error && left <= 0) {
    error = remoting_too_much_request_exception(
        call_.path == SendPath::default_path ? "DEFAULT ASYNC send call timeout" : "call timeout");
  }
  if (!error && call_.path != SendPath::queue) error = producer_->check(own_, call_);
  if (error) {
    fail(std::move(*error));
    release();
    return;
  }
  release_ = std::move(release);
  start(left);
}

void SendTask::begin_unchecked(Message message, std::int64_t timeout_millis, Task release) {
  own_ = std::move(message);
  message_ = &own_;
  release_ = std::move(release);
  start(timeout_millis);
}

void SendTask::choose(Message& message, std::int64_t timeout_millis, DefaultMQProducerImpl::QueueHandler handler) {
  chosen_ = std::move(handler);
  begin(message, timeout_millis);
}

void SendTask::fail(MQError error) {
  SendOutcome outcome{.error = std::move(error)};
  complete(outcome);
}

std::vector<AttemptRecord> SendTask::attempts() const {
  if (!operation_) return {};
  std::vector<AttemptRecord> attempts = operation_->attempts();
  if (!attempts.empty() && attempts.back().outcome == "INCOMPLETE") {
    attempts.back().elapsed = producer_->runtime_.now() - attempts.back().start;
  }
  return attempts;
}

void SendTask::start(std::int64_t timeout_millis) {
  const ProducerSettings& settings = producer_->settings_;
  caller_thread_ = producer_->runtime_.current_thread();
  SendSpec spec;
  spec.mode = call_.mode;
  spec.path = call_.path;
  spec.topic = message_->getTopic();
  spec.timeout_millis = timeout_millis;
  spec.settings.retries = call_.mode == CommunicationMode::ASYNC ? settings.retry_times_when_send_async_failed
                                                                 : settings.retry_times_when_send_failed;
  spec.settings.retry_another_broker_when_not_store_ok = settings.retry_another_broker_when_not_store_ok;
  spec.settings.max_timeout_per_request = settings.send_msg_max_timeout_per_request;
  spec.settings.retry_response_codes = &settings.retry_response_codes;
  spec.queue = call_.queue;
  spec.record_attempts = settings.record_attempts;
  spec.unheard = call_.unheard;
  spec.decisions = call_.decisions;
  if (producer_->instance_->knows_static_topics()) {
    spec.broker_of = [instance = producer_->instance_](const MessageQueue& queue) {
      return instance->get_broker_name_from_message_queue(queue).value_or("");
    };
  }
  operation_.emplace(producer_->profile_, producer_->strategy_, std::move(spec));
  advance(send_event::Begin{});
}

// A sync send decides in its caller's thread, whichever thread the answer came in on. So does an async one until it is
// handed over; from then on the thread that brings the event decides (§3.6).
void SendTask::advance(SendEvent&& event) {
  Runtime& runtime = producer_->runtime_;
  const bool handed_over = call_.mode == CommunicationMode::ASYNC && returned_;
  const ThreadId thread = handed_over ? runtime.current_thread() : caller_thread_;
  ThreadScope scope(runtime, thread);
  SendAction action = operation_->resume(std::move(event), runtime.now(), thread);
  std::visit([this](auto& a) { perform(a); }, action);
}

void SendTask::perform(send_action::FindPublishInfo&) {
  producer_->try_to_find_topic_publish_info(
      message_->getTopic(), [self = shared_from_this()](std::shared_ptr<TopicPublishInfo> info,
                                                        std::optional<MQError> error) {
        if (error) return self->advance(send_event::LookupFailed{std::move(*error)});
        self->info_ = std::move(info);
        self->advance(send_event::PublishInfoFound{self->info_.get(), self->producer_->instance_->has_name_server()});
      });
}

void SendTask::perform(send_action::CallSelector&) {
  std::optional<MessageQueue> queue;
  try {
    queue = producer_->call_selector(*call_.selector, *info_, *message_, call_.arg);
  } catch (const MQException& e) {
    return advance(send_event::SelectorThrew{e.error()});
  } catch (const std::exception& e) {
    return advance(send_event::SelectorThrew{runtime_exception(ErrorType::RuntimeException, e.what())});
  }
  advance(send_event::QueueSelected{std::move(queue)});
}

void SendTask::perform(send_action::Attempt& action) {
  if (chosen_) return chosen_(std::move(action.queue));
  kernel(action.queue, action.timeout_millis);
}

void SendTask::perform(send_action::Resend& action) {
  // The retry changes nothing but address and opaque: queue id, `n`, born timestamp and body are those of the first
  // try (quirk 18). An unknown address becomes the empty one, i.e. the nameserver (quirk 19); no VIP port.
  broker_name_ = std::move(action.broker_name);
  const std::string* address = producer_->instance_->find_broker_address_in_publish(broker_name_);
  address_ = address == nullptr ? std::string() : *address;
  invoke(action.timeout_millis);
}

void SendTask::perform(send_action::Return& action) {
  if (hooked_ && call_.mode == CommunicationMode::ASYNC) hooked_->after(action.result, nullptr);
  SendOutcome outcome{.result = action.result};
  complete(outcome);
}
void SendTask::perform(send_action::Raise& action) {
  if (chosen_) return chosen_(std::move(action.error));
  const bool in_call = call_.mode == CommunicationMode::ASYNC && !returned_;
  const bool overlooked = call_.unheard && action.error.wire == WireOutcome::answered;
  if (hooked_ && invoked_ && call_.mode == CommunicationMode::ASYNC && !overlooked) {
    hooked_->after(nullptr, &action.error);
  }
  fail(std::move(action.error));
  if (in_call) returned();
}
void SendTask::perform(send_action::Sent&) {
  SendOutcome outcome;
  complete(outcome);
}
void SendTask::perform(send_action::Amend&) {
  SendOutcome outcome;
  outcome.amended = true;
  complete(outcome);
}

void SendTask::complete(SendOutcome& outcome) {
  if (in_kernel_ && !producer_->name_space_.empty()) {
    message_->setTopic(NamespaceUtil::withoutNamespace(message_->getTopic(), producer_->name_space_));
  }
  if (operation_) outcome.attempts = &operation_->attempts();
  outcome.before_invoke = outcome.error && !invoked_;
  outcome.message = message_;
  handler_(outcome);
}

/// Java's sendKernelImpl has returned to its caller: the sender thread is free.
void SendTask::returned() {
  if (std::exchange(returned_, true)) return;
  if (invoked_ && hooked_) hooked_->after(nullptr, nullptr);
  if (invoked_) advance(send_event::HandedOver{});
  if (release_) std::exchange(release_, nullptr)();
}

// ---- the kernel (§7)

void SendTask::kernel(const MessageQueue& queue, std::int64_t timeout_millis) {
  const TimePoint begin = producer_->runtime_.now();
  MQClientInstance& instance = *producer_->instance_;
  if (const std::string* address = instance.find_address_of_queue(queue)) {
    return kernel_at(address, queue, begin, timeout_millis);
  }
  // Asks the nameserver only if the cached info is not ok.
  producer_->try_to_find_topic_publish_info(
      queue.getTopic(), [self = shared_from_this(), queue, begin, timeout_millis](
                            std::shared_ptr<TopicPublishInfo>, std::optional<MQError> error) {
        if (error) return self->advance(send_event::Failed{std::move(*error)});
        self->kernel_at(self->producer_->instance_->find_address_of_queue(queue), queue, begin, timeout_millis);
      });
}

void SendTask::kernel_at(const std::string* address, const MessageQueue& queue, TimePoint begin,
                         std::int64_t timeout_millis) {
  const Profile& profile = producer_->profile_;
  std::optional<std::string> name = producer_->instance_->get_broker_name_from_message_queue(queue);
  if (address == nullptr) {
    return advance(
        send_event::Failed{client_exception(profile, "The broker[" + name.value_or("null") + "] not exist")});
  }
  in_kernel_ = true;
  if (const std::string& name_space = producer_->name_space_; !name_space.empty()) {
    operation_->name_topic(NamespaceUtil::withoutNamespace(message_->getTopic(), name_space));
  }
  queue_broker_name_ = broker_name_ = std::move(*name);
  address_ = broker_vip_channel(producer_->config_.isVipChannelEnabled(), *address);
  if (auto error = prepare(queue)) return advance(send_event::Failed{std::move(*error)});
  const std::int64_t cost = to_millis(producer_->runtime_.now()) - to_millis(begin);
  if (timeout_millis < cost) {
    MQError error = remoting_too_much_request_exception("sendKernelImpl call timeout");
    if (hooked_) hooked_->after_failure(error);
    return advance(send_event::Failed{std::move(error)});
  }
  invoke(timeout_millis - cost);
}

void SendTask::compress_body() {
  const ProducerSettings& settings = producer_->settings_;
  is_compressed_ = !message_->is_batch() && static_cast<std::int64_t>(message_->getBody().size()) >=
                                                settings.compress_msg_body_over_howmuch;
  // Java compresses once per attempt from the restored body; the bytes are the same every time, so once is enough.
  if (is_compressed_ && compressed_.empty()) {
    compressed_ = compress(settings.compress_type, message_->getBody(), settings.compress_level);
  }
}

/// §7.6. An error forbids the attempt.
std::optional<MQError> SendTask::call_hooks_before(const MessageQueue& queue) {
  const ClientConfig& config = producer_->config_;
  const std::string name_space = config.getNamespace().value_or("");
  if (!hooked_) hooked_ = std::make_unique<HookedSend>(producer_->settings_.hooks);
  const HookedSend::Attempt attempt{.queue = queue, .group = producer_->group_, .name_space = name_space,
                                    .name_srv_addr = config.getNamesrvAddr(), .broker_addr = address_,
                                    .client_ip = config.getClientIP(), .mode = call_.mode,
                                    .unit_mode = config.isUnitMode()};
  return hooked_->before(attempt, *message_, is_compressed_ ? &compressed_ : nullptr);
}

std::optional<MQError> SendTask::prepare(const MessageQueue& queue) {
  const ProducerSettings& settings = producer_->settings_;
  if (!message_->is_batch()) producer_->set_uniq_id(*message_);
  const auto& name_space = producer_->instance_name_space_;
  if (name_space) message_->put_property(MessageConst::PROPERTY_INSTANCE_ID, *name_space);
  compress_body();
  std::int32_t sys_flag = 0;
  if (is_compressed_) sys_flag |= MessageSysFlag::COMPRESSED_FLAG | compression_flag(settings.compress_type);
  if (text::parse_bool(message_->property(MessageConst::PROPERTY_TRANSACTION_PREPARED))) {
    sys_flag |= MessageSysFlag::TRANSACTION_PREPARED_TYPE;
  }
  if (!settings.hooks.spare_sends()) {
    if (auto error = call_hooks_before(queue)) return error;
  }
  properties_.clear();
  message_->getProperties().encode_to(properties_, producer_->profile_.properties_end_with_separator);

  const bool reply = message_->property(MessageConst::PROPERTY_MESSAGE_TYPE) == "reply";
  // In a namespace an async batch is cloned, which makes a plain message of it (§7.8, quirk 55).
  const bool cloned = name_space && call_.mode == CommunicationMode::ASYNC;
  request_.code = send_request_code(message_->is_batch() && !cloned, reply, settings.send_smart_msg);
  request_.body = is_compressed_ ? std::string_view(compressed_) : std::string_view(message_->getBody());
  if (hooked_) request_.body = hooked_->body();
  SendMessageRequestHeader& header = request_.header;
  header.producer_group = producer_->group_;
  header.topic = message_->getTopic();
  header.default_topic = settings.create_topic_key;
  header.default_topic_queue_nums = settings.default_topic_queue_nums;
  header.queue_id = queue.getQueueId();
  header.sys_flag = sys_flag;
  header.born_timestamp = to_millis(producer_->runtime_.now());
  header.flag = message_->getFlag();
  header.properties = properties_;
  header.reconsume_times = 0;
  header.unit_mode = producer_->config_.isUnitMode();
  header.max_reconsume_times.reset();
  header.batch = message_->is_batch();
  header.broker_name = queue_broker_name_;
  if (!message_->getTopic().starts_with("%RETRY%")) return std::nullopt;
  // Moved into the header after the property string was built, so the first attempt carries them twice and later ones
  // not at all (§7.7, quirk 64).
  const auto move_to_header = [&](std::string_view name, std::optional<std::int32_t>& field) {
    const std::string_view value = message_->property(name);
    std::int32_t number = 0;
    if (std::from_chars(value.data(), value.data() + value.size(), number).ec == std::errc{}) field = number;
    message_->clear_property(name);
  };
  if (message_->has_property(MessageConst::PROPERTY_RECONSUME_TIME)) {
    move_to_header(MessageConst::PROPERTY_RECONSUME_TIME, header.reconsume_times);
  }
  if (message_->has_property(MessageConst::PROPERTY_MAX_RECONSUME_TIMES)) {
    move_to_header(MessageConst::PROPERTY_MAX_RECONSUME_TIMES, header.max_reconsume_times);
  }
  return std::nullopt;
}

void SendTask::invoke(std::int64_t timeout_millis) {
  invoked_ = true;
  producer_->instance_->api().send_message(
      address_, request_, timeout_millis, call_.mode,
      [self = shared_from_this()](InvokeResult result) { self->on_invoked(result); });
}

void SendTask::on_invoked(InvokeResult result) {
  if (result.again != nullptr) {
    producer_->instance_->api().encode_send_message(request_, call_.mode, result.again->opaque, result.again->frame);
    return;
  }
  if (result.returned()) {
    if (call_.mode != CommunicationMode::ONEWAY) return returned();
    if (hooked_) hooked_->after(nullptr, nullptr);
    return advance(send_event::HandedOver{});
  }
  const bool async = call_.mode == CommunicationMode::ASYNC;
  if (result.error != nullptr) {
    // What a oneway send is told later is for the ledger only; see RemotingClient::invoke_oneway.
    const bool told = call_.mode == CommunicationMode::SYNC || result.thrown;
    if (hooked_ && !async && told) hooked_->after_failure(*result.error);
    return advance(send_event::Failed{std::move(*result.error), async, result.thrown, result.written});
  }
  SendAnswerContext expectation;
  expectation.msg_id = message_->uniq_key();
  if (!async || !producer_->instance_name_space_) expectation.batch_msg_ids = message_->batch_uniq_keys();
  std::string plain_topic;
  expectation.topic = message_->getTopic();
  if (const auto& name_space = producer_->instance_name_space_; name_space && !name_space->empty()) {
    expectation.topic = plain_topic = NamespaceUtil::withoutNamespace(message_->getTopic(), *name_space);
  }
  expectation.broker_name = broker_name_;
  expectation.address = address_;
  SendResult answer;
  if (auto error = process_send_response(producer_->profile_, *result.response, expectation, answer)) {
    error->wire = WireOutcome::answered;
    if (is_runtime(error->type)) error->response_code = result.response->code;
    if (hooked_ && !async) hooked_->after_failure(*error);
    return advance(send_event::Failed{std::move(*error), async, false, result.written});
  }
  if (hooked_ && !async) hooked_->after(&answer, nullptr);
  advance(send_event::Answered{&answer, result.written});
}

}  // namespace rmqsim
