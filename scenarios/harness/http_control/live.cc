// What is entered in the log of events, and the resources that tell of it: events, clients, the scenario so far.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "producer/remoting/codes.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

/// What readers are told of a cluster event; nothing: it is none of servers or routes.
struct EventDetails {
  const std::string& kind;

  template <class Event>
  std::pair<std::string_view, Json> operator()(const Event&) const {
    return {};
  }
  std::pair<std::string_view, Json> operator()(const SetRouteEvent& event) const {
    Json queues = Json::object();
    for (const auto& [broker, n] : event.topic.queues) queues[broker] = n;
    return {"route", {{"what", kind}, {"topic", event.topic.name}, {"queues", queues}, {"at", event.nameservers}}};
  }
  std::pair<std::string_view, Json> operator()(const RemoveFromRouteEvent& event) const {
    return {"route", {{"what", kind}, {"topic", event.topic ? Json(*event.topic) : Json(nullptr)},
                      {"broker", event.broker}, {"at", event.nameservers}}};
  }
  std::pair<std::string_view, Json> operator()(const SetPermEvent& event) const {
    return {"topic", {{"what", "perm"}, {"topic", event.topic}, {"perm", event.perm}, {"brokers", event.brokers}}};
  }
};

/// Those that a crash, a restart, a pause or its end names.
const std::vector<std::string>* servers_of(const ClusterEvent& event) {
  return std::visit(
      [](const auto& what) -> const std::vector<std::string>* {
        if constexpr (requires { what.servers; }) {
          return &what.servers;
        } else {
          return nullptr;
        }
      },
      event);
}

std::vector<std::string> kinds_of(const std::string& text) {
  std::vector<std::string> kinds;
  std::vector<std::string_view> known;
  for (const EventKind& kind : event_kinds()) known.push_back(kind.name);
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string kind = text.substr(begin, end - begin);
    if (std::find(known.begin(), known.end(), kind) == known.end()) {
      throw ControlError(400, "unknown kind of event " + in_quotes(kind) + suggestion(kind, known));
    }
    kinds.push_back(kind);
    begin = end + 1;
  }
  return kinds;
}

}  // namespace

Duration Control::now_or_zero() const { return std::max(Duration::zero(), since_first_step()); }

void Control::note(std::string_view kind, std::string server, std::string rule, std::string details) {
  events_.enter(kind,
                {runtime_.now(), since_first_step(), std::move(server), std::move(rule), std::move(details)});
}

void Control::note_rule(const char* what, std::size_t position) {
  Json details{{"what", what}};
  details.update(ControlResources::rule_json(*this, position));
  note("rule", "", rules_.plan().rule(position).id, json_text(details));
}

void Control::note_gate(const char* what, const std::string& id, std::size_t released) {
  note("gate", "", "", json_text(Json{{"what", what}, {"id", id}, {"released", released}}));
}

std::uint64_t Control::on_arrived(std::uint64_t number, const RequestSource& source) {
  connections_.asked(source);
  return events_.enter("request", number);
}

std::uint64_t Control::on_answered(std::uint64_t number, const RequestSource& source) {
  const std::uint64_t event = events_.enter("answer", number);
  const bool registers = source.code == RequestCode::REGISTER_BROKER || source.code == RequestCode::UNREGISTER_BROKER;
  if (registers) compare_registrations();
  return event;
}

void Control::on_forgotten(std::uint64_t number, std::uint64_t last_event) { events_.keep(number, last_event); }

void Control::on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) {
  std::string group;
  bool broker = false;
  if (opened) {
    connections_.opened(server, peer, at);
  } else {
    const auto& open = connections_.open();
    if (const auto it = open.find({std::string(server), std::string(peer)}); it != open.end()) {
      group = it->second.group;
      broker = it->second.broker;
    }
    connections_.closed(server, peer);
  }
  note("connection", std::string(server), "",
       json_text(Json{{"what", opened ? "opened" : "closed"},
                      {"server", server},
                      {"peer", peer},
                      {"group", group.empty() ? Json(nullptr) : Json(group)},
                      {"broker", broker}}));
}

void Control::on_connection_rule(std::string_view server, std::string_view rule, std::string_view peer) {
  const auto position = rules_.plan().find(rule);
  if (!position) return;
  Json details{{"what", "acted"}, {"server", server}, {"peer", peer.empty() ? Json(nullptr) : Json(peer)}};
  details.update(ControlResources::rule_json(*this, *position));
  note("rule", std::string(server), std::string(rule), json_text(details));
}

