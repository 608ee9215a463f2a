// fork and exec with what the kernel offers against orphans; everything between the two is async-signal-safe.
#include "scenarios/harness/cluster/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scenarios/harness/cluster/descriptors.h"

namespace rmqsim {
namespace {

constexpr int kControlFd = 3;
/// How often somebody who waits looks up.
constexpr Duration kLook = millis(1);
/// What a stopped process does nothing for, however fast the machine is. Whoever stops one to see what happens lets it
/// go on sooner, or not at all.
constexpr Duration kStoppedPatience = std::chrono::seconds(5);
/// Whom SIGSTOP has not stopped by then somebody else let go on.
constexpr Duration kStopsWithin = std::chrono::seconds(2);
/// Of its standard error, the end.
constexpr std::size_t kMaxSaid = 2000;

int to_poll_millis(Duration d) {
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(d).count());
}

/// In the child, which has this process's memory but only one thread: descriptors, signals, then the program.
[[noreturn]] void become(const char* program, char* const* argv, pid_t parent, int control, int output, int errors) {
  // The kernel kills the child when the thread that made it dies, even if it is stopped.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  // A Ctrl-C is for the runner, which ends its children in order.
  ::setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // Above the numbers that they are moved to, so that no move overwrites another one's source.
  const int from[] = {::open("/dev/null", O_RDONLY), ::fcntl(output, F_DUPFD, 10), ::fcntl(errors, F_DUPFD, 10),
                      ::fcntl(control, F_DUPFD, 10)};
  for (int to = 0; to <= kControlFd; ++to) {
    if (from[to] < 0 || (from[to] != to && ::dup2(from[to], to) < 0)) ::_exit(127);
  }
  close_descriptors(kControlFd + 1);
  ::execv(program, argv);
  ::_exit(127);
}

/// What a process that should have ended is at: of each thread its state and where in the kernel it waits, as proc(5)
/// has them.
std::string threads_of(pid_t pid) {
  namespace fs = std::filesystem;
  std::string text;
  std::error_code error;
  for (fs::directory_iterator it("/proc/" + std::to_string(pid) + "/task", error), end; !error && it != end;
       it.increment(error)) {
    const fs::directory_entry& task = *it;
    const auto first_line = [&](const char* file) {
      std::string line;
      std::ifstream in(task.path() / file);
      std::getline(in, line);
      return line;
    };
    const std::string stat = first_line("stat");
    const std::size_t state = stat.rfind(") ");
    text += (text.empty() ? "threads: " : ", ") + first_line("comm") + " " +
            (state == stat.npos ? "?" : stat.substr(state + 2, 1)) + " in " + first_line("wchan") + " call " +
            first_line("syscall");
  }
  return text.empty() ? "no thread is left" : text;
}

/// Of stat in proc(5) the third field and those behind it; empty when there is no such process.
std::string state_of(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(in, text);
  const std::size_t name_end = text.rfind(") ");
  return name_end == text.npos ? "" : text.substr(name_end + 2);
}

/// Whether it has done all that it had to do, and its end is the kernel's business, which may take a minute when
/// hundreds of processes that share libraries end on a machine that is busy. A signal changes its status no more.
bool is_exiting(pid_t pid) {
  constexpr unsigned long kExiting = 0x4;  // PF_EXITING, of the ninth field
  std::istringstream fields(state_of(pid));
  std::string skipped;
  for (int i = 3; i < 9; ++i) fields >> skipped;
  unsigned long flags = 0;
  return fields >> flags && (flags & kExiting) != 0;
}

/// Somebody who waits for a child, and what he has seen of it since its last sign.
class Watch {
 public:
  Watch(pid_t pid, const Patience& patience) : pid_(pid), patience_(patience) {}

  void sign() { silence_ = stopped_ = Duration::zero(); }
  /// Nothing came for kLook. Why he waits no longer; nullptr: he does.
  const char* nothing() {
    silence_ += kLook;
    if (silence_ % kLookAtState == Duration::zero()) {
      stopped_ = state_of(pid_).starts_with('T') ? stopped_ + kLookAtState : Duration::zero();
      if (patience_.over && patience_.over()) return "before the run was given up";
    }
    if (stopped_ >= kStoppedPatience) return "as it is stopped (SIGSTOP)";
    return silence_ >= patience_.silence ? "in time" : nullptr;
  }

 private:
  static constexpr Duration kLookAtState = 10 * kLook;
  const pid_t pid_;
  const Patience& patience_;
  Duration silence_{0}, stopped_{0};
};

}  // namespace

ChildProcess::ChildProcess(std::string name, const std::string& program, std::vector<std::string> arguments)
    : name_(std::move(name)) {
  arguments.insert(arguments.begin(), program);
  arguments.insert(arguments.end(), {"--control-fd", std::to_string(kControlFd)});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  int control[2] = {-1, -1};
  int output[2] = {-1, -1};
  errors_ = ::memfd_create("errors", MFD_CLOEXEC);
  const bool made = errors_ >= 0 && ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) == 0 &&
                    ::pipe2(output, O_CLOEXEC) == 0;
  const pid_t parent = ::getpid();
  if (made) pid_ = ::fork();
  if (pid_ == 0) become(program.c_str(), argv.data(), parent, control[1], output[1], errors_);
  const int error = errno;
  control_ = control[0];
  output_ = output[0];
  for (const int fd : {control[1], output[1]}) {
    if (fd >= 0) ::close(fd);
  }
  if (pid_ < 0) {
    for (const int fd : {control_, output_, errors_}) {
      if (fd >= 0) ::close(fd);
    }
    throw ProcessError(name_ + ": cannot start " + program + ": " + std::strerror(error));
  }
}

