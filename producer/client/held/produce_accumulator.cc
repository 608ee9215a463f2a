#include "producer/client/held/produce_accumulator.h"

#include <algorithm>
#include <deque>
#include <string_view>
#include <utility>

#include "producer/client/api/send_callback.h"
#include "producer/remoting/bodies/batch_body.h"
#include "producer/remoting/bodies/message_keys.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

constexpr std::int64_t kMaxDelayMs = 30'000;
constexpr std::int64_t kMaxBatchBytes = 2 * 1024 * 1024;

}  // namespace

std::optional<std::string> check_batch_max_delay_ms(std::int64_t ms) {
  if (ms > 0 && ms <= kMaxDelayMs) return std::nullopt;
  return "batchMaxDelayMs expect between 1ms and 30s, but get " + std::to_string(ms) + "!";
}

std::optional<std::string> check_batch_max_bytes(std::int64_t bytes) {
  if (bytes > 0 && bytes <= kMaxBatchBytes) return std::nullopt;
  return "batchMaxBytes expect between 1B and 2MB, but get " + std::to_string(bytes) + "!";
}

std::optional<std::string> check_total_batch_max_bytes(std::int64_t bytes) {
  if (bytes > 0) return std::nullopt;
  return "totalBatchMaxBytes must bigger then 0, but get " + std::to_string(bytes) + "!";
}

namespace {

/// One step of the polynomial that Java's hash codes are, without its overflow.
std::int32_t hash_on(std::int32_t hash, std::int32_t next) {
  return static_cast<std::int32_t>(31 * static_cast<std::uint32_t>(hash) + static_cast<std::uint32_t>(next));
}

}  // namespace

std::int32_t ProduceAccumulator::KeyHash::operator()(const Key& key) const {
  const auto& [topic, queue, wait_store_msg_ok, tag] = key;
  std::int32_t hash_of_queue = 0;
  if (queue) {
    hash_of_queue = hash_on(hash_on(hash_on(1, java_hash(queue->getBrokerName())), queue->getQueueId()),
                            java_hash(queue->getTopic()));
  }
  const std::int32_t hash_of_flag = wait_store_msg_ok ? 1231 : 1237;
  const std::int32_t front = hash_on(hash_on(hash_on(1, java_hash(topic)), hash_of_queue), hash_of_flag);
  return hash_on(front, tag ? java_hash(*tag) : 0);
}

/// Messages on their way to becoming one (MessageAccumulation).
struct ProduceAccumulator::Batch {
  struct Member {
    Message own;                 // async
    Message* callers = nullptr;  // sync
    ThreadId thread = 0;         // sync: who sleeps
    SendHandler handler;
    const Message& message() const { return callers != nullptr ? *callers : own; }
  };
  Key key;
  std::weak_ptr<DefaultMQProducerImpl> producer;  // the one whose message was the first
  std::deque<Member> members;
  std::deque<std::size_t> asleep;  // sync: members that wait, longest first, as an object's monitor wakes them
  std::int64_t bytes = 0;
  std::int64_t created_millis = 0;
  bool sync = true;
  bool closed = false;
  Message message;  // once closed
  Task finished;
};

ProduceAccumulator::ProduceAccumulator(Runtime& runtime, const Profile& profile)
    : runtime_(runtime), profile_(profile) {
  sync_guard_.thread = runtime.new_thread("GuardForSyncSend");
  async_guard_.thread = runtime.new_thread("GuardForAsyncSend");
}

ProduceAccumulator::~ProduceAccumulator() = default;

std::shared_ptr<ProduceAccumulator> ProduceAccumulator::get_or_create(Runtime& runtime, const Profile& profile,
                                                                      const std::string& client_id) {
  std::shared_ptr<void>& slot = runtime.shared("accumulator/" + client_id);
  if (!slot) slot = std::make_shared<ProduceAccumulator>(runtime, profile);
  return std::static_pointer_cast<ProduceAccumulator>(slot);
}

// ---- guards: two loops that look at every batch each half of the hold time

Duration ProduceAccumulator::period() const { return millis(std::max<std::int64_t>(1, hold_ms_ / 2)); }

void ProduceAccumulator::start() {
  ++users_;
  if (std::exchange(running_, true)) return;
  sync_guard_.next = async_guard_.next = runtime_.now();
  if (!sync_batches_.empty()) arm(sync_guard_, true);
  if (!async_batches_.empty()) arm(async_guard_, false);
}

