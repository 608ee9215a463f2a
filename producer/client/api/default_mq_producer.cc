// A blocking send is the asynchronous operation and one wait.
#include "producer/client/api/default_mq_producer.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "producer/client/api/absent.h"
#include "producer/client/api/wait_for.h"
#include "producer/client/held/back_pressure.h"
#include "producer/client/held/produce_accumulator.h"
#include "producer/client/send/send_observer.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {

DefaultMQProducer::DefaultMQProducer(std::string producer_group, const Profile& profile)
    : world_(make_default_world()), runtime_(&world_->world().runtime), transport_(&world_->world().transport),
      profile_(profile), group_(std::move(producer_group)) {
  settings_.retry_response_codes = profile.retry_response_codes;
  setNamesrvAddr(world_->environment("NAMESRV_ADDR"));
  const std::string domain = world_->environment("ROCKETMQ_NAMESRV_DOMAIN");
  setNamesrvDomain(domain.empty() ? "jmenv.tbsite.net" : domain);
  if (std::string group = world_->environment("ROCKETMQ_NAMESRV_DOMAIN_SUBGROUP"); !group.empty()) {
    setNamesrvDomainSubgroup(std::move(group));
  }
  const std::string serialize_type = world_->environment("ROCKETMQ_SERIALIZE_TYPE");
  if (serialize_type == "ROCKETMQ") {
    settings_.remoting.serialize_type = SerializeType::ROCKETMQ;
  } else if (!text::is_blank(serialize_type) && serialize_type != "JSON") {
    throw_mq_error(runtime_exception(ErrorType::RuntimeException,
                                     "parser specified protocol error. protocol=" + serialize_type));
  }
}

DefaultMQProducer::DefaultMQProducer(Runtime& runtime, Transport& transport, std::string producer_group,
                                     const Profile& profile)
    : runtime_(&runtime), transport_(&transport), profile_(profile), group_(std::move(producer_group)) {
  settings_.retry_response_codes = profile.retry_response_codes;
}

DefaultMQProducer::DefaultMQProducer(std::string producer_group, std::shared_ptr<RPCHook> rpc_hook,
                                     bool enable_msg_trace, std::string customized_trace_topic, const Profile& profile)
    : DefaultMQProducer(std::move(producer_group), profile) {
  settings_.rpc_hook = std::move(rpc_hook);
  setEnableTrace(enable_msg_trace);
  setTraceTopic(std::move(customized_trace_topic));
}

DefaultMQProducer::DefaultMQProducer(Runtime& runtime, Transport& transport, std::string producer_group,
                                     std::shared_ptr<RPCHook> rpc_hook, bool enable_msg_trace,
                                     std::string customized_trace_topic, const Profile& profile)
    : DefaultMQProducer(runtime, transport, std::move(producer_group), profile) {
  settings_.rpc_hook = std::move(rpc_hook);
  setEnableTrace(enable_msg_trace);
  setTraceTopic(std::move(customized_trace_topic));
}

DefaultMQProducer::~DefaultMQProducer() {
  runtime_->run([this] {
    if (impl_) impl_->abandon();
    impl_.reset();
  });
  callback_executor_.reset();
}

DefaultMQProducerImpl& DefaultMQProducer::started() {
  if (!impl_) {
    runtime_->run([this] {
      impl_ = std::make_shared<DefaultMQProducerImpl>(*runtime_, *transport_, profile_, group_, *this, settings_);
      impl_->strategy().setSendLatencyFaultEnable(send_latency_fault_enable_);
      impl_->strategy().setStartDetectorEnable(start_detector_enable_);
      if (latency_max_) impl_->strategy().setLatencyMax(*latency_max_);
      if (not_available_duration_) impl_->strategy().setNotAvailableDuration(*not_available_duration_);
      impl_->set_async_sender_executor(async_sender_executor_);
      if (callback_executor_) return;
      const std::size_t threads = getClientCallbackExecutorThreads();
      ExecutorOptions options;
      options.name = "NettyClientPublicExecutor";
      options.threads = threads > 0 ? threads : runtime_->processors();
      callback_executor_ = runtime_->make_executor(std::move(options));
    });
  }
  return *impl_;
}

