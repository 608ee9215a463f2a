#include "producer/client/send/message_batch.h"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "producer/client/send/validators.h"
#include "producer/remoting/bodies/batch_body.h"

namespace rmqsim {
namespace {

std::optional<MQError> check_member(const Message& message, const Message& first) {
  const auto unsupported = [](std::string text) {
    return runtime_exception(ErrorType::UnsupportedOperationException, std::move(text));
  };
  try {
    if (message.getDelayTimeLevel() > 0) return unsupported("TimeDelayLevel is not supported for batching");
  } catch (const std::invalid_argument& e) {
    return runtime_exception(ErrorType::NumberFormatException, e.what());
  }
  if (message.getTopic().starts_with("%RETRY%")) return unsupported("Retry Group is not supported for batching");
  if (message.getTopic() != first.getTopic()) {
    return unsupported("The topic of the messages in one batch should be the same");
  }
  if (message.isWaitStoreMsgOK() != first.isWaitStoreMsgOK()) {
    return unsupported("The waitStoreMsgOK of the messages in one batch should the same");
  }
  return std::nullopt;
}

}  // namespace

std::variant<Message, MQError> make_message_batch(const Profile& profile, std::vector<Message>& messages,
                                                  std::int64_t max_message_size, UniqIdGenerator& ids,
                                                  TimePoint now) {
  const auto failed = [&](MQError cause) {
    return client_exception(profile, "Failed to initiate the MessageBatch",
                            std::make_shared<const MQError>(std::move(cause)));
  };
  if (messages.empty()) return failed(runtime_exception(ErrorType::NullPointerException, "null"));
  for (const Message& message : messages) {
    if (auto error = check_member(message, messages.front())) return failed(std::move(*error));
  }
  constexpr std::string_view kUniqKey = MessageConst::PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX;
  std::string body;
  std::string keys;
  for (Message& message : messages) {
    if (auto error = check_message(profile, message, max_message_size)) return failed(std::move(*error));
    if (!message.has_property(kUniqKey)) message.put_property(kUniqKey, ids.create(now));
    if (!keys.empty()) keys += ',';
    keys += message.uniq_key();
    BatchEntry entry;
    entry.flag = message.getFlag();
    entry.body = message.getBody();
    const std::string properties = message.getProperties().encode(profile.properties_end_with_separator);
    entry.properties = properties;
    if (!append_batch_entry(entry, body)) {
      return failed(runtime_exception(ErrorType::RuntimeException, "properties length over 32767 bytes"));
    }
  }
  Message batch;
  batch.setTopic(messages.front().getTopic());
  batch.setWaitStoreMsgOK(messages.front().isWaitStoreMsgOK());
  if (profile.batch_has_uniq_key) batch.put_property(kUniqKey, ids.create(now));
  batch.setBody(std::move(body));
  batch.mark_batch(std::move(keys));
  return batch;
}

}  // namespace rmqsim
