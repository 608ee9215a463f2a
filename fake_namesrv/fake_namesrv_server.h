// A fake nameserver that can be reached: FakeNamesrv behind a FakeServer, with the scan that expires silent brokers.
// The scenario engine and the program fake_namesrv make one per nameserver. All calls come under the monitor.
#pragma once

#include <memory>
#include <string>

#include "fake_broker/shell/fake_server.h"
#include "fake_namesrv/fake_namesrv.h"

namespace rmqsim {

struct FakeNamesrvServerOptions {
  NamesrvConfig namesrv;
  RemotingServerOptions remoting;
};

class FakeNamesrvServer {
 public:
  /// scanNotActiveBrokerInterval
  static constexpr Duration kScanInterval = std::chrono::seconds(5);

  FakeNamesrvServer(Runtime& runtime, Transport& transport, FakeNamesrvServerOptions options, FaultPlan* plan = nullptr,
                    ServerObserver* observer = nullptr);

  /// Listens; throws boost::system::system_error when the address cannot be bound.
  void start();
  void stop();
  /// As kill -9: what brokers registered is lost; static routes and KV entries stay.
  void crash();
  void restart() { start(); }
  void pause() { server_.pause(); }
  void resume() { server_.resume(); }
  void begin_faults(TimePoint first_step) { server_.begin_faults(first_step); }
  void set_observer(ServerObserver* observer) { server_.set_observer(observer); }

  const std::string& address() const { return server_.address(); }
  FakeNamesrv& namesrv() { return namesrv_; }
  RouteInfoManager& routes() { return namesrv_.routes(); }
  FakeServer& server() { return server_; }
  const FakeServer& server() const { return server_; }

 private:
  void arm();
  void scan();

  Runtime& runtime_;
  FakeNamesrv namesrv_;
  FakeServer server_;
  std::unique_ptr<Timer> scan_timer_;
  bool armed_ = false;
};

}  // namespace rmqsim
