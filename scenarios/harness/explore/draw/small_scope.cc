#include "scenarios/harness/explore/draw/small_scope.h"

#include <algorithm>
#include <array>
#include <utility>

#include "producer/profile/profile.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/engine/judging/recovery.h"
#include "scenarios/harness/explore/whole.h"
#include "scenarios/harness/file/late_by.h"

namespace rmqsim {
namespace {

/// How long courses may be in which it comes last, or, of three, at all: it stands for its kind.
enum class StandsIn : std::uint8_t { one, two, three };

/// What an attempt meets that does not simply succeed.
struct ScopeOutcome {
  std::string_view action;
  FaultArgument (*argument)();
  StandsIn stands_in = StandsIn::one;
  bool disconnects = false;  ///< the next request to that broker connects anew
  bool isolates = false;     ///< each of them for another time, or in another way
};

template <std::int32_t code>
FaultArgument answer_of() {
  return FaultAnswer{code, {}};
}
FaultArgument nothing() { return std::monostate{}; }
FaultArgument before_it() { return FaultMoment::before; }
FaultArgument after_it() { return FaultMoment::after; }
template <int ms>
FaultArgument delay_of() {
  return DelayDistribution{DelayDistribution::Kind::fixed, ms, 0};
}

namespace R = ResponseCode;
constexpr ScopeOutcome kScopeOutcomes[] = {
    {"respond", answer_of<R::SYSTEM_BUSY>, StandsIn::three, false, true},
    {"respond", answer_of<R::TOPIC_NOT_EXIST>},
    {"respond", answer_of<R::SERVICE_NOT_AVAILABLE>},
    {"respond", answer_of<R::SYSTEM_ERROR>},
    {"respond", answer_of<R::NO_PERMISSION>},
    {"respond", answer_of<R::NO_BUYER_ID>},
    {"respond", answer_of<R::NOT_IN_CURRENT_UNIT>},
    {"respond", answer_of<R::GO_AWAY>, StandsIn::two},
    {"respond", answer_of<R::MESSAGE_ILLEGAL>, StandsIn::three, false, true},
    {"respond", answer_of<R::FLOW_CONTROL>},
    {"storeThenRespond", answer_of<R::FLUSH_DISK_TIMEOUT>, StandsIn::three},
    {"storeThenRespond", answer_of<R::FLUSH_SLAVE_TIMEOUT>},
    {"storeThenRespond", answer_of<R::SLAVE_NOT_AVAILABLE>},
    {"drop", before_it, StandsIn::three, false, true},
    {"drop", after_it, StandsIn::two},
    {"delayMs", delay_of<1000>, StandsIn::two, false, true},
    {"delayMs", delay_of<4050>},  // given up, and no scan has seen it yet (behaviour §9.4.1)
    {"late", nothing, StandsIn::two},
    {"close", before_it, StandsIn::two, true, true},
    {"close", after_it, StandsIn::three, true},
    {"reset", before_it, StandsIn::three, true},
    {"reset", after_it, StandsIn::one, true},
    {"refuse", nothing, StandsIn::two},
};
constexpr std::size_t kOutcomes = std::size(kScopeOutcomes);

bool refuses(std::size_t outcome) { return kScopeOutcomes[outcome].action == "refuse"; }

void on(ProducerConfig& config, const char* name, ConfigValue value = true) { config.values[name] = std::move(value); }

/// How the send is made; `attempts` is how many it may take.
struct ScopeMode {
  std::size_t attempts;
  void (*make)(ProducerConfig& config, SendStep& send);
};

constexpr ScopeMode kScopeModes[] = {
    {3, [](ProducerConfig&, SendStep&) {}},
    {3, [](ProducerConfig&, SendStep& send) { send.mode = CommunicationMode::ASYNC; }},
    {3, [](ProducerConfig& c, SendStep&) { on(c, "retryAnotherBrokerWhenNotStoreOK"); }},
    {3, [](ProducerConfig& c, SendStep&) { on(c, "sendLatencyFaultEnable"); }},
    {3,
     [](ProducerConfig& c, SendStep& send) {
       on(c, "sendLatencyFaultEnable");
       send.mode = CommunicationMode::ASYNC;
     }},
    {3, [](ProducerConfig& c, SendStep&) { on(c, "sendMsgMaxTimeoutPerRequest", std::int64_t{1000}); }},
    {3, [](ProducerConfig&, SendStep& send) { send.batch = 2; }},
    {1, [](ProducerConfig&, SendStep& send) { send.mode = CommunicationMode::ONEWAY; }},
    {1,
     [](ProducerConfig&, SendStep& send) {
       send.queue = {"broker-a", 0};
     }},
    {2,
     [](ProducerConfig&, SendStep& send) {
       send.queue = {"broker-a", 0};
       send.mode = CommunicationMode::ASYNC;
     }},
    {1, [](ProducerConfig&, SendStep& send) { send.selector = SelectorSpec{}; }},
    {2,
     [](ProducerConfig&, SendStep& send) {
       send.selector = SelectorSpec{};
       send.mode = CommunicationMode::ASYNC;
     }},
    {2,
     [](ProducerConfig&, SendStep& send) {
       send.batch = 2;
       send.mode = CommunicationMode::ASYNC;
     }},
    {2,
     [](ProducerConfig& c, SendStep& send) {
       on(c, "compressMsgBodyOverHowmuch", std::int64_t{16});
       send.message.body.size = 64;
     }},
    {1,
     [](ProducerConfig& c, SendStep& send) {  // two have no room beside each other
       on(c, "enableBackpressureForAsyncMode");
       on(c, "backPressureForAsyncSendSize", std::int64_t{1 << 20});
       on(c, "compressMsgBodyOverHowmuch", std::int64_t{1 << 20});  // which takes longer than all else
       send.mode = CommunicationMode::ASYNC;
       send.message.body.size = 600'000;
     }},
};
// Sends of steps of their own, after those of kScopeModes.
enum OtherMode : std::size_t {
  kTransactionMode = std::size(kScopeModes),
  kRequestMode,
  kAsyncRequestMode,
  kEndOfModes,
  // No courses of one send:
  kIsolation = kEndOfModes,  ///< what each broker meets, and how long afterwards is sent again
  kTogether                  ///< one course of each mode, one after the other
};
constexpr std::size_t kOtherAttempts[] = {3, 1, 1};

std::size_t attempts_of(std::size_t mode) {
  return mode < kTransactionMode ? kScopeModes[mode].attempts : kOtherAttempts[mode - kTransactionMode];
}

/// Just over the isolations of the tables (behaviour §5.5).
constexpr Duration kIsolationPauses[] = {millis(0), millis(2100), millis(10'100), millis(60'100), millis(600'100)};

/// The first attempt goes to broker-a, the next to the other broker, and so on.
constexpr const char* kScopeBrokers[] = {"broker-a", "broker-b", "broker-a"};

void add_outcome(Scenario& scenario, std::size_t place, std::size_t outcome, std::uint64_t turn) {
  const ScopeOutcome& what = kScopeOutcomes[outcome];
  FaultRule rule;
  rule.at = kScopeBrokers[place];
  if (refuses(outcome)) rule.on.kind = FaultTarget::Kind::connect;
  rule.nth = *NthSet::parse(std::to_string(turn));
  rule.action = FaultAction{{what.action, what.argument()}};
  rule.may_be_idle = true;
  scenario.faults.push_back(std::move(rule));
}

/// Two brokers that have the topic, and a producer whose first send goes to the first of them.
Scenario scope_stage() {
  Scenario scenario;
  scenario.cluster.nameservers = {"ns-1"};
  for (const char* name : {"broker-a", "broker-b"}) scenario.cluster.brokers.emplace_back().name = name;
  TopicSpec& topic = scenario.cluster.topics.emplace_back();
  topic.name = "TopicTest";
  topic.queues = {{"broker-a", 2}, {"broker-b", 2}};
  ProducerSpec& producer = scenario.producers.emplace_back();
  producer.name = producer.group = "p";
  producer.nameservers = scenario.cluster.nameservers;
  producer.queue_index = QueueIndexSpec{-1, {}, {}};
  return scenario;
}

SendStep scope_send(std::uint64_t count) {
  SendStep send;
  send.producer = "p";
  send.message.topic = "TopicTest";
  send.count = count;
  return send;
}

/// Longer than any answer is late.
constexpr WaitStep kScopeWait{std::chrono::seconds(6)};

/// Makes a step of that mode, by that producer.
void add_sends(Scenario& scenario, std::size_t mode, ProducerSpec& producer) {
  SendStep send = scope_send(3);  // two more show what the first has left behind
  send.producer = producer.name;
  Step& step = scenario.steps.emplace_back();
  if (mode < kTransactionMode) {
    kScopeModes[mode].make(producer.config, send);
    step.what = std::move(send);
  } else if (mode == kTransactionMode) {
    step.what = TransactionStep{producer.name, send.message, send.count, {}, TransactionState::commit, {}, {}};
  } else {
    RequestStep request{producer.name, CommunicationMode::SYNC, send.message, send.count, {}, 3000, {}, {}};
    if (mode == kAsyncRequestMode) request.mode = CommunicationMode::ASYNC;
    step.what = std::move(request);
    if (!scenario.cluster.responders.empty()) return;
    ResponderSpec responder;
    responder.topic = "TopicTest";
    scenario.cluster.responders.push_back(std::move(responder));
  }
}

/// What has nothing to do with new connections, which are no producer's.
std::vector<std::size_t> outcomes_of_requests() {
  std::vector<std::size_t> outcomes;
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    if (!refuses(i)) outcomes.push_back(i);
  }
  return outcomes;
}

/// When every course of a world of them has ended, since the first step: sends of three seconds, one after the other.
constexpr Duration kAllEnded = std::chrono::seconds(200);

/// Everything is whole from then on; the first producer sends again when that can be expected of it.
void add_recovery(Scenario& scenario) {
  for (FaultRule& rule : scenario.faults) rule.to = kAllEnded;
  Duration recovery{0};
  for (const std::string_view profile : profile_names()) {
    recovery = std::max(recovery, recovery_time(scenario, *find_profile(profile)));
  }
  SendStep send = scope_send(4);
  send.producer = scenario.producers.front().name;
  Step& step = scenario.steps.emplace_back();
  step.what = std::move(send);
  step.at = kAllEnded + late_by(scenario) + recovery + std::chrono::seconds(1);
}

/// A course of each mode, by a producer of its own, in one world. What they meet goes on by one from mode to mode and
/// from number to number, so that every mode meets everything once, and much of it early. Each meets something else
/// when it comes to the other broker again: that is another send, or the retry of one. What they leave behind in the
/// client, which is one, is found by the sends at the end.
Scenario together_scenario(std::size_t number) {
  const std::vector<std::size_t> outcomes = outcomes_of_requests();
  Scenario scenario = scope_stage();
  const ProducerSpec first = std::exchange(scenario.producers, {}).front();
  for (std::size_t mode = 0; mode < kEndOfModes; ++mode) {
    ProducerSpec producer = first;
    producer.name = producer.group = "p" + std::to_string(mode + 1);
    add_sends(scenario, mode, producer);
    const std::size_t turn = number + mode;
    add_outcome(scenario, 0, outcomes[turn % outcomes.size()], 1);
    scenario.faults.back().producer_group = producer.group;
    add_outcome(scenario, 1, outcomes[(turn + outcomes.size() / 2) % outcomes.size()], 2);
    scenario.faults.back().producer_group = producer.group;
    scenario.producers.push_back(std::move(producer));
  }
  add_recovery(scenario);
  scenario.steps.emplace_back().what = kScopeWait;
  make_whole(scenario);
  return scenario;
}

/// Each broker answers twice, then meets its outcome; ten sends while that isolates it, and ten when it may be over.
Scenario isolation_scenario(std::size_t first, std::size_t second, std::size_t pause) {
  Scenario scenario = scope_stage();
  on(scenario.producers.front().config, "sendLatencyFaultEnable");
  for (const std::uint64_t count : {std::uint64_t{4}, std::uint64_t{10}}) {
    scenario.steps.emplace_back().what = scope_send(count);
  }
  if (kIsolationPauses[pause] > Duration::zero()) {
    scenario.steps.emplace_back().what = WaitStep{kIsolationPauses[pause]};
    scenario.steps.emplace_back().what = scope_send(10);
  }
  scenario.steps.emplace_back().what = kScopeWait;
  if (first < kOutcomes) add_outcome(scenario, 0, first, 3);
  if (second < kOutcomes) add_outcome(scenario, 1, second, 3);
  make_whole(scenario);
  return scenario;
}

}  // namespace

SmallScope::SmallScope() {
  const auto add = [this](std::size_t length, std::array<std::size_t, 3> outcomes) {
    for (std::size_t mode = 0; mode < kEndOfModes; ++mode) {
      if (attempts_of(mode) < length) continue;
      Course course{static_cast<std::uint8_t>(mode), static_cast<std::uint8_t>(length), {}};
      for (std::size_t i = 0; i < 3; ++i) course.outcomes[i] = static_cast<std::uint8_t>(outcomes[i]);
      courses_.push_back(course);
    }
  };
  const auto each = [](StandsIn least, const auto& visit) {
    for (std::size_t i = 0; i < kOutcomes; ++i) {
      if (kScopeOutcomes[i].stands_in >= least) visit(i);
    }
  };
  for (std::uint8_t number = 0; number < outcomes_of_requests().size(); ++number) {
    courses_.push_back({kTogether, 0, {number}});
  }
  add(0, {});
  each(StandsIn::one, [&](std::size_t a) { add(1, {a}); });
  std::vector<std::uint8_t> isolating{kOutcomes};  // beginning with none
  for (std::uint8_t i = 0; i < kOutcomes; ++i) {
    if (kScopeOutcomes[i].isolates) isolating.push_back(i);
  }
  constexpr std::uint8_t kPauses{std::size(kIsolationPauses)};
  for (std::uint8_t pause = 0; pause < kPauses; ++pause) {
    for (const std::uint8_t a : isolating) {
      for (const std::uint8_t b : isolating) courses_.push_back({kIsolation, 0, {a, b, pause}});
    }
  }
  each(StandsIn::one, [&](std::size_t a) { each(StandsIn::two, [&](std::size_t b) { add(2, {a, b}); }); });
  each(StandsIn::three, [&](std::size_t a) {
    each(StandsIn::three, [&](std::size_t b) { each(StandsIn::three, [&](std::size_t c) { add(3, {a, b, c}); }); });
  });
}

Scenario SmallScope::scenario(std::uint64_t number) const {
  const Course& course = courses_[number];
  if (course.mode == kIsolation) {
    return isolation_scenario(course.outcomes[0], course.outcomes[1], course.outcomes[2]);
  }
  if (course.mode == kTogether) return together_scenario(course.outcomes[0]);
  Scenario scenario = scope_stage();
  add_sends(scenario, course.mode, scenario.producers.front());
  scenario.steps.emplace_back().what = kScopeWait;

  std::uint64_t requests[2] = {0, 0}, connects[2] = {1, 1};  // the turns of the next, by broker
  for (std::size_t i = 0; i < course.length; ++i) {
    const std::size_t outcome = course.outcomes[i], broker = i % 2;
    if (refuses(outcome)) {
      add_outcome(scenario, i, outcome, connects[broker]++);
      continue;
    }
    add_outcome(scenario, i, outcome, ++requests[broker]);
    if (kScopeOutcomes[outcome].disconnects) ++connects[broker];
  }
  make_whole(scenario);
  return scenario;
}

}  // namespace rmqsim
