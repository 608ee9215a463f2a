// Listening and connecting behave alike in both worlds. A connect that nobody answers needs a black hole, which only
// the simulation has: its test is in tests/transport. Over TCP the timeout is tested with a wait of zero instead.
#include <boost/system/system_error.hpp>

#include "tests/conformance/world_fixture.h"

namespace rmqsim::testing {
namespace {

class Connecting : public WorldTest {
 protected:
  /// The outcome of an attempt; the connection is closed again.
  error_code connect(const std::string& address, Duration timeout = millis(30000)) {
    Latch done;
    error_code outcome;
    bool inside = true;
    bool called_inside = false;
    run([&] {
      transport().async_connect(address, timeout, [&](error_code error, std::shared_ptr<Connection> connection) {
        outcome = error;
        called_inside = inside;
        EXPECT_EQ(connection == nullptr, static_cast<bool>(error));
        done.release();
      });
      inside = false;
    });
    wait(done);
    EXPECT_FALSE(called_inside);
    return outcome;
  }
  std::unique_ptr<Acceptor> listen(const std::string& address) {
    return transport().listen(address, [](std::shared_ptr<Connection>) {});
  }
  error_code listen_error(const std::string& address) {
    try {
      listen(address);
    } catch (const boost::system::system_error& error) {
      EXPECT_NE(std::string(error.what()).find(address), std::string::npos) << error.what();
      return error.code();
    }
    return {};
  }
};

TEST_P(Connecting, ToAFreePortIsRefused) {
  std::string address;
  {
    const auto acceptor = listen("127.0.0.1:0");
    address = acceptor->local_address();
  }
  EXPECT_EQ(connect(address), TransportError::connection_refused);
}

TEST_P(Connecting, ToAListenerSucceedsByEveryNameOfTheHost) {
  const auto acceptor = listen("127.0.0.1:0");
  const std::string address = acceptor->local_address();
  EXPECT_FALSE(connect(address));
  EXPECT_FALSE(connect("localhost" + address.substr(address.rfind(':'))));
}

TEST_P(Connecting, TimesOutWhenNoTimeIsLeft) {
  const auto acceptor = listen("127.0.0.1:0");
  if (sim_) network_->set_blackhole("host", true);  // a real loopback may be as quick as a timer of zero
  const error_code outcome = connect(acceptor->local_address(), Duration::zero());
  EXPECT_TRUE(outcome == TransportError::timed_out || (tcp_ && !outcome)) << outcome.message();
}

TEST_P(Connecting, ToNonsenseIsABadAddress) {
  for (const char* address : {"", ":", "nonsense", "127.0.0.1", "127.0.0.1:", ":9876", "127.0.0.1:65536", "127.0.0.1:0",
                              "127.0.0.1:98x", "127.0.0.1:-1"}) {
    EXPECT_EQ(connect(address), TransportError::bad_address) << address;
  }
}

// A name that no server is asked for: how long one takes to answer is not ours to test.
TEST_P(Connecting, ToAnUnknownHostFails) {
  EXPECT_EQ(connect(std::string(64, 'x') + ".invalid:9876"), TransportError::other);
}

TEST_P(Connecting, AddressesOfBothEndsAgree) {
  std::shared_ptr<Connection> near;
  std::shared_ptr<Connection> far;
  Latch both;
  const auto ready = [&] {
    if (near && far) both.release();
  };
  std::unique_ptr<Acceptor> acceptor;
  run([&] {
    acceptor = transport().listen("127.0.0.1:0", [&](std::shared_ptr<Connection> c) { far = std::move(c), ready(); });
    transport().async_connect(acceptor->local_address(), millis(30000),
                              [&](error_code, std::shared_ptr<Connection> c) { near = std::move(c), ready(); });
  });
  wait(both);
  EXPECT_EQ(near->local_address(), far->remote_address());
  EXPECT_EQ(near->remote_address(), far->local_address());
  EXPECT_NE(near->local_address(), near->remote_address());
}

TEST_P(Connecting, OneAcceptorServesMany) {
  int accepted = 0;
  int connected = 0;
  Latch done;
  std::vector<std::shared_ptr<Connection>> held;
  std::unique_ptr<Acceptor> acceptor;
  const auto one_more = [&](int& count) {
    ++count;
    if (accepted == 50 && connected == 50) done.release();
  };
  run([&] {
    acceptor = transport().listen("127.0.0.1:0", [&](std::shared_ptr<Connection> c) {
      held.push_back(std::move(c));
      one_more(accepted);
    });
    for (int i = 0; i < 50; ++i) {
      transport().async_connect(acceptor->local_address(), millis(30000),
                                [&](error_code error, std::shared_ptr<Connection> c) {
                                  ASSERT_FALSE(error) << error.message();
                                  held.push_back(std::move(c));
                                  one_more(connected);
                                });
    }
  });
  wait(done);
  run([&] { held.clear(); });
}

TEST_P(Connecting, ListeningOnPortZeroChoosesDifferentPorts) {
  const auto a = listen("127.0.0.1:0");
  const auto b = listen("127.0.0.1:0");
  EXPECT_NE(a->local_address(), b->local_address());
  EXPECT_NE(a->local_address(), "127.0.0.1:0");
}

TEST_P(Connecting, ListeningOnAUsedPortNamesTheAddress) {
  const auto acceptor = listen("127.0.0.1:0");
  EXPECT_EQ(listen_error(acceptor->local_address()), TransportError::address_in_use);
}

TEST_P(Connecting, APortIsFreeAgainOnceItsAcceptorIsClosed) {
  auto first = listen("127.0.0.1:0");
  const std::string address = first->local_address();
  EXPECT_FALSE(connect(address));
  first->close();
  const auto second = listen(address);
  EXPECT_EQ(second->local_address(), address);
  first.reset();  // must not take the port from its successor
  EXPECT_FALSE(connect(address));
}

TEST_P(Connecting, ListeningOnNonsenseFails) {
  EXPECT_EQ(listen_error("nonsense"), TransportError::bad_address);
  EXPECT_EQ(listen_error("127.0.0.1:port"), TransportError::bad_address);
  EXPECT_EQ(listen_error("192.0.2.77:0"), TransportError::other);  // not an address of this host
}

TEST_P(Connecting, HandlesMayOutliveTheWorld) {
  std::shared_ptr<Connection> connection;
  Latch done;
  auto acceptor = listen("127.0.0.1:0");
  auto timer = runtime().make_timer();
  auto executor = runtime().make_executor({.name = "late"});
  run([&] {
    timer->expires_after(millis(10000), [] {});
    transport().async_connect(acceptor->local_address(), millis(30000), [&](error_code, std::shared_ptr<Connection> c) {
      connection = std::move(c);
      done.release();
    });
  });
  wait(done);
  network_.reset();
  sim_.reset();
  tcp_transport_.reset();
  tcp_.reset();
  ASSERT_NE(connection, nullptr);
  EXPECT_FALSE(connection->is_open());
  connection->write("nobody hears this");
  EXPECT_FALSE(executor->execute([] {}));
  timer->expires_after(millis(1), [] {});
  connection.reset();
  acceptor.reset();
  timer.reset();
  executor.reset();
}

INSTANTIATE_TEST_SUITE_P(Worlds, Connecting, ::testing::Values(WorldKind::sim, WorldKind::tcp), world_name);

}  // namespace
}  // namespace rmqsim::testing
