// Topic names, the topics that a broker has by itself, and automatic creation.
#include "fake_broker/store/topic_config_manager.h"

#include <algorithm>

#include "fake_broker/store/attributes.h"
#include "producer/remoting/bodies/topic_route_data.h"

namespace rmqsim {

namespace {

constexpr std::size_t kTopicMaxLength = 127;

constexpr std::string_view kNotAllowedToSend[] = {
    "SCHEDULE_TOPIC_XXXX",        "RMQ_SYS_TRANS_HALF_TOPIC", "RMQ_SYS_TRANS_OP_HALF_TOPIC",
    "TRANS_CHECK_MAX_TIME_TOPIC", "SELF_TEST_TOPIC",          "OFFSET_MOVED_EVENT"};

constexpr std::string_view kOtherSystemTopics[] = {"TBW102", "BenchmarkTest", "RMQ_SYS_TRACE_TOPIC",
                                                   "CHECKPOINT_TOPIC"};

bool is_topic_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '%' || c == '|' ||
         c == '_' || c == '-';
}

bool is_blank(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
}

TopicConfig make(const ServerProfile& profile, std::string name, std::int32_t queues, std::int32_t perm) {
  TopicConfig config;
  config.topic_name = std::move(name);
  config.read_queue_nums = queues;
  config.write_queue_nums = queues;
  config.perm = perm;
  if (profile.topics_have_attributes) config.attributes.emplace();
  return config;
}

}  // namespace

bool is_legal_name(std::string_view name) {
  return !is_blank(name) && std::all_of(name.begin(), name.end(), is_topic_char);
}

std::optional<std::string_view> topic_name_error(std::string_view topic) {
  if (is_blank(topic)) return "The specified topic is blank.";
  if (!std::all_of(topic.begin(), topic.end(), is_topic_char)) {
    return "The specified topic contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$";
  }
  if (topic.size() > kTopicMaxLength) return "The specified topic is longer than topic max length.";
  return std::nullopt;
}

bool is_topic_not_allowed_to_send(std::string_view topic) {
  return std::find(std::begin(kNotAllowedToSend), std::end(kNotAllowedToSend), topic) != std::end(kNotAllowedToSend);
}

bool is_system_topic(std::string_view topic) {
  return is_topic_not_allowed_to_send(topic) || topic.substr(0, 8) == "rmq_sys_" ||
         std::find(std::begin(kOtherSystemTopics), std::end(kOtherSystemTopics), topic) != std::end(kOtherSystemTopics);
}

void TopicConfigManager::add_system_topics(const ServerProfile& profile, const std::string& cluster,
                                           const std::string& broker, std::int32_t default_queues, bool auto_create) {
  const auto add = [&](std::string name, std::int32_t queues, std::int32_t perm) {
    TopicConfig config = make(profile, std::move(name), queues, perm);
    std::string key = config.topic_name;
    table_.insert_or_assign(std::move(key), std::move(config));
  };
  if (auto_create) add(std::string(kAutoCreateTopicKeyTopic), default_queues, 7);
  add("SELF_TEST_TOPIC", 1, 6);
  add("BenchmarkTest", 1024, 6);
  add(cluster, 16, 7);
  add(broker, 1, 7);
  add("OFFSET_MOVED_EVENT", 1, 6);
  add("SCHEDULE_TOPIC_XXXX", 18, 6);
  add(cluster + "_REPLY_TOPIC", 1, 6);
  add("RMQ_SYS_TRANS_HALF_TOPIC", 1, 6);
  if (profile.has_added_system_topics) {
    add("RMQ_SYS_TRANS_OP_HALF_TOPIC", 1, 6);
    add("rmq_sys_REVIVE_LOG_" + cluster, 8, 6);
    add("rmq_sys_SYNC_BROKER_MEMBER_" + broker, 1, 1);
    add("rmq_sys_wheel_timer", 1, 6);
  }
  if (!profile.data_version_has_state) data_version_.state_version.reset();
}

bool TopicConfigManager::put(TopicConfig config, TimePoint now) {
  const auto it = table_.find(config.topic_name);
  if (it == table_.end()) {
    if (table_.size() >= kMaxTopics) return false;
    const std::string name = config.topic_name;
    table_.emplace(name, std::move(config));
    changed(name, now);
    return true;
  }
  if (it->second == config) return true;
  it->second = std::move(config);
  changed(it->first, now);
  return true;
}

bool TopicConfigManager::remove(std::string_view topic, TimePoint now) {
  const auto it = table_.find(topic);
  if (it == table_.end()) return false;
  table_.erase(it);
  changed({}, now);
  return true;
}

bool TopicConfigManager::set_perm(std::string_view topic, std::int32_t perm, TimePoint now) {
  const auto it = table_.find(topic);
  if (it == table_.end() || it->second.perm == perm) return false;
  it->second.perm = perm;
  changed(it->first, now);
  return true;
}

const TopicConfig* TopicConfigManager::find(std::string_view topic) const {
  const auto it = table_.find(topic);
  return it == table_.end() ? nullptr : &it->second;
}

const TopicConfig* TopicConfigManager::create_in_send_message(const ServerProfile& profile, std::string_view topic,
                                                              std::string_view template_topic, std::int32_t queues,
                                                              TimePoint now) {
  const TopicConfig* from = find(template_topic);
  if (from == nullptr || !PermName::is_inherited(from->perm)) return nullptr;
  TopicConfig config = make(profile, std::string(topic), std::max(0, std::min(queues, from->write_queue_nums)),
                            from->perm & ~PermName::PERM_INHERIT);
  config.topic_filter_type = from->topic_filter_type;
  return put(std::move(config), now) ? find(topic) : nullptr;
}

const TopicConfig* TopicConfigManager::create_retry_topic(const ServerProfile& profile, std::string_view topic,
                                                          std::int32_t queues, TimePoint now) {
  return put(make(profile, std::string(topic), queues, 6), now) ? find(topic) : nullptr;
}

void TopicConfigManager::touch(TimePoint now) { changed({}, now); }

void TopicConfigManager::changed(std::string_view topic, TimePoint now) {
  ++changes_;
  ++data_version_.counter;
  data_version_.timestamp = to_millis(now);
  last_changed_ = topic;
}

std::string to_string(const TopicConfig& c, const ServerProfile& profile) {
  std::string out = "TopicConfig [topicName=" + c.topic_name + ", readQueueNums=" + std::to_string(c.read_queue_nums) +
                    ", writeQueueNums=" + std::to_string(c.write_queue_nums) +
                    ", perm=" + PermName::perm_to_string(c.perm) + ", topicFilterType=" + c.topic_filter_type +
                    ", topicSysFlag=" + std::to_string(c.topic_sys_flag) + ", order=" + (c.order ? "true" : "false");
  if (profile.topics_have_attributes) out += ", attributes=" + to_string(c.attributes.value_or(Attributes{}));
  out += "]";
  return out;
}

}  // namespace rmqsim
