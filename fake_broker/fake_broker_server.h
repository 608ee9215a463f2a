// A fake broker that can be reached: FakeBroker behind a FakeServer, registered with nameservers if there are any. The
// scenario engine and the program fake_broker make one per broker. All calls come under the monitor of the Runtime.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake_broker/fake_broker.h"
#include "fake_broker/namesrv_registrar.h"
#include "fake_broker/shell/fake_server.h"

namespace rmqsim {

/// How far the VIP port is from the main one: MixAll.brokerVIPChannel.
inline constexpr std::int32_t kVipPort = -2;
/// Whether a broker on that port can have its VIP port, two below; on 0 it gets a free one that can.
bool can_have_vip_port(std::int32_t port);

struct FakeBrokerServerOptions {
  BrokerConfig broker;
  RemotingServerOptions remoting;
  /// Address that routes and offsetMsgIds carry; a host alone gets the port listened on; empty = as listened on.
  std::string advertise;
  std::vector<std::string> nameservers;  ///< "ip:port"; empty: does not register
  bool vip = false;                      ///< listens also two ports below, as clients up to 4.4 expect (§6.4)
};

class FakeBrokerServer {
 public:
  FakeBrokerServer(Runtime& runtime, Transport& transport, FakeBrokerServerOptions options, FaultPlan* plan = nullptr,
                   ServerObserver* observer = nullptr);

  /// Listens and begins to register; throws boost::system::system_error when the address cannot be bound.
  void start();
  /// Unregisters and closes everything in an orderly way.
  void stop();
  /// The first part of a graceful shutdown: leaves the routes and sends newer clients away; stop() is the second.
  void go_away();
  /// As kill -9; restart() brings the broker back on the same port, with the messages it had.
  void crash();
  void restart() { start(); }
  /// As SIGSTOP and SIGCONT.
  void pause();
  void resume();
  void begin_faults(TimePoint first_step) { server_.begin_faults(first_step); }
  void set_observer(ServerObserver* observer) { server_.set_observer(observer); }

  bool set_perm(std::string_view topic, std::int32_t perm) { return broker_.set_perm(topic, perm, runtime_.now()); }
  void put_topic(std::string_view topic, std::int32_t queues, std::int32_t perm) {
    broker_.put_topic(topic, queues, perm, runtime_.now());
  }
  void set_read_only(bool on) { broker_.set_read_only(on, runtime_.now()); }
  /// Returns what is wrong with key or value, if anything (FakeBroker::set_config).
  std::optional<std::string> set_config(std::string_view key, std::string_view value) {
    return broker_.set_config(key, value, runtime_.now());
  }

  /// "ip:port" as bound.
  const std::string& address() const { return server_.address(); }
  FakeBroker& broker() { return broker_; }
  const FakeBroker& broker() const { return broker_; }
  FakeServer& server() { return server_; }
  const FakeServer& server() const { return server_; }
  const NamesrvRegistrar& registrar() const { return registrar_; }
  NamesrvRegistrar& registrar() { return registrar_; }

 private:
  void arm();

  Runtime& runtime_;
  const Transport& transport_;
  std::string advertise_;
  FakeBroker broker_;
  FakeServer server_;
  NamesrvRegistrar registrar_;
  std::unique_ptr<Timer> due_timer_;
};

}  // namespace rmqsim
