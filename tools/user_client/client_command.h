// A command of the user's as a child: with an environment of its own, its output passed on and its end kept, and with
// nothing left of it when this process ends, however that happens. It is the leader of a process group; what it leaves
// running in that group is killed when it ends. A guardian, a second child that only waits, kills the group when this
// process disappears. (A command that makes a new session for a daemon escapes both.)
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rmqsim {

class ClientCommand {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;
  /// Called with pieces of its output as they come.
  using Output = std::function<void(std::string_view bytes, bool is_stderr)>;

  /// Starts it; `argv[0]` is looked for in PATH. Beside its standard streams it gets the descriptors `inherited`, which
  /// are in order, and `input`, when it is one, as its standard input instead of ours. Throws std::runtime_error when
  /// it cannot be executed.
  ClientCommand(const std::vector<std::string>& argv, const Environment& environment, const std::vector<int>& inherited,
                Output output, int input = -1);
  /// Kills the group.
  ~ClientCommand();
  ClientCommand(const ClientCommand&) = delete;
  ClientCommand& operator=(const ClientCommand&) = delete;

  /// Passes output on for at most so long; true once the command has ended and its output is read.
  bool wait(int milliseconds);
  /// To the whole group.
  void signal(int number);
  /// It closed its standard output, as whoever ends does.
  bool output_ended() const { return out_ < 0; }
  /// Exit status, or 128 + signal; -1 while it runs.
  int status() const { return status_; }
  pid_t pid() const { return pid_; }

 private:
  bool pump(int milliseconds);
  void end_group();

  Output output_;
  pid_t pid_ = -1;
  pid_t guardian_ = -1;
  int lifeline_ = -1;  ///< the guardian reads its other end
  int out_ = -1;
  int err_ = -1;
  int status_ = -1;
  bool terminal_ = false;  ///< it was given the terminal
  std::chrono::steady_clock::time_point ended_;
};

}  // namespace rmqsim
