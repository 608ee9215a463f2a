// `rmqsim proxy`: arguments, rules from a file or the command line, the live list of requests, the recording. Exit
// status: 0 after SIGINT or SIGTERM, 1 when a port is in use, 64 bad usage, an invalid scenario or a rule that a proxy
// cannot perform, 70 internal error.
#include <sys/resource.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <boost/system/system_error.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <thread>

#include <CLI/CLI.hpp>

#include "producer/remoting/codec/text.h"
#include "producer/transport/address.h"
#include "producer/transport/http_origin.h"
#include "producer/transport/tcp/http_server.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"
#include "producer/transport/tcp/tls_transport.h"
#include "scenarios/harness/file/late_by.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/scenario_library.h"
#include "scenarios/harness/file/text/whole_number.h"
#include "scenarios/harness/http_control/control.h"
#include "tools/commands/commands.h"
#include "tools/io/stop_signals.h"
#include "tools/proxy/proxy.h"
#include "tools/proxy/proxy_capture.h"
#include "tools/proxy/proxy_rules.h"
#include "tools/proxy/recording.h"
#include "tools/proxy/scenario_recorder.h"

namespace rmqsim {
namespace proxy_command {
namespace {

enum Exit { kOk = 0, kPortInUse = 1, kUsage = 64, kInternal = 70 };

struct ProxyArguments {
  std::string namesrv;
  std::string listen = "127.0.0.1:0";
  std::string broker_host = "127.0.0.1";
  std::string advertise;
  std::string ports;
  std::string scenario;
  std::string faults;
  std::string record;
  std::string emulate{default_server_profile().name};
  std::string tls, trust;
  std::string control = "0";
  std::string pcap;
  std::optional<std::uint32_t> late_ms;
  std::uint64_t seed = 1;
  bool upstream_tls = false, content = false, quiet = false, vip = false;
};

int usage(const std::string& message) {
  std::cerr << "rmqsim proxy: " << message << "\n";
  return kUsage;
}

std::string clock_text() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm local{};
  ::localtime_r(&now.tv_sec, &local);
  char text[32];
  std::snprintf(text, sizeof text, "%02d:%02d:%02d.%03ld", local.tm_hour, local.tm_min, local.tm_sec,
                now.tv_nsec / 1'000'000);
  return text;
}

/// What peers wrote, safe to show on a terminal.
std::string shown(std::string_view text, std::size_t most = 120) {
  std::string out(text.substr(0, most));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = '?';
  }
  return out;
}

/// Prints what passes, and lets the recorder see it.
class Monitor final : public ProxyListener {
 public:
  /// `recording` may be null.
  Monitor(bool quiet, bool content, Recording* recording) : quiet_(quiet) {
    if (recording == nullptr) return;
    recorder_.emplace(content);
    recorder_->set_journal([recording](const std::string& line) { recording->write(line); });
  }
  void on_exchange(const Exchange& e) override {
    if (recorder_) recorder_->on_exchange(e);
    if (quiet_) return;
    char took[32];
    std::snprintf(took, sizeof took, "%.1f ms", std::chrono::duration<double, std::milli>(e.took).count());
    std::cout << clock_text() << "  " << e.server << (e.from_server ? " -> " : " <- ") << e.peer << "  "
              << request_code_name(e.request->code);
    if (!e.topic.empty()) std::cout << " " << shown(e.topic);
    if (e.queue_id) std::cout << "/" << *e.queue_id;
    std::cout << "  " << e.outcome << "  " << took;
    if (!e.rule.empty()) std::cout << "  rule " << e.rule;
    if (e.response != nullptr && e.response->remark && e.response->code != 0) {
      std::cout << "  " << shown(*e.response->remark);
    }
    std::cout << std::endl;
  }
  void on_connection(std::string_view server, std::string_view peer, std::string_view what) override {
    if (!quiet_) std::cout << clock_text() << "  " << server << "  " << peer << "  connection " << what << std::endl;
  }
  void on_broker(const std::string& server, const std::string& broker, std::int64_t id, const std::string& upstream,
                 const std::string& local) override {
    if (recorder_) recorder_->on_broker(server, broker, id);
    if (!quiet_) std::cout << clock_text() << "  " << server << "  " << upstream << " is at " << local << std::endl;
  }
  void on_route(const std::string& topic, const TopicRouteData& route) override {
    if (recorder_) recorder_->on_route(topic, route);
  }
  void on_problem(const std::string& what) override {
    std::cerr << "rmqsim proxy: " << shown(what, 1000) << std::endl;
  }
  const std::optional<ScenarioRecorder>& recorder() const { return recorder_; }

