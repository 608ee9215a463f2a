// `rmqsim send`: arguments, sender threads, pacing, interruption. The producer is the one that scenarios run; what it
// decides is not repeated here. Exit status: 0 every send ended with a result, 1 some ended with an exception, 2
// interrupted before all were sent, 64 bad usage, 70 internal error.
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "producer/client/api/acl_client_rpc_hook.h"
#include "producer/client/api/default_mq_producer.h"
#include "producer/client/send/default_mq_producer_impl.h"
#include "producer/transport/address.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "scenarios/harness/file/step.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/text/whole_number.h"
#include "scenarios/harness/report/rerun.h"
#include "tools/commands/commands.h"
#include "tools/commands/options.h"
#include "tools/io/output_file.h"
#include "tools/io/stop_signals.h"
#include "tools/send/send_stats.h"
#include "tools/send/sent_page.h"
#include "tools/send/unknown_hosts.h"

namespace rmqsim {
namespace send_command {
namespace {

/// Oneway sends that are begun as fast as they go: so many in one turn of the world, whose bytes leave together.
constexpr std::uint64_t kTogether = 16;
/// They wait while more bytes than this have not left: nobody else holds them up, and a connection that gets far behind
/// is broken off with all that waits in it.
constexpr std::size_t kMostUnsent = 1 << 20;

enum Exit { kAllSent = 0, kSomeFailed = 1, kInterrupted = 2, kUsage = 64, kInternal = 70 };

struct SendOptions {
  std::string namesrv;
  std::string topic = "TopicTest";
  std::string group = "rmqsim_send";
  std::string tag, key;
  std::optional<std::string> body;
  std::string mode = "sync";
  std::string profile{default_profile().name};
  std::uint64_t count = 1000;
  double rate = 0;
  std::size_t size = 128;
  std::uint32_t threads = 1;
  std::uint32_t in_flight = 256;
  std::int64_t timeout = 3000;
  int retries = 2;
  bool latency_fault = false;
  bool tls = false;
  bool json = false;
  std::string report;
  SessionCredentials credentials;
};

/// What sends the same again; a secret stays in the environment.
std::string rerun_command(const SendOptions& o) {
  std::string text = "rmqsim send --namesrv " + shell_word(o.namesrv) + " --topic " + shell_word(o.topic) +
                     " --count " + std::to_string(o.count) + " --mode " + o.mode + " --threads " +
                     std::to_string(o.threads) + " --timeout " + std::to_string(o.timeout) + " --retries " +
                     std::to_string(o.retries) + " --profile " + o.profile;
  if (o.rate > 0) text += " --rate " + std::to_string(o.rate);
  if (o.latency_fault) text += " --latency-fault";
  if (o.tls) text += " --tls";
  if (!o.credentials.access_key.empty()) text += " --access-key " + shell_word(o.credentials.access_key);
  if (!o.tag.empty()) text += " --tag " + shell_word(o.tag);
  if (!o.key.empty()) text += " --key " + shell_word(o.key);
  return text + (o.body ? " --body " + shell_word(*o.body) : " --size " + std::to_string(o.size));
}

class Sender {
 public:
  /// `report` is open when a page is wanted.
  Sender(const SendOptions& options, OutputFile& report)
      : options_(options),
        report_(report),
        producer_(options.group, hook_of(options), false, "", *find_profile(options.profile)),
        world_(dynamic_cast<TcpRuntime&>(producer_.runtime())) {
    run_.topic = options.topic;
    run_.mode = options.mode;
    run_.profile = options.profile;
    run_.wanted = options.count;
    run_.threads = options.threads;
    mode_ = options.mode == "sync"    ? CommunicationMode::SYNC
            : options.mode == "async" ? CommunicationMode::ASYNC
                                      : CommunicationMode::ONEWAY;
  }

  int run() {
    configure();
    producer_.start();
    impl_ = &producer_.getDefaultMQProducerImpl();
    begin_ = std::chrono::steady_clock::now();
    first_ = producer_.runtime().now();
    std::vector<std::thread> threads;
    working_ = options_.threads;
    for (std::uint32_t n = 0; n < options_.threads; ++n) threads.emplace_back([this] { work(); });
    watch();
    for (std::thread& thread : threads) thread.join();
    SendStats stats = snapshot();
    producer_.shutdown();
    run_.interrupted = interrupted_ && (run_.wanted == 0 || stats.ended < run_.wanted);
    std::cout << (options_.json ? send_report_json(run_, stats) + "\n" : send_report_text(run_, stats));
    if (report_.is_open() &&
        !report_.commit(sent_page(run_, stats, std::move(rows_), first_, rerun_command(options_)))) {
      std::cerr << "rmqsim send: " << report_.problem() << "\n";
      return kInternal;
    }
    if (run_.interrupted && run_.wanted != 0) return kInterrupted;
    return stats.failed == 0 ? kAllSent : kSomeFailed;
  }

