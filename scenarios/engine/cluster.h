// The fakes of a scenario, started and registered with one another: nameservers, brokers, topics, fault plan. Lives in
// whichever world it is given; all calls come under the monitor. Names become addresses here, and addresses names again
// for whatever people read.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "scenarios/engine/run_record.h"
#include "scenarios/file/scenario.h"

namespace rmqsim {

/// Where a server of the scenario lives.
struct ServerPlace {
  Transport* transport;
  std::string listen;  ///< "ip:port", port 0 allowed
};

class Cluster : private ServerObserver {
 public:
  using PlaceOf = Function<ServerPlace(const std::string& server, bool nameserver)>;

  Cluster(Runtime& runtime, const Scenario& scenario, std::uint64_t seed, PlaceOf place_of, RunRecord& record);

  /// Starts all servers; throws boost::system::system_error when an address cannot be bound.
  void start();
  /// Every broker has registered with every nameserver that can be reached.
  bool registered() const;
  void begin_faults(TimePoint first_step);
  void stop();

  FakeBrokerServer* broker(std::string_view name);
  FakeNamesrvServer* nameserver(std::string_view name);
  const std::map<std::string, std::unique_ptr<FakeBrokerServer>, std::less<>>& brokers() const { return brokers_; }

  /// Called for every message that a send request stores, when it is stored: what a consumer would see.
  using MessageHandler = Function<void(const FakeBrokerServer&, const StoredRecord&)>;
  void on_message(MessageHandler handler) { on_message_ = std::move(handler); }
  /// What all brokers together did with the half messages of that key.
  TransactionEnd transaction_end(std::string_view uniq_key) const;

  void crash(const std::string& server);
  void restart(const std::string& server);
  void pause(const std::string& server);
  void resume(const std::string& server);
  void perform(const SetRouteEvent& event);
  void perform(const RemoveFromRouteEvent& event);
  void perform(const SetPermEvent& event);

  /// `ns-1;ns-2` as addresses, for a producer that knows these nameservers (none named: all).
  std::string name_server_addresses(const std::vector<std::string>& names) const;
  /// Every "ip:port" of a server in `text` replaced by <name>.
  std::string symbolic(std::string text) const;
  /// The server at an address, or the address itself.
  std::string name_of(std::string_view address) const;

 private:
  void on_request(std::string_view server, const RequestSeen& request) override;
  void on_answer(std::string_view server, const AnswerSeen& answer) override;
  void on_stored(std::string_view server, StoredRange stored, TimePoint at) override;
  std::vector<FakeNamesrvServer*> nameservers(const std::vector<std::string>& names);

  Runtime& runtime_;
  const Scenario& scenario_;
  RunRecord& record_;
  FaultPlan plan_;
  std::map<std::string, std::unique_ptr<FakeNamesrvServer>, std::less<>> nameservers_;
  std::map<std::string, std::unique_ptr<FakeBrokerServer>, std::less<>> brokers_;
  MessageHandler on_message_;
};

}  // namespace rmqsim
