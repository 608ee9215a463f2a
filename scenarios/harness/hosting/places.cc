#include "scenarios/harness/hosting/places.h"

#include <algorithm>
#include <set>

#include "fake_broker/fake_broker_server.h"
#include "producer/transport/address.h"
#include "scenarios/harness/cluster/cluster.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

struct ServerSetting {
  std::string name;  ///< empty: every server
  std::string value;
};

ServerSetting split_setting(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return {"", text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::vector<std::string> names_of(const Scenario& scenario) {
  std::vector<std::string> names = scenario.cluster.nameservers;
  for (const BrokerSpec& broker : scenario.cluster.brokers) names.push_back(broker.name);
  return names;
}

bool is_host(const std::string& text) {
  constexpr std::string_view kInHosts = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
  return !text.empty() && text.size() <= 253 && text.find_first_not_of(kInHosts) == std::string::npos &&
         text != "0.0.0.0";
}

bool is_port(const std::string& text) {
  const bool digits = !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string::npos;
  return digits && std::stoi(text) <= 65535;
}

bool is_mode(const std::string& text) {
  return std::find(std::begin(kTlsModes), std::end(kTlsModes), text) != std::end(kTlsModes);
}

struct Spot {
  std::string ip = "127.0.0.1";
  std::string port = "0";
};

/// Gives each of `texts` to the server that it names, or to all.
template <class Take>
std::optional<std::string> each_setting(const char* option, const char* form, const std::vector<std::string>& texts,
                                        const std::vector<std::string>& names, bool (*fits)(const std::string&),
                                        bool for_all, const Take& take) {
  std::set<std::string> given;
  std::vector<std::string> in_order = texts;  // what is said of one server holds though all are named after it
  std::stable_partition(in_order.begin(), in_order.end(),
                        [](const std::string& text) { return split_setting(text).name.empty(); });
  for (const std::string& text : in_order) {
    const ServerSetting setting = split_setting(text);
    if (!fits(setting.value) || (setting.name.empty() && !for_all)) {
      return std::string(option) + " takes " + form + ", not " + text;
    }
    if (!setting.name.empty() && std::find(names.begin(), names.end(), setting.name) == names.end()) {
      return std::string(option) + " " + text + ": the cluster has no server of that name" +
             suggestion(setting.name, names);
    }
    if (!given.insert(setting.name).second) {
      return std::string(option) + " " + text + ": it was given " +
             (setting.name.empty() ? std::string("for every server") : "for " + setting.name) + " already";
    }
    for (const std::string& name : names) {
      if (setting.name.empty() || setting.name == name) take(name, setting.value);
    }
  }
  return std::nullopt;
}

}  // namespace

namespace {

/// Brokers register with every nameserver in one way, so all must take it.
std::optional<std::string> register_somehow(const Scenario& scenario, const ScenarioWorld::Listen& places) {
  std::string plain, secret;
  for (const std::string& name : scenario.cluster.nameservers) {
    const auto& chosen = places.at(name).tls;
    const TlsMode mode = chosen ? *chosen : tls_mode(scenario, name);
    if (mode == TlsMode::disabled) plain = name;
    if (mode == TlsMode::enforcing) secret = name;
  }
  if (plain.empty() || secret.empty()) return std::nullopt;
  return "--tls: brokers could not register: " + plain + " takes plain text alone and " + secret + " TLS alone";
}

}  // namespace

std::optional<std::string> read_places(const PlaceOptions& options, const Scenario& scenario,
                                       ScenarioWorld::Listen& places) {
  const std::vector<std::string> names = names_of(scenario);
  std::map<std::string, Spot> spots;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t nameservers = scenario.cluster.nameservers.size();
    const int port = i < nameservers ? kUsualNamesrvPort + static_cast<int>(i)
                                     : kUsualBrokerPort + kBetweenBrokers * static_cast<int>(i - nameservers);
    if (options.usual_ports && port <= 65535) spots[names[i]].port = std::to_string(port);
    places[names[i]].vip = options.vip && i >= nameservers;
  }
  const auto ip = [](const std::string& text) { return is_ipv4(text); };
  if (auto wrong = each_setting("--listen", "IP or NAME=IP", options.listen, names, ip, true,
                                [&](const auto& name, const auto& value) { spots[name].ip = value; })) {
    return wrong;
  }
  if (auto wrong = each_setting("--advertise", "HOST or NAME=HOST", options.advertise, names, is_host, true,
                                [&](const auto& name, const auto& value) { places[name].advertise = value; })) {
    return wrong;
  }
  if (auto wrong = each_setting("--port", "NAME=PORT", options.ports, names, is_port, false,
                                [&](const auto& name, const auto& value) { spots[name].port = value; })) {
    return wrong;
  }
  const auto take_mode = [&](const auto& name, const std::string& value) {
    const auto* const at = std::find(std::begin(kTlsModes), std::end(kTlsModes), value);
    places[name].tls = static_cast<TlsMode>(at - std::begin(kTlsModes));
  };
  if (auto wrong = each_setting("--tls", "disabled, permissive or enforcing, or NAME=MODE", options.tls, names, is_mode,
                                true, take_mode)) {
    return wrong;
  }
  std::map<std::string, std::string> taken{{options.control, "the control interface"}};
  for (const std::string& name : names) {
    const Spot& spot = spots[name];
    places[name].listen = spot.ip + ":" + spot.port;
    const int port = std::stoi(spot.port);
    if (port == 0) continue;
    const bool vip = places[name].vip;
    if (vip && !can_have_vip_port(port)) {
      return "--vip: " + name + " would listen two ports below its own as well, which must be 0 or at least 3, not " +
             spot.port;
    }
    for (const int one : {port, vip ? port + kVipPort : port}) {
      const auto [other, free] = taken.emplace(spot.ip + ":" + std::to_string(one), name);
      if (!free && other->second != name) {
        return "--port: " + other->second + " and " + name + " would both listen on " + other->first;
      }
    }
  }
  return register_somehow(scenario, places);
}

std::string known_as(const std::string& address, const std::string& advertise, const std::string& own_ip) {
  const std::string port = address.substr(address.rfind(':'));
  if (!advertise.empty()) return advertise + port;
  return address.compare(0, 8, "0.0.0.0:") == 0 ? own_ip + port : address;
}

}  // namespace rmqsim
