// What a program's server says to others, and hears from them, over connections that it asks for: told to the parent as
// it happens (packet_line.h). All under the monitor.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"
#include "scenarios/harness/capture/packet_capture.h"
#include "tools/fakes/control_channel.h"

namespace rmqsim::program {

class ToldPackets final : public PacketSink {
 public:
  ToldPackets(Runtime& runtime, ControlChannel& channel)
      : runtime_(runtime), channel_(channel),
        capture_(std::make_shared<PacketCapture>(runtime, *this, PacketCapture::Of::those_that_connect)) {}
  ToldPackets(const ToldPackets&) = delete;
  ToldPackets& operator=(const ToldPackets&) = delete;
  /// Takes the monitor.
  ~ToldPackets() override {
    runtime_.run([this] { capture_->stop(); });
  }

  /// `network` as the server of that name is to use it; with `tls` what it asks for is the inside of one.
  Transport& transport(const std::string& name, Transport& network, bool tls) {
    return capture_->transport(name, network, tls);
  }

  std::size_t add_link(Link link) override;
  void add(Entry entry) override;
  Link& link(std::size_t i) override { return links_[i]; }

 private:
  Runtime& runtime_;
  ControlChannel& channel_;
  const std::shared_ptr<PacketCapture> capture_;
  std::vector<Link> links_;
};

}  // namespace rmqsim::program