 private:
  static std::shared_ptr<RPCHook> hook_of(const SendOptions& options) {
    if (options.credentials.access_key.empty()) return nullptr;
    return std::make_shared<AclClientRPCHook>(options.credentials);
  }

  void configure() {
    producer_.setNamesrvAddr(options_.namesrv);
    producer_.setInstanceName("rmqsim-send-" + std::to_string(::getpid()));
    producer_.setSendMsgTimeout(options_.timeout);
    producer_.setRetryTimesWhenSendFailed(options_.retries);
    producer_.setRetryTimesWhenSendAsyncFailed(options_.retries);
    producer_.setSendLatencyFaultEnable(options_.latency_fault);
    producer_.setUseTLS(options_.tls);
    producer_.settings().record_attempts = true;
  }

  /// Until all threads have ended: shows how far it is, and hears signals.
  void watch() {
    const bool terminal = ::isatty(STDERR_FILENO) != 0;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        if (working_ == 0 && in_flight_ == 0) break;
      }
      if (interrupted_) {
        ::poll(nullptr, 0, 50);
      } else if (stop_signals::wait(50)) {
        {
          std::unique_lock lock(mutex_);  // nobody is between looking at it and waiting
          interrupted_ = true;
        }
        std::cerr << (terminal ? "\n" : "") << "rmqsim send: interrupted; waiting for what is under way\n";
        interruption_.notify_all();
        place_free_.notify_all();
      }
      if (terminal && ++ticks_ % 4 == 0) {
        const SendStats stats = snapshot();
        std::cerr << "\r" << send_progress(run_, stats) << "\x1b[K" << std::flush;
      }
    }
    if (terminal && ticks_ >= 4) std::cerr << "\r\x1b[K" << std::flush;
  }

  SendStats snapshot() {
    std::unique_lock lock(mutex_);
    run_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    return stats_;
  }

  void work() {
    const std::uint64_t together = mode_ == CommunicationMode::ONEWAY && options_.rate == 0 ? kTogether : 1;
    for (std::uint64_t wanted = 1;; wanted = together) {  // the first send of a thread looks for the route by itself
      const std::uint64_t i = next_.fetch_add(wanted);
      if (interrupted_ || (options_.count != 0 && i >= options_.count)) break;
      const std::uint64_t n = options_.count == 0 ? wanted : std::min(wanted, options_.count - i);
      if (!wait_for_turn(i, n)) break;
      if (mode_ == CommunicationMode::ASYNC) {
        send_async(i);
      } else {
        send(i, n);
      }
    }
    std::unique_lock lock(mutex_);
    --working_;
  }

  /// Pacing and, for async sends, a place among those under way. False: interrupted.
  bool wait_for_turn(std::uint64_t i, std::uint64_t n) {
    std::unique_lock lock(mutex_);
    if (options_.rate > 0) {
      const auto due = begin_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                    std::chrono::duration<double>(static_cast<double>(i) / options_.rate));
      if (interruption_.wait_until(lock, due, [this] { return interrupted_.load(); })) return false;
    }
    if (mode_ == CommunicationMode::ASYNC) {
      place_free_.wait(lock, [this] { return in_flight_ < places() || interrupted_; });
    }
    if (interrupted_) return false;
    in_flight_ += n;
    return true;
  }
  std::uint64_t places() const { return std::max<std::uint64_t>(options_.in_flight, options_.threads); }
  /// Who waits for a place is woken when so few are taken: not for every one that is free.
  std::uint64_t few() const { return places() - std::max<std::uint64_t>(1, places() / 4); }

  Message message(std::uint64_t i) const {
    std::string body = options_.body ? with_number(*options_.body, i) : std::string(options_.size, 'x');
    return Message(options_.topic, options_.tag, with_number(options_.key, i), std::move(body));
  }

  SendCall call() const {
    SendCall call;
    call.mode = mode_;
    call.timeout_millis = options_.timeout;
    return call;
  }