void DefaultMQProducer::start() {
  if (impl_ && impl_->state() == ServiceState::CREATE_JUST) {  // used before start: take the settings as they are now
    settings_ = impl_->settings();
    runtime_->run([this] { impl_.reset(); });
  }
  DefaultMQProducerImpl& impl = started();
  struct Wait {
    Latch latch;
    std::optional<MQError> error;
  };
  if (!settings().topics.empty()) require_may_block();
  auto wait = std::make_shared<Wait>();
  runtime_->run([&] {
    impl.start([wait](std::optional<MQError> error) {
      wait->error = std::move(error);
      wait->latch.release();
    });
  });
  if (!wait->latch.released()) runtime_->run_until(wait->latch);  // the routes of `topics`
  if (wait->error) throw_mq_error(std::move(*wait->error));
  if (!runtime_->may_block()) return;
  auto asked = std::make_shared<Latch>();
  runtime_->run([&] { impl.instance()->when_name_servers_asked([asked] { asked->release(); }); });
  runtime_->run_until(*asked);
}

void DefaultMQProducer::shutdown() {
  if (!impl_) return;
  require_may_block();
  auto latch = std::make_shared<Latch>();
  runtime_->run([&] { impl_->shutdown([latch] { latch->release(); }); });
  runtime_->run_until(*latch);
}

bool DefaultMQProducer::isSendLatencyFaultEnable() const { return send_latency_fault_enable_; }

void DefaultMQProducer::setSendLatencyFaultEnable(bool on) {
  send_latency_fault_enable_ = on;
  if (impl_) runtime_->run([&] { impl_->strategy().setSendLatencyFaultEnable(on); });
}

void DefaultMQProducer::setStartDetectorEnable(bool on) {
  start_detector_enable_ = on;
  if (impl_) runtime_->run([&] { impl_->strategy().setStartDetectorEnable(on); });
}

void DefaultMQProducer::setLatencyMax(std::vector<std::int64_t> ms) {
  latency_max_ = std::move(ms);
  if (impl_) runtime_->run([&] { impl_->strategy().setLatencyMax(*latency_max_); });
}

void DefaultMQProducer::setNotAvailableDuration(std::vector<std::int64_t> ms) {
  not_available_duration_ = std::move(ms);
  if (impl_) runtime_->run([&] { impl_->strategy().setNotAvailableDuration(*not_available_duration_); });
}

// ---- limits and executors

void DefaultMQProducer::setBackPressureForAsyncSendNum(std::int64_t limit) {
  runtime_->run([&] {
    if (impl_) return impl_->set_back_pressure_for_async_send_num(limit);
    settings_.back_pressure_for_async_send_num = std::max(limit, BackPressure::kLeastNum);
  });
}

void DefaultMQProducer::setBackPressureForAsyncSendSize(std::int64_t limit) {
  runtime_->run([&] {
    if (impl_) return impl_->set_back_pressure_for_async_send_size(limit);
    settings_.back_pressure_for_async_send_size = std::max(limit, BackPressure::kLeastSize);
  });
}

namespace {

void require_legal(const std::optional<std::string>& refusal) {
  if (refusal) throw std::invalid_argument(*refusal);
}

}  // namespace

bool DefaultMQProducer::getAutoBatch() const { return impl_ && impl_->accumulator() && settings().auto_batch; }

std::int64_t DefaultMQProducer::getBatchMaxDelayMs() const {
  return impl_ && impl_->accumulator() ? impl_->accumulator()->batch_max_delay_ms() : 0;
}

std::int64_t DefaultMQProducer::getBatchMaxBytes() const {
  return impl_ && impl_->accumulator() ? impl_->accumulator()->batch_max_bytes() : 0;
}

void DefaultMQProducer::batchMaxDelayMs(std::int64_t ms) {
  require_legal(check_batch_max_delay_ms(ms));
  settings().batch_max_delay_ms = ms;
  runtime_->run([&] {
    if (impl_ && impl_->accumulator()) impl_->accumulator()->set_batch_max_delay_ms(ms);
  });
}

