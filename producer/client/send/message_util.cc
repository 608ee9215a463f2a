#include "producer/client/send/message_util.h"

#include <utility>

namespace rmqsim {

std::variant<Message, MQError> create_reply_message(const Profile& profile, const MessageExt* request,
                                                    std::string body) {
  if (request == nullptr) {
    return client_exception(profile, ClientErrorCode::CREATE_REPLY_MESSAGE_EXCEPTION,
                            "create reply message fail, requestMessage cannot be null.");
  }
  if (!request->has_property(MessageConst::PROPERTY_CLUSTER)) {
    return client_exception(profile, ClientErrorCode::CREATE_REPLY_MESSAGE_EXCEPTION,
                            "create reply message fail, requestMessage error, property[CLUSTER] is null.");
  }
  Message reply;
  reply.setTopic(std::string(request->property(MessageConst::PROPERTY_CLUSTER)) + "_REPLY_TOPIC");
  reply.setBody(std::move(body));
  reply.put_property(MessageConst::PROPERTY_MESSAGE_TYPE, "reply");
  for (const std::string_view name : {MessageConst::PROPERTY_CORRELATION_ID,
                                      MessageConst::PROPERTY_MESSAGE_REPLY_TO_CLIENT,
                                      MessageConst::PROPERTY_MESSAGE_TTL}) {
    if (request->has_property(name)) reply.put_property(name, request->property(name));
  }
  return reply;
}

}  // namespace rmqsim
