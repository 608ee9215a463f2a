// fake_broker: one fake broker as a process of its own, for any RocketMQ client. Prints one line when it is ready, ends
// with SIGTERM or SIGINT after unregistering.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "fake_broker/fake_broker_server.h"
#include "fake_broker/settings/broker_settings.h"
#include "fake_broker/store/transactions.h"
#include "producer/remoting/codec/text.h"
#include "producer/transport/address.h"
#include "scenarios/harness/file/scenario_library.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/text/whole_number.h"
#include "tools/fakes/program_main.h"
#include "tools/fakes/programs.h"

namespace {

using namespace rmqsim;

struct TopicArgument {
  std::string name;
  std::int32_t queues = 4;
  std::int32_t perm = 6;
};

/// NAME[:queues[:perm]]
std::optional<TopicArgument> parse_topic(const std::string& text) {
  const auto parts = program::split(text, ':');
  if (parts.empty() || parts.size() > 3 || topic_name_error(parts[0])) return std::nullopt;
  TopicArgument topic{parts[0]};
  if (parts.size() > 1) {
    const auto queues = text::parse_int32(parts[1]);
    if (!queues || *queues < 0 || *queues > 65536) return std::nullopt;
    topic.queues = *queues;
  }
  if (parts.size() > 2) {
    const auto perm = program::parse_perm(parts[2]);
    if (!perm) return std::nullopt;
    topic.perm = *perm;
  }
  return topic;
}

class BrokerProgram {
 public:
  using Server = FakeBrokerServer;
  using Options = FakeBrokerServerOptions;
  static constexpr const char* kName = "fake_broker";
  static constexpr const char* kDescription =
      "A RocketMQ broker to test producers against: answers as a real one, breaks on demand.";

  void declare(CLI::App& app);
  std::optional<std::string> configure(Options& options, const ServerProfile& profile, const Scenario* scenario);
  std::optional<std::string> prepare(FakeBrokerServer& server, program::RequestCounts& counts,
                                     program::ControlChannel& channel);
  ServerReport perform(FakeBrokerServer& server, const program::RequestCounts& counts, const ControlCommand& command);
  void leave(FakeBrokerServer& server, Runtime& runtime, const sigset_t& signals);

  program::Arguments common{"127.0.0.1:10911", "broker-a"};

 private:
  /// What the scenario says of this broker; false when it says nothing.
  bool take_from(const Scenario& scenario, BrokerConfig& broker);
  /// What people are told about a nameserver.
  std::string in_words(NamesrvRegistrar::Trouble trouble, const std::string& detail) const;
  /// Tells a parent what was stored in topics that it watches.
  void write_notices(const FakeBroker& broker, StoredRange stored, program::ControlChannel& channel) const;

  std::string cluster_ = "DefaultCluster";
  std::int64_t broker_id_ = 0;
  std::string namesrv_;
  std::string advertise_;
  std::vector<std::string> topics_;
  std::vector<std::string> accounts_;
  std::size_t max_store_bytes_ = kDefaultMaxStoreBytes;
  std::vector<std::string> watched_;
  std::vector<std::string> settings_;
  bool no_auto_create_ = false;
  bool vip_ = false;
  std::uint32_t graceful_shutdown_ = 0;
  std::vector<TopicArgument> topics_at_start_;
};

void BrokerProgram::declare(CLI::App& app) {
  app.add_option("--listen", common.listen,
                 "ip:port to listen on; port 0 takes a free one; with 0.0.0.0 the machine's own address is registered")
      ->capture_default_str();
  app.add_option("--name", common.name, "broker name, also the name that fault rules know")->capture_default_str();
  app.add_option("--cluster", cluster_, "cluster name")->capture_default_str();
  app.add_option("--broker-id", broker_id_, "0 = master; a slave refuses sends")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{0}, INT64_MAX));
  app.add_option("--namesrv", namesrv_, "nameservers to register with, ip:port;ip:port");
  app.add_option("--advertise", advertise_, "address to register, if clients reach the broker under another one");
  app.add_option("--topic", topics_, "topic to have from the start, NAME[:queues[:perm]], perm r, w or rw; repeatable")
      ->allow_extra_args(false);
  app.add_flag("--no-auto-create", no_auto_create_, "do not create topics when messages arrive for them");
  app.add_flag("--vip", vip_, "listen also two ports below, where clients up to 4.4 send");
  app.add_option("--graceful-shutdown", graceful_shutdown_,
                 "after the signal, so many seconds of answering GO_AWAY to clients newer than 5.3.1")
      ->check(CLI::Range(0, 3600));
  app.add_option("--account", accounts_, "KEY:SECRET; then requests must be signed with one of them; repeatable")
      ->allow_extra_args(false);
  app.add_option("--set", settings_,
                 "KEY=VALUE, a broker property by its Java name, e.g. recallMessageEnable=true; repeatable")
      ->allow_extra_args(false);
  app.add_option("--scenario", common.scenario,
                 "scenario file: its faults, topics, accounts and transaction settings for this name apply")
      ->transform(in_scenario_library)
      ->check(CLI::ExistingFile);
  app.add_option("--max-store-bytes", max_store_bytes_, "messages kept, oldest go first")
      ->capture_default_str()
      ->check(whole_number);
  app.add_option("--watch", watched_,
                 "topic whose messages are written to the control socket as they are stored; a name that ends in * is "
                 "the beginning of one; repeatable")
      ->allow_extra_args(false);
  app.footer(
      "Examples:\n"
      "  fake_broker --namesrv 127.0.0.1:9876 --topic TopicTest:8\n"
      "  fake_broker --listen 127.0.0.1:0 --name broker-b --emulate 4.9.8 --topic T:4:r -v\n"
      "  fake_broker --control 9390      # then: rmqsim ctl --control http://127.0.0.1:9390 fault add ...\n"
      "  fake_broker --scenario scenarios/codes/code-system-busy-first-five.json --namesrv 127.0.0.1:9876\n"
      "Prints 'fake_broker NAME ready on IP:PORT' once it listens. Exit status: 0 after SIGTERM or SIGINT, 1 when the\n"
      "port is in use, 64 for bad usage or an invalid scenario, 70 for an internal error.");
}

