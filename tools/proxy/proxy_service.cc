#include "tools/proxy/proxy_service.h"

#include <signal.h>
#include <unistd.h>

#include <boost/system/system_error.hpp>
#include <iostream>
#include <stdexcept>
#include <utility>

#include "producer/transport/http_origin.h"

namespace rmqsim {
namespace {

int refuse(ProxyExit status, const std::string& why) {
  std::cerr << "rmqsim proxy: " << why << "\n";
  return status;
}

/// Why a proxy cannot perform the rule; nothing: it can.
std::optional<std::string> refuse_rule(const FaultRule& rule) {
  const auto impossible = impossible_in_proxy({rule});
  if (!impossible) return std::nullopt;
  return "a proxy cannot perform this: " + impossible->why;
}

}  // namespace

std::optional<std::string> proxy_control_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return "127.0.0.1:" + text;
  std::string ip = text.substr(0, colon);
  if (ip.size() > 2 && ip.front() == '[' && ip.back() == ']') ip = ip.substr(1, ip.size() - 2);
  if (!is_loopback_ip(ip)) return std::nullopt;
  return text;
}

ProxyService::ProxyService(ProxyServiceOptions options, FaultPlan& plan, const Scenario* scenario)
    : options_(std::move(options)), plan_(plan), scenario_(scenario) {}

int ProxyService::start() {
  std::string problem;
  if (!options_.record.empty() && !recording_.open(options_.record, problem)) return refuse(kProxyUsage, problem);
  try {
    open_network();
  } catch (const std::runtime_error& error) {
    return refuse(kProxyUsage, error.what());
  }
  if (!options_.pcap.empty() && !capture_.open(options_.pcap)) {
    return refuse(kProxyUsage, capture_.problem());
  }
  if (!has_broker_host()) {
    return refuse(kProxyUsage, "--broker-host " + for_terminal(options_.proxy.broker_host) +
                                   " is no address of this machine: clients would be sent past the proxy");
  }
  if (const int status = start_fronts(); status != kProxyEnded) return status;
  return start_control();
}

void ProxyService::open_network() {
  world_.emplace(TcpOptions{options_.seed, 1});
  plain_.emplace(*world_);
  if (options_.tls.empty() && !options_.upstream_tls) return;
  TlsOptions with;
  with.connects_with_tls = options_.upstream_tls;
  with.accept = options_.tls == "enforcing" ? TlsOptions::Accept::enforcing : TlsOptions::Accept::permissive;
  with.trust_cert_path = options_.trust;
  tls_.emplace(world_->core(), *plain_, with);
}

bool ProxyService::has_broker_host() {
  bool own = false;
  Runtime& runtime = *world_;
  runtime.run([&] {
    try {
      plain_->listen(options_.proxy.broker_host + ":0", [](std::shared_ptr<Connection>) {});
      own = true;
    } catch (const boost::system::system_error&) {
    }
  });
  return own;
}

int ProxyService::start_fronts() {
  Runtime& runtime = *world_;
  Transport& transport = capture_.over(runtime, tls_ ? static_cast<Transport&>(*tls_) : *plain_);
  list_.emplace(options_.quiet, options_.content, options_.record.empty() ? nullptr : &recording_);
  control_.emplace(runtime, plan_, journal_, ControlOptions{options_.version, scenario_, true, refuse_rule});
  control_->on_shutdown([] { ::kill(::getpid(), SIGTERM); });
  ProxyOptions options = options_.proxy;
  options.journal = &journal_;
  options.on_front = [this](ControlledServer& front) { control_->add(front); };
  std::optional<boost::system::system_error> failure;
  runtime.run([&] {
    proxy_.emplace(runtime, transport, std::move(options), &plan_, *list_);
    try {
      proxy_->start();
      journal_.begin(runtime.now());
    } catch (const boost::system::system_error& error) {
      failure = error;
      proxy_.reset();
    }
  });
  if (!failure) return kProxyEnded;
  return refuse(failure->code() == TransportError::bad_address ? kProxyUsage : kProxyPortInUse, failure->what());
}

int ProxyService::start_control() {
  Runtime& runtime = *world_;
  std::string address;
  runtime.run([&] { address = proxy_->namesrv_addresses(); });
  try {
    http_.emplace(proxy_control_address(options_.control).value(), under_monitor(runtime, *control_));
  } catch (const boost::system::system_error& error) {
    runtime.run([&] { proxy_.reset(); });
    if (error.code() != TransportError::bad_address) return refuse(kProxyPortInUse, error.what());
    return refuse(kProxyUsage, "--control takes [IP:]PORT, not " + for_terminal(options_.control));
  }
  std::cout << "rmqsim proxy for " << options_.cluster << " ready on " << address << std::endl;
  std::cout << "control on http://" << http_->address() << std::endl;
  return kProxyEnded;
}

int ProxyService::stop() {
  Runtime& runtime = *world_;
  http_.reset();
  runtime.run([&] {
    proxy_->stop();
    proxy_.reset();
  });
  if (!write_capture()) return kProxyInternal;
  return list_->recorder() ? end_recording() : kProxyEnded;
}

bool ProxyService::write_capture() {
  bool written = false;
  Runtime& runtime = *world_;
  runtime.run([&] { written = capture_.write(); });
  if (!written) std::cerr << "rmqsim proxy: " << capture_.problem() << "\n";
  if (capture_.full()) {
    std::cerr << "rmqsim proxy: " << capture_.path() << " has the first " << (PacketLog::kUsualLimit >> 20)
              << " MiB of what passed\n";
  }
  return written;
}

int ProxyService::end_recording() {
  const ScenarioRecorder& recorder = *list_->recorder();
  if (recorder.empty()) {
    recording_.finish(recorder);
    std::cerr << "rmqsim proxy: no message passed, so nothing is recorded\n";
    return kProxyEnded;
  }
  if (const std::string problem = recording_.finish(recorder); !problem.empty()) return refuse(kProxyInternal, problem);
  std::cout << "recorded " << recording_.path() << std::endl;
  return kProxyEnded;
}

}  // namespace rmqsim
