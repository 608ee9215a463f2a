#include "scenarios/harness/engine/scenario_world.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"
#include "producer/transport/tcp/tls_transport.h"
#include "scenarios/harness/cluster/local_cluster.h"
#include "scenarios/harness/cluster/process_cluster.h"
#include "scenarios/harness/stalls/stall_watch.h"

namespace rmqsim {
namespace {

constexpr Duration kRegistrationPatience = millis(300);
/// On a real machine everybody has to be scheduled first, and others may want it as well. A route event that comes
/// before the broker that it is about would find nothing to change.
constexpr Duration kRealRegistrationPatience = std::chrono::seconds(15);
/// How often a run in real time looks whether it shall stop.
constexpr Duration kStopPeriod = millis(10);
/// How often the machine is looked at, which a hundred runs side by side must not be busy with.
constexpr Duration kLookPeriod = millis(100);

class SimWorld final : public ScenarioWorld {
 public:
  SimWorld(const Scenario& scenario, std::uint64_t seed, const RunLimits& limits, const RunStop* stop,
           RunRecord& record)
      : ScenarioWorld(stop), scenario_(scenario), runtime_(options(scenario, seed, limits)),
        network_(runtime_, {.one_way = scenario.network.one_way}) {
    began_ = runtime_.now();
    capture(record.packets);
    if (!scenario.cluster.tls.empty()) {
      record.notes.emplace_back("cluster.tls changes nothing in sim, where bytes do not leave the process");
    }
    auto cluster = std::make_unique<LocalCluster>(
        runtime_, scenario, seed,
        [this](const std::string& name, bool nameserver) {
          Transport& transport = captured(name, network_.transport(name));
          return ServerPlace{&transport, network_.ip(name) + (nameserver ? ":9876" : ":10911")};
        },
        record);
    for (const BrokerSpec& broker : scenario.cluster.brokers) {
      rule(broker.name, cluster->broker(broker.name)->server());
    }
    for (const std::string& name : scenario.cluster.nameservers) rule(name, cluster->nameserver(name)->server());
    cluster_ = std::move(cluster);
  }
  ~SimWorld() override {
    stop_capture();
    cluster_.reset();
  }

  Runtime& runtime() override { return runtime_; }
  Transport& network_of(const std::string& producer) override { return network_.transport(producer); }
  std::string ip_of(const std::string& name) override { return network_.ip(name); }

  void start() override {
    cluster_->start();
    const TimePoint patience = runtime_.now() + kRegistrationPatience;
    while (!cluster_->registered() && !stopped() && runtime_.now() < patience && runtime_.step()) {
    }
    // Begin at a whole millisecond, as far as Java's arithmetic can tell an arbitrary one.
    runtime_.run_until(std::chrono::ceil<std::chrono::milliseconds>(runtime_.now()));
  }

  bool wait(Latch& latch, std::string& why) override {
    try {
      while (!latch.released()) {
        if (stopped()) {
          why = stop_->reason();
          return false;
        }
        if (!runtime_.step()) {
          why = "nothing is scheduled that could end this wait\n" + runtime_.pending();
          return false;
        }
      }
      return true;
    } catch (const Exhausted& e) {
      why = e.what();
    } catch (const std::exception& e) {
      why = std::string("an exception ended the run: ") + e.what();
    }
    return false;
  }

  void stop() override { cluster_->stop(); }
  void watch_machine() override {}
  Duration stalled() const override { return Duration::zero(); }
  Duration lateness() const override { return Duration::zero(); }
  std::uint64_t events() const override { return runtime_.events(); }

  bool partition(const PartitionEvent& event) override {
    const auto [a, b] = sides(event.between, event.and_);
    if (!event.one_way) return network_.partition(a, b);
    bool changed = false;
    for (const std::string& from : a) {
      for (const std::string& to : b) changed |= network_.hold(from, to);
    }
    return changed;
  }
  bool heal(const HealEvent& event) override {
    if (event.between.empty() && event.and_.empty()) return network_.heal();
    const auto [a, b] = sides(event.between, event.and_);
    return network_.heal(a, b);
  }

 private:
  static SimOptions options(const Scenario& scenario, std::uint64_t seed, const RunLimits& limits) {
    SimOptions options;
    options.seed = seed;
    options.timer_slack = scenario.network.timer_slack;
    options.max_virtual_time = limits.virtual_time;
    options.max_events = limits.events;
    return options;
  }

  void rule(const std::string& node, FakeServer& server) {
    network_.set_connect_rule(node, [&server](std::string_view) {
      return server.refuses_connection() ? ConnectVerdict::refuse : ConnectVerdict::accept;
    });
  }

  using Names = std::vector<std::string>;
  std::pair<Names, Names> sides(const Names& between, const Names& and_) const {
    return {between, and_.empty() ? scenario_.everyone_but(between) : and_};
  }

