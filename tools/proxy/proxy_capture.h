// What passes a proxy, as a capture file: the connections of its clients and its own to the cluster, written when it
// ends. It is kept in memory until then, up to a limit.
#pragma once

#include <memory>
#include <string>

#include "scenarios/harness/capture/packet_capture.h"
#include "tools/io/output_file.h"

namespace rmqsim {

class ProxyCapture {
 public:
  /// False when no file can be written there.
  bool open(const std::string& path);
  /// The network with whoever notes in between, when a file is open; else the network itself.
  Transport& over(Runtime& runtime, Transport& network);
  /// Under the monitor, when the proxy has ended. False when the file could not be written.
  bool write();
  /// More passed than was kept.
  bool full() const { return log_.full(); }
  const std::string& path() const { return file_.path(); }
  std::string problem() const { return file_.problem(); }

 private:
  OutputFile file_;
  PacketLog log_;
  std::shared_ptr<PacketCapture> capture_;
};

}  // namespace rmqsim
