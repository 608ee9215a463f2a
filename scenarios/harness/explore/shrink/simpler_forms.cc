#include "scenarios/harness/explore/shrink/simpler_forms.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "producer/remoting/codes.h"
#include "scenarios/harness/explore/whole.h"
#include "scenarios/harness/file/producer_settings.h"

namespace rmqsim {
namespace {

double to_whole_ms(Duration time) { return std::ceil(to_fractional_millis(time)); }
Duration of_ms(double value) { return fractional_millis(value); }

/// Of the action that says how long.
void set_delay(FaultRule& rule, const FaultActionRow& row, double ms) {
  FaultAction action;
  for (const FaultActionRow& other : fault_actions()) {
    const FaultArgument* kept = rule.action.find(other.key);
    if (kept != nullptr && &other != &row) action.add(other, *kept);
  }
  action.add(row, DelayDistribution{DelayDistribution::Kind::fixed, ms, 0});
  rule.action = std::move(action);
}

class Forms {
 public:
  explicit Forms(const Scenario& scenario) : scenario_(scenario) {}

  std::vector<Change> all() {
    whole();
    for (std::size_t i = 0; i < scenario_.steps.size(); ++i) {
      std::visit([&](const auto& what) { of_step(i, what); }, scenario_.steps[i].what);
      any_step(i);
    }
    for (std::size_t i = 0; i < scenario_.faults.size(); ++i) of_fault(i);
    for (std::size_t i = 0; i < scenario_.producers.size(); ++i) of_producer(i);
    for (std::size_t i = 0; i < scenario_.cluster.brokers.size(); ++i) {
      if (!scenario_.cluster.brokers[i].config.empty()) add([i](Scenario& s) { s.cluster.brokers[i].config.clear(); });
    }
    seed();
    return std::move(changes_);
  }

 private:
  void add(Change change) { changes_.push_back(std::move(change)); }

  void whole() {
    add([](Scenario& s) { s.network = {}; });
    add([](Scenario& s) { s.cluster.transactions = {}; });
    add([](Scenario& s) { s.cluster.check_queue_id = false; });
    add([](Scenario& s) { s.cluster.auto_create_topic = false; });
    add([](Scenario& s) { s.cluster.recall_message_enable = false; });
    for (std::size_t i = 0; i < scenario_.cluster.topics.size(); ++i) {
      add([i](Scenario& s) {  // as it is when nothing is said
        TopicSpec& topic = s.cluster.topics[i];
        topic.perm = TopicSpec::kRead | TopicSpec::kWrite;
        topic.queues.clear();
        for (const BrokerSpec& broker : s.cluster.brokers) {
          if (!broker.slave_of) topic.queues.emplace_back(broker.name, 4);
        }
      });
    }
  }

  template <class What, class Edit>
  void edit(std::size_t i, const Edit& change) {
    add([i, change](Scenario& s) {
      if (auto* what = std::get_if<What>(&s.steps[i].what)) change(*what);
      make_whole(s);
    });
  }

