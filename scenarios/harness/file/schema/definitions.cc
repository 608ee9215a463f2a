#include "scenarios/harness/file/schema/definitions.h"

#include <vector>

#include "fake_broker/rules/fault_rule.h"
#include "producer/profile/profile.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/file/concerns.h"
#include "scenarios/harness/file/expectation.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/producer_settings.h"

namespace rmqsim {

std::string word_list(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "\"" : ", \"") + std::string(word) + '"';
  return "[" + text + "]";
}

namespace {

using Words = std::vector<std::string_view>;

/// What a schema that allows one of these shapes says.
class OneOf {
 public:
  void add(const Shape& shape) {
    text_ += (text_.empty() ? "" : ", ") + (R"({"$ref": "#/definitions/)" + std::string(shape.name)) + "\"}";
  }
  std::string text() const { return R"("oneOf": [)" + text_ + "]"; }

 private:
  std::string text_;
};

/// Lists that no constant holds, and texts made of them.
struct Vocabulary {
  Words profiles = profile_names();
  Words targets = request_words();
  Words kinds = targets;
  Words invariants;
  Words concerns;
  std::string concern_meanings = "What a scenario may be about.";
  std::string invariant_meanings = "What holds in every scenario that does not turn it off.";
  std::string response_code;
  std::string exception_code;
  std::string attempt_outcome;
  std::string changes;
  std::string expectation;
  std::string step_expectation;

  Vocabulary() {
    std::erase_if(kinds, [](std::string_view word) { return !request_target(word)->is_request(); });
    for (const InvariantInfo& invariant : kInvariants) {
      invariants.push_back(invariant.name);
      invariant_meanings += " " + std::string(invariant.name) + ": " + std::string(invariant.meaning) + ".";
    }
    for (const Concern& concern : kConcerns) {
      concerns.push_back(concern.name);
      concern_meanings += " " + std::string(concern.name) + ": " + std::string(concern.meaning) + ".";
    }
    std::size_t count = 0;
    const std::string_view* names = response_code_names(count);
    const Words codes(names, names + count);
    const auto any = [](const Words& words, const std::string& other) {
      return R"("anyOf": [{"enum": )" + word_list(words) + "}, " + other + "]";
    };
    response_code = any(codes, R"({"type": "integer", "minimum": 0, "maximum": 2147483647})");
    Words more = codes;
    for (const ClientCode& code : kClientCodes) more.push_back(code.name);
    exception_code = any(more, R"({"type": "integer", "minimum": -1, "maximum": 2147483647})");
    Words outcomes(std::begin(kAttemptOutcomes), std::end(kAttemptOutcomes));
    outcomes.insert(outcomes.end(), codes.begin(), codes.end());
    Words changeable;
    for (const ProducerSetting& setting : producer_settings()) {
      if (setting.use == ProducerSetting::Use::any_time) changeable.push_back(setting.name());
    }
    changes = R"("allOf": [
      {"$ref": "#/definitions/config"},
      {"type": "object", "minProperties": 1, "propertyNames": {"enum": )" +
              word_list(changeable) + "}}]";
    attempt_outcome = any(outcomes, R"({"type": "string", "pattern": "^[0-9]+$"})");
    OneOf kinds_of_expectations, at_step;
    each_expectation_row([&](const auto& row) {
      kinds_of_expectations.add(row.shape);
      if (row.at_step != nullptr) at_step.add(*row.at_step);
    });
    expectation = kinds_of_expectations.text();
    step_expectation = at_step.text();
  }
};

constexpr std::string_view kName = R"("type": "string", "pattern": "^[A-Za-z0-9_.-]{1,127}$", "not": {"const": "all"})";
constexpr std::string_view kNames = R"("anyOf": [
  {"$ref": "#/definitions/name"},
  {"type": "array", "items": {"$ref": "#/definitions/name"}, "minItems": 1, "uniqueItems": true}])";
constexpr std::string_view kProfileList = R"("anyOf": [
  {"$ref": "#/definitions/profileName"},
  {"type": "array", "items": {"$ref": "#/definitions/profileName"}, "minItems": 1, "uniqueItems": true}])";
