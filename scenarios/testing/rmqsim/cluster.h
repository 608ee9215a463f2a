// A cluster of fakes in this process and producers in it: in virtual time, where waiting costs nothing and the same
// code takes the same course, or over TCP on loopback. Its producers are those of the public API; the cluster watches
// what they send and is broken by calls. All functions belong to the test's thread, in virtual time those of its
// producers as well; those that take a name throw std::invalid_argument, with the nearest one, when nobody has it, and
// what cannot be done now is a std::logic_error. Where a function takes `file` and `line`, they are where it is called,
// and begin such messages.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "producer/client/api/transaction_mq_producer.h"
#include "rmqsim/scenario.h"

namespace rmqsim::test {

enum class TestWorld : std::uint8_t { sim, tcp, process };

/// One nameserver, broker-a and broker-b, TopicTest with four queues on each, other topics when they are first used.
ScenarioBuilder default_cluster(const char* file = __builtin_FILE(), int line = __builtin_LINE());

class TestCluster {
 public:
  /// `setup` says who exists and what breaks: its steps would be another program's, so it has neither steps nor
  /// expectations. Throws InvalidScenario. TestWorld::process is for run() only.
  explicit TestCluster(TestWorld world = TestWorld::sim, const ScenarioBuilder& setup = default_cluster());
  /// Ends its tasks (end_tasks()), and its producers without telling anybody.
  ~TestCluster();
  TestCluster(const TestCluster&) = delete;
  TestCluster& operator=(const TestCluster&) = delete;

  /// Made and started when it is first asked for: as the setup says, or with that name as its group, which then is one
  /// that a scenario takes for a name. Without a name: the only one of the setup, or "p", which must be there if the
  /// setup has several.
  DefaultMQProducer& producer(std::string_view name = {}, const char* file = __builtin_FILE(),
                              int line = __builtin_LINE()) {
    return transaction_producer(name, file, line);
  }
  TransactionMQProducer& transaction_producer(std::string_view name = {}, const char* file = __builtin_FILE(),
                                              int line = __builtin_LINE());
  /// As above, and not started: for settings that are read once.
  TransactionMQProducer& unstarted_producer(std::string_view name = {}, const char* file = __builtin_FILE(),
                                            int line = __builtin_LINE());

  // ---- what breaks
  /// Adds a rule after the others; returns its id.
  std::string fault(const Fault& rule, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  void remove_fault(std::string_view id, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  void clear_faults();
  /// Holds the requests that match (a rule without an action) until they are released; returns its id.
  std::string hold(const Fault& gate, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  /// Lets the oldest so many go, 0: all; returns how many there were.
  std::size_t release(std::string_view id, std::size_t count = 0, const char* file = __builtin_FILE(),
                      int line = __builtin_LINE());
  void crash(std::string_view server, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  void restart(std::string_view server, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  void pause(std::string_view server, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  void resume(std::string_view server, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  /// Any event of the scenario format, at once or at its atMs, which must not be over: partition("broker-a").and_("p"),
  /// setRoute(…), setPerm(…). One that changes nothing is a std::logic_error unless it says mayBeIdle(); of a setConfig
  /// nobody knows.
  void perform(const EventStep& event, const char* file = __builtin_FILE(), int line = __builtin_LINE());

  // ---- clocks
  /// Since the cluster was made.
  double now_ms() const;
  // Times are 0 ms to 365 days, virtual ones since the cluster was made, else std::invalid_argument.
  /// Lets so much time pass; over TCP that takes as long.
  void advance(double ms, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  /// Calls `task` when so much time has passed, inside of whatever waits then: it may break the cluster and send
  /// asynchronously, and must not wait. An exception of it comes out of the next call of advance(), settle() or
  /// record(), or is a failure of the test when none comes. So does the std::logic_error of a callback or listener that
  /// is given to the cluster's producers: the producers take no more note of it than Java's, but it is the test's own
  /// mistake.
  void after(double ms, std::function<void()> task, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  /// Waits until every send has ended, asynchronous ones with their callbacks; throws std::runtime_error, with what is
  /// still under way, when that does not happen within so much time.
  void settle(double within_ms = 60'000, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  /// No task of after() begins any more, and no event of perform(): those whose time never came are named on standard
  /// output, and an exception that no call has thrown is a failure of the test. A fixture does it in its TearDown().
  void end_tasks();

  // ---- what happened
  Record record() const;
  operator Record() const { return record(); }
  /// "ip:port;ip:port", for a client of another kind (over TCP).
  std::string nameservers() const;
  /// For a producer of one's own, which must be gone before the cluster is.
  Runtime& runtime();
  /// The network as a client of that name sees it.
  Transport& transport(std::string_view name);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Its record, on one line.
std::ostream& operator<<(std::ostream& out, const TestCluster& cluster);

struct RunAs {
  TestWorld world = TestWorld::sim;
  std::string profile{};                ///< empty: the first of the scenario's
  std::optional<std::uint64_t> seed{};  ///< none: the scenario's
};
/// Plays the scenario and judges it: `expect` and all invariants. Throws InvalidScenario.
ScenarioRun run(const ScenarioBuilder& scenario, const RunAs& as = {});
/// Of a file. Its mistakes are an InvalidScenario, with their places.
ScenarioRun run_file(const std::string& path, const RunAs& as = {});

}  // namespace rmqsim::test
