#include "producer/client/send/default_mq_producer_impl.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <utility>

#include "producer/client/held/back_pressure.h"
#include "producer/client/held/produce_accumulator.h"
#include "producer/client/instance/mq_client_manager.h"
#include "producer/client/instance/namespace_util.h"
#include "producer/client/send/message_batch.h"
#include "producer/client/send/send_task.h"
#include "producer/client/send/validators.h"
#include "producer/client/trace/async_trace_dispatcher.h"
#include "producer/remoting/bodies/stored_message.h"
#include "producer/remoting/codec/java_hash.h"

namespace rmqsim {
namespace {
constexpr std::size_t kAsyncSenderQueueCapacity = 50000;
}

DefaultMQProducerImpl::DefaultMQProducerImpl(Runtime& runtime, Transport& transport, const Profile& profile,
                                             std::string group, ClientConfig config, ProducerSettings settings)
    : runtime_(runtime), transport_(transport), profile_(profile), group_(std::move(group)),
      config_(std::move(config)), settings_(std::move(settings)),
      worst_index_source_{settings_.queue_index_start, {}, &runtime.random("worst-broker-index"),
                          profile.index_starts_non_negative},
      strategy_(profile, &worst_index_source_),
      back_pressure_(std::make_shared<BackPressure>(runtime, settings_.back_pressure_for_async_send_num,
                                                    settings_.back_pressure_for_async_send_size)) {
  const std::size_t senders =
      settings_.async_sender_threads > 0 ? settings_.async_sender_threads : runtime.processors();
  sender_threads_ = std::make_unique<SenderThreads>(runtime, senders, kAsyncSenderQueueCapacity);
}

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
  if (accumulator_) accumulator_->start();
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
  if (config_.getInstanceName() == "DEFAULT") {  // changeInstanceNameToPID (§1.4)
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
  options.rpc_hook = settings_.rpc_hook;
  instance_ = MQClientManager::get_or_create(runtime_, transport_, profile_, config_, options);
  instance_name_space_ = instance_->config().getNamespace();
  // Java's class-loader hash tells ids of two processes apart; the client id does the same for two producers.
  const HostAddress ip = HostAddress::parse(config_.getClientIP() + ":0").value_or(HostAddress::v4(127, 0, 0, 1, 0));
  uniq_ids_ = std::make_unique<UniqIdGenerator>(ip.ip_bytes(), runtime_.process_id(),
                                                java_hash(instance_->client_id() + group_));
  if (profile_.has_auto_batch) {
    accumulator_ = ProduceAccumulator::get_or_create(runtime_, profile_, instance_->client_id());
    if (settings_.batch_max_bytes > -1) accumulator_->set_batch_max_bytes(settings_.batch_max_bytes);
    if (settings_.batch_max_delay_ms > -1) accumulator_->set_batch_max_delay_ms(settings_.batch_max_delay_ms);
    if (settings_.total_batch_max_bytes > -1) {
      accumulator_->set_total_batch_max_bytes(settings_.total_batch_max_bytes);
    }
  }
  if (!instance_->register_producer(group_, *this)) {
    state_ = ServiceState::CREATE_JUST;
    return client_exception(profile_, "The producer group[" + group_ +
                                          "] has been created before, specify another name please." +
                                          faq_suffix(profile_));
  }
  registered_ = true;
  if (profile_.polls_create_topic_key) {
    topic_publish_info_table_.try_emplace(settings_.create_topic_key,
                                          std::make_shared<TopicPublishInfo>(instance_->queue_index_source()));
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
  if (!accumulator_ || profile_.auto_batch_lost_at_shutdown) return shutdown_rest(std::move(done));
  accumulator_->flush(*this, [self = shared_from_this(), done = std::move(done)]() mutable {
    self->shutdown_rest(std::move(done));
  });
}

void DefaultMQProducerImpl::shutdown_rest(Task done) {
  sender_threads_->shutdown();
  if (detector_) detector_->shutdown();
  instance_->unregister_producer(group_, [self = shared_from_this(), done = std::move(done)]() mutable {
    MQClientInstance& instance = *self->instance_;
    instance.shutdown([self, done = std::move(done)]() mutable {
      if (self->instance_->state() == ServiceState::SHUTDOWN_ALREADY) {
        MQClientManager::remove(self->runtime_, self->instance_->client_id());
      }
      if (!std::exchange(self->registered_, false)) return done();  // abandoned meanwhile
      self->futures_->shutdown_producer();
      self->state_ = ServiceState::SHUTDOWN_ALREADY;
      if (self->accumulator_) self->accumulator_->shutdown();
      if (self->trace_dispatcher_) return self->trace_dispatcher_->shutdown(std::move(done));
      done();
    });
  });
}

void DefaultMQProducerImpl::abandon() {
  if (futures_) futures_->drop(this);
  back_pressure_->fail_waiters();
  if (accumulator_) accumulator_->abandon(*this);
  sender_threads_->shutdown();
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

// ---- detector (§5.7)

void DefaultMQProducerImpl::start_detector() {
  detector_ = std::make_unique<ScheduledTasks>(runtime_, "LatencyFaultToleranceScheduledThread");
  detector_->at_fixed_rate("detectBrokers", millis(3000), millis(3000), [this](Task done) {
    if (!strategy_.isStartDetectorEnable()) return done();
    auto brokers = std::make_shared<std::vector<std::string>>();
    for (const auto& [broker, item] : strategy_.tolerance().items()) brokers->push_back(broker);
    detect(std::move(brokers), 0, std::move(done));
  });
}

/// One round, one broker after another: the thread of Java's detector waits for each probe.
void DefaultMQProducerImpl::detect(std::shared_ptr<std::vector<std::string>> brokers, std::size_t next, Task done) {
  LatencyFaultTolerance& tolerance = strategy_.tolerance();
  // Java's strategy has its own copy of the configuration, made before anybody could change it (quirk 34).
  const ClientConfig defaults;
  const ClientConfig& config = profile_.detector_keeps_defaults ? defaults : config_;
  for (; next < brokers->size(); ++next) {
    const std::string& broker = (*brokers)[next];
    if (!tolerance.take_probe(broker, config.getDetectInterval(), to_millis(runtime_.now()))) continue;
    const std::string* address = instance_->find_broker_address_in_publish(broker);
    if (address == nullptr) {
      tolerance.remove(broker);
      continue;
    }
    if (topic_publish_info_table_.empty()) {  // nothing to ask about counts as a failed probe
      tolerance.probed(broker, false);
      continue;
    }
    instance_->api().get_max_offset(
        broker_vip_channel(config_.isVipChannelEnabled(), *address), topic_publish_info_table_.begin()->first, 0,
        config.getDetectTimeout(),
        [weak = weak_from_this(), brokers, next, done = std::move(done)](
            std::variant<std::int64_t, MQError> outcome) mutable {
          const auto self = weak.lock();
          if (!self) return;
          self->strategy_.tolerance().probed((*brokers)[next], std::holds_alternative<std::int64_t>(outcome));
          self->detect(std::move(brokers), next + 1, std::move(done));
        });
    return;
  }
  done();
}

// ---- publish table (§4.2)

std::shared_ptr<TopicPublishInfo> DefaultMQProducerImpl::publish_info(const std::string& topic) const {
  const auto* const entry = topic_publish_info_table_.find(topic);
  return entry == nullptr ? nullptr : entry->second;
}

void DefaultMQProducerImpl::try_to_find_topic_publish_info(const std::string& topic, PublishInfoHandler handler) {
  if (auto info = publish_info(topic); info && info->ok()) return handler(std::move(info), std::nullopt);
  // Present from now on, though empty, so that the topic's route is polled.
  topic_publish_info_table_.try_emplace(topic, std::make_shared<TopicPublishInfo>(instance_->queue_index_source()));
  instance_->update_topic_route_info_from_name_server(
      topic, nullptr,
      [self = shared_from_this(), topic, handler = std::move(handler)](std::optional<MQError> error) mutable {
        if (error) return handler(nullptr, std::move(error));
        auto info = self->publish_info(topic);
        if (info->haveTopicRouterInfo() || info->ok()) return handler(std::move(info), std::nullopt);
        self->instance_->update_topic_route_info_from_name_server(
            topic, self.get(),
            [self, topic, handler = std::move(handler)](std::optional<MQError> default_error) mutable {
              if (default_error) return handler(nullptr, std::move(default_error));
              handler(self->publish_info(topic), std::nullopt);
            });
      });
}

void DefaultMQProducerImpl::find_topic_route(const std::string& topic,
                                             Function<void(std::shared_ptr<TopicPublishInfo>)> handler) {
  if (auto info = publish_info(topic); info && info->ok()) return handler(std::move(info));
  topic_publish_info_table_.try_emplace(topic, std::make_shared<TopicPublishInfo>(instance_->queue_index_source()));
  instance_->update_topic_route_info_from_name_server(
      topic, nullptr,
      [self = shared_from_this(), topic, handler = std::move(handler)](std::optional<MQError>) mutable {
        handler(self->publish_info(topic));
      });
}

/// By way of a HashSet of the producer's own, whose order they are added in.
void DefaultMQProducerImpl::collect_publish_topics(JavaMap<bool>& topics) const {
  const std::size_t wanted = std::max<std::size_t>(topic_publish_info_table_.size() * 4 / 3 + 1, 16);
  JavaMap<bool> own(JavaMapKind::hash_map, static_cast<std::uint32_t>(std::bit_ceil(wanted)));
  for (const auto& [topic, info] : topic_publish_info_table_) own.try_emplace(topic);
  for (const auto& [topic, unused] : own) topics.try_emplace(topic);
}

bool DefaultMQProducerImpl::is_publish_topic_need_update(const std::string& topic) const {
  const auto info = publish_info(topic);
  return !info || !info->ok();
}

void DefaultMQProducerImpl::update_topic_publish_info(const std::string& topic,
                                                      std::shared_ptr<TopicPublishInfo> info) {
  topic_publish_info_table_[topic] = std::move(info);
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
  SendSpec spec;
  SendCall unused;
  enter_namespace(message, unused);
  spec.path = SendPath::selector;
  spec.topic = message.getTopic();
  spec.timeout_millis = timeout_millis;
  spec.settings.retry_response_codes = &settings_.retry_response_codes;
  if (auto error = check(message, {})) return handler(std::move(*error));
  auto operation = std::make_unique<SendOperation>(profile_, strategy_, std::move(spec));
  const ThreadId thread = runtime_.current_thread();
  operation->resume(send_event::Begin{}, runtime_.now(), thread);
  auto found = [self = shared_from_this(), operation = std::move(operation), thread, &message, &selector, arg,
                handler = std::move(handler)](std::shared_ptr<TopicPublishInfo> info,
                                              std::optional<MQError> error) mutable {
    if (error) return handler(std::move(*error));
    Runtime& runtime = self->runtime_;
    const bool has_name_server = self->instance_->has_name_server();
    SendAction action =
        operation->resume(send_event::PublishInfoFound{info.get(), has_name_server}, runtime.now(), thread);
    if (std::holds_alternative<send_action::CallSelector>(action)) {
      std::optional<MessageQueue> queue;
      try {
        queue = self->call_selector(selector, *info, message, arg);
        action = operation->resume(send_event::QueueSelected{std::move(queue)}, runtime.now(), thread);
      } catch (const std::exception& e) {
        MQError thrown = runtime_exception(ErrorType::RuntimeException, e.what());
        action = operation->resume(send_event::SelectorThrew{std::move(thrown)}, runtime.now(), thread);
      }
    }
    if (auto* raise = std::get_if<send_action::Raise>(&action)) return handler(std::move(raise->error));
    handler(std::move(std::get<send_action::Attempt>(action).queue));
  };
  try_to_find_topic_publish_info(message.getTopic(), std::move(found));
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
  if (!queue) throw std::runtime_error("null");  // the NullPointerException of wrapping it
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
  enter_namespace(message, call);
  if (batches(call)) return send_by_accumulator(message, std::move(call), std::move(handler));
  std::optional<MQError> error = check(message, call);
  const std::int64_t timeout = call.timeout_millis;
  auto task = std::make_shared<SendTask>(shared_from_this(), std::move(call), std::move(handler));
  if (error) return task->fail(std::move(*error));
  task->begin(message, timeout);
}

std::optional<MQError> DefaultMQProducerImpl::send_async(Message message, SendCall&& call, SendHandler handler) {
  enter_namespace(message, call);
  auto task = std::make_shared<SendTask>(shared_from_this(), std::move(call), std::move(handler));
  task->take(std::move(message), runtime_.now());
  if (sender_threads_->submit([task](Task release) { task->begin_async(std::move(release)); })) return std::nullopt;
  return executor_rejected();
}

MQError DefaultMQProducerImpl::executor_rejected() const {
  return client_exception(profile_, "executor rejected ",
                          std::make_shared<const MQError>(runtime_exception(
                              ErrorType::RejectedExecutionException, "AsyncSenderExecutor rejects the task")));
}

}  // namespace rmqsim