  void any_step(std::size_t i) {
    add([i](Scenario& s) { s.steps[i].name.clear(); });
    add([i](Scenario& s) { s.steps[i].at.reset(); });
    add([i](Scenario& s) { s.steps[i].background = false; });
    add([i](Scenario& s) { s.steps[i].concurrency = 1; });
  }
  template <class What>
  void of_sending(std::size_t i) {
    edit<What>(i, [](What& what) { what.count = 1; });
    edit<What>(i, [](What& what) { what.count = (what.count + 1) / 2; });
    edit<What>(i, [](What& what) { what.interval = Duration{0}; });
    edit<What>(i, [](What& what) { what.message = {.topic = what.message.topic}; });
    edit<What>(i, [](What& what) { what.message.properties.clear(); });
    edit<What>(i, [](What& what) { what.message.body = {}; });
  }
  /// Another kind of step that sends the same.
  template <class What>
  void as_send(std::size_t i) {
    add([i](Scenario& s) {
      if (const auto* what = std::get_if<What>(&s.steps[i].what)) {
        s.steps[i].what = SendStep{.producer = what->producer, .message = what->message, .count = what->count};
      }
      make_whole(s);
    });
  }
  void of_step(std::size_t i, const SendStep&) {
    of_sending<SendStep>(i);
    edit<SendStep>(i, [](SendStep& send) { send.mode = CommunicationMode::SYNC; });
    edit<SendStep>(i, [](SendStep& send) { send.batch = 0; });
    edit<SendStep>(i, [](SendStep& send) { send.timeout_ms.reset(); });
    edit<SendStep>(i, [](SendStep& send) { send.selector.reset(); });
    edit<SendStep>(i, [](SendStep& send) { send.queue.reset(); });
  }
  void of_step(std::size_t i, const TransactionStep&) {
    as_send<TransactionStep>(i);
    of_sending<TransactionStep>(i);
    edit<TransactionStep>(i, [](TransactionStep& what) { what.local = TransactionState::commit; });
    edit<TransactionStep>(i, [](TransactionStep& what) { what.local_time = Duration{0}; });
    edit<TransactionStep>(i, [](TransactionStep& what) { what.check.clear(); });
  }
  void of_step(std::size_t i, const RequestStep&) {
    as_send<RequestStep>(i);
    of_sending<RequestStep>(i);
    edit<RequestStep>(i, [](RequestStep& what) { what.mode = CommunicationMode::SYNC; });
    edit<RequestStep>(i, [](RequestStep& what) { what.timeout_ms = 3000; });
    edit<RequestStep>(i, [](RequestStep& what) { what.selector.reset(); });
    edit<RequestStep>(i, [](RequestStep& what) { what.queue.reset(); });
  }
  void of_step(std::size_t i, const RecallStep&) {
    edit<RecallStep>(i, [](RecallStep& what) { what.topic.reset(); });
    edit<RecallStep>(i, [](RecallStep& what) { what.interval = Duration{0}; });
  }
  void of_step(std::size_t, const WaitStep&) {}
  void of_step(std::size_t, const AssertStep&) {}
  void of_step(std::size_t i, const EventStep& step) {
    const auto each_server = [&](const std::vector<std::string>& servers) {
      if (servers.size() < 2) return;
      for (const std::string& name : servers) {
        edit<EventStep>(i, [name](EventStep& event) {
          std::visit(
              [&](auto& e) {
                if constexpr (requires { e.servers; }) e.servers = {name};
              },
              event.event);
        });
      }
    };
    std::visit(
        [&](const auto& e) {
          if constexpr (requires { e.servers; }) each_server(e.servers);
        },
        step.event);
    if (const auto* crash = std::get_if<CrashEvent>(&step.event)) instead_of_silence(i, crash->servers);
    if (const auto* pause = std::get_if<PauseEvent>(&step.event)) instead_of_silence(i, pause->servers);
  }
  /// A rule that answers with an error in place of a server that is gone. The step becomes a wait of no time, so that
  /// the others keep their places.
  void instead_of_silence(std::size_t i, const std::vector<std::string>& servers) {
    if (servers.size() != 1 || scenario_.cluster.find_broker(servers[0]) == nullptr) return;
    add([i, server = servers[0]](Scenario& s) {
      if (!std::holds_alternative<EventStep>(s.steps[i].what)) return;
      FaultRule rule;
      rule.at = server;
      rule.from = s.steps[i].at;
      rule.action = FaultAction{{"respond", FaultAnswer{ResponseCode::SYSTEM_ERROR, std::nullopt}}};
      s.faults.push_back(std::move(rule));
      s.steps[i].what = WaitStep{};
      make_whole(s);
    });
  }