std::optional<std::string> BrokerProgram::configure(Options& options, const ServerProfile& profile,
                                                    const Scenario* scenario) {
  BrokerConfig& broker = options.broker;
  broker.profile = &profile;
  broker.name = common.name;
  broker.broker_name = common.name;
  broker.broker_cluster_name = cluster_;
  broker.broker_id = broker_id_;
  broker.auto_create_topic_enable = !no_auto_create_;
  broker.max_store_bytes = max_store_bytes_;
  options.advertise = advertise_;
  options.vip = vip_;
  const auto listen = parse_address(common.listen);
  if (vip_ && listen && !can_have_vip_port(listen->port)) {
    return "--vip listens two ports below --listen, whose port must then be 0 or at least 3, not " +
           std::to_string(listen->port);
  }
  options.nameservers = program::split(namesrv_, ';');
  if (auto bad = program::bad_nameservers(options.nameservers)) return bad;
  if (!watched_.empty() && !common.controlled()) return "--watch needs --control-fd";
  for (const std::string& text : topics_) {
    const auto topic = parse_topic(text);
    if (!topic) return "--topic takes NAME[:queues[:perm]], not " + text;
    const auto same = [&](const TopicArgument& other) { return other.name == topic->name; };
    if (std::any_of(topics_at_start_.begin(), topics_at_start_.end(), same)) {
      return "--topic " + text + ": that topic was given already";
    }
    topics_at_start_.push_back(*topic);
  }
  if (cluster_.empty()) return "--cluster takes a name, and it is empty";
  if (advertise_.find_first_of(" \t/;") != std::string::npos) {
    return "--advertise takes an IP or a name, not " + in_quotes(advertise_);
  }
  for (const std::string& text : accounts_) {
    const auto colon = text.find(':');
    if (colon == 0 || colon >= text.size() - 1) return "--account takes KEY:SECRET, not " + text;
    const std::string key = text.substr(0, colon);
    const auto same = [&](const Account& other) { return other.access_key == key; };
    if (std::any_of(broker.accounts.begin(), broker.accounts.end(), same)) {
      return "--account " + key + ":...: that key was given already";
    }
    broker.accounts.push_back({{key, text.substr(colon + 1), {}}, {}});
  }
  if (scenario == nullptr || take_from(*scenario, broker)) return std::nullopt;
  std::vector<std::string> names;
  for (const BrokerSpec& spec : scenario->cluster.brokers) names.push_back(spec.name);
  return "no rule of " + common.scenario + " can reach " + in_quotes(common.name) + ", which is no broker there" +
         suggestion(common.name, names);
}

bool BrokerProgram::take_from(const Scenario& scenario, BrokerConfig& broker) {
  const BrokerSpec* const spec = scenario.cluster.find_broker(common.name);
  if (spec == nullptr) return false;
  broker.broker_name = spec->broker_name();
  broker.broker_id = spec->broker_id;
  if (common.controlled()) broker.check_queue_id = scenario.cluster.check_queue_id;
  broker.auto_create_topic_enable = !no_auto_create_ && scenario.cluster.auto_create_topic;
  const TransactionSettings& transactions = scenario.cluster.transactions;
  broker.transactions = {transactions.timeout, transactions.check_interval, transactions.check_max,
                         transactions.op_batch_interval};
  broker.recall_message_enable = scenario.cluster.recall_message_enable;
  for (const Account& account : scenario.cluster.accounts) broker.accounts.push_back(account);
  for (const auto& [key, value] : spec->config) set_broker_setting(broker, key, value);
  for (const TopicSpec& topic : scenario.cluster.topics) {
    for (const auto& [name, queues] : topic.queues) {
      if (name == broker.broker_name) topics_at_start_.push_back({topic.name, queues, topic.perm});
    }
  }
  return true;
}

