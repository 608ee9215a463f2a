// The composition root: a runtime, a network and the scenario's cluster in it. The only place of the engine where a
// world is named; everything else sees Runtime and Transport.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"
#include "scenarios/harness/capture/packet_capture.h"
#include "scenarios/harness/cluster/cluster.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/run_stop.h"
#include "scenarios/harness/engine/wire_tap.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// `process` is `tcp` with the servers as processes of their own.
enum class WorldKind : std::uint8_t { sim, tcp, process };
std::string_view world_name(WorldKind kind);
/// All names, sim first.
std::vector<std::string_view> world_names();
std::optional<WorldKind> world_by_name(std::string_view name);

/// After which a run is given up as inconclusive.
struct RunLimits {
  Duration virtual_time = std::chrono::hours(24);
  std::uint64_t events = 200'000'000;
  Duration real_time = std::chrono::seconds(60);  ///< of one scenario over TCP or with processes, once its servers run
};

/// What upper bounds of time are exceeded by without a failure in the worlds of real time, where nobody promises when a
/// thread runs: above what a send gathers on its way through processes on a machine that keeps nobody waiting.
inline constexpr Duration kRealLateness = millis(500);

/// Why a world cannot run a scenario, and one that can.
struct CannotRun {
  std::string reason;
  WorldKind instead = WorldKind::sim;
};

class ScenarioWorld {
 public:
  virtual ~ScenarioWorld() = default;

  /// nullopt when it can.
  static std::optional<CannotRun> cannot_run(WorldKind kind, const Scenario& scenario, const RunLimits& limits);
  /// Where a server of the world `tcp` listens, and as what clients know it.
  struct Place {
    std::string listen = "127.0.0.1:0";  ///< "ip:port"; port 0 takes a free one
    std::string advertise;  ///< IP or name of the host, with the port that it listens on; empty: as it listens
    bool vip = false;       ///< of a broker: two ports below as well, where old clients send
    std::optional<TlsMode> tls = {};  ///< instead of what the scenario says
  };
  /// By name; those that are left out take a free port of loopback.
  using Listen = std::map<std::string, Place, std::less<>>;
  /// make(), start() and wait() end early when somebody asks for it by `stop`; nullptr: nobody will.
  static std::unique_ptr<ScenarioWorld> make(WorldKind kind, const Scenario& scenario, std::uint64_t seed,
                                             const RunLimits& limits, const RunStop* stop, RunRecord& record,
                                             const Listen& listen = {});

  bool stopped() const { return stop_ != nullptr && stop_->reason() != nullptr; }

  virtual Runtime& runtime() = 0;
  /// When it began: before its servers did.
  TimePoint began() const { return began_; }
  /// The network as the named producer sees it.
  Transport& client(const std::string& producer);
  /// From now on `events` is told what clients that are made say and hear; nullptr: nobody is. `onlooker`, if not null,
  /// gets the events of their connections.
  void watch(WireEvents* events, TraceSink* onlooker = nullptr);
  Cluster& cluster() { return *cluster_; }

  /// Starts the servers and waits until brokers have registered. Throws boost::system::system_error, and ProcessError
  /// for processes; make() does as well.
  virtual void start() = 0;
  /// Waits for the latch. False when a stop was asked for, a limit was reached or nothing can happen any more; `why`
  /// then tells, with what was pending.
  virtual bool wait(Latch& latch, std::string& why) = 0;
  /// Tears the cluster down in an orderly way.
  virtual void stop() = 0;

  /// From now on the machine is looked at. A world that nobody judges by its times needs none of it, and one that lives
  /// for days would remember all of it.
  virtual void watch_machine() = 0;
  /// For how long at most it kept a thread of the run waiting since then; zero for no longer than any machine may
  /// (kStallAllowed).
  virtual Duration stalled() const = 0;
  /// What upper bounds of time are exceeded by without a failure.
  virtual Duration lateness() const = 0;
  /// What RunLimits::events counts, so far; 0 in worlds of real time.
  virtual std::uint64_t events() const { return 0; }

  /// Simulated world only (cannot_run says so for the others). False: there was nothing to change.
  virtual bool partition(const PartitionEvent& event) = 0;
  virtual bool heal(const HealEvent& event) = 0;

 protected:
  explicit ScenarioWorld(const RunStop* stop) : stop_(stop) {}
  virtual Transport& network_of(const std::string& producer) = 0;
  /// Of the machine of that producer or server.
  virtual std::string ip_of(const std::string& name) = 0;

  /// From now on what goes over the network is noted there, if anywhere: see captured().
  void capture(PacketLog* log);
  /// `network` as the one of that name uses it; with `tls` what it asks for is the inside of one.
  Transport& captured(const std::string& name, Transport& network, bool tls = false) {
    return capture_ ? capture_->transport(name, network, tls) : network;
  }
  void stop_capture() {
    if (capture_) capture_->stop();
  }

  TimePoint began_{};
  std::unique_ptr<Cluster> cluster_;
  const RunStop* const stop_;

 private:
  std::shared_ptr<WireTap> tap_;
  std::shared_ptr<PacketCapture> capture_;
};

}  // namespace rmqsim
