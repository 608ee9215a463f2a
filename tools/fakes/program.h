// What the programs fake_broker and fake_namesrv have around their servers: exit statuses, common options, waiting for
// SIGTERM or SIGINT, the control channel, the HTTP interface, a log of requests on stderr. program_main.h puts it
// together.
#pragma once

#include <boost/system/system_error.hpp>
#include <csignal>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_broker/rules/fault_plan.h"
#include "fake_broker/shell/report_channel.h"
#include "fake_broker/shell/server_core.h"
#include "producer/transport/function.h"
#include "producer/transport/runtime.h"
#include "producer/transport/http/http_server.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tls_transport.h"
#include "producer/transport/transport.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/http_control/control.h"
#include "tools/fakes/control_channel.h"

namespace CLI {
class App;
}
namespace spdlog {
class logger;
}

namespace rmqsim::program {

inline constexpr int kOk = 0;
inline constexpr int kPortInUse = 1;
inline constexpr int kUsage = 64;
inline constexpr int kInternal = 70;

int usage(const char* program, const std::string& message);

/// What both take.
struct Arguments {
  std::string listen;
  std::string name;
  std::string emulate{default_server_profile().name};
  std::string scenario;
  std::string tls;
  std::uint64_t seed = 1;
  std::string control;
  int control_fd = -1;
  std::int64_t steady_zero = 0;  ///< ns, of a parent's clock; 0: not given
  bool events = false;
  bool packets = false;
  bool verbose = false;

  /// A parent process asks for reports.
  bool controlled() const { return control_fd >= 0; }
};

/// --listen, --name and --scenario are left to the program, which has its own words for them.
void declare(CLI::App& app, Arguments& a);

/// "r", "w", "rw" or a number from 0 to 15.
std::optional<std::int32_t> parse_perm(std::string_view text);
/// The parts that are not empty.
std::vector<std::string> split(std::string_view text, char separator);
/// What is wrong with "ip:port;ip:port"; nothing when that is what it is.
std::optional<std::string> bad_nameservers(const std::vector<std::string>& addresses);
/// "PORT" or "IP:PORT" as an address to listen on; loopback unless an IP is given.
std::string control_listen(const std::string& text);
/// What `--tls` says. A server that enforces TLS also uses it towards nameservers.
TlsOptions tls_options(std::string_view mode);
/// Whether a parent process left a descriptor open for this one.
bool is_open(int fd);

/// The rules that a server follows, and the scenario that they stand in.
struct Rules {
  std::optional<FaultPlan> plan;  ///< nothing: neither a scenario nor an HTTP interface to add rules over
  ParseResult parsed;

  const Scenario* scenario() const { return parsed.ok() ? &*parsed.scenario : nullptr; }
};
/// What is wrong with the scenario; nothing when `rules` are ready.
std::optional<std::string> load_rules(const Arguments& a, Rules& rules);

/// The clock of a parent, where it gives one.
TcpOptions world_of(const Arguments& a);
/// Of all rules, in their order.
std::vector<RuleReport> rule_reports(const FaultPlan& plan);

/// As many connections as the machine allows a process, instead of the 1024 descriptors that are usual.
void allow_many_connections();

/// Blocks the ending signals in this thread and in all that it will start; to be called before a Runtime is made.
sigset_t block_signals();

/// Sleeps until one of them comes; its name.
std::string_view wait_for_signal(const sigset_t& set);

/// As wait_for_signal(), and until then answers every line that comes over the control channel with what `perform`
/// says. It is asked and the answer written under the monitor, so an answer comes after the notices of all that it
/// covers. The end of the channel is an end like a signal's: whoever started the program is gone.
std::string_view serve_control(const sigset_t& set, ControlChannel& control, Runtime& runtime,
                               Function<ServerReport(const ControlCommand&)> perform);

/// Gives what was written last, an unregistration say, time to be read.
void linger(Runtime& runtime);

/// Says why a server cannot listen; the exit status.
int report_listen_error(std::string_view program, std::string_view address, const boost::system::system_error& error);

void print_ready(std::string_view program, std::string_view name, std::string_view address);
/// The line after the ready line.
void print_control(std::string_view program, std::string_view name, const std::string& url);

/// The HTTP interface of a program with one server, from its start to its end.
class ControlServer {
 public:
  /// `next` sees all that the journal sees.
  ControlServer(Runtime& runtime, FaultPlan& plan, const Scenario* scenario, ServerObserver* next);
  ServerObserver* observer() { return &journal_; }
  /// Under the monitor. The server exists, and its faults begin now.
  template <class Server>
  void add(Server& server) {
    control_.add(server);
    journal_.begin(runtime_.now());
  }
  /// Throws as HttpServer does. Not under the monitor, as is stop().
  void listen(const std::string& address);
  void stop() { http_.reset(); }
  std::string url() const { return "http://" + http_->address(); }

 private:
  Runtime& runtime_;
  RequestJournal journal_;
  Control control_;
  std::optional<HttpServer> http_;
};

/// Counts what a server sees, for its reports, and passes it on.
class RequestCounts final : public ServerObserver {
 public:
  explicit RequestCounts(ServerObserver* next) : next_(next) {}

  void on_request(std::string_view server, const RequestSeen& r) override;
  void on_answer(std::string_view server, const AnswerSeen& a) override;
  void on_stored(std::string_view server, StoredRange stored, TimePoint at) override;
  void on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) override;
  /// Called after every request that stored something.
  void on_stored(Function<void(StoredRange)> handler) { stored_ = std::move(handler); }
  const std::map<std::pair<std::int32_t, std::string>, std::uint64_t>& requests() const { return requests_; }

 private:
  ServerObserver* next_;
  Function<void(StoredRange)> stored_;
  std::map<std::pair<std::int32_t, std::string>, std::uint64_t> requests_;
};

/// Logs what a server sees and answers.
class RequestLog final : public ServerObserver {
 public:
  RequestLog();

  void on_request(std::string_view server, const RequestSeen& r) override;
  void on_answer(std::string_view server, const AnswerSeen& a) override;
  void on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) override;
  void note(const std::string& text);

 private:
  std::shared_ptr<spdlog::logger> log_;
};

}  // namespace rmqsim::program
