#include "scenarios/harness/report/html/server_lanes.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "producer/remoting/codes.h"
#include "scenarios/harness/events/event.h"
#include "scenarios/harness/report/sends_table.h"

namespace rmqsim {
namespace {

using nlohmann::ordered_json;

/// A stretch of time of a server; `to` is negative while it lasts.
struct Band {
  std::string kind, words;
  std::int64_t from = 0, to = -1;
};

/// From when to when a producer keeps away from a broker.
struct Isolation {
  std::int64_t producer = 0, server = 0, from = 0, to = 0, latency = 0;
  bool cut = false;  ///< ended before its time
};

struct Acts {
  std::int64_t from = 0, to = 0, times = 0;
};

struct Server {
  std::string name;
  bool broker = false;
  Column at, took, code, outcome, rule, send;
  std::unordered_map<std::int64_t, std::size_t> by_number;
  std::vector<Band> bands;
};

class Lanes {
 public:
  Lanes(const Scenario& scenario, const RunResult& result, WordList& words)
      : scenario_(scenario), result_(result), words_(words) {
    for (const BrokerSpec& broker : scenario.cluster.brokers) add_server(broker.name, true);
    for (const std::string& name : scenario.cluster.nameservers) add_server(name, false);
    for (const ProducerSpec& one : scenario.producers) producers_.emplace(one.name, std::int64_t(producers_.size()));
    for (std::size_t i = 0; i < scenario.faults.size(); ++i) rules_[scenario.faults[i].id] = std::int64_t(i);
    find_keys();
    for (const Event& event : result.events) {
      if (std::holds_alternative<event::StepsBegin>(event.what)) origin_ = event.at;
    }
  }

  void put(ordered_json& run) {
    for (const Event& event : result_.events) {
      std::visit([&](const auto& what) { take(event, what); }, event.what);
    }
    take_steps();
    run["servers"] = servers_json();
    run["isolation"] = isolation_json();
    run["acts"] = acts_json();
    std::stable_sort(flags_.begin(), flags_.end(),
                     [](const ordered_json& a, const ordered_json& b) { return a["at"] < b["at"]; });
    run["flags"] = flags_;
  }

 private:
  void add_server(const std::string& name, bool broker) {
    places_[name] = static_cast<std::int64_t>(servers_.size());
    Server& server = servers_.emplace_back();
    server.name = name;
    server.broker = broker;
  }
  /// Which send a message belongs to; a batch has several keys.
  void find_keys() {
    for (std::size_t i = 0; i < result_.record.sends.size(); ++i) {
      const std::string& keys = result_.record.sends[i].msg_id;
      for (std::size_t at = 0; at < keys.size();) {
        const std::size_t end = std::min(keys.find(',', at), keys.size());
        sends_.emplace(keys.substr(at, end - at), static_cast<std::int64_t>(i));
        at = end + 1;
      }
    }
  }
  std::int64_t since_start(const Event& event) const { return rounded_micros(event.at - origin_); }
  Server* server(const std::string& name) {
    const auto at = places_.find(name);
    return at == places_.end() ? nullptr : &servers_[static_cast<std::size_t>(at->second)];
  }
  template <class Map>
  static std::int64_t find(const Map& map, const std::string& key) {
    const auto at = map.find(key);
    return at == map.end() ? -1 : at->second;
  }

  template <class Other>
  void take(const Event&, const Other&) {}
  void take(const Event& event, const event::Request& what) {
    Server* const at = server(event.node);
    if (at == nullptr) return;
    at->by_number[what.number] = at->at.size();
    at->at.push_back(since_start(event));
    at->took.push_back(0);
    at->code.push_back(words_.place(request_code_name(static_cast<std::int32_t>(what.code))));
    at->outcome.push_back(words_.place(""));
    at->rule.push_back(what.rule.empty() ? -1 : find(rules_, what.rule));
    at->send.push_back(what.key.empty() ? -1 : find(sends_, what.key));
    if (at->rule.back() < 0) return;
    const auto [acts, is_new] = acts_.try_emplace({at->rule.back(), find(places_, event.node)});
    if (is_new) acts->second.from = since_start(event);
    acts->second.to = since_start(event);
    ++acts->second.times;
  }
  void take(const Event& event, const event::Answer& what) {
    Server* const at = server(event.node);
    if (at == nullptr) return;
    const auto request = at->by_number.find(what.number);
    if (request == at->by_number.end()) return;
    at->took[request->second] = since_start(event) - at->at[request->second];
    at->outcome[request->second] = words_.place(what.outcome);
  }
  void take(const Event& event, const event::FaultItemSet& what) {
    const std::int64_t producer = find(producers_, event.node);
    const std::int64_t broker = find(places_, what.broker);
    if (producer < 0 || broker < 0) return;
    const std::int64_t now = since_start(event);
    const auto last = last_isolation_.find({producer, broker});
    const std::int64_t until = now + what.isolated_ms * 1000;
    if (last != last_isolation_.end() && isolations_[last->second].to > now) {
      Isolation& running = isolations_[last->second];
      running.cut = until < running.to && what.isolated_ms == 0;
      running.to = until;  // one goes on, or ends at once
      running.latency = std::max(running.latency, what.latency_ms * 1000);
      return;
    }
    if (what.isolated_ms <= 0) return;
    last_isolation_[{producer, broker}] = isolations_.size();
    isolations_.push_back({producer, broker, now, until, what.latency_ms * 1000, false});
  }
  void take(const Event& event, const event::RouteChanged& what) {
    flags_.push_back({{"at", since_start(event)},
                      {"kind", "route"},
                      {"words", event.node + " hears another route of " + what.topic + ": " +
                                    std::to_string(what.queues) + (what.queues == 1 ? " queue" : " queues")}});
  }

