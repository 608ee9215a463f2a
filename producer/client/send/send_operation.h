// One send, from the call to its one result or exception: route, queue, budget over all tries, retry, fault items. It
// decides and never performs: the shell feeds it Events with the time at which they happened and carries out the
// Action that comes back. Covers sendDefaultImpl, sendSelectImpl, the queue overloads and onExceptionImpl
// (behaviour §2.5, §6, §8.4); the tables are in send_policy.h.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "producer/client/api/send_result.h"
#include "producer/client/send/decision_log.h"
#include "producer/client/send/send_policy.h"
#include "producer/latency/mq_fault_strategy.h"
#include "producer/route/topic_publish_info.h"

namespace rmqsim {

/// Which overload family: `send(msg)`, `send(msg, queue)`, `send(msg, selector, arg)`.
enum class SendPath : std::uint8_t { default_path, queue, selector };

struct SendSpec {
  CommunicationMode mode = CommunicationMode::SYNC;
  SendPath path = SendPath::default_path;
  std::string topic;                  ///< without namespace, for texts
  std::int64_t timeout_millis = 3000;
  SendSettings settings;
  std::optional<MessageQueue> queue;  ///< for SendPath::queue
  bool record_attempts = false;       ///< keep attempts() for a ledger
  /// ASYNC without a callback in 4.9.8, which then takes every answer for a good one (§8.4).
  bool unheard = false;
  DecisionLog* decisions = nullptr;   ///< gets what was decided and why, if anybody wants to know
  /// The broker that has a queue of a static topic now, "" for none; null: every queue's own (§4.4).
  Function<std::string(const MessageQueue&)> broker_of;
};

namespace send_event {
struct Begin {};
/// The topic's publish info; null or not ok when there is none. `has_name_server` is false for an empty list.
struct PublishInfoFound {
  TopicPublishInfo* info;
  bool has_name_server;
};
/// The lookup raised IllegalStateException (no nameserver answers).
struct LookupFailed {
  MQError error;
};
/// What the selector returned; nullopt for null.
struct QueueSelected {
  std::optional<MessageQueue> queue;
};
struct SelectorThrew {
  MQError cause;
};
/// ASYNC and ONEWAY: Java's sendKernelImpl has returned.
struct HandedOver {};
/// The operation may take the result over.
struct Answered {
  SendResult* result;
  std::optional<TimePoint> written = std::nullopt;  ///< when the request had left for its connection (async)
};
/// `thrown`: raised by invokeAsync itself; `handed_over`: reported after the request had left sendKernelImpl's hands
/// (async only).
struct Failed {
  MQError error;
  bool handed_over = false;
  bool thrown = false;
  std::optional<TimePoint> written = std::nullopt;
};
}  // namespace send_event
using SendEvent =
    std::variant<send_event::Begin, send_event::PublishInfoFound, send_event::LookupFailed, send_event::QueueSelected,
                 send_event::SelectorThrew, send_event::HandedOver, send_event::Answered, send_event::Failed>;

namespace send_action {
/// Find the topic's publish info, asking the nameserver if need be.
struct FindPublishInfo {
  bool operator==(const FindPublishInfo&) const = default;
};
/// Call the user's selector with the topic's queues.
struct CallSelector {
  bool operator==(const CallSelector&) const = default;
};
/// Prepare the message for this queue and invoke, with this budget (ms).
struct Attempt {
  MessageQueue queue;
  std::int64_t timeout_millis;
  bool operator==(const Attempt&) const = default;
};
/// Invoke the same request again, with a new opaque and nothing else changed, on this broker (async retry).
struct Resend {
  std::string broker_name;
  std::int64_t timeout_millis;
  bool operator==(const Resend&) const = default;
};
/// Nothing until the next event.
struct Wait {
  bool operator==(const Wait&) const = default;
};
struct Return {
  SendResult* result;  ///< the answered one or one kept from an earlier try; valid until the next event
  bool operator==(const Return& other) const { return result->status == other.result->status; }
};
struct Raise {
  MQError error;
  bool operator==(const Raise&) const = default;
};
/// ONEWAY is done.
struct Sent {
  bool operator==(const Sent&) const = default;
};
/// ONEWAY was done, and its request never left: attempts() have changed, the outcome has not.
struct Amend {
  bool operator==(const Amend&) const = default;
};
}  // namespace send_action
using SendAction = std::variant<send_action::FindPublishInfo, send_action::CallSelector, send_action::Attempt,
                                send_action::Resend, send_action::Wait, send_action::Return, send_action::Raise,
                                send_action::Sent, send_action::Amend>;

// As a failed test and a log show them, in words.
namespace send_event {
std::ostream& operator<<(std::ostream& out, const Begin& event);
std::ostream& operator<<(std::ostream& out, const PublishInfoFound& event);
std::ostream& operator<<(std::ostream& out, const LookupFailed& event);
std::ostream& operator<<(std::ostream& out, const QueueSelected& event);
std::ostream& operator<<(std::ostream& out, const SelectorThrew& event);
std::ostream& operator<<(std::ostream& out, const HandedOver& event);
std::ostream& operator<<(std::ostream& out, const Answered& event);
std::ostream& operator<<(std::ostream& out, const Failed& event);
std::ostream& operator<<(std::ostream& out, const SendEvent& event);
}  // namespace send_event
namespace send_action {
std::ostream& operator<<(std::ostream& out, const FindPublishInfo& action);
std::ostream& operator<<(std::ostream& out, const CallSelector& action);
std::ostream& operator<<(std::ostream& out, const Attempt& action);
std::ostream& operator<<(std::ostream& out, const Resend& action);
std::ostream& operator<<(std::ostream& out, const Wait& action);
std::ostream& operator<<(std::ostream& out, const Return& action);
std::ostream& operator<<(std::ostream& out, const Raise& action);
std::ostream& operator<<(std::ostream& out, const Sent& action);
std::ostream& operator<<(std::ostream& out, const Amend& action);
std::ostream& operator<<(std::ostream& out, const SendAction& action);
}  // namespace send_action

/// One try as a ledger shows it: only those that reached the wire or failed to connect.
struct AttemptRecord {
  std::string broker;
  std::int32_t queue_id = 0;
  TimePoint start{};
  Duration elapsed{};
  std::int64_t timeout_millis = 0;
  /// Response-code name, TIMEOUT, CONNECT_FAILED, SEND_FAILED, CONNECTION_CLOSED, SENT; INCOMPLETE: under way.
  std::string outcome;
  int number = 0;  ///< of its send's tries, from 1: those between reached no wire; 0: of another client's, not known
};

/// "broker-a/1 SYSTEM_BUSY after 0.4 ms"
std::ostream& operator<<(std::ostream& out, const AttemptRecord& attempt);

class SendOperation {
 public:
  SendOperation(const Profile& profile, MQFaultStrategy& strategy, SendSpec spec);

