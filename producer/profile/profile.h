// What differs between versions of the Java client, as data: one row per version, looked up once and passed by
// reference, so that no other file asks "which version is this?". Every field cites the section of the behaviour
// specification (producer/behaviour) that it restates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rmqsim {

struct Profile {
  std::string_view name;           ///< "java-5.3.3"
  std::int32_t version;            ///< MQVersion ordinal sent in every command (§0.1)
  std::string_view faq_url;        ///< FAQUrl.suggestTodo (§0)
  std::vector<std::int32_t> retry_response_codes;  ///< broker codes that a sync send retries (§1.2)

  // Fault tolerance (§5).
  std::vector<std::int64_t> latency_max;             ///< ms, ascending
  std::vector<std::int64_t> not_available_duration;  ///< ms, one per latency_max
  std::int64_t isolation_latency;                    ///< ms that an isolated attempt counts as
  bool select_by_filters;  ///< 5.1.4+: available∧¬last → reachable∧¬last → any; else the scan of 4.9.8 (§5.3, §5.4)
  bool isolation_never_shortened;   ///< 5.1.4+ (§5.6)
  bool isolate_on_client_error;     ///< MQClientException isolates: 4.9.8 (§6.2)
  bool index_starts_non_negative;   ///< 4.9.8 takes abs() of the random start (§5.1)
  bool has_detector;                ///< 5.1.4+: probes brokers when startDetectorEnable (§5.7)
  bool detector_keeps_defaults;     ///< 2000 and 200 ms whatever detectInterval and detectTimeout say: 5.3.3 (quirk 34)

  // Budget (§6).
  bool has_max_timeout_per_request;  ///< 5.3.3 (§6.1)

  // Async path (§8.4).
  bool async_retry_needs_time;        ///< 5.3.2+: no retry once the budget is spent
  bool async_connect_in_caller;       ///< 4.9.8: the sender thread waits for the connect and invokeAsync throws
  std::string_view async_unknown;     ///< text for failures without a better one
  bool async_timeout_text_has_cost;   ///< `wait response timeout, cost=N` against `wait response timeout Nms`
  bool async_failures_have_cause;     ///< 4.9.8 wraps the null that its ResponseFuture holds
  bool async_latency_from_write;      ///< 4.9.8 counts from the ResponseFuture's making, so without the connect
  std::string_view async_topic_mismatch;  ///< text when message and queue differ in topic (§2.3)
  bool async_default_reports_by_callback; ///< `send(msg, cb)` hands every error to the callback (§2.1)
  bool selector_runs_first;  ///< overloads with a selector and no timeout: in the caller, then a whole budget (§2.1)
  bool late_connect_fails_twice;  ///< quirk 22: an async request whose connect took too long fails twice (§9.4)

  bool has_back_pressure;  ///< 5.1.1+: enableBackpressureForAsyncMode limits the async sends under way (§2.6)
  bool has_auto_batch;     ///< 5.1.4+: autoBatch gathers small messages (§10.5)

  // Remoting (§9).
  bool fin_fails_pending;            ///< an orderly close fails the requests in flight: not in 4.9.8 (§9.6)
  bool sync_timeout_always_closes;   ///< 4.9.8; else only if left > 100 ms or > timeout/4 (§9.3)
  bool address_text_has_slash;       ///< `/ip:port` in the texts of timeouts and send failures (§9.3)
  bool sync_completes_on_callback_threads;  ///< blocked callbacks hold sync requests up: 5.2+, not hardened (quirk 37)
  bool sync_failures_nest;           ///< RemotingSendRequestException inside another: sync requests of 5.2+ (§9.3)
  bool oneway_reports_connect_failure;  ///< 4.9.8 (§9.5)
  bool scan_on_wheel;  ///< response table scanned from a 100 ms wheel, re-armed after each run; else fixed rate (§3.5)
  bool tries_every_nameserver;       ///< within one request: 4.9.8; else one candidate per request (§4.7)
  bool closes_unlisted_nameserver;   ///< a changed list ends the connection to one that left it: 5.x (§4.7)
  bool reconnects_for_go_away;       ///< code 1500: new connection, same request again; 5.3.1+ (§9.9)
  bool zero_left_times_out;  ///< sync: nothing left after connecting is an error at `<= 0` (5.3.3) or `< 0` (4.9.8)
                             ///< (§9.3)
  bool rpc_hook_gets_asked_address;  ///< 4.9.8; else the channel's own (§9.3)
  bool async_runs_after_hooks;       ///< RPC hooks see the answers to async requests: 5.3.3 (§9.10)
  bool hook_failure_loses_async;     ///< of an async request whose RPC hook throws nobody hears again: 5.3.3 (quirk 28)

