// The table of processors, and the answer to codes that have none.
#include "fake_broker/processors/processors.h"

namespace rmqsim {

namespace {

struct Entry {
  std::int32_t code;
  BrokerProcessor processor;
};

constexpr Entry kProcessors[] = {
    {RequestCode::SEND_MESSAGE_V2, process_send},
    {RequestCode::SEND_MESSAGE, process_send},
    {RequestCode::SEND_BATCH_MESSAGE, process_send},
    {RequestCode::HEART_BEAT, process_heart_beat},
    {RequestCode::UNREGISTER_CLIENT, process_unregister_client},
    {RequestCode::GET_MAX_OFFSET, process_max_offset},
    {RequestCode::GET_MIN_OFFSET, process_min_offset},
    {RequestCode::SEARCH_OFFSET_BY_TIMESTAMP, process_search_offset},
    {RequestCode::GET_EARLIEST_MSG_STORETIME, process_earliest_msg_store_time},
    {RequestCode::VIEW_MESSAGE_BY_ID, process_view_message},
    {RequestCode::PULL_MESSAGE, process_pull},
    {RequestCode::LITE_PULL_MESSAGE, process_pull},
    {RequestCode::QUERY_CONSUMER_OFFSET, process_query_consumer_offset},
    {RequestCode::UPDATE_CONSUMER_OFFSET, process_update_consumer_offset},
    {RequestCode::GET_CONSUMER_LIST_BY_GROUP, process_consumer_list},
    {RequestCode::LOCK_BATCH_MQ, process_lock_batch},
    {RequestCode::UNLOCK_BATCH_MQ, process_unlock_batch},
    {RequestCode::CHECK_CLIENT_CONFIG, process_check_client_config},
    {RequestCode::CONSUMER_SEND_MSG_BACK, process_send_msg_back},
    {RequestCode::QUERY_MESSAGE, process_query_message},
    {RequestCode::GET_BROKER_RUNTIME_INFO, process_runtime_info},
    {RequestCode::GET_CONSUMER_CONNECTION_LIST, process_consumer_connections},
    {RequestCode::GET_PRODUCER_CONNECTION_LIST, process_producer_connections},
    {RequestCode::QUERY_TOPIC_CONSUME_BY_WHO, process_topic_consume_by_who},
    {RequestCode::GET_TOPIC_CONFIG, process_topic_config},
    {RequestCode::GET_TOPIC_STATS_INFO, process_topic_stats},
    {RequestCode::GET_CONSUME_STATS, process_consume_stats},
    {RequestCode::DELETE_TOPIC_IN_BROKER, process_delete_topic},
    {RequestCode::INVOKE_BROKER_TO_RESET_OFFSET, process_reset_offset},
    {RequestCode::UPDATE_AND_CREATE_TOPIC, process_create_topic},
    {RequestCode::END_TRANSACTION, process_end_transaction},
    {RequestCode::SEND_REPLY_MESSAGE, process_reply},
    {RequestCode::SEND_REPLY_MESSAGE_V2, process_reply},
    {RequestCode::RECALL_MESSAGE, process_recall},
};

}  // namespace

BrokerProcessor find_broker_processor(std::int32_t request_code) {
  for (const Entry& entry : kProcessors) {
    if (entry.code == request_code) return entry.processor;
  }
  return process_unknown;
}

void process_unknown(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  response.code = ResponseCode::REQUEST_CODE_NOT_SUPPORTED;
  response.remark = " request type " + std::to_string(request.code) + " not supported";
}

}  // namespace rmqsim