  /// `thread` is the logical thread in which Java would decide this: its round-robin position is used.
  SendAction resume(SendEvent&& event, TimePoint now, ThreadId thread);

  const SendSpec& spec() const { return spec_; }
  /// What texts call the topic from now on: an attempt that reaches a broker takes the namespace off (§6.6).
  void name_topic(std::string topic) { spec_.topic = std::move(topic); }
  const std::vector<AttemptRecord>& attempts() const { return attempts_; }
  /// What the user's selector should see; set between CallSelector and QueueSelected.
  const TopicPublishInfo* publish_info() const { return info_; }

 private:
  SendAction on(send_event::Begin&);
  SendAction on(send_event::PublishInfoFound& event);
  SendAction on(send_event::LookupFailed& event);
  SendAction on(send_event::QueueSelected& event);
  SendAction on(send_event::SelectorThrew& event);
  SendAction on(send_event::HandedOver&);
  SendAction on(send_event::Answered& event);
  SendAction on(send_event::Failed& event);

  SendAction next_attempt();
  SendAction attempt(MessageQueue queue, std::int64_t timeout_millis, std::int64_t cost);
  std::int64_t capped(std::int64_t left, int tries_after, std::string_view broker) const;
  bool has_broker_besides(std::string_view broker) const;
  SendAction after_loop_failure(MQError error);
  SendAction after_hand_over(MQError error, bool thrown, std::optional<TimePoint> written);
  SendAction resend_or_raise(MQError error, bool retry);
  SendAction try_anew(MQError error);
  SendAction finish_loop(EndReason reason);
  SendAction raise(EndReason reason, MQError error);
  SendAction return_result(EndReason reason, SendResult* result);
  MQError final_error() const;
  /// ms since the budget began.
  std::int64_t elapsed_millis() const { return to_millis(now_) - first_millis_; }
  MQError wrap(Wrap how, MQError error, std::int64_t cost, TimePoint counted_from) const;
  /// Where the latency of the present async request counts from.
  TimePoint latency_begin(std::optional<TimePoint> written) const;
  void update_fault(const Verdict& verdict, const std::string& broker, TimePoint begin);
  /// Where a request for the queue goes, and whom its outcome is counted for once it was handed over.
  std::string broker_of(const MessageQueue& queue);
  std::optional<MessageQueue> select_queue(std::string_view last_broker, bool reset_index);
  /// What `make` makes goes into the log, if anybody wants to know.
  template <class Make>
  void note(Make&& make) {
    if (spec_.decisions != nullptr) spec_.decisions->push_back({now_, thread_, make()});
  }
  void note_judged(JudgedBy by, AttemptOutcome outcome, const Verdict& verdict, const std::string& broker,
                   const SendResult* result, const MQError* error, bool thrown = false);
  void begin_record(const std::string& broker);
  void end_record(std::string_view outcome);
  void end_record(const MQError& error);

  const Profile& profile_;
  MQFaultStrategy& strategy_;
  SendSpec spec_;

  TimePoint now_{};
  ThreadId thread_ = 0;
  std::int64_t first_millis_ = 0;      // when the budget began
  TopicPublishInfo* info_ = nullptr;   // default path and selector path
  int total_ = 1;                      // attempts of the loop
  int times_ = 0;                      // loop iterations completed
  std::vector<std::string> brokers_before_;  // of the tries before the present one
  std::string broker_sent_;                  // of the present one
  std::optional<MessageQueue> queue_;  // of the present attempt
  TimePoint loop_begin_{};             // `prev`: begin of the loop's present try
  TimePoint attempt_begin_{};          // the same; async: begin of the present request, which may be a retry
  std::int64_t attempt_timeout_ = 0;
  std::string async_broker_;           // broker that the present async request went to
  int async_retries_ = 0;
  bool handed_over_ = false;
  bool call_timeout_ = false;
  std::optional<SendResult> earlier_result_;
  std::optional<MQError> last_error_;
  std::vector<AttemptRecord> attempts_;
  bool recording_ = false;
};

}  // namespace rmqsim