void DefaultMQProducer::batchMaxBytes(std::int64_t bytes) {
  require_legal(check_batch_max_bytes(bytes));
  settings().batch_max_bytes = bytes;
  runtime_->run([&] {
    if (impl_ && impl_->accumulator()) impl_->accumulator()->set_batch_max_bytes(bytes);
  });
}

void DefaultMQProducer::totalBatchMaxBytes(std::int64_t bytes) {
  require_legal(check_total_batch_max_bytes(bytes));
  settings().total_batch_max_bytes = bytes;
  runtime_->run([&] {
    if (impl_ && impl_->accumulator()) impl_->accumulator()->set_total_batch_max_bytes(bytes);
  });
}

void DefaultMQProducer::setAsyncSenderExecutor(std::shared_ptr<Executor> executor) {
  async_sender_executor_ = executor;
  if (impl_) runtime_->run([&] { impl_->set_async_sender_executor(std::move(executor)); });
}

void DefaultMQProducer::setCallbackExecutor(std::shared_ptr<Executor> executor) {
  if (!impl_ || impl_->instance() == nullptr) {
    throw_mq_error(runtime_exception(ErrorType::NullPointerException, "null"));
  }
  runtime_->run([&] { impl_->instance()->set_callback_executor(std::move(executor)); });
}

// Before anything begins: a send that is under way when the wait is refused would outlive its message.
void DefaultMQProducer::require_may_block() const {
  if (runtime_->may_block()) return;
  throw std::logic_error(
      "a blocking call inside a handler of the world, which could then never go on; use an asynchronous send");
}

// ---- the three ways of waiting

SendResult DefaultMQProducer::send_sync(Message& message, SendCall&& call) {
  struct Wait {
    Latch latch;
    SendResult result;
    std::optional<MQError> error;
  };
  require_may_block();
  DefaultMQProducerImpl& impl = started();
  // Shared, because a simulated world that gives up (NothingPending) unwinds this frame before the handler is called.
  auto wait = std::make_shared<Wait>();
  call.mode = CommunicationMode::SYNC;
  runtime_->run([&] {
    impl.send(message, std::move(call), [wait](SendOutcome& outcome) {
      if (outcome.result != nullptr) wait->result = std::move(*outcome.result);
      wait->error = std::move(outcome.error);
      wait->latch.release();
    });
  });
  runtime_->run_until(wait->latch);
  if (wait->error) throw_mq_error(std::move(*wait->error));
  return std::move(wait->result);
}

namespace {

/// Runs user code outside of the monitor; `own` is the producer's executor.
void run_callback(Runtime& runtime, Executor& own, MQClientInstance* instance, Task task) {
  if (instance != nullptr) {
    const auto threads = instance->callback_threads();
    threads->callback_begins();
    task = [threads, &runtime, task = std::move(task)]() mutable {
      task();
      if (threads->callback_ended()) runtime.run([&] { threads->drain(); });
    };
  }
  if (instance == nullptr || !instance->callback_executor()) {
    own.execute(std::move(task));
    return;
  }
  auto shared = std::make_shared<Task>(std::move(task));
  if (!instance->callback_executor()->execute([shared] { (*shared)(); })) own.execute([shared] { (*shared)(); });
}

Task under_monitor(Runtime& runtime, Task task) {
  return [&runtime, task = std::move(task)]() mutable { runtime.dispatch(task); };
}

/// The member of an auto-batch that is told last starts the callbacks of all.
void report_member(Runtime& runtime, Executor& own, MQClientInstance* instance,
                   const std::shared_ptr<SendCallback>& callback, SendOutcome& outcome) {
  BatchCallbacks& batch = **outcome.batch;
  if (outcome.permits != nullptr && *outcome.permits) {
    batch.permits = under_monitor(runtime, std::move(*outcome.permits));
  }
  BatchCallbacks::Entry& entry = batch.entries.emplace_back();
  entry.callback = callback;
  entry.error = std::move(outcome.error);
  if (outcome.result != nullptr) entry.result = std::move(*outcome.result);
  if (batch.entries.size() == batch.members) {
    run_callback(runtime, own, instance, [all = *outcome.batch] { all->run(); });
  }
}

/// Hands the outcome to the user, outside of the monitor. A callback that throws is ignored, as Java ignores its
/// Exceptions (§8.4).
void report(Runtime& runtime, Executor& own, MQClientInstance* instance, const std::shared_ptr<SendCallback>& callback,
            SendOutcome& outcome) {
  if (outcome.batch != nullptr) return report_member(runtime, own, instance, callback, outcome);
  Task task;
  if (outcome.error) {
    task = [callback, error = std::make_unique<MQError>(std::move(*outcome.error))] {
      try {
        throw_mq_error(std::move(*error));
      } catch (const MQException& e) {
        try {
          callback->onException(e);
        } catch (...) {
        }
      }
    };
  } else {
    task = [callback, result = std::make_unique<SendResult>(std::move(*outcome.result))] {
      try {
        callback->onSuccess(*result);
      } catch (...) {
      }
    };
  }
  if (outcome.permits != nullptr && *outcome.permits) {
    task = [permits = under_monitor(runtime, std::move(*outcome.permits)), task = std::move(task)]() mutable {
      permits();
      task();
    };
  }
  run_callback(runtime, own, instance, std::move(task));
}

}  // namespace

