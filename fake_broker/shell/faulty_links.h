// A server's side of the network with the rules on its links in between (format §1.15): what it listens on takes
// connections whose bytes, in either direction, pass as the plan says. What the server connects to by itself is as
// before. While no rule is on a link, bytes go through as they come. All calls come under the monitor.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "fake_broker/rules/fault_plan.h"
#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"

namespace rmqsim {

class FaultyLinks final : public Transport {
 public:
  /// Bytes on their way to a server before its clients have to wait, as those that a socket keeps.
  static constexpr std::size_t kWindow = 256 * 1024;

  /// Told that a rule has done all that it does to a connection.
  using Acting = Function<void(std::string_view rule, std::string_view peer)>;
  /// `plan` may be null: then no rule says anything. `name` is the server's. Everything referred to must outlive it,
  /// and the connections that it made end with it.
  FaultyLinks(Runtime& runtime, Transport& network, FaultPlan* plan, std::string name, Acting acting);
  ~FaultyLinks() override;

  /// The instant that the windows of rules count from.
  void begin(TimePoint first_step);
  /// The plan has other rules now. What waits on a connection whose rule is another goes on as that one says.
  void update();

  void async_connect(std::string_view address, Duration timeout, ConnectHandler handler) override {
    network_.async_connect(address, timeout, std::move(handler));
  }
  std::unique_ptr<Acceptor> listen(std::string_view address, AcceptHandler handler) override;
  std::shared_ptr<void> reserve(std::string_view address) override { return network_.reserve(address); }
  Transport& tls() override { return network_.tls(); }
  std::string local_ip() const override { return network_.local_ip(); }

 private:
  class Stream;
  class Handle;

  Duration since_first_step() const;

  Runtime& runtime_;
  Transport& network_;
  FaultPlan* plan_;
  std::string name_;
  Acting acting_;
  bool idle_ = true;  ///< no rule is on a link here
  std::optional<TimePoint> first_step_;
  std::unique_ptr<Timer> changes_;
  std::map<std::uint64_t, Stream*> streams_;                    ///< in order of acceptance
  std::map<std::uint64_t, std::shared_ptr<Stream>> lingering_;  ///< closed by the server, with bytes on their way
  std::uint64_t last_stream_ = 0;
};

}  // namespace rmqsim
