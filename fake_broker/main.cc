// fake_broker: one fake broker as a process of its own, for any RocketMQ client. Prints one line when it is ready, ends
// with SIGTERM or SIGINT after unregistering.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "fake_broker/fault/program.h"
#include "fake_broker/transactions.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"
#include "producer/transport/tcp/tls_transport.h"
#include "scenarios/file/late_by.h"
#include "scenarios/file/nearest.h"

namespace {

using namespace rmqsim;

struct Arguments {
  std::string listen = "127.0.0.1:10911";
  std::string name = "broker-a";
  std::string cluster = "DefaultCluster";
  std::int64_t broker_id = 0;
  std::string namesrv;
  std::string advertise;
  std::vector<std::string> topics;
  std::string emulate = "5.3.3";
  std::vector<std::string> accounts;
  std::string scenario;
  std::string tls;
  std::size_t max_store_bytes = MessageStore::kDefaultMaxBytes;
  std::uint64_t seed = 1;
  std::string control;
  int control_fd = -1;
  std::vector<std::string> watched;
  std::vector<std::string> settings;
  bool no_auto_create = false;
  bool vip = false;
  std::uint32_t graceful_shutdown = 0;
  bool verbose = false;
};

struct TopicArgument {
  std::string name;
  std::int32_t queues = 4;
  std::int32_t perm = 6;
};

/// NAME[:queues[:perm]]
std::optional<TopicArgument> parse_topic(const std::string& text) {
  const auto parts = program::split(text, ':');
  if (parts.empty() || parts.size() > 3 || topic_name_error(parts[0])) return std::nullopt;
  TopicArgument topic{parts[0]};
  if (parts.size() > 1) {
    const auto queues = text::parse_int32(parts[1]);
    if (!queues || *queues < 0 || *queues > 65536) return std::nullopt;
    topic.queues = *queues;
  }
  if (parts.size() > 2) {
    const auto perm = program::parse_perm(parts[2]);
    if (!perm) return std::nullopt;
    topic.perm = *perm;
  }
  return topic;
}

void declare(CLI::App& app, Arguments& a) {
  app.add_option("--listen", a.listen, "ip:port to listen on; port 0 takes a free one")->capture_default_str();
  app.add_option("--name", a.name, "broker name, also the name that fault rules know")->capture_default_str();
  app.add_option("--cluster", a.cluster, "cluster name")->capture_default_str();
  app.add_option("--broker-id", a.broker_id, "0 = master; a slave refuses sends")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--namesrv", a.namesrv, "nameservers to register with, ip:port;ip:port");
  app.add_option("--advertise", a.advertise, "address to register, if clients reach the broker under another one");
  app.add_option("--topic", a.topics, "topic to have from the start, NAME[:queues[:perm]], perm r, w or rw; repeatable")
      ->allow_extra_args(false);
  app.add_flag("--no-auto-create", a.no_auto_create, "do not create topics when messages arrive for them");
  app.add_flag("--vip", a.vip, "listen also two ports below, where clients up to 4.4 send");
  app.add_option("--graceful-shutdown", a.graceful_shutdown,
                 "after the signal, so many seconds of answering GO_AWAY to clients newer than 5.3.1")
      ->check(CLI::Range(0, 3600));
  app.add_option("--emulate", a.emulate, "release whose answers to give, 5.3.3 or 4.9.8")->capture_default_str();
  app.add_option("--account", a.accounts, "KEY:SECRET; then requests must be signed with one of them; repeatable")
      ->allow_extra_args(false);
  app.add_option("--set", a.settings,
                 "KEY=VALUE, a broker property by its Java name, e.g. recallMessageEnable=true; repeatable")
      ->allow_extra_args(false);
  app.add_option("--scenario", a.scenario,
                 "scenario file: its faults, topics, accounts and transaction settings for this name apply")
      ->check(CLI::ExistingFile);
  app.add_option("--max-store-bytes", a.max_store_bytes, "messages kept, oldest go first")
      ->capture_default_str()
      ->check(whole_number);
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
                 "it --seed wins, faults begin when told, and the scenario's checkQueueId counts")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--watch", a.watched,
                 "topic whose messages are written to the control socket as they are stored; a name that ends in * is "
                 "the beginning of one; repeatable")
      ->allow_extra_args(false)
      ->needs("--control-fd");
  app.add_flag("-v,--verbose", a.verbose, "log requests and answers to stderr");
  app.footer(
      "Examples:\n"
      "  fake_broker --namesrv 127.0.0.1:9876 --topic TopicTest:8\n"
      "  fake_broker --listen 127.0.0.1:0 --name broker-b --emulate 4.9.8 --topic T:4:r -v\n"
      "  fake_broker --control 9390      # then: rmqsim ctl --control http://127.0.0.1:9390 fault add ...\n"
      "  fake_broker --scenario scenarios/codes/code-system-busy-first-five.json --namesrv 127.0.0.1:9876\n"
      "Prints 'fake_broker NAME ready on IP:PORT' once it listens. Exit status: 0 after SIGTERM or SIGINT, 1 when the\n"
      "port is in use, 64 for bad usage or an invalid scenario, 70 for an internal error.");
}

