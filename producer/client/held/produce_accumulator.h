// Auto-batch: small messages of one kind are gathered for some milliseconds and sent as one MessageBatch
// (org.apache.rocketmq.client.producer.ProduceAccumulator, behaviour §10.5, 5.1.4+). All producers of one
// client id share one accumulator, which the world keeps with its limits and its count of held bytes. Java's two guard
// threads are loops of sleeps; here each is a timer that is armed at the loop's instants while something is held.
// Everything under the monitor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "producer/client/send/default_mq_producer_impl.h"
#include "producer/remoting/codec/java_map.h"

namespace rmqsim {

/// Java's checks of the three limits: the text of IllegalArgumentException, nullopt when the value will do.
std::optional<std::string> check_batch_max_delay_ms(std::int64_t ms);
std::optional<std::string> check_batch_max_bytes(std::int64_t bytes);
std::optional<std::string> check_total_batch_max_bytes(std::int64_t bytes);

class ProduceAccumulator : public std::enable_shared_from_this<ProduceAccumulator> {
 public:
  ProduceAccumulator(Runtime& runtime, const Profile& profile);
  ProduceAccumulator(const ProduceAccumulator&) = delete;
  ProduceAccumulator& operator=(const ProduceAccumulator&) = delete;
  ~ProduceAccumulator();

  /// The one of this client id; made on the first call and kept as long as the world, as Java's table is never cleaned.
  static std::shared_ptr<ProduceAccumulator> get_or_create(Runtime& runtime, const Profile& profile,
                                                           const std::string& client_id);

  /// Starts the guards, unless they run.
  void start();
  /// Stops them, whoever else still uses this (quirk 63): what is held then waits for a message that makes its batch
  /// ready, or for the next start(). In a profile that loses nothing the last user stops them.
  void shutdown();
  /// Sends everything that this producer's batches hold, ready or not; `done` when it has been answered.
  void flush(const DefaultMQProducerImpl& producer, Task done);
  /// Fails what this producer's batches hold; it is about to go.
  void abandon(const DefaultMQProducerImpl& producer);

  std::int64_t batch_max_delay_ms() const { return hold_ms_; }
  /// A sleep that is under way ends when it would have.
  void set_batch_max_delay_ms(std::int64_t ms);
  std::int64_t batch_max_bytes() const { return hold_size_; }
  void set_batch_max_bytes(std::int64_t bytes) { hold_size_ = bytes; }
  std::int64_t total_batch_max_bytes() const { return total_hold_size_; }
  void set_total_batch_max_bytes(std::int64_t bytes) { total_hold_size_ = bytes; }
  /// Bytes of body counted as held.
  std::int64_t held() const { return held_; }

  /// Counts the body as held, unless the total is reached: then false.
  bool try_add_message(const Message& message);
  void take_back(const Message& message) { held_ -= static_cast<std::int64_t>(message.getBody().size()); }

  /// Joins a batch. The message must live until the handler is called, with this message's part of the batch's result.
  void send(Message& message, const std::optional<MessageQueue>& queue, DefaultMQProducerImpl& producer,
            SendHandler handler);
  /// `returned` as in DefaultMQProducerImpl::begin_async: the send that makes a batch ready also sends it.
  void send_async(Message message, const std::optional<MessageQueue>& queue, DefaultMQProducerImpl& producer,
                  SendHandler handler, Task returned);

 private:
  struct Batch;
  using BatchPtr = std::shared_ptr<Batch>;
  /// Topic, queue, waitStoreMsgOK, tag.
  using Key = std::tuple<std::string, std::optional<MessageQueue>, bool, std::optional<std::string>>;
  struct KeyHash {
    std::int32_t operator()(const Key& key) const;
  };
  using Batches = JavaMap<BatchPtr, Key, KeyHash>;
  struct Guard {
    ThreadId thread = 0;
    TimePoint next{};  // instant of the loop's next pass; every period has one, whether it is looked at or not
    std::unique_ptr<Timer> timer;
    bool busy = false;
  };

  BatchPtr join(Batches& batches, const Message& message, const std::optional<MessageQueue>& queue,
                DefaultMQProducerImpl& producer);
  bool ready(const Batch& batch) const;
  bool close(Batch& batch);
  bool make_message(Batch& batch, std::optional<MQError>& error);
  void send_sync_batch(const BatchPtr& batch, std::size_t sender);
  void send_async_batch(const BatchPtr& batch, Task returned);
  /// The next sleeper wakes, looks, and sends or sleeps on.
  void wake_one(const BatchPtr& batch);
  void finish(const BatchPtr& batch, std::optional<std::size_t> sender, SendOutcome& outcome, bool counted);
  std::optional<MQError> split(const Batch& batch, const SendResult& whole, std::vector<SendResult>& parts) const;

  Duration period() const;
  void catch_up(Guard& guard);
  void arm(Guard& guard, bool sync);
  void guard_sync();
  void guard_async(std::shared_ptr<std::vector<BatchPtr>> batches, std::size_t next);
  std::vector<BatchPtr> of(const DefaultMQProducerImpl& producer) const;

  Runtime& runtime_;
  const Profile& profile_;
  std::int64_t total_hold_size_ = 32 * 1024 * 1024;
  std::int64_t hold_size_ = 32 * 1024;
  std::int64_t hold_ms_ = 10;
  std::int64_t held_ = 0;
  std::size_t users_ = 0;
  bool running_ = false;
  Guard sync_guard_;
  Guard async_guard_;
  Batches sync_batches_;
  Batches async_batches_;
};

}  // namespace rmqsim
