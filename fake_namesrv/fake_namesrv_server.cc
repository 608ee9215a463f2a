#include "fake_namesrv/fake_namesrv_server.h"

namespace rmqsim {

FakeNamesrvServer::FakeNamesrvServer(Runtime& runtime, Transport& transport, FakeNamesrvServerOptions options,
                                     FaultPlan* plan, ServerObserver* observer)
    : runtime_(runtime),
      namesrv_(std::move(options.namesrv)),
      server_(runtime, transport, namesrv_, std::move(options.remoting), plan, observer),
      scan_timer_(runtime.make_timer()) {
  namesrv_.on_registered([this] { arm(); });
}

void FakeNamesrvServer::start() { server_.start(); }

// A nameserver with static routes only has nothing to scan, and a simulated world that waits for nothing can say so.
void FakeNamesrvServer::arm() {
  if (armed_) return;
  armed_ = true;
  scan_timer_->expires_after(kScanInterval, [this] { scan(); });
}

void FakeNamesrvServer::stop() {
  scan_timer_->cancel();
  armed_ = false;
  server_.stop();
}

void FakeNamesrvServer::crash() {
  scan_timer_->cancel();
  armed_ = false;
  server_.crash();
}

void FakeNamesrvServer::scan() {
  armed_ = false;
  if (!server_.paused()) {
    for (const std::uint64_t id : namesrv_.routes().expire(runtime_.now())) {
      if (const auto connection = server_.remoting().find(id)) connection->close();
    }
  }
  if (namesrv_.routes().has_live_brokers()) arm();
}

}  // namespace rmqsim