 private:
  bool quiet_;
  std::optional<ScenarioRecorder> recorder_;
};

/// "20000-20100"
bool parse_ports(const std::string& range, ProxyOptions& options) {
  if (range.empty()) return true;
  const auto dash = range.find('-');
  const auto first = text::parse_int32(range.substr(0, dash));
  const auto last = dash == std::string::npos ? first : text::parse_int32(range.substr(dash + 1));
  if (!first || !last || *first < 1 || *last < *first || *last > 65535) return false;
  options.first_port = static_cast<std::uint16_t>(*first);
  options.last_port = static_cast<std::uint16_t>(*last);
  return true;
}

bool may_listen(Transport& transport, const std::string& ip) {
  try {
    transport.listen(ip + ":0", [](std::shared_ptr<Connection>) {});
    return true;
  } catch (const boost::system::system_error&) {
    return false;
  }
}

/// [IP:]PORT of loopback: whoever asks can break what clients of a real cluster see, and nobody is asked who he is.
std::optional<std::string> control_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return "127.0.0.1:" + text;
  std::string ip = text.substr(0, colon);
  if (ip.size() > 2 && ip.front() == '[' && ip.back() == ']') ip = ip.substr(1, ip.size() - 2);
  if (!is_loopback_ip(ip)) return std::nullopt;
  return text;
}

/// Why a proxy cannot perform the rule; nothing: it can.
std::optional<std::string> refuse_rule(const FaultRule& rule) {
  const auto impossible = impossible_in_proxy({rule});
  if (!impossible) return std::nullopt;
  return "a proxy cannot perform this: " + impossible->why;
}

int end_recording(Recording& recording, const ScenarioRecorder& recorder) {
  if (recorder.empty()) {
    recording.finish(recorder);
    std::cerr << "rmqsim proxy: no message passed, so nothing is recorded\n";
    return kOk;
  }
  if (!recording.finish(recorder)) {
    std::cerr << "rmqsim proxy: cannot write " << recording.path() << "\n";
    return kInternal;
  }
  std::cout << "recorded " << recording.path() << std::endl;
  return kOk;
}

/// Throws as TlsTransport does.
void make_tls(const ProxyArguments& a, TcpRuntime& world, TcpTransport& plain, std::optional<TlsTransport>& tls) {
  if (a.tls.empty() && !a.upstream_tls) return;
  TlsOptions with;
  with.connects_with_tls = a.upstream_tls;
  with.accept = a.tls == "enforcing" ? TlsOptions::Accept::enforcing : TlsOptions::Accept::permissive;
  with.trust_cert_path = a.trust;
  tls.emplace(world.core(), plain, with);
}

/// What passed, as a capture file if one was asked for; false when it cannot be written.
bool write(ProxyCapture& capture, Runtime& runtime) {
  bool written = false;
  runtime.run([&] { written = capture.write(); });
  if (!written) std::cerr << "rmqsim proxy: cannot write " << capture.path() << "\n";
  if (capture.full()) {
    std::cerr << "rmqsim proxy: " << capture.path() << " has the first " << (ProxyCapture::kMostBytes >> 20)
              << " MiB of what passed\n";
  }
  return written;
}

