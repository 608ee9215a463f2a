#include "tools/fakes/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>

#include "producer/remoting/codec/text.h"
#include "producer/transport/address.h"
#include "scenarios/harness/file/late_by.h"
#include "scenarios/harness/file/text/whole_number.h"

namespace rmqsim::program {

int usage(const char* program, const std::string& message) {
  std::fprintf(stderr, "%s: %s\n", program, message.c_str());
  return kUsage;
}

void declare(CLI::App& app, Arguments& a) {
  app.add_option("--emulate", a.emulate, "release whose answers to give, " + server_profile_choice())
      ->capture_default_str();
  app.add_option("--tls", a.tls, "take TLS: permissive (and plain text) or enforcing; the certificate is self-made")
      ->expected(0, 1)
      ->default_str("permissive")
      ->check(CLI::IsMember({"permissive", "enforcing"}));
  app.add_option("--seed", a.seed, "for random choices; a scenario's own seed wins")
      ->capture_default_str()
      ->check(whole_number);
  app.add_option("--control", a.control,
                 "[IP:]PORT of an HTTP interface that injects faults and tells what happened "
                 "(scenarios/harness/http_control/README.md); port 0 takes a free one, and without IP it is 127.0.0.1. "
                 "There is no authentication")
      ->type_name("[IP:]PORT");
  app.add_option("--control-fd", a.control_fd,
                 "inherited socket over which a parent process asks for reports and breaks things (README.md); with "
                 "it --seed wins, and faults begin when told")
      ->check(CLI::Range(0, INT32_MAX));
  app.add_option("--steady-zero", a.steady_zero,
                 "Unix time, in ns, when the machine's steady clock was at zero, as the parent counts it: then both "
                 "have one clock")
      ->check(CLI::Range(std::int64_t{1}, INT64_MAX));
  app.add_flag("--events", a.events,
               "write what this server sees and does to the control socket, as lines of a trace (scenarios/trace.md)");
  app.add_flag("--packets", a.packets,
               "write what goes over connections that this server asks for to the control socket");
  app.add_flag("-v,--verbose", a.verbose, "log requests and answers to stderr");
}

std::optional<std::int32_t> parse_perm(std::string_view text) {
  if (text == "r") return 4;
  if (text == "w") return 2;
  if (text == "rw") return 6;
  const auto number = text::parse_int32(text);
  return number && *number >= 0 && *number <= 15 ? number : std::nullopt;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = text.find(separator);
    if (end != 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

std::optional<std::string> bad_nameservers(const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    if (!parse_address(address) || address.find_first_of(" \t") != std::string::npos) {
      return "--namesrv takes ip:port;ip:port, without blanks, not \"" + address + "\"";
    }
  }
  return std::nullopt;
}

std::string control_listen(const std::string& text) {
  return text.find(':') == std::string::npos ? "127.0.0.1:" + text : text;
}

TlsOptions tls_options(std::string_view mode) {
  TlsOptions options;
  options.connects_with_tls = mode == "enforcing";
  options.accept = mode == "enforcing" ? TlsOptions::Accept::enforcing : TlsOptions::Accept::permissive;
  return options;
}

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

std::optional<std::string> load_rules(const Arguments& a, Rules& rules) {
  if (a.scenario.empty()) {
    if (!a.control.empty()) rules.plan.emplace(std::vector<FaultRule>{}, FaultPlanOptions{a.seed});
    return std::nullopt;
  }
  // A parent has judged the whole file, and may run one that a recording has fixed.
  rules.parsed = load_scenario(a.scenario, {.judge_idle = !a.controlled()});
  if (!rules.parsed.ok()) return "invalid scenario\n" + rules.parsed.to_string();
  const Scenario& scenario = *rules.parsed.scenario;
  const std::uint64_t seed = a.controlled() ? a.seed : scenario.seed;
  rules.plan.emplace(scenario.faults, FaultPlanOptions{seed, late_by(scenario)});
  return std::nullopt;
}

TcpOptions world_of(const Arguments& a) {
  TcpOptions options{a.seed, 1};
  if (a.steady_zero != 0) options.steady_zero = TimePoint(Duration(a.steady_zero));
  return options;
}

std::vector<RuleReport> rule_reports(const FaultPlan& plan) {
  std::vector<RuleReport> reports;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const auto [first, last] = plan.acted_between(i);
    reports.push_back({plan.matched(i), plan.acted(i), first, last});
  }
  return reports;
}

void allow_many_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

std::string_view wait_for_signal(const sigset_t& set) {
  int signal = 0;
  sigwait(&set, &signal);
  return signal == SIGINT ? "SIGINT" : "SIGTERM";
}

std::string_view serve_control(const sigset_t& set, ControlChannel& control, Runtime& runtime,
                               Function<ServerReport(const ControlCommand&)> perform) {
  const int signals = ::signalfd(-1, &set, SFD_CLOEXEC);
  std::string pending;
  for (;;) {
    pollfd ready[] = {{signals, POLLIN, 0}, {control.fd(), POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0 && errno == EINTR) continue;
    if (ready[0].revents != 0) return wait_for_signal(set);
    char buffer[4096];
    const ssize_t n = ::read(control.fd(), buffer, sizeof buffer);
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
        written = control.write(to_line(report));
      });
      if (!written) return "the end of its control channel";
    }
  }
}

