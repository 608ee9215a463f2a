#include "scenarios/harness/engine/judging/recovery.h"

#include <algorithm>
#include <cstdint>
#include <variant>
#include <vector>

#include "scenarios/harness/file/late_by.h"

namespace rmqsim {
namespace {

constexpr Duration kConnect = millis(3000);
/// Brokers register anew with a nameserver that was away: after 30 s, and the connect may be tried twice (wire §6.1).
constexpr Duration kRegistration = millis(45'000);
/// An async timeout surfaces with a scan (behaviour §9.4.1), and a second of nothing in particular.
constexpr Duration kScan = millis(2100 + 1000);

bool touches_nameservers(const Scenario& scenario) {
  const auto& cluster = scenario.cluster;
  const auto hits = [&](const Step& step) {
    const auto* event = std::get_if<EventStep>(&step.what);
    if (event == nullptr) return false;
    return std::visit(
        [&](const auto& what) {
          if constexpr (requires { what.servers; }) {
            return std::any_of(what.servers.begin(), what.servers.end(),
                               [&](const auto& server) { return cluster.has_nameserver(server); });
          }
          return std::holds_alternative<PartitionEvent>(event->event);
        },
        event->event);
  };
  return std::any_of(scenario.steps.begin(), scenario.steps.end(), hits) ||
         std::any_of(scenario.faults.begin(), scenario.faults.end(),
                     [&](const FaultRule& rule) { return cluster.has_nameserver(rule.at); });
}

class Longest {
 public:
  explicit Longest(const Profile& profile) : profile_(profile) {}

  void take(const ProducerConfig& config) {
    number(config, "pollNameServerInterval", periods_);
    number(config, "heartbeatBrokerInterval", periods_);
    number(config, "mqClientApiTimeout", answer_);
    number(config, "sendMsgTimeout", timeout_);
    const bool* isolates = config.get<bool>("sendLatencyFaultEnable");
    isolates_ |= isolates != nullptr && *isolates;
    if (const auto* table = config.get<std::vector<std::int64_t>>("notAvailableDuration")) {
      for (const std::int64_t ms : *table) isolation_ = std::max(isolation_, ms);
    }
  }
  void take_timeout(std::int64_t ms) { timeout_ = std::max(timeout_, ms); }

  std::int64_t answer() const { return answer_; }
  std::int64_t timeout() const { return timeout_; }
  std::int64_t period() const {
    if (!isolates_) return periods_;
    const auto& table = profile_.not_available_duration;
    return std::max({periods_, isolation_, *std::max_element(table.begin(), table.end())});
  }

 private:
  static void number(const ProducerConfig& config, std::string_view setting, std::int64_t& longest) {
    const auto* ms = config.get<std::int64_t>(setting);
    if (ms != nullptr) longest = std::max(longest, *ms);
  }

  const Profile& profile_;
  std::int64_t periods_ = 30'000, answer_ = 3000, timeout_ = 3000, isolation_ = 0;
  bool isolates_ = false;
};

}  // namespace

Duration recovery_time(const Scenario& scenario, const Profile& profile) {
  Longest longest(profile);
  for (const ProducerSpec& producer : scenario.producers) longest.take(producer.config);
  for (const Step& step : scenario.steps) {
    if (const auto* event = std::get_if<EventStep>(&step.what)) {
      if (const auto* set = std::get_if<SetConfigEvent>(&event->event)) longest.take(set->config);
    }
    const auto* send = std::get_if<SendStep>(&step.what);
    if (send != nullptr && send->timeout_ms) longest.take_timeout(*send->timeout_ms);
    if (const auto* request = std::get_if<RequestStep>(&step.what)) longest.take_timeout(request->timeout_ms);
  }
  const auto servers = static_cast<std::int64_t>(scenario.cluster.brokers.size() + scenario.cluster.nameservers.size());
  return millis(longest.period()) + millis(longest.timeout()) + millis(longest.answer()) * (servers + 1) +
         kConnect * 2 + kScan + scenario.network.one_way * 100 +
         (touches_nameservers(scenario) ? kRegistration : Duration::zero());
}

std::optional<Duration> longest_hold(const Scenario& scenario, const FaultRule& rule) {
  if (rule.action.find("late") != nullptr) return late_by(scenario);
  const FaultArgument* argument = rule.action.find("delayMs");
  if (argument == nullptr) return Duration::zero();
  const auto* delay = std::get_if<DelayDistribution>(argument);
  using Kind = DelayDistribution::Kind;
  if (delay == nullptr || (delay->kind != Kind::fixed && delay->kind != Kind::uniform)) return std::nullopt;
  return millis(static_cast<std::int64_t>(std::max(delay->a, delay->b)) + 1);
}

}  // namespace rmqsim
