#include "producer/client/request/request_task.h"

#include <cstdio>
#include <utility>

#include "producer/client/send/send_observer.h"
#include "producer/client/send/send_task.h"
#include "producer/remoting/namespace_util.h"

namespace rmqsim {
namespace {

/// As UUID.randomUUID().toString().
std::string random_uuid(Random& random) {
  const std::uint64_t high = (random.next() & ~0xF000ull) | 0x4000ull;
  const std::uint64_t low = (random.next() & ~(3ull << 62)) | (2ull << 62);
  char text[40];
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32),
                static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xffff),
                static_cast<unsigned>(low >> 48), static_cast<unsigned long long>(low & 0xffffffffffffull));
  return text;
}

}  // namespace

RequestTask::RequestTask(std::shared_ptr<DefaultMQProducerImpl> producer, RequestCall call, ReplyHandler handler)
    : producer_(std::move(producer)), call_(std::move(call)), handler_(std::move(handler)),
      timer_(producer_->runtime_.make_timer()) {}

void RequestTask::begin(Message& message, Task returned) {
  returned_ = std::move(returned);
  callers_message_ = &message;
  topic_ = NamespaceUtil::wrapNamespace(producer_->name_space_, message.getTopic());
  // Also without start(): Java dereferences the missing instance before it looks at the state (§2.1).
  if (producer_->instance_ == nullptr) {
    return throw_from_call(runtime_exception(ErrorType::NullPointerException, "null"));
  }
  Runtime& runtime = producer_->runtime_;
  caller_ = runtime.current_thread();
  MQClientInstance& instance = *producer_->instance_;
  begin_millis_ = to_millis(runtime.now());
  correlation_id_ = random_uuid(runtime.random("correlation-id"));
  message.put_property(MessageConst::PROPERTY_CORRELATION_ID, correlation_id_);
  message.put_property(MessageConst::PROPERTY_MESSAGE_REPLY_TO_CLIENT, instance.client_id());
  message.put_property(MessageConst::PROPERTY_MESSAGE_TTL, std::to_string(call_.timeout_millis));
  producer_->set_uniq_id(message);
  message_ = std::make_unique<Message>(message);
  if (instance.has_route(topic_)) return send();
  producer_->try_to_find_topic_publish_info(
      topic_, [self = shared_from_this()](std::shared_ptr<TopicPublishInfo>, std::optional<MQError> error) {
        if (error) return self->throw_from_call(std::move(*error));
        // So that the broker knows where replies go.
        self->producer_->instance_->send_heartbeat_to_all_broker_with_lock([self] { self->send(); });
      });
}

void RequestTask::send() {
  producer_->futures_->put(correlation_id_, call_.timeout_millis, shared_from_this(), producer_.get());
  cost_ = to_millis(producer_->runtime_.now()) - begin_millis_;
  SendCall call;
  call.mode = CommunicationMode::ASYNC;
  call.path = call_.path;
  call.timeout_millis = call_.timeout_millis - cost_;
  call.queue = std::move(call_.queue);
  call.selector = std::move(call_.selector);
  call.arg = std::move(call_.arg);
  call.decisions = call_.decisions;
  const std::int64_t timeout = call.timeout_millis;
  SendHandler sent = [self = shared_from_this()](SendOutcome& o) { self->on_sent(o); };
  const ProducerSettings& settings = producer_->settings_;
  if (settings.observer) sent = settings.observer->watch(*message_, call, settings, std::move(sent));
  message_->setTopic(topic_);  // and the queue's stays as it is (§2.1)
  // To an explicit queue nothing is checked (quirk 67). A producer that has been shut down is refused here all the
  // same: its connections are gone.
  std::optional<MQError> error;
  if (call.path != SendPath::queue || producer_->state_ != ServiceState::RUNNING) {
    error = producer_->check(*message_, call);
  }
  auto task = std::make_shared<SendTask>(producer_, std::move(call), std::move(sent));
  send_ = task;
  if (error) {
    task->fail(std::move(*error));
    return on_returned();
  }
  task->begin_unchecked(std::move(*message_), timeout, [self = shared_from_this()] { self->on_returned(); });
}

void RequestTask::throw_from_call(MQError error) {
  // In the callback variants the entry stays, and the scan will call back as well.
  if (!call_.with_callback && producer_->futures_) producer_->futures_->take(correlation_id_);
  sent_ = done_ = true;
  callers_message_->setTopic(topic_);
  report(RequestOutcome::Kind::thrown, std::nullopt, std::move(error));
  on_returned();
}

