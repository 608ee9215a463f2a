#include "scenarios/harness/expectations/sends.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "producer/remoting/codes.h"
#include "scenarios/harness/expectations/send_facts.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/write/object_writer.h"
#include "scenarios/harness/file/write/write_sections.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

constexpr std::string_view kAboutSends = R"(
  "anyOf": [
    {"required": ["outcome"]}, {"required": ["broker"]}, {"required": ["queueId"]}, {"required": ["attempts"]},
    {"required": ["attemptBrokers"]}, {"required": ["elapsedMs"]}, {"required": ["exception"]},
    {"required": ["transaction"]}, {"required": ["reply"]}, {"required": ["callbacks"]}
  ],
  "not": {"required": ["exception", "outcome"], "properties": {"outcome": {"not": {"const": "EXCEPTION"}}}})";

constexpr KeyRow kSendExpectationRows[] = {
    {"sends", key::ref("sends"), "", key::required, "Which sends."},
    kProfilesKey,
    {"outcome", key::ref("sendOutcome"), "", key::none, "How it ended."},
    {"broker", key::ref("name"), "", key::none, "The broker of the result."},
    {"queueId", key::integer(0, INT32_MAX), "", key::none, "The queue of the result."},
    {"attempts", key::ref("attempts"), "", key::none, "How many, or each one in order as [broker, queueId, outcome]."},
    {"attemptBrokers", key::refs("name"), "", key::none, "The broker of each attempt, in order."},
    {"elapsedMs", key::ref("timeRange"), "ms", key::none,
     "From the call to its result. The worlds of real time, tcp and process, allow it to end 500 ms later, and more "
     "where the machine kept the run waiting."},
    {"exception", key::ref("exception"), "", key::none,
     "The exception that it ended with. Not beside an outcome other than EXCEPTION."},
    {"transaction", key::ref("transactionExpectation"), "", key::none, "What became of its transaction."},
    {"reply", key::text(0, kMaxBytes), "", key::none, "The reply's body."},
    {"callbacks", key::refs("requestCallback"), "", key::none,
     "What an async request told, in order: onSuccess(null), onSuccess(reply), onException, or an exception out of "
     "the call."},
};

constexpr KeyRow kExceptionRows[] = {
    {"type", key::words(kExceptionTypes), "", key::none, "The Java class's simple name."},
    {"responseCode", key::ref("exceptionCode"), "", key::none,
     "Of MQClientException (-1 for none) and MQBrokerException."},
    {"messageContains", key::text(1), "", key::none, "Part of its text."},
};

constexpr KeyRow kTransactionExpectationRows[] = {
    {"local", key::ref("transactionState"), "", key::none, "What the listener answered."},
    {"broker", key::words(kTransactionEnds), "", key::none,
     "What the brokers did with it in the end, the first that applies: it is visible; somebody may still ask; "
     "rolled back; given up; its half message never arrived."},
    {"checks", key::count, "", key::none,
     "How often a broker's scan came to it, whether or not there was a client to ask."},
    {"answeredBy", key::refs("name", 0, 1000, true), "", key::none,
     "The producers that answered checks, in any order; none: []."},
};

std::optional<std::string> attempt_outcome(ParseContext& context, const JsonNode& value) {
  auto name = context.text(value);
  if (!name) return std::nullopt;
  std::size_t count = 0;
  const std::string_view* codes = response_code_names(count);
  std::vector<std::string_view> known(std::begin(kAttemptOutcomes), std::end(kAttemptOutcomes));
  known.insert(known.end(), codes, codes + count);
  bool number = !name->empty() && name->find_first_not_of("0123456789") == std::string::npos;
  if (number || std::find(known.begin(), known.end(), *name) != known.end()) return name;
  context.fail(value, "unknown outcome " + in_quotes(*name) + context.suggest(*name, known));
  return std::nullopt;
}

void parse_attempts(ParseContext& context, const JsonNode& value, SendExpectation& send) {
  bool range = value.kind == JsonNode::Kind::array && !value.children.empty() && value.children[0]->is_number();
  if (range || value.is_number()) {
    send.attempt_count = context.count_range(value);
    return;
  }
  if (!context.expect_kind(value, JsonNode::Kind::array, "a count or a list of [broker, queueId, outcome]")) return;
  send.attempts.emplace();
  for (const JsonNode* item : value.children) {
    if (item->kind != JsonNode::Kind::array || item->children.size() != 3) {
      context.fail(*item, "expected [broker, queueId, outcome]");
      continue;
    }
    auto broker = context.reference(*item->children[0], context.broker_names);
    auto queue = context.integer(*item->children[1], 0, INT32_MAX);
    auto outcome = attempt_outcome(context, *item->children[2]);
    if (broker && queue && outcome) send.attempts->push_back({*broker, static_cast<std::int32_t>(*queue), *outcome});
  }
}

