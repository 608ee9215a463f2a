// The request codes that the fake broker answers, and with what. Each processor lives in the file named beside it.
#pragma once

#include <cstdint>

#include "fake_broker/broker_state.h"

namespace rmqsim {

void process_send(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);        // send_message.cc
void process_heart_beat(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);  // heart_beat.cc
void process_unregister_client(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);  // heart_beat.cc
void process_max_offset(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);         // offsets.cc
void process_min_offset(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_search_offset(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_earliest_msg_store_time(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_view_message(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);         // offsets.cc
/// pull_message.cc; also LITE_PULL_MESSAGE
void process_pull(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
/// A pull that was held and has been woken.
void resume_pull(BrokerState&, std::uint64_t number, TimePoint, Reply&);
/// consumer_offsets.cc
void process_query_consumer_offset(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_update_consumer_offset(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
/// consumer_requests.cc
void process_consumer_list(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_lock_batch(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_unlock_batch(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_check_client_config(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
/// send_msg_back.cc
void process_send_msg_back(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
/// admin_requests.cc
void process_runtime_info(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_consumer_connections(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_producer_connections(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_topic_consume_by_who(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_topic_config(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_topic_stats(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);    // topic_stats.cc
void process_consume_stats(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);  // consume_stats.cc
void process_delete_topic(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);   // delete_topic.cc
void process_reset_offset(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);   // reset_offset.cc
/// query_message.cc
void process_query_message(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
void process_create_topic(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);  // create_topic.cc
void process_reply(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);   // reply_message.cc
void process_recall(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);  // recall_message.cc
/// end_transaction.cc
void process_end_transaction(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);
/// Answers 3 to every code that has no processor.
void process_unknown(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);  // processors.cc

/// Never null.
BrokerProcessor find_broker_processor(std::int32_t request_code);

}  // namespace rmqsim
