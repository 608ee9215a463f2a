// The table of emulated releases. A further release is a further row.
#include "fake_broker/shell/server_profile.h"

#include <array>

#include "producer/remoting/codes.h"

namespace rmqsim {
namespace {

ServerProfile server_5_3_3() {
  return {
      .name = "5.3.3",
      .version = MQVersion::V5_3_3,
      .version_desc = "V5_3_3",
      .faq_sentence = "\nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.",
      .answers_in_requests_form = false,
      .header_package = "org.apache.rocketmq.remoting.protocol.header.",
      .invalid_parameter_code = ResponseCode::INVALID_PARAMETER,
      .has_acl_2 = true,
      .reads_send_header_first = true,
      .msg_check_place = "msgCheck",
      .plain_slave_rejects_sends = true,
      .has_acting_master = true,
      .waits_for_in_sync_replicas = true,
      .send_answer_has_added_fields = true,
      .stored_properties_have_region = true,
      .stored_properties_lack_wait = false,
      .properties_end_with_separator = true,
      .makes_missing_uniq_keys = true,
      .batch_refuses_retry_topics = true,
      .too_large_batch_throws = true,
      .has_timers = true,
      .half_message_has_transaction_id = true,
      .refuses_late_transaction_ends = true,
      .notes_transaction_ends_in_batches = true,
      .check_names_topic_and_broker = true,
      .end_transaction_check_line = 69,
      .has_recall = true,
      .has_heartbeat_v2 = true,
      .pull_reads_sys_flag_first = false,
      .pull_refusal_has_type = true,
      .pull_answer_has_sys_flags = true,
      .search_takes_boundary = true,
      .min_offset_has_remark = true,
      .takes_set_zero_if_not_found = true,
      .empty_queue_begins_at_zero = false,
      .commit_checks_names = true,
      .resets_offsets_itself = true,
      .any_negative_time_is_latest = true,
      .send_back_handler = "AbstractSendMessageProcessor.consumerSendMsgBack",
      .slave_refuses_changes = false,
      .create_topic_catches = true,
      .create_topic_takes_order = true,
      .create_topic_check_line = 63,
      .delete_topic_checks_name = false,
      .delete_topic_forgets_offsets = true,
      .clean_offset_field = "cleanOffset",
      .groups_have_added_fields = true,
      .has_transaction_group = true,
      .topic_stats_have_read_queues = true,
      .topic_stats_have_tps = true,
      .consume_stats_take_topic_list = true,
      .consume_stats_have_pull_offset = true,
      .transferred_tps_key = "getTransferredTps",
      .runtime_info_has_added_queues = true,
      .has_checkpoint_topic = true,
      .data_version_has_state = true,
      .topics_have_attributes = true,
      .has_added_system_topics = true,
      .registers_queue_mappings = true,
      .registers_changed_topic_alone = true,
      .register_timeout = 24'000,
      .namesrv_answers_unknown_codes = true,
      .namesrv_has_zones = true,
      .namesrv_refuses_lone_topic = true,
      .routes_have_acting_master = true,
      .namesrv_config_has_added_properties = true,
  };
}

ServerProfile server_4_9_8() {
  return {
      .name = "4.9.8",
      .version = MQVersion::V4_9_8,
      .version_desc = "V4_9_8",
      .faq_sentence = "\nSee http://rocketmq.apache.org/docs/faq/ for further details.",
      .answers_in_requests_form = true,
      .header_package = "org.apache.rocketmq.common.protocol.header.",
      .invalid_parameter_code = ResponseCode::SYSTEM_ERROR,
      .has_acl_2 = false,
      .reads_send_header_first = false,
      .msg_check_place = "msgCheck(AbstractSendMessageProcessor.java:218)",
      .plain_slave_rejects_sends = false,
      .has_acting_master = false,
      .waits_for_in_sync_replicas = false,
      .send_answer_has_added_fields = false,
      .stored_properties_have_region = false,
      .stored_properties_lack_wait = true,
      .properties_end_with_separator = false,
      .makes_missing_uniq_keys = false,
      .batch_refuses_retry_topics = false,
      .too_large_batch_throws = false,
      .has_timers = false,
      .half_message_has_transaction_id = false,
      .refuses_late_transaction_ends = false,
      .notes_transaction_ends_in_batches = false,
      .check_names_topic_and_broker = false,
      .end_transaction_check_line = 60,
      .has_recall = false,
      .has_heartbeat_v2 = false,
      .pull_reads_sys_flag_first = true,
      .pull_refusal_has_type = false,
      .pull_answer_has_sys_flags = false,
      .search_takes_boundary = false,
      .min_offset_has_remark = false,
      .takes_set_zero_if_not_found = false,
      .empty_queue_begins_at_zero = true,
      .commit_checks_names = false,
      .resets_offsets_itself = false,
      .any_negative_time_is_latest = false,
      .send_back_handler = "SendMessageProcessor.asyncConsumerSendMsgBack",
      .slave_refuses_changes = true,
      .create_topic_catches = false,
      .create_topic_takes_order = false,
      .create_topic_check_line = 50,
      .delete_topic_checks_name = true,
      .delete_topic_forgets_offsets = false,
      .clean_offset_field = "removeOffset",
      .groups_have_added_fields = false,
      .has_transaction_group = false,
      .topic_stats_have_read_queues = false,
      .topic_stats_have_tps = false,
      .consume_stats_take_topic_list = false,
      .consume_stats_have_pull_offset = false,
      .transferred_tps_key = "getTransferedTps",
      .runtime_info_has_added_queues = false,
      .has_checkpoint_topic = false,
      .data_version_has_state = false,
      .topics_have_attributes = false,
      .has_added_system_topics = false,
      .registers_queue_mappings = false,
      .registers_changed_topic_alone = false,
      .register_timeout = 6'000,
      .namesrv_answers_unknown_codes = false,
      .namesrv_has_zones = false,
      .namesrv_refuses_lone_topic = false,
      .routes_have_acting_master = false,
      .namesrv_config_has_added_properties = false,
  };
}

const std::array<ServerProfile, 2>& table() {
  static const std::array<ServerProfile, 2> kTable{server_5_3_3(), server_4_9_8()};
  return kTable;
}

}  // namespace

const ServerProfile* find_server_profile(std::string_view name) {
  if (name.starts_with("java-")) name.remove_prefix(5);
  for (const ServerProfile& profile : table()) {
    if (profile.name == name) return &profile;
  }
  return nullptr;
}

const ServerProfile& default_server_profile() { return table().front(); }

std::vector<std::string_view> server_profile_names() {
  std::vector<std::string_view> names;
  for (const ServerProfile& profile : table()) names.push_back(profile.name);
  return names;
}

std::string server_profile_choice() {
  std::string out;
  const std::vector<std::string_view> names = server_profile_names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) out += i + 1 == names.size() ? " or " : ", ";
    out += names[i];
  }
  return out;
}

}  // namespace rmqsim
