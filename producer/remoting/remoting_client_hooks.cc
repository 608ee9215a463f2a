// RPC hooks of RemotingClient (behaviour §9.10): the part that runs only when there are any.
#include <exception>
#include <memory>
#include <utility>

#include "producer/remoting/headers/send_headers.h"
#include "producer/remoting/remoting_client.h"

namespace rmqsim {
namespace {

/// A request as the hooks left it, in bytes. Java streams the typed header of a binary send and puts the ext fields
/// behind it, so what is in both goes twice (quirk 68): all of it if a hook had it made to ext fields, else what a hook
/// set by the name of a field. `typed` is the header before the hooks.
void encode_after_hooks(const ExtFields& typed, const RemotingCommand& hooked, std::string& out) {
  if (hooked.serialize_type == SerializeType::JSON || !is_streamed_header(hooked.code)) return encode(hooked, out);
  RemotingCommand both = hooked;
  both.ext_fields = typed;
  for (std::size_t i = 0; i < hooked.ext_fields.size(); ++i) {
    const auto [key, value] = hooked.ext_fields[i];
    if (hooked.header_made_to_net || typed.find(key) != value) both.ext_fields.append(key, value);
  }
  encode(both, out);
}

}  // namespace

std::optional<MQError> RemotingClient::before_request(const std::string& remote, RemotingCommand& request) {
  try {
    for (const auto& hook : rpc_hooks_) hook->doBeforeRequest(remote, request);
  } catch (const std::exception& e) {
    return runtime_exception(ErrorType::RuntimeException, e.what());
  }
  return std::nullopt;
}

std::optional<MQError> RemotingClient::after_response(const std::string& remote, const RemotingCommand& request,
                                                      RemotingCommand& response) {
  try {
    for (const auto& hook : rpc_hooks_) hook->doAfterResponse(remote, request, response);
  } catch (const std::exception& e) {
    return runtime_exception(ErrorType::RuntimeException, e.what());
  }
  return std::nullopt;
}

/// Runs the hooks on a copy of the command and makes an ordinary request of it, whose bytes are in `bytes`. With a
/// handler, that one will see answers after the hooks.
std::optional<MQError> RemotingClient::encode_hooked(std::string remote, EncodedRequest& request, std::string& bytes,
                                                     InvokeHandler* handler) {
  auto command = std::make_unique<RemotingCommand>(*request.command);
  if (auto error = before_request(remote, *command)) return error;
  encode_after_hooks(request.command->ext_fields, *command, bytes);
  ExtFields typed;
  if (handler != nullptr) typed = request.command->ext_fields;
  request.bytes = bytes;
  request.command = nullptr;
  if (handler == nullptr) return std::nullopt;
  *handler = [this, command = std::move(command), typed = std::move(typed), remote = std::move(remote),
              handler = std::move(*handler)](InvokeResult result) mutable {
    if (result.again != nullptr) {  // hooks are not asked a second time (behaviour §9.9)
      command->opaque = result.again->opaque;
      return encode_after_hooks(typed, *command, result.again->frame);
    }
    if (result.response != nullptr) {
      if (auto error = after_response(remote, *command, *result.response)) return handler({.error = &*error});
    }
    handler(result);
  };
  return std::nullopt;
}

}  // namespace rmqsim