constexpr std::string_view kTexts = R"("anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}])";
constexpr std::string_view kTimeRange =
    R"("type": "array", "items": {"$ref": "#/definitions/timeMs"}, "minItems": 2, "maxItems": 2)";
constexpr std::string_view kCount = R"("anyOf": [
  {"type": "integer", "minimum": 0, "maximum": 1000000000},
  {
    "type": "array",
    "items": {"type": "integer", "minimum": 0, "maximum": 1000000000},
    "minItems": 2,
    "maxItems": 2
  }])";
static_assert(kMaxCount == 1'000'000'000);
constexpr std::string_view kNth = R"("anyOf": [
  {"type": "integer", "minimum": 1, "maximum": 1000000000000},
  {"type": "string", "pattern": "^ *[0-9]+ *(- *[0-9]* *)?(, *[0-9]+ *(- *[0-9]* *)?)*$"}])";
static_assert(kMaxNth == 1'000'000'000'000);
constexpr std::string_view kSends =
    R"("anyOf": [{"type": "integer", "minimum": 0, "maximum": 10000000}, {"type": "string", "minLength": 1}])";
static_assert(kMaxSends == 10'000'000);
constexpr std::string_view kQueues = R"("anyOf": [
  {"type": "integer", "minimum": 0, "maximum": 10000},
  {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 10000}
  }])";
static_assert(kMaxQueues == 10'000);
constexpr std::string_view kTopicPermEntry =
    R"("type": "string", "pattern": "^[^=]+=(DENY|PUB|SUB|PUB\\|SUB|SUB\\|PUB)$")";
constexpr std::string_view kTlsModesOf =
    R"("type": "object", "additionalProperties": {"enum": ["disabled", "permissive", "enforcing"]})";
constexpr std::string_view kProperties =
    R"("type": "object", "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 65536})";
static_assert(kMaxPropertyBytes == 65536);
constexpr std::string_view kAttempts = R"("anyOf": [
  {"$ref": "#/definitions/count"},
  {
    "type": "array",
    "items": {
      "type": "array",
      "items": [
        {"$ref": "#/definitions/name"},
        {"type": "integer", "minimum": 0, "maximum": 2147483647},
        {"$ref": "#/definitions/attemptOutcome"}
      ],
      "additionalItems": false,
      "minItems": 3
    }
  }])";
constexpr std::string_view kOutcomeCounts = R"(
  "type": "object",
  "minProperties": 1,
  "propertyNames": {"$ref": "#/definitions/sendOutcome"},
  "additionalProperties": {"$ref": "#/definitions/count"})";
constexpr std::string_view kBrokerOrName =
    R"("anyOf": [{"$ref": "#/definitions/name"}, {"$ref": "#/definitions/broker"}])";
constexpr std::string_view kAssertion =
    R"("allOf": [
  {"$ref": "#/definitions/expectation"},
  {"type": "object", "not": {"required": ["atMs"], "properties": {"atMs": {}}}}])";
constexpr std::string_view kAssertions = R"("anyOf": [
  {"$ref": "#/definitions/assertion"},
  {"type": "array", "items": {"$ref": "#/definitions/assertion"}, "minItems": 1}])";
constexpr std::string_view kStepExpectations = R"("anyOf": [
  {"$ref": "#/definitions/stepExpectation"},
  {"type": "array", "items": {"$ref": "#/definitions/stepExpectation"}, "minItems": 1}])";

KeyRow row(std::string_view name, const KeyType& type, std::string_view description, std::string_view unit = {}) {
  return {name, type, unit, {}, description};
}

