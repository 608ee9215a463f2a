#include "scenarios/harness/explore/draw/cast.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "scenarios/harness/explore/draw/drawn_events.h"
#include "scenarios/harness/explore/draw/drawn_settings.h"

namespace rmqsim {
namespace {

/// No step of its own begins later.
constexpr Duration kLastStep = std::chrono::seconds(90);

TopicSpec draw_topic(Dice& dice, const Palette& palette, const ClusterSpec& cluster, const char* name) {
  TopicSpec topic;
  topic.name = name;
  const bool uneven = palette.has(Topology::uneven_queues, dice);
  const std::int32_t queues = palette.has(Topology::one_queue, dice) ? 1 : dice.of({2, 2, 4});
  for (const BrokerSpec& broker : cluster.brokers) {
    if (!broker.slave_of)
      topic.queues.emplace_back(broker.name, uneven ? static_cast<std::int32_t>(1 + dice.below(4)) : queues);
  }
  return topic;
}

BodySpec draw_body(Dice& dice, const ProducerConfig& config) {
  BodySpec body;
  if (config.values.empty() && !dice.chance(0.1)) return body;
  const auto of_setting = [&](std::string_view name, std::int64_t otherwise) {
    const auto* value = config.get<std::int64_t>(name);
    return value != nullptr ? *value : otherwise;
  };
  const std::int64_t threshold = of_setting("compressMsgBodyOverHowmuch", 4096);
  const auto* pressure = config.get<bool>("enableBackpressureForAsyncMode");
  std::int64_t size = 16;
  if (config.values.empty() || dice.chance(0.1) || config.get<std::int64_t>("compressMsgBodyOverHowmuch") != nullptr) {
    size = threshold + dice.between(-1, 64);
  } else if (const auto* most = config.get<std::int64_t>("maxMessageSize")) {
    size = *most + dice.between(-1, 1);
  } else if (pressure != nullptr && *pressure && dice.chance(0.4)) {
    size = dice.of<std::int64_t>({200'000, 400'000, 600'000});
  }
  body.size = static_cast<std::uint32_t>(std::max<std::int64_t>(1, size));
  return body;
}

MessageSpec draw_message(Dice& dice, const Scenario& scenario, const ProducerSpec& producer) {
  MessageSpec message;
  const bool unknown = scenario.cluster.auto_create_topic && dice.chance(0.4);
  if (unknown || scenario.cluster.topics.empty()) {
    message.topic = "TopicNew";
  } else {
    message.topic = scenario.cluster.topics[dice.below(std::min<std::size_t>(2, scenario.cluster.topics.size()))].name;
  }
  if (dice.chance(0.05)) message.keys = {"k"};
  message.body = draw_body(dice, producer.config);
  return message;
}

Duration draw_interval(Dice& dice, const Moments& moments) {
  switch (dice.below(6)) {
    case 0:
    case 1:
      return Duration{0};
    case 2:
      return millis(dice.between(1, 20));
    case 3:
      return millis(dice.of({50, 100, 200, 500, 1000}));
    default:
      return std::min(moments.length(dice), Duration(std::chrono::seconds(6)));
  }
}

QueueTarget draw_queue(Dice& dice, const Scenario& scenario, const std::string& topic) {
  const TopicSpec* spec = scenario.cluster.find_topic(topic);
  if (spec == nullptr || spec->queues.empty()) return {scenario.cluster.brokers.front().name, 0};
  const auto& [broker, queues] = dice.of(spec->queues);
  return {broker, static_cast<std::int32_t>(dice.below(static_cast<std::size_t>(std::max(queues, 1))))};
}

SelectorSpec draw_selector(Dice& dice) {
  using Kind = SelectorSpec::Kind;
  return {dice.of({Kind::index, Kind::index, Kind::hash, Kind::random}), {}};
}

SendStep draw_send(Dice& dice, const Scenario& scenario, const ProducerSpec& producer, DrawnMode mode,
                   const Moments& moments) {
  SendStep send;
  send.producer = producer.name;
  send.message = draw_message(dice, scenario, producer);
  const bool coin = dice.chance(0.5);
  switch (mode) {
    case DrawnMode::async:
      send.mode = CommunicationMode::ASYNC;
      break;
    case DrawnMode::oneway:
      send.mode = CommunicationMode::ONEWAY;
      break;
    case DrawnMode::async_batch:
      send.mode = CommunicationMode::ASYNC;
      [[fallthrough]];
    case DrawnMode::batch:
      send.batch = static_cast<std::uint32_t>(1 + dice.below(4));
      break;
    case DrawnMode::to_queue:
      if (coin) send.mode = CommunicationMode::ASYNC;
      send.queue = draw_queue(dice, scenario, send.message.topic);
      break;
    case DrawnMode::by_selector:
      if (coin) send.mode = CommunicationMode::ASYNC;
      send.selector = draw_selector(dice);
      break;
    default:
      break;
  }
  if (send.mode != CommunicationMode::ONEWAY && dice.chance(0.2)) send.timeout_ms = moments.timeout(dice);
  return send;
}

TransactionState draw_state(Dice& dice) {
  return dice.of({TransactionState::commit, TransactionState::commit, TransactionState::rollback,
                  TransactionState::unknown, TransactionState::throw_});
}

/// The last step that left something to take back.
const Step* recallable(const Scenario& scenario) {
  const auto last = std::find_if(scenario.steps.rbegin(), scenario.steps.rend(), [](const Step& step) {
    const auto* send = std::get_if<SendStep>(&step.what);
    return send != nullptr && send->message.delay.has_value();
  });
  return last == scenario.steps.rend() ? nullptr : &*last;
}

}  // namespace

Scenario draw_cast(Dice& dice, const Palette& palette) {
  Scenario scenario;
  ClusterSpec& cluster = scenario.cluster;
  const auto add_broker = [&](const char* name) { cluster.brokers.emplace_back().name = name; };
  cluster.nameservers = {"ns-1"};
  if (palette.has(Topology::second_nameserver, dice)) cluster.nameservers.emplace_back("ns-2");
  add_broker("broker-a");
  add_broker("broker-b");
  if (palette.has(Topology::third_broker, dice)) add_broker("broker-c");
  if (palette.has(Topology::slave, dice)) {
    add_broker("broker-a-slave");
    cluster.brokers.back().slave_of = "broker-a";
    cluster.brokers.back().broker_id = 1;
  }
  cluster.topics.push_back(draw_topic(dice, palette, cluster, "TopicTest"));
  if (palette.has(Topology::second_topic, dice))
    cluster.topics.push_back(draw_topic(dice, palette, cluster, "TopicOther"));
  cluster.auto_create_topic = palette.has(Topology::auto_create, dice);
  cluster.check_queue_id = palette.has(Topology::check_queue_id, dice);
  cluster.recall_message_enable = palette.has(DrawnMode::recall);
  if (palette.has(Topology::quick_checks, dice)) {
    cluster.transactions.timeout = dice.of({0, 500, 1000});
    cluster.transactions.check_interval = dice.of({500, 1000, 5000});
    cluster.transactions.check_max = dice.of({1, 2, 15});
    cluster.transactions.op_batch_interval = dice.of({0, 3000});
  }
  if (palette.has(DrawnMode::request)) {
    ResponderSpec responder;
    responder.topic = "TopicTest";
    responder.delay = dice.chance(0.5) ? Duration{0} : millis(dice.between(1, 3000));
    if (dice.chance(0.2)) responder.nth = *NthSet::parse("2-");
    responder.may_be_idle = true;
    cluster.responders.push_back(std::move(responder));
  }
  if (palette.has(Topology::no_slack, dice)) scenario.network.timer_slack = Duration{0};
  if (palette.has(Topology::slow_network, dice)) scenario.network.one_way = millis(dice.of({1, 10, 25, 49, 50}));
  if (palette.has(Topology::close_delay, dice)) scenario.network.close_delay = millis(dice.of({1, 100, 1000}));

  const bool shared = palette.has(Topology::shared_instance, dice);
  const bool two = shared || palette.has(Topology::second_producer, dice);
  const bool fixed_queues = dice.chance(0.6);
  for (const char* name : {"p", "q"}) {
    if (name[0] == 'q' && !two) break;
    ProducerSpec& producer = scenario.producers.emplace_back();
    producer.name = producer.group = name;
    producer.nameservers = cluster.nameservers;
    draw_settings(dice, palette.settings, producer.config);
    if (shared) {
      producer.config.values["clientIP"] = std::string("10.0.0.1");
      producer.config.values["instanceName"] = std::string("shared");
    }
    producer.auto_start = name[0] == 'p' || dice.chance(0.7);
    if (!fixed_queues) continue;
    producer.queue_index = QueueIndexSpec{static_cast<std::int32_t>(dice.between(-1, 6)), {}, {}};
    if (dice.chance(0.5)) producer.queue_index->resets = {static_cast<std::int32_t>(dice.below(8))};
  }
  provide_for_settings(scenario);
  return scenario;
}

Step draw_sending_step(Dice& dice, const Scenario& scenario, DrawnMode mode, const Moments& moments,
                       std::uint64_t count) {
  Step step;
  const ProducerSpec& producer = dice.of(scenario.producers);
  const Duration interval = draw_interval(dice, moments);
  if (mode == DrawnMode::transaction) {
    TransactionStep transaction{
        producer.name, draw_message(dice, scenario, producer), count, interval, draw_state(dice), {}, {}};
    if (dice.chance(0.3)) transaction.local_time = std::min(moments.length(dice), Duration(std::chrono::seconds(6)));
    for (std::size_t n = dice.below(3); n > 0; --n) transaction.check.push_back(draw_state(dice));
    step.what = std::move(transaction);
  } else if (mode == DrawnMode::request) {
    RequestStep request;
    request.producer = producer.name;
    request.message = draw_message(dice, scenario, producer);
    request.count = count;
    request.interval = interval;
    if (dice.chance(0.5)) request.mode = CommunicationMode::ASYNC;
    if (dice.chance(0.4)) request.timeout_ms = moments.timeout(dice);
    if (dice.chance(0.15)) request.queue = draw_queue(dice, scenario, request.message.topic);
    step.what = std::move(request);
  } else if (const Step* before = recallable(scenario); mode == DrawnMode::recall && before != nullptr) {
    RecallStep recall;
    recall.producer = std::get<SendStep>(before->what).producer;
    recall.sends.ranges = {{before->first_send, before->first_send + before->send_count - 1}};
    recall.interval = interval;
    count = before->send_count;
    step.what = std::move(recall);
  } else {
    SendStep send = draw_send(dice, scenario, producer, mode, moments);
    send.count = count;
    send.interval = interval;
    if (mode == DrawnMode::recall) send.message.delay = std::chrono::seconds(60);
    step.what = std::move(send);
  }
  step.send_count = count;
  if (count > 1 && dice.chance(0.2)) step.concurrency = static_cast<std::uint32_t>(dice.between(2, 5));
  return step;
}

void draw_steps(Scenario& scenario, Dice& dice, const Palette& palette, const Moments& moments) {
  Duration at{0};
  std::size_t steps = dice.few(1, 5, 0.55);
  if (palette.has(DrawnMode::recall)) ++steps;
  for (; steps > 0 && at < kLastStep && scenario.send_count < kMostDrawnSends / 2; --steps) {
    const std::uint64_t left = kMostDrawnSends / 2 - scenario.send_count;
    const std::uint64_t count = std::min<std::uint64_t>(left, dice.of({1, 1, 2, 3, 4, 6, 12}));
    Step step = draw_sending_step(dice, scenario, palette.mode(dice), moments, count);
    step.at = at;
    step.background = dice.chance(0.25);
    step.first_send = scenario.send_count;
    scenario.send_count += step.send_count;
    const Duration pause = dice.chance(0.35) ? millis(dice.between(0, 10)) : moments.length(dice);
    at += pause + (step.background ? Duration{0} : likely_length(step));
    scenario.steps.push_back(std::move(step));
  }
  for (const ProducerSpec& producer : scenario.producers) {
    if (producer.auto_start) continue;
    add_events(scenario, dice, {{moments.begin(dice, at), StartProducerEvent{producer.name}}});
  }
}

}  // namespace rmqsim
