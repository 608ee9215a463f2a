#include "scenarios/harness/expectations/broker.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/write/object_writer.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

constexpr KeyRow kBrokerExpectationRows[] = {
    {"broker", key::ref("name"), "", key::required, "Which broker."},
    {"received", key::count, "", key::none, "Send requests that reached it; a batch is one."},
    {"stored", key::count, "", key::none, "Send requests that it stored; a batch is one."},
    {"requests", key::count, "", key::none, "How many requests the server saw."},
    {"on", key::ref("requestKind"), "", R"("any")", "Which requests."},
    {"topic", key::text(), "", "(any)",
     "Requests that name this topic: with its producer's namespace, if that has one."},
    {"transactions", key::ref("brokerTransactions"), "", key::none, "Half messages by what became of them."},
    {"delayed", key::ref("brokerDelayed"), "", key::none, "Delayed messages by what became of them."},
    kProfilesKey,
};

constexpr KeyRow kBrokerTransactionsRows[] = {
    {"committed", key::count, "", key::none, "Half messages that were made visible."},
    {"rolledBack", key::count, "", key::none, "Half messages that were rolled back."},
    {"discarded", key::count, "", key::none, "Half messages that were given up."},
    {"pending", key::count, "", key::none, "Half messages that the broker still holds."},
};

constexpr KeyRow kBrokerDelayedRows[] = {
    {"delivered", key::count, "", key::none, "Delayed messages whose time came."},
    {"recalled", key::count, "", key::none, "Timer messages that were taken back before their time."},
};

BrokerExpectation parse_broker_expectation(ExpectationReader& from) {
  ParseContext& context = from.context;
  ObjectReader& reader = from.reader;
  BrokerExpectation broker;
  broker.broker = context.reference(*reader.find("broker"), context.brokers).value_or("");
  auto count = [&](const JsonNode& n) { return context.count_range(n); };
  reader.get("received", broker.received, count);
  reader.get("stored", broker.stored, count);
  if (reader.find("requests")) {
    broker.requests = parse_requests(context, reader, *reader.find("broker"));
  } else {
    for (std::string_view key : {"on", "topic"}) {
      if (const JsonNode* member = reader.find(key)) context.fail_key(*member, in_quotes(key) + " needs \"requests\"");
    }
  }
  if (const JsonNode* transactions = reader.find("transactions")) {
    ObjectReader inner(context, *transactions, shapes::brokerTransactions);
    if (inner && transactions->children.empty()) context.fail(*transactions, "expected at least one count");
    inner.get("committed", broker.committed, count);
    inner.get("rolledBack", broker.rolled_back, count);
    inner.get("discarded", broker.discarded, count);
    inner.get("pending", broker.pending, count);
  }
  if (const JsonNode* delayed = reader.find("delayed")) {
    ObjectReader inner(context, *delayed, shapes::brokerDelayed);
    if (inner && delayed->children.empty()) context.fail(*delayed, "expected at least one count");
    inner.get("delivered", broker.delivered, count);
    inner.get("recalled", broker.recalled, count);
  }
  constexpr std::string_view kAbout[] = {"received", "stored", "requests", "transactions", "delayed"};
  if (reader.present(kAbout).empty()) {
    context.fail(from.value, "expected \"received\", \"stored\", \"requests\", \"transactions\" or \"delayed\"");
  }
  return broker;
}

using NamedCount = std::pair<std::string_view, const std::optional<CountRange>&>;

nlohmann::ordered_json write_named_counts(const Shape& shape, std::initializer_list<NamedCount> counts) {
  ObjectWriter object(shape);
  for (const auto& [key, count] : counts) {
    if (count) object.say(key, range_json(*count));
  }
  return object.take();
}

void write_broker(const BrokerExpectation& e, ExpectationWriter& to) {
  to.object.say("broker", e.broker);
  if (e.received) to.object.say("received", range_json(*e.received));
  if (e.stored) to.object.say("stored", range_json(*e.stored));
  if (e.requests) put_requests(*e.requests, to.object);
  to.object.put_filled("transactions",
                       write_named_counts(shapes::brokerTransactions, {{"committed", e.committed},
                                                                       {"rolledBack", e.rolled_back},
                                                                       {"discarded", e.discarded},
                                                                       {"pending", e.pending}}));
  to.object.put_filled("delayed", write_named_counts(shapes::brokerDelayed,
                                                     {{"delivered", e.delivered}, {"recalled", e.recalled}}));
}

