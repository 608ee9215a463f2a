// What all producers with one client id share: connections, routes, broker addresses, heartbeats and the periodic
// tasks (MQClientInstance, behaviour §3, §4). Made by MQClientManager. Everything runs under the monitor of
// its runtime; functions that wait for the network take a handler.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "producer/client/api/client_config.h"
#include "producer/client/api/message_ext.h"
#include "producer/client/instance/client_remoting_processor.h"
#include "producer/client/instance/consumer_services.h"
#include "producer/client/instance/mq_client_api_impl.h"
#include "producer/client/instance/publish_table.h"
#include "producer/client/instance/scheduled_tasks.h"
#include "producer/client/instance/top_addressing.h"
#include "producer/client/send/async_lock.h"
#include "producer/remoting/codec/java_map.h"
#include "producer/remoting/headers/broker_headers.h"
#include "producer/transport/continuation.h"

namespace rmqsim {

class MQClientManager;

enum class ServiceState : std::uint8_t { CREATE_JUST, START_FAILED, RUNNING, SHUTDOWN_ALREADY };
std::string_view service_state_name(ServiceState state);

/// What an instance asks of a producer registered with it (MQProducerInner).
class MQProducerInner {
 public:
  virtual ~MQProducerInner() = default;
  virtual PublishTable& publish_table() = 0;
  /// A broker asks how a transaction of this group ended. What Java throws: NullPointerException unless the producer is
  /// a transactional one, RejectedExecutionException when too many checks wait.
  virtual std::optional<MQError> check_transaction_state(const std::string& address, MessageExt message,
                                                         CheckTransactionStateRequestHeader header) = 0;
  virtual const std::string& create_topic_key() const = 0;
  virtual std::int32_t default_topic_queue_nums() const = 0;
};

/// How an instance behaves besides what users configure; fixed by the first producer.
struct MQClientInstanceOptions {
  RemotingClientOptions remoting;
  /// Where round-robin positions start; owned by the instance.
  std::optional<std::int32_t> queue_index_start;
  std::vector<std::int32_t> queue_index_resets;
  std::shared_ptr<QueueIndexDraws> queue_index_draws;
  /// The user's hook; runs behind those that the client registers itself (§3.3).
  std::shared_ptr<RPCHook> rpc_hook;
};

class MQClientInstance {
 public:
  MQClientInstance(Runtime& runtime, Transport& transport, const Profile& profile, ClientConfig config,
                   std::string client_id, MQClientInstanceOptions options);
  ~MQClientInstance();
  MQClientInstance(const MQClientInstance&) = delete;

  /// §3.4. An error after a start that failed before, and where a user has the inner producer's group.
  std::optional<MQError> start();
  /// Stops tasks and connections, unless another producer still uses the instance; then nothing.
  void shutdown(Task done);

  /// An error when the group is already taken.
  std::optional<MQError> register_producer(const std::string& group, MQProducerInner& producer);
  /// Forgets the group and tells every known broker address, slaves included (§3.11).
  void unregister_producer(const std::string& group, Task done);
  /// Forgets the group and, if it was the last one, closes everything at once; no broker is told.
  void abandon(const std::string& group);
  /// nullptr when nobody has that group.
  MQProducerInner* select_producer(const std::string& group) const;

  /// Outcome of a route update: an error only where Java throws, i.e. IllegalStateException when no nameserver answers
  /// and RuntimeExceptions of malformed routes (§4.3). Everything else is only logged there.
  using UpdateHandler = Function<void(std::optional<MQError>)>;
  /// `defaults_of` set: the default route (TBW102), with queue numbers limited to that producer's.
  void update_topic_route_info_from_name_server(const std::string& topic, const MQProducerInner* defaults_of,
                                                UpdateHandler handler);

  /// Address of the master; nullptr when unknown.
  const std::string* find_broker_address_in_publish(std::string_view broker_name) const;
  /// The broker that has the queue now: its own, unless the topic is static. nullopt: it has no such queue.
  std::optional<std::string> get_broker_name_from_message_queue(const MessageQueue& queue) const;
  /// The master of that broker; nullptr when none is known.
  const std::string* find_address_of_queue(const MessageQueue& queue) const;
  /// Whether any topic is static, so that the above has to be asked.
  bool knows_static_topics() const { return !topic_end_points_.empty(); }
  bool has_route(const std::string& topic) const { return topic_route_table_.contains(topic); }
  /// Of a random broker of the topic's route: its master, else any member; "" when there is none.
  std::string any_broker_address(const std::string& topic);
  /// Of every group of the topic's route: its master, else any member.
  std::vector<std::string> broker_addresses(const std::string& topic);
  void send_heartbeat_to_all_broker_with_lock(Task done);
  /// Calls `then` when the first answer of the address server is there; at once when none is awaited.
  void when_name_servers_asked(Task then);