  /// The handler may be called again with what became known later; it counts once.
  auto counting(TimePoint begin) {
    return [this, begin, told = std::make_shared<bool>(false)](SendOutcome& outcome) { ended(outcome, begin, *told); };
  }

  void send_async(std::uint64_t i) {
    const auto handler = counting(producer_.runtime().now());
    if (auto error = impl_->send_async(message(i), call(), handler)) {
      SendOutcome outcome{.error = std::move(error)};
      handler(outcome);
    }
  }

  /// Sync and oneway sends from the i-th on, n of them; until all have ended.
  void send(std::uint64_t i, std::uint64_t n) {
    Runtime& runtime = producer_.runtime();
    Latch latch;
    std::uint64_t left = n;
    std::vector<Message> messages;
    messages.reserve(n);
    for (std::uint64_t k = 0; k < n; ++k) messages.push_back(message(i + k));
    TimePoint begin = runtime.now();
    runtime.run([&] {
      for (Message& message : messages) {
        impl_->send(message, call(), [&latch, &left, handler = counting(begin)](SendOutcome& outcome) {
          handler(outcome);
          if (!outcome.amended && --left == 0) latch.release();
        });
        begin = runtime.now();
      }
    });
    if (!latch.released()) runtime.run_until(latch);
    if (mode_ != CommunicationMode::ONEWAY) return;
    while (world_.unsent_bytes() > kMostUnsent && !interrupted_) ::poll(nullptr, 0, 1);
  }

  void ended(SendOutcome& outcome, TimePoint begin, bool& told) {
    const Duration took = producer_.runtime().now() - begin;
    std::unique_lock lock(mutex_);
    if (std::exchange(told, true)) return;
    const std::string_view name = outcome.result != nullptr ? send_status_name(outcome.result->status) : "SENT";
    stats_.add(name, outcome.error ? &*outcome.error : nullptr, took, outcome.attempts);
    if (report_.is_open() && rows_.size() < kMostSentRows) rows_.push_back(row(outcome, begin, took));
    if (--in_flight_ == few()) place_free_.notify_all();
  }

  SendRecord row(const SendOutcome& outcome, TimePoint begin, Duration took) const {
    SendRecord row;
    row.mode = mode_;
    row.start = begin;
    row.end = begin + took;
    row.completions = 1;
    if (outcome.result != nullptr) row.result = *outcome.result;
    row.error = outcome.error;
    if (outcome.attempts != nullptr) row.attempts = *outcome.attempts;
    return row;
  }

  const SendOptions& options_;
  OutputFile& report_;
  DefaultMQProducer producer_;
  TcpRuntime& world_;
  DefaultMQProducerImpl* impl_ = nullptr;
  CommunicationMode mode_ = CommunicationMode::SYNC;
  SendRun run_;
  SendStats stats_;
  std::vector<SendRecord> rows_;
  TimePoint first_{};
  std::chrono::steady_clock::time_point begin_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<bool> interrupted_{false};
  std::mutex mutex_;  ///< of everything that senders and handlers count
  std::condition_variable interruption_;
  std::condition_variable place_free_;
  std::uint32_t working_ = 0;
  std::uint64_t in_flight_ = 0;
  unsigned ticks_ = 0;
};

int run_send(SendOptions& o) {
  if (o.namesrv.empty()) {
    std::cerr << "rmqsim send: no nameserver; name one with --namesrv HOST:PORT or in NAMESRV_ADDR\n";
    return kUsage;
  }
  for (std::string_view left = o.namesrv; !left.empty();) {
    const std::string address(left.substr(0, left.find(';')));
    left.remove_prefix(std::min(left.size(), address.size() + 1));
    if (address.empty() || parse_address(address)) continue;
    std::cerr << "rmqsim send: --namesrv takes HOST:PORT;HOST:PORT, not " << in_quotes(address) << "\n";
    return kUsage;
  }
  if (o.credentials.access_key.empty() && !o.credentials.security_token.empty()) {
    std::cerr << "rmqsim send: --security-token belongs to --access-key and --secret-key\n";
    return kUsage;
  }
  if (o.credentials.access_key.empty() != o.credentials.secret_key.empty()) {
    std::cerr << "rmqsim send: --access-key and --secret-key belong together\n";
    return kUsage;
  }
  stop_signals::listen();
  try {
    OutputFile report;
    if (!o.report.empty() && !report.open(o.report)) {
      std::cerr << "rmqsim send: " << report.problem() << "\n";
      return kUsage;
    }
    const int status = Sender(o, report).run();
    if (status == kAllSent) return status;
    for (const std::string& unknown : unknown_hosts(o.namesrv)) std::cerr << "rmqsim send: " << unknown << "\n";
    return status;
  } catch (const MQClientException& e) {  // a group or an address that the producer refuses
    std::cerr << "rmqsim send: " << e.getMessage() << "\n";
    return kUsage;
  }
}

}  // namespace
}  // namespace send_command