void ProduceAccumulator::shutdown() {
  if (users_ > 0) --users_;
  if (!profile_.auto_batch_lost_at_shutdown && users_ > 0) return;
  running_ = false;
  sync_guard_.timer.reset();
  async_guard_.timer.reset();
}

void ProduceAccumulator::set_batch_max_delay_ms(std::int64_t ms) {
  catch_up(sync_guard_);
  catch_up(async_guard_);
  hold_ms_ = ms;
}

/// Moves `next` to the first instant of the loop that has not passed.
void ProduceAccumulator::catch_up(Guard& guard) {
  const Duration late = runtime_.now() - guard.next;
  if (late > Duration::zero()) guard.next += (late + period() - Duration{1}) / period() * period();
}

void ProduceAccumulator::arm(Guard& guard, bool sync) {
  if (!running_ || guard.timer || guard.busy) return;
  catch_up(guard);
  guard.timer = runtime_.make_timer();
  guard.timer->expires_at(guard.next, [this, &guard, sync] {
    const std::unique_ptr<Timer> keep = std::move(guard.timer);
    const auto self = shared_from_this();
    ThreadScope scope(runtime_, guard.thread);
    guard.next = runtime_.now() + period();
    if (sync) return guard_sync();
    auto batches = std::make_shared<std::vector<BatchPtr>>();
    for (const auto& [key, batch] : async_batches_) batches->push_back(batch);
    guard_async(std::move(batches), 0);
  });
}

// Java's guard wakes a sleeper through the batch's own function and then another itself.
void ProduceAccumulator::guard_sync() {
  std::vector<BatchPtr> batches;
  for (const auto& [key, batch] : sync_batches_) batches.push_back(batch);
  for (const BatchPtr& batch : batches) {
    wake_one(batch);
    wake_one(batch);
  }
  if (!sync_batches_.empty()) arm(sync_guard_, true);
}

/// From batch `next` on. The thread of the guard waits while a send of its own waits for back-pressure.
void ProduceAccumulator::guard_async(std::shared_ptr<std::vector<BatchPtr>> batches, std::size_t next) {
  async_guard_.busy = true;
  for (; next < batches->size(); ++next) {
    const BatchPtr& batch = (*batches)[next];
    if (batch->closed || !ready(*batch)) continue;
    // Posted, so that a thousand batches that need no wait do not nest.
    return send_async_batch(batch, [self = shared_from_this(), batches, next] {
      self->runtime_.post([self, batches, next] {
        ThreadScope scope(self->runtime_, self->async_guard_.thread);
        self->guard_async(batches, next + 1);
      });
    });
  }
  async_guard_.busy = false;
  async_guard_.next = runtime_.now() + period();
  if (!async_batches_.empty()) arm(async_guard_, false);
}

// ---- gathering

bool ProduceAccumulator::try_add_message(const Message& message) {
  if (held_ >= total_hold_size_) return false;
  held_ += static_cast<std::int64_t>(message.getBody().size());
  return true;
}

ProduceAccumulator::BatchPtr ProduceAccumulator::join(Batches& batches, const Message& message,
                                                      const std::optional<MessageQueue>& queue,
                                                      DefaultMQProducerImpl& producer) {
  std::optional<std::string> tag;
  if (message.has_property(MessageConst::PROPERTY_TAGS)) tag = message.getTags();
  Key key{message.getTopic(), queue, message.isWaitStoreMsgOK(), std::move(tag)};
  BatchPtr& batch = batches[key];
  if (!batch) {
    batch = std::make_shared<Batch>();
    batch->key = std::move(key);
    batch->producer = producer.weak_from_this();
    batch->created_millis = to_millis(runtime_.now());
    batch->sync = &batches == &sync_batches_;
  }
  batch->bytes += static_cast<std::int64_t>(message.getBody().size());
  return batch;
}

bool ProduceAccumulator::ready(const Batch& batch) const {
  return batch.bytes > hold_size_ || to_millis(runtime_.now()) >= batch.created_millis + hold_ms_;
}

/// Nothing joins it any more; false when it was closed before.
bool ProduceAccumulator::close(Batch& batch) {
  if (std::exchange(batch.closed, true)) return false;
  (batch.sync ? sync_batches_ : async_batches_).erase(batch.key);
  return true;
}

void ProduceAccumulator::send(Message& message, const std::optional<MessageQueue>& queue,
                              DefaultMQProducerImpl& producer, SendHandler handler) {
  const BatchPtr batch = join(sync_batches_, message, queue, producer);
  batch->members.push_back({{}, &message, runtime_.current_thread(), std::move(handler)});
  batch->asleep.push_back(batch->members.size() - 1);
  if (ready(*batch)) return send_sync_batch(batch, batch->members.size() - 1);
  arm(sync_guard_, true);
}