  MQClientAPIImpl& api() { return api_; }
  const std::string& client_id() const { return client_id_; }
  const ClientConfig& config() const { return config_; }
  const Profile& profile() const { return profile_; }
  Runtime& runtime() { return runtime_; }
  const QueueIndexSource* queue_index_source() const { return &index_source_; }
  bool has_name_server() const { return remoting_.name_servers().size() > 0; }
  std::size_t requests_in_flight() const { return remoting_.requests_in_flight(); }
  std::size_t stale_deadlines() const { return remoting_.stale_deadlines(); }
  ServiceState state() const { return state_; }
  /// What Java logs.
  void trace(std::string_view event, std::initializer_list<TraceField> fields);
  /// Where the callbacks of all producers of this instance run; nullptr: each producer's own executor.
  const std::shared_ptr<Executor>& callback_executor() const { return callback_executor_; }
  const std::shared_ptr<CallbackThreads>& callback_threads() const { return remoting_.callback_threads(); }
  void set_callback_executor(std::shared_ptr<Executor> executor) { callback_executor_ = std::move(executor); }

 private:
  std::string select_broker_addr(const BrokerData& group);
  void start_scheduled_task();
  std::optional<MQError> start_inner_producer();
  void close();
  /// §1.6; `done` in any case.
  void fetch_name_server_addr(Task done);
  void update_all_routes(Task done);
  void update_routes(std::shared_ptr<std::vector<std::string>> topics, std::size_t next, Task done);
  void apply_route(const std::string& topic, TopicRouteData route);
  bool is_need_update(const std::string& topic) const;
  /// Of every registered producer, the inner one first.
  std::vector<PublishTable*> publish_tables() const;
  void clean_offline_broker(Task done);
  void send_heartbeat_to_all_broker(Task done);
  void heartbeat_next(std::shared_ptr<std::vector<std::string>> addresses, std::size_t next, Task done);
  void on_channel_active(const std::string& remote);
  void greet_connected();
  void greet(const std::string& remote, std::size_t times, Task done);
  HeartbeatData prepare_heartbeat_data() const;
  /// V2 or not (§3.8); errors are only logged.
  void send_heartbeat(const std::string& address, Task done);
  void unregister_next(std::shared_ptr<std::vector<std::string>> addresses, std::size_t next, std::string group,
                       Task done);

  Runtime& runtime_;
  const Profile& profile_;
  ClientConfig config_;
  std::string client_id_;
  std::string node_;
  QueueIndexSource index_source_;
  RemotingClient remoting_;
  MQClientAPIImpl api_;
  ClientRemotingProcessor processor_;
  ScheduledTasks tasks_;
  PullMessageService pull_message_service_;
  RebalanceService rebalance_service_;
  std::unique_ptr<TopAddressing> top_addressing_;  // only without namesrvAddr
  std::string fetched_addresses_;
  bool first_fetch_pending_ = false;
  std::vector<Continuation<void()>> after_first_fetch_;
  std::map<std::string, std::int32_t> heartbeat_v2_fingerprints_;  // per address that has the last one
  std::map<std::string, bool> heartbeat_v2_supported_;             // addresses that said so
  AsyncLock lock_namesrv_;
  bool heartbeat_locked_ = false;
  std::deque<std::string> connected_;  // whose greeting waits for the one before (Java's NettyEventExecutor)
  std::string being_greeted_;  // of them; empty: nobody
  bool greets_connected_ = false;
  JavaMap<MQProducerInner*> producer_table_;  // without the inner producer
  std::unique_ptr<PublishTable> inner_publish_table_;  // while the inner producer is registered
  JavaMap<TopicRouteData> topic_route_table_;
  std::map<std::string, StaticTopicEndPoints, std::less<>> topic_end_points_;  // static topics only; never removed
  JavaMap<std::map<std::int64_t, std::string>> broker_addr_table_;
  ServiceState state_ = ServiceState::CREATE_JUST;
  std::shared_ptr<Executor> callback_executor_;  // the user's
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace rmqsim
