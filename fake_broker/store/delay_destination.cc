#include "fake_broker/store/delay_destination.h"

#include <algorithm>

#include "producer/remoting/codec/text.h"
#include "producer/remoting/codes.h"

namespace rmqsim {
namespace {

using Kind = DelayDestination::Kind;

/// The second item of §3.6.
DelayDestination timer_destination(const BrokerState& broker, const SendProperties& properties, TimePoint now) {
  const std::string_view text = !properties.timer_delay_sec.empty()  ? properties.timer_delay_sec
                                : !properties.timer_delay_ms.empty() ? properties.timer_delay_ms
                                                                     : properties.timer_deliver_ms;
  DelayDestination to;
  if (!broker.profile().has_timers || text.empty()) return to;
  const auto refused = [&](Kind kind) {
    to.kind = kind;
    return to;
  };
  if (!broker.config.timer_wheel_enable) return refused(Kind::timer_disabled);
  const auto number = text::parse_int64(text);
  const std::int64_t now_ms = to_millis(now);
  if (!number || *number > now_ms + 1000 * kTimerMaxDelayMs) return refused(Kind::timer_illegal);
  std::int64_t deliver = std::max<std::int64_t>(*number, 0);
  if (!properties.timer_delay_sec.empty()) {
    if (deliver > kTimerMaxDelayMs) return refused(Kind::timer_illegal);
    deliver = now_ms + deliver * 1000;
  } else if (!properties.timer_delay_ms.empty()) {
    deliver = now_ms + deliver;
  }
  if (deliver <= now_ms) return properties.timer_del_uniq_key.empty() ? to : refused(Kind::timer_illegal);
  if (deliver - now_ms > kTimerMaxDelayMs) return refused(Kind::timer_illegal);
  deliver -= deliver % kTimerPrecisionMs == 0 ? kTimerPrecisionMs : deliver % kTimerPrecisionMs;
  to.kind = Kind::timer;
  to.topic = kTimerTopic;
  to.timer_out_ms = deliver;
  to.deliver_ms = deliver + kTimerPrecisionMs;
  return to;
}

}  // namespace

DelayDestination delay_destination(const BrokerState& broker, const SendProperties& properties, TimePoint now) {
  const std::int32_t level = text::parse_int32(properties.delay).value_or(0);
  if (level <= 0) return timer_destination(broker, properties, now);
  const auto& levels = broker.config.delay_levels;
  DelayDestination to;
  to.kind = Kind::level;
  to.topic = kScheduleTopic;
  to.queue_id = std::min(level, static_cast<std::int32_t>(levels.size())) - 1;
  to.deliver_ms = to_millis(now) + levels[static_cast<std::size_t>(to.queue_id)];
  return to;
}

std::string_view refusal_text(Kind kind) {
  if (kind == Kind::timer_disabled) return "accurate timer message is not enabled, timerWheelEnable is false";
  return "timer message illegal, the delay time should not be bigger than the max delay 259200000ms; or if set del "
         "msg, the delay time should be bigger than the current time";
}

std::int32_t refusal_code(Kind kind) {
  return kind == Kind::timer_disabled ? ResponseCode::SYSTEM_ERROR : ResponseCode::MESSAGE_ILLEGAL;
}

}  // namespace rmqsim
