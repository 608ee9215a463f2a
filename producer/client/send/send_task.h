// The shell around one SendOperation: looks routes up, prepares the message, invokes, feeds events back and hands the
// outcome over (sendKernelImpl, behaviour §7). Keeps itself alive while something is under way.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "producer/client/send/default_mq_producer_impl.h"
#include "producer/client/send/hooked_send.h"

namespace rmqsim {

class SendTask : public std::enable_shared_from_this<SendTask> {
 public:
  SendTask(std::shared_ptr<DefaultMQProducerImpl> producer, SendCall&& call, SendHandler handler);

  /// SYNC, ONEWAY: the caller's message and thread.
  void begin(Message& message, std::int64_t timeout_millis);
  /// ASYNC, at the call: the message, and the instant that the budget counts from (§2.6). Any thread.
  void take(Message message, TimePoint called);
  /// ASYNC, on a sender thread: `release` frees it.
  void begin_async(Task release);
  /// ASYNC, in the caller's own thread and without any check; `release` is called when Java's send would have returned.
  void begin_unchecked(Message message, std::int64_t timeout_millis, Task release);
  /// Only chooses a queue, as a send through the call's selector would: `handler` gets it instead of an attempt (§2.5).
  void choose(Message& message, std::int64_t timeout_millis, DefaultMQProducerImpl::QueueHandler handler);
  /// Ends a send that failed before it began.
  void fail(MQError error);

  /// What a ledger shows of it so far; the last attempt may be under way.
  std::vector<AttemptRecord> attempts() const;

 private:
  void start(std::int64_t timeout_millis);
  void advance(SendEvent&& event);
  void perform(send_action::FindPublishInfo&);
  void perform(send_action::CallSelector&);
  void perform(send_action::Attempt& action);
  void perform(send_action::Resend& action);
  void perform(send_action::Wait&) {}
  void perform(send_action::Return& action);
  void perform(send_action::Raise& action);
  void perform(send_action::Sent&);
  void perform(send_action::Amend&);

  void kernel(const MessageQueue& queue, std::int64_t timeout_millis);
  void kernel_at(const std::string* address, const MessageQueue& queue, TimePoint begin, std::int64_t timeout_millis);
  std::optional<MQError> prepare(const MessageQueue& queue);
  std::optional<MQError> call_hooks_before(const MessageQueue& queue);
  void compress_body();
  void invoke(std::int64_t timeout_millis);
  void on_invoked(InvokeResult result);
  void returned();
  void complete(SendOutcome& outcome);

  std::shared_ptr<DefaultMQProducerImpl> producer_;
  SendCall call_;
  SendHandler handler_;
  DefaultMQProducerImpl::QueueHandler chosen_;  // only for choose()
  std::optional<SendOperation> operation_;
  std::shared_ptr<TopicPublishInfo> info_;
  Message own_;
  Message* message_ = nullptr;
  ThreadId caller_thread_ = 0;
  std::int64_t called_millis_ = 0;  // ASYNC
  Task release_;
  std::unique_ptr<HookedSend> hooked_;  // null without hooks
  bool in_kernel_ = false;  // an attempt has found its broker
  bool invoked_ = false;
  bool returned_ = false;

  // The request of the present attempt; an async retry sends it again as it is.
  SendRequest request_;
  std::string properties_;
  std::string compressed_;
  bool is_compressed_ = false;
  std::string broker_name_;
  std::string queue_broker_name_;
  std::string address_;
};

}  // namespace rmqsim
