// Ports that a TCP world chose stay its own while nobody listens on them.
#include <gtest/gtest.h>

#include <optional>

#include <boost/system/system_error.hpp>

#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"

namespace rmqsim {
namespace test_tcp_ports {

/// Two worlds in one process stand for two processes.
class TcpPorts : public testing::Test {
 protected:
  TcpPorts() { transport_.emplace(runtime_); }
  static std::unique_ptr<Acceptor> listen(Transport& transport, const std::string& address) {
    return transport.listen(address, [](std::shared_ptr<Connection>) {});
  }
  error_code stranger_listens(const std::string& address) {
    try {
      listen(others_, address);
    } catch (const boost::system::system_error& error) {
      return error.code();
    }
    return {};
  }
  error_code stranger_connects(const std::string& address) {
    Latch done;
    error_code outcome;
    others_runtime_.run([&] {
      others_.async_connect(address, std::chrono::seconds(30), [&](error_code error, std::shared_ptr<Connection>) {
        outcome = error;
        done.release();
      });
    });
    others_runtime_.run_until(done);
    return outcome;
  }

  TcpRuntime runtime_;
  std::optional<TcpTransport> transport_;
  TcpRuntime others_runtime_;
  TcpTransport others_{others_runtime_};
};

TEST_F(TcpPorts, ThatWereChosenStayReservedUntilTheyAreListenedOnAgain) {
  auto acceptor = listen(*transport_, "127.0.0.1:0");
  const std::string address = acceptor->local_address();
  for (int crash = 0; crash < 3; ++crash) {
    acceptor.reset();
    EXPECT_EQ(stranger_listens(address), TransportError::address_in_use);
    EXPECT_EQ(stranger_connects(address), TransportError::connection_refused);
    acceptor = listen(*transport_, address);
    EXPECT_EQ(acceptor->local_address(), address);
  }
  acceptor.reset();
  transport_.reset();
  EXPECT_FALSE(stranger_listens(address)) << "with its transport the reservation ends";
}

TEST_F(TcpPorts, ThatSomebodyNamedAreFreeOnceClosed) {
  std::string address;
  {
    const auto chosen = listen(*transport_, "127.0.0.1:0");
    address = chosen->local_address();
  }
  transport_.emplace(runtime_);
  listen(*transport_, address).reset();
  EXPECT_FALSE(stranger_listens(address));
}

TEST_F(TcpPorts, CanBeReservedForAServerOfAnotherProcess) {
  std::string address;
  {
    const auto chosen = listen(*transport_, "127.0.0.1:0");
    address = chosen->local_address();
  }
  transport_.emplace(runtime_);
  auto reserved = transport_->reserve(address);
  EXPECT_NE(reserved, nullptr);
  EXPECT_EQ(stranger_listens(address), TransportError::address_in_use);
  EXPECT_EQ(stranger_connects(address), TransportError::connection_refused);
  reserved.reset();
  EXPECT_FALSE(stranger_listens(address));
  EXPECT_EQ(transport_->reserve("nonsense"), nullptr);
}

}  // namespace test_tcp_ports
}  // namespace rmqsim
