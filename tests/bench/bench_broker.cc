// The fake broker as a server: how many pipelined sends one core of it answers beside a bare Asio server that does the
// same I/O and nothing else, what ten thousand idle connections and a million messages cost, and how exact injected
// delays are. The server's thread has one processor and the client another where there are two.
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "producer/transport/address.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"
#include "tests/fakes/raw_client.h"

namespace rmqsim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kHeader = 300;
constexpr std::size_t kBody = 1024;
constexpr int kDistinct = 1024;  ///< requests with keys of their own, sent again and again

/// The calling thread, and what it starts, on processor `n` of those there are.
void run_on(unsigned n) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(n % std::max(1u, std::thread::hardware_concurrency()), &one);
  sched_setaffinity(0, sizeof one, &one);
}

double cpu_seconds_of_this_thread() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

std::string key_of(int i) {
  std::string key = std::to_string(i);
  return "7F0000010000" + std::string(20 - key.size(), '0') + key;
}

/// A SEND_MESSAGE_V2 frame with a header of 300 bytes and a body of 1 KiB.
std::string request_frame(int i) {
  SendBuilder send;
  send.body.assign(kBody, 'x');
  send.opaque = 100'000 + i;
  std::string frame;
  for (std::size_t fill = 0;;) {
    send.properties = "UNIQ_KEY\x01" + key_of(i) + "\x02WAIT\x01true\x02TAGS\x01TagA\x02K\x01" + std::string(fill + 1, 'k') + "\x02";
    frame.clear();
    encode(send.build(), frame);
    const std::size_t header = frame.size() - 8 - kBody;
    if (header >= kHeader) return frame;
    fill += kHeader - header;
  }
}

/// All distinct requests, one after the other; each frame of the same length.
std::string request_stream() {
  std::string stream;
  for (int i = 0; i < kDistinct; ++i) stream += request_frame(i);
  return stream;
}

