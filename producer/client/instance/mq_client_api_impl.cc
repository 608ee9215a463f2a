#include "producer/client/instance/mq_client_api_impl.h"

#include <utility>

#include "producer/remoting/headers/broker_headers.h"
#include "producer/remoting/headers/namesrv_headers.h"

namespace rmqsim {

std::int32_t send_request_code(bool batch, bool reply, bool smart) {
  if (reply) return smart ? RequestCode::SEND_REPLY_MESSAGE_V2 : RequestCode::SEND_REPLY_MESSAGE;
  if (batch) return RequestCode::SEND_BATCH_MESSAGE;
  return smart ? RequestCode::SEND_MESSAGE_V2 : RequestCode::SEND_MESSAGE;
}

std::optional<MQError> process_send_response(const Profile& profile, const RemotingCommand& response,
                                             const SendAnswerContext& expectation, SendResult& result) {
  switch (response.code) {
    case ResponseCode::SUCCESS: result.status = SendStatus::SEND_OK; break;
    case ResponseCode::FLUSH_DISK_TIMEOUT: result.status = SendStatus::FLUSH_DISK_TIMEOUT; break;
    case ResponseCode::FLUSH_SLAVE_TIMEOUT: result.status = SendStatus::FLUSH_SLAVE_TIMEOUT; break;
    case ResponseCode::SLAVE_NOT_AVAILABLE: result.status = SendStatus::SLAVE_NOT_AVAILABLE; break;
    default: return broker_exception(profile, response.code, response.remark, expectation.address);
  }
  SendMessageResponseHeader header;
  std::string_view malformed;
  if (header.from_ext(response.ext_fields, &malformed)) {
    return runtime_exception(ErrorType::NumberFormatException, "For input string: \"" + std::string(malformed) + "\"");
  }
  if (!response.has_ext_fields || !header.queue_id || !header.queue_offset) {
    return runtime_exception(ErrorType::NullPointerException, "null");
  }
  result.msg_id = expectation.msg_id;
  if (!expectation.batch_msg_ids.empty() && !(profile.batch_has_uniq_key && header.batch_uniq_id)) {
    result.msg_id = expectation.batch_msg_ids;
  }
  if (header.msg_id) result.offset_msg_id = *header.msg_id;
  result.message_queue.setTopic(std::string(expectation.topic));
  result.message_queue.setBrokerName(std::string(expectation.broker_name));
  result.message_queue.setQueueId(*header.queue_id);
  result.queue_offset = *header.queue_offset;
  if (header.transaction_id) result.transaction_id = std::string(*header.transaction_id);
  if (header.recall_handle) result.recall_handle = std::string(*header.recall_handle);
  if (header.msg_region && !header.msg_region->empty()) result.region_id = *header.msg_region;
  result.trace_on = !(header.trace_on && *header.trace_on == "false");
  return std::nullopt;
}

void MQClientAPIImpl::invoke_sync(std::string_view address, RemotingCommand&& command, std::int64_t timeout_millis,
                                  InvokeHandler handler) {
  invoke_command(address, std::move(command), timeout_millis, CommunicationMode::SYNC, std::move(handler));
}

void MQClientAPIImpl::invoke_async(std::string_view address, RemotingCommand&& command, std::int64_t timeout_millis,
                                   InvokeHandler handler) {
  invoke_command(address, std::move(command), timeout_millis, CommunicationMode::ASYNC, std::move(handler));
}

void MQClientAPIImpl::invoke_command(std::string_view address, RemotingCommand&& request, std::int64_t timeout_millis,
                                     CommunicationMode mode, InvokeHandler handler) {
  auto command = std::make_unique<RemotingCommand>(std::move(request));
  command->opaque = remoting_.next_opaque();
  command->serialize_type = remoting_.serialize_type();
  frame_.clear();
  const bool hooked = remoting_.has_rpc_hooks();
  if (!hooked) encode(*command, frame_);
  const EncodedRequest encoded{command->code, command->opaque, frame_, hooked ? command.get() : nullptr};
  auto repeatable = [command = std::move(command), handler = std::move(handler)](InvokeResult result) mutable {
    if (result.again == nullptr) return handler(result);
    command->opaque = result.again->opaque;
    encode(*command, result.again->frame);
  };
  invoke(address, encoded, timeout_millis, mode, std::move(repeatable));
}

void MQClientAPIImpl::get_topic_route_info(const std::string& topic, std::int64_t timeout_millis,
                                           RouteHandler handler) {
  RemotingCommand command = RemotingCommand::request(RequestCode::GET_ROUTEINFO_BY_TOPIC, profile_.version);
  GetRouteInfoRequestHeader{.topic = topic, .accept_standard_json_only = {}}.to_ext(command.ext());
  auto handle = [this, handler = std::move(handler)](InvokeResult result) mutable {
    if (result.error != nullptr) return handler(std::move(*result.error));
    const RemotingCommand& response = *result.response;
    if (response.code != ResponseCode::SUCCESS || response.body.empty()) {
      return handler(client_exception(profile_, response.code, response.remark.value_or("null")));
    }
    TopicRouteData route;
    if (const error_code ec = TopicRouteData::decode(response.body, route)) {
      return handler(runtime_exception(ErrorType::RuntimeException, ec.message()));
    }
    handler(std::move(route));
  };
  invoke_sync("", std::move(command), timeout_millis, std::move(handle));
}

namespace {

InvokeHandler expect_success(const Profile& profile, std::string address, MQClientAPIImpl::DoneHandler handler) {
  return [&profile, address = std::move(address), handler = std::move(handler)](InvokeResult result) mutable {
    if (result.error != nullptr) return handler(std::move(*result.error));
    if (result.response->code == ResponseCode::SUCCESS) return handler(std::nullopt);
    handler(broker_exception(profile, result.response->code, result.response->remark, address));
  };
}

}  // namespace

void MQClientAPIImpl::send_heartbeat(const std::string& address, const HeartbeatData& data, LanguageCode language,
                                     std::int64_t timeout_millis, HeartbeatHandler handler) {
  RemotingCommand command = RemotingCommand::request(RequestCode::HEART_BEAT, profile_.version);
  command.language = language;
  if (profile_.heartbeat_has_fingerprint) command.ext();  // 5.x sends an empty typed header, 4.9.8 none (§3.7)
  command.body = data.encode();
  auto handle = [this, address, handler = std::move(handler)](InvokeResult result) mutable {
    if (result.error != nullptr) return handler(std::move(*result.error));
    const RemotingCommand& response = *result.response;
    if (response.code != ResponseCode::SUCCESS) {
      return handler(broker_exception(profile_, response.code, response.remark, address));
    }
    handler(HeartbeatAnswer{response.ext_fields.get_bool("IS_SUPPORT_HEART_BEAT_V2"),
                            response.ext_fields.get_bool("IS_SUB_CHANGE")});
  };
  invoke_sync(address, std::move(command), timeout_millis, std::move(handle));
}

void MQClientAPIImpl::unregister_client(const std::string& address, const std::string& client_id,
                                        const std::string& group, std::int64_t timeout_millis, DoneHandler handler) {
  RemotingCommand command = RemotingCommand::request(RequestCode::UNREGISTER_CLIENT, profile_.version);
  UnregisterClientRequestHeader header;
  header.client_id = client_id;
  header.producer_group = group;
  header.to_ext(command.ext());
  invoke_sync(address, std::move(command), timeout_millis, expect_success(profile_, address, std::move(handler)));
}

void MQClientAPIImpl::get_max_offset(const std::string& address, const std::string& topic, std::int32_t queue_id,
                                     std::int64_t timeout_millis, OffsetHandler handler) {
  RemotingCommand command = RemotingCommand::request(RequestCode::GET_MAX_OFFSET, profile_.version);
  GetMaxOffsetRequestHeader header;
  header.topic = topic;
  header.queue_id = queue_id;
  header.committed = true;
  header.to_ext(command.ext());
  auto handle = [this, address, handler = std::move(handler)](InvokeResult result) mutable {
    if (result.error != nullptr) return handler(std::move(*result.error));
    const RemotingCommand& response = *result.response;
    if (response.code != ResponseCode::SUCCESS) {
      return handler(broker_exception(profile_, response.code, response.remark, address));
    }
    const auto answer = GetMaxOffsetResponseHeader::from_ext(response.ext_fields);
    if (!answer.offset) return handler(runtime_exception(ErrorType::NullPointerException, "null"));
    handler(*answer.offset);
  };
  invoke_sync(address, std::move(command), timeout_millis, std::move(handle));
}

void MQClientAPIImpl::encode_send_message(const SendRequest& request, CommunicationMode mode, std::int32_t opaque,
                                          std::string& frame) const {
  FrameHead head;
  head.code = request.code;
  head.version = profile_.version;
  head.opaque = opaque;
  head.serialize_type = remoting_.serialize_type();
  if (mode == CommunicationMode::ONEWAY) head.flag = RemotingCommand::kOnewayFlag;
  encode_frame(head, request.header, send_header_form(request.code), request.body, frame);
}

void MQClientAPIImpl::end_transaction_oneway(const std::string& address, const EndTransactionRequestHeader& header,
                                             const std::optional<std::string>& remark, InvokeHandler handler) {
  RemotingCommand command = RemotingCommand::request(RequestCode::END_TRANSACTION, profile_.version);
  command.mark_oneway();
  command.remark = remark;
  header.to_ext(command.ext());
  command.opaque = remoting_.next_opaque();
  command.serialize_type = remoting_.serialize_type();
  frame_.clear();
  const bool hooked = remoting_.has_rpc_hooks();
  if (!hooked) encode(command, frame_);
  remoting_.invoke_oneway(address, {command.code, command.opaque, frame_, hooked ? &command : nullptr},
                          std::move(handler));
}

void MQClientAPIImpl::recall_message(const std::string& address, const RecallMessageRequestHeader& header,
                                     std::int64_t timeout_millis,
                                     Function<void(std::variant<std::string, MQError>)> handler) {
  RemotingCommand command = RemotingCommand::request(RequestCode::RECALL_MESSAGE, profile_.version);
  header.to_ext(command.ext());
  invoke_sync(address, std::move(command), timeout_millis,
              [this, address, handler = std::move(handler)](InvokeResult result) mutable {
                if (result.error != nullptr) return handler(std::move(*result.error));
                const RemotingCommand& response = *result.response;
                if (response.code != ResponseCode::SUCCESS) {
                  return handler(broker_exception(profile_, response.code, response.remark, address));
                }
                handler(std::string(response.ext_fields.get("msgId")));
              });
}

void MQClientAPIImpl::send_message(std::string_view address, const SendRequest& request, std::int64_t timeout_millis,
                                   CommunicationMode mode, InvokeHandler handler) {
  if (remoting_.has_rpc_hooks()) return send_hooked(address, request, timeout_millis, mode, std::move(handler));
  const std::int32_t opaque = remoting_.next_opaque();
  frame_.clear();
  encode_send_message(request, mode, opaque, frame_);
  invoke(address, {request.code, opaque, frame_}, timeout_millis, mode, std::move(handler));
}

/// The same request as a command, whose ext fields a hook can read and add to.
void MQClientAPIImpl::send_hooked(std::string_view address, const SendRequest& request, std::int64_t timeout_millis,
                                  CommunicationMode mode, InvokeHandler handler) {
  RemotingCommand command = RemotingCommand::request(request.code, profile_.version);
  command.opaque = remoting_.next_opaque();
  command.serialize_type = remoting_.serialize_type();
  if (mode == CommunicationMode::ONEWAY) command.mark_oneway();
  request.header.to_ext(command.ext(), send_header_form(request.code));
  command.body = request.body;
  invoke(address, {command.code, command.opaque, {}, &command}, timeout_millis, mode, std::move(handler));
}

void MQClientAPIImpl::invoke(std::string_view address, const EncodedRequest& request, std::int64_t timeout_millis,
                             CommunicationMode mode, InvokeHandler handler) {
  switch (mode) {
    case CommunicationMode::SYNC: return remoting_.invoke_sync(address, request, timeout_millis, std::move(handler));
    case CommunicationMode::ASYNC: return remoting_.invoke_async(address, request, timeout_millis, std::move(handler));
    case CommunicationMode::ONEWAY: return remoting_.invoke_oneway(address, request, std::move(handler));
  }
}

}  // namespace rmqsim
