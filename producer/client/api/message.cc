#include "producer/client/api/message.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "producer/remoting/codec/text.h"
#include "producer/remoting/system_properties.h"

namespace rmqsim {

Message::Message(std::string topic, std::string tags, std::string keys, std::int32_t flag, std::string body,
                 bool wait_store_msg_ok)
    : topic_(std::move(topic)), body_(std::move(body)), flag_(flag), has_body_(true) {
   if (!tags.empty()) setTags(tags);
  if (!keys.empty()) setKeys(keys);
  setWaitStoreMsgOK(wait_store_msg_ok);
}

void Message::setKeys(const std::vector<std::string>& keys) {
  std::string joined;
  for (const std::string& key : keys) {
    if (&key != &keys.front()) joined += ' ';
    joined += key;
  }
  setKeys(std::string_view(joined));
}

bool Message::isWaitStoreMsgOK() const {
  const std::string* value = properties_.find(MessageConst::PROPERTY_WAIT_STORE_MSG_OK);
  if (value == nullptr) return true;
  return value->size() == 4 && std::equal(value->begin(), value->end(), "true",
                                          [](char a, char b) { return (a | 0x20) == b; });
}

int Message::getDelayTimeLevel() const {
  const std::string* value = properties_.find(MessageConst::PROPERTY_DELAY_TIME_LEVEL);
  if (value == nullptr) return 0;
  int level = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), level);
  if (error != std::errc{} || end != value->data() + value->size()) {
    throw std::invalid_argument("For input string: \"" + *value + "\"");
  }
  return level;
}

void Message::putUserProperty(std::string_view name, std::string_view value) {
  if (is_system_property(name)) {
    throw std::runtime_error("The Property<" + std::string(name) + "> is used by system, input another please");
  }
  if (text::is_blank(name) || text::is_blank(value)) {
    throw std::invalid_argument("The name or value of property can not be null or blank string!");
  }
  put_property(name, value);
}

}  // namespace rmqsim
