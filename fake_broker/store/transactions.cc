// Bookkeeping of half messages, and the scan.
#include "fake_broker/store/transactions.h"

#include <algorithm>
#include <utility>

#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/codec/text.h"
#include "producer/remoting/headers/broker_headers.h"

namespace rmqsim {
namespace {

/// CHECK_IMMUNITY_TIME_IN_SECONDS in ms, or transactionTimeOut when there is none or it is no number.
std::int64_t immunity(const BrokerState& broker, std::string_view properties) {
  const std::int64_t fallback = broker.config.transactions.transaction_timeout;
  const auto text = find_property(properties, MessageConst::PROPERTY_CHECK_IMMUNITY_TIME_IN_SECONDS);
  const auto seconds = text ? text::parse_int32(*text) : std::nullopt;
  return seconds && *seconds >= 0 ? std::int64_t{*seconds} * 1000 : fallback;
}

/// The record as it is appended anew or put aside. Its key stays that of the first record, which has been counted.
NewMessage copy_of(const StoredRecord& record, std::string_view topic, std::string_view properties) {
  NewMessage message;
  message.topic = topic;
  message.flag = record.flag;
  message.sys_flag = record.sys_flag;
  message.born_timestamp = record.born_timestamp;
  message.born_host = record.born_host;
  message.store_timestamp = record.store_timestamp;
  message.reconsume_times = record.reconsume_times;
  message.body = record.body;
  message.properties = properties;
  return message;
}

ServerRequest question(const BrokerState& broker, const HalfMessage& half, const StoredRecord& record,
                       std::uint64_t connection) {
  StoredMessage stored = to_stored_message(record, broker.store_host);
  if (const auto topic = find_property(record.properties, MessageConst::PROPERTY_REAL_TOPIC)) stored.topic = *topic;
  if (const auto queue = find_property(record.properties, MessageConst::PROPERTY_REAL_QUEUE_ID)) {
    stored.queue_id = text::parse_int32(*queue).value_or(0);
  }
  CheckTransactionStateRequestHeader header;
  header.tran_state_table_offset = record.queue_offset;
  header.commit_log_offset = record.physical_offset;
  header.msg_id = half.key;
  header.transaction_id = half.key;
  header.offset_msg_id = stored.offset_msg_id();
  if (broker.profile().check_names_topic_and_broker) {
    header.topic = kHalfTopic;
    header.broker_name = broker.config.broker_name;
  }
  ServerRequest request;
  request.connection = connection;
  request.command = RemotingCommand::request(RequestCode::CHECK_TRANSACTION_STATE, broker.profile().version);
  header.to_ext(request.command.ext());
  stored.encode_to(request.command.body);
  return request;
}

}  // namespace

void note_half_message(BrokerState& broker, const Appended& appended, std::string_view uniq_key,
                       std::int64_t born_timestamp) {
  HalfMessage half;
  half.key = uniq_key;
  half.group = find_property(broker.stored_properties, MessageConst::PROPERTY_PRODUCER_GROUP).value_or("");
  half.physical_offset = appended.physical_offset;
  half.queue_offset = appended.queue_offset;
  half.born_timestamp = born_timestamp;
  half.immunity = immunity(broker, broker.stored_properties);
  broker.half_messages.add(std::move(half));
}

std::vector<ServerRequest> scan_half_messages(BrokerState& broker, TimePoint now) {
  std::vector<ServerRequest> out;
  for (const HalfMessage& half : broker.half_messages.due(now)) {
    const auto record = broker.store.find_physical(half.physical_offset);
    if (!record) {
      broker.half_messages.lost(half.queue_offset);
      continue;
    }
    if (half.checks >= broker.config.transactions.transaction_check_max) {
      const std::string properties(record->properties);
      broker.store.append(copy_of(*record, kCheckMaxTimeTopic, properties));
      broker.half_messages.discarded(half.queue_offset);
      continue;
    }
    MessageProperties properties = MessageProperties::decode(record->properties);
    properties.set(MessageConst::PROPERTY_TRANSACTION_CHECK_TIMES, std::to_string(half.checks + 1));
    properties.set(MessageConst::PROPERTY_WAIT_STORE_MSG_OK, "false");
    const std::string encoded = properties.encode(broker.profile().properties_end_with_separator);
    const Appended appended = broker.store.append(copy_of(*record, kHalfTopic, encoded));
    const auto client = broker.producers.available(half.group);
    const auto anew = broker.store.find(appended.number);
    const bool asks = client && anew;
    broker.half_messages.checked(half.queue_offset, appended.queue_offset, appended.physical_offset, asks);
    if (asks) out.push_back(question(broker, half, *anew, client->connection));
  }
  return out;
}

}  // namespace rmqsim
