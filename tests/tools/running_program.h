// One of the project's programs as a child process, for tests that meet it as a user does.
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "tests/tools/command.h"

namespace rmqsim {

/// A program under way, its standard output read until the ready line; killed at the end at the latest.
class Program {
 public:
  /// For a program that prints nothing when it is ready.
  struct AtOnce {};

  Program(const std::string& name, std::vector<std::string> arguments) : Program(name, std::move(arguments), AtOnce()) {
    char buffer[512];
    if (lines_ != nullptr && std::fgets(buffer, sizeof buffer, lines_) != nullptr) ready_ = buffer;
  }
  Program(const std::string& name, std::vector<std::string> arguments, AtOnce) {
    int out[2];
    if (::pipe(out) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      // A test that aborts says so at once, and not when a program that outlived it lets go of its output.
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(out[1], STDOUT_FILENO);
      ::close(out[0]);
      ::close(out[1]);
      const std::string path = program(name);
      std::vector<char*> argv{const_cast<char*>(path.c_str())};
      for (std::string& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      ::execv(path.c_str(), argv.data());
      ::_exit(127);
    }
    ::close(out[1]);
    lines_ = ::fdopen(out[0], "r");
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (pid_ > 0) stop(SIGKILL);
    if (lines_ != nullptr) std::fclose(lines_);
  }
  /// The exit status after `signal`; 128 + signal when that killed it.
  int stop(int signal) {
    ::kill(pid_, signal);
    return wait();
  }
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  /// The next line that contains `part`; empty at the end of its output.
  std::string line_with(const std::string& part) {
    char buffer[8192];
    while (std::fgets(buffer, sizeof buffer, lines_) != nullptr) {
      std::string line = buffer;
      if (line.find(part) != std::string::npos) return line.substr(0, line.find('\n'));
    }
    return {};
  }
  /// What it printed after the first line, to the end; for one that has ended.
  std::string rest() {
    std::string text;
    char buffer[4096];
    for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, lines_)) > 0;) text.append(buffer, n);
    return text;
  }
  pid_t pid() const { return pid_; }
  const std::string& ready() const { return ready_; }
  std::string address() const {
    const std::size_t on = ready_.rfind(" on ");
    return on == std::string::npos ? "" : ready_.substr(on + 4, ready_.find_first_of(" \n", on + 4) - on - 4);
  }

 private:
  pid_t pid_ = -1;
  FILE* lines_ = nullptr;
  std::string ready_;
};

}  // namespace rmqsim
