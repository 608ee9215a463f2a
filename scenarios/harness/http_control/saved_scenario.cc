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
  /// One message with its tries.
  struct Message {
    JournalEntry first, last;
    std::string process;
    std::uint32_t batch = 0;  ///< messages in it, as far as a broker stored them; 0: none, or it is no batch

    bool is_batch() const { return !first.first_member_key.empty(); }
    void tried(const JournalEntry& entry) {
      last = entry;
      if (is_batch()) batch = std::max(batch, entry.stored);
    }
  };

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
    if (!usable(topic) || queues > 10'000) return deeds_left_out("topics with names or sizes that no file may have");
    auto& topics = scenario_.cluster.topics;
    auto found = std::find_if(topics.begin(), topics.end(), [&](const TopicSpec& one) { return one.name == topic; });
    if (found == topics.end()) {
      if (topics.size() >= kMaxTopics) return deeds_left_out("topics beyond " + std::to_string(kMaxTopics));
      topics.push_back({topic, {}, (perm & 6) == 0 ? 6 : perm & 6, {}});
      found = topics.end() - 1;
    }
    const auto there = std::find_if(found->queues.begin(), found->queues.end(),
                                    [&](const auto& one) { return one.first == broker; });
    if (there == found->queues.end()) found->queues.emplace_back(broker, queues);
  }

  static bool usable(std::string_view topic) {
    return !topic.empty() && topic.size() <= 255 && !find_invalid_utf8(topic);
  }

  void deeds_left_out(const std::string& what) { deeds_.left_out(what); }

  void messages() {
    std::map<std::string_view, std::size_t> by_key;
    std::size_t without_key = 0;
    std::set<std::string> processes;
    for (const JournalEntry entry : control_.journal_.entries()) {
      if (!is_send_request(entry.code) || entry.since_first_step == FaultPlan::kBeforeFirstStep) continue;
      const std::string_view key = entry.kept_key();
      if (key.empty() || !usable(entry.topic) || find_invalid_utf8(entry.group)) {
        ++without_key;
        continue;
      }
      const auto [at, fresh] = by_key.emplace(key, messages_.size());
      if (!fresh) {
        messages_[at->second].tried(entry);
        continue;
      }
      // UNIQ_KEY begins with the address, the process and the class loader of the client.
      const std::string process = std::string(entry.group).append("\n").append(key.substr(0, 20));
      if (processes.size() >= kMaxProcesses && processes.count(process) == 0) {
        deeds_.left_out("messages of clients beyond " + std::to_string(kMaxProcesses));
        by_key.erase(at);
        continue;
      }
      processes.insert(process);
      messages_.push_back({entry, entry, process});
      messages_.back().tried(entry);
      if (messages_.size() >= kMaxMessages) break;
    }
    for (std::size_t i = 0; i < without_key; ++i) deeds_.left_out("sends without a key");
    leave_out_batches();
    if (messages_.size() >= kMaxMessages) deeds_.left_out("messages beyond " + std::to_string(kMaxMessages));
    for (const Message& message : messages_) {
      for (const BrokerSpec& broker : scenario_.cluster.brokers) {
        // A topic of which only a route is known, as with a proxy.
        if (broker.slave_of || control_.brokers_.count(broker.name) != 0) continue;
        put_topic(std::string(message.first.topic), broker.name, 4, 6);
      }
    }
  }

  /// Those that a file cannot say: how many messages were in them only a broker knows that stored them.
  void leave_out_batches() {
    const auto unsaid = std::remove_if(messages_.begin(), messages_.end(), [](const Message& m) {
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
    for (const Message& message : messages_) take(message.first.since_first_step);
    return std::max(Duration::zero(), first.value_or(Duration::zero()));
  }

  void producers() {
    std::map<std::string, const Message*> processes;
    std::vector<const Message*> in_order;
    for (const Message& message : messages_) {
      if (processes.emplace(message.process, &message).second) in_order.push_back(&message);
    }
    for (const Message* message : in_order) {
      ProducerSpec spec;
      spec.name = "p" + std::to_string(scenario_.producers.size() + 1);
      spec.group = message->first.group.empty() ? "g" : message->first.group;
      spec.nameservers = scenario_.cluster.nameservers;
      spec.queue_index = first_queue(message->first);
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

  /// The value of the round-robin index before the first send. Queues are numbered broker by broker, in the order of
  /// their names, as nameservers list them.
  std::optional<QueueIndexSpec> first_queue(const JournalEntry& entry) const {
    const TopicSpec* topic = scenario_.cluster.find_topic(entry.topic);
    const BrokerSpec* broker = scenario_.cluster.find_broker(entry.server);
    if (topic == nullptr || broker == nullptr || !entry.queue_id) return std::nullopt;
    std::map<std::string, std::int32_t> queues(topic->queues.begin(), topic->queues.end());
    std::int32_t position = 0;
    for (const auto& [name, n] : queues) {
      if (name == broker->broker_name()) {
        QueueIndexSpec index;
        index.start = position + *entry.queue_id - 1;
        return index;
      }
      position += n;
    }
    return std::nullopt;
  }

  /// A rule that acted on a message of the scenario must do so again; of others nobody knows.
  bool acts_again(const RuleLife& life) const {
    const auto& entries = control_.journal_.entries();
    return std::any_of(entries.begin(), entries.end(), [&](const JournalEntry& entry) {
      return entry.rule == life.rule.id && kept_.count(entry.kept_key()) != 0 && life.rule.probability >= 1 &&
             (!life.from || entry.since_first_step >= *life.from) && (!life.to || entry.since_first_step < *life.to);
    });
  }

  void rules() {
    for (const Message& message : messages_) kept_.emplace(message.first.kept_key());
    std::set<std::string> ids;
    for (const RuleLife& life : deeds_.rules()) {
      FaultRule rule = life.rule;
      if (life.from) rule.from = std::max(rule.from.value_or(Duration::zero()), *life.from);
      if (life.to) rule.to = std::min(rule.to.value_or(*life.to), *life.to);
      if (rule.from) rule.from = std::max(Duration::zero(), *rule.from - begin_);
      if (rule.to) rule.to = std::max(Duration::zero(), *rule.to - begin_);
      if (rule.from == Duration::zero()) rule.from.reset();
      if (rule.to && rule.from.value_or(Duration::zero()) >= *rule.to) continue;  // over before it began
      rule.may_be_idle = rule.may_be_idle || !acts_again(life);
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

  /// Whether something was done to servers or rules between the two.
  bool quiet(Duration from, Duration to) const {
    const auto inside = [&](Duration at) { return at >= from && at <= to; };
    for (const DoneEvent& event : deeds_.events()) {
      if (inside(event.at)) return false;
    }
    for (const RuleLife& life : deeds_.rules()) {
      if ((life.from && inside(*life.from)) || (life.to && inside(*life.to))) return false;
    }
    return true;
  }

  /// Messages that follow one another alike become one step.
  std::size_t send_step(std::size_t i, std::vector<Timed>& timed) const {
    const Message& first = messages_[i];
    std::size_t end = i + 1;
    Duration pauses{0};
    bool overlap = false;
    const auto ends = [](const Message& m) {
      return m.last.outcome.empty() ? m.last.since_first_step
                                    : m.last.since_first_step + (m.last.answered_at - m.last.at);
    };
    for (; end < messages_.size(); ++end) {
      const Message& before = messages_[end - 1];
      const Message& next = messages_[end];
      const Duration pause = next.first.since_first_step - ends(before);
      if (next.process != first.process || next.first.topic != first.first.topic ||
          next.first.oneway != first.first.oneway || next.batch != first.batch ||
          !quiet(before.first.since_first_step, next.first.since_first_step)) {
        break;
      }
      overlap = overlap || pause < Duration::zero();
      pauses += first.first.oneway || overlap ? next.first.since_first_step - before.first.since_first_step : pause;
    }
    SendStep send;
    send.producer = producer_of_.at(first.process);
    send.mode = first.first.oneway ? CommunicationMode::ONEWAY
                : overlap           ? CommunicationMode::ASYNC
                                    : CommunicationMode::SYNC;
    send.message.topic = first.first.topic;
    send.count = end - i;
    send.batch = first.batch;
    // Down: all of them together must not be longer than it took.
    if (end > i + 1) {
      const Duration mean = std::chrono::floor<std::chrono::microseconds>(pauses / static_cast<long>(end - i - 1));
      send.interval = std::max(Duration::zero(), mean);
    }
    Timed one;
    one.at = of(first.first);
    one.step.at = one.at;
    one.step.what = std::move(send);
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
      step.first_send = sends;
      step.send_count = send == nullptr ? 0 : send->count;
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
    const char* separator = " Left out: ";
    for (const auto& [what, n] : deeds_.left_out()) {
      scenario_.why += separator + what + " (" + std::to_string(n) + ")";
      separator = ", ";
    }
    if (scenario_.why.back() != '.') scenario_.why += ".";
  }

  static constexpr std::size_t kMaxMessages = 5000;
  static constexpr std::size_t kMaxTopics = 1000;
  static constexpr std::size_t kMaxProcesses = 500;  ///< a producer each; a file may have 1000

  const Control& control_;
  Deeds deeds_;
  Scenario scenario_;
  std::vector<Message> messages_;  ///< in order of arrival
  std::set<std::string_view> kept_;
  std::map<std::string, std::string> producer_of_;
  Duration begin_{0};
};

std::string Control::saved_scenario(const std::string& name) const { return SavedScenario(*this, name).text(); }

}  // namespace rmqsim
