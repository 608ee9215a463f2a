// Resources: brokers and nameservers as processes that crash and pause.
#include <boost/system/system_error.hpp>

#include <nlohmann/json.hpp>

#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

[[noreturn]] void conflict(const ControlledServer& server, const char* wanted) {
  throw ControlError(409, in_quotes(server.name()) + " is " + server.state() + ", and only one that is " + wanted +
                              " can do that");
}

void crash(ControlledServer& server) {
  if (!server.running()) conflict(server, "running or paused");
  server.crash();
}

void restart(ControlledServer& server) {
  if (server.running()) conflict(server, "crashed");
  try {
    server.restart();
  } catch (const boost::system::system_error& error) {
    throw ControlError(409, in_quotes(server.name()) + " cannot listen on " + server.address() + " again: " +
                                error.code().message());
  }
}

void pause(ControlledServer& server) {
  if (!server.running() || server.paused()) conflict(server, "running");
  server.pause();
}

void resume(ControlledServer& server) {
  if (!server.running() || !server.paused()) conflict(server, "paused");
  server.resume();
}

/// Changes the server that the path names, and tells.
template <class Event>
Json change(ControlCall& call, bool nameserver, void (*how)(ControlledServer&), const char* kind) {
  const std::string& name = call.path.at(0);
  how(call.server(name, nameserver));
  call.control.happened({kind, Event{{name}}});
  return ControlResources::server_json(call.control, name);
}

Json list(const ControlCall& call, const char* key, const std::vector<std::string>& names) {
  Json all = Json::array();
  for (const std::string& name : names) all.push_back(ControlResources::server_json(call.control, name));
  return Json{{key, std::move(all)}};
}

}  // namespace

Json ControlResources::server_json(const Control& control, const std::string& name) {
  const ControlledServer& server = *look_up(control.servers_, name);
  Json json;
  json["name"] = name;
  json["address"] = server.address();
  json["state"] = server.state();
  json["received"] = server.received();
  if (const std::string upstream = server.upstream(); !upstream.empty()) json["upstream"] = upstream;
  const auto it = control.brokers_.find(name);
  if (it == control.brokers_.end()) return json;
  const FakeBrokerServer& broker = *it->second;
  const BrokerConfig& config = broker.broker().state().config;
  const MessageStore& store = broker.broker().store();
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

std::optional<Json> ControlResources::list_brokers(ControlCall& call) {
  return list(call, "brokers", call.control.names().brokers);
}

std::optional<Json> ControlResources::list_nameservers(ControlCall& call) {
  return list(call, "nameservers", call.control.names().nameservers);
}

std::optional<Json> ControlResources::get_broker(ControlCall& call) {
  return server_json(call.control, call.server(call.path.at(0), false).name());
}

std::optional<Json> ControlResources::get_nameserver(ControlCall& call) {
  return server_json(call.control, call.server(call.path.at(0), true).name());
}

std::optional<Json> ControlResources::crash_broker(ControlCall& call) {
  return change<CrashEvent>(call, false, crash, "crash");
}
std::optional<Json> ControlResources::restart_broker(ControlCall& call) {
  return change<RestartEvent>(call, false, restart, "restart");
}
std::optional<Json> ControlResources::pause_broker(ControlCall& call) {
  return change<PauseEvent>(call, false, pause, "pause");
}
std::optional<Json> ControlResources::resume_broker(ControlCall& call) {
  return change<ResumeEvent>(call, false, resume, "resume");
}
std::optional<Json> ControlResources::crash_nameserver(ControlCall& call) {
  return change<CrashEvent>(call, true, crash, "crash");
}
std::optional<Json> ControlResources::restart_nameserver(ControlCall& call) {
  return change<RestartEvent>(call, true, restart, "restart");
}
std::optional<Json> ControlResources::pause_nameserver(ControlCall& call) {
  return change<PauseEvent>(call, true, pause, "pause");
}
std::optional<Json> ControlResources::resume_nameserver(ControlCall& call) {
  return change<ResumeEvent>(call, true, resume, "resume");
}

/// With a topic as the step setPerm of a scenario: at the broker and in the routes.
std::optional<Json> ControlResources::set_broker_perm(ControlCall& call) {
  FakeBrokerServer& broker = call.broker(call.path.at(0));
  const PermFragment what = take(parse_perm_fragment(call.body));
  if (!what.topic) {
    if (const auto wrong = broker.set_config("brokerPermission", std::to_string(what.perm))) {
      throw ControlError(400, *wrong);
    }
    call.control.deeds_.left_out("permissions of whole brokers");
    const Json details{{"what", "perm"}, {"broker", call.path.at(0)}, {"topic", nullptr}, {"perm", what.perm}};
    call.control.note("topic", call.path.at(0), "", json_text(details));
    return get_broker(call);
  }
  if (broker.broker().state().topics.find(*what.topic) == nullptr) {
    throw ControlError(404, in_quotes(call.path.at(0)) + " has no topic " + in_quotes(*what.topic));
  }
  broker.set_perm(*what.topic, what.perm);
  for (auto& [name, nameserver] : call.control.nameservers_) {
    nameserver->routes().set_perm(*what.topic, broker.broker().state().config.broker_name, what.perm);
  }
  call.control.happened({"setPerm", SetPermEvent{*what.topic, what.perm, {call.path.at(0)}}});
  return get_broker(call);
}

}  // namespace rmqsim
