#include "producer/client/send/default_mq_producer_impl.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "producer/client/api/exceptions.h"
#include "producer/client/held/held_sends.h"
#include "producer/client/instance/broker_detector.h"
#include "producer/client/instance/mq_client_manager.h"
#include "producer/client/send/message_batch.h"
#include "producer/client/send/send_observer.h"
#include "producer/client/send/send_task.h"
#include "producer/client/send/validators.h"
#include "producer/client/trace/async_trace_dispatcher.h"
#include "producer/remoting/bodies/stored_message.h"
#include "producer/remoting/codec/java_hash.h"
#include "producer/remoting/namespace_util.h"

namespace rmqsim {

DefaultMQProducerImpl::DefaultMQProducerImpl(Runtime& runtime, Transport& transport, const Profile& profile,
                                             std::string group, ClientConfig config, ProducerSettings settings)
    : runtime_(runtime), transport_(transport), profile_(profile), group_(std::move(group)),
      config_(std::move(config)), settings_(std::move(settings)),
      worst_index_source_{settings_.queue_index_start, {}, &runtime.random("worst-broker-index"),
                          profile.index_starts_non_negative, settings_.queue_index_draws},
      strategy_(profile, &worst_index_source_),
      held_(std::make_unique<HeldSends>(*this, runtime, profile, settings_)) {}

DefaultMQProducerImpl::~DefaultMQProducerImpl() = default;

std::size_t DefaultMQProducerImpl::waiting_for_replies() const { return futures_ ? futures_->waiting(this) : 0; }

// ---- lifecycle (§3.2, §3.11)

void DefaultMQProducerImpl::start(StartedHandler handler) {
  if (auto error = begin_start()) return handler(std::move(error));
  resolve_topics(0, std::move(handler));
}

std::optional<MQError> DefaultMQProducerImpl::start() {
  if (auto error = begin_start()) return error;
  end_start();
  return std::nullopt;
}

void DefaultMQProducerImpl::resolve_topics(std::size_t next, StartedHandler handler) {
  if (!profile_.resolves_topics_at_start || next >= settings_.topics.size()) {
    end_start();
    return handler(std::nullopt);
  }
  // A topic without a route costs a warning in Java; what its lookup throws ends the start.
  try_to_find_topic_publish_info(
      NamespaceUtil::wrapNamespace(name_space_, settings_.topics[next]),
      [self = shared_from_this(), next, handler = std::move(handler)](std::shared_ptr<TopicPublishInfo>,
                                                                      std::optional<MQError> error) mutable {
        if (error) return handler(std::move(error));
        self->resolve_topics(next + 1, std::move(handler));
      });
}

void DefaultMQProducerImpl::end_start() {
  if (!registered_) return;  // abandoned meanwhile
  if (profile_.has_detector) start_detector();
  state_ = ServiceState::RUNNING;
  futures_ = RequestFutureHolder::of(runtime_);
  futures_->start_producer();
  instance_->send_heartbeat_to_all_broker_with_lock([] {});
  held_->end_start();
  if (config_.isEnableTrace()) start_trace();
}

std::optional<MQError> DefaultMQProducerImpl::begin_start() {
  if (state_ != ServiceState::CREATE_JUST) {
    return client_exception(profile_, "The producer service state not OK, maybe started once, " +
                                          std::string(service_state_name(state_)) + faq_suffix(profile_));
  }
  state_ = ServiceState::START_FAILED;
  name_space_ = config_.getNamespace().value_or("");
  group_ = NamespaceUtil::wrapNamespace(name_space_, group_);
  if (auto error = check_group(profile_, group_)) return error;
  if (config_.getClientIP().empty()) config_.setClientIP(transport_.local_ip());
  const bool inner = group_ == kClientInnerProducerGroup;
  if (config_.getInstanceName() == "DEFAULT" && !inner) {  // changeInstanceNameToPID (§1.4)
    config_.setInstanceName(std::to_string(runtime_.process_id()) + "#" +
                            std::to_string(runtime_.now().time_since_epoch().count() +
                                           static_cast<std::int64_t>(runtime_.random("instance-name").below(1000))));
  }
  MQClientInstanceOptions options;
  options.remoting = settings_.remoting;
  const std::size_t callback_threads = config_.getClientCallbackExecutorThreads();
  options.remoting.callback_threads = callback_threads > 0 ? callback_threads : runtime_.processors();
  options.queue_index_start = settings_.queue_index_start;
  options.queue_index_resets = settings_.queue_index_resets;
  options.queue_index_draws = settings_.queue_index_draws;
  options.rpc_hook = settings_.rpc_hook;
  instance_ = MQClientManager::get_or_create(runtime_, transport_, profile_, config_, options);
  instance_name_space_ = instance_->config().getNamespace();
  // Java's class-loader hash tells ids of two processes apart; the client id does the same for two producers.
  const HostAddress ip = HostAddress::parse(config_.getClientIP() + ":0").value_or(HostAddress::v4(127, 0, 0, 1, 0));
  uniq_ids_ = std::make_unique<UniqIdGenerator>(ip.ip_bytes(), runtime_.process_id(),
                                                java_hash(instance_->client_id() + group_));
  held_->begin_start(instance_->client_id());
  if (auto error = instance_->register_producer(group_, *this)) {
    state_ = ServiceState::CREATE_JUST;
    return error;
  }
  registered_ = true;
  if (profile_.polls_create_topic_key) {
    publish_table_.want(settings_.create_topic_key, instance_->queue_index_source());
  }
  return instance_->start();
}

void DefaultMQProducerImpl::start_trace() {
  trace_dispatcher_ =
      std::make_shared<AsyncTraceDispatcher>(runtime_, transport_, profile_, group_, config_, settings_);
  trace_dispatcher_->start();
  registerSendMessageHook(std::make_shared<SendMessageTraceHookImpl>(runtime_, trace_dispatcher_));
  registerEndTransactionHook(std::make_shared<EndTransactionTraceHookImpl>(runtime_, trace_dispatcher_));
}

void DefaultMQProducerImpl::shutdown(Task done) {
  if (state_ != ServiceState::RUNNING) return done();
  held_->flush([self = shared_from_this(), done = std::move(done)]() mutable { self->shutdown_rest(std::move(done)); });
}

void DefaultMQProducerImpl::shutdown_rest(Task done) {
  instance_->unregister_producer(group_, [self = shared_from_this(), done = std::move(done)]() mutable {
    self->held_->refuse_threads();
    MQClientInstance& instance = *self->instance_;
    instance.shutdown([self, done = std::move(done)]() mutable {
      if (self->detector_) self->detector_->shutdown();
      if (self->instance_->state() == ServiceState::SHUTDOWN_ALREADY) {
        MQClientManager::remove(self->runtime_, self->instance_->client_id());
      }
      if (!std::exchange(self->registered_, false)) return done();  // abandoned meanwhile
      self->futures_->shutdown_producer();
      self->state_ = ServiceState::SHUTDOWN_ALREADY;
      self->held_->shutdown();
      if (self->trace_dispatcher_) return self->trace_dispatcher_->shutdown(std::move(done));
      done();
    });
  });
}

void DefaultMQProducerImpl::abandon() {
  if (futures_) futures_->drop(this);
  held_->abandon();
  if (!std::exchange(registered_, false)) return;
  if (state_ == ServiceState::RUNNING) {
    state_ = ServiceState::SHUTDOWN_ALREADY;
    futures_->shutdown_producer();
  }
  if (detector_) detector_->shutdown();
  if (trace_dispatcher_) trace_dispatcher_->abandon();
  instance_->abandon(group_);
  if (instance_->state() == ServiceState::SHUTDOWN_ALREADY) MQClientManager::remove(runtime_, instance_->client_id());
}

void DefaultMQProducerImpl::start_detector() {
  detector_ = std::make_shared<BrokerDetector>(*instance_, strategy_, config_,
                                               [this] { return publish_table_.first_topic(); });
  detector_->start();
}

// ---- hooks (§7.6)

namespace {

template <class Hook>
void add_hook(std::vector<std::shared_ptr<Hook>>& hooks, std::shared_ptr<Hook> hook) {
  if (!hook) throw_mq_error(runtime_exception(ErrorType::NullPointerException, "null"));
  hooks.push_back(std::move(hook));
}

}  // namespace

void DefaultMQProducerImpl::registerSendMessageHook(std::shared_ptr<SendMessageHook> hook) {
  add_hook(settings_.hooks.send_message, std::move(hook));
}

void DefaultMQProducerImpl::registerCheckForbiddenHook(std::shared_ptr<CheckForbiddenHook> hook) {
  add_hook(settings_.hooks.check_forbidden, std::move(hook));
}

void DefaultMQProducerImpl::registerEndTransactionHook(std::shared_ptr<EndTransactionHook> hook) {
  add_hook(settings_.hooks.end_transaction, std::move(hook));
}

// ---- publish table (§4.2)

void DefaultMQProducerImpl::try_to_find_topic_publish_info(const std::string& topic, PublishInfoHandler handler) {
  if (auto info = publish_table_.find(topic); info && info->ok()) return handler(std::move(info), std::nullopt);
  publish_table_.want(topic, instance_->queue_index_source());
  instance_->update_topic_route_info_from_name_server(
      topic, nullptr,
      [self = shared_from_this(), topic, handler = std::move(handler)](std::optional<MQError> error) mutable {
        if (error) return handler(nullptr, std::move(error));
        auto info = self->publish_table_.find(topic);
        if (info->haveTopicRouterInfo() || info->ok()) return handler(std::move(info), std::nullopt);
        self->instance_->update_topic_route_info_from_name_server(
            topic, self.get(),
            [self, topic, handler = std::move(handler)](std::optional<MQError> default_error) mutable {
              if (default_error) return handler(nullptr, std::move(default_error));
              handler(self->publish_table_.find(topic), std::nullopt);
            });
      });
}

void DefaultMQProducerImpl::find_topic_route(const std::string& topic,
                                             Function<void(std::shared_ptr<TopicPublishInfo>)> handler) {
  if (auto info = publish_table_.find(topic); info && info->ok()) return handler(std::move(info));
  publish_table_.want(topic, instance_->queue_index_source());
  instance_->update_topic_route_info_from_name_server(
      topic, nullptr,
      [self = shared_from_this(), topic, handler = std::move(handler)](std::optional<MQError>) mutable {
        handler(self->publish_table_.find(topic));
      });
}

std::optional<MQError> DefaultMQProducerImpl::check_transaction_state(const std::string& address, MessageExt message,
                                                                      CheckTransactionStateRequestHeader header) {
  if (!check_handler_) return runtime_exception(ErrorType::NullPointerException, "null");
  auto check = std::make_shared<TransactionCheck>(TransactionCheck{address, std::move(message), std::move(header)});
  if (check_handler_(std::move(check))) return std::nullopt;
  return runtime_exception(ErrorType::RejectedExecutionException, "the check executor rejects the task");
}

// ---- sends (§2)

std::optional<MQError> DefaultMQProducerImpl::state_error() const {
  if (state_ == ServiceState::RUNNING) return std::nullopt;
  return client_exception(profile_, "The producer service state not OK, " + std::string(service_state_name(state_)) +
                                        faq_suffix(profile_));
}

std::optional<MQError> DefaultMQProducerImpl::check(const Message& message, const SendCall& call) const {
  if (auto error = state_error()) return error;
  if (auto error = check_message(profile_, message, settings_.max_message_size)) return error;
  // A oneway send never compares them.
  if (call.mode != CommunicationMode::ONEWAY && call.path == SendPath::queue &&
      message.getTopic() != call.queue->getTopic()) {
    const bool async = call.mode == CommunicationMode::ASYNC;
    return client_exception(profile_, async ? std::string(profile_.async_topic_mismatch)
                                            : "message's topic not equal mq's topic");
  }
  return std::nullopt;
}

void DefaultMQProducerImpl::set_uniq_id(Message& message) {
  std::string& key = message.property_slot(MessageConst::PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX);
  if (key.empty()) uniq_ids_->create_to(runtime_.now(), key);
}

void DefaultMQProducerImpl::invoke_message_queue_selector(Message& message, MessageQueueSelector& selector,
                                                          const std::any& arg, std::int64_t timeout_millis,
                                                          QueueHandler handler) {
  SendCall call;
  enter_namespace(message, call);
  if (auto error = check(message, call)) return handler(std::move(*error));
  call.path = SendPath::selector;
  call.selector = std::shared_ptr<MessageQueueSelector>(std::shared_ptr<void>(), &selector);  // the caller keeps it
  call.arg = arg;
  std::make_shared<SendTask>(shared_from_this(), std::move(call), nullptr)
      ->choose(message, timeout_millis, std::move(handler));
}

std::optional<MessageQueue> DefaultMQProducerImpl::call_selector(MessageQueueSelector& selector,
                                                                 const TopicPublishInfo& info, const Message& message,
                                                                 const std::any& arg) const {
  if (name_space_.empty()) return selector.select(info.queues(), message, arg);
  std::vector<MessageQueue> queues = info.queues();
  for (MessageQueue& queue : queues) {
    queue.setTopic(NamespaceUtil::withoutNamespace(queue.getTopic(), name_space_));
  }
  Message plain = message;
  plain.setTopic(NamespaceUtil::withoutNamespace(message.getTopic(), name_space_));
  std::optional<MessageQueue> queue = selector.select(queues, plain, arg);
  if (!queue) throw_mq_error(runtime_exception(ErrorType::NullPointerException, "null"));  // of wrapping it
  queue->setTopic(NamespaceUtil::wrapNamespace(name_space_, queue->getTopic()));
  return queue;
}

void DefaultMQProducerImpl::enter_namespace(Message& message, SendCall& call) const {
  if (name_space_.empty()) return;
  message.setTopic(NamespaceUtil::wrapNamespace(name_space_, message.getTopic()));
  // Of a sync batch the queue stays as it is, and is then refused (quirk 58).
  const bool forgotten = message.is_batch() && call.mode == CommunicationMode::SYNC;
  if (!call.queue || forgotten) return;
  call.queue->setTopic(NamespaceUtil::wrapNamespace(name_space_, call.queue->getTopic()));
}

std::variant<Message, MQError> DefaultMQProducerImpl::batch(std::vector<Message>& messages) {
  std::variant<Message, MQError> outcome;
  runtime_.run([&] {
    // Made whatever the state is: the send of it says what is wrong with that. Ids of a producer that was never started
    // go nowhere.
    if (!uniq_ids_) {
      uniq_ids_ = std::make_unique<UniqIdGenerator>(HostAddress::v4(127, 0, 0, 1, 0).ip_bytes(), runtime_.process_id(),
                                                    java_hash(group_));
    }
    outcome = make_message_batch(profile_, messages, settings_.max_message_size, *uniq_ids_, runtime_.now());
    SendCall unused;
    if (std::holds_alternative<MQError>(outcome)) return;
    for (Message& message : messages) enter_namespace(message, unused);
    enter_namespace(std::get<Message>(outcome), unused);
  });
  return outcome;
}

void DefaultMQProducerImpl::send(Message& message, SendCall&& call, SendHandler handler) {
  if (settings_.observer) handler = settings_.observer->watch(message, call, settings_, std::move(handler));
  send_direct(message, std::move(call), std::move(handler));
}

void DefaultMQProducerImpl::send_direct(Message& message, SendCall&& call, SendHandler handler) {
  enter_namespace(message, call);
  if (held_->batches(call)) return held_->send_by_accumulator(message, std::move(call), std::move(handler));
  std::optional<MQError> error = check(message, call);
  const std::int64_t timeout = call.timeout_millis;
  auto task = std::make_shared<SendTask>(shared_from_this(), std::move(call), std::move(handler));
  if (error) return task->fail(std::move(*error));
  task->begin(message, timeout);
}

std::optional<MQError> DefaultMQProducerImpl::send_async(Message message, SendCall&& call, SendHandler handler) {
  if (settings_.observer) handler = settings_.observer->watch(message, call, settings_, std::move(handler));
  enter_namespace(message, call);
  auto task = std::make_shared<SendTask>(shared_from_this(), std::move(call), std::move(handler));
  task->take(std::move(message), runtime_.now());
  if (held_->submit(std::move(task))) return std::nullopt;
  return held_->executor_rejected();
}

// ---- what is held (behaviour §2.6, §10.5)

void DefaultMQProducerImpl::begin_async(Message message, SendCall&& call, SendHandler handler,
                                        ReturnedHandler returned) {
  if (settings_.observer) handler = settings_.observer->watch(message, call, settings_, std::move(handler));
  begin_async_direct(std::move(message), std::move(call), std::move(handler), std::move(returned));
}

void DefaultMQProducerImpl::begin_async_direct(Message message, SendCall&& call, SendHandler handler,
                                               ReturnedHandler returned) {
  enter_namespace(message, call);
  held_->begin_async(std::move(message), std::move(call), std::move(handler), std::move(returned));
}

bool DefaultMQProducerImpl::plain_async() const { return held_->plain_async(); }

bool DefaultMQProducerImpl::waits_for_permits(const Message& message, const SendCall& call) const {
  return held_->waits_for_permits(message, call);
}

void DefaultMQProducerImpl::set_back_pressure_for_async_send_num(std::int64_t limit) { held_->set_num(limit); }

void DefaultMQProducerImpl::set_back_pressure_for_async_send_size(std::int64_t limit) { held_->set_size(limit); }

const BackPressure& DefaultMQProducerImpl::back_pressure() const { return held_->back_pressure(); }

ProduceAccumulator* DefaultMQProducerImpl::accumulator() { return held_->accumulator(); }

void DefaultMQProducerImpl::set_async_sender_executor(std::shared_ptr<Executor> executor) {
  held_->set_executor(std::move(executor));
}

}  // namespace rmqsim