void ProduceAccumulator::send_async(Message message, const std::optional<MessageQueue>& queue,
                                    DefaultMQProducerImpl& producer, SendHandler handler, Task returned) {
  const BatchPtr batch = join(async_batches_, message, queue, producer);
  batch->members.push_back({std::move(message), nullptr, 0, std::move(handler)});
  if (ready(*batch)) return send_async_batch(batch, std::move(returned));
  arm(async_guard_, false);
  returned();
}

void ProduceAccumulator::wake_one(const BatchPtr& batch) {
  if (batch->closed || batch->asleep.empty()) return;
  const std::size_t sleeper = batch->asleep.front();
  if (ready(*batch)) return send_sync_batch(batch, sleeper);
  batch->asleep.pop_front();
  batch->asleep.push_back(sleeper);
}

// ---- sending

bool ProduceAccumulator::make_message(Batch& batch, std::optional<MQError>& error) {
  const auto producer = batch.producer.lock();
  const auto& [topic, queue, wait_store_msg_ok, tag] = batch.key;
  std::string body;
  std::string uniq_keys;
  std::vector<std::string_view> keys;  // of sync members only
  for (const Batch::Member& member : batch.members) {
    const Message& message = member.message();
    BatchEntry entry;
    entry.flag = message.getFlag();
    entry.body = message.getBody();
    const std::string properties = message.getProperties().encode(profile_.properties_end_with_separator);
    entry.properties = properties;
    if (!append_batch_entry(entry, body)) {
      error = runtime_exception(ErrorType::RuntimeException, "properties length over 32767 bytes");
      return false;
    }
    if (!uniq_keys.empty()) uniq_keys += ',';
    uniq_keys += message.uniq_key();
    if (!batch.sync || !message.has_property(MessageConst::PROPERTY_KEYS)) continue;
    const auto of_member = text::java_split(message.property(MessageConst::PROPERTY_KEYS), ' ');
    keys.insert(keys.end(), of_member.begin(), of_member.end());
  }
  batch.message.setTopic(topic);
  batch.message.setWaitStoreMsgOK(wait_store_msg_ok);
  batch.message.setKeys(gathered_keys(keys));
  if (tag) batch.message.setTags(*tag);
  producer->set_uniq_id(batch.message);
  batch.message.setBody(std::move(body));
  batch.message.mark_batch(std::move(uniq_keys));
  return true;
}

namespace {

SendCall direct_call(const std::optional<MessageQueue>& queue, const ProducerSettings& settings,
                     CommunicationMode mode) {
  SendCall call;
  call.mode = mode;
  call.timeout_millis = settings.send_msg_timeout;
  call.queue = queue;
  if (queue) call.path = SendPath::queue;
  return call;
}

}  // namespace

void ProduceAccumulator::send_sync_batch(const BatchPtr& batch, std::size_t sender) {
  if (!close(*batch)) return;
  const auto producer = batch->producer.lock();
  SendOutcome failed;
  if (!producer || !make_message(*batch, failed.error)) return finish(batch, sender, failed, true);
  ThreadScope scope(runtime_, batch->members[sender].thread);
  producer->send_direct(
      batch->message, direct_call(std::get<1>(batch->key), producer->settings(), CommunicationMode::SYNC),
      [self = shared_from_this(), batch, sender](SendOutcome& outcome) { self->finish(batch, sender, outcome, true); });
}

void ProduceAccumulator::send_async_batch(const BatchPtr& batch, Task returned) {
  if (!close(*batch)) return returned();
  const auto producer = batch->producer.lock();
  SendOutcome failed;
  if (!producer || !make_message(*batch, failed.error)) {
    finish(batch, std::nullopt, failed, !profile_.auto_batch_counter_leaks);
    return returned();
  }
  producer->begin_async_direct(
      std::move(batch->message), direct_call(std::get<1>(batch->key), producer->settings(), CommunicationMode::ASYNC),
      [self = shared_from_this(), batch](SendOutcome& outcome) { self->finish(batch, std::nullopt, outcome, true); },
      [self = shared_from_this(), batch, returned = std::move(returned)](std::optional<MQError> error) mutable {
        if (error) {  // what Java catches around the call is told, but not subtracted
          SendOutcome thrown;
          thrown.error = std::move(error);
          self->finish(batch, std::nullopt, thrown, !self->profile_.auto_batch_counter_leaks);
        }
        returned();
      });
}

