// A proxy as a program has it, from its start to its end: the network that it stands in, its control interface, the
// list of what passes, a recording and a capture of it. Says on stdout where it is, and on stderr what is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "producer/transport/http/http_server.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"
#include "producer/transport/tcp/tls_transport.h"
#include "scenarios/harness/file/scenario.h"
#include "scenarios/harness/http_control/control.h"
#include "tools/proxy/proxy.h"
#include "tools/proxy/proxy_capture.h"
#include "tools/proxy/proxy_list.h"
#include "tools/proxy/recording.h"

namespace rmqsim {

/// The exit status of `rmqsim proxy`.
enum ProxyExit { kProxyEnded = 0, kProxyPortInUse = 1, kProxyUsage = 64, kProxyInternal = 70 };

struct ProxyServiceOptions {
  ProxyOptions proxy;         ///< `journal` and `on_front` are the service's own
  std::string cluster;        ///< its nameservers, as the user said them
  std::string control = "0";  ///< see proxy_control_address()
  std::string record;         ///< folder; empty: nothing is recorded
  bool content = false;       ///< recorded with bodies, tags and properties
  std::string pcap;           ///< file; empty: none
  std::string tls;            ///< of clients: permissive or enforcing; empty: none
  bool upstream_tls = false;
  std::string trust;  ///< PEM file, see TlsOptions
  bool quiet = false;
  std::uint64_t seed = 1;
  std::string version;  ///< of the program
};

/// [IP:]PORT of loopback; another one is no address: whoever asks can break what clients of a real cluster see, and
/// nobody is asked who he is.
std::optional<std::string> proxy_control_address(const std::string& text);

class ProxyService {
 public:
  /// `scenario`, whose rules `plan` has, may be null; both must outlive the service.
  ProxyService(ProxyServiceOptions options, FaultPlan& plan, const Scenario* scenario);

  /// kProxyEnded: it runs. Otherwise the exit status. To be called before there are threads (Recording::open).
  int start();
  /// Ends it and writes what was asked for; the exit status.
  int stop();

 private:
  /// Throws as TlsTransport does.
  void open_network();
  bool has_broker_host();
  int start_fronts();
  int start_control();
  bool write_capture();
  int end_recording();

  ProxyServiceOptions options_;
  FaultPlan& plan_;
  const Scenario* scenario_;
  Recording recording_;
  std::optional<TcpRuntime> world_;
  std::optional<TcpTransport> plain_;
  std::optional<TlsTransport> tls_;
  ProxyCapture capture_;
  std::optional<ProxyList> list_;
  RequestJournal journal_;
  std::optional<Control> control_;
  std::optional<Proxy> proxy_;
  std::optional<HttpServer> http_;
};

}  // namespace rmqsim
