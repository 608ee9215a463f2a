// One of the fakes' programs as a child of this process: its standard output up to the ready line, its standard error
// kept for messages, and a socket to ask it things. A child never outlives its parent: it is killed with the object, by
// the kernel when the thread that started it dies, and it ends by itself when the socket closes. No clocks: limits are
// on silence, how long nothing at all comes. A child that is waited for in vain is killed.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "producer/transport/time.h"

namespace rmqsim {

/// What went wrong with a child, with what it said itself.
class ProcessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How long somebody waits for a child. One that is stopped (SIGSTOP) and that nobody lets go on is given up sooner
/// than one that is only slow.
struct Patience {
  Patience(Duration most, std::function<bool()> is_over = {}) : silence(most), over(std::move(is_over)) {}

  Duration silence;
  std::function<bool()> over;  ///< whether nobody waits any more for other reasons; asked every few milliseconds
};

class ChildProcess {
 public:
  /// Starts `program` (a path) with the arguments and `--control-fd N`. Throws ProcessError when that is impossible.
  ChildProcess(std::string name, const std::string& program, std::vector<std::string> arguments);
  /// SIGKILL, if it still runs.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// The first line of its standard output. Throws ProcessError with its standard error when it ends, or is waited for
  /// in vain.
  std::string ready_line(const Patience& patience);
  /// Writes a line to its control channel. Throws ProcessError when it does not listen any more.
  void tell(std::string_view line);
  /// The next line that comes over the channel. Throws as ready_line() does.
  std::string next_line(const Patience& patience);
  /// The next one that is already there. Throws when the channel has ended.
  std::optional<std::string> try_line();
  /// Nothing when it has ended.
  void signal(int number);
  /// Stops it (SIGSTOP) and waits until it is stopped, or has ended: what is sent to it afterwards finds nobody. Waits
  /// for two seconds at most, as somebody else may let it go on.
  void stop();
  /// Waits for its end. Nothing, or how it ended when that was not with status 0.
  /// `meanwhile` is called every millisecond: who writes a lot on its way out has to be read.
  std::optional<std::string> finish(const Patience& patience, const std::function<void()>& meanwhile = {});
  bool running();
  pid_t pid() const { return pid_; }

 private:
  std::string read_line(int fd, std::string& pending, const Patience& patience, const char* what);
  static std::optional<std::string> take_line(std::string& pending, std::size_t searched = 0);
  /// "name: what; it ended with status 70; it said: ..."
  ProcessError failure(const std::string& what);
  /// The same of one that is waited for in vain.
  ProcessError give_up(const std::string& what);
  std::string end_text() const;
  std::string said() const;
  void kill_and_wait();

  std::string name_;
  pid_t pid_ = -1;
  int status_ = 0;    ///< of waitpid, once it has ended
  bool ended_ = false;
  int control_ = -1;
  int output_ = -1;
  int errors_ = -1;   ///< an unnamed file
  std::string control_pending_;
  std::string output_pending_;
};

/// The path of a program that lies beside the running executable. Throws ProcessError when it is not there.
std::string sibling_program(std::string_view name);

}  // namespace rmqsim