  // ---- events of steps, which every world keeps

  void take_steps() {
    for (const EventRecord& event : result_.record.events) {
      const auto* step = std::get_if<EventStep>(&scenario_.steps[event.step].what);
      if (step == nullptr) continue;
      const std::int64_t at = rounded_micros(event.at - result_.record.first_step);
      flags_.push_back({{"at", at}, {"kind", "event"}, {"words", event_text(*step)}});
      std::visit([&](const auto& e) { change(at, e); }, step->event);
    }
  }
  void begin(const std::vector<std::string>& names, std::string_view kind, std::string_view words, std::int64_t at) {
    for (const std::string& name : names) {
      if (Server* const one = server(name)) one->bands.push_back({std::string(kind), std::string(words), at, -1});
    }
  }
  void end(const std::vector<std::string>& names, std::string_view kind, std::int64_t at) {
    for (const std::string& name : names) {
      Server* const one = server(name);
      if (one == nullptr) continue;
      for (Band& band : one->bands) {
        if (band.kind == kind && band.to < 0) band.to = at;
      }
    }
  }
  template <class Other>
  void change(std::int64_t, const Other&) {}
  void change(std::int64_t at, const CrashEvent& e) { begin(e.servers, "crashed", "gone", at); }
  void change(std::int64_t at, const RestartEvent& e) { end(e.servers, "crashed", at); }
  void change(std::int64_t at, const PauseEvent& e) { begin(e.servers, "paused", "paused", at); }
  void change(std::int64_t at, const ResumeEvent& e) { end(e.servers, "paused", at); }
  void change(std::int64_t at, const PartitionEvent& e) {
    begin(e.between, "partitioned", "cut off", at);
    begin(e.and_, "partitioned", "cut off", at);
  }
  void change(std::int64_t at, const HealEvent& e) {
    if (!e.between.empty() || !e.and_.empty()) {
      end(e.between, "partitioned", at);
      end(e.and_, "partitioned", at);
      return;
    }
    for (const Server& one : servers_) end({one.name}, "partitioned", at);
  }

  // ---- what comes of it

  ordered_json servers_json() const {
    ordered_json all = ordered_json::array();
    for (const Server& one : servers_) {
      ordered_json bands = ordered_json::array();
      for (const Band& band : one.bands) {
        bands.push_back({{"kind", band.kind}, {"words", band.words}, {"from", band.from}, {"to", band.to}});
      }
      all.push_back({{"name", one.name},
                     {"kind", one.broker ? "broker" : "nameserver"},
                     {"bands", std::move(bands)},
                     {"requests",
                      {{"size", one.at.size()},
                       {"at", differences_json(one.at)},
                       {"took", column_json(one.took)},
                       {"code", column_json(one.code)},
                       {"outcome", column_json(one.outcome)},
                       {"rule", column_json(one.rule)},
                       {"send", column_json(one.send)}}}});
    }
    return all;
  }
  ordered_json isolation_json() const {
    ordered_json all = ordered_json::array();
    for (const Isolation& one : isolations_) {
      all.push_back({{"producer", one.producer},
                     {"server", one.server},
                     {"from", one.from},
                     {"to", one.to},
                     {"latency", one.latency},
                     {"cut", one.cut}});
    }
    return all;
  }
  ordered_json acts_json() const {
    ordered_json all = ordered_json::array();
    for (const auto& [who, acts] : acts_) {
      all.push_back(
          {{"rule", who.first}, {"server", who.second}, {"from", acts.from}, {"to", acts.to}, {"n", acts.times}});
    }
    return all;
  }

  const Scenario& scenario_;
  const RunResult& result_;
  WordList& words_;
  Duration origin_{0};
  std::vector<Server> servers_;
  std::map<std::string, std::int64_t> places_, producers_, rules_;
  std::unordered_map<std::string, std::int64_t> sends_;
  std::map<std::pair<std::int64_t, std::int64_t>, Acts> acts_;  ///< by rule and server
  std::vector<Isolation> isolations_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> last_isolation_;  ///< by producer and server
  std::vector<ordered_json> flags_;
};

}  // namespace

void put_server_lanes(const Scenario& scenario, const RunResult& result, WordList& words, ordered_json& run) {
  Lanes(scenario, result, words).put(run);
}

}  // namespace rmqsim