int connect_to(const std::string& address) {
  const auto target = parse_address(address);
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(target->port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    ::close(fd);
    return -1;
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

/// Writes whole requests and reads answers, at most `kWindow` requests ahead, until `count` are answered.
class Pipeline {
 public:
  Pipeline(const std::string& address, std::string stream, std::size_t request_bytes)
      : fd_(connect_to(address)), stream_(std::move(stream)), request_bytes_(request_bytes), in_(256 * 1024) {}
  ~Pipeline() { ::close(fd_); }
  bool open() const { return fd_ >= 0; }

  /// How long one answer is: asks once.
  std::size_t learn_answer_bytes() {
    if (::send(fd_, stream_.data(), request_bytes_, MSG_NOSIGNAL) < 0) return 0;
    std::uint32_t length = 0;
    if (::recv(fd_, &length, 4, MSG_WAITALL) != 4) return 0;
    answer_bytes_ = ntohl(length) + 4;
    std::string rest(answer_bytes_ - 4, '\0');
    if (::recv(fd_, rest.data(), rest.size(), MSG_WAITALL) < 0) return 0;
    return answer_bytes_;
  }
  void set_answer_bytes(std::size_t n) { answer_bytes_ = n; }

  /// False when the server closed. Answers may differ by a few digits in length; frames are cut by their own length.
  bool answer(std::size_t count, bool frames) {
    std::size_t sent = 0;  // bytes
    std::size_t received = 0;
    std::size_t answered = 0;
    while (answered < count) {
      const std::size_t may = std::min(count, answered + kWindow) * request_bytes_;
      pollfd p{fd_, static_cast<short>(POLLIN | (sent < may ? POLLOUT : 0)), 0};
      ::poll(&p, 1, 10'000);
      if ((p.revents & POLLOUT) != 0) {
        const std::size_t at = (position_ + sent) % stream_.size();
        const std::size_t piece = std::min(stream_.size() - at, may - sent);
        const auto n = ::send(fd_, stream_.data() + at, piece, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) sent += static_cast<std::size_t>(n);
      }
      if ((p.revents & POLLIN) == 0) continue;
      const auto n = ::recv(fd_, in_.data(), in_.size(), MSG_DONTWAIT);
      if (n <= 0) return false;
      received += static_cast<std::size_t>(n);
      answered = frames ? answered + cut(static_cast<std::size_t>(n)) : received / answer_bytes_;
    }
    position_ = (position_ + sent) % stream_.size();
    return true;
  }

 private:
  static constexpr std::size_t kWindow = 512;

  /// Frames that end within the `n` newest bytes.
  std::size_t cut(std::size_t n) {
    std::size_t ended = 0;
    for (std::size_t at = 0; at < n;) {
      if (left_ == 0) {
        length_ = length_ << 8 | static_cast<unsigned char>(in_[at++]);
        if (++length_bytes_ < 4) continue;
        left_ = length_;
        length_ = length_bytes_ = 0;
        continue;
      }
      const std::size_t step = std::min<std::size_t>(left_, n - at);
      at += step;
      left_ -= step;
      if (left_ == 0) ++ended;
    }
    return ended;
  }

  int fd_;
  std::string stream_;
  std::size_t request_bytes_;
  std::size_t answer_bytes_ = 1;
  std::size_t position_ = 0;
  std::vector<char> in_;
  std::size_t left_ = 0;
  std::uint32_t length_ = 0;
  int length_bytes_ = 0;
};

/// A FakeBrokerServer with a world of its own, its thread on the first processor.
class Broker {
 public:
  explicit Broker(FaultPlan* plan = nullptr, std::size_t store_bytes = kDefaultMaxStoreBytes) {
    run_on(0);
    runtime_ = std::make_unique<TcpRuntime>();
    transport_ = std::make_unique<TcpTransport>(*runtime_);
    run_on(1);
    FakeBrokerServerOptions options;
    options.remoting.listen = "127.0.0.1:0";
    options.broker.max_store_bytes = store_bytes;
    under(*runtime_, [&] {
      server_ = std::make_unique<FakeBrokerServer>(*runtime_, *transport_, options, plan);
      server_->put_topic("TopicTest", 4, 6);
      server_->start();
      server_->begin_faults(runtime_->now());
    });
  }
  ~Broker() {
    under(*runtime_, [&] { server_.reset(); });
  }
  std::string address() { return server_->address(); }
  /// Of its I/O thread.
  double cpu_seconds() {
    std::atomic<double> seconds{-1};
    runtime_->post([&] { seconds = cpu_seconds_of_this_thread(); });
    while (seconds < 0) std::this_thread::yield();
    return seconds;
  }
  std::size_t connections() {
    std::size_t n = 0;
    under(*runtime_, [&] { n = server_->server().remoting().connections(); });
    return n;
  }
  std::uint64_t stored() {
    std::uint64_t n = 0;
    under(*runtime_, [&] { n = server_->broker().store().stored(); });
    return n;
  }

 private:
  std::unique_ptr<TcpRuntime> runtime_;
  std::unique_ptr<TcpTransport> transport_;
  std::unique_ptr<FakeBrokerServer> server_;
};

/// An Asio server that answers every `request` bytes with `answer` bytes, without looking at them.
class BareServer {
 public:
  BareServer(std::size_t request, std::size_t answer)
      : acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}), socket_(io_), request_(request), answer_(answer) {
    run_on(0);
    thread_ = std::thread([this] {  // ends when the client closes
      acceptor_.accept(socket_);
      socket_.set_option(boost::asio::ip::tcp::no_delay(true));
      read();
      io_.run();
      cpu_ = cpu_seconds_of_this_thread();
    });
    run_on(1);
  }
  /// CPU time of its thread, which has ended by then: the client must have closed.
  double join() {
    thread_.join();
    return cpu_;
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }

 private:
  void read() {
    socket_.async_read_some(boost::asio::buffer(in_), [this](const boost::system::error_code& error, std::size_t n) {
      if (error) return;
      got_ += n;
      const std::size_t due = got_ / request_ * answer_;
      got_ %= request_;
      out_.resize(due, 'a');
      boost::asio::async_write(socket_, boost::asio::buffer(out_),
                               [this](const boost::system::error_code& failed, std::size_t) {
                                 if (!failed) read();
                               });
    });
  }

  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ip::tcp::socket socket_;
  std::size_t request_;
  std::size_t answer_;
  std::string out_;
  std::vector<char> in_ = std::vector<char>(64 * 1024);
  std::size_t got_ = 0;
  double cpu_ = 0;
  std::thread thread_;
};

constexpr std::size_t kBurst = 20'000;
double broker_rate = 0;

constexpr std::string_view kIdlePeers = "--idle-peers";

/// The program as `bench_broker --idle-peers ADDRESS COUNT FD`: holds so many connections, writes to FD how many, and
/// stays.
int hold_idle_peers(const std::string& address, std::size_t count, int ready) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  std::size_t n = 0;
  while (n < count && connect_to(address) >= 0) ++n;
  if (::write(ready, &n, sizeof n) != sizeof n) return 1;
  ::pause();
  return 0;
}

