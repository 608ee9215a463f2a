#include "tools/drivers/stalls/time_decides.h"

#include <algorithm>
#include <string_view>
#include <variant>

namespace rmqsim {
namespace {

/// Settings with which a client looks at the time of an attempt.
constexpr std::string_view kTimed[] = {"sendLatencyFaultEnable", "startDetectorEnable", "sendMsgMaxTimeoutPerRequest",
                                        "pollNameServerInterval"};
/// Actions after which the connection is as it was and the answer there.
constexpr std::string_view kAnswers[] = {"respond", "storeThenRespond", "delayMs"};

/// Shorter than what clients do by the clock: limits of their own, looks at routes.
constexpr Duration kLong = millis(1000);

template <std::size_t N>
bool among(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool is_timed(const Step& step) {
  if (std::holds_alternative<WaitStep>(step.what) || std::holds_alternative<AssertStep>(step.what)) return false;
  const auto* const send = std::get_if<SendStep>(&step.what);
  return send == nullptr || send->mode != CommunicationMode::SYNC || step.background || step.concurrency > 1;
}

bool is_timed(const ProducerSpec& producer) {
  const auto set = [&](std::string_view name) { return producer.config.values.count(std::string(name)) > 0; };
  return std::any_of(std::begin(kTimed), std::end(kTimed), set);
}

bool is_timed(const FaultRule& rule) {
  if (rule.from || rule.to || rule.on.kind != FaultTarget::Kind::send) return true;
  const auto rows = fault_actions();
  return std::any_of(rows.begin(), rows.end(), [&](const FaultActionRow& row) {
    return rule.action.find(row.key) != nullptr && !among(kAnswers, row.key);
  });
}

/// Half of its time, or as long as a limit of the client's own may be.
bool took_long(const SendRecord& send) {
  return !send.completed() || send.elapsed() >= std::min<Duration>(millis(send.timeout_millis) / 2, kLong);
}

}  // namespace

bool time_decides(const Scenario& scenario, const RunRecord& record, std::uint64_t send, Duration stalled) {
  if (stalled >= kLong || scenario.cluster.auto_create_topic) return true;
  const auto any_timed = [](const auto& of) {
    return std::any_of(of.begin(), of.end(), [](const auto& one) { return is_timed(one); });
  };
  if (any_timed(scenario.steps) || any_timed(scenario.producers) || any_timed(scenario.faults)) return true;
  const auto last = record.sends.begin() + static_cast<std::ptrdiff_t>(std::min(send + 1, record.sends.size()));
  return std::any_of(record.sends.begin(), last, took_long);
}

}  // namespace rmqsim