int usage(const std::string& message) {
  std::cerr << "fake_broker: " << message << "\n";
  return program::kUsage;
}

/// What a parent asks over the control channel.
ServerReport perform(FakeBrokerServer& server, const program::RequestCounts& counts, TimePoint now,
                     const ControlCommand& command) {
  using Action = ControlCommand::Action;
  ServerReport report;
  switch (command.action) {
    case Action::report: break;
    case Action::begin_faults: server.begin_faults(now - std::chrono::microseconds(command.since_micros)); break;
    case Action::crash: server.crash(); break;
    case Action::set_perm: server.set_perm(command.topic, command.perm); break;
    case Action::set_route:
    case Action::remove_from_route: report.error = "a broker has no routes"; break;
  }
  report.registered = server.registrar().registered();
  report.stored_requests = server.server().stored_requests();
  report.requests = counts.requests();
  const MessageStore& store = server.broker().store();
  for (std::uint64_t n = store.first_number(); n < store.next_number(); ++n) {
    const auto record = store.find(n);
    if (!record || record->uniq_key.empty()) continue;
    report.copies[std::string(record->uniq_key)] += record->topic == kHalfTopic ? 0 : 1;
  }
  const HalfMessages& half = server.broker().state().half_messages;
  for (const auto& [key, fate] : half.fates()) {
    report.transactions[key] = {fate.checks, fate.committed, fate.rolled_back, fate.discarded, fate.pending};
  }
  const TransactionTotals totals = half.totals();
  report.delivered = server.broker().state().delayed.delivered();
  report.recalled = server.broker().state().delayed.recalled();
  report.transaction_totals = {0, totals.committed, totals.rolled_back, totals.discarded, totals.pending};
  return report;
}

/// Tells a parent what was stored in topics that it watches. That it is gone shows where its commands are read.
void write_notices(const Arguments& a, const FakeBroker& broker, StoredRange stored) {
  for (std::uint64_t n = stored.first; n < stored.first + stored.count; ++n) {
    const auto record = broker.store().find(n);
    if (!record || !is_watched(a.watched, record->topic)) continue;
    StoredNotice notice{std::string(record->topic), {}};
    to_stored_message(*record, broker.state().store_host).encode_to(notice.record);
    program::write_all(a.control_fd, to_line(notice) + "\n");
  }
}

int serve(const Arguments& a, FakeBrokerServerOptions options, const std::vector<TopicArgument>& topics,
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
  std::optional<FakeBrokerServer> server;
  std::optional<boost::system::system_error> failure;
  std::optional<std::string> wrong;
  runtime.run([&] {
    server.emplace(runtime, transport, std::move(options), plan, observer);
    for (const std::string& setting : a.settings) {
      const auto equals = setting.find('=');
      wrong = equals == std::string::npos ? "--set takes KEY=VALUE, not " + setting
                                          : server->set_config(setting.substr(0, equals), setting.substr(equals + 1));
      if (wrong) return server.reset();
    }
    if (!controlled) {
      server->registrar().on_reach([](const std::string& nameserver, error_code error) {
        std::cerr << "fake_broker: nameserver " << nameserver
                  << (error ? " cannot be reached (" + error.message() + "); trying again" : " is reached now")
                  << std::endl;
      });
    }
    for (const TopicArgument& topic : topics) server->put_topic(topic.name, topic.queues, topic.perm);
    if (!a.watched.empty()) {
      counts.on_stored([&a, &broker = server->broker()](StoredRange stored) { write_notices(a, broker, stored); });
    }
    try {
      server->start();
      if (!controlled) server->begin_faults(runtime.now());
      if (control) control->add(*server);
    } catch (const boost::system::system_error& error) {
      failure = error;
      server.reset();
    }
  });
  if (wrong) return usage(*wrong);
  if (failure) return program::report_listen_error("fake_broker", a.listen, *failure);
  if (control) {
    try {
      control->listen(program::control_listen(a.control));
    } catch (const boost::system::system_error& error) {
      runtime.run([&] { server.reset(); });
      return program::report_listen_error("fake_broker", a.control, error);
    }
  }
  program::print_ready("fake_broker", a.name, server->address());
  if (control) program::print_control("fake_broker", a.name, control->url());
  const std::string_view ended_by =
      !controlled ? program::wait_for_signal(signals)
                  : program::serve_control(signals, a.control_fd, runtime, [&](const ControlCommand& command) {
                      return perform(*server, counts, runtime.now(), command);
                    });
  if (log) log->note("ended by " + std::string(ended_by));
  if (control) control->stop();
  if (a.graceful_shutdown > 0 && !controlled) {
    runtime.run([&] { server->go_away(); });
    const timespec left{a.graceful_shutdown, 0};
    sigtimedwait(&signals, nullptr, &left);  // a second signal ends it
  }
  runtime.run([&] { server->stop(); });
  program::linger(runtime);
  runtime.run([&] { server.reset(); });
  return program::kOk;
}

