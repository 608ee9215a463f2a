#include "tools/explore/driven/short_troubles.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "producer/remoting/codes.h"
#include "tools/explore/driven/short_sends.h"

namespace rmqsim {
namespace {

/// What a trial may take when everything times out.
constexpr Duration kMostWaiting = std::chrono::milliseconds(2500);
/// What separates times that must not fall together.
constexpr Duration kApart = std::chrono::milliseconds(250);
/// Of an answer that is waited for: no timeout ends there, and no level of a table begins.
constexpr Duration kSlow = std::chrono::milliseconds(150);
/// How soon a changed route is asked for, by who can be told.
constexpr std::int64_t kPollMillis = 400;

std::int32_t draw_answer(Dice& dice) {
  namespace R = ResponseCode;
  return dice.of<std::int32_t>({R::SYSTEM_ERROR, R::SYSTEM_ERROR, R::SYSTEM_BUSY, R::SYSTEM_BUSY, R::FLOW_CONTROL,
                                R::FLOW_CONTROL, R::TOPIC_NOT_EXIST, R::SERVICE_NOT_AVAILABLE, R::NO_PERMISSION,
                                R::NO_BUYER_ID, R::NOT_IN_CURRENT_UNIT, R::MESSAGE_ILLEGAL,
                                R::REQUEST_CODE_NOT_SUPPORTED, R::GO_AWAY});
}

std::int32_t draw_doubtful(Dice& dice) {
  namespace R = ResponseCode;
  return dice.of<std::int32_t>({R::FLUSH_DISK_TIMEOUT, R::FLUSH_SLAVE_TIMEOUT, R::SLAVE_NOT_AVAILABLE});
}

FaultAction delay_by(Duration time) {
  return FaultAction{{"delayMs", DelayDistribution{DelayDistribution::Kind::fixed, to_fractional_millis(time), 0}}};
}

/// What is done to a try, and whether nobody hears of it before a timeout.
struct Blow {
  FaultAction action;
  bool waits = false;
};

Blow draw_blow(Dice& dice, Duration timeout) {
  switch (dice.below(16)) {
    default:
      return {FaultAction{{"respond", FaultAnswer{draw_answer(dice), {}}}}};
    case 8:
    case 9:
      return {FaultAction{{"storeThenRespond", FaultAnswer{draw_doubtful(dice), {}}}}};
    case 10:
    case 11:
      return {FaultAction{{"drop", dice.of({FaultMoment::before, FaultMoment::after})}}, true};
    case 12:
      return {delay_by(kSlow)};
    case 13:
      return {delay_by(timeout + kApart), true};
    case 14:
    case 15:
      return {FaultAction{{"close", dice.of({FaultMoment::before, FaultMoment::after})}}};
  }
}

/// Sends that do not wait for each other: which of them comes first at a broker that another try goes to is chance.
bool has_side_by_side(const Scenario& scenario) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(), [](const Step& step) {
    const auto* send = std::get_if<SendStep>(&step.what);
    return send != nullptr && send->mode != CommunicationMode::SYNC && step.send_count > 1;
  });
}

/// Whether brokers are avoided that fail. When all of them are, the microseconds that each took decide who is asked, so
/// one at least stays well.
bool isolates(const Scenario& scenario) {
  return std::any_of(scenario.producers.begin(), scenario.producers.end(), [](const ProducerSpec& producer) {
    const bool* on = producer.config.get<bool>("sendLatencyFaultEnable");
    return on != nullptr && *on;
  });
}

/// Which tries are hit: of every message the first ones, of all the first ones, or of one broker's. Each is the same
/// try wherever a client begins, or however soon it is somewhere.
void draw_tries(FaultRule& rule, const Scenario& scenario, Dice& dice, bool waits, const DriverHello& hello) {
  rule.nth = *NthSet::parse(dice.of<const char*>({"1", "1", "1", "1-2", "1-2", "2", "1-3", "1,3"}));
  if (isolates(scenario)) {
    rule.at = scenario.faults.empty() ? dice.of(scenario.cluster.brokers).name : scenario.faults.front().at;
    return;
  }
  enum class Of { message, cluster, broker };
  std::vector<Of> possible;
  // Who tells no keys has messages that are not told apart by them; and all that wait take their time together.
  const bool all_wait_too_long =
      waits && short_timeout(scenario, hello) * static_cast<std::int64_t>(scenario.send_count) > kMostWaiting;
  if (!hello.key_in_property && !all_wait_too_long) possible = {Of::message, Of::message};
  const bool in_order = !waits || !has_side_by_side(scenario);
  if (in_order || possible.empty()) possible.insert(possible.end(), {Of::cluster, Of::broker});
  rule.at = "*";
  switch (dice.of(possible)) {
    case Of::message:
      rule.count = FaultCount::message;
      break;
    case Of::cluster:
      rule.count = FaultCount::cluster;
      break;
    case Of::broker:
      rule.at = dice.of(scenario.cluster.brokers).name;
      if (!waits && dice.chance(0.5)) rule.nth = NthSet{};
      break;
  }
}