/// Whether which broker gets what follows from the `queueIndex` of the scenario's own producers.
std::optional<std::string_view> rests_on_queue_index(const BrokerExpectation& e, const Scenario& scenario) {
  const auto& brokers = scenario.cluster.brokers;
  const auto masters = std::count_if(brokers.begin(), brokers.end(), [](const auto& b) { return !b.slave_of; });
  const bool fixed = std::any_of(scenario.producers.begin(), scenario.producers.end(),
                                 [](const ProducerSpec& p) { return p.queue_index.has_value(); });
  if (masters < 2 || !fixed) return std::nullopt;
  const bool requests_only = e.requests && !e.received && !e.stored && !e.committed && !e.rolled_back && !e.discarded &&
                             !e.pending && !e.delivered && !e.recalled;
  // Every broker that has the topic is greeted and left, whichever gets the messages.
  const bool everywhere = requests_only && (FaultTarget{FaultTarget::Kind::heartbeat, 0}.includes(e.requests->on) ||
                                            FaultTarget{FaultTarget::Kind::unregister, 0}.includes(e.requests->on));
  if (everywhere) return std::nullopt;
  return "queueIndex says which broker gets what, and only the scenario's own producers follow it";
}

std::string common_broker(const BrokerExpectation& a, const BrokerExpectation& b) {
  return a.broker == b.broker ? in_quotes(a.broker) : "";
}

std::vector<Fact> broker_facts(const BrokerExpectation& e) {
  std::vector<Fact> facts;
  const auto take = [&](std::string_view about, const std::optional<CountRange>& range, Later later = Later::grows) {
    if (range) facts.push_back(range_fact(about, *range, later));
  };
  take("received", e.received);
  take("stored", e.stored);
  take("transactions committed", e.committed);
  take("transactions rolledBack", e.rolled_back);
  take("transactions discarded", e.discarded);
  take("transactions pending", e.pending, Later::changes);
  take("delayed delivered", e.delivered);
  take("delayed recalled", e.recalled);
  return facts;
}

std::vector<RequestClaim> broker_claims(const BrokerExpectation& e, const Scenario&) {
  std::vector<RequestClaim> claims;
  if (e.requests) claims.push_back({e.broker, *e.requests});
  if (e.received) claims.push_back({e.broker, {{FaultTarget::Kind::send, 0}, "send", std::nullopt, *e.received}});
  if (e.stored) claims.push_back(claim_of_sends(e.broker, e.stored->min, "what is stored was received"));
  return claims;
}

constexpr Shape kBrokerExpectation{
    "brokerExpectation",
    "What reached a broker, in an assert up to now, otherwise up to the end, after the producers have shut down.",
    kBrokerExpectationRows,
    R"(
  "anyOf": [
    {"required": ["received"]}, {"required": ["stored"]}, {"required": ["requests"]}, {"required": ["transactions"]},
    {"required": ["delayed"]}
  ],
  "dependencies": {"on": ["requests"], "topic": ["requests"]})"};

}  // namespace

namespace shapes {

constinit const Shape brokerTransactions{
    "brokerTransactions", "How many half messages the broker made visible, rolled back, gave up, or still holds.",
    kBrokerTransactionsRows, R"("minProperties": 1)"};

constinit const Shape brokerDelayed{
    "brokerDelayed",
    "How many delayed messages the broker delivered so far, and how many timer messages were taken back before "
    "their time.",
    kBrokerDelayedRows, R"("minProperties": 1)"};

}  // namespace shapes

constinit const ExpectationRow<BrokerExpectation> BrokerExpectation::row{
    .key = "broker",
    .example = R"({"broker": "broker-a", "received": 10, "stored": 5})",
    .shape = kBrokerExpectation,
    .at_step = nullptr,
    .parse = parse_broker_expectation,
    .write = write_broker,
    .judged = JudgedWhen::producers_shut_down,
    .moment = nullptr,
    .unseen = rests_on_queue_index,
    .grants_failure = grants_no_failure,
    .common_subject = common_broker,
    .facts = broker_facts,
    .claims = broker_claims,
    .other_conflict = no_other_conflict,
};

}  // namespace rmqsim
