// END_TRANSACTION (37): commits, rolls back, or leaves a half message alone, after the checks of a real broker in their
// order (wire §3.7, corrected by observed-servers C5, C6). A half message can be ended any number of times:
// each commit makes it visible once more.
#include <algorithm>

#include "fake_broker/processors/processors.h"
#include "fake_broker/store/delay_destination.h"
#include "fake_broker/store/transactions.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/codec/text.h"
#include "producer/remoting/headers/broker_headers.h"

namespace rmqsim {
namespace {

/// What handlers leave as remark that set the code of a fresh response only (observed-servers §3).
constexpr std::string_view kNoRemarkSet = "not set any response code";

void refuse(BrokerState& broker, const RemotingCommand& request, std::int32_t code, std::string_view remark,
            Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  response.code = code;
  response.remark = remark;
}

void refuse_bad_state(BrokerState& broker, const RemotingCommand& request, Reply& reply) {
  const ServerProfile& profile = broker.profile();
  answer_exception(broker, request,
                   "org.apache.rocketmq.remoting.exception.RemotingCommandException: commitOrRollback field wrong, " +
                       std::string(profile.header_package) +
                       "EndTransactionRequestHeader.checkFields(EndTransactionRequestHeader.java:" +
                       std::to_string(profile.end_transaction_check_line) + ")",
                   reply);
}

/// C6: an END that is no answer to a check comes too late once the message may have been asked about; only for
/// messages that have an immunity of their own.
bool too_late(const BrokerState& broker, const EndTransactionRequestHeader& header, const StoredRecord& record,
              TimePoint now) {
  const auto text = find_property(record.properties, MessageConst::PROPERTY_CHECK_IMMUNITY_TIME_IN_SECONDS);
  const auto seconds = text ? text::parse_int32(*text) : std::nullopt;
  if (!broker.profile().refuses_late_transaction_ends || header.from_transaction_check.value_or(false) || !seconds) {
    return false;
  }
  const std::int64_t limit = std::max(std::int64_t{*seconds} * 1000, broker.config.transactions.transaction_timeout);
  return to_millis(now) - record.born_timestamp > limit;
}

/// The message that consumers see, at once or when its delay has passed. Its key was counted with the half message.
/// False when it is refused, and the half message stays.
bool make_visible(BrokerState& broker, const RemotingCommand& request, const StoredRecord& half, TimePoint now,
                  Reply& reply) {
  const DelayDestination wait = delay_destination(broker, scan_properties(half.properties), now);
  using Kind = DelayDestination::Kind;
  if (wait.kind == Kind::timer_illegal || wait.kind == Kind::timer_disabled) {
    refuse(broker, request, refusal_code(wait.kind), refusal_text(wait.kind), reply);
    return false;
  }
  MessageProperties properties = MessageProperties::decode(half.properties);
  const std::string topic(properties.get(MessageConst::PROPERTY_REAL_TOPIC));
  const std::int32_t queue = text::parse_int32(properties.get(MessageConst::PROPERTY_REAL_QUEUE_ID)).value_or(0);
  // A real broker writes the text before it takes anything out, and writes it again only for a message that waits.
  if (wait.kind != Kind::none) properties.remove(MessageConst::PROPERTY_TRANSACTION_PREPARED);
  if (wait.kind == Kind::timer) {
    properties.set(MessageConst::PROPERTY_TIMER_OUT_MS, std::to_string(wait.timer_out_ms));
  }
  const std::string encoded = properties.encode(broker.profile().properties_end_with_separator);
  NewMessage message;
  message.topic = wait.kind == Kind::none ? std::string_view(topic) : wait.topic;
  message.queue_id = wait.kind == Kind::none ? queue : wait.queue_id;
  message.flag = half.flag;
  message.sys_flag = MessageSysFlag::reset_transaction_value(half.sys_flag, MessageSysFlag::TRANSACTION_COMMIT_TYPE);
  message.born_timestamp = half.born_timestamp;
  message.born_host = half.born_host;
  message.store_timestamp = to_millis(now);
  message.reconsume_times = half.reconsume_times;
  message.prepared_transaction_offset = half.physical_offset;
  message.body = half.body;
  message.properties = encoded;
  const Appended appended = broker.store.append(message);
  if (wait.kind != Kind::none) broker.delayed.add(wait.deliver_ms, appended.number);
  return true;
}

/// The mark by which a real broker knows that the half message is done with.
void append_op(BrokerState& broker, const StoredRecord& half, std::int64_t now_ms) {
  const std::string body = std::to_string(half.queue_offset);
  NewMessage op;
  op.topic = kOpHalfTopic;
  op.born_timestamp = op.store_timestamp = now_ms;
  op.born_host = half.born_host;
  op.body = body;
  op.properties =
      "TAGS\x01"
      "d\x02";
  broker.store.append(op);
}

void process_end_transaction(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint now,
                             Reply& reply) {
  if (broker.config.broker_id != 0) {
    return refuse(broker, request, ResponseCode::SLAVE_NOT_AVAILABLE, kNoRemarkSet, reply);
  }
  const auto header = EndTransactionRequestHeader::from_ext(request.ext_fields);
  const std::int32_t state = header.commit_or_rollback.value_or(-1);
  if (state == TransactionFlag::NOT_TYPE) return;  // no answer, and the half message goes on waiting
  if (state != TransactionFlag::COMMIT_TYPE && state != TransactionFlag::ROLLBACK_TYPE) {
    return refuse_bad_state(broker, request, reply);
  }
  const auto half = broker.store.find_physical(header.commit_log_offset.value_or(-1));
  if (!half) {
    return refuse(broker, request, ResponseCode::SYSTEM_ERROR, "Find prepared transaction message failed", reply);
  }
  if (too_late(broker, header, *half, now)) {
    return refuse(broker, request, ResponseCode::ILLEGAL_OPERATION, kNoRemarkSet, reply);
  }
  const auto group = find_property(half->properties, MessageConst::PROPERTY_PRODUCER_GROUP);
  if (!group || *group != header.producer_group.value_or("")) {
    return refuse(broker, request, ResponseCode::SYSTEM_ERROR, "The producer group wrong", reply);
  }
  if (half->queue_offset != header.tran_state_table_offset.value_or(-1)) {
    return refuse(broker, request, ResponseCode::SYSTEM_ERROR, "The transaction state table offset wrong", reply);
  }
  const bool commit = state == TransactionFlag::COMMIT_TYPE;
  const std::string key(
      find_property(half->properties, MessageConst::PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX).value_or(""));
  // The record may be evicted by what is appended for it.
  const std::string properties(half->properties), body(half->body), born_host(half->born_host);
  StoredRecord record = *half;
  record.properties = properties;
  record.body = body;
  record.born_host = born_host;
  if (commit && !make_visible(broker, request, record, now, reply)) return;
  const std::int64_t batch =
      broker.profile().notes_transaction_ends_in_batches ? broker.config.transactions.transaction_op_batch_interval : 0;
  broker.half_messages.ended(key, record.queue_offset, commit, now,
                             broker.end_notes.noted_at(broker.booted, now, batch));
  append_op(broker, record, to_millis(now));
  RemotingCommand& response = answer(broker, request, reply);
  if (!commit) response.remark = kNoRemarkSet;
}

}  // namespace

ProcessorRows end_transaction_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::END_TRANSACTION, MQVersion::V4_9_8, process_end_transaction},
  };
  return kRows;
}

}  // namespace rmqsim
