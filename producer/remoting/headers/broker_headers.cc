// One field list per header drives both directions, so they cannot disagree.
#include "producer/remoting/headers/broker_headers.h"

#include "producer/remoting/codec/header_fields.h"

namespace rmqsim {
namespace {

struct BrokerFields {
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, EndTransactionRequestHeader>
  static void visit(H& h, V&& v) {
    v("topic", h.topic);
    v("producerGroup", h.producer_group);
    v("tranStateTableOffset", h.tran_state_table_offset);
    v("commitLogOffset", h.commit_log_offset);
    v("commitOrRollback", h.commit_or_rollback);
    v("fromTransactionCheck", h.from_transaction_check);
    v("msgId", h.msg_id);
    v("transactionId", h.transaction_id);
    v("bname", h.broker_name);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, CheckTransactionStateRequestHeader>
  static void visit(H& h, V&& v) {
    v("topic", h.topic);
    v("tranStateTableOffset", h.tran_state_table_offset);
    v("commitLogOffset", h.commit_log_offset);
    v("msgId", h.msg_id);
    v("transactionId", h.transaction_id);
    v("offsetMsgId", h.offset_msg_id);
    v("bname", h.broker_name);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, UnregisterClientRequestHeader>
  static void visit(H& h, V&& v) {
    v("clientID", h.client_id);
    v("producerGroup", h.producer_group);
    v("consumerGroup", h.consumer_group);
    v("bname", h.broker_name);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, GetMaxOffsetRequestHeader>
  static void visit(H& h, V&& v) {
    v("topic", h.topic);
    v("queueId", h.queue_id);
    v("committed", h.committed);
    v("bname", h.broker_name);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, GetMaxOffsetResponseHeader>
  static void visit(H& h, V&& v) { v("offset", h.offset); }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, ReplyMessageRequestHeader>
  static void visit(H& h, V&& v) {
    v("producerGroup", h.producer_group);
    v("topic", h.topic);
    v("defaultTopic", h.default_topic);
    v("defaultTopicQueueNums", h.default_topic_queue_nums);
    v("queueId", h.queue_id);
    v("sysFlag", h.sys_flag);
    v("bornTimestamp", h.born_timestamp);
    v("flag", h.flag);
    v("properties", h.properties);
    v("reconsumeTimes", h.reconsume_times);
    v("unitMode", h.unit_mode);
    v("bornHost", h.born_host);
    v("storeHost", h.store_host);
    v("storeTimestamp", h.store_timestamp);
    v("bname", h.broker_name);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, CreateTopicRequestHeader>
  static void visit(H& h, V&& v) {
    v("topic", h.topic);
    v("defaultTopic", h.default_topic);
    v("readQueueNums", h.read_queue_nums);
    v("writeQueueNums", h.write_queue_nums);
    v("perm", h.perm);
    v("topicFilterType", h.topic_filter_type);
    v("topicSysFlag", h.topic_sys_flag);
    v("order", h.order);
    v("attributes", h.attributes);
    v("force", h.force);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, RecallMessageRequestHeader>
  static void visit(H& h, V&& v) {
    v("producerGroup", h.producer_group);
    v("topic", h.topic);
    v("recallHandle", h.recall_handle);
    v("bname", h.broker_name);
  }
};

}  // namespace

RMQSIM_HEADER_CODEC(BrokerFields, EndTransactionRequestHeader)
RMQSIM_HEADER_CODEC(BrokerFields, CheckTransactionStateRequestHeader)
RMQSIM_HEADER_CODEC(BrokerFields, UnregisterClientRequestHeader)
RMQSIM_HEADER_CODEC(BrokerFields, GetMaxOffsetRequestHeader)
RMQSIM_HEADER_CODEC(BrokerFields, GetMaxOffsetResponseHeader)
RMQSIM_HEADER_CODEC(BrokerFields, ReplyMessageRequestHeader)
RMQSIM_HEADER_CODEC(BrokerFields, CreateTopicRequestHeader)
RMQSIM_HEADER_CODEC(BrokerFields, RecallMessageRequestHeader)

}  // namespace rmqsim
