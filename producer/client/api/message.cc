#include "producer/client/api/message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

constexpr std::array<std::string_view, 51> kSystemProperties{
    "TRACE_ON", "MSG_REGION", "KEYS", "TAGS", "WAIT", "DELAY", "RETRY_TOPIC", "REAL_TOPIC", "REAL_QID", "TRAN_MSG",
    "PGROUP", "MIN_OFFSET", "MAX_OFFSET", "BUYER_ID", "ORIGIN_MESSAGE_ID", "TRANSFER_FLAG", "CORRECTION_FLAG",
    "MQ2_FLAG", "RECONSUME_TIME", "UNIQ_KEY", "MAX_RECONSUME_TIMES", "CONSUME_START_TIME", "POP_CK", "POP_CK_OFFSET",
    "1ST_POP_TIME", "TRAN_PREPARED_QUEUE_OFFSET", "DUP_INFO", "EXTEND_UNIQ_INFO", "INSTANCE_ID", "CORRELATION_ID",
    "REPLY_TO_CLIENT", "TTL", "ARRIVE_TIME", "PUSH_REPLY_TIME", "CLUSTER", "MSG_TYPE", "INNER_MULTI_QUEUE_OFFSET",
    "TIMER_DELAY_MS", "TIMER_DELAY_SEC", "TIMER_DELIVER_MS", "TIMER_ENQUEUE_MS", "TIMER_DEQUEUE_MS",
    "TIMER_ROLL_TIMES", "TIMER_OUT_MS", "TIMER_DEL_UNIQKEY", "TIMER_DELAY_LEVEL", "__BORNHOST", "BORN_TIMESTAMP",
    "DLQ_ORIGIN_TOPIC", "DLQ_ORIGIN_MESSAGE_ID", "__CRC32#"};

}  // namespace

bool is_system_property(std::string_view name) {
  return std::find(kSystemProperties.begin(), kSystemProperties.end(), name) != kSystemProperties.end();
}

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
