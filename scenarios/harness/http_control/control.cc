// What happens to every request before and after its resource.
#include "scenarios/harness/http_control/control.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "fake_broker/rules/unanswered.h"
#include "producer/remoting/codec/json_text.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> parts;
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  for (;;) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex(text[i + 2]) : -1;
      if (high < 0 || low < 0) throw ControlError(400, "\"" + std::string(text) + "\": % stands before two hex digits");
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

bool is_parameter(std::string_view segment) { return !segment.empty() && segment.front() == '{'; }

/// What stands for the parameters, or nothing when the path is another.
std::optional<std::vector<std::string>> match(std::string_view pattern, const std::vector<std::string_view>& parts) {
  const auto wanted = segments(pattern);
  if (wanted.size() != parts.size()) return std::nullopt;
  std::vector<std::string> found;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (is_parameter(wanted[i])) {
      if (parts[i].empty()) return std::nullopt;
      found.push_back(decode(parts[i], false));
    } else if (wanted[i] != parts[i]) {
      return std::nullopt;
    }
  }
  return found;
}

std::map<std::string, std::string> parse_query(std::string_view text, const std::vector<std::string_view>& known) {
  std::map<std::string, std::string> query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const std::string key = decode(pair.substr(0, equals), true);
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      throw ControlError(400, "unknown parameter " + in_quotes(key) + suggestion(key, known));
    }
    std::string value = equals == std::string_view::npos ? "" : decode(pair.substr(equals + 1), true);
    if (!query.emplace(key, std::move(value)).second) throw ControlError(400, in_quotes(key) + " is given twice");
  }
  return query;
}

HttpResponse json_response(unsigned status, const Json& body) {
  HttpResponse response;
  response.status = status;
  response.body = json_text(body, 2) + "\n";
  return response;
}

HttpResponse error_response(unsigned status, const std::string& message) {
  return json_response(status, Json{{"error", message}, {"status", status}});
}

std::string nearest_path(std::string_view path) {
  std::vector<std::string_view> paths;
  for (const ControlEntry& entry : control_table()) {
    if (std::find(paths.begin(), paths.end(), entry.route.path) == paths.end()) paths.push_back(entry.route.path);
  }
  return suggestion(path, paths);
}

}  // namespace

Control::Control(Runtime& runtime, FaultPlan& plan, RequestJournal& journal, ControlOptions options)
    : runtime_(runtime),
      rules_(plan, "rule-"),
      journal_(journal),
      options_(std::move(options)),
      gates_({}),
      gate_rules_(gates_.plan(), "gate-"),
      started_(runtime.now()),
      events_(journal) {
  if (options_.scenario != nullptr && options_.scenario->source) rules_.take_texts(*options_.scenario->source);
  for (std::size_t i = 0; i < plan.size(); ++i) deeds_.rule_added(plan.rule(i), std::nullopt);
  journal_.set_listener(this);
}

Control::~Control() { journal_.set_listener(nullptr); }

void Control::add(FakeBrokerServer& broker) {
  const std::string& name = broker.broker().name();
  brokers_[name] = &broker;
  fakes_.push_back(std::make_unique<ControlledFake<FakeBrokerServer>>(broker, name, false));
  add(*fakes_.back());
}

void Control::add(FakeNamesrvServer& nameserver) {
  const std::string& name = nameserver.namesrv().name();
  nameservers_[name] = &nameserver;
  fakes_.push_back(std::make_unique<ControlledFake<FakeNamesrvServer>>(nameserver, name, true));
  add(*fakes_.back());
}

void Control::add(ControlledServer& server) {
  servers_[server.name()] = &server;
  if (server.nameserver()) gates_.plan().add_nameserver(server.name());
  server.set_gate(&gates_);
}

namespace {

/// What the rule or rules of a text name as their server, as far as it can be a name.
std::vector<std::string> places_named(std::string_view body) {
  std::vector<std::string> places;
  const Json rules = json_or_discarded<Json>(body);
  const auto take_place = [&](const Json& rule) {
    if (!rule.is_object() || !rule.contains("at") || !rule["at"].is_string()) return;
    const std::string& place = rule["at"].get_ref<const std::string&>();
    if (place != "*" && !place.empty() && place.size() <= 127) places.push_back(place);
  };
  if (rules.is_array()) {
    for (const Json& rule : rules) take_place(rule);
  } else {
    take_place(rules);
  }
  return places;
}

}  // namespace

