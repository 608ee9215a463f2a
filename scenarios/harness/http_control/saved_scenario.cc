// A scenario of what happened: who was there, the messages that came, what was done to the servers. Each process of a
// client becomes a producer whose first queue is the one that it took, so that its sends meet the rules again.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "fake_broker/store/transactions.h"
#include "producer/profile/profile.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/text/source_text.h"
#include "scenarios/harness/file/write/scenario_text.h"
#include "scenarios/harness/http_control/control_call.h"
#include "scenarios/harness/http_control/rule_window.h"
#include "scenarios/harness/http_control/saved_message.h"

namespace rmqsim {

class SavedScenario {
 public:
  SavedScenario(const Control& control, const std::string& name) : control_(control), deeds_(control.deeds_) {
    scenario_.name = name;
    scenario_.profiles = {std::string(default_profile().name)};
    if (control.options_.scenario != nullptr) {
      const Scenario& from = *control.options_.scenario;
      scenario_.profiles = from.profiles;
      scenario_.seed = from.seed;
      scenario_.cluster = from.cluster;
      scenario_.cluster.responders.clear();  // who asks them is a client's affair
    }
    scenario_.network.one_way = kLoopback;
  }

  std::string text() {
    cluster();
    messages();
    begin_ = beginning();
    producers();
    rules();
    steps();
    why();
    std::string text = scenario_text(scenario_);
    if (parse_scenario(text, "-").ok()) return text;
    // What the parser can prove to be idle nobody has to judge.
    for (FaultRule& rule : scenario_.faults) rule.may_be_idle = true;
    text = scenario_text(scenario_);
    const ParseResult parsed = parse_scenario(text, "-");
    if (!parsed.ok()) throw ControlError(409, "what was done is no scenario: " + parsed.to_string());
    return text;
  }

 private:
  void cluster() {
    ClusterSpec& cluster = scenario_.cluster;
    if (cluster.nameservers.empty()) cluster.nameservers = control_.names().nameservers;
    if (cluster.nameservers.empty()) cluster.nameservers = {"ns-1"};
    for (const std::string& name : control_.names().brokers) {
      if (cluster.find_broker(name) == nullptr) add_broker(name);
    }
    if (cluster.brokers.empty()) throw ControlError(409, "a scenario needs a broker, and there is none here");
    for (const auto& [name, broker] : control_.brokers_) {
      const BrokerConfig& config = broker->broker().state().config;
      if (config.broker_id != 0) continue;
      if (config.auto_create_topic_enable) cluster.auto_create_topic = true;
      for (const auto& [topic, queues] : broker->broker().state().topics.table()) {
        if (is_system_topic(topic) || topic == kAutoCreateTopicKeyTopic) continue;
        put_topic(topic, config.broker_name, queues.write_queue_nums, queues.perm);
      }
    }
  }

  void add_broker(const std::string& name) {
    BrokerSpec spec;
    spec.name = name;
    const auto fake = control_.brokers_.find(name);
    if (fake != control_.brokers_.end()) {
      const BrokerConfig& config = fake->second->broker().state().config;
      spec.broker_id = config.broker_id;
      if (config.broker_id != 0) spec.slave_of = config.broker_name;
    }
    // Of a slave alone the master is unknown.
    if (spec.slave_of && scenario_.cluster.find_broker(*spec.slave_of) == nullptr) return;
    scenario_.cluster.brokers.push_back(std::move(spec));
  }

  void put_topic(const std::string& topic, const std::string& broker, std::int32_t queues, std::int32_t perm) {
    const bool sayable = is_usable_topic(topic) && queues <= 10'000;
    if (!sayable) return deeds_.left_out("topics with names or sizes that no file may have");
    auto& topics = scenario_.cluster.topics;
    auto found = std::find_if(topics.begin(), topics.end(), [&](const TopicSpec& one) { return one.name == topic; });
    if (found == topics.end()) {
      if (topics.size() >= kMaxTopics) return deeds_.left_out("topics beyond " + std::to_string(kMaxTopics));
      topics.push_back({topic, {}, (perm & 6) == 0 ? 6 : perm & 6, {}});
      found = topics.end() - 1;
    }
    const auto there =
        std::find_if(found->queues.begin(), found->queues.end(), [&](const auto& one) { return one.first == broker; });
    if (there == found->queues.end()) found->queues.emplace_back(broker, queues);
  }

