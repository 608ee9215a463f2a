// A conversation with a driver: hello, then whatever is said and answered, then bye. What goes wrong in it is one
// sentence, and then nothing more is heard. Belongs to one thread, but for say().
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/harness/engine/run_stop.h"
#include "tools/drivers/protocol/driver_messages.h"
#include "tools/drivers/protocol/driver_process.h"

namespace rmqsim {

class DriverSession {
 public:
  /// Told of each answer but hello and bye; what it returns is what is wrong with it.
  using Heard = std::function<std::optional<std::string>(DriverAnswer answer)>;
  /// Asked all the time; true: there is nothing more to wait for.
  using Done = std::function<bool()>;

  DriverSession(const std::string& command, const RunStop* stop, std::chrono::steady_clock::time_point end);

  void on_answer(Heard heard) { heard_ = std::move(heard); }
  void say(std::string_view line) { process_.say(line); }
  pid_t pid() const { return process_.pid(); }
  /// False: see wrong() or stopped().
  bool greet();
  bool wait_until(const Done& done);
  /// Says bye and waits for the end.
  bool part();

  bool greeted() const { return hello_.has_value(); }
  /// Once greeted.
  const DriverHello& hello() const { return *hello_; }
  /// What it has been asked for outside of a run and has not done: "owes an answer to hello"; empty: nothing.
  std::string owes() const;
  /// Since when.
  std::chrono::steady_clock::duration owing() const;
  /// What is wrong with the driver; empty: nothing so far.
  const std::string& wrong() const { return wrong_; }
  void fail(std::string what);
  /// It says that it cannot do that.
  const std::string& unsupported() const { return unsupported_; }
  /// The limit of time or a signal ended it.
  bool stopped() const { return stopped_; }

 private:
  void take(std::string_view line);
  bool over() const;
  void look_for_closed_streams();
  std::string with_last_words(std::string text) const;

  const RunStop* const stop_;
  const std::chrono::steady_clock::time_point end_;
  std::chrono::steady_clock::time_point asked_;                  ///< for hello, or for bye
  std::optional<std::chrono::steady_clock::time_point> closed_;  ///< since when one of its streams is
  std::optional<DriverHello> hello_;
  bool parting_ = false, said_bye_ = false, stopped_ = false;
  std::string wrong_, unsupported_;
  Heard heard_;
  DriverProcess process_;
};

}  // namespace rmqsim
