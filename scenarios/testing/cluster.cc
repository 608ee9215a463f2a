// A TestCluster is a HostedCluster, producers of the public API in its world, and a log of what they send. Rules, gates
// and servers go through the control room, as they would over HTTP, and events through the parser of scenario files, so
// that mistakes have one set of words.
#include "scenarios/testing/rmqsim/cluster.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "producer/remoting/callback_threads.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/cluster/local_cluster.h"
#include "scenarios/harness/engine/producers/producer_config.h"
#include "scenarios/harness/engine/producers/start_check.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/engine/steps/cluster_events.h"
#include "scenarios/harness/engine/steps/responders.h"
#include "scenarios/harness/hosting/hosted_cluster.h"
#include "scenarios/harness/report/render.h"
#include "scenarios/testing/account.h"
#include "scenarios/testing/build.h"
#include "scenarios/testing/play.h"
#include "scenarios/testing/send_log.h"

namespace rmqsim::test {
namespace {

constexpr std::string_view kDefaultProducer = "p";

Scenario cluster_scenario(TestWorld world, const ScenarioBuilder& setup) {
  if (world == TestWorld::process) {
    throw InvalidScenario(setup.where() + ": a TestCluster lives in this process: TestWorld::sim or TestWorld::tcp");
  }
  Scenario scenario = build_scenario(setup, false);
  if (!scenario.steps.empty() || !scenario.expect.empty()) {
    throw InvalidScenario(setup.where() + ": the test itself is the steps of a TestCluster and its expectations; "
                          "a scenario that has them is for run()");
  }
  if (auto cannot = ScenarioWorld::cannot_run(world_kind(world), scenario, {})) {
    throw InvalidScenario(setup.where() + ": " + cannot->reason);
  }
  return scenario;
}

/// One segment of a path.
std::string escaped(std::string_view name) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string text;
  for (const unsigned char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.';
    if (plain) {
      text += static_cast<char>(c);
    } else {
      text += {'%', kHex[c >> 4], kHex[c & 15]};
    }
  }
  return text;
}

/// What the strategy of a producer keeps itself.
void apply_to_strategy(const ProducerConfig& config, DefaultMQProducer& producer) {
  if (const auto* on = config.get<bool>("sendLatencyFaultEnable")) producer.setSendLatencyFaultEnable(*on);
  if (const auto* on = config.get<bool>("startDetectorEnable")) producer.setStartDetectorEnable(*on);
  if (const auto* ms = config.get<std::vector<std::int64_t>>("latencyMax")) producer.setLatencyMax(*ms);
  if (const auto* ms = config.get<std::vector<std::int64_t>>("notAvailableDuration")) {
    producer.setNotAvailableDuration(*ms);
  }
}

}  // namespace

ScenarioBuilder default_cluster() {
  return scenario("cluster", "A cluster for a test.")
      .brokers("broker-a", "broker-b")
      .topics(topic("TopicTest").queues(4))
      .autoCreateTopic()
      .producers(producer(kDefaultProducer));
}

struct TestCluster::Impl {
  Impl(TestWorld in, const ScenarioBuilder& from)
      : setup(from), world(in), scenario(cluster_scenario(in, from)), profile(profile_of(scenario, {})),
        hosted(scenario, {.seed = scenario.seed, .world = world_kind(in), .control = ""}),
        log(std::make_shared<SendLog>(hosted.runtime(),
                                      [this](std::string text) { return hosted.cluster().symbolic(std::move(text)); })),
        scope(hosted.runtime(), [this](const std::string& what) { failed(std::runtime_error(what)); }),
        responders(scope, hosted.world(), scenario.cluster.responders, profile, hosted.record()) {
    hosted.begin_faults();
    runtime().run([this] { responders.start(); });
  }
  ~Impl() {
    producers.clear();
    runtime().run([this] {
      scope.end();
      responders.abandon();
    });
  }

  Runtime& runtime() { return hosted.runtime(); }
  TimePoint first_step() { return hosted.record().first_step; }

  template <class Error>
  void failed(const Error& error) {
    if (!failure) failure = std::make_exception_ptr(error);
  }
  /// Of a task of after().
  void rethrow() {
    if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
  }

