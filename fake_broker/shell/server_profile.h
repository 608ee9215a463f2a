// What differs between the releases that the fakes stand in for: one row per release in server_profile.cc, one field
// per difference here. Nobody asks which release it is, only what it does; so a further release is a further row. The
// request codes of a release are not here: each processor's row says since when there is one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rmqsim {

/// Sections are those of wire.md, C numbers those of observed-servers; where neither has it, the Java class is named.
struct ServerProfile {
  // Names.
  std::string_view name;          ///< as --emulate takes it, e.g. "5.3.3"
  std::int32_t version;           ///< MQVersion ordinal that answers and own requests carry (§1.9)
  std::string_view version_desc;  ///< the same in words: brokerVersionDesc of MQVersion (28)
  std::string_view faq_sentence;  ///< ends several remarks, with the line break before it (§3.9)

  // Answers in general.
  bool answers_in_requests_form;        ///< serialised as the request was; else always JSON: 4.9.4 to 4.9.8 (§3.9)
  std::string_view header_package;      ///< where exceptions find header classes: "…remoting.protocol.header."
  std::int32_t invalid_parameter_code;  ///< for bad names and queue ids: 29 since 5.3.2, 1 before (§3.9, C23)
  bool has_acl_2;  ///< strangers are told 16 by AuthenticationException; else 1 with AclException's trace: 5.3

  // Sends.
  bool reads_send_header_first;      ///< topic, body and bornTimestamp before msgCheck (buildMsgContext): 5.x (C8, C23)
  std::string_view msg_check_place;  ///< where a queueId that is missing is noticed
  bool plain_slave_rejects_sends;    ///< before anything is read: 5.x (C4)
  bool has_acting_master;            ///< enableSlaveActingMaster means something, and a slave has a master beside it
                                     ///< for what is given back (36): 5.x (C3, C4, §5.2)
  bool waits_for_in_sync_replicas;   ///< a SYNC_MASTER needs inSyncReplicas; else any slave, or 11 at once: 5.x (C3)
  bool send_answer_has_added_fields;   ///< transactionId and recallHandle, and another order: 5.x (C9)
  bool stored_properties_have_region;  ///< MSG_REGION and TRACE_ON, in pushed replies, too: 5.x (C10)
  bool stored_properties_lack_wait;    ///< WAIT of single messages goes: 4.9.8 (C10)
  bool properties_end_with_separator;  ///< the last 0x02: 5.x (§4.1)
  bool makes_missing_uniq_keys;        ///< 5.0+ (§3.2 step 9)
  bool batch_refuses_retry_topics;     ///< 5.x (C24)
  bool too_large_batch_throws;         ///< in MessageExtEncoder; else refused as a single message is: 5.x (C24)

  // Delays and transactions.
  bool has_timers;                          ///< TIMER_* properties and the wheel: 5.x (§3.6)
  bool half_message_has_transaction_id;     ///< property __transactionId__: 5.0+ (§3.9)
  bool refuses_late_transaction_ends;       ///< with 604: 5.x (C6)
  bool notes_transaction_ends_in_batches;   ///< transactionOpBatchInterval: 5.x (TransactionalMessageServiceImpl)
  bool check_names_topic_and_broker;        ///< 39 has topic and bname: 5.x (C33)
  std::int32_t end_transaction_check_line;  ///< of EndTransactionRequestHeader.checkFields
  bool has_recall;                          ///< and its switch recallMessageEnable: 5.3.2+ (§2.2, RECALL_MESSAGE)

