// Whole sends through the real stack: under virtual time, and over TCP with producer and fake broker in one process.
// The figures that count are those of one core: tests/bench/run pins everything to it.
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "fake_namesrv/fake_namesrv_server.h"
#include "producer/client/api/default_mq_producer.h"
#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"

namespace rmqsim {
namespace {

FakeBrokerServerOptions broker_options(const std::string& name, const std::string& listen, const std::string& ns) {
  FakeBrokerServerOptions options;
  options.broker.name = options.broker.broker_name = name;
  options.broker.max_store_bytes = 8 << 20;  // soon full: the figures are those of a long run
  options.remoting.listen = listen;
  options.nameservers = {ns};
  return options;
}

const std::string kBody(100, 'x');

/// Three brokers, no faults, every byte through both codecs, latency 0.2 ms each way.
void simulated_sync_sends(benchmark::State& state) {
  SimRuntime runtime;
  SimNetwork network(runtime);
  network.transport("ns");
  FakeNamesrvServerOptions options;
  options.remoting.listen = network.ip("ns") + ":9876";
  FakeNamesrvServer namesrv(runtime, network.transport("ns"), options);
  namesrv.start();
  std::vector<std::unique_ptr<FakeBrokerServer>> brokers;
  for (const char* name : {"broker-a", "broker-b", "broker-c"}) {
    Transport& transport = network.transport(name);
    brokers.push_back(std::make_unique<FakeBrokerServer>(
        runtime, transport, broker_options(name, network.ip(name) + ":10911", namesrv.address())));
    brokers.back()->put_topic("TopicTest", 4, 6);
    brokers.back()->start();
  }
  runtime.run_for(millis(50));
  DefaultMQProducer producer(runtime, network.transport("client"), "please_rename_unique_group_name");
  producer.setNamesrvAddr(namesrv.address());
  producer.start();
  for (auto _ : state) {
    Message message("TopicTest", "TagA", kBody);
    benchmark::DoNotOptimize(producer.send(message));
  }
  state.SetItemsProcessed(state.iterations());
  producer.shutdown();
}
BENCHMARK(simulated_sync_sends)->MinTime(2);

class TcpCluster {
 public:
  TcpCluster() : runtime_(), transport_(runtime_) {
    Runtime& runtime = runtime_;
    runtime.run([&] {
      FakeNamesrvServerOptions options;
      options.remoting.listen = "127.0.0.1:0";
      namesrv_ = std::make_unique<FakeNamesrvServer>(runtime_, transport_, options);
      namesrv_->start();
      broker_ = std::make_unique<FakeBrokerServer>(runtime_, transport_,
                                                   broker_options("broker-a", "127.0.0.1:0", namesrv_->address()));
      broker_->put_topic("TopicTest", 4, 6);
      broker_->start();
    });
    for (bool ready = false; !ready;) {
      runtime.run([&] { ready = broker_->registrar().registered() == 1; });
    }
  }
  ~TcpCluster() {
    Runtime& runtime = runtime_;
    runtime.run([&] {
      broker_.reset();
      namesrv_.reset();
    });
  }
  const std::string& address() const { return namesrv_->address(); }
  Runtime& runtime() { return runtime_; }
  Transport& transport() { return transport_; }

 private:
  TcpRuntime runtime_;
  TcpTransport transport_;
  std::unique_ptr<FakeNamesrvServer> namesrv_;
  std::unique_ptr<FakeBrokerServer> broker_;
};

void send_sync(benchmark::State& state, DefaultMQProducer& producer, const std::string& namesrv) {
  producer.setNamesrvAddr(namesrv);
  producer.start();
  for (auto _ : state) {
    Message message("TopicTest", "TagA", kBody);
    benchmark::DoNotOptimize(producer.send(message));
  }
  state.SetItemsProcessed(state.iterations());
  producer.shutdown();
}

/// Producer and broker share one world and its event loop, as in `rmqsim run --world tcp`.
void tcp_sync_sends(benchmark::State& state) {
  TcpCluster cluster;
  DefaultMQProducer producer(cluster.runtime(), cluster.transport(), "please_rename_unique_group_name");
  send_sync(state, producer, cluster.address());
}
BENCHMARK(tcp_sync_sends)->MinTime(2)->UseRealTime();

/// Each has a world and threads of its own, as two processes would: two switches between threads per send.
void tcp_sync_sends_between_worlds(benchmark::State& state) {
  TcpCluster cluster;
  DefaultMQProducer producer("please_rename_unique_group_name");
  send_sync(state, producer, cluster.address());
}
BENCHMARK(tcp_sync_sends_between_worlds)->MinTime(2)->UseRealTime();

/// What the machine's loopback costs by itself: two threads, blocking sockets, as many bytes as a send and its answer.
/// The figures above stand beside this one; it differs three-fold between machines of the same size.
void bare_ping_pong(benchmark::State& state) {
  const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  if (::bind(listening, any, length) != 0 || ::listen(listening, 1) != 0 ||
      ::getsockname(listening, any, &length) != 0 || ::connect(client, any, length) != 0) {
    state.SkipWithError("no loopback socket");
    return;
  }
  const int server = ::accept(listening, nullptr, nullptr);
  const int on = 1;
  ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  std::thread echo([server] {
    char in[1024];
    const char out[300] = {};
    while (::recv(server, in, sizeof in, 0) > 0) ::send(server, out, sizeof out, MSG_NOSIGNAL);
  });
  char in[1024];
  const char out[620] = {};
  for (auto _ : state) {
    ::send(client, out, sizeof out, MSG_NOSIGNAL);
    benchmark::DoNotOptimize(::recv(client, in, sizeof in, 0));
  }
  state.SetItemsProcessed(state.iterations());
  ::close(client);
  echo.join();
  ::close(server);
  ::close(listening);
}
BENCHMARK(bare_ping_pong)->UseRealTime();

/// Many sends in flight from one application thread, which goes on when half of them are done.
void tcp_async_sends(benchmark::State& state) {
  constexpr std::int64_t kWindow = 4096;
  TcpCluster cluster;
  DefaultMQProducer producer("please_rename_unique_group_name");
  producer.setNamesrvAddr(cluster.address());
  producer.start();
  Message warm("TopicTest", "TagA", kBody);
  producer.send(warm);
  std::atomic<std::int64_t> done{0};
  std::atomic<std::int64_t> failed{0};
  std::atomic<std::int64_t> awaited{-1};
  const auto count = [&] {
    if (done.fetch_add(1) + 1 == awaited.load()) done.notify_one();
  };
  const auto wait_for = [&](std::int64_t n) {
    awaited.store(n);
    for (std::int64_t d = done.load(); d < n; d = done.load()) done.wait(d);
  };
  const auto callback = make_send_callback(
      [&](const SendResult&) { count(); },
      [&](const MQException&) {
        failed.fetch_add(1);
        count();
      });
  std::int64_t sent = 0;
  for (auto _ : state) {
    producer.send(Message("TopicTest", "TagA", kBody), callback);
    ++sent;
    if (sent - done.load() >= kWindow) wait_for(sent - kWindow / 2);
  }
  wait_for(sent);
  state.SetItemsProcessed(state.iterations());
  state.counters["failed"] = static_cast<double>(failed.load());
  producer.shutdown();
}
BENCHMARK(tcp_async_sends)->MinTime(2)->UseRealTime();

}  // namespace
}  // namespace rmqsim
