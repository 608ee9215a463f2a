// The two worlds behind one fixture: every test of this directory runs in the simulation and over TCP and must not be
// able to tell them apart. Tests drive a world from their own thread through `run` (under the monitor) and `wait`.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "producer/transport/runtime.h"
#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"
#include "producer/transport/transport.h"

namespace rmqsim::testing {

enum class WorldKind { sim, tcp };

inline std::string world_name(const ::testing::TestParamInfo<WorldKind>& info) {
  return info.param == WorldKind::sim ? "Sim" : "Tcp";
}

class WorldTest : public ::testing::TestWithParam<WorldKind> {
 protected:
  WorldTest() {
    if (GetParam() == WorldKind::sim) {
      sim_ = std::make_unique<SimRuntime>();
      network_ = std::make_unique<SimNetwork>(*sim_);
      transport_ = &network_->transport("host");
      runtime_ = sim_.get();
    } else {
      tcp_ = std::make_unique<TcpRuntime>();
      tcp_transport_ = std::make_unique<TcpTransport>(*tcp_);
      transport_ = tcp_transport_.get();
      runtime_ = tcp_.get();
    }
  }

  Runtime& runtime() { return *runtime_; }
  Transport& transport() { return *transport_; }
  template <class F>
  void run(F&& f) {
    runtime_->run(std::forward<F>(f));
  }
  void wait(Latch& latch) { runtime_->run_until(latch); }
  /// Lets `d` of the world's time pass.
  void pass(Duration d) {
    Latch over;
    auto timer = runtime_->make_timer();
    run([&] { timer->expires_after(d, [&] { over.release(); }); });
    wait(over);
  }
  /// Waits for a condition that handlers bring about, looking again as the world's time passes.
  void wait_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 30000; ++i) {
      bool met = false;
      run([&] { met = condition(); });
      if (met) return;
      pass(millis(1));
    }
    FAIL() << "the condition was not met within 30000 looks";
  }

  std::unique_ptr<SimRuntime> sim_;
  std::unique_ptr<SimNetwork> network_;
  std::unique_ptr<TcpRuntime> tcp_;
  std::unique_ptr<TcpTransport> tcp_transport_;
  Runtime* runtime_ = nullptr;
  Transport* transport_ = nullptr;
};

/// One end of a connection that notes what it is told.
struct End : ConnectionListener {
  std::shared_ptr<Connection> connection;
  std::string received;
  std::size_t pieces = 0;
  std::vector<error_code> closes;
  std::function<void(std::string_view)> on_bytes;
  std::function<void()> on_end;

  void on_receive(std::string_view bytes) override {
    received.append(bytes);
    ++pieces;
    if (on_bytes) on_bytes(bytes);
  }
  void on_close(error_code reason) override {
    closes.push_back(reason);
    if (on_end) on_end();
  }
  void take(std::shared_ptr<Connection> c) {
    connection = std::move(c);
    connection->start(*this);
  }
};

/// A client and a server end, connected over the loopback.
class ConnectedTest : public WorldTest {
 protected:
  ConnectedTest() {
    Latch both;
    int ready = 0;
    run([&] {
      acceptor_ = transport().listen("127.0.0.1:0", [&, this](std::shared_ptr<Connection> c) {
        server_.take(std::move(c));
        if (++ready == 2) both.release();
      });
      transport().async_connect(acceptor_->local_address(), millis(30000),
                                [&, this](error_code error, std::shared_ptr<Connection> c) {
                                  connect_error_ = error;
                                  if (!error) client_.take(std::move(c));
                                  if (error || ++ready == 2) both.release();
                                });
    });
    wait(both);
  }
  ~ConnectedTest() override {
    run([this] {
      acceptor_.reset();
      if (client_.connection) client_.connection->close();
      if (server_.connection) server_.connection->close();
    });
  }
  void SetUp() override { ASSERT_FALSE(connect_error_) << connect_error_.message(); }

  std::unique_ptr<Acceptor> acceptor_;
  End client_;
  End server_;
  error_code connect_error_;
};

}  // namespace rmqsim::testing
