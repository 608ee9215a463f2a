// The fakes of a scenario as processes of their own: fake_namesrv and fake_broker from beside the running executable,
// on ports that they choose. What they saw and kept comes back over their control channels when somebody asks, messages
// for responders and with traces as soon as they are stored, events (if wanted) as they happen; a crash is a SIGKILL
// and a new process on the same port, a pause a SIGSTOP. A server that ends unbidden is a failure of the run, with what
// it said.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/shell/report_channel.h"
#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"
#include "scenarios/harness/cluster/child_process.h"
#include "scenarios/harness/cluster/cluster.h"
#include "scenarios/harness/engine/run_record.h"

namespace rmqsim {

struct CannotRun;

class ProcessCluster final : public Cluster {
 public:
  /// Why the scenario cannot be run with processes, besides what real sockets cannot do; nullopt when it can.
  static std::optional<CannotRun> cannot_run(const Scenario& scenario);

  /// Starts all servers and waits for their ready lines. `steady_zero` is the runtime's (TcpRuntime), which becomes
  /// theirs: one clock. `given_up` says whether the run is, and then waits for servers no longer. Throws ProcessError.
  ProcessCluster(Runtime& runtime, Transport& transport, TimePoint steady_zero, const Scenario& scenario,
                 std::uint64_t seed, RunRecord& record, std::function<bool()> given_up);
  ~ProcessCluster() override;

  void start() override;  // a broker program registers by itself
  bool registered() override;
  void begin_faults(TimePoint first_step) override;
  void stop() override;

  bool crash(const std::string& server) override;
  bool restart(const std::string& server) override;
  bool pause(const std::string& server) override;
  bool resume(const std::string& server) override;
  bool perform(const SetRouteEvent& event) override;
  bool perform(const RemoveFromRouteEvent& event) override;
  bool perform(const SetPermEvent& event) override;

  /// A process has to be scheduled before it has read what lies in its sockets.
  void refresh() override;
  std::uint64_t stored_requests(const std::string& broker) const override;
  bool keeps(std::string_view uniq_key) const override;
  std::uint64_t forgotten() const override;
  std::map<std::string, std::uint64_t, std::less<>> repeated() const override;
  void on_message(MessageHandler handler) override;
  TransactionEnd transaction_end(std::string_view uniq_key) const override;
  TransactionTotals transactions(const std::string& broker) const override;
  DelayedCounts delayed(const std::string& broker) const override;
  std::vector<RuleCounts> rule_counts() const override;
  void each_trace_message(const TraceVisitor& visit) const override;

 private:
  struct Server;
  std::string address_of(const std::string& server) const override;
  Server& server(const std::string& name);
  void launch(Server& server);
  void await_ready(Server& server);
  /// The report that answers the command; nullopt when there is nobody to answer. Never throws: a server that is gone
  /// is noted as a failure.
  std::optional<ServerReport> ask(Server& server, const ControlCommand& command);
  /// No longer than that, nor than a moment after the run was given up, all servers together.
  Patience patience(Duration most);
  /// As ask(), and again after each restart.
  bool tell(Server& server, const ControlCommand& command);
  void failed(Server& server, const std::string& message);
  /// Takes what it wrote unasked: an event, until when those are all, what went over a connection, a message in a
  /// watched topic. False when it is something else. Throws ProcessError for an event or a packet that is none.
  bool heard(Server& server, const std::string& line);
  void heard_packet(Server& server, const std::string& line);
  /// Takes all of that that is here. Throws ProcessError when there is something else, or the server has ended.
  void hear(Server& server);
  /// The same of one that may have ended.
  void hear_out(Server& server);
  /// Takes what servers wrote unasked, every millisecond.
  void listen();
  /// It has events to tell, or for a while has none; others wait for it or do not.
  void follow(const Server& server);
  void leave(const Server& server);
  void tell_state(const Server& server, std::string_view state);
  void go_on(Server& server);
  /// Of the brokers or of the nameservers.
  void stop_all(bool nameservers);

  Runtime& runtime_;
  Transport& transport_;
  const TimePoint steady_zero_;
  std::uint64_t seed_;
  RunRecord& record_;
  const std::function<bool()> given_up_;
  std::optional<TimePoint> last_moment_;  ///< once the run is given up
  std::optional<TimePoint> first_step_;
  std::map<std::string, std::unique_ptr<Server>, std::less<>> servers_;
  MessageHandler on_message_;
  std::vector<std::string> responder_topics_;
  std::unique_ptr<Timer> listening_;
};

}  // namespace rmqsim
