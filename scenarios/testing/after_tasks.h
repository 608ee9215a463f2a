// Tasks that wait for their time (TestCluster::after), and what went wrong where no caller stands to hear of it.
// Internal to this room.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scenarios/harness/engine/run_scope.h"

namespace rmqsim::test {

/// In the code of a test.
struct Place {
  const char* file;
  int line;
};
/// Of what is called back, wherever that was set.
inline constexpr Place kNowhere{nullptr, -1};
/// "orders_test.cc:12"
std::string to_string(const Place& place);

/// Of milliseconds that a test names. Throws std::invalid_argument: negative, no number, more than a scenario may say.
Duration span_of(double ms);

class AfterTasks {
 public:
  explicit AfterTasks(Runtime& runtime);

  void add(Duration delay, Place place, std::function<void()> task);
  /// For the next caller.
  void failed(Place place, std::exception_ptr error);
  /// Throws the oldest exception that nobody has heard of.
  void rethrow();

  struct Waiting {
    Place place;
    TimePoint at;
  };
  struct Unheard {
    Place place;
    std::exception_ptr error;
  };
  struct Left {
    std::vector<Waiting> waiting;  ///< whose time never came
    std::vector<Unheard> unheard;
  };
  /// No task is called any more, and exceptions are told once.
  Left end();

 private:
  Runtime& runtime_;
  // Under the monitor.
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t next_ = 0;
  std::vector<Unheard> unheard_;
  RunScope scope_;
};

}  // namespace rmqsim::test
