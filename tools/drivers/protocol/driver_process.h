// A driver as a child process: lines go to its standard input, whole lines come from its standard output, and the end
// of what it wrote to standard error is kept for messages. Whatever it does, it and its process group are gone when
// this is.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace rmqsim {

class DriverProcess {
 public:
  /// Longer lines are no answers.
  static constexpr std::size_t kMaxLine = 32u << 20;
  using TakeLine = std::function<void(std::string_view line)>;

  /// `command` is given to a shell. Throws std::runtime_error when there is none to give it to.
  DriverProcess(const std::string& command, TakeLine take_line);
  ~DriverProcess();
  DriverProcess(const DriverProcess&) = delete;
  DriverProcess& operator=(const DriverProcess&) = delete;

  /// From any thread: writes what the pipe takes at once, and the rest from wait().
  void say(std::string_view line);
  /// No more lines will come.
  void end_input();
  /// Takes lines for at most so long, returning early when some came; true once it has ended.
  bool wait(int milliseconds);
  pid_t pid() const;
  /// Exit status, or 128 + signal; -1 while it runs.
  int status() const;
  /// What it wrote to standard error last, in one line; empty when it wrote nothing.
  std::string last_words() const;
  /// "standard output", or "standard input" when it was to be told more: it closed that. Null: neither.
  const char* closed() const;
  /// A line became too long; there will be no more.
  bool flooded() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rmqsim