  // Message trace (§10.6).
  bool trace_waits_for_batches;  ///< 5.x: in batches; 4.9.8: whatever came, once the first of it is old enough
  std::size_t trace_queue_capacity;            ///< traces that wait; more are lost
  std::int64_t trace_poll_millis;              ///< how often the dispatcher looks
  std::int64_t trace_flush_interval_millis;    ///< since the last flush (5.x), since the first trace (4.9.8)
  std::int64_t trace_shutdown_patience_millis; ///< for traces on their way when the producer shuts down

  // Routes, heartbeats, wire forms.
  bool has_namespace_v2;             ///< 5.x (§1.7)
  bool default_route_is_tbw102;      ///< 5.1.1+: the fallback is TBW102 whatever createTopicKey says (§4.3)
  bool polls_create_topic_key;       ///< 4.9.8 polls createTopicKey's route from the start (§3.2)
  bool heartbeat_on_connect;         ///< 5.2+ (§3.9)
  bool heartbeat_has_fingerprint;    ///< the two keys added in 5.x (§3.7)
  bool properties_end_with_separator;  ///< trailing 0x02 (§7.5)
  bool batch_has_uniq_key;           ///< 5.0+ (§2.4)
  bool admin_has_added_fields;       ///< committed, boundaryType, topic, attributes and force in admin requests: 5.x
                                     ///< (§2.9)
  bool uniq_key_query_looks_three_days_back;  ///< 5.x; 4.9.8 begins at the time inside the key (§2.9)
  bool checks_multi_dispatch;        ///< INNER_MULTI_DISPATCH must not hold a file separator: 5.x (§2.3)
  bool decompresses_by_type;         ///< 5.x reads the type bits of sysFlag; 4.9.8 takes everything for zlib

  // Special producers (§10).
  bool end_transaction_has_topic;    ///< 5.3.0+ (§10.1)
  bool has_transaction_executer;     ///< 4.9.8: the deprecated overload with a LocalTransactionExecuter (§10.1)
  bool request_ends_with_send;       ///< 5.3.1 to 5.3.3: a sync request() waits no longer than its send (§10.2); not
                                     ///< hardened (#9319)
  bool has_recall;                   ///< 5.3.2+ (§10.3)
  bool has_static_topics;            ///< logical queues that move between brokers: 5.x (§4.4)
  bool resolves_topics_at_start;     ///< the routes of `topics`: 5.2+ (§3.2)

  // What no released client does: the choices of `hardened`. Numbers are issues of apache/rocketmq.
  bool caps_every_try = false;  ///< without a configured cap a try gets its share of the budget that is left, if
                                ///< another broker has the topic (#8997)
  bool avoids_unreachable = false;      ///< a queue of a reachable broker first, also after the isolation, while a
                                        ///< detector probes those that are not (#11146)
  bool failed_probe_clears_reachable = false;  ///< (#11146)
  bool message_faults_isolate = true;   ///< a broker that refuses one message is avoided by all (cf. #7812)
  bool hand_over_counts_as_success = true;  ///< the dispatch of an async request clears the broker's fault (#4812)
  bool async_retries_codes = false;     ///< retryable codes are tried elsewhere, as in sync sends (#1862)
  bool async_retries_late_connects = false;  ///< a connect that outlasts its try is a timeout like others (#7815)
  bool async_retry_prepares_anew = false;  ///< with a queue that the chosen broker has (#1497), never at the
                                           ///< nameserver (#9596)
  bool async_times_out_in_time = false;    ///< at its deadline and not at the next scan, so that time is left (#4812);
                                         ///< with nothing left at once
  bool auto_batch_counter_leaks = true;  ///< bytes of messages that are refused or fail early count as held for ever
                                         ///< (quirk 63)
  bool auto_batch_error_for_one = true;  ///< of the sync members of a failed batch only the one that sent it learns why
                                         ///< (quirk 63)
  bool auto_batch_lost_at_shutdown = true;  ///< the shutdown of any producer of a client id leaves what its producers
                                            ///< have gathered to itself (quirk 63)
};

/// nullptr when no profile has that name.
const Profile* find_profile(std::string_view name);
/// java-5.3.3.
const Profile& default_profile();
/// All names, default first.
std::vector<std::string_view> profile_names();

}  // namespace rmqsim