  void messages() {
    std::map<std::string_view, std::size_t> by_key;
    std::set<std::string> processes;
    for (const JournalEntry entry : control_.journal_.entries()) {
      if (!is_send_request(entry.code) || entry.since_first_step == FaultPlan::kBeforeFirstStep) continue;
      if (!is_usable_topic(entry.topic) || find_invalid_utf8(entry.group)) {
        deeds_.left_out("sends with names that no file may have");
        continue;
      }
      const std::string_view key = entry.kept_key();
      if (key.empty() && entry.code == RequestCode::SEND_BATCH_MESSAGE) {
        deeds_.left_out("batches without a key");
        continue;
      }
      if (const auto known = by_key.find(key); !key.empty() && known != by_key.end()) {
        messages_[known->second].tried(entry);
        continue;
      }
      // UNIQ_KEY begins with the address, the process and the class loader of the client.
      const std::string process =
          std::string(entry.group).append("\n").append(key.empty() ? entry.peer : key.substr(0, 20));
      if (processes.size() >= kMaxProcesses && processes.count(process) == 0) {
        deeds_.left_out("messages of clients beyond " + std::to_string(kMaxProcesses));
        continue;
      }
      if (!key.empty()) by_key.emplace(key, messages_.size());
      processes.insert(process);
      messages_.push_back({entry, entry, process, 0, {}});
      messages_.back().tried(entry);
      if (messages_.size() >= kMaxMessages) break;
    }
    leave_out_batches();
    look_up_kinds();
    if (messages_.size() >= kMaxMessages) deeds_.left_out("messages beyond " + std::to_string(kMaxMessages));
    for (const SavedMessage& message : messages_) {
      for (const BrokerSpec& broker : scenario_.cluster.brokers) {
        // A topic of which only a route is known, as with a proxy.
        if (broker.slave_of || control_.brokers_.count(broker.name) != 0) continue;
        put_topic(std::string(message.first.topic), broker.name, 4, 6);
      }
    }
  }

  void look_up_kinds() {
    std::map<std::string_view, MessageKind> kinds;
    for (const SavedMessage& message : messages_) {
      if (!message.is_batch() && !message.first.key.empty()) kinds.emplace(message.first.key, MessageKind());
    }
    for (const auto& [name, broker] : control_.brokers_) rmqsim::look_up_kinds(broker->broker().state(), kinds);
    for (SavedMessage& message : messages_) {
      if (const auto known = kinds.find(message.first.key); known != kinds.end()) message.kind = known->second;
    }
  }

  /// Those that a file cannot say: how many messages were in them only a broker knows that stored them.
  void leave_out_batches() {
    const auto unsaid = std::remove_if(messages_.begin(), messages_.end(), [](const SavedMessage& m) {
      return m.is_batch() && (m.batch == 0 || m.batch > kMaxBatch || m.first.oneway);
    });
    for (auto it = unsaid; it != messages_.end(); ++it) {
      deeds_.left_out("batches that no broker stored, or that were sent one-way");
    }
    messages_.erase(unsaid, messages_.end());
  }

  /// What happened first is at 0, unless times of the scenario's own rules would change their meaning.
  Duration beginning() const {
    std::optional<Duration> first;
    const auto take = [&](Duration at) { first = std::min(first.value_or(at), at); };
    for (const RuleLife& life : deeds_.rules()) {
      if (life.from) {
        take(*life.from);
      } else if (life.rule.from || life.rule.to) {
        return Duration::zero();
      }
    }
    for (const DoneEvent& event : deeds_.events()) take(event.at);
    for (const SavedMessage& message : messages_) take(message.first.since_first_step);
    return std::max(Duration::zero(), first.value_or(Duration::zero()));
  }

  void producers() {
    std::map<std::string, const SavedMessage*> processes;
    std::vector<const SavedMessage*> in_order;
    for (const SavedMessage& message : messages_) {
      if (processes.emplace(message.process, &message).second) in_order.push_back(&message);
    }
    for (const SavedMessage* message : in_order) {
      ProducerSpec spec;
      spec.name = "p" + std::to_string(scenario_.producers.size() + 1);
      spec.group = message->first.group.empty() ? "g" : message->first.group;
      spec.nameservers = scenario_.cluster.nameservers;
      spec.queue_index = first_queue(scenario_.cluster, message->first);
      if (!scenario_.cluster.accounts.empty()) spec.credentials = scenario_.cluster.accounts.front();
      producer_of_[message->process] = spec.name;
      scenario_.producers.push_back(std::move(spec));
    }
    // A rule may be about a group that has sent nothing.
    for (const RuleLife& life : deeds_.rules()) {
      const auto& group = life.rule.producer_group;
      const auto known = [&](const ProducerSpec& one) { return one.group == *group; };
      if (!group || std::any_of(scenario_.producers.begin(), scenario_.producers.end(), known)) continue;
      ProducerSpec spec;
      spec.name = "p" + std::to_string(scenario_.producers.size() + 1);
      spec.group = *group;
      spec.nameservers = scenario_.cluster.nameservers;
      scenario_.producers.push_back(std::move(spec));
    }
  }

