// Where the servers of a hosted cluster listen, as a command line says it: for this machine alone, for containers,
// for a client that wants the usual ports.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/engine/scenario_world.h"

namespace rmqsim {

struct PlaceOptions {
  std::vector<std::string> listen;     ///< "IP", or "NAME=IP" for one server
  std::vector<std::string> advertise;  ///< "HOST", or "NAME=HOST"
  std::vector<std::string> ports;      ///< "NAME=PORT"
  bool usual_ports = false;            ///< 9876, 9877 ... and 10911, 10921 ..., in the scenario's order; else free ones
  bool vip = false;                    ///< brokers have their VIP port
  std::vector<std::string> tls;        ///< "MODE", or "NAME=MODE"
  std::string control;                 ///< "IP:PORT" of a control interface, which no server may have; empty: none
};

inline constexpr int kUsualNamesrvPort = 9876;
inline constexpr int kUsualBrokerPort = 10911;
inline constexpr int kBetweenBrokers = 10;

/// What is wrong with the options, or nothing and where everybody listens.
std::optional<std::string> read_places(const PlaceOptions& options, const Scenario& scenario,
                                       ScenarioWorld::Listen& places);

/// "host:port" as clients know a server that listens on `address`; `advertise` may be empty, `own_ip` is the machine's.
std::string known_as(const std::string& address, const std::string& advertise, const std::string& own_ip);

}  // namespace rmqsim
