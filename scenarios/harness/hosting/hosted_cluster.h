// The fakes of a scenario in this process with the control interface beside them: over TCP what `rmqsim up` and
// `rmqsim run -- COMMAND` keep running while somebody else's client uses it, and in either world what a test's own code
// breaks and asks (scenarios/testing). As everything lives here, nothing of it survives this process, however that
// ends.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/http_control/control.h"

namespace rmqsim {

class LocalCluster;

struct HostOptions {
  std::uint64_t seed = 1;
  WorldKind world = WorldKind::tcp;  ///< or sim
  std::string control = "127.0.0.1:0";  ///< where HTTP is served; empty: nowhere
  ScenarioWorld::Listen listen;
  RunLimits limits{};
  /// Told, in another thread, what an operator should know of a nameserver: its name and a sentence.
  std::function<void(const std::string& text)> on_warning;
};

class HostedCluster {
 public:
  /// One nameserver, two brokers, TopicTest with four queues on each, other topics when they are first used.
  static Scenario default_scenario();

  /// Starts everything and waits until brokers have registered; faults begin when begin_faults() says so. Throws
  /// boost::system::system_error when an address cannot be bound; `scenario` must outlive this.
  HostedCluster(const Scenario& scenario, const HostOptions& options);
  ~HostedCluster();
  HostedCluster(const HostedCluster&) = delete;
  HostedCluster& operator=(const HostedCluster&) = delete;

  void begin_faults();
  /// What the step says of servers and routes, told to those who watch; false when there was nothing to change.
  bool perform(const EventStep& step);

  struct Address {
    std::string name;
    std::string address;  ///< "host:port" as clients know it
    bool nameserver = false;
  };
  /// Nameservers first, then brokers.
  std::vector<Address> addresses() const;
  /// "ip:port;ip:port", what clients take as NAMESRV_ADDR.
  std::string nameservers() const;
  /// "http://127.0.0.1:PORT"; empty when HTTP is served nowhere.
  std::string control_url() const;
  /// NAMESRV_ADDR, ROCKETMQ_NAMESRV_ADDR and RMQSIM_CONTROL.
  std::vector<std::pair<std::string, std::string>> environment() const;

  /// Requests that were answered since the last call, with how many were dropped because nobody asked for too long.
  std::vector<KeptEntry> take_entries(std::uint64_t& dropped);
  /// Requests that all servers received so far, those that are held included.
  std::uint64_t received() const;
  /// Whether somebody asked for the end over HTTP.
  bool shutdown_asked() const;

  /// For what runs under the monitor: runtime().run(...).
  Runtime& runtime();
  ScenarioWorld& world();
  LocalCluster& cluster();
  Control& control();
  RunRecord& record();
  const RequestJournal& journal() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// As "HH:MM:SS.mmm  broker-a  SEND_MESSAGE_V2 …", see request_line.h.
std::string format_entry(const JournalEntry& entry, bool colours);

}  // namespace rmqsim