void Control::happened(const EventStep& step) {
  deeds_.happened(now_or_zero(), step);
  if (const auto* servers = servers_of(step.event)) {
    for (const std::string& name : *servers) {
      note("server", name, "",
           json_text(Json{{"what", step.kind}, {"server", name}, {"state", look_up(servers_, name)->state()}}));
    }
  } else if (auto [kind, details] = std::visit(EventDetails{step.kind}, step.event); !kind.empty()) {
    note(kind, "", "", json_text(details));
  }
  compare_registrations();
}

void Control::compare_registrations() {
  decltype(registered_) now;
  for (const auto& [name, nameserver] : nameservers_) {
    for (const auto& [broker, data] : nameserver->routes().cluster_info().broker_addr_table) {
      for (const auto& [id, address] : data.broker_addrs) now[{name, address}] = {broker, id};
    }
  }
  const auto tell = [this](const char* what, const auto& one) {
    const auto& [place, broker] = one;
    note("registration", place.first, "",
         json_text(Json{{"what", what},
                        {"nameserver", place.first},
                        {"broker", broker.first},
                        {"brokerId", broker.second},
                        {"address", place.second}}));
  };
  for (const auto& one : registered_) {
    const auto still = now.find(one.first);
    if (still == now.end() || still->second != one.second) tell("gone", one);
  }
  for (const auto& one : now) {
    const auto before = registered_.find(one.first);
    if (before == registered_.end() || before->second != one.second) tell("known", one);
  }
  registered_ = std::move(now);
}

std::optional<Json> ControlResources::events(ControlCall& call) {
  Control& control = call.control;
  EventFilter filter{{}, call.filter()};
  if (const std::string* kinds = call.find("kinds")) filter.kinds = kinds_of(*kinds);
  constexpr std::uint64_t kMost = 1'000'000'000'000'000;
  std::optional<std::uint64_t> after;
  if (call.find("after") != nullptr) after = call.number("after", 0, 0, kMost);
  // What a reader says that comes back counts more than the address that it first came to.
  const std::string& last = call.last_event_id;
  const bool digits = !last.empty() && last.size() < 16 && last.find_first_not_of("0123456789") == std::string::npos;
  if (digits) after = std::stoull(last);
  if (control.readers_.use_count() > static_cast<long>(Control::kMaxReaders)) {
    throw ControlError(503, "there are " + std::to_string(Control::kMaxReaders) +
                                " readers of events, as many as may be; close one");
  }
  control.compare_registrations();
  call.whole->content_type = "text/event-stream";
  const Json greeting{{"program", "rmqsim"},
                      {"start", iso_time(control.started_)},
                      {"version", control.options_.version},
                      {"last", control.events_.last_id()},
                      {"now", iso_time(control.runtime_.now())}};
  call.whole->more = [&control, token = control.readers_,
                      reader = EventReader(control.events_, std::move(filter), after, control.runtime_.now()),
                      greeting = json_text(greeting)]() mutable -> std::optional<std::string> {
    control.compare_registrations();
    return reader.next(control.runtime_.now(), greeting);
  };
  return Json("");
}

std::optional<Json> ControlResources::list_clients(ControlCall& call) {
  Json list = Json::array();
  for (const auto& [place, connection] : call.control.connections_.open()) {
    list.push_back({{"server", place.first},
                    {"peer", place.second},
                    {"since", iso_time(connection.since)},
                    {"group", connection.group.empty() ? Json(nullptr) : Json(connection.group)},
                    {"broker", connection.broker},
                    {"requests", connection.requests}});
  }
  return Json{{"clients", std::move(list)}};
}

std::optional<Json> ControlResources::scenario(ControlCall& call) {
  const std::string* name = call.find("name");
  constexpr std::string_view kInNames = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  const bool fits = name == nullptr || (!name->empty() && name->size() <= 127 && *name != "all" &&
                                        name->find_first_not_of(kInNames) == std::string::npos);
  if (!fits) throw ControlError(400, "\"name\" takes 1 to 127 letters, digits, _, - or ., and not all");
  call.whole->content_type = "application/json";
  return Json(call.control.saved_scenario(name == nullptr ? "saved" : *name));
}

HttpHandler under_monitor(Runtime& runtime, Control& control) {
  return [&runtime, &control](const HttpRequest& request, Duration waited) {
    std::optional<HttpResponse> response;
    runtime.run([&] { response = control.handle(request, waited); });
    if (response && response->more) {
      response->more = [&runtime, inner = std::move(response->more)]() mutable {
        std::optional<std::string> part;
        runtime.run([&] { part = inner(); });
        return part;
      };
    }
    return response;
  };
}

}  // namespace rmqsim
