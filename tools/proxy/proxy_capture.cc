#include "tools/proxy/proxy_capture.h"

#include "scenarios/harness/capture/pcapng.h"

namespace rmqsim {

bool ProxyCapture::open(const std::string& path) {
  log_.set_limit(PacketLog::kUsualLimit);
  return file_.open(path);
}

Transport& ProxyCapture::over(Runtime& runtime, Transport& network) {
  if (!file_.is_open()) return network;
  capture_ = std::make_shared<PacketCapture>(runtime, log_, PacketCapture::Of::both);
  return capture_->transport("proxy", network);
}

bool ProxyCapture::write() {
  if (!file_.is_open()) return true;
  capture_->stop();
  PcapOptions options;
  options.application = "rmqsim proxy";
  return file_.commit(pcapng(log_, options));
}

}  // namespace rmqsim