/// For the sends that may have to wait before they are handed over.
std::optional<MQError> DefaultMQProducer::begin_async(Message message, SendCall&& call, SendHandler handler) {
  struct Wait {
    Latch latch;
    std::optional<MQError> error;
  };
  DefaultMQProducerImpl& impl = started();
  const bool may_block = runtime_->may_block();
  bool refused = false;
  auto wait = std::make_shared<Wait>();
  runtime_->run([&] {
    refused = !may_block && impl.waits_for_permits(message, call);
    if (refused) return;
    impl.begin_async(std::move(message), std::move(call), std::move(handler), [wait](std::optional<MQError> error) {
      wait->error = std::move(error);
      wait->latch.release();
    });
  });
  if (refused) require_may_block();
  // Inside a handler the call returns while a route is looked up on its behalf; Java's would wait.
  if (may_block) runtime_->run_until(wait->latch);
  return wait->latch.released() ? std::move(wait->error) : std::nullopt;
}

void DefaultMQProducer::send_async(Message message, SendCall&& call, std::shared_ptr<SendCallback> callback,
                                   bool errors_to_callback) {
  DefaultMQProducerImpl& impl = started();
  call.mode = CommunicationMode::ASYNC;
  // Since there is back-pressure the callback is wrapped, so that there always is one.
  call.unheard = !callback && !profile_.has_back_pressure;
  callback = observed(or_nobody(std::move(callback)), impl.settings().observer);
  auto told = [executor = callback_executor_.get(), runtime = runtime_, instance = impl.instance(),
               callback](SendOutcome& outcome) {
    report(*runtime, *executor, instance, callback, outcome);
  };
  std::optional<MQError> error = impl.plain_async()
                                     ? impl.send_async(std::move(message), std::move(call), std::move(told))
                                     : begin_async(std::move(message), std::move(call), std::move(told));
  if (error) fail_async(std::move(*error), callback, errors_to_callback);
}

/// An error that was found in the calling thread.
void DefaultMQProducer::fail_async(MQError error, const std::shared_ptr<SendCallback>& callback,
                                   bool errors_to_callback) {
  if (!errors_to_callback) throw_mq_error(std::move(error));
  runtime_->run([&] {
    SendOutcome outcome{.error = std::move(error)};
    report(*runtime_, *callback_executor_, impl_->instance(), callback, outcome);
  });
}

std::variant<MessageQueue, MQError> DefaultMQProducer::select_queue(Message& message, MessageQueueSelector& selector,
                                                                    const std::any& arg) {
  require_may_block();
  DefaultMQProducerImpl& impl = started();
  return wait_for<std::variant<MessageQueue, MQError>>(*runtime_, [&](auto handler) {
    impl.invoke_message_queue_selector(message, selector, arg, getSendMsgTimeout(), std::move(handler));
  });
}

