// Bytes, closes and resets on a connection behave alike in both worlds.
#include "tests/conformance/world_fixture.h"

namespace rmqsim::testing {
namespace {

class Connections : public ConnectedTest {
 protected:
  static std::string pattern(std::size_t size) {
    std::string bytes(size, '\0');
    Random random(size);
    for (char& c : bytes) c = static_cast<char>(random.next());
    return bytes;
  }
};

TEST_P(Connections, CarryBytesBothWays) {
  Latch done;
  run([&] {
    server_.on_bytes = [&](std::string_view bytes) { server_.connection->write(bytes); };
    client_.on_bytes = [&](std::string_view) {
      if (client_.received == "hello") done.release();
    };
    client_.connection->write("hello");
  });
  wait(done);
  EXPECT_EQ(server_.received, "hello");
}

TEST_P(Connections, NeverDeliverInsideWriteOrStart) {
  bool inside = true;
  bool delivered_inside = false;
  Latch done;
  run([&] {
    server_.on_bytes = [&](std::string_view) { delivered_inside |= inside, done.release(); };
    client_.connection->write("x");
    inside = false;
  });
  wait(done);
  EXPECT_FALSE(delivered_inside);
}

TEST_P(Connections, CarryFourMebibytesBothWaysAtOnce) {
  const std::string up = pattern(4 << 20);
  const std::string down = pattern((4 << 20) + 1);
  Latch done;
  const auto check = [&](std::string_view) {
    if (server_.received.size() == up.size() && client_.received.size() == down.size()) done.release();
  };
  run([&] {
    server_.on_bytes = client_.on_bytes = check;
    client_.connection->write(up);
    server_.connection->write(down);
  });
  wait(done);
  EXPECT_TRUE(server_.received == up);
  EXPECT_TRUE(client_.received == down);
  EXPECT_EQ(client_.connection->queued_bytes(), 0u);
}

TEST_P(Connections, WritesOfOneTurnLeaveTogether) {
  Latch done;
  run([&] {
    server_.on_bytes = [&](std::string_view) {
      if (server_.received.size() == 1000) done.release();
    };
    for (int i = 0; i < 1000; ++i) client_.connection->write("x");
    EXPECT_EQ(client_.connection->queued_bytes(), 1000u);
  });
  wait(done);
  EXPECT_EQ(server_.pieces, 1u);
}

TEST_P(Connections, ASlowReaderHoldsTheSenderUpAndLosesNothing) {
  const std::string bytes = pattern(32 << 20);
  Latch done;
  run([&] {
    server_.connection->set_reading(false);
    client_.connection->write(bytes);
  });
  pass(millis(20));
  run([&] {
    EXPECT_EQ(server_.received.size(), 0u);
    EXPECT_GT(client_.connection->queued_bytes(), 0u);
    server_.on_bytes = [&](std::string_view) {
      if (server_.received.size() == bytes.size()) done.release();
    };
    server_.connection->set_reading(true);
  });
  wait(done);
  EXPECT_TRUE(server_.received == bytes);
}

TEST_P(Connections, AReaderMayStopAndGoOnInTheMiddle) {
  const std::string bytes = pattern(1 << 20);
  Latch done;
  auto timer = runtime().make_timer();
  int pauses = 0;
  run([&] {
    server_.on_bytes = [&](std::string_view) {
      EXPECT_FALSE(server_.closes.size());
      if (server_.received.size() == bytes.size()) return done.release();
      server_.connection->set_reading(false);
      ++pauses;
      timer->expires_after(std::chrono::microseconds(100), [&] { server_.connection->set_reading(true); });
    };
    client_.connection->write(bytes);
  });
  wait(done);
  EXPECT_TRUE(server_.received == bytes);
  EXPECT_GT(pauses, 0);
}

TEST_P(Connections, TooMuchQueuedOutputClosesThem) {
  Latch done;
  Latch peer_done;
  run([&] {
    server_.connection->set_reading(false);
    client_.connection->set_max_queued_bytes(64 * 1024);
    client_.on_end = [&] { done.release(); };
    server_.on_end = [&] { peer_done.release(); };
    client_.connection->write(std::string(32 << 20, 'x'));
    EXPECT_TRUE(client_.connection->is_open());
  });
  wait(done);
  EXPECT_EQ(client_.closes, std::vector<error_code>{TransportError::send_queue_full});
  EXPECT_FALSE(client_.connection->is_open());
  run([&] { server_.connection->set_reading(true); });
  wait(peer_done);
  EXPECT_EQ(server_.closes, std::vector<error_code>{TransportError::connection_reset});
}

TEST_P(Connections, AnOrderlyCloseIsSeenAfterAllBytes) {
  const std::string bytes = pattern(3 << 20);
  Latch done;
  run([&] {
    server_.on_end = [&] { done.release(); };
    client_.connection->write(bytes);
    client_.connection->close();
    EXPECT_FALSE(client_.connection->is_open());
    client_.connection->close();
  });
  wait(done);
  EXPECT_TRUE(server_.received == bytes);
  EXPECT_EQ(server_.closes, std::vector<error_code>{TransportError::connection_closed});
  EXPECT_TRUE(client_.closes.empty());
}

TEST_P(Connections, DroppingTheLastHandleClosesInAnOrderlyWay) {
  Latch done;
  run([&] {
    server_.on_end = [&] { done.release(); };
    client_.connection->write("last words");
    client_.connection.reset();
  });
  wait(done);
  EXPECT_EQ(server_.received, "last words");
  EXPECT_EQ(server_.closes, std::vector<error_code>{TransportError::connection_closed});
}

TEST_P(Connections, AfterCloseNothingIsHeard) {
  Latch done;
  run([&] {
    server_.on_bytes = [&](std::string_view) { server_.connection->write("late answer"); };
    server_.on_end = [&] { done.release(); };
    client_.connection->write("question");
    client_.connection->close();
  });
  wait(done);
  pass(millis(5));
  run([&] {
    EXPECT_EQ(client_.received, "");
    EXPECT_TRUE(client_.closes.empty());
  });
}

TEST_P(Connections, MayBeClosedWhileTheyDeliver) {
  Latch done;
  run([&] {
    server_.on_bytes = [&](std::string_view bytes) {
      const std::string copy(bytes);
      server_.connection->close();
      EXPECT_EQ(copy, bytes);  // the view outlives the close
    };
    client_.on_end = [&] { done.release(); };
    client_.connection->write("one");
  });
  wait(done);
  EXPECT_EQ(server_.pieces, 1u);
  EXPECT_TRUE(server_.closes.empty());
  EXPECT_EQ(client_.closes, std::vector<error_code>{TransportError::connection_closed});
}

TEST_P(Connections, MayBeDroppedWhileTheyDeliver) {
  Latch done;
  run([&] {
    server_.on_bytes = [&](std::string_view) { server_.connection.reset(); };
    client_.on_end = [&] { done.release(); };
    client_.connection->write("one");
  });
  wait(done);
  EXPECT_EQ(server_.connection, nullptr);
}

TEST_P(Connections, ABigSenderThatClosesDoesNotWaitForAPeerThatSendsToo) {
  const std::string bytes = pattern(8 << 20);
  Latch done;
  run([&] {
    server_.on_end = [&] { done.release(); };
    server_.connection->write(bytes);  // nobody will read these
    client_.connection->write(bytes);
    client_.connection->close();
  });
  wait(done);
  EXPECT_TRUE(server_.received == bytes);
}

TEST_P(Connections, AResetIsSeenAsAReset) {
  Latch done;
  run([&] {
    server_.on_end = [&] { done.release(); };
    client_.connection->reset();
    EXPECT_FALSE(client_.connection->is_open());
  });
  wait(done);
  EXPECT_EQ(server_.closes, std::vector<error_code>{TransportError::connection_reset});
  EXPECT_FALSE(server_.connection->is_open());
  EXPECT_TRUE(client_.closes.empty());
}

TEST_P(Connections, AResetLosesWhatHasNotLeft) {
  Latch done;
  run([&] {
    server_.on_end = [&] { done.release(); };
    client_.connection->write("lost");
    client_.connection->reset();
  });
  wait(done);
  EXPECT_EQ(server_.received, "");
}

TEST_P(Connections, HeldOnToAfterThePeerClosedDoNothing) {
  Latch done;
  run([&] {
    server_.on_end = [&] { done.release(); };
    client_.connection->close();
  });
  wait(done);
  run([&] {
    EXPECT_FALSE(server_.connection->is_open());
    server_.connection->write("into the void");
    EXPECT_EQ(server_.connection->queued_bytes(), 0u);
    server_.connection->set_reading(false);
    server_.connection->set_reading(true);
    server_.connection->close();
    server_.connection->reset();
  });
  pass(millis(5));
  run([&] {
    EXPECT_EQ(server_.closes.size(), 1u);
    EXPECT_TRUE(client_.closes.empty());
  });
}

TEST_P(Connections, WritesAfterCloseAreIgnored) {
  Latch done;
  run([&] {
    server_.on_end = [&] { done.release(); };
    client_.connection->write("before");
    client_.connection->close();
    client_.connection->write("after");
  });
  wait(done);
  EXPECT_EQ(server_.received, "before");
}

TEST_P(Connections, ClosingInOnCloseIsHarmless) {
  Latch done;
  run([&] {
    server_.on_end = [&] {
      server_.connection->close();
      server_.connection->write("x");
      server_.connection.reset();
      done.release();
    };
    client_.connection->close();
  });
  wait(done);
  EXPECT_EQ(server_.closes.size(), 1u);
}

TEST_P(Connections, BothSidesMayCloseAtOnce) {
  run([&] {
    client_.connection->close();
    server_.connection->close();
  });
  pass(millis(5));
  run([&] {
    EXPECT_TRUE(client_.closes.empty());
    EXPECT_TRUE(server_.closes.empty());
  });
}

TEST_P(Connections, BytesThatArriveBeforeStartWaitForIt) {
  std::shared_ptr<Connection> far;
  End near;
  End late;
  Latch connected;
  std::unique_ptr<Acceptor> acceptor;
  run([&] {
    acceptor = transport().listen("127.0.0.1:0", [&](std::shared_ptr<Connection> c) { far = std::move(c); });
    transport().async_connect(acceptor->local_address(), millis(30000), [&](error_code, std::shared_ptr<Connection> c) {
      near.take(std::move(c));
      near.connection->write("early");
      near.connection->close();
      connected.release();
    });
  });
  wait(connected);
  wait_until([&] { return far != nullptr; });
  pass(millis(5));
  Latch done;
  run([&] {
    late.on_end = [&] { done.release(); };
    late.take(std::move(far));
    EXPECT_EQ(late.received, "");
  });
  wait(done);
  EXPECT_EQ(late.received, "early");
  EXPECT_EQ(late.closes, std::vector<error_code>{TransportError::connection_closed});
}

TEST_P(Connections, CarryManySmallRequestsInOrder) {
  Latch done;
  std::string expected;
  run([&] {
    server_.on_bytes = [&](std::string_view bytes) { server_.connection->write(bytes); };
    client_.on_bytes = [&](std::string_view) {
      if (client_.received.size() == expected.size()) done.release();
    };
    for (int i = 0; i < 2000; ++i) expected += std::to_string(i) + ",";
  });
  for (int i = 0; i < 2000; ++i) {
    run([&] { client_.connection->write(std::to_string(i) + ","); });
  }
  wait(done);
  EXPECT_EQ(client_.received, expected);
}

INSTANTIATE_TEST_SUITE_P(Worlds, Connections, ::testing::Values(WorldKind::sim, WorldKind::tcp), world_name);

}  // namespace
}  // namespace rmqsim::testing
