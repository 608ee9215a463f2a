// One field list per header, as in broker_headers.cc. The order of the pull answer is that of a recorded 5.3.3 broker.
#include "producer/remoting/headers/consumer_headers.h"

#include "producer/remoting/codec/header_fields.h"

namespace rmqsim {
namespace {

struct ConsumerFields {
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, PullMessageRequestHeader>
  static void visit(H& h, V&& v) {
    v("consumerGroup", h.consumer_group);
    v("topic", h.topic);
    v("queueId", h.queue_id);
    v("queueOffset", h.queue_offset);
    v("maxMsgNums", h.max_msg_nums);
    v("sysFlag", h.sys_flag);
    v("commitOffset", h.commit_offset);
    v("suspendTimeoutMillis", h.suspend_timeout_millis);
    v("subscription", h.subscription);
    v("subVersion", h.sub_version);
    v("expressionType", h.expression_type);
    v("maxMsgBytes", h.max_msg_bytes);
    v("bname", h.broker_name);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, PullMessageResponseHeader>
  static void visit(H& h, V&& v) {
    v("suggestWhichBrokerId", h.suggest_which_broker_id);
    v("groupSysFlag", h.group_sys_flag);
    v("nextBeginOffset", h.next_begin_offset);
    v("maxOffset", h.max_offset);
    v("minOffset", h.min_offset);
    v("topicSysFlag", h.topic_sys_flag);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, ConsumerOffsetRequestHeader>
  static void visit(H& h, V&& v) {
    v("consumerGroup", h.consumer_group);
    v("topic", h.topic);
    v("queueId", h.queue_id);
    v("commitOffset", h.commit_offset);
    v("setZeroIfNotFound", h.set_zero_if_not_found);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, ConsumerSendMsgBackRequestHeader>
  static void visit(H& h, V&& v) {
    v("offset", h.offset);
    v("group", h.group);
    v("delayLevel", h.delay_level);
    v("originMsgId", h.origin_msg_id);
    v("originTopic", h.origin_topic);
    v("unitMode", h.unit_mode);
    v("maxReconsumeTimes", h.max_reconsume_times);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, QueryMessageRequestHeader>
  static void visit(H& h, V&& v) {
    v("topic", h.topic);
    v("key", h.key);
    v("maxNum", h.max_num);
    v("beginTimestamp", h.begin_timestamp);
    v("endTimestamp", h.end_timestamp);
  }
};

}  // namespace

RMQSIM_HEADER_CODEC(ConsumerFields, PullMessageRequestHeader)
RMQSIM_HEADER_CODEC(ConsumerFields, PullMessageResponseHeader)
RMQSIM_HEADER_CODEC(ConsumerFields, ConsumerOffsetRequestHeader)
RMQSIM_HEADER_CODEC(ConsumerFields, ConsumerSendMsgBackRequestHeader)
RMQSIM_HEADER_CODEC(ConsumerFields, QueryMessageRequestHeader)

}  // namespace rmqsim
