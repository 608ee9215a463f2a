// What became of sends, as values that print themselves: of an application's own sends in a TestCluster, and of those
// of a scenario's run. Names are those of the ledger (format §2). A record is a picture: what happens later does not
// change it. Times are milliseconds since the first step, of a cluster since it was made.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Not rmqsim::testing: whoever says `using namespace rmqsim` would have two namespaces `testing`.
namespace rmqsim::test {

/// What explanations are made of; internal.
class Account;

// How a send may end.
inline constexpr std::string_view SEND_OK = "SEND_OK", FLUSH_DISK_TIMEOUT = "FLUSH_DISK_TIMEOUT",
                                  FLUSH_SLAVE_TIMEOUT = "FLUSH_SLAVE_TIMEOUT",
                                  SLAVE_NOT_AVAILABLE = "SLAVE_NOT_AVAILABLE", EXCEPTION = "EXCEPTION", SENT = "SENT",
                                  REPLY = "REPLY", RECALLED = "RECALLED", INCOMPLETE = "INCOMPLETE";

/// One try of a send that reached the wire, or failed to connect.
struct Attempt {
  std::string broker;
  std::int32_t queue_id = 0;
  /// A response code's name, TIMEOUT, CONNECT_FAILED, SEND_FAILED, CONNECTION_CLOSED, SENT; INCOMPLETE: under way.
  std::string outcome;
  double start_ms = 0;
  double elapsed_ms = 0;
  std::int64_t timeout_ms = 0;  ///< what was left of the budget

  bool operator==(const Attempt&) const = default;
};

struct Exception {
  std::string type;  ///< the Java class's simple name
  std::optional<std::int32_t> response_code;
  std::string message;  ///< servers by name: "<broker-a>"
  std::string cause_type;  ///< empty: none

  bool operator==(const Exception&) const = default;
};

/// What brokers made of a half message.
struct TransactionFate {
  std::string local;   ///< commit, rollback, unknown, throw; empty: the listener did not run
  std::string broker;  ///< committed, pending, rolledBack, discarded, nothing
  std::uint64_t checks = 0;

  bool operator==(const TransactionFate&) const = default;
};

struct Send {
  std::uint64_t number = 0;  ///< from 0
  std::string producer;
  std::string topic;
  std::string step;  ///< its name in the scenario; empty: none
  std::string mode;  ///< sync, async, oneway, transaction, request, requestAsync, recall
  std::string outcome;
  std::string broker;                    ///< of the result; empty: there is none
  std::optional<std::int32_t> queue_id;  ///< of the result
  double start_ms = 0;
  std::optional<double> elapsed_ms;  ///< none: it never ended
  std::vector<Attempt> attempts;
  std::optional<Exception> exception;
  std::optional<TransactionFate> transaction;
  std::optional<std::string> reply;
  std::vector<std::string> callbacks;  ///< of an async request, in order
  std::shared_ptr<const Account> account;

  /// Why it went where it went, in the words of `rmqsim explain`; several lines.
  std::string explain() const;
};

/// In order of their numbers. Functions that take a name throw std::invalid_argument, with the nearest one, when nobody
/// in their record has it.
class Sends : public std::vector<Send> {
 public:
  using std::vector<Send>::vector;
  Sends() = default;
  explicit Sends(std::shared_ptr<const Account> account) : account_(std::move(account)) {}
  /// Those of one step.
  Sends of_step(std::string_view name) const;
  Sends by(std::string_view producer) const;
  Sends to(std::string_view topic) const;

 private:
  std::shared_ptr<const Account> account_;  ///< null: of nothing but themselves
};

/// What a producer's latency table says of a broker.
struct Isolation {
  std::string producer;
  bool isolated = false;
  bool reachable = true;
  double for_ms = 0;  ///< how much longer
  double latency_ms = 0;  ///< of the last attempt
};

struct BrokerCounts {
  std::uint64_t received = 0;  ///< send requests; a batch is one
  std::uint64_t stored = 0;    ///< those of them that it stored
};

struct RuleActs {
  std::string id;
  std::uint64_t matched = 0;
  std::uint64_t acted = 0;
};

/// Everything that is known at one moment. Functions that take a name throw std::invalid_argument, with the nearest
/// one, when nobody has it.
class Record {
 public:
  explicit Record(std::shared_ptr<const Account> account);
  // There are no moves: a record that was moved from is one still.
  Record(const Record&) = default;
  Record& operator=(const Record&) = default;