  /// Whether it is a try of a message that the scenario has. What has no key is tried once, as far as anybody knows.
  bool is_kept(const JournalEntry& entry) const {
    return entry.kept_key().empty() ? kept_numbers_.contains(entry.number) : kept_.contains(entry.kept_key());
  }
  /// A rule that acted on a message of the scenario must do so again; of others nobody knows.
  bool acts_again(const RuleLife& life) const {
    const auto& entries = control_.journal_.entries();
    return std::any_of(entries.begin(), entries.end(), [&](const JournalEntry& entry) {
      return entry.rule == life.rule.id && is_kept(entry) && life.rule.probability >= 1 &&
             (!life.from || entry.since_first_step >= *life.from) && (!life.to || entry.since_first_step < *life.to);
    });
  }

  std::vector<Duration> met_by(const FaultRule& rule) const {
    std::vector<Duration> met;
    for (const JournalEntry entry : control_.journal_.entries()) {
      if (is_kept(entry) && may_meet(rule, entry)) met.push_back(entry.since_first_step);
    }
    return met;
  }

  void rules() {
    for (const SavedMessage& message : messages_) {
      if (message.first.kept_key().empty()) {
        kept_numbers_.insert(message.first.number);
      } else {
        kept_.emplace(message.first.kept_key());
      }
    }
    std::set<std::string> ids;
    for (const RuleLife& life : deeds_.rules()) {
      FaultRule rule = life.rule;
      if (life.from) rule.from = std::max(rule.from.value_or(Duration::zero()), *life.from);
      if (life.to) rule.to = std::min(rule.to.value_or(*life.to), *life.to);
      const bool again = acts_again(life);
      if (again) widen_window(rule, life, met_by(rule));
      if (rule.from) rule.from = std::max(Duration::zero(), *rule.from - begin_);
      if (rule.to) rule.to = std::max(Duration::zero(), *rule.to - begin_);
      if (rule.from == Duration::zero()) rule.from.reset();
      if (rule.to && rule.from.value_or(Duration::zero()) >= *rule.to) continue;  // over before it began
      rule.may_be_idle = rule.may_be_idle || !again;
      for (int n = 2; !ids.insert(rule.id).second; ++n) rule.id = life.rule.id + "-" + std::to_string(n);
      if (!knows_topic_of(rule)) {
        deeds_.left_out("rules on topics that are left out");
        continue;
      }
      scenario_.faults.push_back(std::move(rule));
      scenario_.fault_locations.emplace_back();
    }
  }

  /// It is made for the rule where nothing else made it.
  bool knows_topic_of(const FaultRule& rule) {
    if (!rule.topic || scenario_.cluster.find_topic(*rule.topic) != nullptr) return true;
    for (const BrokerSpec& broker : scenario_.cluster.brokers) {
      if (!broker.slave_of) put_topic(*rule.topic, broker.name, 4, 6);
    }
    return scenario_.cluster.find_topic(*rule.topic) != nullptr;
  }

  struct Timed {
    Duration at{0};
    Step step;
  };

  Duration of(const JournalEntry& entry) const {
    return std::max(Duration::zero(), round(entry.since_first_step - begin_));
  }
  static Duration round(Duration d) { return std::chrono::round<std::chrono::microseconds>(d); }

