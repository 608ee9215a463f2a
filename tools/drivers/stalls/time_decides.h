// Whether a stall of the machine can be why a client took another decision than Java's.
#pragma once

#include <cstdint>

#include "producer/transport/time.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Whether time may have had a part in what was decided up to that send, of a run for which the machine stalled for
/// that long. It had none where sync sends went one after the other, brokers answered each (with whatever code) in less
/// than half of its time and a second, nobody avoids slow brokers, and nothing happened to cluster or connections: then
/// a client does the same on any machine.
bool time_decides(const Scenario& scenario, const RunRecord& record, std::uint64_t send, Duration stalled);

}  // namespace rmqsim
