// fake_namesrv: one fake nameserver as a process of its own, for any RocketMQ client and for brokers that register.
// Prints one line when it is ready, ends with SIGTERM or SIGINT.
#include <iostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fake_namesrv/fake_namesrv_server.h"
#include "producer/remoting/codec/text.h"
#include "producer/transport/address.h"
#include "scenarios/harness/file/scenario_library.h"
#include "scenarios/harness/file/text/nearest.h"
#include "tools/fakes/program_main.h"
#include "tools/fakes/programs.h"

namespace {

using namespace rmqsim;

struct RouteArgument {
  std::string topic;
  std::int32_t queues = 4;
  std::int32_t perm = 6;
  std::vector<std::pair<std::string, std::string>> brokers;  ///< name, address
};

/// NAME[:queues[:perm]]@broker=ip:port[,broker=ip:port…]
std::optional<RouteArgument> parse_route(const std::string& text) {
  const auto at = text.find('@');
  if (at == std::string::npos) return std::nullopt;
  const auto head = program::split(std::string_view(text).substr(0, at), ':');
  if (head.empty() || head.size() > 3) return std::nullopt;
  RouteArgument route;
  route.topic = head[0];
  if (head.size() > 1) {
    const auto queues = text::parse_int32(head[1]);
    if (!queues || *queues < 0 || *queues > 65536) return std::nullopt;
    route.queues = *queues;
  }
  if (head.size() > 2) {
    const auto perm = program::parse_perm(head[2]);
    if (!perm) return std::nullopt;
    route.perm = *perm;
  }
  for (const std::string& broker : program::split(std::string_view(text).substr(at + 1), ',')) {
    const auto equals = broker.find('=');
    if (equals == std::string::npos || equals == 0 || !parse_address(broker.substr(equals + 1))) return std::nullopt;
    route.brokers.emplace_back(broker.substr(0, equals), broker.substr(equals + 1));
  }
  if (route.brokers.empty()) return std::nullopt;
  return route;
}

class NamesrvProgram {
 public:
  using Server = FakeNamesrvServer;
  using Options = FakeNamesrvServerOptions;
  static constexpr const char* kName = "fake_namesrv";
  static constexpr const char* kDescription = "A RocketMQ nameserver to test clients against.";

  void declare(CLI::App& app);
  std::optional<std::string> configure(Options& options, const ServerProfile& profile, const Scenario* scenario);
  std::optional<std::string> prepare(FakeNamesrvServer& server, program::RequestCounts& counts,
                                     program::ControlChannel& channel);
  ServerReport perform(FakeNamesrvServer& server, const program::RequestCounts& counts, const ControlCommand& command);
  void leave(FakeNamesrvServer&, Runtime&, const sigset_t&) {}

  program::Arguments common{"127.0.0.1:9876", "ns-1"};

 private:
  std::string cluster_ = "DefaultCluster";
  std::vector<std::string> topics_;
  std::vector<RouteArgument> routes_;
};

void NamesrvProgram::declare(CLI::App& app) {
  app.add_option("--listen", common.listen, "ip:port to listen on; port 0 takes a free one")->capture_default_str();
  app.add_option("--name", common.name, "the name that fault rules know")->capture_default_str();
  app.add_option("--cluster", cluster_, "cluster of the brokers in static routes")->capture_default_str();
  app.add_option("--topic", topics_,
                 "static route, NAME[:queues[:perm]]@broker=ip:port[,broker=ip:port...]; repeatable")
      ->allow_extra_args(false);
  app.add_option("--scenario", common.scenario, "scenario file: its faults for this nameserver's name apply")
      ->transform(in_scenario_library)
      ->check(CLI::ExistingFile);
  app.footer(
      "Examples:\n"
      "  fake_namesrv                                    # brokers register by themselves\n"
      "  fake_namesrv --listen 127.0.0.1:0 --topic TopicTest:4@broker-a=127.0.0.1:10911,broker-b=127.0.0.1:10921\n"
      "  fake_namesrv --control 0\n"
      "Prints 'fake_namesrv NAME ready on IP:PORT' once it listens. Exit status: 0 after SIGTERM or SIGINT, 1 when "
      "the\n"
      "port is in use, 64 for bad usage or an invalid scenario, 70 for an internal error.");
}

std::optional<std::string> NamesrvProgram::configure(Options& options, const ServerProfile& profile,
                                                     const Scenario* scenario) {
  options.namesrv.profile = &profile;
  options.namesrv.name = common.name;
  std::set<std::pair<std::string, std::string>> given;
  for (const std::string& text : topics_) {
    const auto route = parse_route(text);
    if (!route) return "--topic takes NAME[:queues[:perm]]@broker=ip:port[,...], not " + text;
    for (const auto& [broker, address] : route->brokers) {
      if (!given.emplace(route->topic, broker).second) {
        return "--topic " + text + ": that topic was given already for " + broker;
      }
    }
    routes_.push_back(*route);
  }
  if (scenario == nullptr || scenario->cluster.has_nameserver(common.name)) return std::nullopt;
  return "no rule of " + common.scenario + " can reach " + in_quotes(common.name) + ", which is no nameserver there" +
         suggestion(common.name, scenario->cluster.nameservers);
}

std::optional<std::string> NamesrvProgram::prepare(FakeNamesrvServer& server, program::RequestCounts&,
                                                   program::ControlChannel&) {
  if (!common.controlled()) {
    server.namesrv().on_warning([](const std::string& text) { std::cerr << kName << ": " << text << std::endl; });
  }
  for (const RouteArgument& route : routes_) {
    for (const auto& [broker, address] : route.brokers) {
      server.routes().put_broker(cluster_, broker, kMasterId, address);
      server.routes().set_route(route.topic, QueueData{broker, route.queues, route.queues, route.perm, 0});
    }
  }
  return std::nullopt;
}

ServerReport NamesrvProgram::perform(FakeNamesrvServer& server, const program::RequestCounts& counts,
                                     const ControlCommand& command) {
  using Action = ControlCommand::Action;
  ServerReport report;
  switch (command.action) {
    case Action::report: break;
    case Action::begin_faults: server.begin_faults(command.first_step); break;
    case Action::crash: server.crash(); break;
    case Action::set_route: {
      std::vector<QueueData> route;
      for (const auto& [broker, queues] : command.queues) {
        route.push_back(QueueData{broker, queues, queues, command.perm, 0});
      }
      report.changed = server.routes().replace_route(command.topic, route);
      break;
    }
    case Action::remove_from_route:
      report.changed = server.routes().remove_from_route(command.topic, command.broker);
      break;
    case Action::set_perm:
      report.changed = server.routes().set_perm(command.topic, command.broker, command.perm);
      break;
  }
  report.requests = counts.requests();
  return report;
}

}  // namespace

int rmqsim::program::fake_namesrv(int argc, char** argv) { return main_of<NamesrvProgram>(argc, argv); }
