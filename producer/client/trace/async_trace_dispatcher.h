// Collects the traces of one producer and sends them in batches with a producer of its own
// (org.apache.rocketmq.client.trace.AsyncTraceDispatcher, behaviour §10.6). Fed by hooks, driven by a timer;
// everything runs under the monitor.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "producer/client/api/client_config.h"
#include "producer/client/api/producer_settings.h"
#include "producer/client/trace/trace_data.h"
#include "producer/remoting/codec/java_map.h"
#include "producer/route/thread_local_index.h"
#include "producer/route/topic_publish_info.h"
#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"

namespace rmqsim {

class DefaultMQProducerImpl;

class AsyncTraceDispatcher : public std::enable_shared_from_this<AsyncTraceDispatcher> {
 public:
  /// `host` and `settings` are the traced producer's: the dispatcher's own takes over nameservers, hook and TLS.
  AsyncTraceDispatcher(Runtime& runtime, Transport& transport, const Profile& profile, std::string group,
                       const ClientConfig& host, const ProducerSettings& settings);
  ~AsyncTraceDispatcher();

  /// Starts the inner producer. A failure is only logged in Java: then traces are collected and go nowhere.
  void start();
  /// False when the queue is full; the trace is lost.
  bool append(TraceRecord record);
  /// Sends what is waiting, gives that a moment to leave, and shuts the inner producer down.
  void shutdown(Task done);
  /// Drops what is waiting and tells nobody.
  void abandon();

  const std::string& getTraceTopicName() const { return trace_topic_; }
  std::uint64_t discarded() const { return discarded_; }
  /// For tests; nullptr when it could not start.
  DefaultMQProducerImpl* trace_producer() const { return producer_.get(); }

 private:
  /// Records of one message to be.
  struct Batch {
    std::string trace_topic;
    std::string data;
    std::vector<std::string> keys;  ///< of its records
    TimePoint first{};
    bool empty() const { return data.empty(); }
    void add(const TraceRecord& record);
  };

  std::string trace_topic_of(const std::string& region) const;
  void arm();
  void on_poll();
  void flush_some();
  void flush_aged(bool all);
  void send(Batch batch);
  void send_to(const std::shared_ptr<Batch>& batch, std::shared_ptr<TopicPublishInfo> info);
  void finish_shutdown();

  Runtime& runtime_;
  Transport& transport_;
  const Profile& profile_;
  std::string group_;
  ClientConfig config_;
  ProducerSettings settings_;
  std::string trace_topic_;
  AccessChannel access_channel_;
  std::size_t batch_num_;
  QueueIndexSource index_source_;
  ThreadLocalIndex send_which_queue_;
  ThreadId thread_;  // of Java's pool; whoever fills a batch does not send it
  std::shared_ptr<DefaultMQProducerImpl> producer_;
  std::unique_ptr<Timer> timer_;
  std::deque<TraceRecord> queue_;         // 5.x: waits for a batch or for time
  JavaMap<Batch> segments_{JavaMapKind::hash_map};  // 4.9.8: one per trace topic
  TimePoint started_{};
  TimePoint last_flush_{};
  std::uint64_t discarded_ = 0;
  std::size_t unsent_ = 0;  // messages that still look for their route
  Task shutdown_done_;
};

/// Writes down every attempt of a send that the broker answered.
class SendMessageTraceHookImpl final : public SendMessageHook {
 public:
  SendMessageTraceHookImpl(Runtime& runtime, std::shared_ptr<AsyncTraceDispatcher> dispatcher)
      : runtime_(runtime), dispatcher_(std::move(dispatcher)) {}
  std::string hookName() const override { return "SendMessageTraceHook"; }
  void sendMessageBefore(SendMessageContext& context) override;
  void sendMessageAfter(SendMessageContext& context) override;

 private:
  Runtime& runtime_;
  std::shared_ptr<AsyncTraceDispatcher> dispatcher_;
};

/// Writes down the end of every transaction.
class EndTransactionTraceHookImpl final : public EndTransactionHook {
 public:
  EndTransactionTraceHookImpl(Runtime& runtime, std::shared_ptr<AsyncTraceDispatcher> dispatcher)
      : runtime_(runtime), dispatcher_(std::move(dispatcher)) {}
  std::string hookName() const override { return "EndTransactionTraceHook"; }
  void endTransaction(EndTransactionContext& context) override;

 private:
  Runtime& runtime_;
  std::shared_ptr<AsyncTraceDispatcher> dispatcher_;
};

}  // namespace rmqsim
