#include "producer/client/instance/client_remoting_processor.h"

#include <utility>

#include "producer/client/instance/mq_client_instance.h"
#include "producer/client/request/request_future_holder.h"
#include "producer/remoting/headers/broker_headers.h"
#include "producer/remoting/namespace_util.h"

namespace rmqsim {

using Processed = RemotingClient::Processed;

Processed ClientRemotingProcessor::process(const std::string& remote, RemotingCommand& request,
                                           RemotingCommand& answer) {
  switch (request.code) {
    case RequestCode::CHECK_TRANSACTION_STATE: return check_transaction_state(remote, request, answer);
    case RequestCode::PUSH_REPLY_MESSAGE_TO_CLIENT: return receive_reply(request);
    default: return Processed::unknown;
  }
}

// No answer is made, also to a check that is not one-way (§10.1); only what Java throws becomes one.
Processed ClientRemotingProcessor::check_transaction_state(const std::string& remote, const RemotingCommand& request,
                                                           RemotingCommand& answer) {
  auto message = decode_message_ext(instance_.profile(), request.body);
  if (!message) {
    instance_.trace("transaction-check-refused", {{"why", "the message does not decode"}});
    return Processed::silent;
  }
  message->setTopic(
      NamespaceUtil::withoutNamespace(message->getTopic(), instance_.config().getNamespace().value_or("")));
  if (!message->uniq_key().empty()) message->setTransactionId(std::string(message->uniq_key()));
  const std::string group(message->property(MessageConst::PROPERTY_PRODUCER_GROUP));
  MQProducerInner* producer = group.empty() ? nullptr : instance_.select_producer(group);
  if (producer == nullptr) {
    instance_.trace("transaction-check-refused", {{"why", "no such producer group"}, {"group", group}});
    return Processed::silent;
  }
  auto error = producer->check_transaction_state(remote, std::move(*message),
                                                 CheckTransactionStateRequestHeader::from_ext(request.ext_fields));
  if (!error) return Processed::silent;
  instance_.trace("transaction-check-refused", {{"why", error->message}, {"group", group}});
  answer.code = ResponseCode::SYSTEM_ERROR;
  answer.remark = "java.lang." + std::string(error_type_name(error->type));
  return Processed::answered;
}

// The answer is 0 whether somebody waits for the reply or not. Java's 1 `process reply message fail` is for what it
// throws on a header without its numbers, which are absent here.
Processed ClientRemotingProcessor::receive_reply(const RemotingCommand& request) {
  const auto header = ReplyMessageRequestHeader::from_ext(request.ext_fields);
  MessageExt reply;
  reply.setTopic(header.topic.value_or(""));
  reply.setFlag(header.flag.value_or(0));
  const MessageProperties properties = MessageProperties::decode(header.properties.value_or(""));
  for (const auto& [name, value] : properties.entries()) reply.put_property(name, value);
  reply.put_property(MessageConst::PROPERTY_REPLY_MESSAGE_ARRIVE_TIME,
                     std::to_string(to_millis(instance_.runtime().now())));
  reply.queue_id = header.queue_id.value_or(0);
  reply.sys_flag = header.sys_flag.value_or(0);
  reply.born_timestamp = header.born_timestamp.value_or(0);
  reply.born_host = header.born_host.value_or("");
  reply.store_timestamp = header.store_timestamp.value_or(0);
  reply.store_host = header.store_host.value_or("");
  reply.reconsume_times = header.reconsume_times.value_or(0);
  std::string body = request.body;
  decompress_body(instance_.profile(), reply.sys_flag, body);  // or as it came
  reply.setBody(std::move(body));
  const std::string correlation_id(reply.property(MessageConst::PROPERTY_CORRELATION_ID));
  if (auto future = RequestFutureHolder::of(instance_.runtime())->take(correlation_id)) {
    future->replied(std::move(reply));
  } else {
    instance_.trace("reply-unexpected", {{"correlationId", correlation_id}});
  }
  return Processed::answered;
}

}  // namespace rmqsim
