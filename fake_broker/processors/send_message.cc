// SEND_MESSAGE (10), SEND_MESSAGE_V2 (310) and SEND_BATCH_MESSAGE (320): header field `batch`, not the code, selects
// the batch path (wire §2.2). Single messages with a delay level, a timer or a transaction are stored in
// the system topic that a real broker would use; transactions leave it by END_TRANSACTION, the others in time.
#include <algorithm>

#include "fake_broker/processors/processors.h"
#include "fake_broker/processors/send_request.h"
#include "fake_broker/store/delay_destination.h"
#include "fake_broker/store/transactions.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/bodies/recall_handle.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {

namespace {

/// Where a single message really goes.
struct Destination {
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int32_t sys_flag = 0;
  std::string recall_handle;
  std::int64_t deliver_ms = 0;    ///< when it goes to its real topic; 0: it is there
  std::string dead_letter_topic;  ///< what `topic` views then
};

void add_real_destination(BrokerState& broker, const CheckedSend& send) {
  add_stored_property(broker, MessageConst::PROPERTY_REAL_TOPIC, *send.header.topic);
  add_stored_property(broker, MessageConst::PROPERTY_REAL_QUEUE_ID, std::to_string(send.queue_id));
}

/// A delay level wins over timers, whose properties go.
void remove_timer_properties(BrokerState& broker, const SendProperties& send) {
  if (!broker.profile().has_timers ||
      (send.timer_delay_sec.empty() && send.timer_delay_ms.empty() && send.timer_deliver_ms.empty())) {
    return;
  }
  MessageProperties properties = MessageProperties::decode(broker.stored_properties);
  for (const std::string_view name : {MessageConst::PROPERTY_TIMER_DELAY_SEC, MessageConst::PROPERTY_TIMER_DELAY_MS,
                                      MessageConst::PROPERTY_TIMER_DELIVER_MS}) {
    properties.remove(name);
  }
  broker.stored_properties = properties.encode(true);
}

std::string recall_handle(const BrokerState& broker, std::string_view topic, const DelayDestination& wait,
                          const SendProperties& properties) {
  return RecallHandle{std::string(topic), broker.config.broker_name, wait.timer_out_ms + 1,
                      std::string(properties.uniq_key)}
      .encode();
}

/// Transaction, delay level, timer: the first that applies. False when the message is refused.
bool choose_destination(BrokerState& broker, const RemotingCommand& request, const CheckedSend& send,
                        const SendProperties& properties, TimePoint now, Reply& reply, Destination& to) {
  to.topic = *send.header.topic;
  to.queue_id = send.queue_id;
  to.sys_flag = send.sys_flag;
  const std::int32_t type = MessageSysFlag::transaction_value(send.sys_flag);
  const bool may_wait = type == MessageSysFlag::TRANSACTION_NOT_TYPE || type == MessageSysFlag::TRANSACTION_COMMIT_TYPE;
  const bool half = text::parse_bool(properties.transaction);
  if ((may_wait || half) && !properties.delay.empty() && !text::parse_int32(properties.delay)) {
    answer_number_format(broker, request, properties.delay, reply);
    return false;
  }
  const std::int32_t delay = text::parse_int32(properties.delay).value_or(0);
  const std::int32_t reconsumed = send.header.reconsume_times.value_or(0);
  if (half && !(reconsumed > 0 && delay > 0)) {
    if (broker.config.reject_transaction_message) {
      refuse_send(broker, request, ResponseCode::NO_PERMISSION,
                  "the broker[" + broker.store_host.ip_to_string() + "] sending transaction message is forbidden",
                  reply);
      return false;
    }
    add_real_destination(broker, send);
    const std::string_view wait_name = MessageConst::PROPERTY_WAIT_STORE_MSG_OK;
    const auto wait_text = find_property(send.header.properties.value_or(std::string_view{}), wait_name);
    if (wait_text && !find_property(broker.stored_properties, wait_name)) {  // left out of other messages' properties
      add_stored_property(broker, wait_name, *wait_text);
    }
    if (broker.profile().half_message_has_transaction_id) {
      add_stored_property(broker, MessageConst::PROPERTY_TRANSACTION_ID, properties.uniq_key);
    }
    // A real broker takes the half message for a delayed one and names its topic.
    if (const auto wait = delay_destination(broker, properties, now); wait.kind == DelayDestination::Kind::timer) {
      to.recall_handle = recall_handle(broker, kHalfTopic, wait, properties);
    }
    to.topic = kHalfTopic;
    to.queue_id = 0;
    to.sys_flag = MessageSysFlag::reset_transaction_value(send.sys_flag, MessageSysFlag::TRANSACTION_NOT_TYPE);
    return true;
  }
  if (!may_wait) return true;
  const DelayDestination wait = delay_destination(broker, properties, now);
  using Kind = DelayDestination::Kind;
  if (wait.kind == Kind::none) return true;
  if (wait.kind == Kind::timer_illegal || wait.kind == Kind::timer_disabled) {
    refuse_send(broker, request, refusal_code(wait.kind), std::string(refusal_text(wait.kind)), reply);
    return false;
  }
  to.topic = wait.topic;
  to.queue_id = wait.queue_id;
  to.deliver_ms = wait.deliver_ms;
  if (wait.kind == Kind::level) remove_timer_properties(broker, properties);
  add_real_destination(broker, send);
  if (wait.kind == Kind::timer) {
    add_stored_property(broker, MessageConst::PROPERTY_TIMER_OUT_MS, std::to_string(wait.timer_out_ms));
    to.recall_handle = recall_handle(broker, *send.header.topic, wait, properties);
  }
  return true;
}

/// Step 8: a retry topic needs a subscription group, which is made unless that is switched off.
bool check_retry_group(BrokerState& broker, const RemotingCommand& request, std::string_view topic, TimePoint now,
                       Reply& reply) {
  if (topic.substr(0, kRetryGroupTopicPrefix.size()) != kRetryGroupTopicPrefix ||
      broker.subscription_groups.find_or_create(topic.substr(kRetryGroupTopicPrefix.size()),
                                                broker.config.auto_create_subscription_group, now)) {
    return true;
  }
  refuse_send(broker, request, ResponseCode::SUBSCRIPTION_GROUP_NOT_EXIST,
              "subscription group not exist, " + std::string(topic.substr(kRetryGroupTopicPrefix.size())) + " " +
                  std::string(broker.profile().faq_sentence),
              reply);
  return false;
}

/// The other half of step 8: a message that was tried too often goes to the dead letter queue of its group.
bool give_up(BrokerState& broker, const RemotingCommand& request, const CheckedSend& send, TimePoint now,
             Destination& to) {
  const std::string_view topic = *send.header.topic;
  if (topic.substr(0, kRetryGroupTopicPrefix.size()) != kRetryGroupTopicPrefix) return false;
  const auto* const group = broker.subscription_groups.find(topic.substr(kRetryGroupTopicPrefix.size()));
  if (group == nullptr) return false;
  std::int32_t most = group->retry_max_times;
  if (request.version >= MQVersion::V3_4_9) most = send.header.max_reconsume_times.value_or(most);
  if (send.header.reconsume_times.value_or(0) <= most) return false;
  to.dead_letter_topic = std::string(kDlqGroupTopicPrefix).append(topic.substr(kRetryGroupTopicPrefix.size()));
  if (find_or_create_group_topic(broker, to.dead_letter_topic, now) == nullptr) return false;
  to.topic = to.dead_letter_topic;
  to.queue_id = 0;
  to.sys_flag = send.sys_flag;
  add_stored_property(broker, MessageConst::PROPERTY_DELAY_TIME_LEVEL, "-1");
  return true;
}

void process_single(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now,
                    const CheckedSend& send, Reply& reply) {
  if (!check_retry_group(broker, request, *send.header.topic, now, reply)) return;
  const std::string_view text = send.header.properties.value_or(std::string_view{});
  SendProperties properties = scan_properties(text);
  make_stored_properties(broker, text, true);
  std::string made_key;
  if (properties.uniq_key.empty() && broker.profile().makes_missing_uniq_keys) {
    made_key = broker.uniq_ids.create(now);
    properties.uniq_key = made_key;
    add_stored_property(broker, MessageConst::PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX, made_key);
  }
  Destination to;
  if (!give_up(broker, request, send, now, to) &&
      !choose_destination(broker, request, send, properties, now, reply, to)) {
    return;
  }
  if (broker.stored_properties.size() > kMaxPropertiesBytes ||
      request.body.size() > static_cast<std::size_t>(broker.config.max_message_size)) {
    refuse_illegal_message(broker, request, reply);
    return;
  }
  if (refuse_without_replicas(broker, request, properties.wait, reply)) return;
  NewMessage message;
  message.topic = to.topic;
  message.queue_id = to.queue_id;
  message.flag = *send.header.flag;
  message.sys_flag = to.sys_flag;
  message.born_timestamp = *send.header.born_timestamp;
  message.born_host = peer.address;
  message.store_timestamp = to_millis(now);
  message.reconsume_times = send.header.reconsume_times.value_or(0);
  message.body = request.body;
  message.properties = broker.stored_properties;
  message.uniq_key = properties.uniq_key;
  const Appended appended = broker.store.append(message);
  reply.stored = {appended.number, 1};
  if (to.deliver_ms != 0) broker.delayed.add(to.deliver_ms, appended.number);
  if (to.topic == kHalfTopic) note_half_message(broker, appended, properties.uniq_key, message.born_timestamp);
  if (request.is_oneway()) {
    answer(broker, request, reply);  // which is not sent, so it need not say where the message went
  } else {
    broker.msg_ids.clear();
    broker.append_msg_id(appended.physical_offset, broker.msg_ids);
    const std::int32_t queue_id = to.dead_letter_topic.empty() ? send.queue_id : 0;
    answer_stored(broker, request,
                  {broker.msg_ids, queue_id, appended.queue_offset, properties.uniq_key, to.recall_handle}, reply);
  }
  wait_for_store(broker, properties.wait, reply);
}

void process_send(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now, Reply& reply) {
  CheckedSend send;
  if (!check_send(broker, request, peer, now, reply, send)) return;
  if (send.header.batch.value_or(false)) {
    process_batch(broker, request, peer, now, send, reply);
  } else {
    process_single(broker, request, peer, now, send, reply);
  }
}

}  // namespace

ProcessorRows send_message_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::SEND_MESSAGE_V2, MQVersion::V4_9_8, process_send},
      {RequestCode::SEND_MESSAGE, MQVersion::V4_9_8, process_send},
      {RequestCode::SEND_BATCH_MESSAGE, MQVersion::V4_9_8, process_send},
  };
  return kRows;
}

}  // namespace rmqsim
