// Stands between those who use a network and the real or simulated one below, and notes what goes over it. Nothing of
// it changes. Of TLS connections it is what is inside. All under the monitor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"
#include "scenarios/harness/capture/packet_log.h"

namespace rmqsim {

class PacketCapture : public std::enable_shared_from_this<PacketCapture> {
 public:
  /// Whose connections are noted: of two ends in one process only one is to be.
  enum class Of : std::uint8_t { those_that_connect, both };

  /// What a world knows of its machines; each may be null.
  struct Names {
    std::function<std::string(const std::string& asker)> ip_of;
    std::function<std::string(std::string_view address)> server_at;
  };

  PacketCapture(Runtime& runtime, PacketSink& log, Of of, Names names = {})
      : runtime_(runtime), log_(&log), of_(of), names_(std::move(names)) {}

  /// `network` as the one of that name uses it; lives as long as this. With `tls` it is the secret side of one.
  Transport& transport(const std::string& asker, Transport& network, bool tls = false);
  /// From now on nothing is noted.
  void stop() { log_ = nullptr; }

 private:
  class CapturedTransport;
  class CapturedConnection;

  /// One that `asker` asks for.
  std::size_t add_asked(const std::string& asker, std::string_view address, bool tls);
  std::size_t add_link(PacketLog::Link link) { return log_ == nullptr ? 0 : log_->add_link(std::move(link)); }
  void name_ends(std::size_t link, const std::string& client, const std::string& server) {
    if (log_ == nullptr) return;
    log_->link(link).client = client;
    log_->link(link).server = server;
  }
  void add(std::size_t link, PacketLog::Kind kind, std::string_view bytes = {}, error_code error = {}) {
    if (log_ != nullptr) log_->add({runtime_.now(), link, kind, std::string(bytes), error});
  }

  Runtime& runtime_;
  PacketSink* log_;
  const Of of_;
  const Names names_;
  std::map<std::pair<std::string, Transport*>, std::unique_ptr<Transport>> transports_;
};

}  // namespace rmqsim