  void pass(double ms) {
    Latch over;
    auto timer = runtime().make_timer();
    runtime().run([&] { timer->expires_after(fractional_millis(ms), [&over] { over.release(); }); });
    runtime().run_until(over);
    runtime().run([&] { timer.reset(); });
  }

  // ---- the control room

  nlohmann::json call(std::string method, std::string target, std::string body = {}) {
    std::optional<HttpResponse> response;
    runtime().run([&] {
      response = hosted.control().handle({std::move(method), std::move(target), std::move(body)}, Duration::zero());
    });
    nlohmann::json json = json_of<nlohmann::json>(response.value().body);
    if (response->status < 400) return json;
    const std::string what = json.at("error").get<std::string>();
    if (response->status == 409) throw std::logic_error(what);
    throw std::invalid_argument(what);
  }

  template <class Event>
  void server_event(const char* kind, std::string_view name) {
    const auto& nameservers = scenario.cluster.nameservers;
    const bool nameserver = std::find(nameservers.begin(), nameservers.end(), name) != nameservers.end();
    if (!nameserver && scenario.cluster.find_broker(name) == nullptr) {
      std::vector<std::string> names = nameservers;
      for (const BrokerSpec& broker : scenario.cluster.brokers) names.push_back(broker.name);
      Account::unknown("server", name, std::move(names));
    }
    call("POST", std::string(nameserver ? "/v1/nameservers/" : "/v1/brokers/") + escaped(name) + "/" + kind);
    happened({kind, Event{{std::string(name)}}});
  }

  void happened(rmqsim::EventStep event) { events.emplace_back(std::move(event), runtime().now()); }

  // ---- producers

  const ProducerSpec& spec_of(std::string_view asked) {
    std::string name(asked);
    if (name.empty()) {
      name = scenario.producers.size() == 1 ? scenario.producers.front().name : std::string(kDefaultProducer);
    }
    if (const ProducerSpec* spec = scenario.find_producer(name)) return *spec;
    setup.producers(test::producer(name));
    ProducerSpec spec;
    spec.name = spec.group = name;
    // The others stay where they are: nobody keeps a pointer to them but through their names.
    scenario.producers.push_back(std::move(spec));
    return scenario.producers.back();
  }

  TransactionMQProducer& find_or_make(const ProducerSpec& spec) {
    std::unique_ptr<TransactionMQProducer>& held = producers[spec.name];
    if (held) return *held;
    ClientConfig client;
    ProducerSettings settings;
    configure_producer(spec, profile,
                       {hosted.cluster().name_server_addresses(spec.nameservers), scenario.network.close_delay}, client,
                       settings, hosted.record().notes);
    settings.observer = log->observer(spec.name);
    settings.hooks.end_transaction.push_back(log->transaction_hook(spec.name));
    held = std::make_unique<TransactionMQProducer>(runtime(), hosted.world().client(spec.name), spec.group, profile);
    static_cast<ClientConfig&>(*held) = client;
    held->settings() = std::move(settings);
    apply_to_strategy(spec.config, *held);
    return *held;
  }

  /// Whether it was started, or started in vain.
  static bool begun(const DefaultMQProducer& producer) {
    return producer.impl() != nullptr && producer.impl()->state() != ServiceState::CREATE_JUST;
  }

  bool callbacks_idle() const {
    return std::all_of(producers.begin(), producers.end(), [](const auto& entry) {
      const auto& impl = entry.second->impl();
      return impl == nullptr || impl->instance() == nullptr || impl->instance()->callback_threads()->idle();
    });
  }

  std::shared_ptr<const Account> account() {
    auto account = std::make_shared<Account>();
    runtime().run([&] { fill(*account); });
    return account;
  }
  void fill(Account& account);
  void perform(TestCluster& of, const rmqsim::EventStep& what, bool may_be_idle);