std::optional<std::int32_t> exception_code(ParseContext& context, const JsonNode& value) {
  if (value.kind == JsonNode::Kind::string) {
    for (const ClientCode& known : kClientCodes) {
      if (known.name == value.text) return known.code;
    }
    return context.response_code(value);
  }
  auto code = context.integer(value, -1, INT32_MAX);
  return code ? std::optional(static_cast<std::int32_t>(*code)) : std::nullopt;
}

TransactionExpectation parse_transaction_expectation(ParseContext& context, const JsonNode& value) {
  TransactionExpectation transaction;
  ObjectReader reader(context, value, shapes::transactionExpectation);
  if (!reader) return transaction;
  if (value.children.empty()) context.fail(value, "expected \"local\", \"broker\", \"checks\" or \"answeredBy\"");
  reader.get("local", transaction.local,
             [&](const JsonNode& n) { return context.one_of(n, kTransactionStates, "transaction state"); });
  reader.get("broker", transaction.broker,
             [&](const JsonNode& n) { return context.one_of(n, kTransactionEnds, "end of a transaction"); });
  reader.get("checks", transaction.checks, [&](const JsonNode& n) { return context.count_range(n); });
  const JsonNode* answered = reader.find("answeredBy");
  if (answered && context.expect_kind(*answered, JsonNode::Kind::array)) {
    transaction.answered_by.emplace();
    if (!answered->children.empty()) transaction.answered_by = context.references(*answered, context.producers);
  }
  return transaction;
}

std::optional<std::vector<std::string>> parse_callbacks(ParseContext& context, const JsonNode& value) {
  if (!context.expect_kind(value, JsonNode::Kind::array)) return std::nullopt;
  std::vector<std::string> callbacks;
  for (const JsonNode* item : value.children) {
    if (auto name = context.one_of(*item, kRequestCallbacks, "callback")) callbacks.push_back(*name);
  }
  return callbacks;
}

SendExpectation parse_send_expectation(ExpectationReader& from) {
  ParseContext& context = from.context;
  const JsonNode& value = from.value;
  ObjectReader& reader = from.reader;
  SendExpectation send;
  send.sends = std::move(from.sends).value_or(SendSelector{});
  constexpr std::string_view kAbout[] = {"outcome",   "broker",    "queueId",     "attempts", "attemptBrokers",
                                         "elapsedMs", "exception", "transaction", "reply",    "callbacks"};
  if (reader.present(kAbout).empty()) context.fail(value, "states nothing about its sends, for example \"outcome\"");
  reader.get("outcome", send.outcome, [&](const JsonNode& n) { return context.one_of(n, kSendOutcomes, "outcome"); });
  reader.get("broker", send.broker, [&](const JsonNode& n) { return context.reference(n, context.broker_names); });
  reader.integer("queueId", send.queue_id);
  if (const JsonNode* attempts = reader.find("attempts")) parse_attempts(context, *attempts, send);
  const JsonNode* brokers = reader.find("attemptBrokers");
  if (brokers && context.expect_kind(*brokers, JsonNode::Kind::array)) {
    send.attempt_brokers.emplace();
    for (const JsonNode* item : brokers->children) {
      if (auto name = context.reference(*item, context.broker_names)) send.attempt_brokers->push_back(*name);
    }
  }
  reader.get("elapsedMs", send.elapsed, [&](const JsonNode& n) { return context.time_range(n); });
  reader.get("exception", send.exception, [&](const JsonNode& n) { return parse_exception(context, n); });
  reader.get("transaction", send.transaction,
             [&](const JsonNode& n) { return std::optional(parse_transaction_expectation(context, n)); });
  reader.text("reply", send.reply);
  reader.get("callbacks", send.callbacks, [&](const JsonNode& n) { return parse_callbacks(context, n); });
  if (send.exception && send.outcome && *send.outcome != "EXCEPTION") {
    context.fail(*reader.find("exception"), "a send with outcome " + in_quotes(*send.outcome) + " has no exception");
  }
  return send;
}

nlohmann::ordered_json write_attempts(const std::vector<AttemptExpectation>& attempts) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const AttemptExpectation& attempt : attempts) {
    list.push_back({attempt.broker, attempt.queue_id, attempt.outcome});
  }
  return list;
}