int serve(const ProxyArguments& a, ProxyOptions options, FaultPlan& plan, const Scenario* scenario) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  stop_signals::listen();
  Recording recording;
  std::string problem;
  if (!a.record.empty() && !recording.open(a.record, problem)) return usage(problem);
  TcpRuntime world(TcpOptions{a.seed, 1});
  TcpTransport plain(world);
  std::optional<TlsTransport> tls;
  try {
    make_tls(a, world, plain, tls);
  } catch (const std::runtime_error& error) {
    return usage(error.what());
  }
  ProxyCapture capture;
  if (!a.pcap.empty() && !capture.open(a.pcap)) return usage("cannot write " + a.pcap);
  Transport& transport = capture.over(world, tls ? static_cast<Transport&>(*tls) : plain);
  Runtime& runtime = world;
  bool own_address = false;
  runtime.run([&] { own_address = may_listen(plain, options.broker_host); });
  if (!own_address) {
    return usage("--broker-host " + shown(a.broker_host) +
                 " is no address of this machine: clients would be sent past the proxy");
  }
  Monitor monitor(a.quiet, a.content, a.record.empty() ? nullptr : &recording);
  RequestJournal journal;
  Control control(runtime, plan, journal, {RMQSIM_VERSION, scenario, true, refuse_rule});
  control.on_shutdown([] { ::kill(::getpid(), SIGTERM); });
  options.journal = &journal;
  options.on_front = [&control](ControlledServer& front) { control.add(front); };
  std::optional<Proxy> proxy;
  std::optional<boost::system::system_error> failure;
  std::string address;
  runtime.run([&] {
    proxy.emplace(runtime, transport, std::move(options), &plan, monitor);
    try {
      proxy->start();
      journal.begin(runtime.now());
      address = proxy->namesrv_addresses();
    } catch (const boost::system::system_error& error) {
      failure = error;
      proxy.reset();
    }
  });
  if (failure) {
    std::cerr << "rmqsim proxy: " << failure->what() << "\n";
    return failure->code() == TransportError::bad_address ? kUsage : kPortInUse;
  }
  std::optional<HttpServer> http;
  try {
    http.emplace(*control_listen(a.control), under_monitor(runtime, control));
  } catch (const boost::system::system_error& error) {
    runtime.run([&] { proxy.reset(); });
    if (error.code() == TransportError::bad_address) return usage("--control takes [IP:]PORT, not " + shown(a.control));
    std::cerr << "rmqsim proxy: " << error.what() << "\n";
    return kPortInUse;
  }
  std::cout << "rmqsim proxy for " << a.namesrv << " ready on " << address << std::endl;
  std::cout << "control on http://" << http->address() << std::endl;
  stop_signals::wait(-1);
  http.reset();
  runtime.run([&] {
    proxy->stop();
    proxy.reset();
  });
  if (!write(capture, runtime)) return kInternal;
  return monitor.recorder() ? end_recording(recording, *monitor.recorder()) : kOk;
}

int run_proxy(const ProxyArguments& a) {
  ProxyOptions options;
  for (std::size_t begin = 0; begin <= a.namesrv.size();) {
    const std::size_t end = std::min(a.namesrv.find(';', begin), a.namesrv.size());
    if (end > begin) options.nameservers.push_back(a.namesrv.substr(begin, end - begin));
    begin = end + 1;
  }
  if (options.nameservers.empty()) return usage("name the cluster's nameservers with --namesrv HOST:PORT;HOST:PORT");
  for (const std::string& address : options.nameservers) {
    if (!parse_address(address) || address.find_first_of(" \t") != std::string::npos) {
      return usage("--namesrv takes HOST:PORT;HOST:PORT, without blanks, not " + shown(address));
    }
  }
  if (!is_ipv4(a.broker_host)) return usage("--broker-host takes an IP of this machine, not " + shown(a.broker_host));
  if (a.broker_host == "0.0.0.0" && a.advertise.empty()) {
    return usage("--broker-host 0.0.0.0 is no address that clients could be told; say theirs with --advertise HOST");
  }
  if (a.advertise.find_first_of(" :/\t") != std::string::npos || a.advertise == "0.0.0.0") {
    return usage("--advertise takes an IP or a name, not " + shown(a.advertise));
  }
  options.listen = a.listen;
  options.broker_host = a.broker_host;
  options.advertise = a.advertise;
  options.vip = a.vip;
  options.profile = find_server_profile(a.emulate);
  if (!parse_ports(a.ports, options)) return usage("--ports takes FIRST-LAST, not " + shown(a.ports));
  if (a.content && a.record.empty()) return usage("--record-content says what --record writes");
  if (!a.trust.empty() && !a.upstream_tls) return usage("--trust-cert is for --upstream-tls");
  if (!control_listen(a.control)) {
    return usage("--control " + shown(a.control) + ": it has no authentication, so a proxy serves it on loopback only");
  }
  std::vector<FaultRule> faults;
  FaultPlanOptions plan_options{a.seed};
  if (a.late_ms) plan_options.late_by = millis(*a.late_ms);
  ParseResult rules;
  if (!a.scenario.empty()) {
    rules = load_scenario(a.scenario);
    if (!rules.ok()) return usage("invalid scenario\n" + rules.to_string());
    options.names = rules.scenario->cluster;
  } else if (!a.faults.empty()) {
    std::string problem;
    rules = parse_proxy_rules(a.faults, options.nameservers.size(), problem);
    if (!problem.empty()) return usage(problem);
  }
  if (rules.scenario) {
    const Scenario& scenario = *rules.scenario;
    if (const auto impossible = impossible_in_proxy(scenario.faults)) {
      return usage("rule " + scenario.faults[impossible->rule].id +
                   " cannot be performed by a proxy: " + impossible->why);
    }
    faults = scenario.faults;
    plan_options.seed = scenario.seed;
    if (!a.late_ms) plan_options.late_by = late_by(scenario);
  }
  FaultPlan plan(std::move(faults), plan_options);
  return serve(a, std::move(options), plan, rules.scenario ? &*rules.scenario : nullptr);
}

}  // namespace
}  // namespace proxy_command

