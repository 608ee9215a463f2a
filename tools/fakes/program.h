// What the programs fake_broker and fake_namesrv have around their servers: exit statuses, waiting for SIGTERM or
// SIGINT, the control channel, the HTTP interface, a log of requests on stderr. program_main.h puts it together.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_broker/rules/fault_plan.h"
#include "fake_broker/shell/report_channel.h"
#include "fake_broker/shell/server_core.h"
#include "producer/remoting/codec/text.h"
#include "producer/transport/address.h"
#include "producer/transport/function.h"
#include "producer/transport/runtime.h"
#include "producer/transport/tcp/http_server.h"
#include "producer/transport/tcp/tls_transport.h"
#include "producer/transport/transport.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/text/whole_number.h"
#include "scenarios/harness/http_control/control.h"

namespace rmqsim::program {

inline constexpr int kOk = 0;
inline constexpr int kPortInUse = 1;
inline constexpr int kUsage = 64;
inline constexpr int kInternal = 70;

inline int usage(const char* program, const std::string& message) {
  std::fprintf(stderr, "%s: %s\n", program, message.c_str());
  return kUsage;
}

/// As many connections as the machine allows a process, instead of the 1024 descriptors that are usual.
inline void allow_many_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Blocks the ending signals in this thread and in all that it will start; to be called before a Runtime is made.
inline sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

/// What `--tls` says. A server that enforces TLS also uses it towards nameservers.
inline TlsOptions tls_options(std::string_view mode) {
  TlsOptions options;
  options.connects_with_tls = mode == "enforcing";
  options.accept = mode == "enforcing" ? TlsOptions::Accept::enforcing : TlsOptions::Accept::permissive;
  return options;
}

/// Sleeps until one of them comes; its name.
inline std::string_view wait_for_signal(const sigset_t& set) {
  int signal = 0;
  sigwait(&set, &signal);
  return signal == SIGINT ? "SIGINT" : "SIGTERM";
}

/// Writes all of it to a socket; false when nobody reads any more.
inline bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// As wait_for_signal(), and until then answers every line that comes over the control channel with what `perform`
/// says. It is asked and the answer written under the monitor, so an answer comes after the notices of all that it
/// covers. The end of the channel is an end like a signal's: whoever started the program is gone.
template <class Perform>
std::string_view serve_control(const sigset_t& set, int control, Runtime& runtime, const Perform& perform) {
  const int signals = ::signalfd(-1, &set, SFD_CLOEXEC);
  std::string pending;
  for (;;) {
    pollfd ready[] = {{signals, POLLIN, 0}, {control, POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0 && errno == EINTR) continue;
    if (ready[0].revents != 0) return wait_for_signal(set);
    char buffer[4096];
    const ssize_t n = ::read(control, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return "the end of its control channel";
    pending.append(buffer, static_cast<std::size_t>(n));
    for (std::size_t end; (end = pending.find('\n')) != std::string::npos; pending.erase(0, end + 1)) {
      const auto command = parse_control_command(std::string_view(pending).substr(0, end));
      bool written = false;
      runtime.run([&] {
        ServerReport report;
        if (command) {
          report = perform(*command);
        } else {
          report.error = "not a command: " + pending.substr(0, end);
        }
        written = write_all(control, to_line(report) + "\n");
      });
      if (!written) return "the end of its control channel";
    }
  }
}

/// Gives what was written last, an unregistration say, time to be read.
inline void linger(Runtime& runtime) {
  Latch done;
  const auto timer = runtime.make_timer();
  runtime.run([&] { timer->expires_after(millis(100), [&done] { done.release(); }); });
  runtime.run_until(done);
}

/// Says why a server cannot listen; the exit status.
inline int report_listen_error(std::string_view program, std::string_view address,
                               const boost::system::system_error& error) {
  const std::string text(address);
  if (error.code() == TransportError::address_in_use) {
    std::fprintf(stderr, "%.*s: %s is in use by another process; choose another port, or 0 for a free one\n",
                 static_cast<int>(program.size()), program.data(), text.c_str());
    return kPortInUse;
  }
  std::fprintf(stderr, "%.*s: cannot listen on %s: %s\n", static_cast<int>(program.size()), program.data(),
               text.c_str(), error.code().message().c_str());
  return error.code() == TransportError::bad_address ? kUsage : kInternal;
}

/// "PORT" or "IP:PORT" as an address to listen on; loopback unless an IP is given.
inline std::string control_listen(const std::string& text) {
  return text.find(':') == std::string::npos ? "127.0.0.1:" + text : text;
}

/// What is wrong with "ip:port;ip:port"; nothing when that is what it is.
inline std::optional<std::string> bad_nameservers(const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    if (!parse_address(address) || address.find_first_of(" \t") != std::string::npos) {
      return "--namesrv takes ip:port;ip:port, without blanks, not \"" + address + "\"";
    }
  }
  return std::nullopt;
}

/// Whether a parent process left a descriptor open for this one.
inline bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

/// The HTTP interface of a program with one server, from its start to its end.
class ControlServer {
 public:
  /// `next` sees all that the journal sees.
  ControlServer(Runtime& runtime, FaultPlan& plan, const Scenario* scenario, ServerObserver* next)
      : runtime_(runtime), journal_(next), control_(runtime, plan, journal_, {RMQSIM_VERSION, scenario}) {
    control_.on_shutdown([] { ::kill(::getpid(), SIGTERM); });
  }
  ServerObserver* observer() { return &journal_; }
  /// Under the monitor. The server exists, and its faults begin now.
  template <class Server>
  void add(Server& server) {
    control_.add(server);
    journal_.begin(runtime_.now());
  }
  /// Throws as HttpServer does. Not under the monitor, as is stop().
  void listen(const std::string& address) {
    http_.emplace(address, [this](const HttpRequest& request, Duration waited) {
      std::optional<HttpResponse> response;
      runtime_.run([&] { response = control_.handle(request, waited); });
      return response;
    });
  }
  void stop() { http_.reset(); }
  std::string url() const { return "http://" + http_->address(); }

 private:
  Runtime& runtime_;
  RequestJournal journal_;
  Control control_;
  std::optional<HttpServer> http_;
};

inline void print_ready(std::string_view program, std::string_view name, std::string_view address) {
  std::printf("%.*s %.*s ready on %.*s\n", static_cast<int>(program.size()), program.data(),
              static_cast<int>(name.size()), name.data(), static_cast<int>(address.size()), address.data());
  std::fflush(stdout);
}

/// The line after the ready line.
inline void print_control(std::string_view program, std::string_view name, const std::string& url) {
  std::printf("%.*s %.*s control on %s\n", static_cast<int>(program.size()), program.data(),
              static_cast<int>(name.size()), name.data(), url.c_str());
  std::fflush(stdout);
}

/// "r", "w", "rw" or a number from 0 to 15.
inline std::optional<std::int32_t> parse_perm(std::string_view text) {
  if (text == "r") return 4;
  if (text == "w") return 2;
  if (text == "rw") return 6;
  const auto number = text::parse_int32(text);
  return number && *number >= 0 && *number <= 15 ? number : std::nullopt;
}

inline std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = text.find(separator);
    if (end != 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

/// Counts what a server sees, for its reports, and passes it on.
class RequestCounts final : public ServerObserver {
 public:
  explicit RequestCounts(ServerObserver* next) : next_(next) {}

  void on_request(std::string_view server, const RequestSeen& r) override {
    ++requests_[{r.code, std::string(r.topic)}];
    if (next_ != nullptr) next_->on_request(server, r);
  }
  void on_answer(std::string_view server, const AnswerSeen& a) override {
    if (next_ != nullptr) next_->on_answer(server, a);
  }
  void on_stored(std::string_view, StoredRange stored, TimePoint) override {
    if (stored_) stored_(stored);
  }
  void on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) override {
    if (next_ != nullptr) next_->on_connection(server, peer, opened, at);
  }
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
  RequestLog() : log_(spdlog::stderr_color_mt("rmqsim")) { log_->set_pattern("%H:%M:%S.%e %v"); }

  void on_request(std::string_view server, const RequestSeen& r) override {
    log_->info("{} #{} {} from {}{}{}{}{}{}", server, r.number, request_code_name(r.code), r.peer,
               r.oneway ? " one-way" : "", r.topic.empty() ? "" : " topic ", r.topic,
               r.queue_id ? " queue " + std::to_string(*r.queue_id) : std::string(),
               r.rule.empty() ? std::string() : " rule " + std::string(r.rule));
  }
  void on_answer(std::string_view server, const AnswerSeen& a) override {
    log_->info("{} #{} {}{}", server, a.number, a.outcome, a.stored != 0 ? " stored " + std::to_string(a.stored) : "");
  }
  void on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint) override {
    log_->info("{} connection {} {}", server, opened ? "from" : "ended with", peer);
  }
  void note(const std::string& text) { log_->info("{}", text); }

 private:
  std::shared_ptr<spdlog::logger> log_;
};

}  // namespace rmqsim::program
