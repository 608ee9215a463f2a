// The transaction side of a fake broker besides answering requests: half messages enter here when they are stored, and
// a scan appends them anew and makes the questions to their producers (wire §3.7). Pure.
#pragma once

#include <string_view>
#include <vector>

#include "fake_broker/broker_state.h"

namespace rmqsim {

inline constexpr std::string_view kHalfTopic = "RMQ_SYS_TRANS_HALF_TOPIC";
inline constexpr std::string_view kOpHalfTopic = "RMQ_SYS_TRANS_OP_HALF_TOPIC";
inline constexpr std::string_view kCheckMaxTimeTopic = "TRANS_CHECK_MAX_TIME_TOPIC";

/// Takes note of a half message that was just appended with these properties.
void note_half_message(BrokerState& broker, const Appended& appended, std::string_view uniq_key,
                       std::int64_t born_timestamp);

/// One scan: half messages that have had their checks are moved to TRANS_CHECK_MAX_TIME_TOPIC, the others appended anew
/// and asked about. Each question goes to one live client of the group, in turn; a group without any gets none, and the
/// check counts all the same.
std::vector<ServerRequest> scan_half_messages(BrokerState& broker, TimePoint now);

}  // namespace rmqsim