Subcommand add_proxy_command(CLI::App& app) {
  using namespace proxy_command;
  const auto a = std::make_shared<ProxyArguments>();
  const std::vector<std::string_view> names = server_profile_names();
  const std::vector<std::string> emulated(names.begin(), names.end());
  CLI::App* proxy = app.add_subcommand("proxy", "Stand between clients and a cluster, show what passes, and break it");
  proxy->add_option("--namesrv", a->namesrv, "Nameservers of the cluster, HOST:PORT;HOST:PORT")->required();
  proxy->add_option("--listen", a->listen, "Where clients find the first nameserver, ip:port; port 0 takes a free one")
      ->capture_default_str();
  proxy->add_option("--broker-host", a->broker_host,
                    "IP of this machine on which brokers are reached through the proxy")
      ->capture_default_str();
  proxy->add_option("--advertise", a->advertise,
                    "Host, IP or name, under which clients reach brokers through the proxy, where that is not "
                    "--broker-host: containers");
  proxy->add_option("--ports", a->ports, "Ports for brokers, FIRST-LAST; default any free ones");
  proxy->add_flag("--vip", a->vip, "Brokers are reached two ports below as well, where clients up to 4.4 send; what "
                                   "comes there goes to the cluster's brokers two ports below theirs");
  auto* scenario = proxy->add_option("--scenario", a->scenario,
                                     "Scenario file whose faults apply, by broker name; times count from the start");
  scenario->transform(in_scenario_library)->check(CLI::ExistingFile);
  proxy->add_option("--faults", a->faults, "Rules as in a scenario's \"faults\": a file, or JSON on the command line")
      ->excludes(scenario);
  proxy->add_option("--record", a->record,
                    "Folder for a scenario file of what passed; made if need be. What passes is kept at once, also "
                    "when the proxy is killed");
  proxy->add_flag("--record-content", a->content,
                  "Record bodies, tags, keys and properties too, of messages whose body is text of at most 4096 bytes");
  proxy->add_option("--tls", a->tls, "Take TLS from clients: permissive (and plain text) or enforcing; the certificate "
                                     "is self-made")
      ->expected(0, 1)->default_str("permissive")->check(CLI::IsMember({"permissive", "enforcing"}));
  proxy->add_flag("--upstream-tls", a->upstream_tls, "Speak TLS to the cluster");
  proxy->add_option("--trust-cert", a->trust, "PEM file of those who may have signed the cluster's certificates; "
                                              "default: any certificate will do")
      ->check(CLI::ExistingFile);
  proxy->add_option("--late-ms", a->late_ms, "What `late` adds; default: the longest timeout of the scenario's "
                                             "producers and 2 s, which is 5 s without any");
  proxy->add_option("--emulate", a->emulate, "Release in whose words rules answer, " + server_profile_choice())
      ->capture_default_str()->check(CLI::IsMember(emulated));
  proxy->add_option("--seed", a->seed, "For bytes of `garbage`")->capture_default_str()->check(whole_number);
  proxy->add_option("--control", a->control,
                    "[IP:]PORT of the control interface and its page, on loopback; 0 takes a free port")
      ->type_name("[IP:]PORT")->capture_default_str();
  proxy->add_option("--pcap", a->pcap,
                    "Write what passes as a capture file that Wireshark opens (pcapng), at the end; the first 256 MiB");
  proxy->add_flag("-q,--quiet", a->quiet, "Do not list requests");
  proxy->footer(
      "Examples:\n"
      "  rmqsim proxy --namesrv 10.0.0.5:9876\n"
      "  rmqsim proxy --namesrv 10.0.0.5:9876 --listen 127.0.0.1:9876 --scenario busy.json\n"
      "  rmqsim proxy --namesrv 10.0.0.5:9876 --record . --faults \\\n"
      "    '[{\"at\": \"broker-a\", \"on\": \"send\", \"nth\": \"1-5\", \"do\": {\"respond\": {\"code\": "
      "\"SYSTEM_BUSY\"}}}]'\n"
      "Prints 'rmqsim proxy for ... ready on IP:PORT' once it listens; that is what clients take for the nameserver;\n"
      "then 'control on http://IP:PORT': a page for browsers, and for `rmqsim ctl`, which changes rules meanwhile.\n"
      "Exit status: 0 after SIGINT or SIGTERM (a second one does not wait), 1 when a port is in use, 64 bad usage or\n"
      "rules, 70 internal error.");
  return {proxy, [a] { return run_proxy(*a); }};
}

}  // namespace rmqsim