ChildProcess::~ChildProcess() {
  kill_and_wait();
  for (const int fd : {control_, output_, errors_}) ::close(fd);
}

void ChildProcess::kill_and_wait() {
  if (ended_) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
  ended_ = true;
}

bool ChildProcess::running() {
  if (!ended_ && ::waitpid(pid_, &status_, WNOHANG) != 0) ended_ = true;
  return !ended_;
}

void ChildProcess::signal(int number) {
  if (running()) ::kill(pid_, number);
}

void ChildProcess::stop() {
  signal(SIGSTOP);
  // Only looks: how it ended, if it did, is finish()'s to take. Whom somebody else lets go on at once is never seen to
  // stand still.
  for (Duration looked{0}; looked < kStopsWithin; looked += kLook) {
    siginfo_t info{};
    const int found = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WEXITED | WNOWAIT | WNOHANG);
    if ((found == 0 && info.si_pid != 0) || (found < 0 && errno != EINTR)) return;
    ::poll(nullptr, 0, to_poll_millis(kLook));
  }
}

std::optional<std::string> ChildProcess::finish(const Patience& patience, const std::function<void()>& meanwhile) {
  const char* why = nullptr;
  for (Watch watch(pid_, patience); running() && why == nullptr; why = watch.nothing()) {
    if (meanwhile) meanwhile();
    ::poll(nullptr, 0, to_poll_millis(kLook));
  }
  const std::string threads = ended_ ? "" : threads_of(pid_);
  const bool in_time = ended_ || is_exiting(pid_);
  kill_and_wait();
  if (!in_time) return name_ + ": it did not end " + why + " and was killed (" + threads + ")" + said();
  if (WIFEXITED(status_) && WEXITSTATUS(status_) == 0) return std::nullopt;
  return name_ + ": " + end_text() + said();
}

std::string ChildProcess::end_text() const {
  if (WIFSIGNALED(status_)) return "it was ended by signal " + std::to_string(WTERMSIG(status_));
  if (WEXITSTATUS(status_) == 127) return "it could not be executed";
  return "it ended with status " + std::to_string(WEXITSTATUS(status_));
}

std::string ChildProcess::said() const {
  const off_t size = ::lseek(errors_, 0, SEEK_END);
  if (size <= 0) return ", without a word on its standard error";
  std::string text(std::min<std::size_t>(static_cast<std::size_t>(size), kMaxSaid), '\0');
  const ssize_t n = ::pread(errors_, text.data(), text.size(), size - static_cast<off_t>(text.size()));
  text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return "; its standard error:\n" + text;
}

ProcessError ChildProcess::failure(const std::string& what) {
  // It may be on its way out, with its last words not yet written.
  for (int left = 100; running() && left > 0; --left) ::poll(nullptr, 0, 1);
  return ProcessError(name_ + ": " + what + (ended_ ? "; " + end_text() : std::string()) + said());
}

ProcessError ChildProcess::give_up(const std::string& what) {
  kill_and_wait();
  return ProcessError(name_ + ": " + what + ", and it was killed" + said());
}

std::optional<std::string> ChildProcess::take_line(std::string& pending, std::size_t searched) {
  const std::size_t end = pending.find('\n', searched);
  if (end == std::string::npos) return std::nullopt;
  std::string line = pending.substr(0, end);
  pending.erase(0, end + 1);
  return line;
}

std::string ChildProcess::read_line(int fd, std::string& pending, const Patience& patience, const char* what) {
  Watch watch(pid_, patience);
  for (std::size_t searched = 0;;) {
    if (auto line = take_line(pending, searched)) return *std::move(line);
    searched = pending.size();
    pollfd ready{fd, POLLIN, 0};
    const int found = ::poll(&ready, 1, to_poll_millis(kLook));
    if (found < 0 && errno == EINTR) continue;
    if (found < 0) throw failure(std::string("no ") + what);
    if (found == 0) {
      if (const char* const why = watch.nothing()) throw give_up(std::string("no ") + what + " " + why);
      continue;
    }
    watch.sign();
    char buffer[65536];
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw failure(std::string("no ") + what);
    pending.append(buffer, static_cast<std::size_t>(n));
  }
}

std::string ChildProcess::ready_line(const Patience& patience) {
  return read_line(output_, output_pending_, patience, "ready line");
}

void ChildProcess::tell(std::string_view line) {
  std::string text(line);
  text += '\n';
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t n = ::send(control_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw failure("it does not listen any more");
    sent += static_cast<std::size_t>(n);
  }
}

std::string ChildProcess::next_line(const Patience& patience) {
  return read_line(control_, control_pending_, patience, "answer");
}

std::optional<std::string> ChildProcess::try_line() {
  for (;;) {
    if (auto line = take_line(control_pending_)) return line;
    char buffer[65536];
    const ssize_t n = ::recv(control_, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::nullopt;
    if (n <= 0) throw failure("it has closed its control channel");
    control_pending_.append(buffer, static_cast<std::size_t>(n));
  }
}

std::string sibling_program(std::string_view name) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path program = self.parent_path() / name;
  if (!error && ::access(program.c_str(), X_OK) == 0) return program;
  throw ProcessError("the program " + std::string(name) + " is not beside " + self.string() +
                     "; build it, or run with --world tcp");
}

}  // namespace rmqsim
