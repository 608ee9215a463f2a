#include "scenarios/testing/cluster_impl.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "producer/remoting/callback_threads.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/cluster/local_cluster.h"
#include "scenarios/harness/engine/producers/producer_config.h"
#include "scenarios/harness/engine/producers/start_check.h"
#include "scenarios/harness/engine/steps/begun_attempts.h"
#include "scenarios/harness/engine/steps/cluster_events.h"
#include "scenarios/harness/file/parse/parse_context.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/report/render.h"
#include "scenarios/testing/build.h"
#include "scenarios/testing/play.h"

namespace rmqsim::test {
namespace {

constexpr std::string_view kDefaultProducer = "p";

Scenario cluster_scenario(TestWorld world, const ScenarioBuilder& setup) {
  const auto refuse = [&](const std::string& reason) { throw InvalidScenario(setup.where() + ": " + reason); };
  if (world == TestWorld::process) refuse("a TestCluster lives in this process: TestWorld::sim or TestWorld::tcp");
  Scenario scenario = build_scenario(setup, false);
  if (!scenario.steps.empty() || !scenario.expect.empty()) {
    refuse("the test itself is the steps of a TestCluster and its expectations; a scenario that has them is for run()");
  }
  if (scenario.worlds && !scenario.worlds->has(world_name(world_kind(world)))) {
    refuse("it is for " + scenario.worlds->only.front() + ": " + scenario.worlds->reason);
  }
  if (auto cannot = ScenarioWorld::cannot_run(world_kind(world), scenario, {})) refuse(cannot->reason);
  return scenario;
}

/// Empty: nobody can say which is meant.
std::string usual_producer_of(const Scenario& scenario) {
  if (scenario.producers.size() == 1) return scenario.producers.front().name;
  if (scenario.producers.empty() || scenario.find_producer(kDefaultProducer)) return std::string(kDefaultProducer);
  return "";
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

/// Of the test's code, and nothing that a callback may do to a producer.
bool is_mistake(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::logic_error&) {
    return true;
  } catch (...) {
    return false;
  }
}

/// The control room's words for a request are of HTTP: a body that nobody wrote has no line.
std::string without_position(std::string_view text) {
  constexpr std::string_view kBody = "body:";
  if (!text.starts_with(kBody)) return std::string(text);
  const auto end = text.find_first_not_of("0123456789:", kBody.size());
  return std::string(end == std::string_view::npos || text[end] != ' ' ? text : text.substr(end + 1));
}

}  // namespace

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

TestCluster::Impl::Impl(TestWorld in, const ScenarioBuilder& from)
    : setup(from), world(in), scenario(cluster_scenario(in, from)), profile(profile_of(scenario, {})),
      usual_producer(usual_producer_of(scenario)),
      hosted(scenario, {.seed = scenario.seed,
                        .world = world_kind(in),
                        .control = "",
                        .limits = {.virtual_time = fractional_millis(kMaxTimeMs) + millis(1'000)}}),
      log(std::make_shared<SendLog>(
          hosted.runtime(), [this](std::string text) { return hosted.cluster().symbolic(std::move(text)); },
          [this](const std::exception_ptr& error) {
            if (is_mistake(error)) after.failed(kNowhere, error);
          })),
      after(hosted.runtime()),
      scope(hosted.runtime(),
            [this](const std::string& what) {
              after.failed(kNowhere, std::make_exception_ptr(std::runtime_error(what)));
            }),
      responders(scope, hosted.world(), scenario.cluster.responders, profile, hosted.record()) {
  hosted.begin_faults();
  // Whoever may send has a place in the network, which may be cut before he does.
  for (const ProducerSpec& spec : scenario.producers) hosted.world().client(spec.name);
  runtime().run([this] { responders.start(); });
}

TestCluster::Impl::~Impl() {
  after.end();
  producers.clear();
  runtime().run([this] {
    scope.end();
    responders.abandon();
  });
}

void TestCluster::Impl::pass(Duration time) {
  Latch over;
  auto timer = runtime().make_timer();
  runtime().run([&] { timer->expires_after(time, [&over] { over.release(); }); });
  runtime().run_until(over);
  runtime().run([&] { timer.reset(); });
}

Duration TestCluster::Impl::span_from_now(double ms) {
  const Duration span = span_of(ms);
  if (world != TestWorld::sim || ms_at(runtime().now() + span) <= kMaxTimeMs) return span;
  throw std::invalid_argument("virtual time is 365 days, and " + format_millis(span) + " ms from now are beyond it");
}

nlohmann::json TestCluster::Impl::call(std::string method, std::string target, std::string body) {
  std::optional<HttpResponse> response;
  runtime().run([&] {
    response = hosted.control().handle({std::move(method), std::move(target), std::move(body)}, Duration::zero());
  });
  nlohmann::json json = json_of<nlohmann::json>(response.value().body);
  if (response->status < 400) return json;
  std::string what;
  std::istringstream lines(json.at("error").get<std::string>());
  for (std::string line; std::getline(lines, line);) what += (what.empty() ? "" : "\n") + without_position(line);
  if (response->status == 409) throw std::logic_error(what);
  throw std::invalid_argument(what);
}

void TestCluster::Impl::change_server(const char* kind, std::string_view name) {
  const auto& nameservers = scenario.cluster.nameservers;
  const bool nameserver = std::find(nameservers.begin(), nameservers.end(), name) != nameservers.end();
  if (!nameserver && scenario.cluster.find_broker(name) == nullptr) {
    std::vector<std::string> names = nameservers;
    for (const BrokerSpec& broker : scenario.cluster.brokers) names.push_back(broker.name);
    Account::unknown("server", name, std::move(names));
  }
  call("POST", std::string(nameserver ? "/v1/nameservers/" : "/v1/brokers/") + escaped(name) + "/" + kind);
}

// ---- producers

const ProducerSpec& TestCluster::Impl::spec_of(std::string_view asked) {
  const std::string name(asked.empty() ? usual_producer : asked);
  if (name.empty()) {
    std::string names;
    for (const ProducerSpec& one : scenario.producers) names += (names.empty() ? "" : ", ") + in_quotes(one.name);
    throw std::invalid_argument("which producer is meant must be said, as there are " + names);
  }
  if (const ProducerSpec* spec = scenario.find_producer(name)) return *spec;
  ScenarioBuilder with = setup;
  with.producers(test::producer(name));
  const std::string of = "/producers/" + std::to_string(scenario.producers.size());
  const Scenario checked = build_scenario(with, false, {"producer " + in_quotes(name), {of + "/name", of}});
  setup = std::move(with);
  // The others stay where they are: nobody keeps a pointer to them but through their names.
  scenario.producers.push_back(checked.producers.back());
  return scenario.producers.back();
}

TransactionMQProducer& TestCluster::Impl::find_or_make(const ProducerSpec& spec) {
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

bool TestCluster::Impl::callbacks_idle() const {
  return std::all_of(producers.begin(), producers.end(), [](const auto& entry) {
    const auto& impl = entry.second->impl();
    return impl == nullptr || impl->instance() == nullptr || impl->instance()->callback_threads()->idle();
  });
}

// ---- events

bool TestCluster::Impl::start(TestCluster& of, const StartProducerEvent& event) {
  DefaultMQProducer& producer = of.unstarted_producer(event.producer);
  std::optional<StartError> error;
  try {
    producer.start();
  } catch (const MQException& e) {
    if (!event.exception) throw;
    error = {std::string(error_type_name(e.error().type)), e.error().response_code,
             hosted.cluster().symbolic(e.error().message)};
  }
  if (const auto failure = check_start(event.producer, event.exception, error, {})) {
    throw std::logic_error(failure->check + ": " + failure->message);
  }
  return true;
}

bool TestCluster::Impl::shutdown(TestCluster& of, const ShutdownProducerEvent& event) {
  DefaultMQProducer& producer = of.unstarted_producer(event.producer);
  if (producer.impl() == nullptr || producer.impl()->state() != ServiceState::RUNNING) return false;
  producer.shutdown();
  return true;
}

void TestCluster::Impl::configure(TestCluster& of, const SetConfigEvent& event) {
  TransactionMQProducer& producer = of.transaction_producer(event.producer);
  std::vector<std::string>& notes = hosted.record().notes;
  apply_to_strategy(event.config, producer);
  if (producer.impl() == nullptr) return apply_config(event.config, profile, producer, producer.settings(), notes);
  runtime().run([&] { apply_config(event.config, *producer.impl(), notes); });
}

bool TestCluster::Impl::change(TestCluster& of, const rmqsim::EventStep& what) {
  if (const auto* event = std::get_if<StartProducerEvent>(&what.event)) return start(of, *event);
  if (const auto* event = std::get_if<ShutdownProducerEvent>(&what.event)) return shutdown(of, *event);
  bool changed = true;
  if (const auto* event = std::get_if<SetConfigEvent>(&what.event)) {
    configure(of, *event);
  } else {
    runtime().run(
        [&] { perform_event(what.event, {}, hosted.world(), nullptr, [&changed](bool yes) { changed = yes; }); });
  }
  return changed;
}

void TestCluster::Impl::perform(TestCluster& of, const rmqsim::EventStep& what, bool may_be_idle,
                                const std::string& where) {
  if (change(of, what)) return happened(what);
  if (!may_be_idle) throw std::logic_error(where + ": " + what.kind + " changes nothing; mayBeIdle() allows that");
}

// ---- what happened

std::shared_ptr<const Account> TestCluster::Impl::account() {
  auto account = std::make_shared<Account>();
  runtime().run([&] { fill(*account); });
  return account;
}

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
    if (!send.completed()) send.attempts = begun_attempts(entry.decisions, runtime().now());
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

}  // namespace rmqsim::test
