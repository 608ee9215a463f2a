#include "fake_namesrv/fake_namesrv.h"

#include <algorithm>
#include <set>

#include "fake_namesrv/namesrv_config.h"
#include "producer/remoting/bodies/stored_message.h"
#include "producer/remoting/codec/recent_bodies.h"
#include "producer/remoting/codec/text.h"
#include "producer/remoting/headers/namesrv_headers.h"

namespace rmqsim {

namespace {

constexpr std::string_view kOrderTopicConfig = "ORDER_TOPIC_CONFIG";
constexpr std::size_t kMaxKvEntries = 100'000;

bool is_blank(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
}

}  // namespace

void filter_by_zone(std::string_view zone, TopicRouteData& route) {
  std::set<std::string> dropped;
  auto& brokers = route.broker_datas;
  for (const BrokerData& broker : brokers) {
    if (broker.broker_addrs.count(kMasterId) != 0 && broker.zone_name.value_or("") != zone) {
      dropped.insert(broker.broker_name);
    }
  }
  std::erase_if(brokers, [&](const BrokerData& b) { return dropped.count(b.broker_name) != 0; });
  std::erase_if(route.queue_datas, [&](const QueueData& q) { return dropped.count(q.broker_name) != 0; });
}

FakeNamesrv::FakeNamesrv(NamesrvConfig config) : config_(std::move(config)), routes_(*config_.profile) {}

RequestFacts FakeNamesrv::facts(const RemotingCommand& request) const {
  RequestFacts facts;
  facts.code = request.code;
  facts.topic = request.ext_fields.get("topic");
  return facts;
}

FakeNamesrv::Processor FakeNamesrv::find_processor(std::int32_t code, std::int32_t version) {
  struct Row {
    std::int32_t code;
    Processor processor;
    std::int32_t since = 0;  ///< a version of the server (MQVersion)
  };
  static constexpr Row kRows[] = {
      {RequestCode::GET_ROUTEINFO_BY_TOPIC, &FakeNamesrv::get_route},
      {RequestCode::GET_BROKER_CLUSTER_INFO, &FakeNamesrv::get_cluster},
      {RequestCode::GET_ALL_TOPIC_LIST_FROM_NAMESERVER, &FakeNamesrv::get_topics},
      {RequestCode::GET_TOPICS_BY_CLUSTER, &FakeNamesrv::get_topics_of_cluster},
      {RequestCode::GET_SYSTEM_TOPIC_LIST_FROM_NS, &FakeNamesrv::get_system_topics},
      {RequestCode::REGISTER_BROKER, &FakeNamesrv::register_broker},
      {RequestCode::UNREGISTER_BROKER, &FakeNamesrv::unregister_broker},
      {RequestCode::QUERY_DATA_VERSION, &FakeNamesrv::query_data_version},
      {RequestCode::PUT_KV_CONFIG, &FakeNamesrv::put_kv_config},
      {RequestCode::GET_KV_CONFIG, &FakeNamesrv::get_kv_config},
      {RequestCode::DELETE_KV_CONFIG, &FakeNamesrv::delete_kv_config},
      {RequestCode::GET_KVLIST_BY_NAMESPACE, &FakeNamesrv::get_kv_list},
      {RequestCode::DELETE_TOPIC_IN_NAMESRV, &FakeNamesrv::delete_topic},
      {RequestCode::GET_NAMESRV_CONFIG, &FakeNamesrv::get_config},
      {RequestCode::REGISTER_TOPIC_IN_NAMESRV, &FakeNamesrv::register_topic, MQVersion::V5_0_0},
      {RequestCode::BROKER_HEARTBEAT, &FakeNamesrv::broker_heartbeat, MQVersion::V5_0_0},
      {RequestCode::GET_BROKER_MEMBER_GROUP, &FakeNamesrv::get_member_group, MQVersion::V5_0_0},
  };
  for (const Row& row : kRows) {
    if (row.code == code && version >= row.since) return row.processor;
  }
  return nullptr;
}

void FakeNamesrv::process(const RemotingCommand& request, const Peer& peer, TimePoint now, Reply& reply) {
  if (const Processor processor = find_processor(request.code, profile().version)) {
    (this->*processor)(request, peer, now, reply);
    return;
  }
  if (!profile().namesrv_answers_unknown_codes) return;
  RemotingCommand& response = answer(request, reply);
  response.code = ResponseCode::REQUEST_CODE_NOT_SUPPORTED;
  response.remark = " request type " + std::to_string(request.code) + " not supported";
}

void FakeNamesrv::connection_closed(std::uint64_t connection, TimePoint now) {
  (void)now;
  routes_.connection_closed(connection);
}

RemotingCommand& FakeNamesrv::answer(const RemotingCommand& request, Reply& reply) const {
  begin_response(profile(), request, reply.response);
  reply.has_response = true;
  return reply.response;
}

void FakeNamesrv::fail(const RemotingCommand& request, std::string remark, Reply& reply) const {
  RemotingCommand& response = answer(request, reply);
  response.code = ResponseCode::SYSTEM_ERROR;
  response.remark = std::move(remark);
}

void FakeNamesrv::get_route(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto topic = request.ext_fields.find("topic");
  RemotingCommand& response = answer(request, reply);
  auto route = topic ? routes_.route(*topic) : std::nullopt;
  if (!route) {
    response.code = ResponseCode::TOPIC_NOT_EXIST;
    response.remark = "No topic route info in name server for the topic: " + std::string(topic.value_or("null")) +
                      std::string(profile().faq_sentence);
    return;
  }
  if (config_.order_message_enable) {
    std::string order = kv(kOrderTopicConfig, *topic);
    if (!order.empty()) route->order_topic_conf = std::move(order);
  }
  JsonDialect dialect = request.version >= MQVersion::V4_9_4 || request.ext_fields.get_bool("acceptStandardJsonOnly")
                            ? JsonDialect::standard
                            : JsonDialect::fastjson;
  const std::string_view zone = request.ext_fields.get("__ZONE_NAME");
  if (profile().namesrv_has_zones && request.ext_fields.get_bool("__ZONE_MODE") && !is_blank(zone)) {
    filter_by_zone(zone, *route);
    dialect = JsonDialect::fastjson;  // §5.5: even for new clients
  }
  response.body = route->encode(dialect);
}

void FakeNamesrv::get_cluster(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  answer(request, reply).body = routes_.cluster_info().encode(JsonDialect::fastjson);
}

void FakeNamesrv::get_topics(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  answer(request, reply).body = encode_topic_list(routes_.topics());
}

void FakeNamesrv::get_topics_of_cluster(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  answer(request, reply).body = encode_topic_list(routes_.topics_of_cluster(request.ext_fields.get("cluster")));
}

/// The names of clusters and brokers, which are topics, too, and a broker that can tell the others (305).
void FakeNamesrv::get_system_topics(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const ClusterInfo info = routes_.cluster_info();
  std::set<std::string> topics;
  for (const auto& [cluster, brokers] : info.cluster_addr_table) {
    topics.insert(cluster);
    topics.insert(brokers.begin(), brokers.end());
  }
  std::optional<std::string> address;
  for (const auto& [name, broker] : info.broker_addr_table) {
    if (!address && !broker.broker_addrs.empty()) address = broker.broker_addrs.begin()->second;
  }
  answer(request, reply).body = encode_topic_list({topics.begin(), topics.end()}, address);
}

void FakeNamesrv::get_member_group(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const std::string_view cluster = request.ext_fields.get("clusterName");
  const std::string_view broker = request.ext_fields.get("brokerName");
  RemotingCommand& response = answer(request, reply);
  response.remark = "not set any response code";  // observed-servers §3
  response.body = routes_.member_group(cluster, broker)
                      .value_or(BrokerMemberGroup{std::string(cluster), std::string(broker), {}})
                      .encode(JsonDialect::fastjson);
}

void FakeNamesrv::delete_topic(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto topic = request.ext_fields.find("topic");
  if (topic) routes_.delete_topic(*topic, request.ext_fields.get("clusterName"));
  answer(request, reply);
}

void FakeNamesrv::get_config(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  answer(request, reply).body = namesrv_config_text(config_);
}

void FakeNamesrv::register_broker(const RemotingCommand& request, const Peer& peer, TimePoint now, Reply& reply) {
  const auto header = RegisterBrokerRequestHeader::from_ext(request.ext_fields);
  if (!header.broker_name || !header.broker_addr || !header.cluster_name || !header.broker_id) {
    fail(request, "java.lang.NullPointerException", reply);
    return;
  }
  struct Registered {
    std::uint32_t crc = 0;
    RegisterBrokerBody body;
    bool readable = false;
  };
  thread_local RecentBodies<Registered> recent;
  const bool compressed = header.compressed.value_or(false);
  const auto form = static_cast<std::uint64_t>(static_cast<std::uint32_t>(request.version)) * 2 + (compressed ? 1 : 0);
  const auto said = recent.get(request.body, form, [&](std::string_view bytes, Registered& out) {
    out.crc = crc32(bytes);
    out.readable = !RegisterBrokerBody::decode(bytes, request.version, compressed, out.body);
    return true;
  });
  if (header.body_crc32.value_or(0) != 0 && static_cast<std::uint32_t>(*header.body_crc32) != said->crc) {
    fail(request, "crc32 not match", reply);
    return;
  }
  if (!said->readable) {
    fail(request, "com.alibaba.fastjson.JSONException: syntax error", reply);
    return;
  }
  BrokerRegistration broker;
  broker.cluster_name = *header.cluster_name;
  broker.broker_name = *header.broker_name;
  broker.broker_addr = *header.broker_addr;
  broker.ha_server_addr = header.ha_server_addr.value_or("");
  broker.broker_id = *header.broker_id;
  broker.enable_acting_master = header.enable_acting_master;
  broker.connection = peer.connection;
  constexpr std::int64_t kLongestTimeoutMs = 365LL * 24 * 3600 * 1000;
  if (header.heartbeat_timeout_millis && *header.heartbeat_timeout_millis > 0) {
    broker.heartbeat_timeout = millis(std::min(*header.heartbeat_timeout_millis, kLongestTimeoutMs));
  }
  if (const auto zone = request.ext_fields.find("__ZONE_NAME")) broker.zone_name = std::string(*zone);
  const RegisterBrokerResult result = routes_.register_broker(broker, said->body.topic_config_serialize_wrapper, now);
  if (!result.accepted) {
    fail(request, "register broker failed", reply);
    return;
  }
  if (registered_) registered_();
  if (result.overwritten_addr && warning_) {
    warning_(broker.broker_name + " of cluster " + broker.cluster_name + " at " + broker.broker_addr +
             " overwrites the address " + *result.overwritten_addr + " of the " + broker.broker_name + " of cluster " +
             *result.overwritten_cluster + ": a nameserver knows a broker by its name alone, so clients reach now " +
             "the one and now the other; give one of them another name");
  }
  RemotingCommand& response = answer(request, reply);
  RegisterBrokerResponseHeader{result.ha_server_addr, result.master_addr}.to_ext(response.ext());
  KVTable order;
  if (const auto space = kv_.find(kOrderTopicConfig); space != kv_.end()) {
    order.table.insert(space->second.begin(), space->second.end());
  }
  response.body = order.encode();
}

void FakeNamesrv::unregister_broker(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto header = UnregisterBrokerRequestHeader::from_ext(request.ext_fields);
  routes_.unregister_broker(header.cluster_name.value_or(""), header.broker_name.value_or(""),
                            header.broker_addr.value_or(""), header.broker_id.value_or(kMasterId));
  answer(request, reply);
}

void FakeNamesrv::register_topic(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto topic = request.ext_fields.find("topic");
  TopicRouteData route;
  if (!topic || (!request.body.empty() && TopicRouteData::decode(request.body, route))) {
    fail(request, "java.lang.NullPointerException", reply);
    return;
  }
  routes_.register_topic(*topic, route.queue_datas);
  answer(request, reply);
}

void FakeNamesrv::query_data_version(const RemotingCommand& request, const Peer&, TimePoint now, Reply& reply) {
  const auto header = QueryDataVersionRequestHeader::from_ext(request.ext_fields);
  const std::string cluster = header.cluster_name.value_or("");
  const std::string address = header.broker_addr.value_or("");
  DataVersion theirs;
  if (DataVersion::decode(request.body, theirs)) {
    fail(request, "com.alibaba.fastjson.JSONException: syntax error", reply);
    return;
  }
  auto ours = routes_.data_version(cluster, address);
  const bool changed = !ours || !(*ours == theirs);
  if (!changed) routes_.refresh(cluster, address, now);
  RemotingCommand& response = answer(request, reply);
  response.ext().set_bool("changed", changed);
  if (ours && !profile().data_version_has_state) ours->state_version.reset();
  if (ours) response.body = ours->encode();
}

void FakeNamesrv::broker_heartbeat(const RemotingCommand& request, const Peer&, TimePoint now, Reply& reply) {
  const auto header = BrokerHeartbeatRequestHeader::from_ext(request.ext_fields);
  routes_.refresh(header.cluster_name.value_or(""), header.broker_addr.value_or(""), now);
  answer(request, reply);
}

bool FakeNamesrv::put_kv(std::string_view space, std::string_view key, std::string_view value) {
  auto& table = kv_[std::string(space)];
  const auto it = table.find(key);
  if (it != table.end()) {
    it->second = value;
    return true;
  }
  if (kv_entries_ >= kMaxKvEntries) return false;
  ++kv_entries_;
  table.emplace(std::string(key), std::string(value));
  return true;
}

std::string FakeNamesrv::kv(std::string_view space, std::string_view key) const {
  const auto table = kv_.find(space);
  if (table == kv_.end()) return {};
  const auto it = table->second.find(key);
  return it == table->second.end() ? std::string() : it->second;
}

void FakeNamesrv::put_kv_config(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto header = KVConfigHeader::from_ext(request.ext_fields);
  if (!header.namespace_ || !header.key) {
    fail(request, "namespace or key is null", reply);
    return;
  }
  if (!put_kv(*header.namespace_, *header.key, header.value.value_or(""))) {
    fail(request, "too many KV entries for a fake nameserver", reply);
    return;
  }
  answer(request, reply);
}

void FakeNamesrv::get_kv_config(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto header = KVConfigHeader::from_ext(request.ext_fields);
  const std::string space = header.namespace_.value_or("null");
  const std::string key = header.key.value_or("null");
  const auto table = kv_.find(space);
  RemotingCommand& response = answer(request, reply);
  ExtFields& ext = response.ext();
  if (table != kv_.end()) {
    if (const auto it = table->second.find(key); it != table->second.end()) {
      ext.set("value", it->second);
      return;
    }
  }
  response.code = ResponseCode::QUERY_NOT_FOUND;
  response.remark = "No config item, Namespace: " + space + " Key: " + key;
}

void FakeNamesrv::delete_kv_config(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto header = KVConfigHeader::from_ext(request.ext_fields);
  if (const auto table = kv_.find(header.namespace_.value_or("")); table != kv_.end()) {
    kv_entries_ -= table->second.erase(header.key.value_or(""));
  }
  answer(request, reply);
}

void FakeNamesrv::get_kv_list(const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const std::string space(request.ext_fields.find("namespace").value_or("null"));
  RemotingCommand& response = answer(request, reply);
  const auto table = kv_.find(space);
  if (table == kv_.end()) {
    response.code = ResponseCode::QUERY_NOT_FOUND;
    response.remark = "No config item, Namespace: " + space;
    return;
  }
  KVTable out;
  out.table.insert(table->second.begin(), table->second.end());
  response.body = out.encode();
}

}  // namespace rmqsim
