#include "scenarios/harness/explore/draw/moments.h"

#include <algorithm>
#include <variant>

namespace rmqsim {
namespace {

/// Java looks for requests that nobody answers once a second, and gives them up a second after their timeout.
constexpr Duration kScan = std::chrono::seconds(1);
/// What lasts longer is drawn seldom: it costs a run more than it shows.
constexpr Duration kOrdinary = std::chrono::seconds(12);
constexpr Duration kLongestTimeout = std::chrono::seconds(10);
/// Uniform lengths are below this.
constexpr double kLongestMillis = 10'000;

std::int64_t setting_or(const ProducerConfig& config, std::string_view name, std::int64_t otherwise) {
  const auto* value = config.values.empty() ? nullptr : config.get<std::int64_t>(name);
  return value != nullptr ? *value : otherwise;
}

bool is_on(const ProducerConfig& config, std::string_view name) {
  const auto* value = config.values.empty() ? nullptr : config.get<bool>(name);
  return value != nullptr && *value;
}

Duration any_millis(Dice& dice, double below) {
  return std::chrono::microseconds(static_cast<std::int64_t>(dice.uniform(0, below) * 1000));
}

}  // namespace

Moments::Moments(const Scenario& scenario, const Profile& profile, bool boundaries)
    : slack_(scenario.network.timer_slack), round_trip_(2 * scenario.network.one_way), boundaries_(boundaries) {
  const auto edge = [this](std::int64_t ms) {
    if (ms > 0) edges_.push_back(millis(ms));
  };
  const auto budget = [&](std::int64_t ms) {
    edge(ms);
    edge(ms + 1000);
  };
  const auto period = [this](std::int64_t ms) { periods_.push_back(millis(ms)); };
  period(1000);
  edge(1000);
  for (const ProducerSpec& producer : scenario.producers) {
    const ProducerConfig& config = producer.config;
    budget(setting_or(config, "sendMsgTimeout", 3000));
    if (profile.has_max_timeout_per_request) edge(setting_or(config, "sendMsgMaxTimeoutPerRequest", -1));
    edge(setting_or(config, "mqClientApiTimeout", 3000));
    for (const char* name : {"pollNameServerInterval", "heartbeatBrokerInterval"}) {
      period(setting_or(config, name, 30'000));
      recovery_ = std::max(recovery_, periods_.back());
    }
    if (is_on(config, "sendLatencyFaultEnable")) {
      const auto* latencies = config.get<std::vector<std::int64_t>>("latencyMax");
      const auto* durations = config.get<std::vector<std::int64_t>>("notAvailableDuration");
      for (const std::int64_t ms : latencies != nullptr ? *latencies : profile.latency_max) edge(ms);
      for (const std::int64_t ms : durations != nullptr ? *durations : profile.not_available_duration) {
        edge(ms);
        recovery_ = std::max(recovery_, millis(ms));
      }
    }
    if (is_on(config, "startDetectorEnable") && profile.has_detector) {
      const bool fixed = profile.detector_keeps_defaults;
      period(fixed ? 2000 : setting_or(config, "detectInterval", 2000));
      edge(fixed ? 200 : setting_or(config, "detectTimeout", 200));
    }
    if (is_on(config, "autoBatch") && profile.has_auto_batch) edge(setting_or(config, "batchMaxDelayMs", 10));
  }
  Duration now{0};
  for (const Step& step : scenario.steps) {
    if (step.at) now = std::max(now, *step.at);
    if (const auto* wait = std::get_if<WaitStep>(&step.what)) now += wait->time;
    if (step.send_count == 0) continue;
    starts_.push_back(now);
    if (const auto* send = std::get_if<SendStep>(&step.what); send != nullptr && send->timeout_ms) {
      budget(*send->timeout_ms);
    }
    if (const auto* request = std::get_if<RequestStep>(&step.what)) edge(request->timeout_ms);
    if (std::holds_alternative<TransactionStep>(step.what)) {
      edge(scenario.cluster.transactions.timeout);
      period(scenario.cluster.transactions.check_interval);
    }
  }
  if (starts_.empty()) starts_.push_back(Duration{0});
  std::sort(edges_.begin(), edges_.end());
  edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
}

/// What happens a round trip before the edge is heard of at it.
Duration Moments::near(Dice& dice, Duration edge) const {
  const Duration shift = dice.of({Duration{0}, Duration{0}, Duration{0}, -slack_, slack_, -round_trip_, -round_trip_});
  return std::max(Duration{0}, edge + millis(dice.between(-1, 1)) + shift);
}

Duration Moments::length(Dice& dice) const {
  if (!boundaries_) return any_millis(dice, kLongestMillis);
  if (dice.chance(0.1)) return millis(dice.between(0, 20));
  const auto ordinary = std::upper_bound(edges_.begin(), edges_.end(), kOrdinary) - edges_.begin();
  const auto most = dice.chance(0.05) ? edges_.size() : static_cast<std::size_t>(ordinary);
  return near(dice, edges_[dice.below(most)]);
}

Duration Moments::begin(Dice& dice, Duration span) const {
  const double most = to_fractional_millis(span);
  if (!boundaries_ || dice.chance(0.2)) return any_millis(dice, std::max(1.0, most));
  Duration at = dice.of(starts_);
  switch (dice.below(4)) {
    case 0:
      break;
    case 1:
      at += length(dice);
      break;
    case 2:
      at = near(dice, dice.of(periods_) * dice.between(1, 3));
      break;
    default:
      at += millis(dice.between(0, 3)) + dice.of({Duration{0}, round_trip_ / 2, round_trip_});
      break;
  }
  return std::min(at, span);
}

std::int64_t Moments::timeout(Dice& dice) const {
  const Duration drawn = std::min(length(dice), kLongestTimeout);
  return std::max<std::int64_t>(1, drawn / std::chrono::milliseconds(1));
}

}  // namespace rmqsim
