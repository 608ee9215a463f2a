#include "producer/client/trace/async_trace_dispatcher.h"

#include <algorithm>
#include <utility>

#include "producer/client/send/default_mq_producer_impl.h"
#include "producer/remoting/bodies/message_keys.h"
#include "producer/remoting/namespace_util.h"

namespace rmqsim {
namespace {

constexpr std::int64_t kMaxMessageSize = 128'000;
constexpr std::int64_t kSendTimeoutMillis = 5000;
constexpr std::size_t kMaxBatch = 20;
/// A dispatcher takes the first number that no living one of its instance has; Java counts in the whole process.
constexpr int kMaxDispatchers = 10'000;

std::optional<std::string> absent_if_unset(const Message& message, std::string_view property) {
  if (!message.has_property(property)) return std::nullopt;
  return std::string(message.property(property));
}

/// The queues of the trace topic's brokers in turn.
class TraceQueueSelector final : public MessageQueueSelector {
 public:
  explicit TraceQueueSelector(std::int32_t position) : position_(position) {}
  std::optional<MessageQueue> select(const std::vector<MessageQueue>& queues, const Message&,
                                     const std::any&) override {
    return queues[static_cast<std::size_t>(position_) % queues.size()];
  }

 private:
  std::int32_t position_;
};

}  // namespace

AsyncTraceDispatcher::AsyncTraceDispatcher(Runtime& runtime, Transport& transport, const Profile& profile,
                                           std::string group, const ClientConfig& host,
                                           const ProducerSettings& settings)
    : runtime_(runtime), transport_(transport), profile_(profile), group_(std::move(group)),
      trace_topic_(host.getTraceTopic().empty() ? std::string(kDefaultTraceTopic) : host.getTraceTopic()),
      access_channel_(host.getAccessChannel()),
      batch_num_(std::min<std::size_t>(static_cast<std::size_t>(std::max(host.getTraceMsgBatchNum(), 1)), kMaxBatch)),
      index_source_{std::nullopt, {}, &runtime.random("trace-queue"), profile.index_starts_non_negative},
      send_which_queue_(&index_source_), thread_(runtime.new_thread("MQTraceSendThread_1")),
      timer_(runtime.make_timer()) {
  config_.setNamesrvAddr(host.getNamesrvAddr());
  config_.setInstanceName("PID_CLIENT_INNER_TRACE_PRODUCER_" + host.getNamesrvAddr());
  config_.setNamespace(std::nullopt);
  config_.setNamespaceV2(host.getNamespaceV2());
  config_.setUseTLS(host.isUseTLS());
  config_.setClientCallbackExecutorThreads(host.getClientCallbackExecutorThreads());
  settings_.retry_response_codes = profile.retry_response_codes;
  settings_.send_msg_timeout = kSendTimeoutMillis;
  settings_.max_message_size = kMaxMessageSize;
  settings_.rpc_hook = settings.rpc_hook;
  settings_.remoting = settings.remoting;
  settings_.async_sender_threads = settings.async_sender_threads;
}

AsyncTraceDispatcher::~AsyncTraceDispatcher() = default;

void AsyncTraceDispatcher::start() {
  started_ = last_flush_ = runtime_.now();
  for (int n = 1; n <= kMaxDispatchers; ++n) {
    const std::string name = "_INNER_TRACE_PRODUCER-" + group_ + "-PRODUCE-" + std::to_string(n);
    auto producer = std::make_shared<DefaultMQProducerImpl>(runtime_, transport_, profile_, name, config_, settings_);
    const auto error = producer->start();
    if (!error) {
      producer_ = std::move(producer);
      return;
    }
    if (producer->state() != ServiceState::CREATE_JUST) return;  // anything but a group that is taken
  }
}

bool AsyncTraceDispatcher::append(TraceRecord record) {
  if (profile_.trace_waits_for_batches) {
    if (queue_.size() >= profile_.trace_queue_capacity) {
      ++discarded_;
      return false;
    }
    queue_.push_back(std::move(record));
  } else {
    Batch& segment = segments_[trace_topic_of(record.region_id)];
    if (segment.empty()) {
      segment.trace_topic = trace_topic_of(record.region_id);
      segment.first = runtime_.now();
    }
    segment.add(record);
    if (static_cast<std::int64_t>(segment.data.size()) >= kMaxMessageSize - 10'000) send(std::exchange(segment, {}));
  }
  arm();
  return true;
}

std::string AsyncTraceDispatcher::trace_topic_of(const std::string& region) const {
  return access_channel_ == AccessChannel::CLOUD ? std::string(kCloudTraceTopicPrefix) + region : trace_topic_;
}

void AsyncTraceDispatcher::Batch::add(const TraceRecord& record) {
  encode_trace(record, data);
  for (std::string& key : trace_keys(record)) keys.push_back(std::move(key));
}

// ---- when (a Java thread polls; here a timer fires at the polls that will find something)

void AsyncTraceDispatcher::arm() {
  TimePoint due = TimePoint::max();
  if (profile_.trace_waits_for_batches) {
    if (queue_.empty()) return timer_->cancel();
    due = queue_.size() >= batch_num_ ? runtime_.now() : last_flush_ + millis(profile_.trace_flush_interval_millis);
  } else {
    for (const auto& [topic, segment] : segments_) {
      if (!segment.empty()) due = std::min(due, segment.first + millis(profile_.trace_flush_interval_millis));
    }
    if (due == TimePoint::max()) return timer_->cancel();
  }
  const Duration period = millis(profile_.trace_poll_millis);
  due = std::max(due, runtime_.now());
  timer_->expires_at(started_ + ((due - started_) / period + 1) * period, [this] { on_poll(); });
}

void AsyncTraceDispatcher::on_poll() {
  if (profile_.trace_waits_for_batches) {
    flush_some();
  } else {
    flush_aged(false);
  }
  arm();
}

/// At most one batch; grouped by the topic of the traced messages and where their traces go.
void AsyncTraceDispatcher::flush_some() {
  last_flush_ = runtime_.now();
  JavaMap<Batch> batches(JavaMapKind::hash_map);  // by the topic and where its traces go
  for (std::size_t i = 0; i < batch_num_ && !queue_.empty(); ++i) {
    const TraceRecord record = std::move(queue_.front());
    queue_.pop_front();
    const std::string trace_topic = trace_topic_of(record.region_id);
    Batch& batch = batches[record.topic + '\x01' + trace_topic];
    batch.trace_topic = trace_topic;
    batch.add(record);
    if (static_cast<std::int64_t>(batch.data.size()) >= kMaxMessageSize) send(std::exchange(batch, {}));
  }
  for (auto& [key, batch] : batches) {
    if (!batch.empty()) send(std::move(batch));
  }
}

void AsyncTraceDispatcher::flush_aged(bool all) {
  const TimePoint now = runtime_.now();
  for (auto& [topic, segment] : segments_) {
    const bool aged = now - segment.first >= millis(profile_.trace_flush_interval_millis);
    if (!segment.empty() && (all || aged)) send(std::exchange(segment, {}));
  }
}

// ---- sending

void AsyncTraceDispatcher::send(Batch batch) {
  if (!producer_) return;
  ThreadScope scope(runtime_, thread_);
  ++unsent_;
  auto shared = std::make_shared<Batch>(std::move(batch));
  producer_->find_topic_route(shared->trace_topic, [this, shared, alive = weak_from_this()](
                                                       std::shared_ptr<TopicPublishInfo> info) {
    if (alive.expired()) return;
    send_to(shared, std::move(info));
    --unsent_;
    if (shutdown_done_ && unsent_ == 0) finish_shutdown();
  });
}

/// With a route of its own the topic's queues take turns; without one the send looks for the default route.
void AsyncTraceDispatcher::send_to(const std::shared_ptr<Batch>& batch, std::shared_ptr<TopicPublishInfo> info) {
  Message message(batch->trace_topic, std::move(batch->data));
  message.setKeys(gathered_keys(batch->keys));
  SendCall call;
  call.mode = CommunicationMode::ASYNC;
  call.timeout_millis = kSendTimeoutMillis;
  if (info && info->ok()) {
    call.path = SendPath::selector;
    call.selector =
        std::make_shared<TraceQueueSelector>(send_which_queue_.increment_and_get(runtime_.current_thread()));
  }
  producer_->send_async(std::move(message), std::move(call), [](SendOutcome&) {});  // Java only logs failures
}

// ---- end (§10.6)

void AsyncTraceDispatcher::shutdown(Task done) {
  if (!producer_) return done();
  timer_->cancel();
  while (!queue_.empty()) flush_some();
  flush_aged(true);
  shutdown_done_ = std::move(done);
  if (unsent_ == 0) return finish_shutdown();
  timer_->expires_after(millis(profile_.trace_shutdown_patience_millis), [this] { finish_shutdown(); });
}

void AsyncTraceDispatcher::finish_shutdown() {
  timer_->cancel();
  if (!shutdown_done_) return;
  // Through the queue: what was sent last still waits there for its sender thread.
  runtime_.post([self = shared_from_this(), done = std::exchange(shutdown_done_, nullptr)]() mutable {
    self->producer_->shutdown(std::move(done));
  });
}

void AsyncTraceDispatcher::abandon() {
  timer_->cancel();
  queue_.clear();
  segments_.clear();
  if (producer_) producer_->abandon();
}

// ---- hooks

void SendMessageTraceHookImpl::sendMessageBefore(SendMessageContext& context) {
  const Message& message = *context.message;
  if (message.getTopic().starts_with(dispatcher_->getTraceTopicName())) return;
  TraceRecord record;
  record.timestamp = to_millis(runtime_.now());
  record.group = NamespaceUtil::withoutNamespace(context.producer_group);
  record.topic = NamespaceUtil::withoutNamespace(message.getTopic());
  record.tags = absent_if_unset(message, MessageConst::PROPERTY_TAGS);
  record.keys = absent_if_unset(message, MessageConst::PROPERTY_KEYS);
  record.store_host = context.broker_addr;
  record.body_length = static_cast<std::int32_t>(message.getBody().size());
  record.msg_type = context.msg_type;
  context.mq_trace_context = std::move(record);
}

void SendMessageTraceHookImpl::sendMessageAfter(SendMessageContext& context) {
  auto* const before = std::any_cast<TraceRecord>(&context.mq_trace_context);
  const SendResult* const result = context.send_result;
  if (before == nullptr || result == nullptr || !result->isTraceOn()) return;
  TraceRecord record = *before;
  record.cost_time = to_millis(runtime_.now()) - record.timestamp;
  record.success = result->getSendStatus() == SendStatus::SEND_OK;
  record.region_id = result->getRegionId();
  if (!result->getMsgId().empty()) record.msg_id = result->getMsgId();
  if (!result->getOffsetMsgId().empty()) record.offset_msg_id = result->getOffsetMsgId();
  dispatcher_->append(std::move(record));
}

void EndTransactionTraceHookImpl::endTransaction(EndTransactionContext& context) {
  const Message& message = *context.message;
  if (message.getTopic().starts_with(dispatcher_->getTraceTopicName())) return;
  TraceRecord record;
  record.type = TraceType::EndTransaction;
  record.timestamp = to_millis(runtime_.now());
  record.group = NamespaceUtil::withoutNamespace(context.producer_group);
  record.topic = NamespaceUtil::withoutNamespace(message.getTopic());
  record.tags = absent_if_unset(message, MessageConst::PROPERTY_TAGS);
  record.keys = absent_if_unset(message, MessageConst::PROPERTY_KEYS);
  record.store_host = context.broker_addr;
  record.msg_type = MessageType::Trans_msg_Commit;
  record.msg_id = context.msg_id;
  record.transaction_id = context.transaction_id;
  record.transaction_state = local_transaction_state_name(context.transaction_state);
  record.from_transaction_check = context.from_transaction_check;
  const std::string_view region = message.property(MessageConst::PROPERTY_MSG_REGION);
  record.region_id = region.empty() ? "DefaultRegion" : std::string(region);
  dispatcher_->append(std::move(record));
}

}  // namespace rmqsim
