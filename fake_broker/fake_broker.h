// A stand-in for a RocketMQ broker, as far as a producer can tell: what it answers, in the texts and codes of 5.3.3 or
// 4.9.8, and what it stored. Pure: FakeBrokerServer drives it with requests and times. See README.md for what it is not
// faithful about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/broker_state.h"
#include "fake_broker/shell/server_core.h"
#include "producer/transport/function.h"

namespace rmqsim {

class FakeBroker final : public ServerCore {
 public:
  /// `random` draws queue ids that a request leaves open, and makes keys for messages without.
  FakeBroker(BrokerConfig config, Random& random);

  const std::string& name() const override { return state_.config.name; }
  const ServerProfile& profile() const override { return state_.profile(); }
  RequestFacts facts(const RemotingCommand& request) const override;
  std::string_view uniq_key(const RemotingCommand& request, const RequestFacts& facts) const override;
  std::string_view first_member_key(const RemotingCommand& request) const override;
  void process(const RemotingCommand& request, const Peer& peer, TimePoint now, Reply& reply) override;
  /// For codes 0, 10, 11 and 12 on a send: the fields that clients read, with invented values.
  void compose(const RemotingCommand& request, std::int32_t code, const std::optional<std::string>& remark,
               RemotingCommand& response) const override;
  /// A send's fields stay for 10, 11 and 12 (§3.3) and go for any other code.
  void reshape(RemotingCommand& response, std::int32_t code, const std::optional<std::string>& remark) const override;
  void acknowledge(StoredRange stored) override { state_.store.acknowledge(stored); }
  void connection_closed(std::uint64_t connection, TimePoint now) override;
  /// Store and offsets survive, as files do; who was connected, locked or waited does not.
  void crashed() override;
  Outbox* outbox() override { return &state_.outbox; }
  void resume(std::uint64_t number, TimePoint now, Reply& reply) override;

  /// Graceful shutdown has begun: from now on clients newer than 5.3.1 are answered 1500 (§3.5).
  void go_away() { state_.going_away = true; }

  /// "ip:port" under which clients know the broker: offsetMsgIds and remarks carry it.
  void set_address(std::string_view address) { state_.set_store_host(address); }

  /// Adds or replaces a topic.
  void put_topic(std::string_view topic, std::int32_t queues, std::int32_t perm, TimePoint now);
  /// As `updateTopicPerm`; false when the topic is unknown, or has it already.
  bool set_perm(std::string_view topic, std::int32_t perm, TimePoint now);
  /// brokerPermission 4 or 6: masks what the broker registers; sends are still accepted, as by a real one (§3.2).
  void set_read_only(bool read_only, TimePoint now);
  /// Sets a broker property by its Java name (brokerPermission, autoCreateTopicEnable, autoCreateSubscriptionGroup,
  /// maxMessageSize, recallMessageEnable, rejectTransactionMessage, timerWheelEnable, traceOn,
  /// transactionCheckInterval, transactionCheckMax, transactionOpBatchInterval, transactionTimeOut, regionId,
  /// messageDelayLevel, brokerRole, inSyncReplicas, slaveTimeout, flushDiskType, syncFlushTimeout,
  /// enableMixedMessageType, enableSlaveActingMaster). Returns what is wrong, if anything.
  std::optional<std::string> set_config(std::string_view key, std::string_view value, TimePoint now);

  /// Half messages are scanned at this time and every transactionCheckInterval from it on.
  void begin_scans(TimePoint origin) {
    scans_from_ = last_scan_ = origin;
    state_.held_pulls.begin(origin);
    state_.booted = origin;
    state_.end_notes = {};
    state_.half_messages.restarted(origin);
    state_.going_away = false;
  }
  /// When the next scan has something to do; nullopt: there is nothing to wait for.
  std::optional<TimePoint> next_scan() const {
    return state_.half_messages.next_scan(scans_from_, last_scan_, state_.config.transactions);
  }
  /// Makes a scan: what must be asked of whom.
  std::vector<ServerRequest> scan(TimePoint now);

  /// When the broker has something to do by itself: a scan, a delayed message to deliver, held pulls to answer.
  std::optional<TimePoint> next_due() const;
  /// Does it; what must be sent lies in the Outbox.
  void run_due(TimePoint now);
  /// Called when next_due() has changed.
  void on_due_changed(Task handler) { due_changed_ = std::move(handler); }

  /// Called after every change of the topic table or of the broker's permission, so that it can be registered.
  void on_topics_changed(Task handler) { topics_changed_ = std::move(handler); }

  const BrokerState& state() const { return state_; }
  BrokerState& state() { return state_; }
  const MessageStore& store() const { return state_.store; }

 private:
  void report_changes();
  /// Wakes the pulls that wait for what was stored since the last call, and tells of changes.
  void after_changes(TimePoint now);

  BrokerState state_;
  Task topics_changed_;
  std::uint64_t reported_changes_ = 0;
  TimePoint scans_from_{};
  TimePoint last_scan_{};
  Task due_changed_;
  std::optional<TimePoint> reported_due_;
  std::uint64_t arrivals_seen_ = 0;  ///< records before this number have woken whom they wake
};

}  // namespace rmqsim
