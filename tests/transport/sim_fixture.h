// A simulated network of two nodes with a listener that notes everything, and a trace kept as text.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"

namespace rmqsim::test_support {

/// Renders each event as one line, "ms node event name=value …".
class TextTrace : public TraceSink {
 public:
  void record(TimePoint at, std::string_view node, std::string_view event,
              std::initializer_list<TraceField> fields) override {
    std::string line = std::to_string((at - kSimEpoch).count()) + " " + std::string(node) + " " + std::string(event);
    for (const TraceField& field : fields) {
      line += " " + std::string(field.name) + "=";
      if (const auto* text = std::get_if<std::string_view>(&field.value)) line += *text;
      if (const auto* number = std::get_if<std::int64_t>(&field.value)) line += std::to_string(*number);
    }
    lines.push_back(line);
  }
  std::vector<std::string> lines;
};

struct SimEnd : ConnectionListener {
  SimRuntime* world = nullptr;
  std::shared_ptr<Connection> connection;
  std::string received;
  std::vector<std::size_t> pieces;
  std::vector<double> at_ms;  ///< when each piece or the close came
  error_code closed;
  std::function<void()> on_bytes;

  void on_receive(std::string_view bytes) override {
    received.append(bytes);
    pieces.push_back(bytes.size());
    at_ms.push_back(to_fractional_millis(world->elapsed()));
    if (on_bytes) on_bytes();
  }
  void on_close(error_code reason) override {
    closed = reason;
    at_ms.push_back(to_fractional_millis(world->elapsed()));
  }
  void take(std::shared_ptr<Connection> c) {
    connection = std::move(c);
    connection->start(*this);
  }
};

class SimNetworkTest : public ::testing::Test {
 protected:
  SimNetworkTest() {
    client_.world = server_.world = &world_;
    transport_a_ = &network_.add_node("a");
    transport_b_ = &network_.add_node("b");
    listen();
  }
  void listen() {
    acceptor_ = transport_b_->listen("0.0.0.0:10911", [this](std::shared_ptr<Connection> c) {
      accepted_at_ms_ = ms();
      server_.take(std::move(c));
    });
  }
  double ms() const { return to_fractional_millis(world_.elapsed()); }
  /// Begins an attempt from a to b; its outcome is in outcome_ and outcome_at_ms_.
  void begin_connect(Duration timeout = millis(3000), const std::string& address = "10.0.0.2:10911") {
    transport_a_->async_connect(address, timeout, [this](error_code error, std::shared_ptr<Connection> c) {
      ++outcomes_;
      outcome_ = error;
      outcome_at_ms_ = ms();
      if (!error) client_.take(std::move(c));
    });
  }
  void connect() {
    begin_connect();
    world_.run();
    ASSERT_FALSE(outcome_) << outcome_.message();
    ASSERT_NE(server_.connection, nullptr);
  }

  SimRuntime world_;
  SimNetwork network_{world_};
  Transport* transport_a_ = nullptr;
  Transport* transport_b_ = nullptr;
  SimEnd client_;
  SimEnd server_;
  std::unique_ptr<Acceptor> acceptor_;
  int outcomes_ = 0;
  error_code outcome_;
  double outcome_at_ms_ = -1;
  double accepted_at_ms_ = -1;
};

}  // namespace rmqsim::test_support
