#include "scenarios/harness/hosting/hosted_cluster.h"

#include <atomic>
#include <optional>
#include <stdexcept>
#include <utility>

#include "producer/remoting/codes.h"
#include "producer/transport/http/http_server.h"
#include "scenarios/harness/cluster/local_cluster.h"
#include "scenarios/harness/engine/steps/cluster_events.h"
#include "scenarios/harness/hosting/places.h"
#include "scenarios/harness/hosting/request_line.h"
#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

constexpr const char* kDefault = R"({
  "version": 1, "name": "default-cluster", "why": "What rmqsim up starts without a scenario.",
  "cluster": {
    "nameservers": ["ns-1"], "brokers": ["broker-a", "broker-b"],
    "topics": [{"name": "TopicTest", "queues": 4}], "autoCreateTopic": true, "checkQueueId": true
  }
})";

/// Answered requests that wait to be shown.
constexpr std::size_t kMaxShown = 10'000;

}  // namespace

struct HostedCluster::Impl {
  Impl(const Scenario& scenario, const HostOptions& options)
      : world(ScenarioWorld::make(options.world, scenario, options.seed, options.limits, nullptr, record,
                                  options.listen)),
        cluster(dynamic_cast<LocalCluster&>(world->cluster())), journal(&cluster.observer()),
        control(world->runtime(), cluster.plan(), journal, {RMQSIM_VERSION, &scenario}) {}

  RunRecord record;
  std::unique_ptr<ScenarioWorld> world;
  LocalCluster& cluster;
  RequestJournal journal;
  Control control;
  std::optional<HttpServer> http;
  std::vector<KeptEntry> answered;
  std::uint64_t unseen = 0;
  std::atomic<bool> shutdown{false};
  std::vector<Address> addresses;
};

Scenario HostedCluster::default_scenario() {
  ParseResult parsed = parse_scenario(kDefault, "");
  if (!parsed.ok()) throw std::logic_error(parsed.to_string());
  return std::move(*parsed.scenario);
}

HostedCluster::HostedCluster(const Scenario& scenario, const HostOptions& options)
    : impl_(std::make_unique<Impl>(scenario, options)) {
  Impl& impl = *impl_;
  runtime().run([&] {
    impl.cluster.set_observer(impl.journal);
    for (const std::string& name : scenario.cluster.nameservers) {
      FakeNamesrvServer& nameserver = *impl.cluster.nameserver(name);
      impl.control.add(nameserver);
      if (!options.on_warning) continue;
      nameserver.namesrv().on_warning(
          [name, warn = options.on_warning](const std::string& text) { warn(name + ": " + text); });
    }
    for (const BrokerSpec& broker : scenario.cluster.brokers) impl.control.add(*impl.cluster.broker(broker.name));
    impl.control.on_shutdown([&impl] { impl.shutdown = true; });
    impl.journal.on_entry([&impl](std::uint64_t number) {
      if (impl.answered.size() < kMaxShown) {
        impl.answered.emplace_back(*impl.journal.find(number));
      } else {
        ++impl.unseen;
      }
    });
  });
  impl.world->start();
  runtime().run([&] {
    const std::string here = options.world == WorldKind::sim ? "" : impl.world->client("").local_ip();
    const auto add = [&](const std::string& name, const std::string& address, bool nameserver) {
      const auto place = options.listen.find(name);
      const std::string advertise = place == options.listen.end() ? "" : place->second.advertise;
      impl.addresses.push_back({name, known_as(address, advertise, here), nameserver});
    };
    for (const std::string& name : scenario.cluster.nameservers) {
      add(name, impl.cluster.nameserver(name)->address(), true);
    }
    for (const BrokerSpec& broker : scenario.cluster.brokers) {
      add(broker.name, impl.cluster.broker(broker.name)->address(), false);
    }
    // The registrations of the start are nobody's news.
    impl.journal.clear();
    impl.answered.clear();
  });
  if (options.control.empty()) return;
  impl.http.emplace(options.control, under_monitor(impl.world->runtime(), impl.control));
}

HostedCluster::~HostedCluster() {
  impl_->http.reset();
  impl_->world->stop();
  // The servers outlive the journal and the gates by a moment.
  runtime().run([this] {
    impl_->cluster.set_observer(impl_->cluster.observer());
    for (const Address& one : impl_->addresses) {
      if (one.nameserver) {
        impl_->cluster.nameserver(one.name)->server().set_gate(nullptr);
      } else {
        impl_->cluster.broker(one.name)->server().set_gate(nullptr);
      }
    }
  });
}

void HostedCluster::begin_faults() {
  runtime().run([this] {
    const TimePoint now = runtime().now();
    impl_->record.first_step = now;
    impl_->cluster.begin_faults(now);
    impl_->journal.begin(now);
  });
}

bool HostedCluster::perform(const EventStep& step) {
  bool changed = true;
  runtime().run([&] {
    perform_event(step.event, {}, *impl_->world, nullptr, [&](bool did) { changed = did; });
    impl_->control.happened(step);
  });
  return changed;
}

std::vector<HostedCluster::Address> HostedCluster::addresses() const { return impl_->addresses; }

std::string HostedCluster::nameservers() const {
  std::string text;
  for (const Address& one : impl_->addresses) {
    if (one.nameserver) text += (text.empty() ? "" : ";") + one.address;
  }
  return text;
}

std::string HostedCluster::control_url() const { return impl_->http ? "http://" + impl_->http->address() : ""; }

std::vector<std::pair<std::string, std::string>> HostedCluster::environment() const {
  return {{"NAMESRV_ADDR", nameservers()},
          {"ROCKETMQ_NAMESRV_ADDR", nameservers()},
          {"RMQSIM_CONTROL", control_url()}};
}

std::vector<KeptEntry> HostedCluster::take_entries(std::uint64_t& dropped) {
  std::vector<KeptEntry> entries;
  runtime().run([&] {
    entries.swap(impl_->answered);
    dropped = std::exchange(impl_->unseen, 0);
  });
  return entries;
}

std::uint64_t HostedCluster::received() const {
  std::uint64_t number = 0;
  impl_->world->runtime().run([&] { number = impl_->journal.last_number(); });
  return number;
}

bool HostedCluster::shutdown_asked() const { return impl_->shutdown; }
Runtime& HostedCluster::runtime() { return impl_->world->runtime(); }
ScenarioWorld& HostedCluster::world() { return *impl_->world; }
LocalCluster& HostedCluster::cluster() { return impl_->cluster; }
Control& HostedCluster::control() { return impl_->control; }
RunRecord& HostedCluster::record() { return impl_->record; }
const RequestJournal& HostedCluster::journal() const { return impl_->journal; }

std::string format_entry(const JournalEntry& entry, bool colours) {
  RequestLine line;
  line.at = iso_time(entry.at);
  line.server = entry.server;
  line.code = request_code_name(entry.code);
  line.topic = entry.topic;
  if (entry.queue_id) line.queue = std::to_string(*entry.queue_id);
  line.group = entry.group;
  line.outcome = entry.outcome;
  line.rule = entry.rule;
  line.took_millis = to_fractional_millis(entry.answered_at - entry.at);
  line.stored = entry.stored;
  return format_request(line, colours);
}

}  // namespace rmqsim
