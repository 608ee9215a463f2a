// The course of the programs fake_broker and fake_namesrv, from argv to the exit status. A program P says what is its
// own:
//
//   using Server, Options                    what it runs, made of runtime, transport, options, faults and observer
//   static constexpr const char* kName, *kDescription
//   program::Arguments common
//   void declare(CLI::App&)                  its own options
//   optional<string> configure(Options&, const ServerProfile&, const Scenario*)   what is wrong with them
//   optional<string> prepare(Server&, RequestCounts&, ControlChannel&)       the same, before start()
//   ServerReport perform(Server&, const RequestCounts&, const ControlCommand&)
//   void leave(Server&, Runtime&, const sigset_t&)                           before stop()
//
// prepare() and perform() run under the monitor.
#pragma once

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"
#include "producer/transport/tcp/tls_transport.h"
#include "scenarios/harness/file/text/name.h"
#include "scenarios/harness/file/text/nearest.h"
#include "tools/fakes/program.h"
#include "tools/fakes/told_events.h"
#include "tools/fakes/told_packets.h"
#include "tools/manual/decimal_numbers.h"
#include "tools/manual/manual.h"
#include "tools/manual/wrong_words.h"

namespace rmqsim::program {

/// The server from its start to the signal that ends it.
template <class P>
int serve(P& program, typename P::Options options, FaultPlan* plan, const Scenario* scenario) {
  const Arguments& a = program.common;
  allow_many_connections();
  const sigset_t signals = block_signals();
  TcpRuntime runtime(world_of(a));
  TcpTransport plain(runtime);
  std::optional<TlsTransport> tls;
  if (!a.tls.empty()) tls.emplace(runtime.core(), plain, tls_options(a.tls));
  Transport& transport = tls ? static_cast<Transport&>(*tls) : plain;
  std::optional<RequestLog> log;
  if (a.verbose) log.emplace();
  RequestCounts counts(log ? &*log : nullptr);
  ServerObserver* observer = a.controlled() ? static_cast<ServerObserver*>(&counts) : log ? &*log : nullptr;
  ControlChannel channel(a.control_fd);
  const auto packets = a.packets ? std::make_unique<ToldPackets>(runtime, channel) : nullptr;
  std::optional<ToldEvents> told;
  if (a.events) {
    runtime.run([&] { told.emplace(runtime, channel, scenario, observer); });
    observer = &*told;
  }
  std::optional<ControlServer> control;
  if (!a.control.empty()) {
    control.emplace(runtime, *plan, scenario, observer);
    observer = control->observer();
  }
  std::optional<typename P::Server> server;
  std::optional<boost::system::system_error> failure;
  std::optional<std::string> wrong;
  runtime.run([&] {
    Transport& network = packets ? packets->transport(a.name, transport, a.tls == "enforcing") : transport;
    server.emplace(runtime, network, std::move(options), plan, observer);
    wrong = program.prepare(*server, counts, channel);
    if (wrong) return server.reset();
    try {
      server->start();
      if (!a.controlled()) server->begin_faults(runtime.now());
      if (control) control->add(*server);
    } catch (const boost::system::system_error& error) {
      failure = error;
      server.reset();
    }
  });
  if (wrong) return usage(P::kName, *wrong);
  if (failure) return report_listen_error(P::kName, a.listen, *failure);
  if (control) {
    try {
      control->listen(control_listen(a.control));
    } catch (const boost::system::system_error& error) {
      runtime.run([&] { server.reset(); });
      return report_listen_error(P::kName, a.control, error);
    }
  }
  print_ready(P::kName, a.name, server->address());
  if (control) print_control(P::kName, a.name, control->url());
  const std::string_view ended_by =
      !a.controlled() ? wait_for_signal(signals)
                      : serve_control(signals, channel, runtime, [&](const ControlCommand& command) {
                          ServerReport report = program.perform(*server, counts, command);
                          if (plan != nullptr) report.rules = rule_reports(*plan);
                          return report;
                        });
  if (log) log->note("ended by " + std::string(ended_by));
  if (control) control->stop();
  program.leave(*server, runtime, signals);
  runtime.run([&] { server->stop(); });
  linger(runtime);
  runtime.run([&] { server.reset(); });
  return kOk;
}

template <class P>
int run(P& program) {
  const Arguments& a = program.common;
  const ServerProfile* const profile = find_server_profile(a.emulate);
  if (profile == nullptr) {
    return usage(P::kName, "--emulate takes " + server_profile_choice() + ", not " + a.emulate);
  }
  if (!is_name(a.name)) {
    return usage(P::kName, "--name takes 1 to 127 letters, digits, _, - or ., and not all, not " + in_quotes(a.name));
  }
  if (!a.control.empty() && control_listen(a.control) == a.listen && !a.listen.ends_with(":0")) {
    return usage(P::kName, "--listen and --control are both " + a.listen);
  }
  if (a.controlled() && !is_open(a.control_fd)) {
    return usage(P::kName, "--control-fd takes a socket that a parent left open, not " + std::to_string(a.control_fd));
  }
  if (a.events && !a.controlled()) return usage(P::kName, "--events needs --control-fd");
  if (a.packets && !a.controlled()) return usage(P::kName, "--packets needs --control-fd");
  Rules rules;
  if (const auto wrong = load_rules(a, rules)) return usage(P::kName, *wrong);
  typename P::Options options;
  options.remoting.listen = a.listen;
  if (const auto wrong = program.configure(options, *profile, rules.scenario())) return usage(P::kName, *wrong);
  return serve(program, std::move(options), rules.plan ? &*rules.plan : nullptr, rules.scenario());
}

/// What main() returns.
template <class P>
int main_of(int argc, char** argv) {
  CLI::App app{P::kDescription, P::kName};
  P program;
  program.declare(app);
  declare(app, program.common);
  add_manual_options(app, P::kName, RMQSIM_VERSION);
  read_numbers_as_decimal(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error) == 0 ? kOk : kUsage;
    std::cerr << wrong_words(app, error) << "\n";
    return kUsage;
  }
  try {
    return run(program);
  } catch (const std::exception& error) {
    std::cerr << P::kName << ": internal error: " << error.what() << "\n";
    return kInternal;
  }
}

}  // namespace rmqsim::program
