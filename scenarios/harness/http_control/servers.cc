// Resources: brokers and nameservers as processes that crash and pause.
#include <boost/system/system_error.hpp>

#include <nlohmann/json.hpp>

#include "producer/remoting/bodies/topic_route_data.h"
#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

const char* state_name(const FakeServer& server) {
  if (!server.running()) return "crashed";
  return server.paused() ? "paused" : "running";
}

[[noreturn]] void conflict(const std::string& name, const FakeServer& server, const char* wanted) {
  throw ControlError(409, in_quotes(name) + " is " + state_name(server) + ", and only one that is " + wanted +
                              " can do that");
}

template <class Server>
void crash(const std::string& name, Server& server) {
  if (!server.server().running()) conflict(name, server.server(), "running or paused");
  server.crash();
}

template <class Server>
void restart(const std::string& name, Server& server) {
  if (server.server().running()) conflict(name, server.server(), "crashed");
  try {
    server.restart();
  } catch (const boost::system::system_error& error) {
    throw ControlError(409, in_quotes(name) + " cannot listen on " + server.address() + " again: " +
                                error.code().message());
  }
}

template <class Server>
void pause(const std::string& name, Server& server) {
  if (!server.server().running() || server.server().paused()) conflict(name, server.server(), "running");
  server.pause();
}

template <class Server>
void resume(const std::string& name, Server& server) {
  if (!server.server().running() || !server.server().paused()) conflict(name, server.server(), "paused");
  server.resume();
}

Json head(const std::string& name, const std::string& address, const FakeServer& server) {
  Json json;
  json["name"] = name;
  json["address"] = address;
  json["state"] = state_name(server);
  json["received"] = server.received();
  return json;
}

}  // namespace

Json ControlResources::server_json(const Control& control, const std::string& name) {
  if (const auto it = control.brokers_.find(name); it != control.brokers_.end()) {
    const FakeBrokerServer& broker = *it->second;
    const BrokerConfig& config = broker.broker().state().config;
    const MessageStore& store = broker.broker().store();
    Json json = head(name, broker.address(), broker.server());
    json["brokerName"] = config.broker_name;
    json["brokerId"] = config.broker_id;
    json["cluster"] = config.broker_cluster_name;
    json["version"] = config.profile->name;
    json["perm"] = config.broker_permission;
    json["registered"] = broker.registrar().registered();
    json["topics"] = broker.broker().state().topics.table().size();
    json["stored"] = store.stored();
    json["acknowledged"] = store.acknowledged();
    return json;
  }
  const FakeNamesrvServer& nameserver = *look_up(control.nameservers_, name);
  return head(name, nameserver.address(), nameserver.server());
}

std::optional<Json> ControlResources::list_brokers(ControlCall& call) {
  Json list = Json::array();
  for (const auto& [name, broker] : call.control.brokers_) list.push_back(server_json(call.control, name));
  return Json{{"brokers", std::move(list)}};
}

std::optional<Json> ControlResources::list_nameservers(ControlCall& call) {
  Json list = Json::array();
  for (const auto& [name, server] : call.control.nameservers_) list.push_back(server_json(call.control, name));
  return Json{{"nameservers", std::move(list)}};
}

std::optional<Json> ControlResources::get_broker(ControlCall& call) {
  call.broker(call.path.at(0));
  return server_json(call.control, call.path.at(0));
}

std::optional<Json> ControlResources::get_nameserver(ControlCall& call) {
  call.nameserver(call.path.at(0));
  return server_json(call.control, call.path.at(0));
}

std::optional<Json> ControlResources::crash_broker(ControlCall& call) {
  crash(call.path.at(0), call.broker(call.path.at(0)));
  return get_broker(call);
}
std::optional<Json> ControlResources::restart_broker(ControlCall& call) {
  restart(call.path.at(0), call.broker(call.path.at(0)));
  return get_broker(call);
}
std::optional<Json> ControlResources::pause_broker(ControlCall& call) {
  pause(call.path.at(0), call.broker(call.path.at(0)));
  return get_broker(call);
}
std::optional<Json> ControlResources::resume_broker(ControlCall& call) {
  resume(call.path.at(0), call.broker(call.path.at(0)));
  return get_broker(call);
}
std::optional<Json> ControlResources::crash_nameserver(ControlCall& call) {
  crash(call.path.at(0), call.nameserver(call.path.at(0)));
  return get_nameserver(call);
}
std::optional<Json> ControlResources::restart_nameserver(ControlCall& call) {
  restart(call.path.at(0), call.nameserver(call.path.at(0)));
  return get_nameserver(call);
}
std::optional<Json> ControlResources::pause_nameserver(ControlCall& call) {
  pause(call.path.at(0), call.nameserver(call.path.at(0)));
  return get_nameserver(call);
}
std::optional<Json> ControlResources::resume_nameserver(ControlCall& call) {
  resume(call.path.at(0), call.nameserver(call.path.at(0)));
  return get_nameserver(call);
}

/// With a topic as the step setPerm of a scenario: at the broker and in the routes.
std::optional<Json> ControlResources::set_broker_perm(ControlCall& call) {
  FakeBrokerServer& broker = call.broker(call.path.at(0));
  const PermFragment what = take(parse_perm_fragment(call.body));
  if (!what.topic) {
    if (const auto wrong = broker.set_config("brokerPermission", std::to_string(what.perm))) {
      throw ControlError(400, *wrong);
    }
    return get_broker(call);
  }
  if (!broker.set_perm(*what.topic, what.perm)) {
    throw ControlError(404, in_quotes(call.path.at(0)) + " has no topic " + in_quotes(*what.topic));
  }
  for (auto& [name, nameserver] : call.control.nameservers_) {
    nameserver->routes().set_perm(*what.topic, broker.broker().state().config.broker_name, what.perm);
  }
  return get_broker(call);
}

}  // namespace rmqsim