  ScenarioBuilder setup;
  const TestWorld world;
  Scenario scenario;
  const Profile& profile;
  HostedCluster hosted;
  std::shared_ptr<SendLog> log;
  std::exception_ptr failure;
  RunScope scope;
  Responders responders;
  std::vector<std::pair<rmqsim::EventStep, TimePoint>> events;
  std::map<std::string, std::unique_ptr<TransactionMQProducer>, std::less<>> producers;
};

void TestCluster::Impl::fill(Account& account) {
  account.scenario = scenario;
  account.profile = &profile;
  account.result.profile = profile.name;
  account.result.world = world_kind(world);
  account.result.seed = scenario.seed;
  RunRecord& record = account.result.record;
  record.first_step = first_step();
  record.servers = hosted.record().servers;
  record.notes = hosted.record().notes;
  const LocalCluster& cluster = hosted.cluster();
  for (const SendLog::Entry& entry : log->entries()) {
    rmqsim::Step step;
    step.what = entry.call;
    record.sends.push_back(entry.record);
    SendRecord& send = record.sends.back();
    send.step = account.scenario.steps.size();
    if (send.transaction && send.completed()) send.transaction->end = cluster.transaction_end(send.msg_id);
    account.scenario.steps.push_back(std::move(step));
    DecisionLog& decisions = record.every_decision.emplace_back(entry.decisions);
    make_symbolic(decisions, cluster);
  }
  for (const auto& [event, at] : events) {
    rmqsim::Step step;
    step.what = event;
    record.events.push_back({account.scenario.steps.size(), at});
    account.scenario.steps.push_back(std::move(step));
  }
  const FaultPlan& plan = hosted.cluster().plan();
  for (std::size_t i = 0; i < plan.size(); ++i) {
    RuleCounts counts{plan.matched(i), plan.acted(i), true};
    if (counts.acted > 0) counts.acted_between = plan.acted_between(i);
    record.rules.push_back({plan.rule(i).id, counts});
  }
  for (const BrokerSpec& broker : scenario.cluster.brokers) {
    record.servers[broker.name].stored_sends = cluster.stored_requests(broker.name);
  }
  record.fault_items_at = runtime().now();
  for (const auto& [name, producer] : producers) {
    if (producer->impl() == nullptr) continue;
    for (const auto& [broker, item] : producer->impl()->strategy().tolerance().items()) {
      record.fault_items[name][broker] = item;
    }
  }
  account.result.virtual_time = runtime().now() - record.first_step;
  account.result.totals = message_totals(record, cluster);
}

TestCluster::TestCluster(TestWorld world, const ScenarioBuilder& setup) : impl_(std::make_unique<Impl>(world, setup)) {}
TestCluster::~TestCluster() = default;

TransactionMQProducer& TestCluster::unstarted_producer(std::string_view name) {
  return impl_->find_or_make(impl_->spec_of(name));
}

TransactionMQProducer& TestCluster::transaction_producer(std::string_view name) {
  const ProducerSpec& spec = impl_->spec_of(name);
  TransactionMQProducer& producer = impl_->find_or_make(spec);
  if (spec.auto_start && !Impl::begun(producer)) producer.start();
  return producer;
}

std::string TestCluster::fault(const Fault& rule) {
  return impl_->call("POST", "/v1/faults", Value(rule).json()).at("faults").at(0).at("id").get<std::string>();
}
void TestCluster::remove_fault(std::string_view id) { impl_->call("DELETE", "/v1/faults/" + escaped(id)); }
void TestCluster::clear_faults() { impl_->call("DELETE", "/v1/faults"); }
std::string TestCluster::hold(const Fault& gate) {
  return impl_->call("POST", "/v1/gates", Value(gate).json()).at("id").get<std::string>();
}
std::size_t TestCluster::release(std::string_view id, std::size_t count) {
  const std::string body = count == 0 ? "" : Value::object({{"count", count}}).json();
  return impl_->call("POST", "/v1/gates/" + escaped(id) + "/release", body).at("released").get<std::size_t>();
}

void TestCluster::crash(std::string_view server) { impl_->server_event<CrashEvent>("crash", server); }
void TestCluster::restart(std::string_view server) { impl_->server_event<RestartEvent>("restart", server); }
void TestCluster::pause(std::string_view server) { impl_->server_event<PauseEvent>("pause", server); }
void TestCluster::resume(std::string_view server) { impl_->server_event<ResumeEvent>("resume", server); }

