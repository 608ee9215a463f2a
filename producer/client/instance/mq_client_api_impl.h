// Requests and answers of a producer in protocol terms (MQClientAPIImpl, behaviour §8): encodes the typed
// request, hands it to RemotingClient, turns the answer into a value. Holds no state of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "producer/client/api/send_result.h"
#include "producer/client/send/send_policy.h"
#include "producer/profile/profile.h"
#include "producer/remoting/bodies/heartbeat_data.h"
#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/headers/broker_headers.h"
#include "producer/remoting/headers/send_headers.h"
#include "producer/remoting/remoting_client.h"

namespace rmqsim {

/// What a send request carries; views stay valid until the operation ends.
struct SendRequest {
  std::int32_t code = RequestCode::SEND_MESSAGE_V2;
  SendMessageRequestHeader header;
  std::string_view body;
};

/// What an answer must be seen against.
struct SendAnswerContext {
  std::string_view msg_id;        ///< UNIQ_KEY, or a batch's own key
  std::string_view batch_msg_ids;  ///< comma-joined keys of a batch's messages, else empty
  std::string_view topic;         ///< without namespace
  std::string_view broker_name;   ///< of this attempt
  std::string_view address;
};

/// MQClientAPIImpl.processSendResponse (§8.3) into `result`, or the error. Malformed successes are Java's
/// RuntimeExceptions.
std::optional<MQError> process_send_response(const Profile& profile, const RemotingCommand& response,
                                             const SendAnswerContext& expectation, SendResult& result);

/// What a broker's answer to a heartbeat says; ext fields that are absent are false (§3.8).
struct HeartbeatAnswer {
  bool supports_v2 = false;            ///< IS_SUPPORT_HEART_BEAT_V2
  bool subscriptions_changed = false;  ///< IS_SUB_CHANGE
};

/// §8.1. `smart` is sendSmartMsg: the short header. A batch has it in any case, and a reply is a reply first.
std::int32_t send_request_code(bool batch, bool reply, bool smart);

class MQClientAPIImpl {
 public:
  MQClientAPIImpl(RemotingClient& remoting, const Profile& profile) : remoting_(remoting), profile_(profile) {}

  using RouteHandler = Function<void(std::variant<TopicRouteData, MQError>)>;
  /// GET_ROUTEINFO_BY_TOPIC. MQClientException for any answer but SUCCESS with a body; a body that does not parse is a
  /// RuntimeException.
  void get_topic_route_info(const std::string& topic, std::int64_t timeout_millis, RouteHandler handler);

  /// Failures are values that callers only log, hence optional<MQError>.
  using DoneHandler = Function<void(std::optional<MQError>)>;
  /// HEART_BEAT; the one request that carries the configured language.
  using HeartbeatHandler = Function<void(std::variant<HeartbeatAnswer, MQError>)>;
  void send_heartbeat(const std::string& address, const HeartbeatData& data, LanguageCode language,
                      std::int64_t timeout_millis, HeartbeatHandler handler);
  void unregister_client(const std::string& address, const std::string& client_id, const std::string& group,
                         std::int64_t timeout_millis, DoneHandler handler);

  /// GET_MAX_OFFSET of a queue, as the detector and maxOffset() ask. MQBrokerException for any answer but SUCCESS.
  using OffsetHandler = Function<void(std::variant<std::int64_t, MQError>)>;
  void get_max_offset(const std::string& address, const std::string& topic, std::int32_t queue_id,
                      std::int64_t timeout_millis, OffsetHandler handler);

  /// `handler` gets the raw answer. For ONEWAY see RemotingClient::invoke_oneway.
  void send_message(std::string_view address, const SendRequest& request, std::int64_t timeout_millis,
                    CommunicationMode mode, InvokeHandler handler);

  /// The frame that send_message sends, under another opaque; for InvokeResult::again.
  void encode_send_message(const SendRequest& request, CommunicationMode mode, std::int32_t opaque,
                           std::string& frame) const;

  /// END_TRANSACTION (§10.1). See RemotingClient::invoke_oneway for `handler`.
  void end_transaction_oneway(const std::string& address, const EndTransactionRequestHeader& header,
                              const std::optional<std::string>& remark, InvokeHandler handler);

  /// RECALL_MESSAGE (§10.3): the id of the message, or MQBrokerException for any answer but SUCCESS.
  void recall_message(const std::string& address, const RecallMessageRequestHeader& header,
                      std::int64_t timeout_millis, Function<void(std::variant<std::string, MQError>)> handler);

  /// Any other request, given an opaque and encoded here. An empty address means the nameserver.
  void invoke_sync(std::string_view address, RemotingCommand&& command, std::int64_t timeout_millis,
                   InvokeHandler handler);
  /// As RemotingClient::invoke_async.
  void invoke_async(std::string_view address, RemotingCommand&& command, std::int64_t timeout_millis,
                    InvokeHandler handler);

  RemotingClient& remoting() { return remoting_; }

 private:
  void invoke_command(std::string_view address, RemotingCommand&& command, std::int64_t timeout_millis,
                      CommunicationMode mode, InvokeHandler handler);
  void send_hooked(std::string_view address, const SendRequest& request, std::int64_t timeout_millis,
                   CommunicationMode mode, InvokeHandler handler);
  void invoke(std::string_view address, const EncodedRequest& request, std::int64_t timeout_millis,
              CommunicationMode mode, InvokeHandler handler);

  RemotingClient& remoting_;
  const Profile& profile_;
  std::string frame_;
};

}  // namespace rmqsim