/// `range` idle connections beside the busy one, of a process of their own, as clients are. A mere fork would share the
/// broker's memory until each page is written again, which is then counted as the broker's work.
class IdlePeers {
 public:
  IdlePeers(const std::string& address, std::size_t count) {
    if (count == 0) return;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    int ready[2];
    if (::pipe(ready) != 0) return;
    std::string words[] = {"/proc/self/exe", std::string(kIdlePeers), address, std::to_string(count),
                           std::to_string(ready[1])};
    char* argv[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), words[4].data(), nullptr};
    if (::posix_spawn(&child_, argv[0], nullptr, nullptr, argv, environ) != 0) child_ = -1;
    ::close(ready[1]);
    if (::read(ready[0], &held_, sizeof held_) != sizeof held_) held_ = 0;
    ::close(ready[0]);
  }
  ~IdlePeers() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  std::size_t held() const { return held_; }

 private:
  pid_t child_ = -1;
  std::size_t held_ = 0;
};

/// Pipelined SEND_MESSAGE_V2 on one connection.
void broker_pipelined_sends(benchmark::State& state) {
  Broker broker;
  IdlePeers idle(broker.address(), static_cast<std::size_t>(state.range(0)));
  while (broker.connections() < idle.held()) std::this_thread::yield();
  const std::string stream = request_stream();
  Pipeline client(broker.address(), stream, stream.size() / kDistinct);
  if (client.learn_answer_bytes() == 0) return state.SkipWithError("no answer");
  const double before = broker.cpu_seconds();
  for (auto _ : state) {
    if (!client.answer(kBurst, true)) return state.SkipWithError("the broker closed the connection");
  }
  const double used = broker.cpu_seconds() - before;
  const auto requests = static_cast<double>(state.iterations()) * kBurst;
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBurst));
  state.counters["per_core_second"] = requests / used;
  state.counters["resident_MB"] = resident_megabytes();
  state.counters["idle"] = static_cast<double>(idle.held());
  if (state.range(0) == 0) broker_rate = requests / used;
}
BENCHMARK(broker_pipelined_sends)->Arg(0)->Arg(10'000)->UseRealTime()->MinTime(2);

/// The same bytes in both directions through a server that does nothing: what the kernel and Asio cost.
void bare_asio_server(benchmark::State& state) {
  const std::string stream = request_stream();
  std::size_t answer = 0;
  {
    Broker broker;
    answer = Pipeline(broker.address(), stream, stream.size() / kDistinct).learn_answer_bytes();
  }
  if (answer == 0) return state.SkipWithError("no answer");
  BareServer server(stream.size() / kDistinct, answer);
  {
    Pipeline client(server.address(), stream, stream.size() / kDistinct);
    client.set_answer_bytes(answer);
    for (auto _ : state) client.answer(kBurst, false);
  }
  const double used = server.join();
  const auto requests = static_cast<double>(state.iterations()) * kBurst;
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBurst));
  state.counters["per_core_second"] = requests / used;
  if (broker_rate > 0) state.counters["broker_ratio"] = broker_rate * used / requests;
}
BENCHMARK(bare_asio_server)->UseRealTime()->MinTime(2);