void TestCluster::Impl::perform(TestCluster& of, const rmqsim::EventStep& what, bool may_be_idle) {
  if (const auto* start = std::get_if<StartProducerEvent>(&what.event)) {
    DefaultMQProducer& producer = of.unstarted_producer(start->producer);
    if (!start->exception) return producer.start();
    std::optional<StartError> error;
    try {
      producer.start();
    } catch (const MQException& e) {
      const MQError& cause = *e.getCause();
      error = {std::string(error_type_name(cause.type)), cause.response_code, cause.message};
    }
    if (const auto failure = check_start(start->producer, start->exception, error, {})) {
      throw std::logic_error(failure->check + ": " + failure->message);
    }
  } else if (const auto* shutdown = std::get_if<ShutdownProducerEvent>(&what.event)) {
    of.unstarted_producer(shutdown->producer).shutdown();
  } else if (const auto* set = std::get_if<SetConfigEvent>(&what.event)) {
    TransactionMQProducer& producer = of.transaction_producer(set->producer);
    apply_to_strategy(set->config, producer);
    runtime().run([&] { apply_config(set->config, *producer.impl(), hosted.record().notes); });
  } else {
    bool changed = true;
    runtime().run([&] {
      perform_event(what.event, {}, hosted.world(), nullptr, [&changed](bool yes) { changed = yes; });
    });
    if (!changed && !may_be_idle) throw std::logic_error("the event " + what.kind + " changes nothing");
  }
  happened(what);
}

void TestCluster::perform(const EventStep& event) {
  const Scenario with = build_scenario(ScenarioBuilder(impl_->setup).steps(event), false);
  if (auto cannot = ScenarioWorld::cannot_run(world_kind(impl_->world), with, {})) {
    throw std::logic_error(cannot->reason);
  }
  const rmqsim::Step& step = with.steps.front();
  const auto& what = std::get<rmqsim::EventStep>(step.what);
  if (!step.at) return impl_->perform(*this, what, step.may_be_idle);
  after(to_fractional_millis(*step.at) - now_ms(),
        [this, what, idle = step.may_be_idle] { impl_->perform(*this, what, idle); });
}

double TestCluster::now_ms() const { return to_fractional_millis(impl_->runtime().now() - impl_->first_step()); }

void TestCluster::advance(double ms) {
  impl_->rethrow();
  impl_->pass(ms);
  impl_->rethrow();
}

void TestCluster::after(double ms, std::function<void()> task) {
  impl_->runtime().run([&] {
    impl_->scope.later(fractional_millis(ms), [impl = impl_.get(), task = std::move(task)] {
      try {
        task();
      } catch (...) {
        if (!impl->failure) impl->failure = std::current_exception();
      }
    });
  });
}

void TestCluster::settle(double within_ms) {
  impl_->rethrow();
  const double until = now_ms() + within_ms;
  for (;;) {
    bool settled = false;
    impl_->runtime().run([&] { settled = impl_->log->under_way() == 0 && impl_->callbacks_idle(); });
    impl_->rethrow();
    if (settled) return;
    if (now_ms() >= until) break;
    impl_->pass(1);
  }
  std::string text = "still under way after " + Value(within_ms).json() + " ms:";
  for (const Send& send : record().sends()) {
    if (send.outcome == INCOMPLETE) text += "\n   " + line_of(send);
  }
  throw std::runtime_error(text);
}

Record TestCluster::record() const {
  impl_->rethrow();
  return Record(impl_->account());
}

std::string TestCluster::nameservers() const { return impl_->hosted.nameservers(); }
Runtime& TestCluster::runtime() { return impl_->runtime(); }
Transport& TestCluster::transport(std::string_view name) { return impl_->hosted.world().client(std::string(name)); }

std::ostream& operator<<(std::ostream& out, const TestCluster& cluster) {
  const Record record = cluster.record();
  return out << "a cluster after " << format_millis(fractional_millis(cluster.now_ms())) << " ms: " << record;
}

}  // namespace rmqsim::test
