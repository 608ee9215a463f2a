// Whether a stall of the machine can be why a client took another decision than Java's.
#pragma once

#include <cstdint>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Whether time may have had a part in what was decided up to that send. It had none where sync sends went one after
/// the other, brokers answered each (with whatever code) long before its time was over, nobody avoids slow brokers, and
/// nothing happened to cluster or connections: then a client does the same on any machine.
bool time_decides(const Scenario& scenario, const RunRecord& record, std::uint64_t send);

}  // namespace rmqsim