Step event_step(std::string key, ClusterEvent event) {
  Step step;
  step.what = EventStep{std::move(key), std::move(event)};
  step.may_be_idle = true;
  return step;
}

Step wait_step(Duration time) {
  Step step;
  step.what = WaitStep{time};
  return step;
}

/// How many sends a trial can have of which each may wait so long.
std::uint64_t draw_count(Dice& dice, Duration each) {
  const auto most = static_cast<std::uint64_t>(std::max<Duration::rep>(1, kMostWaiting / std::max(each, millis(1))));
  return std::min<std::uint64_t>(most, dice.of<std::uint64_t>({1, 2, 3, 4, 6, 8}));
}

class ShortCourse {
 public:
  ShortCourse(Scenario& scenario, Dice& dice, const DriverHello& hello)
      : scenario_(scenario), dice_(dice), hello_(hello), timeout_(short_timeout(scenario, hello)) {}

  void draw() {
    switch (dice_.below(10)) {
      default:
        return rules();
      case 6:
      case 7:
        return outage();
      case 8:
        return silence();
      case 9:
        return route();
    }
  }

 private:
  void send(std::uint64_t count) {
    Step step = draw_short_sends(dice_, hello_, count);
    step.first_send = scenario_.send_count;
    scenario_.send_count += step.send_count;
    scenario_.steps.push_back(std::move(step));
  }
  void add(Step step) { scenario_.steps.push_back(std::move(step)); }
  const std::string& any_broker() { return dice_.of(scenario_.cluster.brokers).name; }
  /// Isolation as the table of the trial has it is over then, and a dead connection is noticed.
  void recover() { add(wait_step(millis(1500) + kApart)); }

  void rules() {
    send(draw_count(dice_, timeout_ / 3));
    if (dice_.chance(0.3)) {
      recover();
      send(draw_count(dice_, timeout_ / 2));
    }
    for (std::size_t more = dice_.few(1, 2, 0.4); more > 0; --more) draw_short_rule(scenario_, dice_, hello_);
  }
  /// A server that is gone, and perhaps comes back.
  void outage() {
    if (dice_.chance(0.5)) send(dice_.of<std::uint64_t>({1, 4}));
    const std::string victim = any_broker();
    add(event_step("crash", CrashEvent{{victim}}));
    add(wait_step(kApart));
    send(draw_count(dice_, millis(400)));
    if (dice_.chance(0.5)) return;
    add(event_step("restart", RestartEvent{{victim}}));
    recover();
    send(4);
  }
  /// A broker that takes what comes and does not answer, from its n-th request on.
  void silence() {
    if (timeout_ > kMostWaiting) return rules();
    FaultRule rule;
    rule.may_be_idle = true;
    rule.at = any_broker();
    rule.nth = *NthSet::parse(dice_.of<const char*>({"1-", "2-", "1-2", "2-3"}));
    rule.action = FaultAction{{"drop", FaultMoment::before}};
    scenario_.faults.push_back(std::move(rule));
    send(draw_count(dice_, timeout_));
    if (dice_.chance(0.5)) return;
    recover();
    send(2);
  }
  /// Another route, of which who asks for it now and then hears soon.
  void route() {
    if (!hello_.settings.contains("pollNameServerInterval")) return rules();
    scenario_.producers.front().config.values["pollNameServerInterval"] = kPollMillis;
    const TopicSpec& topic = scenario_.cluster.topics.front();
    const std::string victim = any_broker();
    send(2);
    TopicSpec other = topic;
    for (auto& [broker, queues] : other.queues) {
      if (broker == victim) queues = dice_.of({1, 3, 5});
    }
    switch (dice_.below(3)) {
      case 0:
        add(event_step("setPerm", SetPermEvent{topic.name, TopicSpec::kRead, {victim}}));
        break;
      case 1:
        add(event_step("removeFromRoute", RemoveFromRouteEvent{victim, topic.name, {}}));
        break;
      default:
        add(event_step("setRoute", SetRouteEvent{std::move(other), {}}));
        break;
    }
    add(wait_step(2 * millis(kPollMillis) + kApart));
    send(draw_count(dice_, millis(300)));
  }

  Scenario& scenario_;
  Dice& dice_;
  const DriverHello& hello_;
  const Duration timeout_;
};

}  // namespace

void draw_short_rule(Scenario& scenario, Dice& dice, const DriverHello& hello) {
  const Duration timeout = short_timeout(scenario, hello);
  Blow blow = draw_blow(dice, timeout);
  if (blow.waits && timeout > kMostWaiting) {
    blow = {FaultAction{{"respond", FaultAnswer{draw_answer(dice), {}}}}};
  }
  FaultRule rule;
  rule.may_be_idle = true;
  rule.action = std::move(blow.action);
  draw_tries(rule, scenario, dice, blow.waits, hello);
  scenario.faults.push_back(std::move(rule));
}

void draw_short_course(Scenario& scenario, Dice& dice, const DriverHello& hello) {
  ShortCourse(scenario, dice, hello).draw();
}

}  // namespace rmqsim