void DefaultMQProducer::send_oneway(Message& message, SendCall call) {
  struct Wait {
    Latch latch;
    std::optional<MQError> error;
  };
  require_may_block();
  DefaultMQProducerImpl& impl = started();
  auto wait = std::make_shared<Wait>();
  call.mode = CommunicationMode::ONEWAY;
  runtime_->run([&] {
    impl.send(message, std::move(call), [wait](SendOutcome& outcome) {
      if (outcome.amended) return;
      wait->error = std::move(outcome.error);
      wait->latch.release();
    });
  });
  runtime_->run_until(wait->latch);  // the route lookup; and, in 4.9.8, the connect
  if (wait->error) throw_mq_error(std::move(*wait->error));
}

Message DefaultMQProducer::batch(std::vector<Message>& messages) {
  auto outcome = started().batch(messages);
  if (auto* error = std::get_if<MQError>(&outcome)) throw_mq_error(std::move(*error));
  return std::move(std::get<Message>(outcome));
}

TransactionSendResult DefaultMQProducer::sendMessageInTransaction(Message&, std::any) {
  throw_mq_error(runtime_exception(ErrorType::RuntimeException, "sendMessageInTransaction not implement, please use "
                                                                "TransactionMQProducer class"));
}

// ---- overloads (§2.1)

namespace {

SendCall default_call(std::int64_t timeout) {
  SendCall call;
  call.timeout_millis = timeout;
  return call;
}

/// An overload without timeout.
SendCall open(SendCall call) {
  call.may_batch = true;
  return call;
}

SendCall queue_call(const MessageQueue& queue, std::int64_t timeout) {
  SendCall call = default_call(timeout);
  call.path = SendPath::queue;
  call.queue = queue;
  return call;
}

SendCall selector_call(std::shared_ptr<MessageQueueSelector> selector, std::any arg, std::int64_t timeout) {
  SendCall call = default_call(timeout);
  call.path = SendPath::selector;
  call.selector = or_throwing(std::move(selector));
  call.arg = std::move(arg);
  return call;
}

/// Whether an async overload without timeout sends as the blocking one does: where there is auto-batch, both turn to
/// the same function, and that goes by the callback.
bool sends_blocking(const Profile& profile, const std::shared_ptr<SendCallback>& callback) {
  return !callback && profile.has_auto_batch;
}

/// The failure is for a callback that is none: Java's NullPointerException instead.
template <class Send>
void send_untold(const Send& send) {
  try {
    send();
  } catch (const MQException&) {
    throw_mq_error(runtime_exception(ErrorType::NullPointerException, "null"));
  }
}

}  // namespace

SendResult DefaultMQProducer::send(Message& message) {
  return send_sync(message, open(default_call(getSendMsgTimeout())));
}
SendResult DefaultMQProducer::send(Message& message, std::int64_t timeout) {
  return send_sync(message, default_call(timeout));
}
SendResult DefaultMQProducer::send(Message& message, const MessageQueue& queue) {
  return send_sync(message, open(queue_call(queue, getSendMsgTimeout())));
}
SendResult DefaultMQProducer::send(Message& message, const MessageQueue& queue, std::int64_t timeout) {
  return send_sync(message, queue_call(queue, timeout));
}
SendResult DefaultMQProducer::send(Message& message, std::shared_ptr<MessageQueueSelector> selector, std::any arg) {
  if (!profile_.selector_runs_first) return send(message, std::move(selector), std::move(arg), getSendMsgTimeout());
  auto queue = select_queue(message, *or_throwing(std::move(selector)), arg);
  if (auto* error = std::get_if<MQError>(&queue)) throw_mq_error(std::move(*error));
  return send(message, std::get<MessageQueue>(queue));
}
SendResult DefaultMQProducer::send(Message& message, std::shared_ptr<MessageQueueSelector> selector, std::any arg,
                                   std::int64_t timeout) {
  return send_sync(message, selector_call(std::move(selector), std::move(arg), timeout));
}
SendResult DefaultMQProducer::send(std::vector<Message>& messages) { return send(messages, getSendMsgTimeout()); }
SendResult DefaultMQProducer::send(std::vector<Message>& messages, std::int64_t timeout) {
  Message batched = batch(messages);
  return send_sync(batched, default_call(timeout));
}
SendResult DefaultMQProducer::send(std::vector<Message>& messages, const MessageQueue& queue) {
  return send(messages, queue, getSendMsgTimeout());
}
SendResult DefaultMQProducer::send(std::vector<Message>& messages, const MessageQueue& queue, std::int64_t timeout) {
  Message batched = batch(messages);
  return send_sync(batched, queue_call(queue, timeout));
}