  const Sends& sends() const& { return sends_; }
  Sends sends() && { return std::move(sends_); }  // so that `for (… : cluster.record().sends())` lives long enough
  std::vector<std::string> brokers() const;
  BrokerCounts broker(std::string_view name) const;
  /// Requests that a server saw, by the words and names that a rule's `on` takes.
  std::uint64_t requests(std::string_view server, std::string_view on = "any", std::string_view topic = {}) const;
  /// Messages that were acknowledged to a producer and that no broker keeps.
  std::uint64_t acknowledged_lost() const;
  /// The sends that carried them.
  std::vector<std::uint64_t> lost_sends() const;
  /// Copies that brokers keep beyond the first.
  std::uint64_t duplicates() const;
  /// The sends that carried what is kept more than once.
  std::vector<std::uint64_t> repeated_sends() const;
  /// What each producer knows of the broker, or the one named.
  std::vector<Isolation> isolation(std::string_view broker, std::string_view producer = {}) const;
  /// In file order, then those that were set later and are still there.
  std::vector<RuleActs> rules() const;
  /// Sends, events and rules in the order of time, as `rmqsim run -v` shows them.
  std::string table() const;

 protected:
  const Account& account() const { return *account_; }

 private:
  std::shared_ptr<const Account> account_;
  Sends sends_;
};

/// One thing that a scenario states and that did not hold.
struct Contradiction {
  std::string check;
  std::string message;  ///< expected …, got …
  std::vector<std::string> evidence;
  std::uint32_t line = 0;             ///< of the scenario's file; 0: nowhere in it
  std::optional<std::uint64_t> send;  ///< the first one concerned, if it is about any
};

/// How a scenario went. Its record is that of the moment at which the steps had ended, but for what brokers keep, which
/// is that after the producers' shutdown.
class ScenarioRun : public Record {
 public:
  using Record::Record;

  std::string verdict() const;  ///< passed, failed, inconclusive, refused
  bool passed() const { return verdict() == "passed"; }
  std::string reason() const;  ///< of inconclusive and refused
  std::string profile() const;
  double virtual_ms() const;
  std::uint64_t trace_hash() const;  ///< the same for the same course; simulated world only
  std::vector<std::string> notes() const;
  std::vector<Contradiction> contradictions() const;
  /// What `rmqsim run` prints of it.
  std::string report() const;
};

std::ostream& operator<<(std::ostream& out, const Attempt& attempt);
std::ostream& operator<<(std::ostream& out, const Exception& exception);
std::ostream& operator<<(std::ostream& out, const TransactionFate& fate);
/// On one line: "#8  broker-a/0 SYSTEM_BUSY 0.4   broker-b/0 SUCCESS 0.4 -> SEND_OK".
std::ostream& operator<<(std::ostream& out, const Send& send);
std::ostream& operator<<(std::ostream& out, const Sends& sends);
std::ostream& operator<<(std::ostream& out, const Isolation& isolation);
std::ostream& operator<<(std::ostream& out, const BrokerCounts& counts);
std::ostream& operator<<(std::ostream& out, const RuleActs& rule);
/// "12 sends: 8 SEND_OK, 4 EXCEPTION; broker-a stored 4 of 8, broker-b stored 4 of 4"
std::ostream& operator<<(std::ostream& out, const Record& record);
std::ostream& operator<<(std::ostream& out, const Contradiction& contradiction);
std::ostream& operator<<(std::ostream& out, const ScenarioRun& run);

/// A list would be printed by GoogleTest element by element.
void PrintTo(const Sends& sends, std::ostream* out);

}  // namespace rmqsim::test
