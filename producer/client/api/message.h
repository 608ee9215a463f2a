// A user's message. Names and rules are those of org.apache.rocketmq.common.message.Message (behaviour §2.7).
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "producer/remoting/bodies/message_properties.h"

namespace rmqsim {

class Message {
 public:
  /// Sets nothing, not even WAIT; the body is absent, which a send refuses.
  Message() = default;
  Message(std::string topic, std::string body) : Message(std::move(topic), "", "", 0, std::move(body), true) {}
  Message(std::string topic, std::string tags, std::string body)
      : Message(std::move(topic), std::move(tags), "", 0, std::move(body), true) {}
  Message(std::string topic, std::string tags, std::string keys, std::string body)
      : Message(std::move(topic), std::move(tags), std::move(keys), 0, std::move(body), true) {}
  Message(std::string topic, std::string tags, std::string keys, std::int32_t flag, std::string body,
          bool wait_store_msg_ok);

  const std::string& getTopic() const { return topic_; }
  void setTopic(std::string topic) { topic_ = std::move(topic); }
  std::int32_t getFlag() const { return flag_; }
  void setFlag(std::int32_t flag) { flag_ = flag; }
  /// The body; "" when absent (see hasBody).
  const std::string& getBody() const { return body_; }
  bool hasBody() const { return has_body_; }
  void setBody(std::string body) {
    body_ = std::move(body);
    has_body_ = true;
  }

  std::string getTags() const { return std::string(property(MessageConst::PROPERTY_TAGS)); }
  void setTags(std::string_view tags) { put_property(MessageConst::PROPERTY_TAGS, tags); }
  std::string getKeys() const { return std::string(property(MessageConst::PROPERTY_KEYS)); }
  void setKeys(std::string_view keys) { put_property(MessageConst::PROPERTY_KEYS, keys); }
  /// Joined with one blank.
  void setKeys(const std::vector<std::string>& keys);
  bool isWaitStoreMsgOK() const;
  void setWaitStoreMsgOK(bool wait) { put_property(MessageConst::PROPERTY_WAIT_STORE_MSG_OK, wait ? "true" : "false"); }
  /// 0 when unset. Throws std::invalid_argument for a non-number (Java: NumberFormatException).
  int getDelayTimeLevel() const;
  void setDelayTimeLevel(int level) { put_property(MessageConst::PROPERTY_DELAY_TIME_LEVEL, std::to_string(level)); }
  void setDelayTimeSec(std::int64_t sec) { put_property(MessageConst::PROPERTY_TIMER_DELAY_SEC, std::to_string(sec)); }
  void setDelayTimeMs(std::int64_t ms) { put_property(MessageConst::PROPERTY_TIMER_DELAY_MS, std::to_string(ms)); }
  void setDeliverTimeMs(std::int64_t ms) { put_property(MessageConst::PROPERTY_TIMER_DELIVER_MS, std::to_string(ms)); }

  /// Throws std::runtime_error `The Property<N> is used by system, input another please` for a reserved name and
  /// std::invalid_argument when name or value is blank.
  void putUserProperty(std::string_view name, std::string_view value);
  std::string getUserProperty(std::string_view name) const { return std::string(property(name)); }
  /// "" when absent.
  std::string getProperty(std::string_view name) const { return std::string(property(name)); }
  const MessageProperties& getProperties() const { return properties_; }

  /// The client's message id, set by the first send and kept by later ones (§2.8).
  std::string_view uniq_key() const { return property(MessageConst::PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX); }

  /// Of a transactional message: its UNIQ_KEY, once the broker has stored it; else "".
  const std::string& getTransactionId() const { return transaction_id_; }
  void setTransactionId(std::string id) { transaction_id_ = std::move(id); }

  // Without the checks of putUserProperty; what the client itself uses.
  std::string_view property(std::string_view name) const { return properties_.get(name); }
  bool has_property(std::string_view name) const { return properties_.contains(name); }
  void put_property(std::string_view name, std::string_view value) { properties_.set(name, value); }
  std::string& property_slot(std::string_view name) { return properties_.slot(name); }
  void clear_property(std::string_view name) { properties_.remove(name); }

  /// Exchanges the body for another; for hooks, which are shown the body as it will be sent.
  void swap_body(std::string& body) { body_.swap(body); }

  /// The members of a batch; empty for a plain message (MessageBatch, §2.4).
  bool is_batch() const { return is_batch_; }
  /// Comma-joined UNIQ_KEYs of a batch's messages, what SendResult.msgId shows.
  const std::string& batch_uniq_keys() const { return batch_uniq_keys_; }
  void mark_batch(std::string uniq_keys) {
    is_batch_ = true;
    batch_uniq_keys_ = std::move(uniq_keys);
  }

 private:
  std::string topic_;
  std::string body_;
  MessageProperties properties_;
  std::string batch_uniq_keys_;
  std::string transaction_id_;
  bool is_batch_ = false;
  std::int32_t flag_ = 0;
  bool has_body_ = false;
};

/// `TopicTest, tags TagA, 5 bytes "hello"`: of a body that is text its beginning.
std::ostream& operator<<(std::ostream& out, const Message& message);

}  // namespace rmqsim
