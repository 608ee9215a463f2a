// Greetings (behaviour §3.7, §3.9): every round goes to all masters that routes name, and since 5.2 a new connection to
// one of them is greeted at once. Nobody else is greeted, and nobody more often. What a lock or a busy scheduler holds
// up is told carefully.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "producer/remoting/codes.h"
#include "scenarios/harness/engine/invariants/invariants.h"
#include "scenarios/harness/engine/judging/connects.h"
#include "scenarios/harness/engine/judging/route_members.h"
#include "scenarios/harness/engine/judging/trouble.h"

namespace rmqsim {
namespace {

class Heartbeats final : public Invariant {
 public:
  void connecting(const WireEnd& end) override { connects_.began(end); }
  void not_connected(const WireEnd& end) override { connects_.ended(end); }
  void connected(const WireEnd& end) override {
    connects_.ended(end);
    of(end).connections.push_back({std::string(end.server), end.connection, end.at, TimePoint::max()});
  }
  void closed(const WireEnd& end, error_code) override {
    Client& client = of(end);
    Connection* const connection = client.find(end.connection);
    if (connection == nullptr) return;
    connection->to = std::min(connection->to, end.at);
    for (auto beat = client.beats.rbegin(); beat != client.beats.rend() && beat->from >= connection->from; ++beat) {
      if (beat->connection == end.connection) beat->to = std::min(beat->to, end.at);
    }
  }
  void request(const WireEnd& end, const WireRequest& said) override {
    if (said.command.code != RequestCode::HEART_BEAT) return;
    of(end).beats.push_back({std::string(end.server), end.connection, said.command.opaque, end.at, TimePoint::max()});
  }
  void answer(const WireEnd& end, const RemotingCommand& command) override {
    const auto client = clients_.find(end.client);
    if (client == clients_.end()) return;
    // It is left for another one, which may never come about, and stays open (behaviour §9.9).
    Connection* const left = command.code == ResponseCode::GO_AWAY ? client->second.find(end.connection) : nullptr;
    if (left != nullptr) left->to = std::min(left->to, end.at);
    auto& beats = client->second.beats;
    for (auto beat = beats.rbegin(); beat != beats.rend() && beat->to == TimePoint::max(); ++beat) {
      if (beat->connection != end.connection || beat->opaque != command.opaque) continue;
      beat->to = end.at;
      break;
    }
  }
  void judge(const JudgedRun& run, Breaches& breaches) override {
    for (const ProducerSpec& producer : run.scenario.producers) {
      const auto found = clients_.find(producer.name);
      if (found == clients_.end() || !run.has_own_client(producer.name)) continue;
      Look look{run,
                producer.name,
                found->second,
                connects_.of(producer.name),
                RouteMembers(run, producer.name),
                trouble_of(run)};
      look.nobody_else(breaches);
      look.no_more_often(breaches);
      if (!look.trouble.running.contains(producer.name)) continue;
      look.at_once(breaches);
      look.every_round(breaches);
    }
  }

 private:
  struct Connection {
    std::string server;
    std::uint64_t number;
    TimePoint from, to;  ///< until it ended or was left
  };
  struct Beat {
    std::string server;
    std::uint64_t connection;
    std::int32_t opaque;
    TimePoint from, to;  ///< until it was answered or its connection ended
  };
  struct Client {
    std::vector<Connection> connections;
    std::vector<Beat> beats;

    Connection* find(std::uint64_t number) {
      const auto connection = std::find_if(connections.rbegin(), connections.rend(),
                                           [&](const Connection& c) { return c.number == number; });
      return connection == connections.rend() ? nullptr : &*connection;
    }
  };

  struct Look {
    const JudgedRun& run;
    const std::string& name;
    const Client& client;
    const std::vector<Connects::Connect>& connects;
    RouteMembers members;
    Trouble trouble;