nlohmann::ordered_json write_transaction(const TransactionExpectation& transaction) {
  ObjectWriter object(shapes::transactionExpectation);
  object.say("local", transaction.local);
  object.say("broker", transaction.broker);
  if (transaction.checks) object.say("checks", range_json(*transaction.checks));
  object.say("answeredBy", transaction.answered_by);
  return object.take();
}

void write_send_expectation(const SendExpectation& e, ExpectationWriter& to) {
  if (!to.at_step) to.object.say("sends", sends_json(e.sends, to.scenario, to.scenario.send_count));
  to.object.say("outcome", e.outcome);
  to.object.say("broker", e.broker);
  to.object.say("queueId", e.queue_id);
  if (e.attempt_count) to.object.say("attempts", range_json(*e.attempt_count));
  if (e.attempts) to.object.say("attempts", write_attempts(*e.attempts));
  to.object.say("attemptBrokers", e.attempt_brokers);
  if (e.elapsed) to.object.say("elapsedMs", range_json(*e.elapsed));
  if (e.exception) to.object.say("exception", exception_json(*e.exception));
  if (e.transaction) to.object.say("transaction", write_transaction(*e.transaction));
  to.object.say("reply", e.reply);
  to.object.say("callbacks", e.callbacks);
}

std::optional<std::string_view> send_is_unseen(const SendExpectation&, const Scenario&) { return kUnseenOutcome; }

const SendSelector* granted_failures(const SendExpectation& e) {
  const auto failing = [](const std::string& callback) { return callback == "EXCEPTION" || callback == "THROWN"; };
  const bool grants = e.exception || e.outcome == "EXCEPTION" || (e.attempts && e.attempts->empty()) ||
                      (e.callbacks && std::any_of(e.callbacks->begin(), e.callbacks->end(), failing));
  return grants ? &e.sends : nullptr;
}

}  // namespace

std::optional<ExceptionExpectation> parse_exception(ParseContext& context, const JsonNode& value) {
  ObjectReader reader(context, value, shapes::exception);
  if (!reader) return std::nullopt;
  if (value.children.empty()) context.fail(value, "expected \"type\", \"responseCode\" or \"messageContains\"");
  ExceptionExpectation exception;
  reader.get("type", exception.type,
             [&](const JsonNode& n) { return context.one_of(n, kExceptionTypes, "exception"); });
  reader.get("responseCode", exception.response_code, [&](const JsonNode& n) { return exception_code(context, n); });
  if (exception.type && has_no_code(*exception.type) && exception.response_code.value_or(-1) != -1) {
    context.fail(*reader.find("responseCode"), "a " + *exception.type + " has no response code");
  }
  reader.text("messageContains", exception.message_contains);
  return exception;
}

nlohmann::ordered_json exception_json(const ExceptionExpectation& exception) {
  ObjectWriter object(shapes::exception);
  object.say("type", exception.type);
  if (const auto& code = exception.response_code) {
    const auto* known = std::find_if(std::begin(kClientCodes), std::end(kClientCodes),
                                     [&](const ClientCode& one) { return one.code == *code; });
    object.say("responseCode", known == std::end(kClientCodes) ? response_code_json(*code)
                                                                 : nlohmann::ordered_json(known->name));
  }
  object.say("messageContains", exception.message_contains);
  return object.take();
}

namespace {

constexpr Shape kSendExpectation{"sendExpectation", "Holds for each selected send.", kSendExpectationRows, kAboutSends};

constexpr Shape kStepSendExpectation{"stepSendExpectation", "Holds for each send of the step.",
                                     std::span(kSendExpectationRows).subspan(1), kAboutSends};

}  // namespace

namespace shapes {

constinit const Shape transactionExpectation{"transactionExpectation", "About a send that is a transaction.",
                                             kTransactionExpectationRows, R"("minProperties": 1)"};

constinit const Shape exception{"exception", "The exception that a send ended with.", kExceptionRows,
                                R"("minProperties": 1)"};

}  // namespace shapes

constinit const ExpectationRow<SendExpectation> SendExpectation::row{
    .key = "sends",
    .example = R"({"sends": "0-4", "outcome": "SEND_OK", "attempts": 1})",
    .shape = kSendExpectation,
    .at_step = &kStepSendExpectation,
    .parse = parse_send_expectation,
    .write = write_send_expectation,
    .judged = JudgedWhen::steps_ended,
    .moment = nullptr,
    .unseen = send_is_unseen,
    .grants_failure = granted_failures,
    .common_subject = common_send,
    .facts = send_facts,
    .claims = send_claims,
    .other_conflict = result_conflict,
};

}  // namespace rmqsim