  template <class Edit>
  void rule(std::size_t i, const Edit& change) {
    add([i, change](Scenario& s) { change(s.faults[i]); });
  }
  void of_fault(std::size_t i) {
    const FaultRule& fault = scenario_.faults[i];
    rule(i, [](FaultRule& r) { r.probability = 1; });
    rule(i, [](FaultRule& r) { r.from.reset(); });
    rule(i, [](FaultRule& r) { r.to.reset(); });
    rule(i, [](FaultRule& r) { r.topic.reset(); });
    rule(i, [](FaultRule& r) { r.queue_id.reset(); });
    rule(i, [](FaultRule& r) { r.producer_group.reset(); });
    rule(i, [](FaultRule& r) { r.count = FaultCount::broker; });
    if (!fault.nth.every()) {
      rule(i, [](FaultRule& r) { r.nth = NthSet::first(1); });
      rule(i, [](FaultRule& r) {
        if (r.nth.text() == "1") return;
        r.nth = NthSet{};
        r.count = FaultCount::broker;
      });
    }
    add([i](Scenario& s) {
      s.faults[i].id.clear();
      make_whole(s);
    });
    add([i](Scenario& s) {
      if (s.faults[i].at != "*") return;
      s.faults[i].at = s.cluster.brokers.front().name;
      if (s.faults[i].count == FaultCount::cluster) s.faults[i].count = FaultCount::broker;
    });
    for (const FaultActionRow& row : fault_actions()) {
      const FaultArgument* argument = fault.action.find(row.key);
      if (argument == nullptr) continue;
      rule(i, [&row, only = *argument](FaultRule& r) {
        FaultAction action;
        action.add(row, only);
        r.action = std::move(action);
      });
      const auto* delay = std::get_if<DelayDistribution>(argument);
      if (delay != nullptr && delay->kind != DelayDistribution::Kind::fixed) {
        const double around = delay->kind == DelayDistribution::Kind::uniform ? delay->b : delay->a;
        rule(i, [&row, around](FaultRule& r) { set_delay(r, row, std::ceil(around)); });
      }
    }
    if (fault.on.kind != FaultTarget::Kind::send || scenario_.cluster.has_nameserver(fault.at)) return;
    rule(i, [](FaultRule& r) {
      r.action = FaultAction{{"respond", FaultAnswer{ResponseCode::SYSTEM_ERROR, std::nullopt}}};
    });
  }

  void of_producer(std::size_t i) {
    add([i](Scenario& s) { s.producers[i].group = s.producers[i].name; });
    add([i](Scenario& s) { s.producers[i].nameservers = s.cluster.nameservers; });
    add([i](Scenario& s) { s.producers[i].credentials.reset(); });
    add([i](Scenario& s) { s.producers[i].auto_start = true; });
    add([i](Scenario& s) { s.producers[i].queue_index.reset(); });
    add([i](Scenario& s) {
      if (s.producers[i].queue_index) s.producers[i].queue_index->resets.clear();
    });
  }
  /// What the seed was needed for is mostly which queue comes first: that can be written out.
  void seed() {
    if (scenario_.seed == 1) return;
    add([](Scenario& s) { s.seed = 1; });
    constexpr std::int32_t kStarts = 8;
    for (std::int32_t start = -1; start + 1 < kStarts; ++start) {
      add([start](Scenario& s) {
        if (s.seed == 1) return;
        s.seed = 1;
        for (ProducerSpec& producer : s.producers) {
          if (!producer.queue_index) producer.queue_index = QueueIndexSpec{start, {}, {}};
        }
      });
    }
  }

  const Scenario& scenario_;
  std::vector<Change> changes_;
};

class Numbers {
 public:
  explicit Numbers(const Scenario& scenario) : scenario_(scenario) {}

  std::vector<ScenarioNumber> all() {
    for (std::size_t i = 0; i < scenario_.faults.size(); ++i) of_fault(i, "faults[" + std::to_string(i) + "]");
    for (std::size_t i = 0; i < scenario_.steps.size(); ++i) of_step(i, "steps[" + std::to_string(i) + "]");
    for (std::size_t i = 0; i < scenario_.producers.size(); ++i) of_producer(i);
    return std::move(numbers_);
  }