/// A million messages through one broker: what is kept is bounded by bytes, and so is the process.
void a_million_messages(benchmark::State& state) {
  Broker broker;
  const std::string stream = request_stream();
  Pipeline client(broker.address(), stream, stream.size() / kDistinct);
  if (client.learn_answer_bytes() == 0) return state.SkipWithError("no answer");
  const double before = resident_megabytes();
  for (auto _ : state) {
    if (!client.answer(1'000'000, true)) return state.SkipWithError("the broker closed the connection");
  }
  state.counters["stored"] = static_cast<double>(broker.stored());
  state.counters["grew_by_MB"] = resident_megabytes() - before;
}
BENCHMARK(a_million_messages)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Requests one millisecond apart under a rule that holds every answer for `range` ms: how late the answers are, beyond
/// that, and beyond the same without a rule (range 0).
void injected_delay(benchmark::State& state) {
  FaultRule rule;
  rule.id = "slow";
  rule.at = "*";
  const double ms = static_cast<double>(state.range(0));
  rule.action = FaultAction{{"delayMs", DelayDistribution{DelayDistribution::Kind::fixed, ms, 0}}};
  FaultPlan plan({rule}, {});
  Broker broker(&plan);
  const int fd = connect_to(broker.address());
  constexpr int kRequests = 3000;
  std::vector<Clock::time_point> sent(kRequests);
  std::vector<double> errors;  // ms
  const std::size_t request_bytes = request_frame(0).size();
  std::string stream;
  for (int i = 0; i < kRequests; ++i) stream += request_frame(i);
  for (auto _ : state) {
    errors.clear();
    FrameDecoder decoder;
    RemotingCommand answer;
    std::vector<char> in(64 * 1024);
    const auto begin = Clock::now() + std::chrono::milliseconds(5);
    for (int next = 0; errors.size() < kRequests;) {
      const auto due = begin + std::chrono::milliseconds(next);
      if (next < kRequests && Clock::now() >= due) {
        sent[static_cast<std::size_t>(next)] = Clock::now();
        const char* const request = stream.data() + static_cast<std::size_t>(next) * request_bytes;
        if (::send(fd, request, request_bytes, MSG_NOSIGNAL) < 0) {
          return state.SkipWithError("the broker closed the connection");
        }
        ++next;
        continue;
      }
      const auto until_due = std::max<Clock::duration>(due - Clock::now(), Clock::duration::zero());
      const auto left = next < kRequests ? until_due : std::chrono::seconds(1);
      const timespec wait{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
      pollfd p{fd, POLLIN, 0};
      if (::ppoll(&p, 1, &wait, nullptr) <= 0) continue;
      const auto n = ::recv(fd, in.data(), in.size(), MSG_DONTWAIT);
      const auto arrived = Clock::now();
      if (n <= 0) continue;
      std::string_view bytes(in.data(), static_cast<std::size_t>(n));
      while (decoder.next(bytes, answer) == FrameDecoder::Status::command) {
        const auto took = arrived - sent[static_cast<std::size_t>(answer.opaque - 100'000)];
        const double ms = std::chrono::duration<double, std::milli>(took).count();
        errors.push_back(ms - static_cast<double>(state.range(0)));
      }
    }
  }
  ::close(fd);
  std::sort(errors.begin(), errors.end());
  const auto quantile = [&](double q) {
    return errors[static_cast<std::size_t>(q * static_cast<double>(errors.size() - 1))];
  };
  state.counters["min_ms"] = errors.front();
  state.counters["p50_ms"] = quantile(0.5);
  state.counters["p99_ms"] = quantile(0.99);
  state.counters["max_ms"] = errors.back();
}
BENCHMARK(injected_delay)->Arg(0)->Arg(5)->Arg(50)->Arg(500)
    ->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rmqsim

int main(int argc, char** argv) {
  if (argc == 5 && argv[1] == rmqsim::kIdlePeers) {
    return rmqsim::hold_idle_peers(argv[2], std::stoul(argv[3]), std::stoi(argv[4]));
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
