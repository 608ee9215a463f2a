// One request of RIP-16, from the call to the reply (DefaultMQProducerImpl.request, behaviour §10.2): sends
// the message asynchronously in its caller's thread, waits for the reply that a broker pushes, and decides what the
// caller hears. Runs under the monitor; keeps itself alive while something is under way.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "producer/client/request/request_future_holder.h"
#include "producer/client/send/default_mq_producer_impl.h"

namespace rmqsim {

class SendTask;

/// What a request tells its caller.
struct RequestOutcome {
  /// `stored`: the request was sent and stored, Java's onSuccess(null) (callback variants only). `thrown`: raised by
  /// the call itself; in the callback variants the scan reports a timeout later all the same.
  enum class Kind : std::uint8_t { reply, stored, exception, thrown } kind = Kind::exception;
  std::optional<MessageExt> reply;
  std::optional<MQError> error;
  const std::vector<AttemptRecord>* attempts = nullptr;  ///< valid during the call; the last may be under way
  /// The request was over before its send was; only `attempts` is news, now that the send has ended.
  bool amended = false;
};
/// Called once for a sync request; as often as Java calls back for one with a callback. With
/// ProducerSettings::record_attempts once more where there is something to amend.
using ReplyHandler = Function<void(RequestOutcome&)>;

struct RequestCall {
  bool with_callback = false;
  SendPath path = SendPath::default_path;
  std::int64_t timeout_millis = 3000;  ///< for the whole: lookup, send and reply
  std::optional<MessageQueue> queue;
  std::shared_ptr<MessageQueueSelector> selector;
  std::any arg;
  DecisionLog* decisions = nullptr;  ///< as in SendCall
};

class RequestTask final : public RequestResponseFuture, public std::enable_shared_from_this<RequestTask> {
 public:
  RequestTask(std::shared_ptr<DefaultMQProducerImpl> producer, RequestCall call, ReplyHandler handler);

  /// `message` gets CORRELATION_ID, REPLY_TO_CLIENT, TTL and UNIQ_KEY, and is then copied; what is thrown leaves it the
  /// topic that Java would (§2.8). `returned` is called when Java's send has returned to the caller, before or after
  /// the first call of the handler: `message` must live until then.
  void begin(Message& message, Task returned);

  void replied(MessageExt reply) override;
  void expired(MQError cause) override;
  void dropped() override { dropped_ = true; }

 private:
  void send();
  void throw_from_call(MQError error);
  void on_sent(SendOutcome& outcome);
  void on_returned();
  void release_latch();
  bool wait_over() const;
  void finish_sync();
  void amend();
  void report(RequestOutcome::Kind kind, std::optional<MessageExt> reply, std::optional<MQError> error);

  std::shared_ptr<DefaultMQProducerImpl> producer_;
  RequestCall call_;
  ReplyHandler handler_;
  Task returned_;
  std::unique_ptr<Message> message_;
  Message* callers_message_ = nullptr;
  std::string topic_;  ///< as Java's message has it: in the namespace until the kernel was entered (§2.8)
  std::string correlation_id_;
  std::int64_t begin_millis_ = 0;
  std::int64_t cost_ = 0;  ///< ms spent before the send
  ThreadId caller_ = 0;  ///< who waits for the reply of a sync request
  std::unique_ptr<Timer> timer_;
  std::optional<TimePoint> wait_ends_;  ///< a reply that comes then or later is too late
  std::weak_ptr<SendTask> send_;
  std::vector<AttemptRecord> attempts_;
  bool told_ = false;  ///< the caller knows how the request ended
  // The future's state.
  bool send_request_ok_ = true;
  bool sent_ = false;          ///< the send has ended, one way or the other
  bool latch_released_ = false;
  bool has_returned_ = false;  ///< a sync caller waits on the latch from here on
  bool done_ = false;
  bool dropped_ = false;
  std::optional<MessageExt> response_;
  std::optional<MQError> cause_;
};

}  // namespace rmqsim