void RequestTask::on_sent(SendOutcome& outcome) {
  if (outcome.attempts != nullptr) attempts_ = *outcome.attempts;
  amend();
  if (outcome.error && outcome.before_invoke) {
    if (outcome.message != nullptr) topic_ = outcome.message->getTopic();
    return throw_from_call(std::move(*outcome.error));
  }
  if (std::exchange(sent_, true)) return;  // quirk 22: nothing is left that could be told twice
  send_request_ok_ = !outcome.error;
  if (!call_.with_callback) {
    if (outcome.error) cause_ = std::move(outcome.error);
    // Quirk 61: 5.3.1 to 5.3.3 let the waiting caller go as soon as the request is stored.
    if (!send_request_ok_ || producer_->profile_.request_ends_with_send) release_latch();
    return;
  }
  if (outcome.error) {
    if (producer_->futures_->take(correlation_id_) == nullptr) return;
    return report(RequestOutcome::Kind::exception, std::nullopt, std::move(outcome.error));
  }
  if (call_.path != SendPath::default_path) return;
  // It tells what the future has by now: once more that the scan gave up, or the reply, when that was here before.
  if (cause_) return report(RequestOutcome::Kind::exception, std::nullopt, cause_);
  if (response_) return report(RequestOutcome::Kind::reply, std::move(response_), std::nullopt);
  report(RequestOutcome::Kind::stored, std::nullopt, std::nullopt);
}

void RequestTask::on_returned() {
  if (std::exchange(has_returned_, true)) return;
  if (!done_) topic_ = NamespaceUtil::withoutNamespace(topic_, producer_->name_space_);  // the kernel was entered
  if (returned_) std::exchange(returned_, nullptr)();
  if (call_.with_callback || done_) return;
  const std::int64_t left = call_.timeout_millis - cost_;
  if (latch_released_ || left <= 0) return finish_sync();
  wait_ends_ = producer_->runtime_.now() + millis(left);
  timer_->expires_at(*wait_ends_ + producer_->runtime_.timer_slack(),
                     [self = shared_from_this()] { self->finish_sync(); });
}

void RequestTask::release_latch() {
  if (wait_over()) return;
  latch_released_ = true;
  if (has_returned_) finish_sync();
}

bool RequestTask::wait_over() const { return wait_ends_ && producer_->runtime_.now() >= *wait_ends_; }

void RequestTask::finish_sync() {
  if (std::exchange(done_, true)) return;
  ThreadScope scope(producer_->runtime_, caller_);
  timer_->cancel();
  const auto self = shared_from_this();
  producer_->futures_->take(correlation_id_);
  if (response_) return report(RequestOutcome::Kind::reply, std::move(response_), std::nullopt);
  if (send_request_ok_) {
    return report(RequestOutcome::Kind::exception, std::nullopt,
                  request_timeout_exception("send request message to <" + topic_ +
                                            "> OK, but wait reply message timeout, " +
                                            std::to_string(call_.timeout_millis) + " ms."));
  }
  std::shared_ptr<const MQError> cause;
  if (cause_) cause = std::make_shared<const MQError>(std::move(*cause_));
  report(RequestOutcome::Kind::exception, std::nullopt,
         client_exception(producer_->profile_, "send request message to <" + topic_ + "> fail", std::move(cause)));
}

void RequestTask::replied(MessageExt reply) {
  if (call_.with_callback) {
    if (!sent_) response_ = reply;
    return report(RequestOutcome::Kind::reply, std::move(reply), std::nullopt);
  }
  if (wait_over()) return;
  response_ = std::move(reply);
  release_latch();
}

void RequestTask::expired(MQError cause) {
  // A sync caller has its own wait, which ends no later.
  if (!call_.with_callback) return;
  cause_ = std::move(cause);
  report(RequestOutcome::Kind::exception, std::nullopt, cause_);
}

void RequestTask::amend() {
  if (!told_ || !producer_->settings_.record_attempts || (dropped_ && call_.with_callback)) return;
  RequestOutcome outcome;
  outcome.attempts = &attempts_;
  outcome.amended = true;
  handler_(outcome);
}

void RequestTask::report(RequestOutcome::Kind kind, std::optional<MessageExt> reply, std::optional<MQError> error) {
  if (dropped_ && call_.with_callback) return;  // its send may end later, on an instance that others still use
  SendObserver* const observer = producer_->settings_.observer.get();
  if (reply && observer != nullptr) observer->replied(correlation_id_, *reply);
  RequestOutcome outcome;
  outcome.kind = kind;
  outcome.reply = std::move(reply);
  outcome.error = std::move(error);
  if (const auto send = send_.lock(); send && !sent_) attempts_ = send->attempts();
  outcome.attempts = &attempts_;
  told_ |= kind != RequestOutcome::Kind::stored;
  handler_(outcome);
}

}  // namespace rmqsim
