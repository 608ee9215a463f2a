// Lines of a report about a whole run: how often what happened, how long it took, which rules acted.
#pragma once

#include <cstdint>
#include <string>

#include "scenarios/harness/engine/run_scenario.h"

namespace rmqsim {

/// "java-5.3.3 · sim · seed 1", and what plays it if that is another client.
std::string run_heading(const RunResult& result);
/// In one line: how many for which reason; empty when all were judged.
std::string not_judged_line(const RunResult& result);
std::string totals_line(const RunResult& result);
/// "3 transactions: 1 committed, 2 rolled back"; empty when there were none.
std::string transactions_line(const RunRecord& record);
/// How often each rule matched and acted; of many only those that did not act.
std::string rule_lines(const RunRecord& record, bool verbose);
/// Of a trace, as reports have it.
std::string trace_hash_text(std::uint64_t hash);

}  // namespace rmqsim
