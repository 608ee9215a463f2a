// A run as a capture file. Its comments say what the bytes meant to the run: who connects to whom, which send and which
// attempt of it a request is, which fault rule acted on it.
#pragma once

#include <string>

#include "scenarios/harness/engine/run_scenario.h"

namespace rmqsim {

/// Of a run with RunOptions::keep_packets.
std::string run_capture(const Scenario& scenario, const RunResult& result);

}  // namespace rmqsim
