// Everything a fake broker knows, and the form of a request processor. Pure: processors get a request, who sent it and
// the time, and fill a Reply. One file per request code (or small group) defines its processor; processors.h lists
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/settings/broker_config.h"
#include "fake_broker/shell/server_core.h"
#include "fake_broker/store/consumer_manager.h"
#include "fake_broker/store/consumer_offset_manager.h"
#include "fake_broker/store/delayed_messages.h"
#include "fake_broker/store/half_messages.h"
#include "fake_broker/store/held_pulls.h"
#include "fake_broker/store/message_store.h"
#include "fake_broker/store/producer_manager.h"
#include "fake_broker/store/topic_config_manager.h"
#include "producer/remoting/bodies/message_id.h"
#include "producer/transport/random.h"

namespace rmqsim {

struct BrokerState {
  BrokerState(BrokerConfig config, Random& random);

  BrokerConfig config;
  TopicConfigManager topics;
  MessageStore store;
  HalfMessages half_messages;
  EndNotes end_notes;
  DelayedMessages delayed;
  ProducerManager producers;
  ConsumerManager consumers;
  SubscriptionGroupManager subscription_groups;
  ConsumerOffsetManager consumer_offsets;
  RebalanceLockManager locks;
  HeldPulls held_pulls;
  Outbox outbox;
  TimePoint booted{};
  bool going_away = false;  ///< in graceful shutdown: newer clients are told to leave (§3.5)
  Random& random;
  HostAddress store_host;         ///< brokerIP1 and listenPort
  std::string store_host_hex;     ///< the same as the front half of an offsetMsgId (§4.6)
  UniqIdGenerator uniq_ids;       ///< for messages without UNIQ_KEY (§3.2 step 9)
  std::string stored_properties;  ///< scratch: properties as they will be stored
  std::string msg_ids;            ///< scratch: offsetMsgIds of the request that is being answered

  bool is_slave() const { return config.broker_id != 0; }
  /// What the emulated release does.
  const ServerProfile& profile() const { return *config.profile; }
  void set_store_host(std::string_view address);
  /// offsetMsgId of a record.
  void append_msg_id(std::int64_t physical_offset, std::string& out) const;
};

using BrokerProcessor = void (*)(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now,
                                 Reply& reply);

/// Tells every member of the group that it changed (NOTIFY_CONSUMER_IDS_CHANGED, one-way).
void notify_consumers(BrokerState& broker, std::string_view group);
/// createTopicInSendMessageBackMethod: %RETRY% and %DLQ% topics are there when they are needed.
const TopicConfig* find_or_create_group_topic(BrokerState& broker, std::string_view topic, TimePoint now,
                                              std::int32_t queues = 1);
/// validateSlave of 4.x: a slave lets nothing be changed. True when that is the answer.
bool refuse_change_of_slave(const BrokerState& broker, RemotingCommand& response);
/// A remark that ends with the FAQ sentence, as several refusals do.
std::string with_faq(const BrokerState& broker, std::string text);

/// Begins the answer and marks it to be sent.
RemotingCommand& answer(BrokerState& broker, const RemotingCommand& request, Reply& reply);
/// Fails as an exception in a processor does: code 1, no extFields (§1.5, last row).
void answer_exception(BrokerState& broker, const RemotingCommand& request, std::string text, Reply& reply);
/// The same for a null dereference: "Cannot invoke "<what>" because <why> is null, <where>".
void answer_null_pointer(BrokerState& broker, const RemotingCommand& request, std::string_view what,
                         std::string_view why, std::string_view where, Reply& reply);
/// The same for a text that is no number.
void answer_number_format(BrokerState& broker, const RemotingCommand& request, std::string_view text, Reply& reply);
/// The same for a table that is asked for a key which the request does not have.
void answer_null_key(BrokerState& broker, const RemotingCommand& request, Reply& reply);

}  // namespace rmqsim
