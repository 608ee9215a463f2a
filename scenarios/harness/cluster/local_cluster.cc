#include "scenarios/harness/cluster/local_cluster.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "fake_broker/settings/broker_settings.h"
#include "fake_broker/shell/report_channel.h"
#include "fake_broker/store/transactions.h"
#include "scenarios/harness/events/event_rows.h"
#include "scenarios/harness/events/server_events.h"
#include "scenarios/harness/file/look_up.h"

namespace rmqsim {

LocalCluster::LocalCluster(Runtime& runtime, const Scenario& scenario, std::uint64_t seed, PlaceOf place_of,
                           RunRecord& record)
    : Cluster(scenario), runtime_(runtime), record_(record),
      plan_(scenario.faults, fault_plan_options(scenario, seed)) {
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
    options.broker.recall_message_enable = scenario.cluster.recall_message_enable;
    const TransactionSettings& transactions = scenario.cluster.transactions;
    options.broker.transactions = {transactions.timeout, transactions.check_interval, transactions.check_max,
                                   transactions.op_batch_interval};
    options.broker.accounts = scenario.cluster.accounts;
    for (const auto& [key, value] : spec.config) set_broker_setting(options.broker, key, value);
    options.remoting.listen = place.listen;
    options.advertise = place.advertise;
    options.vip = place.vip;
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

void LocalCluster::start() {
  for (auto& [name, broker] : brokers_) broker->start();
}

bool LocalCluster::registered() {
  return std::all_of(brokers_.begin(), brokers_.end(), [&](const auto& entry) {
    return entry.second->registrar().registered() == nameservers_.size();
  });
}

void LocalCluster::begin_faults(TimePoint first_step) {
  for (auto& [name, server] : nameservers_) server->begin_faults(first_step);
  for (auto& [name, server] : brokers_) server->begin_faults(first_step);
}

void LocalCluster::stop() {
  for (auto& [name, broker] : brokers_) broker->stop();
  for (auto& [name, server] : nameservers_) server->stop();
}

FakeBrokerServer* LocalCluster::broker(std::string_view name) {
  const auto it = brokers_.find(name);
  return it == brokers_.end() ? nullptr : it->second.get();
}

FakeNamesrvServer* LocalCluster::nameserver(std::string_view name) {
  const auto it = nameservers_.find(name);
  return it == nameservers_.end() ? nullptr : it->second.get();
}

void LocalCluster::set_observer(ServerObserver& observer) {
  for (auto& [name, server] : brokers_) server->set_observer(&observer);
  for (auto& [name, server] : nameservers_) server->set_observer(&observer);
}

template <class Change>
bool LocalCluster::change(const std::string& server, std::string_view event, const Change& change) {
  bool changed = false;
  const auto apply = [&](auto& one) {
    const std::pair before(one.server().running(), one.server().paused());
    change(one);
    changed = before != std::pair(one.server().running(), one.server().paused());
    if (record_.onlooker == nullptr || !changed) return;
    write_event(*record_.onlooker, runtime_.now(), server, event::ServerState{std::string(event)});
  };
  if (auto* b = broker(server)) apply(*b);
  if (auto* n = nameserver(server)) apply(*n);
  return changed;
}

bool LocalCluster::crash(const std::string& server) {
  return change(server, "crashed", [](auto& one) { one.crash(); });
}
bool LocalCluster::restart(const std::string& server) {
  return change(server, "restarted", [](auto& one) { one.restart(); });
}
bool LocalCluster::pause(const std::string& server) {
  return change(server, "paused", [](auto& one) {
    if (one.server().running()) one.pause();
  });
}
bool LocalCluster::resume(const std::string& server) {
  return change(server, "resumed", [](auto& one) { one.resume(); });
}

bool LocalCluster::perform(const SetRouteEvent& event) {
  std::vector<QueueData> route;
  for (const auto& [broker_name, queues] : event.topic.queues) {
    route.push_back(QueueData{broker_name, queues, queues, event.topic.perm, 0});
  }
  bool changed = false;
  for (const std::string& name : nameservers_or_all(event.nameservers)) {
    changed |= look_up(nameservers_, name)->routes().replace_route(event.topic.name, route);
  }
  return changed;
}

bool LocalCluster::perform(const RemoveFromRouteEvent& event) {
  bool changed = false;
  for (const std::string& name : nameservers_or_all(event.nameservers)) {
    changed |= look_up(nameservers_, name)->routes().remove_from_route(event.topic.value_or(""), event.broker);
  }
  return changed;
}

bool LocalCluster::perform(const SetPermEvent& event) {
  bool changed = false;
  const auto concerned = [&](const std::string& broker) {
    return event.brokers.empty() ||
           std::find(event.brokers.begin(), event.brokers.end(), broker) != event.brokers.end();
  };
  for (auto& [name, broker] : brokers_) {
    if (concerned(name)) changed |= broker->set_perm(event.topic, event.perm);
  }
  for (auto& [name, server] : nameservers_) {
    for (const auto& [broker_name, broker] : brokers_) {
      if (concerned(broker_name)) changed |= server->routes().set_perm(event.topic, broker_name, event.perm);
    }
  }
  return changed;
}

std::string LocalCluster::address_of(const std::string& server) const {
  if (const auto it = brokers_.find(server); it != brokers_.end()) return it->second->address();
  const auto it = nameservers_.find(server);
  return it == nameservers_.end() ? std::string() : it->second->address();
}

std::uint64_t LocalCluster::stored_requests(const std::string& broker) const {
  return look_up(brokers_, broker)->server().stored_requests();
}

bool LocalCluster::keeps(std::string_view uniq_key) const {
  return std::any_of(brokers_.begin(), brokers_.end(), [&](const auto& entry) {
    return entry.second->broker().store().find_key(uniq_key).has_value();
  });
}

std::uint64_t LocalCluster::forgotten() const {
  std::uint64_t forgotten = 0;
  for (const auto& [name, broker] : brokers_) forgotten += broker->broker().store().evicted();
  return forgotten;
}

template <class Visit>
void LocalCluster::each_stored(const Visit& visit) const {
  for (const auto& [name, broker] : brokers_) {
    const MessageStore& store = broker->broker().store();
    for (std::uint64_t n = store.first_number(); n < store.next_number(); ++n) {
      if (const auto stored = store.find(n)) visit(name, *stored);
    }
  }
}

std::map<std::string, std::uint64_t, std::less<>> LocalCluster::repeated() const {
  std::unordered_map<std::string_view, std::uint64_t> copies;
  std::map<std::string, std::uint64_t, std::less<>> repeated;
  each_stored([&](const std::string&, const StoredRecord& stored) {
    if (stored.uniq_key.empty() || stored.topic == kHalfTopic) return;
    const std::uint64_t n = ++copies[stored.uniq_key];
    if (n > 1) repeated[std::string(stored.uniq_key)] = n;
  });
  return repeated;
}

void LocalCluster::each_trace_message(const TraceVisitor& visit) const {
  const std::vector<std::string> topics = trace_topics(scenario());
  if (topics.empty()) return;
  each_stored([&](const std::string& broker, const StoredRecord& stored) {
    if (is_watched(topics, stored.topic)) visit(broker, std::string(stored.topic), stored.body);
  });
}

LocalCluster::Tally& LocalCluster::tally(std::string_view server, const RequestSeen& request) {
  const std::size_t last = server.empty() ? 0 : static_cast<unsigned char>(server.back());
  Tally& tally = tallies_[(last + static_cast<std::uint32_t>(request.code) + request.topic.size()) % tallies_.size()];
  if (tally.requests != nullptr && tally.code == request.code && tally.server == server &&
      tally.topic == request.topic) {
    return tally;
  }
  ServerRecord& seen = look_up(record_.servers, server);
  tally = {std::string(server), request.code, std::string(request.topic),
           &seen.requests[{request.code, std::string(request.topic)}],
           is_send_request(request.code) ? &seen.received_sends : nullptr};
  return tally;
}

void LocalCluster::on_request(std::string_view server, const RequestSeen& request) {
  const Tally& counted = tally(server, request);
  ++*counted.requests;
  if (counted.sends != nullptr) ++*counted.sends;
  if (TraceSink* trace = runtime_.trace()) trace_request(*trace, server, request);
  if (record_.onlooker != nullptr) show_request(*record_.onlooker, scenario().faults, server, request);
}

void LocalCluster::on_connection_rule(std::string_view server, std::string_view rule, std::string_view peer,
                                      TimePoint at) {
  if (record_.onlooker == nullptr) return;
  show_connection_rule(*record_.onlooker, scenario().faults, server, rule, peer, at);
}

void LocalCluster::on_stored(std::string_view server, StoredRange stored, TimePoint) {
  if (!on_message_) return;
  const FakeBrokerServer* source = look_up(brokers_, server).get();
  const std::vector<std::string> topics = responder_topics(scenario());
  for (std::uint64_t n = stored.first; n < stored.first + stored.count; ++n) {
    const auto record = source->broker().store().find(n);
    if (!record || !is_watched(topics, record->topic)) continue;
    std::string bytes;
    to_stored_message(*record, source->broker().state().store_host).encode_to(bytes);
    on_message_(record->topic, bytes);
  }
}

TransactionEnd LocalCluster::transaction_end(std::string_view uniq_key) const {
  TransactionCounts all;
  for (const auto& [name, broker] : brokers_) {
    const TransactionFate* fate = broker->broker().state().half_messages.fate(uniq_key);
    if (fate == nullptr) continue;
    all.checks += fate->checks;
    all.asked += fate->asked;
    all.committed += fate->committed;
    all.rolled_back += fate->rolled_back;
    all.discarded += fate->discarded;
    all.pending += fate->pending;
  }
  return Cluster::transaction_end(all);
}

TransactionTotals LocalCluster::transactions(const std::string& broker) const {
  return look_up(brokers_, broker)->broker().state().half_messages.totals();
}

Cluster::DelayedCounts LocalCluster::delayed(const std::string& broker) const {
  const DelayedMessages& delayed = look_up(brokers_, broker)->broker().state().delayed;
  return {delayed.delivered(), delayed.recalled()};
}

std::vector<RuleCounts> LocalCluster::rule_counts() const {
  std::vector<RuleCounts> counts;
  for (const FaultRule& rule : scenario().faults) {  // by id: others may have come and gone meanwhile
    const auto i = plan_.find(rule.id);
    counts.push_back(i ? RuleCounts{plan_.matched(*i), plan_.acted(*i), true} : RuleCounts{0, 0, false});
    if (counts.back().acted > 0) counts.back().acted_between = plan_.acted_between(*i);
  }
  return counts;
}

void LocalCluster::on_answer(std::string_view server, const AnswerSeen& answer) {
  if (TraceSink* trace = runtime_.trace()) trace_answer(*trace, server, answer);
}

}  // namespace rmqsim