/// SendResult of each message from the batch's.
std::optional<MQError> ProduceAccumulator::split(const Batch& batch, const SendResult& whole,
                                                 std::vector<SendResult>& parts) const {
  const std::size_t count = batch.members.size();
  if (whole.msg_id.find(',') == std::string::npos) {  // one message, or stored as one
    parts.assign(count, whole);
    return std::nullopt;
  }
  const std::vector<std::string_view> ids = text::java_split(whole.msg_id, ',');
  const std::vector<std::string_view> offset_ids = text::java_split(whole.offset_msg_id, ',');
  if (ids.size() != count || offset_ids.size() != count) {
    return runtime_exception(ErrorType::RuntimeException, "sendResult is illegal");
  }
  for (std::size_t i = 0; i < count; ++i) {
    SendResult& part = parts.emplace_back();
    part.status = whole.status;
    part.msg_id = ids[i];
    part.offset_msg_id = offset_ids[i];
    part.message_queue = whole.message_queue;
    part.queue_offset = whole.queue_offset + static_cast<std::int64_t>(i);
    part.transaction_id = whole.transaction_id;
    part.region_id = whole.region_id;
  }
  return std::nullopt;
}

/// Tells every member. `sender` of a sync batch hears first: the others wait for the lock that it holds. Java may call
/// onException twice (quirk 22), hence nothing of the batch is used up.
void ProduceAccumulator::finish(const BatchPtr& batch, std::optional<std::size_t> sender, SendOutcome& outcome,
                                bool counted) {
  if (counted) held_ -= batch->bytes;
  std::vector<SendResult> parts;
  std::optional<MQError> error = std::move(outcome.error);
  if (outcome.result != nullptr) {
    error = split(*batch, *outcome.result, parts);
  } else if (!error) {
    error = client_exception(profile_, "The producer service state not OK, SHUTDOWN_ALREADY" + faq_suffix(profile_));
  }
  auto callbacks = std::make_shared<BatchCallbacks>();
  callbacks->members = batch->members.size();
  const auto tell = [&](std::size_t i) {
    SendOutcome mine;
    mine.attempts = outcome.attempts;
    mine.message = &batch->members[i].message();
    if (!error) {
      mine.result = &parts[i];
    } else if (sender && *sender != i && profile_.auto_batch_error_for_one) {
      mine.error = runtime_exception(ErrorType::NullPointerException, "null");  // there are no results
    } else {
      mine.error = *error;
    }
    if (!sender) {
      mine.permits = std::exchange(outcome.permits, nullptr);
      mine.batch = &callbacks;
    }
    batch->members[i].handler(mine);
  };
  if (sender) tell(*sender);
  for (std::size_t i = 0; i < batch->members.size(); ++i) {
    if (!sender || i != *sender) tell(i);
  }
  if (batch->finished) std::exchange(batch->finished, {})();
}

// ---- the end of a producer

std::vector<ProduceAccumulator::BatchPtr> ProduceAccumulator::of(const DefaultMQProducerImpl& producer) const {
  std::vector<BatchPtr> found;
  for (const Batches* batches : {&sync_batches_, &async_batches_}) {
    for (const auto& [key, batch] : *batches) {
      if (batch->producer.lock().get() == &producer) found.push_back(batch);
    }
  }
  return found;
}

void ProduceAccumulator::flush(const DefaultMQProducerImpl& producer, Task done) {
  const std::vector<BatchPtr> batches = of(producer);
  if (batches.empty()) return done();
  auto left = std::make_shared<std::size_t>(batches.size());
  auto finish = std::make_shared<Task>(std::move(done));
  for (const BatchPtr& batch : batches) {
    batch->finished = [left, finish] {
      if (--*left == 0) (*finish)();
    };
    if (batch->sync) {
      send_sync_batch(batch, batch->asleep.front());
    } else {
      send_async_batch(batch, [] {});
    }
  }
}

void ProduceAccumulator::abandon(const DefaultMQProducerImpl& producer) {
  for (const BatchPtr& batch : of(producer)) {
    close(*batch);
    SendOutcome failed;
    finish(batch, batch->sync ? std::optional(batch->asleep.front()) : std::nullopt, failed, true);
  }
  if (sync_batches_.empty()) sync_guard_.timer.reset();
  if (async_batches_.empty()) async_guard_.timer.reset();
}

}  // namespace rmqsim
