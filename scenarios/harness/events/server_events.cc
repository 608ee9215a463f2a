#include "scenarios/harness/events/server_events.h"

#include <algorithm>
#include <string>

#include "scenarios/harness/events/event_rows.h"

namespace rmqsim {
namespace {

void tell_rule(TraceSink& onlooker, const std::vector<FaultRule>& rules, std::string_view server, std::string_view rule,
               std::int64_t number, std::string_view peer, TimePoint at) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const FaultRule& one) { return one.id == rule; });
  const std::int64_t index = found == rules.end() ? -1 : found - rules.begin();
  write_event(onlooker, at, server, event::RuleActed{std::string(rule), index, number, std::string(peer)});
}

}  // namespace

void trace_request(TraceSink& trace, std::string_view server, const RequestSeen& request) {
  trace.record(request.at, server, "request",
               {{"number", request.number}, {"code", request.code}, {"topic", request.topic},
                {"queueId", request.queue_id.value_or(-1)}, {"key", request.uniq_key}, {"rule", request.rule}});
}

void trace_answer(TraceSink& trace, std::string_view server, const AnswerSeen& answer) {
  trace.record(answer.at, server, "answer",
               {{"number", answer.number}, {"code", answer.code}, {"outcome", answer.outcome},
                {"stored", answer.stored}, {"acknowledged", answer.acknowledged}});
}

void show_request(TraceSink& onlooker, const std::vector<FaultRule>& rules, std::string_view server,
                  const RequestSeen& request) {
  const auto number = static_cast<std::int64_t>(request.number);
  write_event(onlooker, request.at, server,
              event::Received{number, request.opaque, std::string(request.peer), std::string(request.producer_group),
                              request.oneway});
  if (!request.rule.empty()) {
    tell_rule(onlooker, rules, server, request.rule, number, request.peer, request.at);
  }
}

void show_connection_rule(TraceSink& onlooker, const std::vector<FaultRule>& rules, std::string_view server,
                          std::string_view rule, std::string_view peer, TimePoint at) {
  tell_rule(onlooker, rules, server, rule, -1, peer, at);
}

}  // namespace rmqsim
