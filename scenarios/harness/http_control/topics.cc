// Resources: topics at brokers, routes at nameservers.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

Json queues_json(const QueueData& queues) {
  return {{"broker", queues.broker_name},
          {"readQueues", queues.read_queue_nums},
          {"writeQueues", queues.write_queue_nums},
          {"perm", queues.perm}};
}

Json route_json(const std::string& nameserver, const TopicRouteData& route) {
  Json json;
  json["nameserver"] = nameserver;
  json["queues"] = Json::array();
  for (const QueueData& queues : route.queue_datas) json["queues"].push_back(queues_json(queues));
  json["brokers"] = Json::array();
  for (const BrokerData& broker : route.broker_datas) {
    Json addresses = Json::object();
    for (const auto& [id, address] : broker.broker_addrs) addresses[std::to_string(id)] = address;
    json["brokers"].push_back(
        {{"name", broker.broker_name}, {"cluster", broker.cluster}, {"addresses", std::move(addresses)}});
  }
  return json;
}

void check_topic(const std::string& topic) {
  if (const auto wrong = topic_name_error(topic)) throw ControlError(400, std::string(*wrong));
}

}  // namespace

std::optional<Json> ControlResources::list_topics(ControlCall& call) {
  std::map<std::string, Json> topics;
  for (const auto& [name, broker] : call.control.brokers_) {
    for (const auto& [topic, config] : broker->broker().state().topics.table()) {
      Json& json = topics[topic];
      if (json.is_null()) {
        json["topic"] = topic;
        json["system"] = is_system_topic(topic) || topic == kAutoCreateTopicKeyTopic;
        json["brokers"] = Json::array();
      }
      json["brokers"].push_back({{"broker", name},
                                 {"readQueues", config.read_queue_nums},
                                 {"writeQueues", config.write_queue_nums},
                                 {"perm", config.perm},
                                 {"stored", broker->broker().store().stored_in_topic(topic)}});
    }
  }
  Json list = Json::array();
  for (auto& [topic, json] : topics) list.push_back(std::move(json));
  return Json{{"topics", std::move(list)}};
}

std::optional<Json> ControlResources::put_topic(ControlCall& call) {
  Control& control = call.control;
  const std::string& topic = call.path.at(0);
  check_topic(topic);
  if (is_system_topic(topic)) throw ControlError(409, in_quotes(topic) + " is one of the brokers' own topics");
  call.need_brokers();
  const TopicSpec spec = take(parse_topic_fragment(call.body, topic, control.names()));
  Json list = Json::array();
  for (const auto& [broker_name, queues] : spec.queues) {
    for (auto& [name, broker] : control.brokers_) {
      if (broker->broker().state().config.broker_name != broker_name) continue;
      broker->put_topic(topic, queues, spec.perm);
      list.push_back({{"broker", name}, {"queues", queues}, {"perm", spec.perm}});
    }
  }
  Json answer{{"topic", topic}, {"brokers", std::move(list)}};
  Json details{{"what", "put"}};
  details.update(answer);
  control.note("topic", "", "", json_text(details));
  return answer;
}

std::optional<Json> ControlResources::list_routes(ControlCall& call) {
  Json list = Json::array();
  for (const auto& [name, nameserver] : call.control.nameservers_) {
    list.push_back({{"nameserver", name}, {"topics", nameserver->routes().topics()}});
  }
  return Json{{"routes", std::move(list)}};
}

std::optional<Json> ControlResources::get_route(ControlCall& call) {
  call.need_nameservers();
  Json list = Json::array();
  std::vector<std::string> known;
  for (const auto& [name, nameserver] : call.control.nameservers_) {
    if (const auto route = nameserver->routes().route(call.path.at(0))) list.push_back(route_json(name, *route));
    for (std::string& topic : nameserver->routes().topics()) known.push_back(std::move(topic));
  }
  if (list.empty()) {
    throw ControlError(404, "no nameserver has a route for " + in_quotes(call.path.at(0)) +
                                suggestion(call.path.at(0), known));
  }
  return Json{{"topic", call.path.at(0)}, {"routes", std::move(list)}};
}

std::optional<Json> ControlResources::put_route(ControlCall& call) {
  Control& control = call.control;
  const std::string& topic = call.path.at(0);
  check_topic(topic);
  call.need_nameservers();
  const std::string* only = call.find("nameserver");
  if (only != nullptr) call.nameserver(*only);
  const TopicSpec spec = take(parse_topic_fragment(call.body, topic, control.names()));
  std::vector<QueueData> route;
  for (const auto& [broker, queues] : spec.queues) route.push_back(QueueData{broker, queues, queues, spec.perm, 0});
  for (auto& [name, nameserver] : control.nameservers_) {
    if (only != nullptr && *only != name) continue;
    nameserver->routes().replace_route(topic, route);
  }
  SetRouteEvent event{spec, {}};
  if (only != nullptr) event.nameservers = {*only};
  control.happened({"setRoute", std::move(event)});
  return get_route(call);
}

std::optional<Json> ControlResources::remove_from_route(ControlCall& call) {
  Control& control = call.control;
  const std::string topic = call.path.at(0) == "*" ? "" : call.path.at(0);
  const std::string& broker = call.path.at(1);
  call.need_nameservers();
  const std::string* only = call.find("nameserver");
  if (only != nullptr) call.nameserver(*only);
  Json removed = Json::array();
  for (auto& [name, nameserver] : control.nameservers_) {
    if (only != nullptr && *only != name) continue;
    if (nameserver->routes().remove_from_route(topic, broker)) removed.push_back(name);
  }
  if (removed.empty()) {
    const auto names = control.names().masters;
    const bool known = std::find(names.begin(), names.end(), broker) != names.end();
    throw ControlError(404, in_quotes(broker) + " is in no route" +
                                (topic.empty() ? std::string() : " of " + in_quotes(topic)) +
                                (known ? std::string() : suggestion(broker, names)));
  }
  RemoveFromRouteEvent event{broker, std::nullopt, {}};
  if (!topic.empty()) event.topic = topic;
  if (only != nullptr) event.nameservers = {*only};
  control.happened({"removeFromRoute", std::move(event)});
  return Json{{"topic", call.path.at(0)}, {"broker", broker}, {"removedAt", std::move(removed)}};
}

}  // namespace rmqsim
