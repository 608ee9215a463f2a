// Keeps a fake broker registered with nameservers, as a real one does (wire §6.1): one connection to each, kept open;
// REGISTER_BROKER at start, again after 10 s, then every 30 s, and at once when the topic table changes; one that is
// lost, or on which no answer comes in time, is made again. Driven by the world's timers and connections, under the
// monitor. What the requests say is registration.h's affair.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fake_broker/broker_state.h"
#include "producer/transport/function.h"
#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"

namespace rmqsim {

class NamesrvRegistrar {
 public:
  static constexpr Duration kFirstRepeat = std::chrono::seconds(10);
  static constexpr Duration kPeriod = std::chrono::seconds(30);
  /// A real broker tries again with its next request, which comes every 5 s (observed-servers C14).
  static constexpr Duration kReconnect = std::chrono::seconds(5);

  NamesrvRegistrar(Runtime& runtime, Transport& transport, const BrokerState& broker,
                   std::vector<std::string> nameservers);
  ~NamesrvRegistrar();

  /// Begins to register `address` ("ip:port"), under which clients shall reach the broker.
  void start(std::string address);
  /// Unregisters everywhere and closes.
  void stop();
  /// Ends all connections with a reset, as the death of the process would.
  void crash();
  void pause() { paused_ = true; }
  void resume();
  /// The topic table changed.
  void topics_changed();

  enum class Trouble : std::uint8_t {
    none,         ///< it takes registrations (again)
    unreachable,  ///< no connection
    no_answer,    ///< a connection that ends, or goes on, without an answer: it may expect TLS, or not know it
    refused,      ///< it answers that it does not take the registration
  };
  /// Called when a nameserver's trouble becomes another; `detail` is for people. Nothing is said of one that has had
  /// none.
  using TroubleHandler = Function<void(const std::string& address, Trouble, const std::string& detail)>;
  void on_trouble(TroubleHandler handler) { told_ = std::move(handler); }

  bool running() const { return running_; }
  /// Nameservers whose last answer to a registration was 0.
  std::size_t registered() const;

 private:
  class Link;
  friend class Link;
  void tick();
  void register_everywhere(const std::string& only_topic);

  Runtime& runtime_;
  Transport& transport_;
  const BrokerState& broker_;
  std::string address_;
  std::vector<std::unique_ptr<Link>> links_;
  std::unique_ptr<Timer> timer_;
  TroubleHandler told_;
  bool running_ = false;
  bool paused_ = false;
  bool missed_ = false;  ///< something should have been sent while paused
};

}  // namespace rmqsim