  // Reading and consumers.
  bool has_heartbeat_v2;             ///< fingerprints, and two fields in the answer: 5.x (C25)
  bool pull_reads_sys_flag_first;    ///< a missing sysFlag is noticed before the topic: 4.x (PullMessageProcessor)
  bool pull_refusal_has_type;        ///< forbiddenType: 5.x (observed-servers §2)
  bool pull_answer_has_sys_flags;    ///< topicSysFlag and groupSysFlag: 5.x (C22)
  bool search_takes_boundary;        ///< boundaryType of 29, else the nearest message: 5.x (C19)
  bool min_offset_has_remark;        ///< an empty one: 5.3.3 (observed-servers §1, "Minor")
  bool takes_set_zero_if_not_found;  ///< field of 14: 5.x (QueryConsumerOffsetRequestHeader)
  bool empty_queue_begins_at_zero;   ///< answer to 14 of a group that never committed: 4.9.8 (C18)
  bool commit_checks_names;          ///< 15 knows the group and the topic: 5.x (C17)
  bool resets_offsets_itself;        ///< 222 at the broker, whose next pull obeys; else its clients are told (220): 5.x
                                     ///< (AdminBrokerProcessor.resetOffsetInner)
  bool any_negative_time_is_latest;  ///< in 222; else -1 only: 5.x (the same)
  std::string_view send_back_handler;  ///< where a number missing in 36 is noticed

  // What operators ask.
  bool slave_refuses_changes;            ///< of topics and groups: 4.x (AdminBrokerProcessor.validateSlave)
  bool create_topic_catches;             ///< and answers the exception's message instead of its trace: 5.x
                                         ///< (AdminBrokerProcessor.updateAndCreateTopic)
  bool create_topic_takes_order;         ///< 5.x (the same)
  std::int32_t create_topic_check_line;  ///< of CreateTopicRequestHeader.checkFields
  bool delete_topic_checks_name;         ///< not only for blanks: 4.x (AdminBrokerProcessor.deleteTopic)
  bool delete_topic_forgets_offsets;     ///< 5.x (the same)
  std::string_view clean_offset_field;   ///< of 207 (DeleteSubscriptionGroupRequestHeader)
  bool groups_have_added_fields;         ///< SubscriptionGroupConfig of 5.x: attributes, retry policy, …
  bool has_transaction_group;            ///< CID_RMQ_SYS_TRANS is there: 5.x (SubscriptionGroupManager.init)
  bool topic_stats_have_read_queues;     ///< 202 lists queues that can only be read: 5.x
  bool topic_stats_have_tps;             ///< topicPutTps of 202: 5.x (TopicStatsTable)
  bool consume_stats_take_topic_list;    ///< topicList of 208: 5.x (GetConsumeStatsRequestHeader)
  bool consume_stats_have_pull_offset;   ///< 5.x (OffsetWrapper)
  std::string_view transferred_tps_key;  ///< of 28, misspelt in 4.x (StoreStatsService)
  bool runtime_info_has_added_queues;    ///< of lite pulls and acks, and brokerActive: 5.x (28)
  bool has_checkpoint_topic;             ///< among the system's topics (305): 5.x (TopicValidator)
  bool data_version_has_state;           ///< stateVersion: 5.x (§5.2)

  // Topics and registration.
  bool topics_have_attributes;         ///< 5.x (§5.2)
  bool has_added_system_topics;        ///< those of transactions' ends, revival, members and timers: 5.x (Appendix A)
  bool registers_queue_mappings;       ///< of static topics: 5.x (§5.2)
  bool registers_changed_topic_alone;  ///< 5.x; else the whole table (C13)
  std::int32_t register_timeout;       ///< ms, registerBrokerTimeoutMills: 24 s, in 4.x 6 s (§6.1)

  // Nameserver.
  bool namesrv_answers_unknown_codes;        ///< with 3; else not at all: 5.x (C7)
  bool namesrv_has_zones;                    ///< 5.x (C30)
  bool namesrv_refuses_lone_topic;           ///< a first registration with one topic: 5.x (§5.2)
  bool routes_have_acting_master;            ///< enableActingMaster of a broker: 5.x (§5.4)
  bool namesrv_config_has_added_properties;  ///< those that NamesrvConfig and NettyServerConfig got in 5.x (319)
};

/// nullptr when no profile has that name; also accepted with a prefix "java-".
const ServerProfile* find_server_profile(std::string_view name);
/// 5.3.3.
const ServerProfile& default_server_profile();
/// All names, default first.
std::vector<std::string_view> server_profile_names();
/// The same in a sentence: "5.3.3 or 4.9.8".
std::string server_profile_choice();

}  // namespace rmqsim