    Duration interval() const { return millis(run.number(name, "heartbeatBrokerInterval", 30'000)); }
    /// When the client no longer waits for the answer, at the latest.
    TimePoint over(const Beat& beat) const {
      const Duration patience = millis(run.number(name, "mqClientApiTimeout", 3000)) + millis(10) + run.lateness;
      return std::min(beat.to, beat.from + patience);
    }
    std::string said(const std::string& server, const std::string& what) const {
      return "\"" + name + "\" greeted " + server + " " + what;
    }

    void nobody_else(Breaches& breaches) const {
      // Who left the routes is forgotten by the next round, if no lookup holds the lock for too long (behaviour §3.10).
      const Duration grace = interval() + task_delay(run, trouble, name);
      for (const Beat& beat : client.beats) {
        const BrokerSpec* broker = run.scenario.cluster.find_broker(beat.server);
        if (broker == nullptr) {
          breaches.other(said(beat.server, "which is no broker"));
          continue;
        }
        // Slaves are connected to by a leave only (behaviour §3.11), and by a recall whose master is gone (§10.3).
        if (broker->slave_of && !run.shut_down(name) && made(SendRecord::Kind::recall) == 0) {
          breaches.other(said(beat.server, "which is a slave"));
        }
        const auto& spans = members.maybe(beat.server);
        const bool known = std::any_of(spans.begin(), spans.end(), [&](const RouteMembers::Span& span) {
          const bool still = trouble.at_nameservers || span.to == TimePoint::max() || beat.from <= span.to + grace;
          return span.from <= beat.from && still;
        });
        if (!known) breaches.other(said(beat.server, "which is in no route"));
      }
    }

    std::size_t made(SendRecord::Kind kind) const {
      return static_cast<std::size_t>(
          std::count_if(run.record.sends.begin(), run.record.sends.end(),
                        [&](const SendRecord& send) { return send.kind == kind && run.producer_of(send) == name; }));
    }
    /// A request to a topic without a route begins a round as well (behaviour §10.2).
    std::size_t requests() const { return made(SendRecord::Kind::request); }

    void no_more_often(Breaches& breaches) const {
      if (client.beats.empty()) return;
      const TimePoint begin = connects.empty() ? client.beats.front().from : connects.front().from;
      std::map<std::string_view, std::size_t> beats;
      for (const Beat& beat : client.beats) ++beats[beat.server];
      for (const auto& of_server : beats) {
        const std::string_view server = of_server.first;
        const std::size_t count = of_server.second;
        // Rounds that were held up are made up for at once.
        const Duration lasted = client.beats.back().from - begin + millis(2000) + run.lateness;
        std::size_t due = static_cast<std::size_t>(std::max<std::int64_t>(lasted / interval(), 0)) + 2 + requests();
        if (run.profile.heartbeat_on_connect) {
          due += static_cast<std::size_t>(std::count_if(client.connections.begin(), client.connections.end(),
                                                        [&](const Connection& c) { return c.server == server; }));
        }
        if (count > due) {
          breaches.other(said(std::string(server),
                              std::to_string(count) + " times where " + std::to_string(due) + " were due at most"));
        }
      }
    }

    void at_once(Breaches& breaches) const {
      if (!run.profile.heartbeat_on_connect || run.ever(name, "enableHeartbeatChannelEventListener", false) ||
          run.ever(name, "vipChannelEnabled", true)) {
        return;
      }
      for (const Connection& connection : client.connections) {
        const TimePoint until = connection.from + millis(1) + run.lateness;
        const auto& surely = members.surely(connection.server);
        const bool in_route = std::any_of(surely.begin(), surely.end(), [&](const RouteMembers::Span& span) {
          return span.from < connection.from && until < span.to;
        });
        if (!in_route || connection.to <= until || run.routes->last() <= until || locked_at(connection)) continue;
        const bool greeted = std::any_of(client.beats.begin(), client.beats.end(), [&](const Beat& beat) {
          return beat.connection == connection.number && beat.from <= until;
        });
        if (!greeted) breaches.other("\"" + name + "\" did not greet " + connection.server + " when it had connected");
      }
    }
    /// Whether another greeting was, or may have been, under way when the connection came about.
    bool locked_at(const Connection& connection) const {
      const TimePoint at = connection.from;
      // Who holds the lock lets go of it some time after its greeting has ended.
      const TimePoint early = at - run.lateness - millis(3);
      return std::any_of(client.beats.begin(), client.beats.end(),
                         [&](const Beat& beat) {
                           return beat.connection != connection.number && beat.from <= at && early <= over(beat);
                         }) ||
             std::any_of(connects.begin(), connects.end(), [&](const Connects::Connect& connect) {
               return connect.server != connection.server && connect.from <= at && early <= connect.to;
             });
    }

    void every_round(Breaches& breaches) const {
      if (requests() > 0) return;  // their rounds hold the lock, and the next one is skipped for it
      const Duration delay = task_delay(run, trouble, name);
      for (const Connection& connection : client.connections) {
        const BrokerSpec* broker = run.scenario.cluster.find_broker(connection.server);
        if (broker == nullptr || broker->slave_of) continue;
        for (const RouteMembers::Span& span : members.surely(connection.server)) {
          const TimePoint from = std::max(connection.from, span.from);
          const TimePoint to = std::min({connection.to, span.to, run.routes->last()});
          if (late_from(connection.server, from, to, delay)) {
            breaches.other("\"" + name + "\" was connected to " + connection.server +
                           " and left it without a greeting");
            return;
          }
        }
      }
    }
    /// Whether the next round may come while that greeting is under way: it is no part of a round, or takes too long.
    bool may_hold(const Beat& beat) const {
      const auto connection = std::find_if(client.connections.begin(), client.connections.end(),
                                           [&](const Connection& c) { return c.number == beat.connection; });
      return connection == client.connections.end() || beat.from - connection->from <= millis(10) + run.lateness ||
             over(beat) - beat.from >= interval() / 2;
    }
    /// Whether a round is missing between the two times. One is skipped for each greeting that holds the lock.
    bool late_from(const std::string& server, TimePoint from, TimePoint to, Duration delay) const {
      std::size_t others = 0;
      Duration held{0};  // how long the last greeting of this server was under way
      for (const Beat& beat : client.beats) {
        if (beat.from < from) continue;
        if (std::min(beat.from, to) > from + interval() * static_cast<std::int64_t>(1 + others) + held + delay) {
          return true;
        }
        if (beat.from > to) return false;
        if (beat.server != server) {
          others += may_hold(beat) ? 1 : 0;
          continue;
        }
        from = beat.from;
        others = 0;
        held = over(beat) - beat.from;
      }
      return to > from + interval() * static_cast<std::int64_t>(1 + others) + held + delay;
    }
  };

  Client& of(const WireEnd& end) { return clients_.try_emplace(std::string(end.client)).first->second; }

  std::map<std::string, Client, std::less<>> clients_;
  Connects connects_;
};

}  // namespace

std::unique_ptr<Invariant> make_heartbeats() { return std::make_unique<Heartbeats>(); }

}  // namespace rmqsim
