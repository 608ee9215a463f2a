// Between fork and exec only what is async-signal-safe.
#include "tools/user_client/client_command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <stdexcept>

#include "scenarios/harness/cluster/descriptors.h"

extern char** environ;  // NOLINT: POSIX

namespace rmqsim {
namespace {

/// How long output is waited for after the command has ended, while something else in its group holds the pipes.
constexpr auto kReadsOn = std::chrono::milliseconds(300);

/// Waits until the other end of the lifeline closes: the runner is gone, or is done.
[[noreturn]] void guard(int lifeline, pid_t group) {
  ::setsid();  // a Ctrl-C is not for it
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::signal(number, SIG_IGN);
  char byte = 0;
  ssize_t n;
  do {
    n = ::read(lifeline, &byte, 1);
  } while (n < 0 && errno == EINTR);
  if (n <= 0) ::kill(-group, SIGKILL);  // a byte says that there is nothing to do
  ::_exit(0);
}

std::vector<std::string> merged_environment(const ClientCommand::Environment& more) {
  std::map<std::string, std::string> all;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string one = *at;
    const auto equals = one.find('=');
    if (equals != std::string::npos) all[one.substr(0, equals)] = one.substr(equals + 1);
  }
  for (const auto& [name, value] : more) all[name] = value;
  std::vector<std::string> lines;
  for (const auto& [name, value] : all) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& one : strings) out.push_back(one.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

ClientCommand::ClientCommand(const std::vector<std::string>& argv, const Environment& environment,
                             const std::vector<int>& inherited, Output output, int input)
    : output_(std::move(output)) {
  std::vector<std::string> arguments = argv;
  std::vector<std::string> variables = merged_environment(environment);
  const auto argument_list = pointers(arguments);
  const auto variable_list = pointers(variables);
  int out[2], err[2], failed[2], life[2];
  if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0 || ::pipe2(failed, O_CLOEXEC) != 0 ||
      ::pipe2(life, O_CLOEXEC) != 0) {
    throw std::runtime_error(std::string("cannot make a pipe: ") + std::strerror(errno));
  }
  const std::vector<int> guardians{life[0]};
  const pid_t self = ::getpid();
  // Who has the terminal keeps it through the command, which may want to ask its user something.
  terminal_ = input < 0 && ::isatty(STDIN_FILENO) != 0 && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != self) ::_exit(127);
    ::setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    if (terminal_) {
      ::signal(SIGTTOU, SIG_IGN);
      ::tcsetpgrp(STDIN_FILENO, ::getpid());
      ::signal(SIGTTOU, SIG_DFL);
    }
    ::signal(SIGPIPE, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (input >= 0) ::dup2(input, STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    close_descriptors_on_exec(STDERR_FILENO + 1, inherited);
    ::execvpe(argument_list[0], argument_list.data(), variable_list.data());
    const int error = errno;
    [[maybe_unused]] const auto told = ::write(failed[1], &error, sizeof error);
    ::_exit(127);
  }
  const int fork_error = errno;
  if (pid_ > 0) {
    ::setpgid(pid_, pid_);  // both sides, so that it is done before either goes on
    guardian_ = ::fork();
    if (guardian_ == 0) {
      close_descriptors(0, guardians);
      guard(life[0], pid_);
    }
  }
  for (const int fd : {out[1], err[1], failed[1], life[0]}) ::close(fd);
  out_ = out[0];
  err_ = err[0];
  lifeline_ = life[1];
  int error = 0;
  ssize_t n = 0;
  if (pid_ > 0) {
    do {
      n = ::read(failed[0], &error, sizeof error);
    } while (n < 0 && errno == EINTR);
  } else {
    error = fork_error;
    n = sizeof error;
  }
  ::close(failed[0]);
  if (n == static_cast<ssize_t>(sizeof error)) {
    end_group();
    for (int* fd : {&out_, &err_}) {
      if (*fd >= 0) ::close(*fd);
    }
    throw std::runtime_error("cannot execute " + argv[0] + ": " + std::strerror(error));
  }
  ::fcntl(out_, F_SETFL, O_NONBLOCK);
  ::fcntl(err_, F_SETFL, O_NONBLOCK);
}

ClientCommand::~ClientCommand() {
  end_group();
  for (const int fd : {out_, err_}) {
    if (fd >= 0) ::close(fd);
  }
}

void ClientCommand::end_group() {
  if (pid_ <= 0) return;
  if (status_ < 0) {
    ::kill(-pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  if (guardian_ > 0) {
    [[maybe_unused]] const auto told = ::write(lifeline_, "q", 1);
    while (::waitpid(guardian_, nullptr, 0) < 0 && errno == EINTR) {
    }
    guardian_ = -1;
  }
  if (lifeline_ >= 0) ::close(lifeline_);
  lifeline_ = -1;
  if (terminal_) {
    struct sigaction ignore {}, former {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGTTOU, &ignore, &former);
    ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
    ::sigaction(SIGTTOU, &former, nullptr);
  }
  pid_ = -1;
}

void ClientCommand::signal(int number) {
  if (pid_ <= 0) return;
  ::kill(-pid_, number);
  ::kill(-pid_, SIGCONT);  // who is stopped hears of it when it goes on
}

/// False when both pipes have ended.
bool ClientCommand::pump(int milliseconds) {
  pollfd ready[] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
  if (out_ < 0 && err_ < 0) {
    ::poll(nullptr, 0, milliseconds);
    return false;
  }
  if (::poll(ready, 2, milliseconds) <= 0) return true;
  char buffer[16384];
  for (int i = 0; i < 2; ++i) {
    int& fd = i == 0 ? out_ : err_;
    if (fd < 0 || ready[i].revents == 0) continue;
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n > 0) {
      output_({buffer, static_cast<std::size_t>(n)}, i == 1);
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
      ::close(fd);
      fd = -1;
    }
  }
  return out_ >= 0 || err_ >= 0;
}

bool ClientCommand::wait(int milliseconds) {
  const bool open = pump(status_ < 0 && out_ < 0 && err_ < 0 ? std::min(milliseconds, 10) : milliseconds);
  if (status_ < 0) {
    int status = 0;
    // Its number must stay taken until the group is killed, so it is looked at and not yet reaped.
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) {
      return false;
    }
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ended_ = std::chrono::steady_clock::now();
  }
  return !open || std::chrono::steady_clock::now() > ended_ + kReadsOn;
}

}  // namespace rmqsim