FragmentNames Control::names(std::string_view body) const {
  FragmentNames names;
  for (const auto& [name, server] : servers_) {
    (server->nameserver() ? names.nameservers : names.brokers).push_back(name);
  }
  if (options_.open_names) {
    for (std::string& place : places_named(body)) {
      if (servers_.count(place) == 0) names.brokers.push_back(std::move(place));
    }
  }
  for (const auto& [name, broker] : brokers_) {
    const BrokerConfig& config = broker->broker().state().config;
    if (config.broker_id == 0) names.masters.push_back(config.broker_name);
  }
  for (const auto& [name, nameserver] : nameservers_) {
    if (!brokers_.empty()) continue;
    // Alone, a nameserver knows the brokers that registered with it, or that its command line named.
    for (const auto& [broker, data] : nameserver->routes().cluster_info().broker_addr_table) {
      names.masters.push_back(broker);
    }
  }
  if (options_.scenario != nullptr) names.producers = options_.scenario->producers;
  return names;
}

void Control::rules_changed() {
  for (auto& [name, server] : servers_) server->rules_changed();
}

const std::vector<ControlRoute>& Control::routes() {
  static const std::vector<ControlRoute> routes = [] {
    std::vector<ControlRoute> all;
    for (const ControlEntry& entry : control_table()) all.push_back(entry.route);
    return all;
  }();
  return routes;
}

std::optional<HttpResponse> Control::handle(const HttpRequest& request, Duration waited) {
  try {
    const auto question = request.target.find('?');
    const std::string_view target = request.target;
    const std::string_view path = target.substr(0, question);
    const std::string_view query = question == std::string::npos ? std::string_view{} : target.substr(question + 1);
    const auto parts = segments(path);
    std::string allow;
    for (const ControlEntry& entry : control_table()) {
      auto found = match(entry.route.path, parts);
      if (!found) continue;
      if (entry.route.method != request.method) {
        allow += (allow.empty() ? "" : ", ") + std::string(entry.route.method);
        continue;
      }
      HttpResponse whole;
      ControlCall call{*this,  request.body,          waited, std::move(*found), parse_query(query, entry.route.query),
                       request.last_event_id, &whole};
      if (entry.route.body.empty() && !request.body.empty()) {
        throw ControlError(400, std::string(request.method) + " " + std::string(entry.route.path) + " takes no body");
      }
      if (entry.route.body == "nothing") take(parse_no_fragment(request.body));
      const auto answer = entry.handler(call);
      if (!answer) return std::nullopt;
      if (answer->is_string()) {
        whole.body = answer->get<std::string>();
        return whole;
      }
      return json_response(entry.route.status, *answer);
    }
    if (allow.empty()) return error_response(404, "there is no " + in_quotes(path) + nearest_path(path));
    HttpResponse refused = error_response(405, request.method + " is not for " + in_quotes(path) + "; use " + allow);
    refused.allow = allow;
    return refused;
  } catch (const ControlError& error) {
    return error_response(error.status(), error.what());
  }
}

const std::string* ControlCall::find(const std::string& key) const {
  const auto it = query.find(key);
  return it == query.end() ? nullptr : &it->second;
}

std::uint64_t ControlCall::number(const std::string& key, std::uint64_t otherwise, std::uint64_t min,
                                  std::uint64_t max) const {
  const std::string* text = find(key);
  if (text == nullptr) return otherwise;
  const bool digits = !text->empty() && text->size() <= 18 &&
                      text->find_first_not_of("0123456789") == std::string::npos;
  const std::uint64_t value = digits ? std::stoull(*text) : 0;
  if (!digits || value < min || value > max) {
    throw ControlError(400, in_quotes(key) + " takes an integer from " + std::to_string(min) + " to " +
                                std::to_string(max) + ", found " + in_quotes(*text));
  }
  return value;
}

namespace {

/// An outcome that no request has would match nothing, and nobody would notice. Empty: not answered yet.
void check_outcome(const std::string& outcome) {
  if (outcome.empty() || find_unanswered(outcome) != nullptr || response_code_by_name(outcome)) return;
  std::vector<std::string_view> known;
  for (const Unanswered& one : unanswered()) {
    if (!one.outcome.empty()) known.push_back(one.outcome);
  }
  std::size_t count = 0;
  const std::string_view* const codes = response_code_names(count);
  known.insert(known.end(), codes, codes + count);
  throw ControlError(400, "unknown outcome " + in_quotes(outcome) + suggestion(outcome, known));
}

}  // namespace

