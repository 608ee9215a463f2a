// What the two worlds cost by themselves: an event, a timer, a message there and back. Everything above is paid on top
// of these. The TCP figures are taken with all threads on one processor, as the producer's targets are stated.
#include <benchmark/benchmark.h>

#include <sched.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"

namespace rmqsim {
namespace {

constexpr std::size_t kMessage = 200;

struct Rearm {
  Timer* timer;
  Random* random;
  void operator()() { timer->expires_after(Duration(random->below(1'000'000)), Rearm{timer, random}); }
};

/// One event of a world with `range` timers that re-arm themselves at random.
void sim_event_step(benchmark::State& state) {
  SimRuntime world;
  std::vector<std::unique_ptr<Timer>> timers;
  for (int i = 0; i < state.range(0); ++i) {
    timers.push_back(world.make_timer());
    Rearm{timers.back().get(), &world.random("bench")}();
  }
  for (auto _ : state) world.step();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sim_event_step)->Arg(1)->Arg(16)->Arg(1000)->Arg(100000);

void sim_timer_arm_cancel(benchmark::State& state) {
  SimRuntime world;
  auto timer = world.make_timer();
  for (auto _ : state) {
    timer->expires_after(millis(3000), [] {});
    timer->cancel();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sim_timer_arm_cancel);

void sim_timer_rearm_among(benchmark::State& state) {
  SimRuntime world;
  std::vector<std::unique_ptr<Timer>> timers;
  for (int i = 0; i < state.range(0); ++i) timers.push_back(world.make_timer());
  std::size_t next = 0;
  for (auto _ : state) {
    timers[next]->expires_after(millis(3000), [] {});
    next = next + 1 == timers.size() ? 0 : next + 1;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sim_timer_rearm_among)->Arg(1000);

void sim_post(benchmark::State& state) {
  SimRuntime world;
  for (auto _ : state) {
    world.post([] {});
    world.step();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sim_post);

/// Answers every piece with itself.
struct Echo : ConnectionListener {
  std::shared_ptr<Connection> connection;
  void on_receive(std::string_view bytes) override { connection->write(bytes); }
  void on_close(error_code) override {}
};

struct Counter : ConnectionListener {
  std::shared_ptr<Connection> connection;
  std::size_t received = 0;
  std::size_t wanted = 0;
  Latch* latch = nullptr;
  void on_receive(std::string_view bytes) override {
    received += bytes.size();
    if (latch != nullptr && received >= wanted) std::exchange(latch, nullptr)->release();
  }
  void on_close(error_code) override {}
};

/// A message of 200 bytes there and back; items are messages, two per iteration.
void sim_ping_pong(benchmark::State& state) {
  SimRuntime world;
  SimNetwork network(world);
  Echo server;
  Counter client;
  auto acceptor = network.transport("b").listen("0.0.0.0:10911", [&](std::shared_ptr<Connection> c) {
    server.connection = std::move(c);
    server.connection->start(server);
  });
  network.transport("a").async_connect("b:10911", millis(3000), [&](error_code, std::shared_ptr<Connection> c) {
    client.connection = std::move(c);
    client.connection->start(client);
  });
  world.run();
  const std::string message(kMessage, 'x');
  for (auto _ : state) {
    world.run([&] { client.connection->write(message); });
    world.run();
  }
  state.SetItemsProcessed(state.iterations() * 2);
}
BENCHMARK(sim_ping_pong);

/// Binds this thread, and those it starts from then on, to one processor.
class OneProcessor {
 public:
  OneProcessor() {
    sched_getaffinity(0, sizeof former_, &former_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
  }
  ~OneProcessor() { sched_setaffinity(0, sizeof former_, &former_); }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;

 private:
  cpu_set_t former_;
};

/// A client and a server world, each with its I/O thread, and the benchmark's own thread as the application.
struct TcpPair {
  OneProcessor one;
  TcpRuntime server_world;
  TcpRuntime client_world;
  TcpTransport server_transport{server_world};
  TcpTransport client_transport{client_world};
  Echo server;
  Counter client;
  std::unique_ptr<Acceptor> acceptor;

  TcpPair() {
    acceptor = server_transport.listen("127.0.0.1:0", [this](std::shared_ptr<Connection> c) {
      server.connection = std::move(c);
      server.connection->start(server);
    });
    Latch ready;
    client_transport.async_connect(acceptor->local_address(), millis(3000),
                                   [&](error_code, std::shared_ptr<Connection> c) {
                                     client.connection = std::move(c);
                                     client.connection->start(client);
                                     ready.release();
                                   });
    client_world.run_until(ready);
  }
  ~TcpPair() {
    client_world.run([this] { client.connection.reset(); });
    server_world.run([this] { server.connection.reset(); });
  }
};

void tcp_ping_pong_sync(benchmark::State& state) {
  TcpPair pair;
  const std::string message(kMessage, 'x');
  for (auto _ : state) {
    Latch done;
    pair.client_world.run([&] {
      pair.client.latch = &done;
      pair.client.wanted = pair.client.received + kMessage;
      pair.client.connection->write(message);
    });
    pair.client_world.run_until(done);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(tcp_ping_pong_sync)->UseRealTime();

/// `range` messages, each written by a dispatch of its own, then one wait for all the answers.
void tcp_ping_pong_pipelined(benchmark::State& state) {
  TcpPair pair;
  const auto depth = static_cast<std::size_t>(state.range(0));
  const std::string message(kMessage, 'x');
  for (auto _ : state) {
    Latch done;
    pair.client_world.run([&] {
      pair.client.latch = &done;
      pair.client.wanted = pair.client.received + kMessage * depth;
    });
    for (std::size_t i = 0; i < depth; ++i) {
      pair.client_world.run([&] { pair.client.connection->write(message); });
    }
    pair.client_world.run_until(done);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(tcp_ping_pong_pipelined)->Arg(64)->Arg(1024)->UseRealTime();

}  // namespace
}  // namespace rmqsim
