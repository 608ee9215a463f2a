#include "scenarios/harness/expectations/traces.h"

#include <nlohmann/json.hpp>

#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/write/object_writer.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

constexpr KeyRow kTraceExpectationRows[] = {
    {"traces", key::count, "", key::required, "How many records."},
    {"producer", key::ref("name"), "", "(any)", "Written by this producer."},
    {"topic", key::text(1), "", "(any)", "About messages of this topic, without namespace."},
    {"broker", key::ref("name"), "", "(any)", "About messages sent to this broker."},
    {"success", key::boolean, "", "(any)", "About sends that ended with SEND_OK, or not."},
    kProfilesKey,
};

TraceExpectation parse_traces(ExpectationReader& from) {
  ParseContext& context = from.context;
  ObjectReader& reader = from.reader;
  TraceExpectation traces;
  reader.get("traces", traces.count, [&](const JsonNode& n) { return context.count_range(n); });
  reader.get("producer", traces.producer, [&](const JsonNode& n) { return context.reference(n, context.producers); });
  reader.get("topic", traces.topic, [&](const JsonNode& n) { return context.reference(n, context.message_topics); });
  reader.get("broker", traces.broker, [&](const JsonNode& n) { return context.reference(n, context.broker_names); });
  reader.boolean("success", traces.success);
  return traces;
}

void write_traces(const TraceExpectation& e, ExpectationWriter& to) {
  to.object.say("traces", range_json(e.count));
  to.object.say("producer", e.producer);
  to.object.say("topic", e.topic);
  to.object.say("broker", e.broker);
  to.object.say("success", e.success);
}

/// Every record that `some` counts, `all` counts, too.
bool are_part(const TraceExpectation& some, const TraceExpectation& all) {
  const auto narrows = [](const auto& one, const auto& other) { return !other || one == other; };
  return narrows(some.producer, all.producer) && narrows(some.topic, all.topic) && narrows(some.broker, all.broker) &&
         narrows(some.success, all.success);
}

std::string common_records(const TraceExpectation& a, const TraceExpectation& b) {
  return are_part(a, b) && are_part(b, a) ? "the same records" : "";
}

/// Of a message that has become too old for a broker to keep, the record is gone as well.
std::vector<Fact> trace_facts(const TraceExpectation& e) { return {range_fact("traces", e.count, Later::changes)}; }

std::string more_than_all(const TraceExpectation& there, const TraceExpectation& here) {
  const auto exceeds = [](const TraceExpectation& some, const TraceExpectation& all) {
    return are_part(some, all) && some.count.min > all.count.max;
  };
  if (!exceeds(there, here) && !exceeds(here, there)) return "";
  return "about traces: " + range_text(there.count) + " there, " + range_text(here.count) +
         " here, and what one counts the other counts, too";
}

constexpr Shape kTraceExpectation{
    "traceExpectation",
    "How many records of message trace brokers hold: in an assert now, otherwise after the producers have shut "
    "down, which sends what was still waiting. The other keys say which records count.",
    kTraceExpectationRows};

}  // namespace

constinit const ExpectationRow<TraceExpectation> TraceExpectation::row{
    .key = "traces",
    .example = R"({"traces": 3, "topic": "TopicTest", "success": true})",
    .shape = kTraceExpectation,
    .at_step = nullptr,
    .parse = parse_traces,
    .write = write_traces,
    .judged = JudgedWhen::producers_shut_down,
    .moment = nullptr,
    .unseen = seen_by_servers,
    .grants_failure = grants_no_failure,
    .common_subject = common_records,
    .facts = trace_facts,
    .claims = claims_no_requests,
    .other_conflict = more_than_all,
};

}  // namespace rmqsim