std::optional<std::string> BrokerProgram::prepare(FakeBrokerServer& server, program::RequestCounts& counts,
                                                  program::ControlChannel& channel) {
  for (const std::string& setting : settings_) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos) return "--set takes KEY=VALUE, not " + setting;
    if (auto wrong = server.set_config(setting.substr(0, equals), setting.substr(equals + 1))) return wrong;
  }
  if (!common.controlled()) {
    server.registrar().on_trouble([this](const auto& nameserver, NamesrvRegistrar::Trouble trouble,
                                         const std::string& detail) {
      std::cerr << kName << ": nameserver " << nameserver << in_words(trouble, detail) << std::endl;
    });
  }
  for (const TopicArgument& topic : topics_at_start_) server.put_topic(topic.name, topic.queues, topic.perm);
  if (!watched_.empty()) {
    counts.on_stored([this, &broker = server.broker(), &channel](StoredRange stored) {
      write_notices(broker, stored, channel);
    });
  }
  return std::nullopt;
}

std::string BrokerProgram::in_words(NamesrvRegistrar::Trouble trouble, const std::string& detail) const {
  using Trouble = NamesrvRegistrar::Trouble;
  switch (trouble) {
    case Trouble::none: return " has taken the registration now";
    case Trouble::unreachable: return " cannot be reached (" + detail + "); trying again";
    case Trouble::refused: return " refuses the registration (" + detail + "); trying again";
    case Trouble::no_answer: break;
  }
  const std::string hint = common.tls == "enforcing"
                               ? "with --tls enforcing this broker speaks TLS to nameservers too; does it take TLS?"
                               : "this broker speaks plain text to it; does it take TLS only?";
  return " does not answer the registration (" + detail + "), so clients will not find this broker: " + hint +
         " Trying again";
}

void BrokerProgram::leave(FakeBrokerServer& server, Runtime& runtime, const sigset_t& signals) {
  if (graceful_shutdown_ == 0 || common.controlled()) return;
  runtime.run([&] { server.go_away(); });
  const timespec left{graceful_shutdown_, 0};
  sigtimedwait(&signals, nullptr, &left);  // a second signal ends it
}

ServerReport BrokerProgram::perform(FakeBrokerServer& server, const program::RequestCounts& counts,
                                    const ControlCommand& command) {
  using Action = ControlCommand::Action;
  ServerReport report;
  switch (command.action) {
    case Action::report: break;
    case Action::begin_faults: server.begin_faults(command.first_step); break;
    case Action::crash: server.crash(); break;
    case Action::set_perm: report.changed = server.set_perm(command.topic, command.perm); break;
    case Action::set_route:
    case Action::remove_from_route: report.error = "a broker has no routes"; break;
  }
  report.registered = server.registrar().registered();
  report.stored_requests = server.server().stored_requests();
  report.requests = counts.requests();
  const MessageStore& store = server.broker().store();
  report.forgotten = store.evicted();
  for (std::uint64_t n = store.first_number(); n < store.next_number(); ++n) {
    const auto record = store.find(n);
    if (!record || record->uniq_key.empty()) continue;
    report.copies[std::string(record->uniq_key)] += record->topic == kHalfTopic ? 0 : 1;
  }
  const HalfMessages& half = server.broker().state().half_messages;
  for (const auto& [key, fate] : half.fates()) {
    report.transactions[key] = {fate.checks,      fate.asked,     fate.committed,
                                fate.rolled_back, fate.discarded, fate.pending};
  }
  const TransactionTotals totals = half.totals();
  report.delivered = server.broker().state().delayed.delivered();
  report.recalled = server.broker().state().delayed.recalled();
  report.transaction_totals = {0, 0, totals.committed, totals.rolled_back, totals.discarded, totals.pending};
  return report;
}

// That the parent is gone shows where its commands are read.
void BrokerProgram::write_notices(const FakeBroker& broker, StoredRange stored,
                                  program::ControlChannel& channel) const {
  for (std::uint64_t n = stored.first; n < stored.first + stored.count; ++n) {
    const auto record = broker.store().find(n);
    if (!record || !is_watched(watched_, record->topic)) continue;
    StoredNotice notice{std::string(record->topic), {}};
    to_stored_message(*record, broker.state().store_host).encode_to(notice.record);
    channel.write(to_line(notice));
  }
}

}  // namespace

int rmqsim::program::fake_broker(int argc, char** argv) { return main_of<BrokerProgram>(argc, argv); }
