// Making a reply to a request (org.apache.rocketmq.client.utils.MessageUtil, behaviour §10.2). Sending it is
// an ordinary send; the property MSG_TYPE makes it travel as SEND_REPLY_MESSAGE_V2.
#pragma once

#include <string>
#include <variant>

#include "producer/client/api/message_ext.h"
#include "producer/profile/profile.h"
#include "producer/remoting/mq_error.h"

namespace rmqsim {

/// MQClientException 10007 when the request does not say from which cluster it came (property CLUSTER), or is null.
std::variant<Message, MQError> create_reply_message(const Profile& profile, const MessageExt* request,
                                                    std::string body);

}  // namespace rmqsim
