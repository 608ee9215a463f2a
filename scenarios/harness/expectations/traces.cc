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
  reader.text("topic", traces.topic);
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

std::string common_records(const TraceExpectation& a, const TraceExpectation& b) {
  const bool same = a.producer == b.producer && a.topic == b.topic && a.broker == b.broker && a.success == b.success;
  return same ? "the same records" : "";
}

std::vector<Fact> trace_facts(const TraceExpectation& e) { return {range_fact("traces", e.count)}; }

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
    .other_conflict = no_other_conflict,
};

}  // namespace rmqsim
