// Bodies of 105, 106, 206 and 901. Field order on writing is alphabetical, as fastjson sorts bean properties.
#include "producer/remoting/bodies/topic_route_data.h"

#include <utility>

#include "producer/remoting/codec/json_body.h"
#include "producer/remoting/codec/recent_bodies.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

using json_body::Json;
using json_body::Reader;
using json_body::Writer;

void write(Writer& w, const std::map<std::int64_t, std::string>& addrs) {
  w.open('{');
  for (const auto& [id, addr] : addrs) {
    w.key(id);
    w.value(addr);
  }
  w.close('}');
}

void write(Writer& w, const BrokerData& b) {
  w.open('{');
  w.key("brokerAddrs");
  write(w, b.broker_addrs);
  w.field("brokerName", std::string_view(b.broker_name));
  w.field("cluster", std::string_view(b.cluster));
  if (b.enable_acting_master) w.field_bool("enableActingMaster", *b.enable_acting_master);
  w.field("zoneName", b.zone_name);
  w.close('}');
}

void write(Writer& w, const QueueData& q) {
  w.open('{');
  w.field("brokerName", std::string_view(q.broker_name));
  w.field("perm", q.perm);
  w.field("readQueueNums", q.read_queue_nums);
  w.field("topicSysFlag", q.topic_sys_flag);
  w.field("writeQueueNums", q.write_queue_nums);
  w.close('}');
}

void write(Writer& w, const std::map<std::string, std::vector<std::string>>& table) {
  w.open('{');
  for (const auto& [k, v] : table) {
    w.key(k);
    w.texts(v);
  }
  w.close('}');
}

void read_addrs(const Reader& r, std::map<std::int64_t, std::string>& addrs, bool& ok) {
  r.each_member("brokerAddrs", [&](const std::string& id, const Json& addr) {
    const auto number = text::parse_int64(id);
    std::string text;
    if (!number || !json_body::to_text(addr, text)) {
      ok = false;
      return;
    }
    addrs[*number] = std::move(text);
  });
}

BrokerData read_broker(const Json& json, bool& ok) {
  BrokerData b;
  const Reader r(json, ok);
  r.text("cluster", b.cluster);
  r.text("brokerName", b.broker_name);
  r.flag("enableActingMaster", b.enable_acting_master);
  r.text("zoneName", b.zone_name);
  read_addrs(r, b.broker_addrs, ok);
  return b;
}

QueueData read_queue(const Json& json, bool& ok) {
  QueueData q;
  const Reader r(json, ok);
  r.text("brokerName", q.broker_name);
  r.number("readQueueNums", q.read_queue_nums);
  r.number("writeQueueNums", q.write_queue_nums);
  r.number("perm", q.perm);
  r.number("topicSynFlag", q.topic_sys_flag);  // the older spelling
  r.number("topicSysFlag", q.topic_sys_flag);
  return q;
}

void read_table(const Reader& r, const char* key, std::map<std::string, std::vector<std::string>>& table, bool& ok) {
  r.each_member(key, [&](const std::string& k, const Json& values) {
    if (!values.is_array()) {
      ok = false;
      return;
    }
    auto& list = table[k];
    for (const Json& v : values) {
      list.emplace_back();
      if (!json_body::to_text(v, list.back())) ok = false;
    }
  });
}

bool read_route(std::string_view body, TopicRouteData& out) {
  Json json;
  bool ok = json_body::parse(body, json);
  const Reader r(json, ok);
  r.text("orderTopicConf", out.order_topic_conf);
  r.each("queueDatas", [&](const Json& q) { out.queue_datas.push_back(read_queue(q, ok)); });
  r.each("brokerDatas", [&](const Json& b) { out.broker_datas.push_back(read_broker(b, ok)); });
  read_table(r, "filterServerTable", out.filter_server_table, ok);
  r.raw("topicQueueMappingByBroker", out.topic_queue_mapping_by_broker);
  return ok;
}

}  // namespace

