#include "scenarios/harness/expectations/fault_item.h"

#include <nlohmann/json.hpp>

#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/write/object_writer.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

constexpr KeyRow kFaultItemExpectationRows[] = {
    {"faultItem", key::ref("name"), "", key::required, "The broker."},
    {"producer", key::ref("name"), "", "(the only one)", "Whose latency table."},
    {"atMs", key::time_ms, "ms", "(in an assert now, otherwise at the end)",
     "Since the first step began. Not in an assert, which is judged when its step comes."},
    {"available", key::boolean, "", key::none, "The broker is not isolated."},
    {"reachable", key::boolean, "", key::none, "The last probe or send reached it."},
    kProfilesKey,
};

FaultItemExpectation parse_fault_item(ExpectationReader& from) {
  ParseContext& context = from.context;
  ObjectReader& reader = from.reader;
  FaultItemExpectation item;
  item.broker = context.reference(*reader.find("faultItem"), context.broker_names).value_or("");
  if (const JsonNode* producer = reader.find("producer")) {
    item.producer = context.reference(*producer, context.producers).value_or("");
  } else if (context.producers.names.size() == 1) {
    item.producer = context.producers.names.front();
  } else if (context.producers.complete) {
    context.fail(from.value, "missing key \"producer\"");
  }
  reader.time("atMs", item.at);
  reader.boolean("available", item.available);
  reader.boolean("reachable", item.reachable);
  if (!item.available && !item.reachable) context.fail(from.value, "expected \"available\" or \"reachable\"");
  return item;
}

void write_fault_item(const FaultItemExpectation& e, ExpectationWriter& to) {
  to.object.say("faultItem", e.broker);
  if (to.scenario.producers.size() != 1) to.object.say("producer", e.producer);
  if (e.at) to.object.say("atMs", time_json(*e.at));
  to.object.say("available", e.available);
  to.object.say("reachable", e.reachable);
}

std::optional<Duration> moment_of_item(const FaultItemExpectation& e) { return e.at; }

std::optional<std::string_view> item_is_unseen(const FaultItemExpectation&, const Scenario&) {
  return "a fault item is in the client's memory";
}

std::string common_item(const FaultItemExpectation& a, const FaultItemExpectation& b) {
  return a.broker == b.broker && a.producer == b.producer && a.at == b.at ? in_quotes(a.broker) : "";
}

std::vector<Fact> item_facts(const FaultItemExpectation& e) {
  std::vector<Fact> facts;
  if (e.available) facts.push_back(text_fact("available", *e.available ? "true" : "false", Later::changes));
  if (e.reachable) facts.push_back(text_fact("reachable", *e.reachable ? "true" : "false", Later::changes));
  return facts;
}

constexpr Shape kFaultItemExpectation{"faultItemExpectation", "What a producer's latency table says about a broker.",
                                      kFaultItemExpectationRows,
                                      R"("anyOf": [{"required": ["available"]}, {"required": ["reachable"]}])"};

}  // namespace

constinit const ExpectationRow<FaultItemExpectation> FaultItemExpectation::row{
    .key = "faultItem",
    .example = R"({"faultItem": "broker-a", "producer": "p", "atMs": 1500, "available": true})",
    .shape = kFaultItemExpectation,
    .at_step = nullptr,
    .parse = parse_fault_item,
    .write = write_fault_item,
    .judged = JudgedWhen::steps_ended,
    .moment = moment_of_item,
    .unseen = item_is_unseen,
    .grants_failure = grants_no_failure,
    .common_subject = common_item,
    .facts = item_facts,
    .claims = claims_no_requests,
    .other_conflict = no_other_conflict,
};

}  // namespace rmqsim