 private:
  void add(const std::string& key, const std::string& where, double value, double least,
           std::function<void(Scenario&, double)> set) {
    numbers_.push_back({key + " (" + where + ")", value, least, std::move(set)});
  }

  void of_fault(std::size_t i, const std::string& where) {
    const FaultRule& rule = scenario_.faults[i];
    for (const FaultActionRow& row : fault_actions()) {
      const FaultArgument* argument = rule.action.find(row.key);
      const auto* delay = argument == nullptr ? nullptr : std::get_if<DelayDistribution>(argument);
      if (delay == nullptr || delay->kind != DelayDistribution::Kind::fixed) continue;
      add("delayMs", where, std::ceil(delay->a), 0,
          [i, &row](Scenario& s, double value) { set_delay(s.faults[i], row, value); });
    }
    if (rule.from) {
      add("fromMs", where, to_whole_ms(*rule.from), 0, [i](Scenario& s, double v) { s.faults[i].from = of_ms(v); });
    }
    if (rule.to) {
      add("toMs", where, to_whole_ms(*rule.to), 1, [i](Scenario& s, double v) { s.faults[i].to = of_ms(v); });
    }
    if (rule.nth.text() == std::to_string(rule.nth.least())) {
      add("nth", where, static_cast<double>(rule.nth.least()), 1, [i](Scenario& s, double v) {
        s.faults[i].nth = *NthSet::parse(std::to_string(static_cast<std::int64_t>(v)));
      });
    }
  }

  /// A time of a step's kind, which changes never touch.
  template <class What>
  void add_time(std::size_t i, const char* key, const std::string& where, Duration What::*time) {
    add(key, where, to_whole_ms(std::get<What>(scenario_.steps[i].what).*time), 0,
        [i, time](Scenario& s, double v) { std::get<What>(s.steps[i].what).*time = of_ms(v); });
  }
  void of_step(std::size_t i, const std::string& where) {
    const Step& step = scenario_.steps[i];
    if (step.at) add("atMs", where, to_whole_ms(*step.at), 0, [i](Scenario& s, double v) { s.steps[i].at = of_ms(v); });
    std::visit(
        [&]<class What>(const What& what) {
          if constexpr (requires { what.count; }) {
            add("count", where, static_cast<double>(what.count), 1, [i](Scenario& s, double v) {
              std::get<What>(s.steps[i].what).count = static_cast<std::uint64_t>(v);
              make_whole(s);
            });
          }
          if constexpr (requires { what.interval; }) add_time(i, "intervalMs", where, &What::interval);
          if constexpr (requires { what.time; }) add_time(i, "waitMs", where, &What::time);
          if constexpr (requires { what.local_time; }) add_time(i, "localMs", where, &What::local_time);
          if constexpr (std::is_same_v<What, SendStep>) {
            if (!what.timeout_ms) return;
            add("timeoutMs", where, static_cast<double>(*what.timeout_ms), 0, [i](Scenario& s, double v) {
              std::get<SendStep>(s.steps[i].what).timeout_ms = static_cast<std::int64_t>(v);
            });
          }
        },
        step.what);
  }

  void of_producer(std::size_t p) {
    for (const auto& [key, value] : scenario_.producers[p].config.values) {
      const auto* number = std::get_if<std::int64_t>(&value);
      if (number == nullptr || *number <= 1) continue;
      const ProducerSetting* setting = find_producer_setting(key);
      const double least = setting == nullptr ? 1 : std::max(1.0, setting->key.type.min);
      add(key, scenario_.producers[p].name, static_cast<double>(*number), least,
          [p, key = key](Scenario& s, double v) { s.producers[p].config.values[key] = static_cast<std::int64_t>(v); });
    }
  }

  const Scenario& scenario_;
  std::vector<ScenarioNumber> numbers_;
};

}  // namespace

std::vector<Change> simpler_forms(const Scenario& scenario) { return Forms(scenario).all(); }

std::vector<ScenarioNumber> numbers_of(const Scenario& scenario) { return Numbers(scenario).all(); }

}  // namespace rmqsim
