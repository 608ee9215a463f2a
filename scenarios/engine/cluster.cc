// See the header.
#include "scenarios/engine/cluster.h"

#include <algorithm>
#include <utility>

namespace rmqsim {
namespace {

bool is_send(std::int32_t code) { return FaultTarget{.kind = FaultTarget::Kind::send, .code = 0}.matches_code(code); }

FaultPlanOptions plan_options(const Scenario& scenario, std::uint64_t seed) {
  FaultPlanOptions options;
  options.seed = seed;
  // "late" means after the client must have given up.
  std::int64_t longest = 3000;
  for (const ProducerSpec& producer : scenario.producers) {
    if (const auto* timeout = producer.config.get<std::int64_t>("sendMsgTimeout"))
      longest = std::max(longest, *timeout);
  }
  options.late_by = millis(longest) + std::chrono::seconds(2);
  return options;
}

}  // namespace

Cluster::Cluster(Runtime& runtime, const Scenario& scenario, std::uint64_t seed, PlaceOf place_of, RunRecord& record)
    : runtime_(runtime), scenario_(scenario), record_(record), plan_(scenario.faults, plan_options(scenario, seed)) {
  ServerObserver* observer = this;
  for (const std::string& name : scenario.cluster.nameservers) {
    ServerPlace place = place_of(name, true);
    FakeNamesrvServerOptions options;
    options.namesrv.name = name;
    options.remoting.listen = place.listen;
    nameservers_[name] =
        std::make_unique<FakeNamesrvServer>(runtime, *place.transport, std::move(options), &plan_, observer);
    record_.servers[name];
  }
  // Bound first, so that brokers know where to register even when ports are chosen by the world.
  for (auto& [name, server] : nameservers_) server->start();
  std::vector<std::string> addresses;
  for (const std::string& name : scenario.cluster.nameservers) addresses.push_back(nameservers_[name]->address());
  for (const BrokerSpec& spec : scenario.cluster.brokers) {
    ServerPlace place = place_of(spec.name, false);
    FakeBrokerServerOptions options;
    options.broker.name = spec.name;
    options.broker.broker_name = spec.broker_name();
    options.broker.broker_id = spec.broker_id;
    options.broker.auto_create_topic_enable = scenario.cluster.auto_create_topic;
    options.broker.check_queue_id = scenario.cluster.check_queue_id;
    const TransactionSettings& transactions = scenario.cluster.transactions;
    options.broker.transactions = {transactions.timeout, transactions.check_interval, transactions.check_max};
    options.broker.accounts = scenario.cluster.accounts;
    options.remoting.listen = place.listen;
    options.nameservers = addresses;
    auto broker = std::make_unique<FakeBrokerServer>(runtime, *place.transport, std::move(options), &plan_, observer);
    for (const TopicSpec& topic : scenario.cluster.topics) {
      for (const auto& [broker_name, queues] : topic.queues) {
        if (broker_name == spec.broker_name()) broker->put_topic(topic.name, queues, topic.perm);
      }
    }
    brokers_[spec.name] = std::move(broker);
    record_.servers[spec.name];
  }
}

void Cluster::start() {
  for (auto& [name, broker] : brokers_) broker->start();
}

bool Cluster::registered() const {
  return std::all_of(brokers_.begin(), brokers_.end(), [&](const auto& entry) {
    return entry.second->registrar().registered() == nameservers_.size();
  });
}

void Cluster::begin_faults(TimePoint first_step) {
  for (auto& [name, server] : nameservers_) server->begin_faults(first_step);
  for (auto& [name, server] : brokers_) server->begin_faults(first_step);
}

void Cluster::stop() {
  for (auto& [name, broker] : brokers_) broker->stop();
  for (auto& [name, server] : nameservers_) server->stop();
}

FakeBrokerServer* Cluster::broker(std::string_view name) {
  const auto it = brokers_.find(name);
  return it == brokers_.end() ? nullptr : it->second.get();
}

FakeNamesrvServer* Cluster::nameserver(std::string_view name) {
  const auto it = nameservers_.find(name);
  return it == nameservers_.end() ? nullptr : it->second.get();
}

void Cluster::crash(const std::string& server) {
  if (auto* b = broker(server)) b->crash();
  if (auto* n = nameserver(server)) n->crash();
}
void Cluster::restart(const std::string& server) {
  if (auto* b = broker(server)) b->restart();
  if (auto* n = nameserver(server)) n->restart();
}
void Cluster::pause(const std::string& server) {
  if (auto* b = broker(server)) b->pause();
  if (auto* n = nameserver(server)) n->pause();
}
void Cluster::resume(const std::string& server) {
  if (auto* b = broker(server)) b->resume();
  if (auto* n = nameserver(server)) n->resume();
}

std::vector<FakeNamesrvServer*> Cluster::nameservers(const std::vector<std::string>& names) {
  std::vector<FakeNamesrvServer*> chosen;
  for (auto& [name, server] : nameservers_) {
    if (names.empty() || std::find(names.begin(), names.end(), name) != names.end()) chosen.push_back(server.get());
  }
  return chosen;
}

void Cluster::perform(const SetRouteEvent& event) {
  for (FakeNamesrvServer* server : nameservers(event.nameservers)) {
    for (const auto& [broker_name, queues] : event.topic.queues) {
      QueueData data;
      data.broker_name = broker_name;
      data.read_queue_nums = data.write_queue_nums = queues;
      data.perm = event.topic.perm;
      server->routes().set_route(event.topic.name, data);
    }
  }
}

void Cluster::perform(const RemoveFromRouteEvent& event) {
  for (FakeNamesrvServer* server : nameservers(event.nameservers)) {
    server->routes().remove_from_route(event.topic.value_or(""), event.broker);
  }
}

void Cluster::perform(const SetPermEvent& event) {
  const auto concerned = [&](const std::string& broker) {
    return event.brokers.empty() ||
           std::find(event.brokers.begin(), event.brokers.end(), broker) != event.brokers.end();
  };
  for (auto& [name, broker] : brokers_) {
    if (concerned(name)) broker->set_perm(event.topic, event.perm);
  }
  for (auto& [name, server] : nameservers_) {
    for (const auto& [broker_name, broker] : brokers_) {
      if (concerned(broker_name)) server->routes().set_perm(event.topic, broker_name, event.perm);
    }
  }
}

std::string Cluster::name_server_addresses(const std::vector<std::string>& names) const {
  std::string text;
  for (const std::string& name : names.empty() ? scenario_.cluster.nameservers : names) {
    if (!text.empty()) text += ';';
    text += nameservers_.find(name)->second->address();
  }
  return text;
}

std::string Cluster::symbolic(std::string text) const {
  const auto replace = [&](const std::string& address, const std::string& name) {
    for (std::size_t at = 0; (at = text.find(address, at)) != std::string::npos;) {
      // 127.0.0.1:1091 must not match inside 127.0.0.1:10911.
      const std::size_t end = at + address.size();
      if (end < text.size() && text[end] >= '0' && text[end] <= '9') {
        at = end;
        continue;
      }
      text.replace(at, address.size(), "<" + name + ">");
      at += name.size() + 2;
    }
  };
  for (const auto& [name, server] : brokers_) replace(server->address(), name);
  for (const auto& [name, server] : nameservers_) replace(server->address(), name);
  return text;
}

std::string Cluster::name_of(std::string_view address) const {
  for (const auto& [name, server] : brokers_) {
    if (server->address() == address) return name;
  }
  for (const auto& [name, server] : nameservers_) {
    if (server->address() == address) return name;
  }
  return std::string(address);
}

void Cluster::on_request(std::string_view server, const RequestSeen& request) {
  ServerRecord& seen = record_.servers.find(std::string(server))->second;
  ++seen.requests[{request.code, std::string(request.topic)}];
  if (is_send(request.code)) ++seen.received_sends;
  if (TraceSink* trace = runtime_.trace()) {
    trace->record(request.at, server, "request",
                  {{"number", request.number}, {"code", request.code}, {"topic", request.topic},
                   {"queueId", request.queue_id.value_or(-1)}, {"key", request.uniq_key}, {"rule", request.rule}});
  }
}

void Cluster::on_stored(std::string_view server, StoredRange stored, TimePoint) {
  if (!on_message_) return;
  const FakeBrokerServer* source = broker(server);
  for (std::uint64_t n = stored.first; n < stored.first + stored.count; ++n) {
    if (const auto record = source->broker().store().find(n)) on_message_(*source, *record);
  }
}

TransactionEnd Cluster::transaction_end(std::string_view uniq_key) const {
  TransactionFate all;
  for (const auto& [name, broker] : brokers_) {
    const TransactionFate* fate = broker->broker().state().half_messages.fate(uniq_key);
    if (fate == nullptr) continue;
    all.checks += fate->checks;
    all.committed += fate->committed;
    all.rolled_back += fate->rolled_back;
    all.discarded += fate->discarded;
    all.pending += fate->pending;
  }
  TransactionEnd end;
  end.checks = all.checks;
  end.commits = all.committed;
  end.what = all.committed > 0     ? "committed"
             : all.pending > 0     ? "pending"
             : all.rolled_back > 0 ? "rolledBack"
             : all.discarded > 0   ? "discarded"
                                   : "nothing";
  return end;
}

void Cluster::on_answer(std::string_view server, const AnswerSeen& answer) {
  if (TraceSink* trace = runtime_.trace()) {
    trace->record(answer.at, server, "answer",
                  {{"number", answer.number}, {"code", answer.code}, {"outcome", answer.outcome},
                   {"stored", answer.stored}, {"acknowledged", answer.acknowledged}});
  }
}

}  // namespace rmqsim