void linger(Runtime& runtime) {
  Latch done;
  const auto timer = runtime.make_timer();
  runtime.run([&] { timer->expires_after(millis(100), [&done] { done.release(); }); });
  runtime.run_until(done);
}

int report_listen_error(std::string_view program, std::string_view address, const boost::system::system_error& error) {
  const std::string text(address);
  if (error.code() == TransportError::address_in_use) {
    std::fprintf(stderr, "%.*s: %s is in use by another process; choose another port, or 0 for a free one\n",
                 static_cast<int>(program.size()), program.data(), text.c_str());
    return kPortInUse;
  }
  // Of an address that is not this machine's, or a port that is not for everybody, only the system knows why.
  const bool bad = error.code() == TransportError::bad_address;
  const std::string why = bad ? "cannot listen on " + text + ": " + error.code().message() : error.what();
  std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(program.size()), program.data(), why.c_str());
  return kUsage;
}

void print_ready(std::string_view program, std::string_view name, std::string_view address) {
  std::printf("%.*s %.*s ready on %.*s\n", static_cast<int>(program.size()), program.data(),
              static_cast<int>(name.size()), name.data(), static_cast<int>(address.size()), address.data());
  std::fflush(stdout);
}

void print_control(std::string_view program, std::string_view name, const std::string& url) {
  std::printf("%.*s %.*s control on %s\n", static_cast<int>(program.size()), program.data(),
              static_cast<int>(name.size()), name.data(), url.c_str());
  std::fflush(stdout);
}

ControlServer::ControlServer(Runtime& runtime, FaultPlan& plan, const Scenario* scenario, ServerObserver* next)
    : runtime_(runtime), journal_(next), control_(runtime, plan, journal_, {RMQSIM_VERSION, scenario}) {
  control_.on_shutdown([] { ::kill(::getpid(), SIGTERM); });
}

void ControlServer::listen(const std::string& address) {
  http_.emplace(address, under_monitor(runtime_, control_));
}

void RequestCounts::on_request(std::string_view server, const RequestSeen& r) {
  ++requests_[{r.code, std::string(r.topic)}];
  if (next_ != nullptr) next_->on_request(server, r);
}

void RequestCounts::on_answer(std::string_view server, const AnswerSeen& a) {
  if (next_ != nullptr) next_->on_answer(server, a);
}

void RequestCounts::on_stored(std::string_view, StoredRange stored, TimePoint) {
  if (stored_) stored_(stored);
}

void RequestCounts::on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) {
  if (next_ != nullptr) next_->on_connection(server, peer, opened, at);
}

RequestLog::RequestLog() : log_(spdlog::stderr_color_mt("rmqsim")) { log_->set_pattern("%H:%M:%S.%e %v"); }

void RequestLog::on_request(std::string_view server, const RequestSeen& r) {
  log_->info("{} #{} {} from {}{}{}{}{}{}", server, r.number, request_code_name(r.code), r.peer,
             r.oneway ? " one-way" : "", r.topic.empty() ? "" : " topic ", r.topic,
             r.queue_id ? " queue " + std::to_string(*r.queue_id) : std::string(),
             r.rule.empty() ? std::string() : " rule " + std::string(r.rule));
}

void RequestLog::on_answer(std::string_view server, const AnswerSeen& a) {
  log_->info("{} #{} {}{}", server, a.number, a.outcome, a.stored != 0 ? " stored " + std::to_string(a.stored) : "");
}

void RequestLog::on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint) {
  log_->info("{} connection {} {}", server, opened ? "from" : "ended with", peer);
}

void RequestLog::note(const std::string& text) { log_->info("{}", text); }

}  // namespace rmqsim::program
