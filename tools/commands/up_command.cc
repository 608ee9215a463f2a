// `rmqsim up`: a cluster for somebody else's client, until Ctrl-C. Prints where it is, then every request as it is
// answered. Exit status: 0 ended by a signal or over HTTP, 64 bad usage or a port in use, 70 internal error.
#include <CLI/CLI.hpp>
#include <unistd.h>

#include <boost/system/system_error.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "producer/remoting/codes.h"
#include "producer/remoting/codec/json_text.h"
#include "producer/transport/transport.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/hosting/hosted_cluster.h"
#include "tools/commands/commands.h"
#include "tools/commands/options.h"
#include "tools/io/stop_signals.h"

namespace rmqsim {
namespace up_command {
namespace {

using Json = nlohmann::ordered_json;

struct Up {
  std::string path;
  std::string control = "0";
  std::uint16_t namesrv_port = 0;
  PlaceOptions places;
  std::uint64_t seed = 1;
  bool quiet = false;
  bool json = false;
  std::string color = "auto";
};

int usage(const std::string& message) {
  std::cerr << "rmqsim up: " << message << "\n";
  return 64;
}

void print_addresses(const HostedCluster& cluster, const std::string& name) {
  std::printf("%s is up; Ctrl-C ends it\n\n", name.c_str());
  for (const auto& one : cluster.addresses()) std::printf("  %-12s %s\n", one.name.c_str(), one.address.c_str());
  std::printf("  %-12s %s    rmqsim ctl; for a browser, what happens as it does\n\n", "control",
              cluster.control_url().c_str());
  for (const auto& [variable, value] : cluster.environment()) {
    // A list of nameservers has semicolons, which a shell would take for its own.
    const bool quote = value.find(';') != std::string::npos;
    std::printf("export %s=%s%s%s\n", variable.c_str(), quote ? "'" : "", value.c_str(), quote ? "'" : "");
  }
  std::printf("\n");
}

Json addresses_json(const HostedCluster& cluster, const std::string& name) {
  Json servers = Json::object();
  for (const auto& one : cluster.addresses()) servers[one.name] = one.address;
  Json json{{"ready", true}, {"scenario", name}, {"control", cluster.control_url()}, {"servers", servers}};
  for (const auto& [variable, value] : cluster.environment()) json["environment"][variable] = value;
  return json;
}

Json entry_json(const JournalEntry& entry) {
  return {{"server", entry.server}, {"code", request_code_name(entry.code)}, {"topic", entry.topic},
          {"group", entry.group},   {"key", entry.key},       {"outcome", entry.outcome},
          {"rule", entry.rule},     {"stored", entry.stored}};
}

void show_requests(HostedCluster& cluster, const Up& up, bool colours) {
  std::uint64_t dropped = 0;
  for (const KeptEntry& kept : cluster.take_entries(dropped)) {
    const JournalEntry& entry = kept.entry();
    if (up.json) {
      std::cout << json_text(entry_json(entry)) << "\n";
    } else {
      std::cout << format_entry(entry, colours) << "\n";
    }
  }
  if (dropped > 0 && !up.json) std::cout << "... and " << dropped << " more\n";
  std::cout.flush();
}

int run(const Up& up) {
  Scenario scenario;
  if (up.path.empty()) {
    scenario = HostedCluster::default_scenario();
  } else {
    ParseResult parsed = load_scenario(up.path);
    if (!parsed.ok()) {
      std::cerr << parsed.to_string() << "\n";
      return 64;
    }
    scenario = std::move(*parsed.scenario);
    RunLimits limits;
    limits.real_time = std::chrono::hours(24 * 365);
    if (const auto reason = ScenarioWorld::cannot_run(WorldKind::tcp, scenario, limits)) {
      return usage(reason->reason + "; it runs only in `rmqsim run --world " +
                   std::string(world_name(reason->instead)) + "`, with producers of its own");
    }
  }
  HostOptions options;
  options.seed = scenario.seed;
  options.control = up.control.find(':') == std::string::npos ? "127.0.0.1:" + up.control : up.control;
  PlaceOptions places = up.places;
  if (up.namesrv_port != 0) {
    places.ports.insert(places.ports.begin(),
                        scenario.cluster.nameservers.front() + "=" + std::to_string(up.namesrv_port));
  }
  places.control = options.control;
  if (const auto wrong = read_places(places, scenario, options.listen)) return usage(*wrong);
  options.on_warning = [](const std::string& text) { std::cerr << "rmqsim up: " + text + "\n" << std::flush; };
  stop_signals::listen();
  std::unique_ptr<HostedCluster> cluster;
  try {
    cluster = std::make_unique<HostedCluster>(scenario, options);
  } catch (const boost::system::system_error& error) {
    // All other addresses are made here.
    if (error.code() == TransportError::bad_address) return usage("--control takes [IP:]PORT, not " + up.control);
    return usage(error.what());
  }
  cluster->begin_faults();
  if (up.json) {
    std::cout << json_text(addresses_json(*cluster, scenario.name)) << std::endl;
  } else {
    print_addresses(*cluster, scenario.name);
    std::fflush(stdout);
  }
  const bool colours = up.color == "always" || (up.color == "auto" && isatty(STDOUT_FILENO) != 0 &&
                                                std::getenv("NO_COLOR") == nullptr);
  while (!cluster->shutdown_asked() && !stop_signals::wait(50)) {
    if (!up.quiet) show_requests(*cluster, up, colours);
    // Nobody reads any more: whoever started this in a pipe is gone.
    if (!std::cout) break;
  }
  if (!up.quiet) show_requests(*cluster, up, colours);
  return 0;
}

}  // namespace
}  // namespace up_command

Subcommand add_up_command(CLI::App& app) {
  using namespace up_command;
  auto up = std::make_shared<Up>();
  CLI::App* sub = app.add_subcommand("up", "Keep a fake cluster running for your own client");
  sub->add_option("scenario", up->path, "Scenario file whose cluster and faults to start; without one: one nameserver, "
                                        "broker-a and broker-b, TopicTest with 4 queues each");
  sub->add_option("--namesrv-port", up->namesrv_port, "Port of the first nameserver; default a free one")
      ->check(CLI::Range(1, 65535));
  add_place_options(*sub, up->places);
  sub->add_option("--control", up->control, "[IP:]PORT of the control interface; 0 takes a free port")
      ->type_name("[IP:]PORT")->capture_default_str();
  sub->add_flag("--quiet,-q", up->quiet, "Do not show requests");
  sub->add_flag("--json", up->json, "Addresses and requests as JSON lines");
  sub->add_option("--color", up->color, "Colours: auto, always, never")
      ->check(CLI::IsMember({"auto", "always", "never"}))->capture_default_str();
  sub->footer(
      "Examples:\n"
      "  rmqsim up                                       a cluster on free ports\n"
      "  rmqsim up --usual-ports --control 9390          9876, broker-a on 10911, broker-b on 10921\n"
      "  rmqsim up --usual-ports --listen 0.0.0.0 --advertise host.docker.internal --control 0.0.0.0:9390\n"
      "                                                  for clients in containers\n"
      "  rmqsim up scenarios/codes/code-system-busy-first-five.json --quiet\n"
      "Then, in another shell, the export lines that it prints, your client, and `rmqsim ctl ...`. Steps of a\n"
      "scenario are not performed, its faults are in force from the start. Exit status: 0 after Ctrl-C, SIGTERM or\n"
      "`rmqsim ctl shutdown`, 64 bad usage or a port in use, 70 internal error.");
  return {sub, [up] { return run(*up); }};
}

}  // namespace rmqsim