  /// Messages that follow one another alike become one step.
  std::size_t send_step(std::size_t i, std::vector<Timed>& timed) const {
    const SavedMessage& first = messages_[i];
    std::size_t end = i + 1;
    Duration pauses{0};
    bool overlap = false;
    const auto ends = [](const SavedMessage& m) {
      return m.last.outcome.empty() ? m.last.since_first_step
                                    : m.last.since_first_step + (m.last.answered_at - m.last.at);
    };
    for (; end < messages_.size(); ++end) {
      const SavedMessage& before = messages_[end - 1];
      const SavedMessage& next = messages_[end];
      const Duration pause = next.first.since_first_step - ends(before);
      if (next.process != first.process || next.first.topic != first.first.topic ||
          next.first.oneway != first.first.oneway || next.batch != first.batch || !(next.kind == first.kind) ||
          !deeds_.quiet(before.first.since_first_step, next.first.since_first_step)) {
        break;
      }
      overlap = overlap || pause < Duration::zero();
      pauses += first.first.oneway || overlap ? next.first.since_first_step - before.first.since_first_step : pause;
    }
    SendStep send;
    send.producer = producer_of_.at(first.process);
    send.message.delay_level = first.kind.delay_level;
    send.message.delay = first.kind.delay;
    send.mode = first.first.oneway ? CommunicationMode::ONEWAY
                : overlap          ? CommunicationMode::ASYNC
                                   : CommunicationMode::SYNC;
    send.message.topic = first.first.topic;
    send.count = end - i;
    send.batch = first.batch;
    // Down: all of them together must not be longer than it took.
    if (end > i + 1) {
      // What a server sees between two messages that wait for each other has their way to it and back in it.
      const Duration way = send.mode == CommunicationMode::SYNC ? 2 * kLoopback : Duration::zero();
      const Duration mean = std::chrono::floor<std::chrono::microseconds>(pauses / static_cast<long>(end - i - 1));
      send.interval = std::max(Duration::zero(), mean - way);
    }
    Timed one;
    one.at = of(first.first);
    one.step.at = one.at;
    if (first.kind.transaction) {
      TransactionStep half;
      half.producer = send.producer;
      half.message = send.message;
      half.count = send.count;
      half.interval = send.interval;
      half.local = *first.kind.transaction;
      one.step.what = std::move(half);
    } else {
      one.step.what = std::move(send);
    }
    timed.push_back(std::move(one));
    return end;
  }

  void steps() {
    std::vector<Timed> timed;
    for (std::size_t i = 0; i < messages_.size();) i = send_step(i, timed);
    for (const DoneEvent& event : deeds_.events()) {
      Timed one;
      one.at = round(std::max(Duration::zero(), event.at - begin_));
      one.step.at = one.at;
      one.step.what = event.step;
      one.step.may_be_idle = true;
      timed.push_back(std::move(one));
    }
    std::stable_sort(timed.begin(), timed.end(), [](const Timed& a, const Timed& b) { return a.at < b.at; });
    for (Timed& one : timed) {
      if (one.at == Duration::zero()) one.step.at.reset();
      scenario_.steps.push_back(std::move(one.step));
    }
    if (scenario_.steps.empty()) {
      Step wait;
      wait.what = WaitStep{std::chrono::seconds(1)};
      scenario_.steps.push_back(std::move(wait));
    }
    std::uint64_t sends = 0;
    for (Step& step : scenario_.steps) {
      const auto* send = std::get_if<SendStep>(&step.what);
      const auto* half = std::get_if<TransactionStep>(&step.what);
      step.first_send = sends;
      step.send_count = send != nullptr ? send->count : half != nullptr ? half->count : 0;
      sends += step.send_count;
    }
    scenario_.send_count = sends;
  }

  void why() {
    scenario_.why = "Saved by rmqsim " + control_.options_.version + " at " + iso_time(control_.runtime_.now()) + ": " +
                    std::to_string(messages_.size()) + " messages, " + std::to_string(scenario_.faults.size()) +
                    " rules, " + std::to_string(deeds_.events().size()) + " events.";
    if (begin_ > Duration::zero()) {
      scenario_.why += " It begins " + std::to_string(begin_ / std::chrono::milliseconds(1)) + " ms after the start.";
    }
    scenario_.why += deeds_.left_out_text();
    if (scenario_.why.back() != '.') scenario_.why += ".";
  }

  static constexpr Duration kLoopback = std::chrono::microseconds(5);
  static constexpr std::size_t kMaxMessages = 5000;
  static constexpr std::size_t kMaxTopics = 1000;
  static constexpr std::size_t kMaxProcesses = 500;  ///< a producer each; a file may have 1000

  const Control& control_;
  Deeds deeds_;
  Scenario scenario_;
  std::vector<SavedMessage> messages_;  ///< in order of arrival
  std::set<std::string_view> kept_;
  std::set<std::uint64_t> kept_numbers_;  ///< of messages without a key
  std::map<std::string, std::string> producer_of_;
  Duration begin_{0};
};

std::string Control::saved_scenario(const std::string& name) const { return SavedScenario(*this, name).text(); }

}  // namespace rmqsim
