// Drives one SendOperation by hand: brokers broker-a, broker-b, broker-c with four queues each of topic T, index start
// 0, so that the first queue is a/1. Times are milliseconds since the first call.
#pragma once

#include <string>

#include "producer/client/send/send_operation.h"

namespace rmqsim {

class SendScript {
 public:
  explicit SendScript(const Profile& profile, SendSettings settings = {},
                      CommunicationMode mode = CommunicationMode::SYNC, SendPath path = SendPath::default_path,
                      DecisionLog* decisions = nullptr)
      : profile_(profile), source_{0, {5, 9, 2}, nullptr, false}, info_(make_info()),
        strategy_(profile, &source_),
        operation_(profile, strategy_, make_spec(profile, settings, mode, path, decisions)) {}

  SendScript& at(std::int64_t ms) {
    now_ = kSimEpoch + millis(ms);
    return *this;
  }
  SendAction begin() { return resume(send_event::Begin{}); }
  SendAction found() { return resume(send_event::PublishInfoFound{&info_, true}); }
  SendAction not_found(bool has_name_server) {
    return resume(send_event::PublishInfoFound{nullptr, has_name_server});
  }
  SendAction selected(MessageQueue queue) { return resume(send_event::QueueSelected{std::move(queue)}); }
  SendAction handed_over() { return resume(send_event::HandedOver{}); }
  SendAction answered(SendStatus status) {
    answer_ = {};
    answer_.status = status;
    return resume(send_event::Answered{&answer_});
  }
  /// The answer to an async request that left at that time.
  SendAction answered_to(std::int64_t written_ms) {
    answer_ = {};
    answer_.status = SendStatus::SEND_OK;
    return resume(send_event::Answered{&answer_, kSimEpoch + millis(written_ms)});
  }
  SendAction failed_of(std::int64_t written_ms, MQError error) {
    return resume(send_event::Failed{std::move(error), true, false, kSimEpoch + millis(written_ms)});
  }
  SendAction failed(MQError error) { return resume(send_event::Failed{std::move(error)}); }
  SendAction failed_later(MQError error, bool thrown = false) {
    return resume(send_event::Failed{std::move(error), true, thrown});
  }

  MQError broker_error(std::int32_t code) const { return broker_exception(profile_, code, "injected", "10.0.0.1:1"); }
  static MessageQueue queue(const std::string& broker, std::int32_t id) { return {"T", "broker-" + broker, id}; }
  static MQError raised(const SendAction& action) {
    const auto* raise = std::get_if<send_action::Raise>(&action);
    return raise == nullptr ? runtime_exception(ErrorType::RuntimeException, "nothing was raised") : raise->error;
  }
  MQFaultStrategy& strategy() { return strategy_; }
  const SendOperation& operation() const { return operation_; }

 private:
  SendAction resume(SendEvent event) { return operation_.resume(std::move(event), now_, 7); }

  TopicPublishInfo make_info() const {
    TopicRouteData route;
    for (const char* name : {"broker-a", "broker-b", "broker-c"}) {
      route.queue_datas.push_back({name, 4, 4, PermName::PERM_READ | PermName::PERM_WRITE, 0});
      BrokerData broker;
      broker.broker_name = name;
      broker.broker_addrs[kMasterId] = "10.0.0.1:10911";
      route.broker_datas.push_back(std::move(broker));
    }
    return TopicPublishInfo::from_route("T", std::move(route), &source_);
  }
  static SendSpec make_spec(const Profile& profile, SendSettings settings, CommunicationMode mode, SendPath path,
                            DecisionLog* decisions) {
    SendSpec spec;
    spec.mode = mode;
    spec.path = path;
    spec.topic = "T";
    spec.settings = settings;
    spec.settings.retry_response_codes = &profile.retry_response_codes;
    if (path == SendPath::queue) spec.queue = queue("b", 2);
    spec.record_attempts = true;
    spec.decisions = decisions;
    return spec;
  }

  const Profile& profile_;
  QueueIndexSource source_;
  TopicPublishInfo info_;
  MQFaultStrategy strategy_;
  SendOperation operation_;
  SendResult answer_;
  TimePoint now_ = kSimEpoch;
};

}  // namespace rmqsim
