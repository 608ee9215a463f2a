// What an observer of a fake server tells the stream of events, wherever that server lives.
#pragma once

#include <string_view>
#include <vector>

#include "fake_broker/rules/fault_rule.h"
#include "fake_broker/shell/server_core.h"
#include "producer/transport/trace.h"

namespace rmqsim {

void trace_request(TraceSink& trace, std::string_view server, const RequestSeen& request);
void trace_answer(TraceSink& trace, std::string_view server, const AnswerSeen& answer);
/// For onlookers, right after trace_request(): where it came from, and the rule that acts on it. `rules` are those of
/// the file.
void show_request(TraceSink& onlooker, const std::vector<FaultRule>& rules, std::string_view server,
                  const RequestSeen& request);
void show_connection_rule(TraceSink& onlooker, const std::vector<FaultRule>& rules, std::string_view server,
                          std::string_view rule, std::string_view peer, TimePoint at);

}  // namespace rmqsim
