// The broker's topics: their queues and permissions, the rules for names, and automatic creation from a template
// (wire §3.2 row 2-6, §6.2, Appendix A). Pure. Every change moves the DataVersion, by which the
// registration with nameservers notices it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "fake_broker/shell/server_profile.h"
#include "producer/remoting/bodies/register_broker_body.h"
#include "producer/transport/time.h"

namespace rmqsim {

inline constexpr std::string_view kAutoCreateTopicKeyTopic = "TBW102";
inline constexpr std::string_view kRetryGroupTopicPrefix = "%RETRY%";

/// TopicValidator.validateTopic: the remark for a bad name, nullopt for a good one.
std::optional<std::string_view> topic_name_error(std::string_view topic);
/// Whether topics and groups may be called so, length aside.
bool is_legal_name(std::string_view name);
/// Topics to which nobody may send (§3.2 row 5).
bool is_topic_not_allowed_to_send(std::string_view topic);
/// Topics that UPDATE_AND_CREATE_TOPIC may not touch.
bool is_system_topic(std::string_view topic);

class TopicConfigManager {
 public:
  /// Bounds for what a hostile peer can make the table hold.
  static constexpr std::size_t kMaxTopics = 100'000;

  using Table = std::map<std::string, TopicConfig, std::less<>>;

  /// The topics that a broker has by itself (Appendix A). TBW102 only with `auto_create`.
  void add_system_topics(const ServerProfile& profile, const std::string& cluster, const std::string& broker,
                         std::int32_t default_queues, bool auto_create);
  /// Adds or replaces. False when the table is full.
  bool put(TopicConfig config, TimePoint now);
  bool remove(std::string_view topic, TimePoint now);
  /// False when the topic is unknown, or has it already.
  bool set_perm(std::string_view topic, std::int32_t perm, TimePoint now);
  const TopicConfig* find(std::string_view topic) const;

  /// createTopicInSendMessageMethod: a topic made from `template_topic`, which must exist and be inheritable; at most
  /// `queues` and the template's number of queues. nullptr when it cannot be created.
  const TopicConfig* create_in_send_message(const ServerProfile& profile, std::string_view topic,
                                            std::string_view template_topic, std::int32_t queues, TimePoint now);
  /// Retry topics are always creatable: RW.
  const TopicConfig* create_retry_topic(const ServerProfile& profile, std::string_view topic, std::int32_t queues,
                                        TimePoint now);

  const Table& table() const { return table_; }
  const DataVersion& data_version() const { return data_version_; }
  /// Moves with every change of a topic, from 0.
  std::uint64_t changes() const { return changes_; }
  /// The topic of the last change, or empty.
  const std::string& last_changed() const { return last_changed_; }
  /// For changes that are not a topic's own, such as the broker's permission.
  void touch(TimePoint now);

 private:
  void changed(std::string_view topic, TimePoint now);

  Table table_;
  DataVersion data_version_;
  std::uint64_t changes_ = 0;
  std::string last_changed_;
};

/// TopicConfig.toString(), as remarks quote it.
std::string to_string(const TopicConfig& config, const ServerProfile& profile);

}  // namespace rmqsim