void DefaultMQProducer::send(Message message, std::shared_ptr<SendCallback> callback) {
  if (sends_blocking(profile_, callback)) return send_untold([&] { send(message); });
  send_async(std::move(message), open(default_call(getSendMsgTimeout())), std::move(callback),
             profile_.async_default_reports_by_callback);
}
void DefaultMQProducer::send(Message message, std::shared_ptr<SendCallback> callback, std::int64_t timeout) {
  send_async(std::move(message), default_call(timeout), std::move(callback), false);
}
void DefaultMQProducer::send(Message message, const MessageQueue& queue, std::shared_ptr<SendCallback> callback) {
  if (sends_blocking(profile_, callback)) {
    try {
      send(message, queue);
    } catch (const MQBrokerException&) {  // Java ignores this one
    }
    return;
  }
  send_async(std::move(message), open(queue_call(queue, getSendMsgTimeout())), std::move(callback), false);
}
void DefaultMQProducer::send(Message message, const MessageQueue& queue, std::shared_ptr<SendCallback> callback,
                             std::int64_t timeout) {
  send_async(std::move(message), queue_call(queue, timeout), std::move(callback), false);
}
void DefaultMQProducer::send(Message message, std::shared_ptr<MessageQueueSelector> selector, std::any arg,
                             std::shared_ptr<SendCallback> callback) {
  if (!profile_.selector_runs_first) {
    return send(std::move(message), std::move(selector), std::move(arg), std::move(callback), getSendMsgTimeout());
  }
  if (sends_blocking(profile_, callback)) return send_untold([&] { send(message, selector, arg); });
  auto queue = select_queue(message, *or_throwing(std::move(selector)), arg);
  if (auto* error = std::get_if<MQError>(&queue)) return fail_async(std::move(*error), callback, true);
  send_async(std::move(message), open(queue_call(std::get<MessageQueue>(queue), getSendMsgTimeout())),
             std::move(callback), true);
}
void DefaultMQProducer::send(Message message, std::shared_ptr<MessageQueueSelector> selector, std::any arg,
                             std::shared_ptr<SendCallback> callback, std::int64_t timeout) {
  send_async(std::move(message), selector_call(std::move(selector), std::move(arg), timeout), std::move(callback),
             false);
}
void DefaultMQProducer::send(std::vector<Message>& messages, std::shared_ptr<SendCallback> callback) {
  send(messages, std::move(callback), getSendMsgTimeout());
}
void DefaultMQProducer::send(std::vector<Message>& messages, std::shared_ptr<SendCallback> callback,
                             std::int64_t timeout) {
  send_async(batch(messages), default_call(timeout), std::move(callback), false);
}
void DefaultMQProducer::send(std::vector<Message>& messages, const MessageQueue& queue,
                             std::shared_ptr<SendCallback> callback) {
  send(messages, queue, std::move(callback), getSendMsgTimeout());
}
void DefaultMQProducer::send(std::vector<Message>& messages, const MessageQueue& queue,
                             std::shared_ptr<SendCallback> callback, std::int64_t timeout) {
  send_async(batch(messages), queue_call(queue, timeout), std::move(callback), false);
}

void DefaultMQProducer::sendOneway(Message& message) { send_oneway(message, default_call(getSendMsgTimeout())); }
void DefaultMQProducer::sendOneway(Message& message, const MessageQueue& queue) {
  send_oneway(message, queue_call(queue, getSendMsgTimeout()));
}
void DefaultMQProducer::sendOneway(Message& message, std::shared_ptr<MessageQueueSelector> selector, std::any arg) {
  send_oneway(message, selector_call(std::move(selector), std::move(arg), getSendMsgTimeout()));
}

}  // namespace rmqsim