std::string PermName::perm_to_string(std::int32_t perm) {
  std::string s = "---";
  if (is_readable(perm)) s[0] = 'R';
  if (is_writeable(perm)) s[1] = 'W';
  if (is_inherited(perm)) s[2] = 'X';
  return s;
}

std::string TopicRouteData::encode(JsonDialect dialect) const {
  std::string out;
  Writer w(out, dialect);
  w.open('{');
  w.key("brokerDatas");
  w.open('[');
  for (const BrokerData& b : broker_datas) write(w, b);
  w.close(']');
  w.key("filterServerTable");
  write(w, filter_server_table);
  w.field("orderTopicConf", order_topic_conf);
  w.key("queueDatas");
  w.open('[');
  for (const QueueData& q : queue_datas) write(w, q);
  w.close(']');
  w.field_raw("topicQueueMappingByBroker", topic_queue_mapping_by_broker);
  w.close('}');
  return out;
}

error_code TopicRouteData::decode(std::string_view body, TopicRouteData& out) {
  thread_local RecentBodies<TopicRouteData> recent;
  const auto route = recent.get(body, 0, read_route);
  if (!route) return RemotingError::bad_body;
  out = *route;
  return {};
}

std::string ClusterInfo::encode(JsonDialect dialect) const {
  std::string out;
  Writer w(out, dialect);
  w.open('{');
  w.key("brokerAddrTable");
  w.open('{');
  for (const auto& [name, broker] : broker_addr_table) {
    w.key(name);
    write(w, broker);
  }
  w.close('}');
  w.key("clusterAddrTable");
  write(w, cluster_addr_table);
  w.close('}');
  return out;
}

error_code ClusterInfo::decode(std::string_view body, ClusterInfo& out) {
  out = {};
  Json json;
  bool ok = json_body::parse(body, json);
  const Reader r(json, ok);
  r.each_member("brokerAddrTable",
                [&](const std::string& name, const Json& b) { out.broker_addr_table[name] = read_broker(b, ok); });
  read_table(r, "clusterAddrTable", out.cluster_addr_table, ok);
  return ok ? error_code{} : error_code{RemotingError::bad_body};
}

std::string BrokerMemberGroup::encode(JsonDialect dialect) const {
  std::string out;
  Writer w(out, dialect);
  w.open('{');
  w.key("brokerMemberGroup");
  w.open('{');
  w.key("brokerAddrs");
  write(w, broker_addrs);
  w.field("brokerName", std::string_view(broker_name));
  w.field("cluster", std::string_view(cluster));
  w.close('}');
  w.close('}');
  return out;
}

error_code BrokerMemberGroup::decode(std::string_view body, BrokerMemberGroup& out) {
  out = {};
  Json json;
  bool ok = json_body::parse(body, json);
  const Json* const group = Reader(json, ok).member("brokerMemberGroup");
  if (group == nullptr) return ok ? error_code{} : error_code{RemotingError::bad_body};
  const Reader r(*group, ok);
  r.text("cluster", out.cluster);
  r.text("brokerName", out.broker_name);
  read_addrs(r, out.broker_addrs, ok);
  return ok ? error_code{} : error_code{RemotingError::bad_body};
}

std::string encode_topic_list(const std::vector<std::string>& topics, const std::optional<std::string>& broker_addr) {
  std::string out;
  Writer w(out);
  w.open('{');
  w.field("brokerAddr", broker_addr);
  w.key("topicList");
  w.texts(topics);
  w.close('}');
  return out;
}

error_code decode_topic_list(std::string_view body, std::vector<std::string>& out) {
  Json json;
  bool ok = json_body::parse(body, json);
  Reader(json, ok).texts("topicList", out);
  return ok ? error_code{} : error_code{RemotingError::bad_body};
}

}  // namespace rmqsim
