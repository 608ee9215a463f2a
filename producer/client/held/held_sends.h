// Sends that are held before they begin: for permits (back-pressure), for company (auto-batch), or for a thread, the
// producer's own or the user's (behaviour §2.6, §10.5). One per producer. Everything under the monitor but the
// functions marked "any thread".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "producer/client/send/default_mq_producer_impl.h"
#include "producer/client/send/sender_threads.h"

namespace rmqsim {

class HeldSends {
 public:
  /// `producer` owns it, `settings` are the producer's.
  HeldSends(DefaultMQProducerImpl& producer, Runtime& runtime, const Profile& profile, ProducerSettings& settings);
  ~HeldSends();

  // The producer's life.
  void begin_start(const std::string& client_id);
  void end_start();
  /// Sends what the accumulator holds of this producer, where a version does that.
  void flush(Task done);
  void refuse_threads() { sender_threads_.shutdown(); }
  void shutdown();
  void abandon();

  /// Whether an async send is held for nothing but one of the producer's threads; then submit() is all. Any thread.
  bool plain_async() const;
  bool submit(std::shared_ptr<SendTask> task);
  /// What Java throws when a thread is refused. Any thread.
  MQError executor_rejected() const;

  /// Whether the overload leaves the send to the accumulator; send_by_accumulator() then sees to it.
  bool batches(const SendCall& call) const {
    return settings_.auto_batch && call.may_batch && call.path != SendPath::selector && accumulator_;
  }
  void send_by_accumulator(Message& message, SendCall&& call, SendHandler handler);
  /// As those of DefaultMQProducerImpl, of a message that is in its namespace.
  void begin_async(Message message, SendCall&& call, SendHandler handler,
                   DefaultMQProducerImpl::ReturnedHandler returned);
  bool waits_for_permits(const Message& message, const SendCall& call) const;

  void set_num(std::int64_t limit);
  void set_size(std::int64_t limit);
  const BackPressure& back_pressure() const { return *back_pressure_; }
  ProduceAccumulator* accumulator() { return accumulator_.get(); }
  void set_executor(std::shared_ptr<Executor> executor) { executor_ = std::move(executor); }

 private:
  using ReturnedHandler = DefaultMQProducerImpl::ReturnedHandler;
  void begin_async_by_accumulator(Message message, SendCall&& call, SendHandler handler, ReturnedHandler returned);
  void begin_with_permits(Message message, SendCall&& call, SendHandler handler, ReturnedHandler returned);
  /// Whether the message is gathered; an error is thrown in Java.
  std::variant<bool, MQError> can_batch(Message& message);
  bool holds_back() const { return settings_.enable_backpressure_for_async_mode && profile_.has_back_pressure; }
  bool execute(const std::shared_ptr<SendTask>& task);

  DefaultMQProducerImpl& producer_;
  Runtime& runtime_;
  const Profile& profile_;
  ProducerSettings& settings_;
  std::shared_ptr<BackPressure> back_pressure_;
  SenderThreads sender_threads_;
  std::shared_ptr<ProduceAccumulator> accumulator_;
  bool flushed_ = false;  ///< a shutdown has begun, and nothing is held any more: `hardened`
  std::shared_ptr<Executor> executor_;  // the user's
};

}  // namespace rmqsim