int run(const Arguments& a) {
  FakeBrokerServerOptions options;
  const auto version = server_version_by_name(a.emulate);
  if (!version) return usage("--emulate takes 5.3.3 or 4.9.8, not " + a.emulate);
  options.broker.version = *version;
  options.broker.name = a.name;
  options.broker.broker_name = a.name;
  options.broker.broker_cluster_name = a.cluster;
  options.broker.broker_id = a.broker_id;
  options.broker.auto_create_topic_enable = !a.no_auto_create;
  options.broker.max_store_bytes = a.max_store_bytes;
  options.remoting.listen = a.listen;
  options.advertise = a.advertise;
  options.vip = a.vip;
  options.nameservers = program::split(a.namesrv, ';');
  if (const auto bad = program::bad_nameservers(options.nameservers)) return usage(*bad);
  if (a.control_fd >= 0 && !program::is_open(a.control_fd)) {
    return usage("--control-fd takes a socket that a parent left open, not " + std::to_string(a.control_fd));
  }
  std::vector<TopicArgument> topics;
  for (const std::string& text : a.topics) {
    const auto topic = parse_topic(text);
    if (!topic) return usage("--topic takes NAME[:queues[:perm]], not " + text);
    topics.push_back(*topic);
  }
  for (const std::string& text : a.accounts) {
    const auto colon = text.find(':');
    if (colon == 0 || colon == std::string::npos) return usage("--account takes KEY:SECRET, not " + text);
    options.broker.accounts.push_back({text.substr(0, colon), text.substr(colon + 1), {}});
  }
  std::optional<FaultPlan> plan;
  ParseResult parsed;
  if (!a.scenario.empty()) {
    parsed = load_scenario(a.scenario);
    if (!parsed.ok()) return usage("invalid scenario\n" + parsed.to_string());
    const Scenario& scenario = *parsed.scenario;
    const std::uint64_t seed = a.control_fd >= 0 ? a.seed : scenario.seed;
    plan.emplace(scenario.faults, FaultPlanOptions{seed, late_by(scenario)});
    if (a.control_fd >= 0) options.broker.check_queue_id = scenario.cluster.check_queue_id;
    if (const BrokerSpec* spec = scenario.cluster.find_broker(a.name)) {
      options.broker.broker_name = spec->broker_name();
      options.broker.broker_id = spec->broker_id;
    } else {
      std::vector<std::string> brokers;
      for (const BrokerSpec& broker : scenario.cluster.brokers) brokers.push_back(broker.name);
      return usage("no rule of " + a.scenario + " can reach " + in_quotes(a.name) + ", which is no broker there" +
                   suggestion(a.name, brokers));
    }
    options.broker.auto_create_topic_enable = !a.no_auto_create && scenario.cluster.auto_create_topic;
    const TransactionSettings& transactions = scenario.cluster.transactions;
    options.broker.transactions = {transactions.timeout, transactions.check_interval, transactions.check_max};
    options.broker.recall_message_enable = scenario.cluster.recall_message_enable;
    for (const SessionCredentials& account : scenario.cluster.accounts) options.broker.accounts.push_back(account);
    for (const TopicSpec& topic : scenario.cluster.topics) {
      for (const auto& [broker, queues] : topic.queues) {
        if (broker == options.broker.broker_name) topics.push_back({topic.name, queues, topic.perm});
      }
    }
  }
  if (!plan && !a.control.empty()) plan.emplace(std::vector<FaultRule>{}, FaultPlanOptions{a.seed});
  return serve(a, std::move(options), topics, plan ? &*plan : nullptr, parsed.ok() ? &*parsed.scenario : nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"A RocketMQ broker to test producers against: answers as a real one, breaks on demand.", "fake_broker"};
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
    std::cerr << "fake_broker: internal error: " << error.what() << "\n";
    return rmqsim::program::kInternal;
  }
}
