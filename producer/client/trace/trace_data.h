// Message traces as they travel (org.apache.rocketmq.client.trace, behaviour §10.6, wire appendix
// B): what a traced producer tells of each message, its text form, and the reverse for those who read stored traces.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/client/api/hooks.h"

namespace rmqsim {

enum class TraceType : std::uint8_t { Pub, EndTransaction };
std::string_view trace_type_name(TraceType type);

inline constexpr std::string_view kDefaultTraceTopic = "RMQ_SYS_TRACE_TOPIC";

/// Of the topics that an AccessChannel CLOUD uses, one per region.
inline constexpr std::string_view kCloudTraceTopicPrefix = "rmq_sys_TRACE_DATA_";

/// TraceContext and its one TraceBean. What Java holds as null is absent and written as `null`.
struct TraceRecord {
  TraceType type = TraceType::Pub;
  std::int64_t timestamp = 0;  ///< ms: before the send, or when the transaction ended
  std::string region_id;
  std::string group;  ///< group and topic without namespace
  std::string topic;
  std::optional<std::string> msg_id;  ///< UNIQ_KEY; a batch's is the list of its members'
  std::optional<std::string> tags;
  std::optional<std::string> keys;
  std::string store_host;  ///< the broker's address
  std::int32_t body_length = 0;  ///< bytes sent, hence after compression; Pub only, as the next one
  std::int64_t cost_time = 0;    ///< ms
  MessageType msg_type = MessageType::Normal_Msg;
  std::optional<std::string> offset_msg_id;  ///< Pub only
  bool success = false;                      ///< SEND_OK; Pub only
  std::string transaction_id;                ///< EndTransaction only, as all below
  std::string transaction_state;
  bool from_transaction_check = false;

  bool operator==(const TraceRecord&) const = default;
};

/// Fields ended by 0x01, the last by 0x02.
void encode_trace(const TraceRecord& record, std::string& out);
/// The keys under which a trace can be found: message id and the message's keys.
std::vector<std::string> trace_keys(const TraceRecord& record);
/// The records of a message body. Those of other kinds and malformed ones are left out: whoever writes to the topic
/// decides what is in it.
std::vector<TraceRecord> decode_traces(std::string_view body);

}  // namespace rmqsim
