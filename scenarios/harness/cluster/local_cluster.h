// The fakes of a scenario in this process, started and registered with one another: nameservers, brokers, topics, fault
// plan. Lives in whichever world it is given.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "fake_broker/fake_broker_server.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "scenarios/harness/cluster/cluster.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Where a server of the scenario lives.
struct ServerPlace {
  Transport* transport;
  std::string listen;     ///< "ip:port", port 0 allowed
  std::string advertise;  ///< of a broker, host: what it registers itself as; empty: as it listens
  bool vip = false;       ///< of a broker: it has the VIP port
};

class LocalCluster final : public Cluster, private ServerObserver {
 public:
  using PlaceOf = Function<ServerPlace(const std::string& server, bool nameserver)>;

  /// Throws boost::system::system_error when a nameserver's address cannot be bound.
  LocalCluster(Runtime& runtime, const Scenario& scenario, std::uint64_t seed, PlaceOf place_of, RunRecord& record);

  /// Starts all brokers; throws boost::system::system_error when an address cannot be bound.
  void start() override;
  bool registered() override;
  void begin_faults(TimePoint first_step) override;
  void stop() override;

  FakeBrokerServer* broker(std::string_view name);
  FakeNamesrvServer* nameserver(std::string_view name);
  FaultPlan& plan() { return plan_; }
  /// What observes the servers, for somebody who wants to stand before it, and then passes everything on.
  ServerObserver& observer() { return *this; }
  void set_observer(ServerObserver& observer);

  bool crash(const std::string& server) override;
  bool restart(const std::string& server) override;
  bool pause(const std::string& server) override;
  bool resume(const std::string& server) override;
  bool perform(const SetRouteEvent& event) override;
  bool perform(const RemoveFromRouteEvent& event) override;
  bool perform(const SetPermEvent& event) override;

  std::uint64_t stored_requests(const std::string& broker) const override;
  bool keeps(std::string_view uniq_key) const override;
  std::uint64_t forgotten() const override;
  std::map<std::string, std::uint64_t, std::less<>> repeated() const override;
  void on_message(MessageHandler handler) override { on_message_ = std::move(handler); }
  TransactionEnd transaction_end(std::string_view uniq_key) const override;
  TransactionTotals transactions(const std::string& broker) const override;
  DelayedCounts delayed(const std::string& broker) const override;
  std::vector<RuleCounts> rule_counts() const override;
  void each_trace_message(const TraceVisitor& visit) const override;

 private:
  template <class Visit>
  void each_stored(const Visit& visit) const;
  std::string address_of(const std::string& server) const override;
  void on_request(std::string_view server, const RequestSeen& request) override;
  void on_answer(std::string_view server, const AnswerSeen& answer) override;
  void on_stored(std::string_view server, StoredRange stored, TimePoint at) override;
  void on_connection_rule(std::string_view server, std::string_view rule, std::string_view peer, TimePoint at) override;
  void tell_rule(std::string_view server, std::string_view rule, std::int64_t number, std::string_view peer,
                 TimePoint at) const;
  /// Changes a server, and tells onlookers if that changed its state; returns whether it did.
  template <class Change>
  bool change(const std::string& server, std::string_view event, const Change& change);

  /// What is counted of one kind of request, in record_.
  struct Tally {
    std::string server;
    std::int32_t code = 0;
    std::string topic;
    std::uint64_t* requests = nullptr;
    std::uint64_t* sends = nullptr;  ///< null: it is none
  };
  Tally& tally(std::string_view server, const RequestSeen& request);

  Runtime& runtime_;
  RunRecord& record_;
  std::array<Tally, 16> tallies_;  ///< the last ones, at hand: a server gets the same ones again and again
  FaultPlan plan_;
  std::map<std::string, std::unique_ptr<FakeNamesrvServer>, std::less<>> nameservers_;
  std::map<std::string, std::unique_ptr<FakeBrokerServer>, std::less<>> brokers_;
  MessageHandler on_message_;
};

}  // namespace rmqsim
