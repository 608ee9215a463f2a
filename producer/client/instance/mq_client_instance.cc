#include "producer/client/instance/mq_client_instance.h"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include "producer/client/instance/namespace_rpc_hook.h"
#include "producer/client/instance/stream_type_rpc_hook.h"

namespace rmqsim {
namespace {

constexpr std::string_view kDefaultTopic = "TBW102";
constexpr Duration kLockPatience = millis(3000);

MQError group_is_taken(const Profile& profile, const std::string& group) {
  return client_exception(profile, "The producer group[" + group +
                                       "] has been created before, specify another name please." + faq_suffix(profile));
}

/// topicRouteDataChanged compares brokers and queues sorted by name; cluster, zone and acting master do not count in
/// 5.x (§4.5).
bool route_changed(const TopicRouteData& old_route, const TopicRouteData& new_route) {
  const auto comparable = [](TopicRouteData route) {
    std::sort(route.queue_datas.begin(), route.queue_datas.end(),
              [](const QueueData& a, const QueueData& b) { return a.broker_name < b.broker_name; });
    std::sort(route.broker_datas.begin(), route.broker_datas.end(),
              [](const BrokerData& a, const BrokerData& b) { return a.broker_name < b.broker_name; });
    for (BrokerData& broker : route.broker_datas) {
      broker.cluster.clear();
      broker.enable_acting_master.reset();
      broker.zone_name.reset();
    }
    return route;
  };
  return !(comparable(old_route) == comparable(new_route));
}

/// Addresses of a broker's group as Java walks its HashMap<Long, String>.
std::vector<std::string> addresses_in_java_order(const std::map<std::int64_t, std::string>& ids) {
  JavaMap<std::string, std::int64_t, JavaLongHash> walked(JavaMapKind::hash_map);
  for (const auto& [id, address] : ids) walked.try_emplace(id, address);
  return walked.take_all();
}

}  // namespace

std::string_view service_state_name(ServiceState state) {
  switch (state) {
    case ServiceState::CREATE_JUST: return "CREATE_JUST";
    case ServiceState::START_FAILED: return "START_FAILED";
    case ServiceState::RUNNING: return "RUNNING";
    case ServiceState::SHUTDOWN_ALREADY: return "SHUTDOWN_ALREADY";
  }
  return "CREATE_JUST";
}

MQClientInstance::MQClientInstance(Runtime& runtime, Transport& transport, const Profile& profile,
                                   ClientConfig config, std::string client_id, MQClientInstanceOptions options)
    : runtime_(runtime), profile_(profile), config_(std::move(config)), client_id_(std::move(client_id)),
      node_(options.remoting.node),
      index_source_{options.queue_index_start, std::move(options.queue_index_resets), &runtime.random("queue-index"),
                    profile.index_starts_non_negative, std::move(options.queue_index_draws)},
      remoting_(runtime, config_.isUseTLS() ? transport.tls() : transport, profile, std::move(options.remoting)),
      api_(remoting_, profile), processor_(*this), tasks_(runtime, "MQClientFactoryScheduledThread"),
      pull_message_service_(runtime),
      rebalance_service_(runtime, [] { return true; }),  // no consumer can be registered here
      lock_namesrv_(runtime) {
  if (profile_.has_namespace_v2 && !config_.getNamespaceV2().empty()) {
    remoting_.registerRPCHook(std::make_shared<NamespaceRpcHook>(config_.getNamespaceV2()));
  }
  if (config_.isEnableStreamRequestType()) remoting_.registerRPCHook(std::make_shared<StreamTypeRPCHook>());
  if (options.rpc_hook) remoting_.registerRPCHook(std::move(options.rpc_hook));
  if (!config_.getNamesrvAddr().empty()) {
    remoting_.update_name_server_address_list(
        split_name_servers(name_servers_of_endpoint(config_.getNamesrvAddr())));
  }
  if (config_.getNamesrvAddr().empty() && !config_.getNamesrvDomain().empty()) {
    top_addressing_ = std::make_unique<TopAddressing>(
        runtime, transport,
        TopAddressingOptions{config_.getNamesrvDomain(), config_.getNamesrvDomainSubgroup(), config_.getUnitName()});
  }
  remoting_.set_request_processor([this](const std::string& remote, RemotingCommand& request, RemotingCommand& answer) {
    return processor_.process(remote, request, answer);
  });
  if (profile_.heartbeat_on_connect && config_.isEnableHeartbeatChannelEventListener()) {
    remoting_.set_on_channel_active([this](const std::string& remote) { on_channel_active(remote); });
  }
}

MQClientInstance::~MQClientInstance() = default;

void MQClientInstance::trace(std::string_view event, std::initializer_list<TraceField> fields) {
  if (TraceSink* sink = runtime_.trace()) sink->record(runtime_.now(), node_, event, fields);
}

// ---- lifecycle (§3.4, §3.11)

std::optional<MQError> MQClientInstance::start() {
  switch (state_) {
    case ServiceState::CREATE_JUST: break;
    case ServiceState::START_FAILED:
      return client_exception(profile_,
                              "The Factory object[" + client_id_ + "] has been created before, and failed.");
    default: return std::nullopt;
  }
  state_ = ServiceState::START_FAILED;
  if (top_addressing_) {
    first_fetch_pending_ = true;
    fetch_name_server_addr([this] {
      first_fetch_pending_ = false;
      for (auto& task : std::exchange(after_first_fetch_, {})) task();
    });
  }
  remoting_.start();
  start_scheduled_task();
  rebalance_service_.start();
  if (auto error = start_inner_producer()) return error;
  state_ = ServiceState::RUNNING;
  return std::nullopt;
}

/// It has all its settings as they come, createTopicKey among them.
std::optional<MQError> MQClientInstance::start_inner_producer() {
  const std::string group(kClientInnerProducerGroup);
  if (producer_table_.contains(group)) return group_is_taken(profile_, group);
  inner_publish_table_ = std::make_unique<PublishTable>();
  if (profile_.polls_create_topic_key) inner_publish_table_->want(std::string(kDefaultTopic), &index_source_);
  return std::nullopt;
}

void MQClientInstance::when_name_servers_asked(Task then) {
  if (!first_fetch_pending_) return then();
  after_first_fetch_.emplace_back(runtime_, std::move(then));
}

// A blank answer, or none, changes nothing.
void MQClientInstance::fetch_name_server_addr(Task done) {
  top_addressing_->fetch([this, done = std::move(done)](std::string addresses) mutable {
    if (!addresses.empty() && addresses != fetched_addresses_) {
      trace("name-servers-fetched", {{"addresses", addresses}});
      fetched_addresses_ = std::move(addresses);
      remoting_.update_name_server_address_list(split_name_servers(fetched_addresses_));
    }
    done();
  });
}

// §3.5, in Java's order; all share one thread. The last two have nothing to do without consumers.
void MQClientInstance::start_scheduled_task() {
  if (top_addressing_) {
    tasks_.at_fixed_rate("fetchNameServerAddr", millis(10'000), millis(120'000),
                         [this](Task done) { fetch_name_server_addr(std::move(done)); });
  }
  tasks_.at_fixed_rate("updateTopicRouteInfoFromNameServer", millis(10), millis(config_.getPollNameServerInterval()),
                       [this](Task done) { update_all_routes(std::move(done)); });
  tasks_.at_fixed_rate("cleanOfflineBroker+heartbeat", millis(1000), millis(config_.getHeartbeatBrokerInterval()),
                       [this](Task done) {
                         clean_offline_broker([this, done = std::move(done)]() mutable {
                           send_heartbeat_to_all_broker_with_lock(std::move(done));
                         });
                       });
  tasks_.at_fixed_rate("persistAllConsumerOffset", millis(10'000),
                       millis(config_.getPersistConsumerOffsetInterval()), [](Task done) { done(); });
  tasks_.at_fixed_rate("adjustThreadPool", millis(60'000), millis(60'000), [](Task done) { done(); });
}

std::optional<MQError> MQClientInstance::register_producer(const std::string& group, MQProducerInner& producer) {
  const bool inner = group == kClientInnerProducerGroup && inner_publish_table_ != nullptr;
  if (inner || !producer_table_.try_emplace(group, &producer).second) return group_is_taken(profile_, group);
  return std::nullopt;
}

MQProducerInner* MQClientInstance::select_producer(const std::string& group) const {
  const auto* const entry = producer_table_.find(group);
  return entry == nullptr ? nullptr : entry->second;
}

void MQClientInstance::unregister_producer(const std::string& group, Task done) {
  producer_table_.erase(group);
  if (group == kClientInnerProducerGroup) inner_publish_table_.reset();
  auto addresses = std::make_shared<std::vector<std::string>>();
  for (const auto& [name, ids] : broker_addr_table_) {
    for (std::string& address : addresses_in_java_order(ids)) addresses->push_back(std::move(address));
  }
  unregister_next(std::move(addresses), 0, group, std::move(done));
}

void MQClientInstance::unregister_next(std::shared_ptr<std::vector<std::string>> addresses, std::size_t next,
                                       std::string group, Task done) {
  if (next == addresses->size()) return done();
  const std::string& address = (*addresses)[next];
  api_.unregister_client(address, client_id_, group, config_.getMqClientApiTimeout(),
                         [this, addresses, next, group, done = std::move(done),
                          alive = std::weak_ptr(alive_)](std::optional<MQError> error) mutable {
                           if (alive.expired()) return;
                           if (error) trace("unregister-failed", {{"error", error->message}});
                           unregister_next(std::move(addresses), next + 1, std::move(group), std::move(done));
                         });
}

void MQClientInstance::abandon(const std::string& group) {
  producer_table_.erase(group);
  const bool alive = state_ == ServiceState::RUNNING || state_ == ServiceState::START_FAILED;
  if (!alive || !producer_table_.empty()) return;
  close();
  remoting_.forget();
}

void MQClientInstance::close() {
  state_ = ServiceState::SHUTDOWN_ALREADY;
  tasks_.shutdown();
  top_addressing_.reset();
  connected_.clear();
  remoting_.shutdown();
  rebalance_service_.shutdown();
  for (auto& task : std::exchange(after_first_fetch_, {})) task();
}

void MQClientInstance::shutdown(Task done) {
  if (state_ != ServiceState::RUNNING || !producer_table_.empty()) return done();
  unregister_producer(std::string(kClientInnerProducerGroup), [this, done = std::move(done)]() mutable {
    close();
    done();
  });
}

// ---- routes (§4)

void MQClientInstance::update_all_routes(Task done) {
  JavaMap<bool> topics(JavaMapKind::hash_map);  // a HashSet
  for (const PublishTable* table : publish_tables()) table->collect(topics);
  auto list = std::make_shared<std::vector<std::string>>();
  for (const auto& [topic, unused] : topics) list->push_back(topic);
  update_routes(std::move(list), 0, std::move(done));
}

void MQClientInstance::update_routes(std::shared_ptr<std::vector<std::string>> topics, std::size_t next, Task done) {
  if (next == topics->size()) return done();
  update_topic_route_info_from_name_server((*topics)[next], nullptr,
                                           [this, topics, next, done = std::move(done),
                                            alive = std::weak_ptr(alive_)](std::optional<MQError> error) mutable {
                                             if (alive.expired() || error)
                                               return done();  // what Java throws ends this round
                                             update_routes(std::move(topics), next + 1, std::move(done));
                                           });
}

void MQClientInstance::update_topic_route_info_from_name_server(const std::string& topic,
                                                                const MQProducerInner* defaults_of,
                                                                UpdateHandler handler) {
  lock_namesrv_.lock(kLockPatience, [this, topic, defaults_of, handler = std::move(handler),
                                     alive = std::weak_ptr(alive_)](bool locked) mutable {
    if (!locked || alive.expired()) return handler(std::nullopt);
    std::string asked = topic;
    std::int32_t limit = 0;
    if (defaults_of != nullptr) {
      asked = profile_.default_route_is_tbw102 ? std::string(kDefaultTopic) : defaults_of->create_topic_key();
      limit = defaults_of->default_topic_queue_nums();
    }
    api_.get_topic_route_info(
        asked, config_.getMqClientApiTimeout(),
        [this, topic, limited = defaults_of != nullptr, limit, handler = std::move(handler),
         alive](std::variant<TopicRouteData, MQError> outcome) mutable {
          if (alive.expired()) return;
          std::optional<MQError> thrown;
          if (auto* route = std::get_if<TopicRouteData>(&outcome)) {
            for (QueueData& data : route->queue_datas) {
              if (limited) data.read_queue_nums = data.write_queue_nums = std::min(limit, data.read_queue_nums);
            }
            try {
              apply_route(topic, std::move(*route));
            } catch (const std::invalid_argument& e) {
              thrown = runtime_exception(ErrorType::RuntimeException, e.what());
            }
          } else {
            MQError& error = std::get<MQError>(outcome);
            trace("route-lookup-failed", {{"topic", topic}, {"error", error.message}});
            if (is_remoting(error.type)) {
              thrown = illegal_state_exception(std::move(error));
            } else if (is_runtime(error.type)) {
              thrown = std::move(error);
            }
          }
          lock_namesrv_.unlock();
          handler(std::move(thrown));
        });
  });
}

std::vector<PublishTable*> MQClientInstance::publish_tables() const {
  std::vector<PublishTable*> tables;
  if (inner_publish_table_) tables.push_back(inner_publish_table_.get());
  for (const auto& [group, producer] : producer_table_) tables.push_back(&producer->publish_table());
  return tables;
}

bool MQClientInstance::is_need_update(const std::string& topic) const {
  const auto tables = publish_tables();
  return std::any_of(tables.begin(), tables.end(),
                     [&](const PublishTable* table) { return table->needs_update(topic); });
}

void MQClientInstance::apply_route(const std::string& topic, TopicRouteData route) {
  if (!profile_.has_static_topics) route.topic_queue_mapping_by_broker.reset();
  const auto* const old_route = topic_route_table_.find(topic);
  const bool changed = old_route == nullptr || route_changed(old_route->second, route);
  if (!changed && !is_need_update(topic)) return;
  for (const BrokerData& broker : route.broker_datas) broker_addr_table_[broker.broker_name] = broker.broker_addrs;
  // One object for all producers of the instance, so they share the round-robin position (§4.1). A route that cannot
  // be read throws here, and counts as changed the next time as well.
  auto info = std::make_shared<TopicPublishInfo>(TopicPublishInfo::from_route(topic, route, &index_source_));
  if (!info->end_points().empty()) topic_end_points_[topic] = info->end_points();
  trace("route-changed", {{"topic", topic}, {"queues", info->queues().size()}});
  for (PublishTable* table : publish_tables()) table->update(topic, info);
  topic_route_table_[topic] = std::move(route);
}

const std::string* MQClientInstance::find_broker_address_in_publish(std::string_view broker_name) const {
  const auto* const broker = broker_addr_table_.find(broker_name);
  if (broker == nullptr) return nullptr;
  const auto master = broker->second.find(kMasterId);
  return master == broker->second.end() || master->second.empty() ? nullptr : &master->second;
}

std::optional<std::string> MQClientInstance::get_broker_name_from_message_queue(const MessageQueue& queue) const {
  const auto topic = topic_end_points_.find(queue.getTopic());
  if (topic == topic_end_points_.end()) return queue.getBrokerName();
  const auto at = topic->second.find({queue.getBrokerName(), queue.getQueueId()});
  return at == topic->second.end() ? std::nullopt : std::optional(at->second);
}

const std::string* MQClientInstance::find_address_of_queue(const MessageQueue& queue) const {
  const auto name = get_broker_name_from_message_queue(queue);
  return name ? find_broker_address_in_publish(*name) : nullptr;
}

std::string MQClientInstance::any_broker_address(const std::string& topic) {
  const auto* const route = topic_route_table_.find(topic);
  if (route == nullptr || route->second.broker_datas.empty()) return {};
  Random& random = runtime_.random("any-broker");
  return select_broker_addr(route->second.broker_datas[random.below(route->second.broker_datas.size())]);
}

std::vector<std::string> MQClientInstance::broker_addresses(const std::string& topic) {
  std::vector<std::string> addresses;
  const auto* const route = topic_route_table_.find(topic);
  if (route == nullptr) return addresses;
  for (const BrokerData& group : route->second.broker_datas) {
    std::string address = select_broker_addr(group);
    if (!address.empty()) addresses.push_back(std::move(address));
  }
  return addresses;
}

/// BrokerData.selectBrokerAddr: the master, else any member; "" when there is none.
std::string MQClientInstance::select_broker_addr(const BrokerData& group) {
  const auto& addresses = group.broker_addrs;
  if (const auto master = addresses.find(kMasterId); master != addresses.end()) return master->second;
  if (addresses.empty()) return {};
  Random& random = runtime_.random("any-broker");
  return std::next(addresses.begin(), static_cast<std::ptrdiff_t>(random.below(addresses.size())))->second;
}

// §3.10.
void MQClientInstance::clean_offline_broker(Task done) {
  lock_namesrv_.lock(kLockPatience, [this, done = std::move(done), alive = std::weak_ptr(alive_)](bool locked) mutable {
    if (!locked || alive.expired()) return done();
    const auto in_a_route = [this](const std::string& address) {
      return std::any_of(topic_route_table_.begin(), topic_route_table_.end(), [&](const auto& entry) {
        const auto& brokers = entry.second.broker_datas;
        return std::any_of(brokers.begin(), brokers.end(), [&](const BrokerData& broker) {
          return std::any_of(broker.broker_addrs.begin(), broker.broker_addrs.end(),
                             [&](const auto& id) { return id.second == address; });
        });
      });
    };
    broker_addr_table_.erase_if([&](auto& broker) {
      std::erase_if(broker.second, [&](const auto& id) { return !in_a_route(id.second); });
      return broker.second.empty();
    });
    lock_namesrv_.unlock();
    done();
  });
}

// ---- heartbeats (§3.7, §3.9)

HeartbeatData MQClientInstance::prepare_heartbeat_data() const {
  HeartbeatData data;
  data.client_id = client_id_;
  if (inner_publish_table_) data.producer_data_set.push_back({std::string(kClientInnerProducerGroup)});
  for (const auto& [group, producer] : producer_table_) data.producer_data_set.push_back({group});
  if (profile_.heartbeat_has_fingerprint) {
    data.heartbeat_fingerprint = 0;
    data.without_sub = false;
  }
  return data;
}

void MQClientInstance::send_heartbeat_to_all_broker_with_lock(Task done) {
  if (heartbeat_locked_) return done();
  heartbeat_locked_ = true;
  send_heartbeat_to_all_broker([this, done = std::move(done)]() mutable {
    heartbeat_locked_ = false;
    done();
  });
}

void MQClientInstance::send_heartbeat_to_all_broker(Task done) {
  auto addresses = std::make_shared<std::vector<std::string>>();
  for (const auto& [name, ids] : broker_addr_table_) {
    // Slaves hear from consumers only.
    if (const auto master = ids.find(kMasterId); master != ids.end()) addresses->push_back(master->second);
  }
  heartbeat_next(std::move(addresses), 0, std::move(done));
}

void MQClientInstance::heartbeat_next(std::shared_ptr<std::vector<std::string>> addresses, std::size_t next,
                                      Task done) {
  if (next == addresses->size()) return done();
  const std::string& address = (*addresses)[next];
  send_heartbeat(address, [this, addresses, next, done = std::move(done)]() mutable {
    heartbeat_next(std::move(addresses), next + 1, std::move(done));
  });
}

void MQClientInstance::send_heartbeat(const std::string& address, Task done) {
  HeartbeatData data = prepare_heartbeat_data();
  const bool v2 = config_.isUseHeartbeatV2() && profile_.heartbeat_has_fingerprint;
  std::int32_t fingerprint = 0;
  if (v2) {
    fingerprint = data.compute_heartbeat_fingerprint();
    data.heartbeat_fingerprint = fingerprint;
    const auto known = heartbeat_v2_fingerprints_.find(address);
    data.without_sub = heartbeat_v2_supported_.contains(address) && known != heartbeat_v2_fingerprints_.end() &&
                       known->second == fingerprint;
  }
  const bool full = !data.without_sub.value_or(false);
  api_.send_heartbeat(address, data, config_.getLanguage(), config_.getMqClientApiTimeout(),
                      [this, address, v2, full, fingerprint, done = std::move(done),
                       alive = std::weak_ptr(alive_)](std::variant<HeartbeatAnswer, MQError> outcome) mutable {
                        if (alive.expired()) return;
                        if (const auto* error = std::get_if<MQError>(&outcome)) {
                          trace("heartbeat-failed", {{"error", error->message}});
                        } else if (v2) {
                          const HeartbeatAnswer& answer = std::get<HeartbeatAnswer>(outcome);
                          if (full && answer.supports_v2) {
                            heartbeat_v2_supported_.emplace(address, true);
                            heartbeat_v2_fingerprints_[address] = fingerprint;
                          }
                          if (answer.subscriptions_changed) heartbeat_v2_fingerprints_.erase(address);
                        }
                        done();
                      });
}

// One after the other: who connects while another is being greeted has to wait. A connection that its own greeting
// made, since that was answered with GO_AWAY, is greeted already; Java would go on so without end (README, known
// differences).
void MQClientInstance::on_channel_active(const std::string& remote) {
  if (remote == being_greeted_) return;
  connected_.push_back(remote);
  if (std::exchange(greets_connected_, true)) return;
  runtime_.post([this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) greet_connected();
  });
}

void MQClientInstance::greet_connected() {
  greets_connected_ = !connected_.empty();
  if (!greets_connected_) return;
  const std::string remote = std::move(connected_.front());
  connected_.pop_front();
  std::size_t names = 0;  // of brokers that are there
  for (const auto& [name, ids] : broker_addr_table_) {
    names += std::any_of(ids.begin(), ids.end(), [&](const auto& id) { return id.second == remote; });
  }
  greet(remote, names, [this] { greet_connected(); });
}

/// Not while a round is under way, or whoever else holds the lock. A connection that has gone meanwhile is not greeted:
/// that would make a new one, which had to be greeted in turn.
void MQClientInstance::greet(const std::string& remote, std::size_t times, Task done) {
  if (times == 0 || heartbeat_locked_ || !remoting_.connected_to(remote)) return done();
  heartbeat_locked_ = true;
  being_greeted_ = remote;
  send_heartbeat(remote, [this, remote, times, done = std::move(done)]() mutable {
    heartbeat_locked_ = false;
    being_greeted_.clear();
    greet(remote, times - 1, std::move(done));
  });
}

}  // namespace rmqsim