std::vector<KeyRow> make_definitions(const Vocabulary& words) {
  return {
      row("name", key::json(kName), "A name within this file: servers and producers share one space of names."),
      row("names", key::json(kNames), "One name or several, none twice."),
      row("text", key::text(1), "Text that is not empty."),
      row("texts", key::json(kTexts), "One text or several."),
      row("int32", key::integer(INT32_MIN, INT32_MAX), "An int of Java."),
      row("wholeMs", key::integer(0, INT32_MAX), "A time, whole as in Java.", "ms"),
      row("timeMs", key::number(0, kMaxTimeMs), "A time, integer or fractional, at most 365 days.", "ms"),
      row("timeRange", key::json(kTimeRange), "[min, max], both included.", "ms"),
      row("count", key::json(kCount), "An exact number, or [min, max], both included."),
      row("nth", key::json(kNth), "Which of a sequence, counted from 1, none twice: 3, \"3\", \"1-5\", \"2, 4, 7-\"."),
      row("perm", key::words(kPerms), "Permission: read, write, both."),
      row("world", key::words(kWorldNames),
          "sim: virtual time; tcp: real time, in one process; process: real time, a process per server."),
      row("concern", key::words(words.concerns), words.concern_meanings),
      row("profileName", key::words(words.profiles),
          "The Java client whose behaviour is followed; hardened: what a careful maintainer would choose."),
      row("profiles", key::json(kProfileList), "One profile or several, none twice."),
      row("invariantName", key::words(words.invariants), words.invariant_meanings),
      row("responseCode", key::json(words.response_code), "A response code: its name, or any number."),
      row("exceptionCode", key::json(words.exception_code),
          "A response code or one of the client's own: its name, or any number."),
      row("target", key::words(words.targets),
          "Which requests: the name of a request code, or a word. `send` is 10, 310, 320, 324 and 325; `register` a "
          "broker's registration at a nameserver, `unregister` a client's leave at a broker or a broker's at a "
          "nameserver; `pull` is 11 and 361, `offset` 14, 15, 29, 30 and 31, `query` 12 and 33, `lock` 41 and 42, "
          "`sendBack` 36, `recall` 370; `pushReply` (326) is sent by the broker. `connect` is a new connection; "
          "`toServer` and `toClient` are the bytes of connections, `link` both."),
      row("requestKind", key::words(words.kinds),
          "As in `faults`, without `connect`, `link`, `toServer` and `toClient`."),
      row("brokerOrName", key::json(kBrokerOrName), "A broker, by its name alone when it is a master."),
      row("queues", key::json(kQueues),
          "Queues per broker, or an object from broker to number, which then also names the brokers."),
      row("topicPerm", key::words(kTopicPerms), "A permission of plain_acl.yml."),
      row("topicPermEntry", key::json(kTopicPermEntry), "A topic and what may be done with it."),
      row("tlsModes", key::json(kTlsModesOf), "Modes by the names of servers."),
      row("properties", key::json(kProperties), "User properties by name: none blank, and no name of RocketMQ's own."),
      row("transactionState", key::words(kTransactionStates),
          "What a transaction listener answers; throw is an exception, which counts as unknown."),
      row("sends", key::json(kSends),
          "Which sends: \"all\"; the number of one; numbers and ranges from 0, none twice, like \"0-9, 12\" or "
          "\"5-\"; or the name of a step that sends. Sends are numbered in file order, step by step."),
      row("sendOutcome", key::words(kSendOutcomes),
          "How a send ended: a SendStatus, EXCEPTION, SENT for oneway, REPLY for a request, or RECALLED."),
      row("attemptOutcome", key::json(words.attempt_outcome),
          "What came back: a response code's name (a number when it has none), or what happened instead."),
      row("attempts", key::json(kAttempts), "How many, or each one in order as [broker, queueId, outcome]."),
      row("requestCallback", key::words(kRequestCallbacks), "What an async request tells its callback."),
      row("outcomeCounts", key::json(kOutcomeCounts), "How many sends ended with each outcome."),
      row("configChange", key::json(words.changes), "Settings of a producer that runs: those that are not read once."),
      row("expectation", key::json(words.expectation),
          "Something that must hold. What it is about decides which keys it has."),
      row("assertion", key::json(kAssertion), "Something that must hold at this step, whose atMs says when."),
      row("assertions", key::json(kAssertions), "One of them, or several."),
      row("stepExpectation", key::json(words.step_expectation), "About all sends of the step."),
      row("stepExpectations", key::json(kStepExpectations), "One expectation about the step's sends, or several."),
  };
}

}  // namespace

std::span<const KeyRow> definitions() {
  static const Vocabulary words;
  static const std::vector<KeyRow> rows = make_definitions(words);
  return rows;
}

}  // namespace rmqsim