  const Scenario& scenario_;
  SimRuntime runtime_;
  SimNetwork network_;
};

/// Listens in one way and connects in another.
class TwoWays final : public Transport {
 public:
  TwoWays(Transport& listens, Transport& connects) : listens_(listens), connects_(connects) {}
  void async_connect(std::string_view address, Duration timeout, ConnectHandler handler) override {
    connects_.async_connect(address, timeout, std::move(handler));
  }
  std::unique_ptr<Acceptor> listen(std::string_view address, AcceptHandler handler) override {
    return listens_.listen(address, std::move(handler));
  }
  std::shared_ptr<void> reserve(std::string_view address) override { return listens_.reserve(address); }
  std::string local_ip() const override { return listens_.local_ip(); }

 private:
  Transport& listens_;
  Transport& connects_;
};

class RealWorld final : public ScenarioWorld {
 public:
  RealWorld(bool processes, const Scenario& scenario, std::uint64_t seed, const RunLimits& limits, const RunStop* stop,
            RunRecord& record, const Listen& listen)
      : ScenarioWorld(stop), limits_(limits), runtime_({.seed = seed}), processes_(processes), transport_(runtime_) {
    began_ = runtime_.now();
    capture(record.packets);
    if (processes) {
      // Outside of the monitor: it takes a while, and nobody has anything to do before.
      cluster_ = std::make_unique<ProcessCluster>(runtime_, transport_, runtime_.steady_zero(), scenario, seed, record,
                                                  [this] { return given_up(); });
      return;
    }
    runtime_.run([&] {
      cluster_ = std::make_unique<LocalCluster>(
          runtime_, scenario, seed,
          [this, &listen, &scenario](const std::string& name, bool) {
            const auto at = listen.find(name);
            const Place place = at == listen.end() ? Place{} : at->second;
            const auto mode_of = [&](const std::string& server) {
              const auto placed = listen.find(server);
              const bool said = placed != listen.end() && placed->second.tls;
              return said ? *placed->second.tls : tls_mode(scenario, server);
            };
            const auto& nameservers = scenario.cluster.nameservers;
            const bool secret = std::none_of(nameservers.begin(), nameservers.end(), [&](const std::string& ns) {
              return mode_of(ns) == TlsMode::disabled;
            });
            return ServerPlace{&captured(name, network_in(mode_of(name), secret), secret), place.listen,
                               place.advertise, place.vip};
          },
          record);
    });
  }
  ~RealWorld() override {
    runtime_.run([this] {
      stop_capture();
      cluster_.reset();
    });
  }

  Runtime& runtime() override { return runtime_; }
  Transport& network_of(const std::string&) override { return transport_; }
  std::string ip_of(const std::string&) override { return "127.0.0.1"; }

  void start() override {
    Latch ready;
    auto timer = runtime_.make_timer();
    const TimePoint patience = runtime_.now() + kRealRegistrationPatience;
    Function<void()> poll;
    runtime_.run([&] {
      cluster_->start();
      poll = [&] {
        if (cluster_->registered() || stopped() || runtime_.now() >= patience) return ready.release();
        timer->expires_after(millis(1), [&] { poll(); });
      };
      poll();
    });
    runtime_.run_until(ready);
  }

  bool wait(Latch& latch, std::string& why) override {
    // The limit and a stop release the same latch, so they must be told apart from the end.
    bool gave_up = false;
    auto timer = runtime_.make_timer();
    Function<void()> look = [&] {
      if (latch.released()) return;
      gave_up = given_up();
      if (gave_up) {
        why = stopped() ? stop_->reason() : "the limit of real time for one scenario was reached";
        return latch.release();
      }
      timer->expires_at(stop_ == nullptr ? *limit_ : std::min(*limit_, runtime_.now() + kStopPeriod), [&] { look(); });
    };
    runtime_.run([&] {
      if (!limit_) limit_ = runtime_.now() + limits_.real_time;  // of all waits together
      look();
    });
    runtime_.run_until(latch);
    runtime_.run([&] { timer.reset(); });
    return !gave_up;
  }

  void stop() override {
    runtime_.run([this] { cluster_->stop(); });
  }
  void watch_machine() override {
    watch_.emplace(processes_ ? ::getpid() : 0, [this] { return runtime_.now(); }, kLookPeriod);
  }
  Duration stalled() const override {
    const Duration longest = watch_ ? watch_->longest_wait() : Duration::zero();
    return longest > kStallAllowed ? longest : Duration::zero();
  }
  /// A request may meet such a wait on its way there, and one on its way back.
  Duration lateness() const override { return kRealLateness + 2 * stalled(); }
  bool partition(const PartitionEvent&) override { return false; }
  bool heal(const HealEvent&) override { return false; }

 private:
  bool given_up() const { return stopped() || (limit_ && runtime_.now() >= *limit_); }
  /// Of a server that takes connections so, and makes its own with TLS or without.
  Transport& network_in(TlsMode mode, bool connects_with_tls) {
    if (mode == TlsMode::disabled && !connects_with_tls) return transport_;
    if (mode == TlsMode::permissive && connects_with_tls) return transport_.tls();
    if (mode == TlsMode::enforcing && !enforcing_) {
      TlsOptions options;
      options.accept = TlsOptions::Accept::enforcing;
      enforcing_ = std::make_unique<TlsTransport>(runtime_.core(), transport_, options);
    }
    Transport& listens = mode == TlsMode::disabled     ? static_cast<Transport&>(transport_)
                         : mode == TlsMode::permissive ? transport_.tls()
                                                       : *enforcing_;
    Transport& connects = connects_with_tls ? transport_.tls() : transport_;
    return *two_ways_.emplace_back(std::make_unique<TwoWays>(listens, connects));
  }

