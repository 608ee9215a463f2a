#include "producer/client/send/validators.h"

#include <algorithm>
#include <array>
#include <string>

#include "producer/remoting/codec/java_hash.h"
#include "producer/remoting/codec/text.h"
#include "producer/remoting/codes.h"

namespace rmqsim {
namespace {

constexpr std::array<std::string_view, 6> kNotAllowedToSend{
    "SCHEDULE_TOPIC_XXXX", "RMQ_SYS_TRANS_HALF_TOPIC", "RMQ_SYS_TRANS_OP_HALF_TOPIC", "TRANS_CHECK_MAX_TIME_TOPIC",
    "SELF_TEST_TOPIC", "OFFSET_MOVED_EVENT"};

bool legal(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '%' || c == '|' ||
           c == '_' || c == '-';
  });
}

constexpr std::string_view kAllowed = " contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$";

}  // namespace

std::optional<MQError> check_topic(const Profile& profile, std::string_view topic) {
  if (text::is_blank(topic)) return client_exception(profile, "The specified topic is blank");
  if (java_length(topic) > 127) {
    return client_exception(profile, "The specified topic is longer than topic max length 127.");
  }
  if (!legal(topic)) {
    return client_exception(profile, "The specified topic[" + std::string(topic) + "]" + std::string(kAllowed));
  }
  return std::nullopt;
}

std::optional<MQError> check_message(const Profile& profile, const Message& message, std::int64_t max_message_size) {
  if (auto error = check_topic(profile, message.getTopic())) return error;
  if (std::find(kNotAllowedToSend.begin(), kNotAllowedToSend.end(), message.getTopic()) != kNotAllowedToSend.end()) {
    return client_exception(profile, "Sending message to topic[" + message.getTopic() + "] is forbidden.");
  }
  const auto illegal = [&](std::string text) {
    return client_exception(profile, ResponseCode::MESSAGE_ILLEGAL, std::move(text));
  };
  if (!message.hasBody()) return illegal("the message body is null");
  if (message.getBody().empty()) return illegal("the message body length is zero");
  if (static_cast<std::int64_t>(message.getBody().size()) > max_message_size) {
    return illegal("the message body size over max value, MAX: " + std::to_string(max_message_size));
  }
  if (profile.checks_multi_dispatch) {
    const std::string queues = message.getProperty("INNER_MULTI_DISPATCH");
    if (queues.find('/') != std::string::npos) {
      return illegal("INNER_MULTI_DISPATCH " + queues + " can not contains / character");
    }
  }
  return std::nullopt;
}

std::optional<MQError> check_group(const Profile& profile, std::string_view group) {
  if (text::is_blank(group)) return client_exception(profile, "the specified group is blank");
  if (java_length(group) > 255) {
    return client_exception(profile, "the specified group is longer than group max length 255.");
  }
  if (!legal(group)) {
    return client_exception(profile, "the specified group[" + std::string(group) + "]" + std::string(kAllowed));
  }
  if (group == "DEFAULT_PRODUCER") {
    return client_exception(profile, "producerGroup can not equal DEFAULT_PRODUCER, please specify another one.");
  }
  return std::nullopt;
}

}  // namespace rmqsim