Subcommand add_send_command(CLI::App& app) {
  using namespace send_command;
  const auto o = std::make_shared<SendOptions>();
  CLI::App* send =
      app.add_subcommand("send", "Send messages to any cluster, real or fake, and show what became of them");
  send->add_option("--namesrv", o->namesrv, "Nameservers, HOST:PORT;HOST:PORT")->envname("NAMESRV_ADDR");
  send->add_option("--topic", o->topic, "Topic")->capture_default_str();
  send->add_option("--tag", o->tag, "Tag of every message");
  send->add_option("--key", o->key, "Key of every message; {i} is the number of the send");
  send->add_option("--body", o->body, "Body of every message; {i} is the number of the send");
  send->add_option("--size", o->size, "Bytes of body, where --body does not say it")
      ->capture_default_str()->check(CLI::Range(std::size_t{1}, std::size_t{64} << 20))->excludes("--body");
  send->add_option("--count", o->count, "Sends; 0: until interrupted")
      ->capture_default_str()->check(whole_number);
  send->add_option("--rate", o->rate, "Sends begun a second, of all threads together; 0: as fast as they go")
      ->capture_default_str()->check(finite_number)->check(CLI::Range(0.0, 1e7));
  send->add_option("--mode", o->mode, "sync, async or oneway")
      ->capture_default_str()->check(CLI::IsMember({"sync", "async", "oneway"}));
  send->add_option("--threads", o->threads, "Application threads")->capture_default_str()->check(CLI::Range(1u, 1024u));
  send->add_option("--in-flight", o->in_flight, "Async sends under way at most")
      ->capture_default_str()->check(CLI::Range(1u, 1000000u));
  send->add_option("--timeout", o->timeout, "sendMsgTimeout: ms for all attempts of a send")
      ->capture_default_str()->check(CLI::Range(std::int64_t{1}, std::int64_t{86400000}));
  send->add_option("--retries", o->retries, "retryTimesWhenSendFailed and retryTimesWhenSendAsyncFailed")
      ->capture_default_str()->check(CLI::Range(0, 1000));
  send->add_flag("--latency-fault", o->latency_fault, "sendLatencyFaultEnable: avoid brokers that were slow or failed");
  send->add_option("--profile", o->profile, "Client version whose decisions are made")
      ->capture_default_str()->check(CLI::IsMember(words_for_profile()));
  send->add_option("--group", o->group, "Producer group")->capture_default_str();
  send->add_option("--access-key", o->credentials.access_key, "Sign requests with this account");
  send->add_option("--secret-key", o->credentials.secret_key, "Its secret; the environment hides it from other users")
      ->envname("RMQSIM_SECRET_KEY");
  send->add_option("--security-token", o->credentials.security_token, "Its token, if it has one");
  send->add_flag("--tls", o->tls, "TLS on every connection");
  send->add_flag("--json", o->json, "The report as JSON");
  send->add_option("--report", o->report, "Write a page to look at: sends and attempts on one axis of time (HTML)")
      ->check(place_to_write);
  send->footer(
      "Examples:\n"
      "  rmqsim send --namesrv 127.0.0.1:9876 --topic TopicTest --count 1000\n"
      "  rmqsim send --namesrv 127.0.0.1:9876 --mode async --rate 5000 --count 0        until Ctrl-C\n"
      "  rmqsim send --namesrv 127.0.0.1:9876 --threads 8 --retries 0 --timeout 500 --latency-fault --json\n"
      "  rmqsim send --namesrv 127.0.0.1:9876 --body 'order {i}' --key 'order-{i}' --tag paid\n"
      "Exit status: 0 every send ended with a result, 1 some ended with an exception, 2 interrupted before all were "
      "sent,\n64 bad usage. Ctrl-C waits for what is under way and then shows the table; a second one does not wait.");
  return {send, [o] { return run_send(*o); }};
}

}  // namespace rmqsim