  RunLimits limits_;
  std::optional<TimePoint> limit_;  ///< of real time, once its servers run
  TcpRuntime runtime_;
  const bool processes_;
  TcpTransport transport_;
  std::unique_ptr<Transport> enforcing_;
  std::vector<std::unique_ptr<TwoWays>> two_ways_;
  std::optional<StallWatch> watch_;
};

/// A lower bound of the time that a scenario takes on a real machine: a run ends with the last of its sends, those in
/// the background included.
Duration least_duration(const Scenario& scenario) {
  Duration now{0}, end{0};
  for (const Step& step : scenario.steps) {
    if (step.at) now = std::max(now, *step.at);
    Duration takes{0};
    if (const auto* wait = std::get_if<WaitStep>(&step.what)) takes = wait->time;
    if (const auto* send = std::get_if<SendStep>(&step.what); send != nullptr && send->count > 0) {
      takes = send->interval * static_cast<std::int64_t>((send->count - 1) / std::max(step.concurrency, 1u));
    }
    end = std::max(end, now + takes);
    if (!step.background) now += takes;
  }
  return end;
}

constexpr WorldKind kWorlds[] = {WorldKind::sim, WorldKind::tcp, WorldKind::process};

}  // namespace

std::string_view world_name(WorldKind kind) {
  switch (kind) {
    case WorldKind::sim: return "sim";
    case WorldKind::tcp: return "tcp";
    case WorldKind::process: return "process";
  }
  return "sim";
}

std::vector<std::string_view> world_names() {
  std::vector<std::string_view> names;
  for (const WorldKind kind : kWorlds) names.push_back(world_name(kind));
  return names;
}

std::optional<WorldKind> world_by_name(std::string_view name) {
  for (const WorldKind kind : kWorlds) {
    if (world_name(kind) == name) return kind;
  }
  return std::nullopt;
}

Transport& ScenarioWorld::client(const std::string& producer) {
  Transport& network = captured(producer, network_of(producer));
  return tap_ ? tap_->transport(producer, network) : network;
}

void ScenarioWorld::capture(PacketLog* log) {
  if (log == nullptr) return;
  const auto server_at = [this](std::string_view address) {
    return cluster_ ? cluster_->name_of(address) : std::string(address);
  };
  capture_ = std::make_shared<PacketCapture>(
      runtime(), *log, PacketCapture::Of::those_that_connect,
      PacketCapture::Names{[this](const std::string& asker) { return ip_of(asker); }, server_at});
}

void ScenarioWorld::watch(WireEvents* events, TraceSink* onlooker) {
  if (tap_) tap_->stop();
  if (events == nullptr) return;
  tap_ = std::make_shared<WireTap>(runtime(), *events,
                                   [this](std::string_view address) { return cluster_->name_of(address); }, onlooker);
}

std::optional<CannotRun> ScenarioWorld::cannot_run(WorldKind kind, const Scenario& scenario,
                                                   const RunLimits& limits) {
  if (kind == WorldKind::sim) return std::nullopt;
  for (const Step& step : scenario.steps) {
    const auto* event = std::get_if<EventStep>(&step.what);
    if (event != nullptr && (event->kind == "partition" || event->kind == "heal")) {
      return CannotRun{"a loopback network cannot be partitioned"};
    }
  }
  for (const FaultRule& rule : scenario.faults) {
    if (rule.action.refuses_connections() && !rule.refuses_whole_window()) {
      return CannotRun{"fault \"" + rule.id +
                       "\" refuses some connections and not others, which a listening socket cannot"};
    }
  }
  if (scenario.network.close_delay > Duration::zero()) {
    return CannotRun{"network.closeDelayMs fixes a race that real sockets decide by themselves"};
  }
  if (scenario.network.one_way > millis(1)) {
    return CannotRun{"network.oneWayMs slows a network down, and a loopback network is as fast as it is"};
  }
  if (const Duration least = least_duration(scenario); least > limits.real_time) {
    const auto seconds = [](Duration d) {
      return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(d).count());
    };
    return CannotRun{"it takes at least " + seconds(least) + " s of real time and the limit is " +
                     seconds(limits.real_time) + " s (--max-seconds)"};
  }
  if (kind == WorldKind::process) return ProcessCluster::cannot_run(scenario);
  return std::nullopt;
}

std::unique_ptr<ScenarioWorld> ScenarioWorld::make(WorldKind kind, const Scenario& scenario, std::uint64_t seed,
                                                   const RunLimits& limits, const RunStop* stop, RunRecord& record,
                                                   const Listen& listen) {
  if (kind == WorldKind::sim) return std::make_unique<SimWorld>(scenario, seed, limits, stop, record);
  return std::make_unique<RealWorld>(kind == WorldKind::process, scenario, seed, limits, stop, record, listen);
}

}  // namespace rmqsim
