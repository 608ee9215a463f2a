// `rmqsim proxy`: arguments, and rules from a file or the command line. Exit status: 0 after SIGINT or SIGTERM, 1 when
// a port is in use, 64 bad usage, an invalid scenario or a rule that a proxy cannot perform, 70 internal error.
#include <sys/resource.h>

#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>

#include "producer/remoting/codec/text.h"
#include "producer/transport/address.h"
#include "scenarios/harness/file/late_by.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/scenario_library.h"
#include "scenarios/harness/file/text/whole_number.h"
#include "tools/commands/commands.h"
#include "tools/commands/options.h"
#include "tools/io/output_file.h"
#include "tools/io/stop_signals.h"
#include "tools/proxy/proxy.h"
#include "tools/proxy/proxy_list.h"
#include "tools/proxy/proxy_rules.h"
#include "tools/proxy/proxy_service.h"

namespace rmqsim {
namespace proxy_command {
namespace {

struct Arguments {
  ProxyServiceOptions service;
  std::string ports;
  std::string scenario;
  std::string faults;
  std::string emulate{default_server_profile().name};
  std::optional<std::uint32_t> late_ms;
};

int usage(const std::string& message) {
  std::cerr << "rmqsim proxy: " << message << "\n";
  return kProxyUsage;
}

/// A proxy has two connections for each of a client's.
void more_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

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

int run_proxy(const Arguments& a) {
  ProxyServiceOptions service = a.service;
  ProxyOptions& options = service.proxy;
  for (std::size_t begin = 0; begin <= service.cluster.size();) {
    const std::size_t end = std::min(service.cluster.find(';', begin), service.cluster.size());
    if (end > begin) options.nameservers.push_back(service.cluster.substr(begin, end - begin));
    begin = end + 1;
  }
  if (options.nameservers.empty()) return usage("name the cluster's nameservers with --namesrv HOST:PORT;HOST:PORT");
  for (const std::string& address : options.nameservers) {
    if (!parse_address(address) || address.find_first_of(" \t") != std::string::npos) {
      return usage("--namesrv takes HOST:PORT;HOST:PORT, without blanks, not " + for_terminal(address));
    }
  }
  if (!is_ipv4(options.broker_host)) {
    return usage("--broker-host takes an IP of this machine, not " + for_terminal(options.broker_host));
  }
  if (options.broker_host == "0.0.0.0" && options.advertise.empty()) {
    return usage("--broker-host 0.0.0.0 is no address that clients could be told; say theirs with --advertise HOST");
  }
  if (options.advertise.find_first_of(" :/\t") != std::string::npos || options.advertise == "0.0.0.0") {
    return usage("--advertise takes an IP or a name, not " + for_terminal(options.advertise));
  }
  options.profile = find_server_profile(a.emulate);
  if (!parse_ports(a.ports, options)) return usage("--ports takes FIRST-LAST, not " + for_terminal(a.ports));
  if (service.content && service.record.empty()) return usage("--record-content says what --record writes");
  if (!service.trust.empty() && !service.upstream_tls) return usage("--trust-cert is for --upstream-tls");
  if (!proxy_control_address(service.control)) {
    return usage("--control " + for_terminal(service.control) +
                 ": it has no authentication, so a proxy serves it on loopback only");
  }
  if (const std::string lost = would_overwrite({{"--pcap", service.pcap}}, {a.scenario, a.faults}); !lost.empty()) {
    return usage(lost);
  }
  std::vector<FaultRule> faults;
  FaultPlanOptions plan_options{service.seed};
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
  more_files();
  stop_signals::listen();
  ProxyService proxy(std::move(service), plan, rules.scenario ? &*rules.scenario : nullptr);
  if (const int status = proxy.start(); status != kProxyEnded) return status;
  stop_signals::wait(-1);
  return proxy.stop();
}

}  // namespace
}  // namespace proxy_command

Subcommand add_proxy_command(CLI::App& app) {
  using namespace proxy_command;
  const auto a = std::make_shared<Arguments>();
  a->service.version = RMQSIM_VERSION;
  const std::vector<std::string_view> names = server_profile_names();
  const std::vector<std::string> emulated(names.begin(), names.end());
  CLI::App* proxy = app.add_subcommand("proxy", "Stand between clients and a cluster, show what passes, and break it");
  proxy->add_option("--namesrv", a->service.cluster, "Nameservers of the cluster, HOST:PORT;HOST:PORT")->required();
  proxy->add_option("--listen", a->service.proxy.listen,
                    "Where clients find the first nameserver, ip:port; port 0 takes a free one")
      ->capture_default_str();
  proxy->add_option("--broker-host", a->service.proxy.broker_host,
                    "IP of this machine on which brokers are reached through the proxy")
      ->capture_default_str();
  proxy->add_option("--advertise", a->service.proxy.advertise,
                    "Host, IP or name, under which clients reach brokers through the proxy, where that is not "
                    "--broker-host: containers");
  proxy->add_option("--ports", a->ports, "Ports for brokers, FIRST-LAST; default any free ones");
  proxy->add_flag("--vip", a->service.proxy.vip,
                  "Brokers are reached two ports below as well, where clients up to 4.4 send; what comes there goes to "
                  "the cluster's brokers two ports below theirs");
  auto* scenario = proxy->add_option("--scenario", a->scenario,
                                     "Scenario file whose faults apply, by broker name; times count from the start");
  scenario->transform(in_scenario_library)->check(CLI::ExistingFile);
  proxy->add_option("--faults", a->faults, "Rules as in a scenario's \"faults\": a file, or JSON on the command line")
      ->excludes(scenario);
  proxy->add_option("--record", a->service.record,
                    "Folder for a scenario file of what passed; made if need be. What passes is kept at once, also "
                    "when the proxy is killed")
      ->check(place_to_write);
  proxy->add_flag("--record-content", a->service.content,
                  "Record bodies, tags, keys and properties too, of messages whose body is text of at most 4096 bytes");
  proxy->add_option("--tls", a->service.tls,
                    "Take TLS from clients: permissive (and plain text) or enforcing; the certificate is self-made")
      ->expected(0, 1)->default_str("permissive")->check(CLI::IsMember({"permissive", "enforcing"}));
  proxy->add_flag("--upstream-tls", a->service.upstream_tls, "Speak TLS to the cluster");
  proxy->add_option("--trust-cert", a->service.trust,
                    "PEM file of those who may have signed the cluster's certificates; default: any certificate "
                    "will do")
      ->check(CLI::ExistingFile);
  proxy->add_option("--late-ms", a->late_ms, "What `late` adds; default: the longest timeout of the scenario's "
                                             "producers and 2 s, which is 5 s without any");
  proxy->add_option("--emulate", a->emulate, "Release in whose words rules answer, " + server_profile_choice())
      ->capture_default_str()->check(CLI::IsMember(emulated));
  proxy->add_option("--seed", a->service.seed, "For bytes of `garbage`")->capture_default_str()->check(whole_number);
  proxy->add_option("--control", a->service.control,
                    "[IP:]PORT of the control interface and its page, on loopback; 0 takes a free port")
      ->type_name("[IP:]PORT")->capture_default_str();
  proxy->add_option("--pcap", a->service.pcap,
                    "Write what passes as a capture file that Wireshark opens (pcapng), at the end; the first 256 MiB")
      ->check(place_to_write);
  proxy->add_flag("-q,--quiet", a->service.quiet, "Do not list requests");
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
