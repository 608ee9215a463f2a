// The request codes that the fake broker answers, and with what. Each file here answers a few codes and names them in
// its rows; those of consoles and operators are in admin/. A further code is a name in producer/remoting/codes.h and a
// row beside its processor.
#pragma once

#include <cstdint>
#include <span>

#include "fake_broker/broker_state.h"

namespace rmqsim {

struct ProcessorRow {
  std::int32_t code;
  std::int32_t since;  ///< MQVersion ordinal; earlier releases do not know the code
  BrokerProcessor function;
};
using ProcessorRows = std::span<const ProcessorRow>;

/// The files with rows, one a line: `heart_beat` is heart_beat.cc with heart_beat_rows().
// clang-format off
#define RMQSIM_PROCESSOR_FILES(file) \
  file(admin_requests) \
  file(broker_config) \
  file(consume_stats) \
  file(consumer_offsets) \
  file(consumer_requests) \
  file(create_topic) \
  file(delete_topic) \
  file(end_transaction) \
  file(heart_beat) \
  file(offsets) \
  file(producer_table) \
  file(pull_message) \
  file(query_message) \
  file(recall_message) \
  file(reply_message) \
  file(reset_offset) \
  file(send_message) \
  file(send_msg_back) \
  file(subscription_groups) \
  file(topic_lists) \
  file(topic_stats)
// clang-format on

#define RMQSIM_DECLARE_ROWS(name) ProcessorRows name##_rows();
RMQSIM_PROCESSOR_FILES(RMQSIM_DECLARE_ROWS)
#undef RMQSIM_DECLARE_ROWS

/// A pull that was held and has been woken.
void resume_pull(BrokerState&, std::uint64_t number, TimePoint, Reply&);
/// Answers 3, as to every code that has no processor.
void process_unknown(BrokerState&, const RemotingCommand&, const Peer&, TimePoint, Reply&);

/// Never null.
BrokerProcessor find_broker_processor(std::int32_t request_code, std::int32_t version);

}  // namespace rmqsim
