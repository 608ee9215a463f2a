// The decisions of a send as events.
#pragma once

#include <cstdint>
#include <optional>

#include "producer/client/send/decision_log.h"
#include "scenarios/harness/events/event.h"

namespace rmqsim {

/// nullopt for decisions that need no event of their own: what becomes of a fault item is told when it does, and
/// whether an async request goes out again by what follows.
std::optional<EventData> as_event(std::int64_t send, const Decision& decision);

}  // namespace rmqsim
