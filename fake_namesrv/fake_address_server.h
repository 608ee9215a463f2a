// A small address server: tells clients over HTTP where the nameservers are, as the one behind DefaultTopAddressing
// does (behaviour §1.6). Runs over any Transport, under the monitor.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"

namespace rmqsim {

class FakeAddressServer {
 public:
  /// Listens on "ip:port"; throws boost::system::system_error as Transport::listen does.
  FakeAddressServer(Transport& transport, std::string_view listen);
  ~FakeAddressServer();
  FakeAddressServer(const FakeAddressServer&) = delete;

  /// What GET of that target answers, e.g. "/rocketmq/nsaddr" → "10.0.0.1:9876;10.0.0.2:9876". Other targets get 404.
  void put(std::string target, std::string addresses) { answers_[std::move(target)] = std::move(addresses); }
  /// For tests: from now on requests are read and never answered.
  void set_silent(bool silent) { silent_ = silent; }

  const std::string& address() const { return acceptor_->local_address(); }
  /// Requests that were read completely.
  std::uint64_t requests() const { return requests_; }

 private:
  class Session;
  std::string answer(std::string_view target) const;

  std::map<std::string, std::string, std::less<>> answers_;
  std::map<std::uint64_t, std::shared_ptr<Session>> sessions_;
  std::unique_ptr<Acceptor> acceptor_;
  std::uint64_t requests_ = 0;
  std::uint64_t last_session_ = 0;
  bool silent_ = false;
};

}  // namespace rmqsim
