#include "scenarios/harness/explore/draw/drawn_rules.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "producer/remoting/codes.h"

namespace rmqsim {
namespace {

using TargetKind = FaultTarget::Kind;

struct ActionWeight {
  std::string_view key;
  std::uint8_t weight;
};

constexpr ActionWeight kActionWeights[] = {
    {"respond", 10}, {"storeThenRespond", 4}, {"drop", 8},  {"delayMs", 9},   {"late", 4},
    {"refuse", 4},   {"blackhole", 3},        {"close", 6}, {"reset", 5},     {"garbage", 2},
    {"truncate", 2}, {"wrongOpaque", 2},      {"chunk", 2}, {"duplicate", 3}, {"closeAfterBytes", 2},
    {"resetAfterBytes", 2}, {"bytesPerSecond", 2}, {"lossPercent", 2},
};
constexpr std::uint8_t kOtherActionWeight = 3;

// Words and weights, in one order.
constexpr std::string_view kTargetWords[] = {"send",           "connect",
                                             "route",          "heartbeat",
                                             "endTransaction", "checkTransaction",
                                             "unregister",     "register",
                                             "pushReply",      "SEND_REPLY_MESSAGE_V2",
                                             "recall",         "any",
                                             "link",           "toServer",
                                             "toClient"};
constexpr std::uint8_t kTargetWeights[] = {24, 8, 5, 3, 3, 2, 1, 1, 2, 1, 1, 3, 1, 1, 2};
static_assert(std::size(kTargetWords) == std::size(kTargetWeights));

bool is_broker_request(const FaultTarget& on) {
  const RequestFamily* family = find_request_family(on.kind);
  return family == nullptr || family->at == RequestFamily::At::broker;
}

std::int32_t draw_code(Dice& dice, const FaultTarget& on, bool stored) {
  namespace R = ResponseCode;
  if (on.kind == TargetKind::route) return dice.of<std::int32_t>({R::TOPIC_NOT_EXIST, R::SYSTEM_ERROR, R::SYSTEM_BUSY});
  if (on.kind != TargetKind::send && on.kind != TargetKind::any) {
    return dice.of<std::int32_t>({R::SYSTEM_ERROR, R::SYSTEM_BUSY, R::NO_PERMISSION, R::REQUEST_CODE_NOT_SUPPORTED});
  }
  if (stored && dice.chance(0.8)) {
    return dice.of<std::int32_t>({R::FLUSH_DISK_TIMEOUT, R::SLAVE_NOT_AVAILABLE, R::FLUSH_SLAVE_TIMEOUT});
  }
  if (!stored && dice.chance(0.1)) return R::GO_AWAY;  // no broker says so of what it has stored
  return dice.of<std::int32_t>({R::TOPIC_NOT_EXIST, R::SERVICE_NOT_AVAILABLE, R::SYSTEM_ERROR, R::SYSTEM_BUSY,
                                R::NO_PERMISSION, R::NO_BUYER_ID, R::NOT_IN_CURRENT_UNIT, R::MESSAGE_ILLEGAL,
                                R::FLOW_CONTROL, R::REQUEST_CODE_NOT_SUPPORTED});
}

DelayDistribution draw_delay(Dice& dice, const Moments& moments) {
  using Kind = DelayDistribution::Kind;
  const double ms = to_fractional_millis(moments.length(dice));
  if (dice.chance(0.85)) return {Kind::fixed, ms, 0};
  switch (dice.below(4)) {
    case 0:
      return {Kind::uniform, ms / 2, ms + 1};
    case 1:
      return {Kind::normal, ms, ms / 10};
    case 2:
      return {Kind::lognormal, ms / 2, 0.5};
    default:
      return {Kind::pareto, ms / 4, 1.5};
  }
}

FaultArgument draw_argument(Dice& dice, const FaultActionRow& row, const FaultTarget& on, const Moments& moments) {
  switch (row.argument) {
    case FaultArgumentKind::time:
      return draw_delay(dice, moments);
    case FaultArgumentKind::answer:
      return FaultAnswer{draw_code(dice, on, row.reshape != nullptr), {}};
    case FaultArgumentKind::moment:
      return dice.of({FaultMoment::before, FaultMoment::after});
    case FaultArgumentKind::percent:
      return dice.of<double>({1, 10, 50, 90});
    case FaultArgumentKind::bytes:
      if ((row.possible & kOnLink) != 0) return dice.of<std::uint32_t>({1, 100, 300, 1000, 3000, 20'000});
      return std::max(row.least, dice.of<std::uint32_t>({0, 1, 4, 8, 20, 100}));
    case FaultArgumentKind::flag:
      break;
  }
  return std::monostate{};
}

bool possible_beside(const FaultActionRow& row, const FaultTarget& on) {
  return possible_on(row, on) || (on.kind == TargetKind::connect && (row.possible & kBesideOnConnect) != 0);
}

/// What the trial's sends can meet.
FaultTarget draw_target(Dice& dice, const Palette& palette) {
  static const std::vector<FaultTarget> kTargets = [] {
    std::vector<FaultTarget> targets;
    for (const std::string_view word : kTargetWords) targets.push_back(*request_target(word));
    return targets;
  }();
  const FaultTarget& target = kTargets[palette.targets.pick(dice)];
  bool met = true;
  switch (target.kind) {
    case TargetKind::end_transaction:
    case TargetKind::check_transaction:
      met = palette.has(DrawnMode::transaction);
      break;
    case TargetKind::push_reply:
    case TargetKind::code:
      met = palette.has(DrawnMode::request);
      break;
    case TargetKind::recall:
      met = palette.has(DrawnMode::recall);
      break;
    default:
      break;
  }
  return met ? target : FaultTarget{};
}

std::vector<std::string> servers_of(const Scenario& scenario, Dice& dice, const FaultTarget& on) {
  const RequestFamily* family = find_request_family(on.kind);
  const bool nameservers = !is_broker_request(on) && (family->at == RequestFamily::At::nameserver || dice.chance(0.3));
  if (nameservers) return scenario.cluster.nameservers;
  std::vector<std::string> brokers;
  for (const BrokerSpec& broker : scenario.cluster.brokers) brokers.push_back(broker.name);
  return brokers;
}

void draw_selectors(const Scenario& scenario, Dice& dice, FaultRule& rule) {
  const RequestFamily* family = find_request_family(rule.on.kind);
  const auto tells = [&](char fact) { return family != nullptr && family->facts.find(fact) != std::string_view::npos; };
  const std::vector<TopicSpec>& topics = scenario.cluster.topics;
  if (tells('t') && topics.size() > 1 && dice.chance(0.2)) rule.topic = dice.of(topics).name;
  if (tells('q') && dice.chance(0.07)) rule.queue_id = static_cast<std::int32_t>(dice.below(4));
  if (tells('p') && scenario.producers.size() > 1 && dice.chance(0.2)) {
    const ProducerSpec& producer = dice.of(scenario.producers);
    rule.producer_group = producer.on_wire(producer.group);
  }
  if (dice.chance(0.08)) rule.probability = static_cast<double>(dice.between(1, 9)) / 10;
}

}  // namespace

std::span<const std::uint8_t> drawn_action_weights() {
  static const std::vector<std::uint8_t> kWeights = [] {
    std::vector<std::uint8_t> weights;
    for (const FaultActionRow& row : fault_actions()) {
      const auto* known = std::find_if(std::begin(kActionWeights), std::end(kActionWeights),
                                       [&](const ActionWeight& w) { return w.key == row.key; });
      weights.push_back(known == std::end(kActionWeights) ? kOtherActionWeight : known->weight);
    }
    return weights;
  }();
  return kWeights;
}

std::span<const std::string_view> drawn_targets() { return kTargetWords; }
std::span<const std::uint8_t> drawn_target_weights() { return kTargetWeights; }

bool possible_on(const FaultActionRow& row, const FaultTarget& on) {
  const unsigned place = on.is_link()                    ? kOnLink
                         : on.kind == TargetKind::connect ? kOnConnect
                         : on.is_push()                   ? kOnPushes
                                                          : kOnRequests;
  return (row.possible & place) != 0;
}

FaultAction draw_action(Dice& dice, const FaultTarget& on, const Choice& actions, const Moments& moments) {
  const auto rows = fault_actions();
  std::size_t first = actions.pick(dice);
  for (int i = 0; i < 4 && !possible_on(rows[first], on); ++i) first = actions.pick(dice);
  while (!possible_on(rows[first], on)) first = dice.below(rows.size());
  FaultAction action;
  action.add(rows[first], draw_argument(dice, rows[first], on, moments));
  if (dice.chance(0.2)) {
    const FaultActionRow& second = rows[dice.chance(0.5) ? actions.pick(dice) : dice.below(rows.size())];
    if (second.key != rows[first].key && possible_beside(second, on)) {
      action.add(second, draw_argument(dice, second, on, moments));
    }
  }
  return action;
}

void draw_rules(Scenario& scenario, Dice& dice, const Palette& palette, const Moments& moments, TroubleShape shape,
                Duration span) {
  FaultRule rule;
  rule.may_be_idle = true;
  rule.on = draw_target(dice, palette);
  rule.action = draw_action(dice, rule.on, palette.actions, moments);
  draw_selectors(scenario, dice, rule);
  std::vector<std::string> servers = servers_of(scenario, dice, rule.on);
  const auto add = [&](const std::string& at) {
    rule.at = at;
    scenario.faults.push_back(rule);
  };
  if (shape == TroubleShape::swizzle || dice.chance(0.35)) {
    for (const Outage& outage : draw_outages(dice, shape, std::move(servers), moments, span)) {
      rule.from = outage.from;
      rule.to = outage.to;
      add(outage.victim);
    }
    return;
  }
  if (dice.chance(0.15)) rule.from = moments.begin(dice, span);
  rule.nth = dice.chance(0.06) ? NthSet{} : draw_turns(dice, shape);
  if (shape == TroubleShape::correlated && is_broker_request(rule.on) && dice.chance(0.5)) return add("*");
  for (const std::string& victim : draw_victims(dice, shape, std::move(servers))) add(victim);
}

}  // namespace rmqsim
