// Keeps the two shells of a broker in step: the server that answers and the registrar that announces it.
#include "fake_broker/fake_broker_server.h"

#include "producer/transport/address.h"

namespace rmqsim {

namespace {

/// Where clients find a broker that listens on every address of its machine: Java's brokerIP1, the machine's own.
std::string reachable(const std::string& listening, const Transport& transport) {
  const auto address = parse_address(listening);
  if (!address || address->host != "0.0.0.0") return listening;
  return to_string(Address{transport.local_ip(), address->port});
}

/// What others are told; `wanted` may leave out the port, or everything.
std::string known_address(const std::string& wanted, const std::string& listening, const Transport& transport) {
  if (wanted.empty()) return reachable(listening, transport);
  return wanted.find(':') != std::string::npos ? wanted : wanted + listening.substr(listening.rfind(':'));
}

RemotingServerOptions with_vip(FakeBrokerServerOptions& options) {
  if (options.vip) options.remoting.second_port = kVipPort;
  return std::move(options.remoting);
}

}  // namespace

bool can_have_vip_port(std::int32_t port) { return port == 0 || port + kVipPort > 0; }

FakeBrokerServer::FakeBrokerServer(Runtime& runtime, Transport& transport, FakeBrokerServerOptions options,
                                   FaultPlan* plan, ServerObserver* observer)
    : runtime_(runtime),
      transport_(transport),
      advertise_(std::move(options.advertise)),
      broker_(options.broker, runtime.random("broker/" + options.broker.name)),
      server_(runtime, transport, broker_, with_vip(options), plan, observer),
      registrar_(runtime, transport, broker_.state(), std::move(options.nameservers)),
      due_timer_(runtime.make_timer()) {
  broker_.on_due_changed([this] { arm(); });
  broker_.on_topics_changed([this] { registrar_.topics_changed(); });
}

void FakeBrokerServer::start() {
  server_.start();
  const std::string known_as = known_address(advertise_, server_.address(), transport_);
  broker_.set_address(reachable(server_.address(), transport_));
  broker_.set_address(known_as);  // a name changes nothing there: an offsetMsgId has room for an IP only
  registrar_.start(known_as);
  broker_.begin_scans(runtime_.now());
  arm();
}

void FakeBrokerServer::arm() {
  const auto at = broker_.next_due();
  if (!at || !server_.running() || server_.paused()) return due_timer_->cancel();
  due_timer_->expires_at(*at, [this] {
    broker_.run_due(runtime_.now());
    server_.deliver();
    arm();
  });
}

void FakeBrokerServer::go_away() {
  registrar_.stop();
  broker_.go_away();
}

void FakeBrokerServer::stop() {
  due_timer_->cancel();
  registrar_.stop();
  server_.stop();
}

void FakeBrokerServer::crash() {
  due_timer_->cancel();
  registrar_.crash();
  server_.crash();
}

void FakeBrokerServer::pause() {
  due_timer_->cancel();
  registrar_.pause();
  server_.pause();
}

void FakeBrokerServer::resume() {
  server_.resume();
  registrar_.resume();
  arm();
}

}  // namespace rmqsim
