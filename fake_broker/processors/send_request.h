// What SEND requests (codes 10, 310, 320) have in common before anything is stored: the header, the properties that
// matter, the checks of msgCheck in their order, and the answers to those that fail (wire §3.2, corrected
// by observed-servers §1-3). Pure; used by the send and batch processors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fake_broker/broker_state.h"
#include "producer/remoting/headers/send_headers.h"

namespace rmqsim {

/// A SEND that passed the checks.
struct CheckedSend {
  SendMessageRequestHeader header;
  const TopicConfig* topic = nullptr;
  std::int32_t queue_id = 0;  ///< drawn when the request left it to the broker
  std::int32_t sys_flag = 0;
};

/// The properties that decide where a message goes, found in one pass; views into the header. Empty = absent.
struct SendProperties {
  std::string_view uniq_key, delay, transaction, wait;
  std::string_view timer_delay_sec, timer_delay_ms, timer_deliver_ms, timer_del_uniq_key;
};
SendProperties scan_properties(std::string_view properties);

/// rejectRequest() of the processor of sends and of what consumers give back: a slave takes none, before anything else
/// is looked at (C4). True: `reply` holds the answer.
bool reject_at_slave(BrokerState& broker, const RemotingCommand& request, Reply& reply);

/// What a slave's store does: it takes no messages; replies go on to the client.
enum class SlaveRule { refuse, accept };

/// Parses and checks. False when the request is refused: `reply` then holds the answer.
bool check_send(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now, Reply& reply,
                CheckedSend& out, SlaveRule slave = SlaveRule::refuse);

/// Refuses in or after preSend: code, remark, and the extFields TRACE_ON and MSG_REGION.
void refuse_send(BrokerState& broker, const RemotingCommand& request, std::int32_t code, std::string remark,
                 Reply& reply);
/// PutMessageStatus MESSAGE_ILLEGAL and PROPERTIES_SIZE_EXCEEDED (§3.3).
void refuse_illegal_message(BrokerState& broker, const RemotingCommand& request, Reply& reply);

/// A slave's store takes nothing (§3.3).
void refuse_unavailable(BrokerState& broker, const RemotingCommand& request, Reply& reply);
/// The master has not enough slaves to store a message that waits for them; nothing is stored then (C3).
bool lacks_replicas(const BrokerState& broker, std::string_view wait);
bool refuse_without_replicas(BrokerState& broker, const RemotingCommand& request, std::string_view wait, Reply& reply);
/// Makes of the answer to a stored message what flushing and replication make of it: 10, 11, 12 (§3.3, C3).
void wait_for_store(const BrokerState& broker, std::string_view wait, Reply& reply);

/// Appends TRACE_ON and MSG_REGION.
void append_region(const BrokerState& broker, ExtFields& ext);

/// How the answer to a stored message says where it went.
struct StoredAnswer {
  std::string_view msg_id;
  std::int32_t queue_id = 0;
  std::int64_t queue_offset = 0;
  std::string_view transaction_id;  ///< 5.3.3 only; empty = absent
  std::string_view recall_handle;   ///< empty = absent
};
/// The success answer, fields in the order of that version and serialisation (observed-servers §2).
void answer_stored(BrokerState& broker, const RemotingCommand& request, const StoredAnswer& outcome, Reply& reply);
/// The same fields into an answer that was begun already.
void append_outcome(const BrokerState& broker, const StoredAnswer& outcome, RemotingCommand& response);

/// Step 2 and 11: fills broker.stored_properties with `properties` and what the broker adds. 5.3.3 adds MSG_REGION and
/// TRACE_ON; both add CLUSTER; 4.9.8 drops WAIT from single messages and the last separator (C10).
void make_stored_properties(BrokerState& broker, std::string_view properties, bool single);
/// Adds `key` to broker.stored_properties.
void add_stored_property(BrokerState& broker, std::string_view key, std::string_view value);

inline constexpr std::size_t kMaxPropertiesBytes = 32767;

/// SendMessageProcessor.sendBatchMessage (send_batch.cc).
void process_batch(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now,
                   const CheckedSend& send, Reply& reply);

}  // namespace rmqsim
