// Every question to a server is answered before this goes on; a server that is paused or gone answers with what it said
// last. A restarted one begins with nothing, so what its former life kept is added to what it reports.
#include "scenarios/harness/cluster/process_cluster.h"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "producer/remoting/bodies/stored_message.h"
#include "scenarios/harness/cluster/process_server.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/file/look_up.h"

namespace rmqsim {
namespace {

/// How long nothing at all may come from a server that starts, or that was asked something, and how long it may take to
/// end, on a machine that is busy with other things.
constexpr Duration kStartPatience = std::chrono::seconds(60);
constexpr Duration kAnswerPatience = std::chrono::seconds(60);
constexpr Duration kStopPatience = std::chrono::seconds(60);
/// The same of a run that is given up: for what one that works has to say.
constexpr Duration kLastPatience = std::chrono::seconds(1);

using Action = ControlCommand::Action;

void add(TransactionCounts& sum, const TransactionCounts& more) {
  sum.checks += more.checks;
  sum.asked += more.asked;
  sum.committed += more.committed;
  sum.rolled_back += more.rolled_back;
  sum.discarded += more.discarded;
  sum.pending += more.pending;
}

void add(RuleReport& sum, const RuleReport& more) {
  sum.matched += more.matched;
  if (more.acted == 0) return;
  sum.first = sum.acted == 0 ? more.first : std::min(sum.first, more.first);
  sum.last = sum.acted == 0 ? more.last : std::max(sum.last, more.last);
  sum.acted += more.acted;
}

/// Adds `more` to what is there.
void add(ServerReport& sum, const ServerReport& more) {
  sum.stored_requests += more.stored_requests;
  sum.forgotten += more.forgotten;
  for (const auto& [what, count] : more.requests) sum.requests[what] += count;
  for (const auto& [key, count] : more.copies) sum.copies[key] += count;
  for (const auto& [key, counts] : more.transactions) add(sum.transactions[key], counts);
  add(sum.transaction_totals, more.transaction_totals);
  sum.delivered += more.delivered;
  sum.recalled += more.recalled;
  sum.rules.resize(std::max(sum.rules.size(), more.rules.size()));
  for (std::size_t i = 0; i < more.rules.size(); ++i) add(sum.rules[i], more.rules[i]);
}

}  // namespace

ProcessCluster::ProcessCluster(Runtime& runtime, Transport& transport, TimePoint steady_zero, const Scenario& scenario,
                               std::uint64_t seed, RunRecord& record, std::function<bool()> given_up)
    : Cluster(scenario), runtime_(runtime), transport_(transport), steady_zero_(steady_zero), seed_(seed),
      record_(record), given_up_(std::move(given_up)),
      responder_topics_(rmqsim::responder_topics(scenario)) {
  const auto start = [&](const std::string& name, bool nameserver) {
    auto server = std::make_unique<Server>();
    server->name = name;
    server->nameserver = nameserver;
    record_.servers[name];
    launch(*server);
    servers_[name] = std::move(server);
  };
  // Brokers are told where to register, so the nameservers come first.
  for (const std::string& name : scenario.cluster.nameservers) start(name, true);
  for (auto& [name, server] : servers_) await_ready(*server);
  for (const BrokerSpec& broker : scenario.cluster.brokers) start(broker.name, false);
  for (const BrokerSpec& broker : scenario.cluster.brokers) await_ready(this->server(broker.name));
}

ProcessCluster::~ProcessCluster() = default;

ProcessCluster::Server& ProcessCluster::server(const std::string& name) { return *look_up(servers_, name); }

std::string ProcessCluster::address_of(const std::string& server) const {
  const auto it = servers_.find(server);
  return it == servers_.end() ? std::string() : it->second->address;
}

void ProcessCluster::launch(Server& server) {
  std::vector<std::string> arguments{"--name",     server.name,
                                     "--listen",   server.address.empty() ? "127.0.0.1:0" : server.address,
                                     "--scenario", scenario().file,
                                     "--seed",     std::to_string(seed_),
                                     "--steady-zero",
                                     std::to_string(steady_zero_.time_since_epoch().count())};
  const TlsMode tls = tls_mode(scenario(), server.name);
  if (tls != TlsMode::disabled) {
    arguments.insert(arguments.end(), {"--tls", std::string(kTlsModes[static_cast<std::size_t>(tls)])});
  }
  if (!server.nameserver) {
    arguments.insert(arguments.end(), {"--namesrv", name_server_addresses({})});
    std::vector<std::string> watched = responder_topics_;
    for (std::string& topic : trace_topics(scenario())) watched.push_back(std::move(topic));
    for (const std::string& topic : watched) arguments.insert(arguments.end(), {"--watch", topic});
  }
  if (record_.merge != nullptr) arguments.push_back("--events");
  if (record_.packets != nullptr) arguments.push_back("--packets");
  server.links.clear();
  follow(server);
  server.child.reset();
  server.reserved.reset();
  server.child = std::make_unique<ChildProcess>(
      server.name, sibling_program(server.nameserver ? "fake_namesrv" : "fake_broker"), std::move(arguments));
}

Patience ProcessCluster::patience(Duration most) {
  return {most, [this] {
            if (!given_up_()) return false;
            if (!last_moment_) last_moment_ = runtime_.now() + kLastPatience;
            return runtime_.now() >= *last_moment_;
          }};
}

void ProcessCluster::await_ready(Server& server) {
  const std::string line = server.child->ready_line(patience(kStartPatience));
  const std::size_t on = line.rfind(" on ");
  if (on == std::string::npos) throw ProcessError(server.name + ": \"" + line + "\" is no ready line");
  server.address = line.substr(on + 4);
}

void ProcessCluster::failed(Server& server, const std::string& message) {
  if (std::exchange(server.lost, true)) return;
  leave(server);
  record_.failures.push_back({"process " + server.name, message, {}, {}});
}

std::optional<ServerReport> ProcessCluster::ask(Server& server, const ControlCommand& command) {
  if (server.crashed || server.paused || server.lost || server.child == nullptr) return std::nullopt;
  try {
    server.child->tell(to_line(command));
    const Patience patience = this->patience(kAnswerPatience);
    std::string line = server.child->next_line(patience);
    while (heard(server, line)) line = server.child->next_line(patience);
    auto report = parse_server_report(line);
    if (!report) throw ProcessError(server.name + ": its answer to \"" + to_line(command) + "\" is no report");
    if (!report->error.empty()) throw ProcessError(server.name + ": " + report->error);
    server.last = *report;
    return report;
  } catch (const ProcessError& error) {
    hear_out(server);
    failed(server, error.what());
    return std::nullopt;
  }
}

void ProcessCluster::on_message(MessageHandler handler) {
  on_message_ = std::move(handler);
}

bool ProcessCluster::tell(Server& server, const ControlCommand& command) {
  server.told.push_back(command);
  const auto report = ask(server, command);
  return !report || report->changed;  // one that does not answer now is told again when it is back
}

bool ProcessCluster::registered() {
  const std::size_t nameservers = scenario().cluster.nameservers.size();
  return std::all_of(servers_.begin(), servers_.end(), [&](auto& entry) {
    if (entry.second->nameserver) return true;
    const auto report = ask(*entry.second, {});
    return report && report->registered == nameservers;
  });
}

void ProcessCluster::begin_faults(TimePoint first_step) {
  first_step_ = first_step;
  for (auto& [name, server] : servers_) ask(*server, {.action = Action::begin_faults, .first_step = first_step});
}

void ProcessCluster::stop() {
  listening_.reset();
  refresh();
  stop_all(false);  // who have to take leave of nameservers
  stop_all(true);
  for (auto& [name, server] : servers_) leave(*server);
}

void ProcessCluster::stop_all(bool nameservers) {
  for (auto& [name, server] : servers_) {
    if (server->child == nullptr || server->nameserver != nameservers) continue;
    if (server->paused) follow(*server);
    server->child->signal(SIGCONT);
    server->child->signal(SIGTERM);
  }
  // Whoever is waited for, others write as well.
  const auto hear_all = [this] {
    for (auto& [name, server] : servers_) {
      if (server->child != nullptr) hear_out(*server);
    }
  };
  for (auto& [name, server] : servers_) {
    if (server->child == nullptr || server->nameserver != nameservers) continue;
    const auto wrong = server->child->finish(patience(kStopPatience), hear_all);
    if (wrong && !server->crashed) failed(*server, *wrong);
  }
  hear_all();
}

bool ProcessCluster::crash(const std::string& name) {
  Server& server = this->server(name);
  if (server.crashed) return false;
  if (server.paused) go_on(server);
  // The steps' crash resets connections, while the kernel ends those of a killed process in an orderly way.
  ask(server, {.action = Action::crash});
  server.child->signal(SIGKILL);
  server.child->finish(patience(kStopPatience));
  hear_out(server);
  leave(server);
  tell_state(server, "crashed");
  server.reserved = transport_.reserve(server.address);
  server.crashed = true;
  add(server.former, std::exchange(server.last, {}));
  return true;
}

bool ProcessCluster::restart(const std::string& name) {
  Server& server = this->server(name);
  if (!server.crashed) return false;
  try {
    launch(server);
    await_ready(server);
    server.crashed = false;
    tell_state(server, "restarted");
  } catch (const ProcessError& error) {
    failed(server, error.what());
    return true;
  }
  if (first_step_) {
    ask(server, {.action = Action::begin_faults, .first_step = *first_step_});
  }
  for (const ControlCommand& command : server.told) ask(server, command);
  return true;
}

bool ProcessCluster::pause(const std::string& name) {
  Server& server = this->server(name);
  if (server.crashed || server.paused) return false;
  ask(server, {});  // nothing will change until it goes on
  server.child->stop();
  server.paused = true;
  tell_state(server, "paused");
  hear_out(server);
  leave(server);
  return true;
}

bool ProcessCluster::resume(const std::string& name) {
  Server& server = this->server(name);
  if (!server.paused) return false;
  tell_state(server, "resumed");
  go_on(server);
  return true;
}

void ProcessCluster::go_on(Server& server) {
  server.paused = false;
  follow(server);
  server.child->signal(SIGCONT);
}

bool ProcessCluster::perform(const SetRouteEvent& event) {
  bool changed = false;
  for (const std::string& name : nameservers_or_all(event.nameservers)) {
    changed |= tell(server(name), {.action = Action::set_route, .topic = event.topic.name,
                                   .queues = event.topic.queues, .perm = event.topic.perm});
  }
  return changed;
}

bool ProcessCluster::perform(const RemoveFromRouteEvent& event) {
  bool changed = false;
  for (const std::string& name : nameservers_or_all(event.nameservers)) {
    changed |= tell(server(name), {.action = Action::remove_from_route, .topic = event.topic.value_or(""),
                                   .broker = event.broker});
  }
  return changed;
}

bool ProcessCluster::perform(const SetPermEvent& event) {
  bool changed = false;
  for (const std::string& broker : broker_names()) {
    const bool named = std::find(event.brokers.begin(), event.brokers.end(), broker) != event.brokers.end();
    if (!named && !event.brokers.empty()) continue;
    const ControlCommand command{
        .action = Action::set_perm, .topic = event.topic, .broker = broker, .perm = event.perm};
    changed |= tell(server(broker), command);
    for (const std::string& name : scenario().cluster.nameservers) changed |= tell(server(name), command);
  }
  return changed;
}

void ProcessCluster::refresh() {
  for (auto& [name, server] : servers_) {
    ask(*server, {});
    ServerReport all = server->former;
    add(all, server->last);
    ServerRecord& record = look_up(record_.servers, name);
    record.requests = std::move(all.requests);
    record.received_sends = 0;
    for (const auto& [what, count] : record.requests) record.received_sends += is_send_request(what.first) ? count : 0;
  }
}

std::vector<RuleCounts> ProcessCluster::rule_counts() const {
  ServerReport all;
  for (const auto& [name, server] : servers_) {
    add(all, server->former);
    add(all, server->last);
  }
  std::vector<RuleCounts> counts;
  for (const RuleReport& rule : all.rules) {
    counts.push_back({rule.matched, rule.acted, true});
    if (rule.acted > 0) counts.back().acted_between = {rule.first, rule.last};
  }
  return counts;
}

std::uint64_t ProcessCluster::stored_requests(const std::string& broker) const {
  const Server& server = *look_up(servers_, broker);
  return server.former.stored_requests + server.last.stored_requests;
}

bool ProcessCluster::keeps(std::string_view uniq_key) const {
  return std::any_of(servers_.begin(), servers_.end(), [&](const auto& entry) {
    return entry.second->former.copies.contains(uniq_key) || entry.second->last.copies.contains(uniq_key);
  });
}

std::uint64_t ProcessCluster::forgotten() const {
  std::uint64_t forgotten = 0;
  for (const auto& [name, server] : servers_) forgotten += server->former.forgotten + server->last.forgotten;
  return forgotten;
}

TransactionEnd ProcessCluster::transaction_end(std::string_view uniq_key) const {
  TransactionCounts all;
  for (const auto& [name, server] : servers_) {
    for (const auto* report : {&server->former, &server->last}) {
      const auto found = report->transactions.find(uniq_key);
      if (found != report->transactions.end()) add(all, found->second);
    }
  }
  return Cluster::transaction_end(all);
}

TransactionTotals ProcessCluster::transactions(const std::string& broker) const {
  const Server& server = *look_up(servers_, broker);
  TransactionCounts all = server.former.transaction_totals;
  add(all, server.last.transaction_totals);
  return {all.committed, all.rolled_back, all.discarded, all.pending};
}

Cluster::DelayedCounts ProcessCluster::delayed(const std::string& broker) const {
  const Server& server = *look_up(servers_, broker);
  return {server.former.delivered + server.last.delivered, server.former.recalled + server.last.recalled};
}

void ProcessCluster::each_trace_message(const TraceVisitor& visit) const {
  for (const auto& [name, server] : servers_) {
    for (const StoredNotice& notice : server->traces) {
      std::string_view bytes = notice.record;
      StoredMessage message;
      if (!StoredMessage::decode(bytes, message)) visit(name, notice.topic, message.body);
    }
  }
}

std::map<std::string, std::uint64_t, std::less<>> ProcessCluster::repeated() const {
  std::map<std::string, std::uint64_t, std::less<>> copies;
  for (const auto& [name, server] : servers_) {
    for (const auto* report : {&server->former, &server->last}) {
      for (const auto& [key, count] : report->copies) copies[key] += count;
    }
  }
  std::erase_if(copies, [](const auto& entry) { return entry.second < 2; });
  return copies;
}

}  // namespace rmqsim
