#include "producer/profile/profile.h"

#include <array>

namespace rmqsim {
namespace {

Profile java_5_3_3() {
  return {
      .name = "java-5.3.3",
      .version = 479,
      .faq_url = "https://rocketmq.apache.org/docs/bestPractice/06FAQ",
      .retry_response_codes = {17, 14, 1, 2, 16, 204, 205, 1500},
      .latency_max = {50, 100, 550, 1800, 3000, 5000, 15000},
      .not_available_duration = {0, 0, 2000, 5000, 6000, 10000, 30000},
      .isolation_latency = 10000,
      .select_by_filters = true,
      .isolation_never_shortened = true,
      .isolate_on_client_error = false,
      .index_starts_non_negative = false,
      .has_detector = true,
      .detector_keeps_defaults = true,
      .has_max_timeout_per_request = true,
      .async_retry_needs_time = true,
      .async_connect_in_caller = false,
      .async_unknown = "unknown reason",
      .async_timeout_text_has_cost = true,
      .async_failures_have_cause = true,
      .async_latency_from_write = false,
      .async_topic_mismatch = "Topic of the message does not match its target message queue",
      .async_default_reports_by_callback = true,
      .selector_runs_first = true,
      .late_connect_fails_twice = true,
      .has_back_pressure = true,
      .has_auto_batch = true,
      .fin_fails_pending = true,
      .sync_timeout_always_closes = false,
      .address_text_has_slash = true,
      .sync_completes_on_callback_threads = true,
      .sync_failures_nest = true,
      .oneway_reports_connect_failure = false,
      .scan_on_wheel = true,
      .tries_every_nameserver = false,
      .closes_unlisted_nameserver = true,
      .reconnects_for_go_away = true,
      .zero_left_times_out = true,
      .rpc_hook_gets_asked_address = false,
      .async_runs_after_hooks = true,
      .hook_failure_loses_async = true,
      .trace_waits_for_batches = true,
      .trace_queue_capacity = 2048,
      .trace_poll_millis = 5,
      .trace_flush_interval_millis = 5000,
      .trace_shutdown_patience_millis = 5000,
      .has_namespace_v2 = true,
      .default_route_is_tbw102 = true,
      .polls_create_topic_key = false,
      .heartbeat_on_connect = true,
      .heartbeat_has_fingerprint = true,
      .properties_end_with_separator = true,
      .batch_has_uniq_key = true,
      .admin_has_added_fields = true,
      .uniq_key_query_looks_three_days_back = true,
      .checks_multi_dispatch = true,
      .decompresses_by_type = true,
      .end_transaction_has_topic = true,
      .has_transaction_executer = false,
      .request_ends_with_send = true,
      .has_recall = true,
      .has_static_topics = true,
      .resolves_topics_at_start = true,
  };
}

Profile java_4_9_8() {
  return {
      .name = "java-4.9.8",
      .version = 409,
      .faq_url = "http://rocketmq.apache.org/docs/faq/",
      .retry_response_codes = {17, 14, 1, 16, 204, 205},
      .latency_max = {50, 100, 550, 1000, 2000, 3000, 15000},
      .not_available_duration = {0, 0, 30000, 60000, 120000, 180000, 600000},
      .isolation_latency = 30000,
      .select_by_filters = false,
      .isolation_never_shortened = false,
      .isolate_on_client_error = true,
      .index_starts_non_negative = true,
      .has_detector = false,
      .detector_keeps_defaults = true,
      .has_max_timeout_per_request = false,
      .async_retry_needs_time = false,
      .async_connect_in_caller = true,
      .async_unknown = "unknow reseaon",
      .async_timeout_text_has_cost = false,
      .async_failures_have_cause = false,
      .async_latency_from_write = true,
      .async_topic_mismatch = "message's topic not equal mq's topic",
      .async_default_reports_by_callback = false,
      .selector_runs_first = false,
      .late_connect_fails_twice = false,
      .has_back_pressure = false,
      .has_auto_batch = false,
      .fin_fails_pending = false,
      .sync_timeout_always_closes = true,
      .address_text_has_slash = false,
      .sync_completes_on_callback_threads = false,
      .sync_failures_nest = false,
      .oneway_reports_connect_failure = true,
      .scan_on_wheel = false,
      .tries_every_nameserver = true,
      .closes_unlisted_nameserver = false,
      .reconnects_for_go_away = false,
      .zero_left_times_out = false,
      .rpc_hook_gets_asked_address = true,
      .async_runs_after_hooks = false,
      .hook_failure_loses_async = false,
      .trace_waits_for_batches = false,
      .trace_queue_capacity = 1024,
      .trace_poll_millis = 100,
      .trace_flush_interval_millis = 500,
      .trace_shutdown_patience_millis = 500,
      .has_namespace_v2 = false,
      .default_route_is_tbw102 = false,
      .polls_create_topic_key = true,
      .heartbeat_on_connect = false,
      .heartbeat_has_fingerprint = false,
      .properties_end_with_separator = false,
      .batch_has_uniq_key = false,
      .admin_has_added_fields = false,
      .uniq_key_query_looks_three_days_back = false,
      .checks_multi_dispatch = false,
      .decompresses_by_type = false,
      .end_transaction_has_topic = false,
      .has_transaction_executer = true,
      .request_ends_with_send = false,
      .has_recall = false,
      .has_static_topics = false,
      .resolves_topics_at_start = false,
  };
}

/// What a careful maintainer would choose. It speaks as 5.3.3 does; profile.h names the issue behind each difference.
Profile hardened() {
  Profile p = java_5_3_3();
  p.name = "hardened";
  p.late_connect_fails_twice = false;  // one callback, always
  p.hook_failure_loses_async = false;
  p.tries_every_nameserver = true;     // a dead nameserver costs a connect, not the call (rocketmq-client-go#173)
  p.oneway_reports_connect_failure = true;
  p.sync_completes_on_callback_threads = false;
  p.caps_every_try = true;
  p.async_retries_late_connects = true;
  p.avoids_unreachable = true;
  p.failed_probe_clears_reachable = true;
  p.detector_keeps_defaults = false;
  p.message_faults_isolate = false;
  p.hand_over_counts_as_success = false;
  p.async_retries_codes = true;
  p.async_retry_prepares_anew = true;
  p.async_times_out_in_time = true;
  p.request_ends_with_send = false;  // a reply is worth waiting for (#9319)
  p.auto_batch_counter_leaks = false;
  p.auto_batch_error_for_one = false;
  p.auto_batch_lost_at_shutdown = false;
  return p;
}

const std::array<Profile, 3>& table() {
  static const std::array<Profile, 3> kTable{java_5_3_3(), java_4_9_8(), hardened()};
  return kTable;
}

}  // namespace

const Profile* find_profile(std::string_view name) {
  for (const Profile& profile : table()) {
    if (profile.name == name) return &profile;
  }
  return nullptr;
}

const Profile& default_profile() { return table().front(); }

std::vector<std::string_view> profile_names() {
  std::vector<std::string_view> names;
  for (const Profile& profile : table()) names.push_back(profile.name);
  return names;
}

}  // namespace rmqsim
