// fake_namesrv: one fake nameserver as a process of its own, for any RocketMQ client and for brokers that register.
// Prints one line when it is ready, ends with SIGTERM or SIGINT.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fake_broker/fault/program.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"
#include "producer/transport/tcp/tls_transport.h"
#include "scenarios/file/late_by.h"
#include "scenarios/file/nearest.h"

namespace {

using namespace rmqsim;

struct Arguments {
  std::string listen = "127.0.0.1:9876";
  std::string name = "ns-1";
  std::string cluster = "DefaultCluster";
  std::vector<std::string> topics;
  std::string emulate = "5.3.3";
  std::string scenario;
  std::string tls;
  std::uint64_t seed = 1;
  std::string control;
  int control_fd = -1;
  bool verbose = false;
};

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
    if (equals == std::string::npos || equals == 0 || broker.find(':', equals) == std::string::npos) {
      return std::nullopt;
    }
    route.brokers.emplace_back(broker.substr(0, equals), broker.substr(equals + 1));
  }
  if (route.brokers.empty()) return std::nullopt;
  return route;
}

void declare(CLI::App& app, Arguments& a) {
  app.add_option("--listen", a.listen, "ip:port to listen on; port 0 takes a free one")->capture_default_str();
  app.add_option("--name", a.name, "the name that fault rules know")->capture_default_str();
  app.add_option("--cluster", a.cluster, "cluster of the brokers in static routes")->capture_default_str();
  app.add_option("--topic", a.topics,
                 "static route, NAME[:queues[:perm]]@broker=ip:port[,broker=ip:port...]; repeatable")
      ->allow_extra_args(false);
  app.add_option("--emulate", a.emulate, "release whose answers to give, 5.3.3 or 4.9.8")->capture_default_str();
  app.add_option("--scenario", a.scenario, "scenario file: its faults for this nameserver's name apply")
      ->check(CLI::ExistingFile);
  app.add_option("--tls", a.tls, "take TLS: permissive (and plain text) or enforcing; the certificate is self-made")
      ->expected(0, 1)
      ->default_str("permissive")
      ->check(CLI::IsMember({"permissive", "enforcing"}));
  app.add_option("--seed", a.seed, "for random choices; a scenario's own seed wins")
      ->capture_default_str()
      ->check(whole_number);
  app.add_option("--control", a.control, program::kControlHelp)->type_name("[IP:]PORT");
  app.add_option("--control-fd", a.control_fd,
                 "inherited socket over which a parent process asks for reports and breaks things (README.md); with "
                 "it --seed wins, and faults begin when told")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("-v,--verbose", a.verbose, "log requests and answers to stderr");
  app.footer(
      "Examples:\n"
      "  fake_namesrv                                    # brokers register by themselves\n"
      "  fake_namesrv --listen 127.0.0.1:0 --topic TopicTest:4@broker-a=127.0.0.1:10911,broker-b=127.0.0.1:10921\n"
      "  fake_namesrv --control 0\n"
      "Prints 'fake_namesrv NAME ready on IP:PORT' once it listens. Exit status: 0 after SIGTERM or SIGINT, 1 when "
      "the\n"
      "port is in use, 64 for bad usage or an invalid scenario, 70 for an internal error.");
}

int usage(const std::string& message) {
  std::cerr << "fake_namesrv: " << message << "\n";
  return program::kUsage;
}

void add_routes(RouteInfoManager& routes, const std::string& cluster, const std::vector<RouteArgument>& arguments) {
  for (const RouteArgument& route : arguments) {
    for (const auto& [broker, address] : route.brokers) {
      routes.put_broker(cluster, broker, kMasterId, address);
      routes.set_route(route.topic, QueueData{broker, route.queues, route.queues, route.perm, 0});
    }
  }
}

/// What a parent asks over the control channel.
ServerReport perform(FakeNamesrvServer& server, const program::RequestCounts& counts, TimePoint now,
                     const ControlCommand& command) {
  using Action = ControlCommand::Action;
  switch (command.action) {
    case Action::report: break;
    case Action::begin_faults: server.begin_faults(now - std::chrono::microseconds(command.since_micros)); break;
    case Action::crash: server.crash(); break;
    case Action::set_route:
      server.routes().set_route(command.topic,
                                QueueData{command.broker, command.queues, command.queues, command.perm, 0});
      break;
    case Action::remove_from_route: server.routes().remove_from_route(command.topic, command.broker); break;
    case Action::set_perm: server.routes().set_perm(command.topic, command.broker, command.perm); break;
  }
  ServerReport report;
  report.requests = counts.requests();
  return report;
}

