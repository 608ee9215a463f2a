// The servers of a scenario, wherever they live: in this process (LocalCluster) or in processes of their own
// (ProcessCluster). Steps break them through this interface, and the checker asks what they saw and kept. All calls
// come under the monitor. Names become addresses here, and addresses names again for whatever people read.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/rules/fault_plan.h"
#include "fake_broker/shell/report_channel.h"
#include "fake_broker/store/transactions.h"
#include "producer/transport/function.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

class Cluster {
 public:
  virtual ~Cluster() = default;

  /// Brokers begin to register.
  virtual void start() = 0;
  /// Every broker has registered with every nameserver that can be reached.
  virtual bool registered() = 0;
  virtual void begin_faults(TimePoint first_step) = 0;
  virtual void stop() = 0;

  // False: there was nothing to change.
  virtual bool crash(const std::string& server) = 0;
  virtual bool restart(const std::string& server) = 0;
  virtual bool pause(const std::string& server) = 0;
  virtual bool resume(const std::string& server) = 0;
  virtual bool perform(const SetRouteEvent& event) = 0;
  virtual bool perform(const RemoveFromRouteEvent& event) = 0;
  virtual bool perform(const SetPermEvent& event) = 0;

  /// What one-way requests get to arrive after the last step, since nobody answers them.
  virtual Duration settle() const { return millis(50); }
  /// Brings RunRecord::servers, and what the three questions below are answered from, up to this moment.
  virtual void refresh() {}
  /// Send requests of which the broker stored something, a batch counting once.
  virtual std::uint64_t stored_requests(const std::string& broker) const = 0;
  /// Whether any broker keeps a message with that key.
  virtual bool keeps(std::string_view uniq_key) const = 0;
  /// Messages that brokers have forgotten, with their keys, to bound their memory (MessageStore).
  virtual std::uint64_t forgotten() const = 0;
  /// keeps(), or it may be among those that were forgotten.
  bool may_keep(std::string_view uniq_key) const { return keeps(uniq_key) || forgotten() > 0; }
  /// Keys of messages that all brokers together keep more than once, with how often.
  virtual std::map<std::string, std::uint64_t, std::less<>> repeated() const = 0;
  /// Messages kept more than once, at all brokers together, counted beyond the first.
  std::uint64_t duplicates() const;

  /// Called for every message that a request stores in the topic of a responder, soon after: what a consumer would see.
  /// `record` is what a pull would answer.
  using MessageHandler = Function<void(std::string_view topic, std::string_view record)>;
  virtual void on_message(MessageHandler handler) = 0;
  /// What all brokers together did with the half messages of that key, and what one did with all of them.
  virtual TransactionEnd transaction_end(std::string_view uniq_key) const = 0;
  virtual TransactionTotals transactions(const std::string& broker) const = 0;
  struct DelayedCounts {
    std::uint64_t delivered = 0;
    std::uint64_t recalled = 0;
  };
  /// What a broker did with delayed messages.
  virtual DelayedCounts delayed(const std::string& broker) const = 0;
  /// Of the scenario's fault rules, in file order.
  virtual std::vector<RuleCounts> rule_counts() const = 0;
  /// Every message with traces that brokers keep, in the order of their names and of arrival.
  using TraceVisitor =
      std::function<void(const std::string& broker, const std::string& topic, std::string_view body)>;
  virtual void each_trace_message(const TraceVisitor& visit) const = 0;

  /// In order of name.
  std::vector<std::string> broker_names() const;
  /// `ns-1;ns-2` as addresses, for a producer that knows these nameservers (none named: all).
  std::string name_server_addresses(const std::vector<std::string>& names) const;
  /// Every "ip:port" of a server in `text` replaced by <name>.
  std::string symbolic(std::string text) const;
  /// The server at an address, or the address itself.
  std::string name_of(std::string_view address) const;

 protected:
  explicit Cluster(const Scenario& scenario) : scenario_(scenario) {}
  /// "ip:port" of a server; empty when it has none yet.
  virtual std::string address_of(const std::string& server) const = 0;
  /// Those named, or all.
  std::vector<std::string> nameservers_or_all(const std::vector<std::string>& names) const;
  const Scenario& scenario() const { return scenario_; }
  /// Of what happened to the half messages of one key.
  static TransactionEnd transaction_end(const TransactionCounts& counts);

 private:
  const Scenario& scenario_;
};

/// Names instead of addresses in what was decided.
void make_symbolic(DecisionLog& decisions, const Cluster& cluster);
/// For a server's fault plan: the seed, and what "late" means to the producers of the scenario.
FaultPlanOptions fault_plan_options(const Scenario& scenario, std::uint64_t seed);
/// Topics in which somebody answers requests.
std::vector<std::string> responder_topics(const Scenario& scenario);
/// Topics to which the scenario's producers write traces; one that ends in '*' is the beginning of a name.
std::vector<std::string> trace_topics(const Scenario& scenario);
/// What the server takes. One that is not named understands TLS beside plain text when any producer uses it.
TlsMode tls_mode(const Scenario& scenario, std::string_view server);

}  // namespace rmqsim