void Control::check_server(const std::string& name) const {
  if (options_.open_names || servers_.contains(name)) return;
  std::vector<std::string> known;
  for (const auto& [server, what] : servers_) known.push_back(server);
  throw ControlError(400, "unknown server " + in_quotes(name) + suggestion(name, known));
}

JournalFilter ControlCall::filter() const {
  JournalFilter filter;
  if (const std::string* code = find("code")) {
    filter.on = request_target(*code);
    // A number is a request as well, whoever knows it.
    if (const auto number = request_code_by_name(*code); !filter.on && number) {
      filter.on = FaultTarget{FaultTarget::Kind::code, *number};
    }
    if (!filter.on) {
      throw ControlError(400, "unknown request " + in_quotes(*code) + suggestion(*code, request_words()));
    }
    if (!filter.on->is_request()) throw ControlError(400, "a " + *code + " is not a request");
  }
  const auto text = [&](const char* key, std::optional<std::string>& target) {
    if (const std::string* value = find(key)) target = *value;
  };
  text("topic", filter.topic);
  text("server", filter.server);
  text("group", filter.group);
  text("rule", filter.rule);
  text("outcome", filter.outcome);
  text("key", filter.key);
  if (filter.server) control.check_server(*filter.server);
  if (filter.outcome) check_outcome(*filter.outcome);
  return filter;
}

std::size_t ControlCall::position(const RuleBook& rules, const char* what) const {
  const std::string& id = path.at(0);
  if (const auto at = rules.find(id)) return *at;
  throw ControlError(404, "unknown " + std::string(what) + " " + in_quotes(id) + suggestion(id, rules.ids()));
}

void ControlCall::nothing_here(const char* what) const {
  const auto has_upstream = [](const auto& server) { return !server.second->upstream().empty(); };
  const bool proxy = std::any_of(control.servers_.begin(), control.servers_.end(), has_upstream);
  throw ControlError(404, proxy ? "a proxy has no messages, topics, routes and permissions of its own: ask the cluster"
                                : std::string("there is no ") + what + " here");
}

void ControlCall::need_brokers() const {
  if (control.brokers_.empty()) nothing_here("broker");
}

void ControlCall::need_nameservers() const {
  if (control.nameservers_.empty()) nothing_here("nameserver");
}

FakeBrokerServer& ControlCall::broker(const std::string& name) const {
  need_brokers();
  const auto it = control.brokers_.find(name);
  if (it != control.brokers_.end()) return *it->second;
  throw ControlError(404, "unknown broker " + in_quotes(name) + suggestion(name, control.names().brokers));
}

FakeNamesrvServer& ControlCall::nameserver(const std::string& name) const {
  need_nameservers();
  const auto it = control.nameservers_.find(name);
  if (it != control.nameservers_.end()) return *it->second;
  throw ControlError(404, "unknown nameserver " + in_quotes(name) + suggestion(name, control.names().nameservers));
}

ControlledServer& ControlCall::server(const std::string& name, bool nameserver) const {
  const auto it = control.servers_.find(name);
  if (it != control.servers_.end() && it->second->nameserver() == nameserver) return *it->second;
  const FragmentNames names = control.names();
  throw ControlError(404, std::string("unknown ") + (nameserver ? "nameserver " : "broker ") + in_quotes(name) +
                              suggestion(name, nameserver ? names.nameservers : names.brokers));
}

std::string iso_time(TimePoint at) {
  const std::int64_t ms = to_millis(at);
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_time<std::chrono::milliseconds>{
      std::chrono::milliseconds{ms}});
  const std::chrono::year_month_day date{day};
  const std::int64_t in_day =
      ms - std::chrono::duration_cast<std::chrono::milliseconds>(day.time_since_epoch()).count();
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(in_day / 3'600'000), static_cast<int>(in_day / 60'000 % 60),
                static_cast<int>(in_day / 1000 % 60), static_cast<int>(in_day % 1000));
  return text;
}

}  // namespace rmqsim