int serve(const Arguments& a, FakeNamesrvServerOptions options, const std::vector<RouteArgument>& routes,
          FaultPlan* plan, const Scenario* scenario) {
  program::allow_many_connections();
  const sigset_t signals = program::block_signals();
  TcpRuntime runtime(TcpOptions{a.seed, 1});
  TcpTransport plain(runtime);
  std::optional<TlsTransport> tls;
  if (!a.tls.empty()) tls.emplace(runtime.core(), plain, program::tls_options(a.tls));
  Transport& transport = tls ? static_cast<Transport&>(*tls) : plain;
  std::optional<program::RequestLog> log;
  if (a.verbose) log.emplace();
  const bool controlled = a.control_fd >= 0;
  program::RequestCounts counts(log ? &*log : nullptr);
  ServerObserver* observer = controlled ? static_cast<ServerObserver*>(&counts) : log ? &*log : nullptr;
  std::optional<program::ControlServer> control;
  if (!a.control.empty()) {
    control.emplace(runtime, *plan, scenario, observer);
    observer = control->observer();
  }
  std::optional<FakeNamesrvServer> server;
  std::optional<boost::system::system_error> failure;
  runtime.run([&] {
    server.emplace(runtime, transport, std::move(options), plan, observer);
    add_routes(server->routes(), a.cluster, routes);
    try {
      server->start();
      if (!controlled) server->begin_faults(runtime.now());
      if (control) control->add(*server);
    } catch (const boost::system::system_error& error) {
      failure = error;
      server.reset();
    }
  });
  if (failure) return program::report_listen_error("fake_namesrv", a.listen, *failure);
  if (control) {
    try {
      control->listen(program::control_listen(a.control));
    } catch (const boost::system::system_error& error) {
      runtime.run([&] { server.reset(); });
      return program::report_listen_error("fake_namesrv", a.control, error);
    }
  }
  program::print_ready("fake_namesrv", a.name, server->address());
  if (control) program::print_control("fake_namesrv", a.name, control->url());
  const std::string_view ended_by =
      !controlled ? program::wait_for_signal(signals)
                  : program::serve_control(signals, a.control_fd, runtime, [&](const ControlCommand& command) {
                      return perform(*server, counts, runtime.now(), command);
                    });
  if (log) log->note("ended by " + std::string(ended_by));
  if (control) control->stop();
  runtime.run([&] { server->stop(); });
  program::linger(runtime);
  runtime.run([&] { server.reset(); });
  return program::kOk;
}

int run(const Arguments& a) {
  FakeNamesrvServerOptions options;
  const auto version = server_version_by_name(a.emulate);
  if (!version) return usage("--emulate takes 5.3.3 or 4.9.8, not " + a.emulate);
  if (a.control_fd >= 0 && !program::is_open(a.control_fd)) {
    return usage("--control-fd takes a socket that a parent left open, not " + std::to_string(a.control_fd));
  }
  options.namesrv.version = *version;
  options.namesrv.name = a.name;
  options.remoting.listen = a.listen;
  std::vector<RouteArgument> routes;
  for (const std::string& text : a.topics) {
    const auto route = parse_route(text);
    if (!route) return usage("--topic takes NAME[:queues[:perm]]@broker=ip:port[,...], not " + text);
    routes.push_back(*route);
  }
  std::optional<FaultPlan> plan;
  ParseResult parsed;
  if (!a.scenario.empty()) {
    parsed = load_scenario(a.scenario);
    if (!parsed.ok()) return usage("invalid scenario\n" + parsed.to_string());
    if (!parsed.scenario->cluster.has_nameserver(a.name)) {
      return usage("no rule of " + a.scenario + " can reach " + in_quotes(a.name) + ", which is no nameserver there" +
                   suggestion(a.name, parsed.scenario->cluster.nameservers));
    }
    const std::uint64_t seed = a.control_fd >= 0 ? a.seed : parsed.scenario->seed;
    plan.emplace(parsed.scenario->faults, FaultPlanOptions{seed, late_by(*parsed.scenario)});
  }
  if (!plan && !a.control.empty()) plan.emplace(std::vector<FaultRule>{}, FaultPlanOptions{a.seed});
  return serve(a, std::move(options), routes, plan ? &*plan : nullptr, parsed.ok() ? &*parsed.scenario : nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"A RocketMQ nameserver to test clients against.", "fake_namesrv"};
  Arguments arguments;
  declare(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? rmqsim::program::kOk : rmqsim::program::kUsage;
  }
  try {
    return run(arguments);
  } catch (const std::exception& error) {
    std::cerr << "fake_namesrv: internal error: " << error.what() << "\n";
    return rmqsim::program::kInternal;
  }
}
