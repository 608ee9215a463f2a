// Where a message goes first that is not to be seen at once: by its delay level or its timer (wire §3.6). A
// message is asked this when it is sent, a transactional one when it is committed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fake_broker/broker_state.h"
#include "fake_broker/processors/send_request.h"

namespace rmqsim {

struct DelayDestination {
  enum class Kind : std::uint8_t {
    none,            ///< its own topic, now
    level,           ///< SCHEDULE_TOPIC_XXXX
    timer,           ///< rmq_sys_wheel_timer
    timer_illegal,   ///< refused: no number, too far, or a deletion in the past
    timer_disabled,  ///< refused: timerWheelEnable is off
  };
  Kind kind = Kind::none;
  std::string_view topic;         ///< of level and timer
  std::int32_t queue_id = 0;
  std::int64_t deliver_ms = 0;    ///< when it goes on to its real topic
  std::int64_t timer_out_ms = 0;  ///< of a timer: TIMER_OUT_MS
};

DelayDestination delay_destination(const BrokerState& broker, const SendProperties& properties, TimePoint now);

/// The remark of a refused timer, and its code.
std::string_view refusal_text(DelayDestination::Kind kind);
std::int32_t refusal_code(DelayDestination::Kind kind);

}  // namespace rmqsim
