// The JSON Schema that is made of the parser's rows: it is the published one, says everything about every key, takes
// every file of the library, and refuses a table of mistakes that the parser refuses. valijson is the referee.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "fake_broker/rules/fault_action.h"
#include "producer/profile/profile.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/file/producer_settings.h"
#include "tests/scenario_file/minimal.h"
#include "tests/support/made_text.h"

namespace rmqsim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const json& schema_json() {
  static const json schema = json::parse(scenario_schema());
  return schema;
}

/// Empty when the document is valid, otherwise where and why not.
std::string schema_errors(const json& document) {
  static const valijson::Schema& schema = [&]() -> valijson::Schema& {
    static valijson::Schema parsed;
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_json()), parsed);
    return parsed;
  }();
  valijson::Validator validator;
  valijson::ValidationResults results;
  std::string text;
  if (validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(document), &results)) return text;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const std::string& part : error.context) text += part;
    text.append(": ").append(error.description).append("\n");
  }
  return text.empty() ? "invalid" : text;
}

std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::set<std::string> keys_of(const json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

template <class Range>
std::set<std::string> names_in(const Range& range) {
  return {std::begin(range), std::end(range)};
}

const json& definition(const std::string& name) { return schema_json().at("definitions").at(name); }

TEST(ScenarioSchema, IsTheFileThatIsPublished) {
  expect_made("scenarios/scenario.schema.json", std::string(scenario_schema()));
}

/// Calls `see(place, key, property)` for every key of every object.
template <class See>
void for_each_key(See see) {
  const auto object = [&](const std::string& name, const json& schema) {
    for (const auto& [key, property] : schema.at("properties").items()) see(name + "/" + key, schema, key, property);
  };
  object("scenario", schema_json());
  for (const auto& [name, schema] : schema_json().at("definitions").items()) {
    if (schema.contains("properties")) object(name, schema);
  }
}

TEST(ScenarioSchema, SaysOfEveryKeyWhatItMeansAndItsDefault) {
  std::size_t keys = 0;
  for_each_key([&](const std::string& place, const json& object, const std::string& key, const json& property) {
    ++keys;
    const std::string text = property.value("description", "");
    EXPECT_THAT(text, testing::MatchesRegex("[^ ].*[.] *(Required|Default: .+)[.].*")) << place;
    const json required = object.value("required", json::array());
    const bool must = std::find(required.begin(), required.end(), json(key)) != required.end();
    EXPECT_EQ(must, text.find(" Required.") != std::string::npos) << place;
    EXPECT_FALSE(must && property.contains("default")) << place;
    if (property.contains("default")) {
      EXPECT_THAT(text, HasSubstr(" Default: " + property.at("default").dump().substr(0, 1))) << place;
    }
  });
  EXPECT_GE(keys, 200u);
  for (const auto& [name, schema] : schema_json().at("definitions").items()) {
    EXPECT_NE(schema.value("description", ""), "") << name;
  }
}

TEST(ScenarioSchema, SaysTheUnitOfEveryTimeAndSize) {
  const std::set<std::string> sizes = {"size", "truncate", "garbage", "chunk"};
  for_each_key([&](const std::string& place, const json&, const std::string& key, const json& property) {
    const std::string type = property.value("$ref", "");
    const bool setting = place.starts_with("config/") && property.value("type", "") == "integer";
    const auto says = [&](const char* word) { return key.find(word) != std::string::npos; };
    const bool time = key.ends_with("Ms") || type.ends_with("/timeMs") || type.ends_with("/timeRange") ||
                      (setting && (says("Timeout") || says("Interval")));
    const bool bytes = sizes.contains(key) || key.ends_with("Bytes") || (setting && key.ends_with("Size"));
    const std::string text = property.value("description", "");
    EXPECT_TRUE(!time || text.find(" Unit: ms") != std::string::npos) << place;
    EXPECT_TRUE(!bytes || text.find(" Unit: bytes.") != std::string::npos) << place;
  });
}

/// What strict validators refuse: keywords without their type, tuples of any length, required keys without definition.
/// `typed`: an outer schema of the same value has a type.
void expect_strict(const json& schema, const std::string& place, bool typed) {
  static const std::set<std::string> known = {
      "$schema", "$id", "$ref", "title", "description", "default", "examples", "definitions", "type", "enum", "const",
      "properties", "additionalProperties", "required", "propertyNames", "minProperties", "maxProperties", "dependencies", "items",
      "additionalItems", "minItems", "maxItems", "uniqueItems", "minimum", "maximum", "exclusiveMinimum", "minLength",
      "maxLength", "pattern", "not", "anyOf", "oneOf", "allOf"};
  static const std::map<std::string, std::string> needs = {
      {"properties", "object"}, {"additionalProperties", "object"}, {"required", "object"},
      {"propertyNames", "object"}, {"minProperties", "object"}, {"dependencies", "object"}, {"items", "array"},
      {"minItems", "array"}, {"uniqueItems", "array"}, {"minimum", "number"}, {"exclusiveMinimum", "number"},
      {"minLength", "string"}, {"maxLength", "string"}, {"pattern", "string"}};
  if (!schema.is_object()) return;
  for (const auto& [word, value] : schema.items()) {
    EXPECT_TRUE(known.contains(word)) << place << ": " << word;
    const auto need = needs.find(word);
    if (need == needs.end() || (typed && !schema.contains("type"))) continue;
    std::string type = schema.value("type", "none");
    if (type == "integer") type = "number";
    EXPECT_EQ(type, need->second) << place << ": " << word;
  }
  for (const json& key : schema.value("required", json::array())) {
    EXPECT_TRUE(schema.contains("properties") && schema.at("properties").contains(key.get<std::string>())) << place;
  }
  if (schema.contains("items") && schema.at("items").is_array()) {
    EXPECT_EQ(schema.at("items").size(), schema.value("minItems", 0u)) << place;
    EXPECT_EQ(schema.value("additionalItems", json(true)), false) << place;
  }
  const bool has_type = typed || schema.contains("type");
  for (const char* word : {"anyOf", "oneOf", "allOf"}) {
    for (const json& part : schema.value(word, json::array())) expect_strict(part, place + "/" + word, has_type);
  }
  if (schema.contains("not")) expect_strict(schema.at("not"), place + "/not", has_type);
  for (const char* word : {"properties", "definitions"}) {
    const json inner = schema.value(word, json::object());
    for (const auto& [key, value] : inner.items()) expect_strict(value, place + "/" + key, false);
  }
  for (const char* word : {"additionalProperties", "items"}) {
    if (schema.contains(word)) expect_strict(schema.at(word), place + "/" + word, false);
  }
}

TEST(ScenarioSchema, KeepsToWhatStrictValidatorsAsk) {
  expect_strict(schema_json(), "", false);
  EXPECT_EQ(schema_json().at("$id"), "urn:rmqsim:scenario:1");
}

TEST(ScenarioSchema, HasNoLongLineButThoseOfOneText) {
  std::istringstream lines{std::string(scenario_schema())};
  for (std::string line; std::getline(lines, line);) {
    if (line.size() <= 120) continue;
    EXPECT_THAT(line, testing::MatchesRegex(" *\"(description|pattern)\": \".*\",?")) << line.size();
  }
}

TEST(ScenarioSchema, DefinesWhatItRefersToAndNothingElse) {
  std::set<std::string> defined;
  for (const auto& [name, schema] : schema_json().at("definitions").items()) defined.insert(name);
  std::set<std::string> used;
  const std::string text = schema_json().dump();
  constexpr std::string_view kPrefix = "\"#/definitions/";
  for (std::size_t at = text.find(kPrefix); at != std::string::npos; at = text.find(kPrefix, at + 1)) {
    const std::size_t begin = at + kPrefix.size();
    used.insert(text.substr(begin, text.find('"', begin) - begin));
  }
  EXPECT_EQ(defined, used);
}

TEST(ScenarioSchema, HasExactlyTheProducerSettings) {
  std::set<std::string> names;
  for (const ProducerSetting& setting : producer_settings()) {
    if (setting.use != ProducerSetting::Use::refused) names.insert(std::string(setting.name()));
  }
  EXPECT_EQ(keys_of(definition("config").at("properties")), names);
}

TEST(ScenarioSchema, SaysWhereASettingHasNoEffect) {
  const json& settings = definition("config").at("properties");
  const auto text = [&](const char* name) { return settings.at(name).at("description").get<std::string>(); };
  EXPECT_THAT(text("autoBatch"), HasSubstr("No effect in java-4.9.8."));
  EXPECT_THAT(text("detectTimeout"),
              HasSubstr("Read once, when the producer starts. No effect in java-5.3.3, java-4.9.8."));
  EXPECT_THAT(text("sendLatencyEnable"), HasSubstr("No effect in java-5.3.3, java-4.9.8, hardened."));
  EXPECT_THAT(text("sendMsgTimeout"), testing::Not(HasSubstr("No effect")));
}

TEST(ScenarioSchema, HasTheVocabulariesOfTheProtocol) {
  std::size_t count = 0;
  const std::string_view* codes = response_code_names(count);
  EXPECT_EQ(definition("responseCode").at("anyOf").at(0).at("enum").get<std::set<std::string>>(),
            names_in(std::span(codes, count)));
  const std::string_view* requests = request_code_names(count);
  auto targets = definition("target").at("enum").get<std::set<std::string>>();
  for (std::string_view name : std::span(requests, count)) EXPECT_TRUE(targets.contains(std::string(name))) << name;
  EXPECT_EQ(targets, names_in(request_words()));
  auto kinds = definition("requestKind").at("enum").get<std::set<std::string>>();
  for (const char* word : {"connect", "link", "toServer", "toClient"}) kinds.insert(word);
  EXPECT_EQ(kinds, targets);
  EXPECT_EQ(definition("sendOutcome").at("enum").get<std::set<std::string>>(), names_in(kSendOutcomes));
  EXPECT_EQ(definition("exception").at("properties").at("type").at("enum").get<std::set<std::string>>(),
            names_in(kExceptionTypes));
  EXPECT_EQ(definition("profileName").at("enum").get<std::set<std::string>>(), names_in(profile_names()));
  EXPECT_EQ(definition("world").at("enum").get<std::set<std::string>>(), names_in(kWorldNames));
  std::set<std::string> invariants;
  for (const InvariantInfo& invariant : kInvariants) invariants.insert(std::string(invariant.name));
  EXPECT_EQ(definition("invariantName").at("enum").get<std::set<std::string>>(), invariants);
}

TEST(ScenarioLibrary, IsValidForParserAndSchema) {
  ScenarioFiles found =
      find_scenarios({RMQSIM_SOURCE_DIR "/scenarios", RMQSIM_SOURCE_DIR "/tests/scenario/data/random"});
  std::size_t scenarios = 0;
  std::set<std::string> names;
  for (const std::string& file : found.files) {
    if (file.find("/ledgers/") != std::string::npos) continue;
    ++scenarios;
    // Those that Java played are as they were: some have rules that nothing can meet.
    const bool recorded = file.find("/data/random/") != std::string::npos;
    ParseResult result = load_scenario(file, {.judge_idle = !recorded});
    ASSERT_TRUE(result.ok()) << result.to_string();
    EXPECT_TRUE(names.insert(result.scenario->name).second) << file;
    EXPECT_EQ(schema_errors(json::parse(read_file(file), nullptr, true, true)), "") << file;
  }
  EXPECT_GE(scenarios, 120u);
}

TEST(ScenarioSchema, TakesTheExamplesThatItGives) {
  std::size_t examples = 0;
  for (const json& definition : schema_json().at("definitions")) {
    for (const json& example : definition.value("examples", json::array())) {
      const std::string text = replaced(kMinimal, R"({"sends": "all", "outcome": "SEND_OK"})", example.dump());
      EXPECT_EQ(schema_errors(json::parse(text)), "") << example;
      ++examples;
    }
  }
  EXPECT_GE(examples, 6u);
}

TEST(ScenarioSchema, AgreesWithTheParserAboutWhatARuleOnEachWordLooksAt) {
  for (const RequestFamily& family : request_families()) {
    for (const auto& [key, value] : {std::pair{"topic", "\"TopicTest\""}, {"queueId", "0"}, {"producer", "\"p\""}}) {
      const std::string at = family.at == RequestFamily::At::nameserver ? "ns-1" : "broker-a";
      const FaultTarget on{family.kind};
      const char* const action = on.is_link() ? R"("bytesPerSecond": 5)" : on.is_request() ? R"("drop": "request")" : R"("refuse": true)";
      const std::string rule = R"({"at": ")" + at + R"(", "on": ")" + std::string(family.word) + R"(", ")" + key + "\": " +
                               value + R"(, "mayBeIdle": true, "do": {)" + action + "}}";
      const std::string text =
          replaced(kMinimal, R"({"at": "broker-a", "on": "send", "nth": "1-5", "do": {"respond": {"code": "SYSTEM_BUSY"}}})",
                   rule);
      EXPECT_EQ(parse_scenario(text, "minimal.json").ok(), schema_errors(json::parse(text)).empty()) << rule;
      EXPECT_EQ(parse_scenario(text, "minimal.json").ok(), family.facts.find(key[0]) != std::string_view::npos) << rule;
    }
  }
}

TEST(ScenarioSchema, SaysOfFaultActionsWhatTheirRowsSay) {
  const json& properties = definition("action").at("properties");
  std::set<std::string> names;
  for (const FaultActionRow& row : fault_actions()) {
    const std::string key(row.key);
    names.insert(key);
    ASSERT_TRUE(properties.contains(key)) << key;
    EXPECT_THAT(properties.at(key).at("description").get<std::string>(), HasSubstr(std::string(row.description)));
  }
  EXPECT_EQ(keys_of(properties), names);
}

std::string value_of(const FaultActionRow& row) {
  switch (row.argument) {
    case FaultArgumentKind::time:
    case FaultArgumentKind::bytes:
    case FaultArgumentKind::percent:
      return "5";
    case FaultArgumentKind::answer:
      return R"({"code": 1})";
    case FaultArgumentKind::moment:
      return '"' + std::string(row.moments[1]) + '"';
    case FaultArgumentKind::flag:
      break;
  }
  return "true";
}

TEST(ScenarioSchema, AgreesWithTheParserAboutEachPairOfActionsWhereverTheyAreAsked) {
  const std::pair<const char*, unsigned> places[] = {
      {"send", kOnRequests}, {"checkTransaction", kOnPushes}, {"connect", kOnConnect | kBesideOnConnect}, {"toClient", kOnLink}};
  for (const auto& [on, place] : places) {
    for (const FaultActionRow& a : fault_actions()) {
      for (const FaultActionRow& b : fault_actions()) {
        if (&b < &a) continue;  // the order in which keys are written is the rows' own test
        const bool alone = &a == &b;
        std::string what = '"' + std::string(a.key) + "\": " + value_of(a);
        if (!alone) what += ", \"" + std::string(b.key) + "\": " + value_of(b);
        const std::string rule =
            R"({"at": "broker-a", "on": ")" + std::string(on) + R"(", "mayBeIdle": true, "do": {)" + what + "}}";
        const std::string text = replaced(
            kMinimal, R"({"at": "broker-a", "on": "send", "nth": "1-5", "do": {"respond": {"code": "SYSTEM_BUSY"}}})", rule);
        const bool needs_another = alone && (place & kOnConnect) != 0 &&
                                   (a.possible & (kOnConnect | kBesideOnConnect)) == kBesideOnConnect;
        const bool possible = (a.possible & place) != 0 && (b.possible & place) != 0 &&
                              (alone || !fault_contradiction(a, b)) && !needs_another;
        EXPECT_EQ(parse_scenario(text, "minimal.json").ok(), possible) << rule;
        // The schema does not know that a delay of a connect needs something to delay.
        EXPECT_EQ(schema_errors(json::parse(text)).empty(), possible || needs_another) << rule;
      }
    }
  }
}

struct Broken {
  const char* name;
  const char* from;
  const char* to;
};

void PrintTo(const Broken& broken, std::ostream* stream) { *stream << broken.name; }

class BothRefuse : public testing::TestWithParam<Broken> {};

TEST_P(BothRefuse, TheSameFile) {
  std::string text = replaced(kMinimal, GetParam().from, GetParam().to);
  ASSERT_NE(text, kMinimal);
  EXPECT_FALSE(parse_scenario(text, "minimal.json").ok());
  EXPECT_NE(schema_errors(json::parse(text)), "");
}

const Broken kBroken[] = {
    {"UnknownKeyOnTop", R"("faults")", R"("fault")"},
    {"UnknownSetting", R"("sendMsgTimeout")", R"("sendMsgTimout")"},
    {"UnknownSendKey", R"("count": 10)", R"("cuont": 10)"},
    {"UnknownFaultKey", R"("nth": "1-5")", R"("n-th": "1-5")"},
    {"UnknownExpectKey", R"("outcome": "SEND_OK")", R"("outcome": "SEND_OK", "elapsed": [0, 1])"},
    {"MissingName", R"("name": "minimal", )", ""},
    {"MissingDo", R"(, "do": {"respond": {"code": "SYSTEM_BUSY"}})", ""},
    {"VersionTwo", R"("version": 1)", R"("version": 2)"},
    {"EmptyWhy", R"("it is small")", R"("")"},
    {"NegativeTime", R"("version": 1,)", R"("version": 1, "network": {"oneWayMs": -0.5},)"},
    {"NoBrokers", R"("broker-a", "broker-b", {"name": "broker-b-slave", "slaveOf": "broker-b"})", ""},
    {"SettingOfWrongType", R"("sendMsgTimeout": 3000)", R"("sendMsgTimeout": "3000")"},
    {"CountZero", R"("count": 10)", R"("count": 0)"},
    {"CountHuge", R"("count": 10)", R"("count": 10000001)"},
    {"BodyHuge", R"("size": 16)", R"("size": 16777217)"},
    {"BodyTwice", R"("size": 16)", R"("size": 16, "text": "x")"},
    {"Mode", R"("count": 10)", R"("mode": "asnyc")"},
    {"StepOfTwoKinds", R"("name": "burst")", R"("waitMs": 5)"},
    {"WaitInTheBackground", R"("steps": [)", R"("steps": [{"waitMs": 5, "background": true},)"},
    {"TwoEvents", R"("steps": [)", R"("steps": [{"do": {"crash": "broker-a", "pause": "broker-b"}},)"},
    {"QueueAndSelector", R"("count": 10)",
     R"("queue": {"broker": "broker-a", "queueId": 0}, "selector": {"kind": "random"})"},
    {"OnewayTimeout", R"("count": 10)", R"("mode": "oneway", "timeoutMs": 5)"},
    {"OnewayBatch", R"("count": 10)", R"("mode": "oneway", "batch": 5)"},
    {"RandomSelectorArg", R"("count": 10)", R"("selector": {"kind": "random", "arg": 1})"},
    {"QueuesAndBrokers", R"("queues": 4)", R"("queues": {"broker-a": 1}, "brokers": ["broker-a"])"},
    {"NthAndTimes", R"("nth": "1-5")", R"("nth": "1-5", "times": 2)"},
    {"ClusterSettingOfABroker", R"(["broker-a", )",
     R"([{"name": "broker-a", "config": {"transactionCheckMax": 1}}, )"},
    {"BrokerSettingOfAnotherKind", R"(["broker-a", )",
     R"([{"name": "broker-a", "config": {"maxMessageSize": true}}, )"},
    {"CountOfNothing", R"("nth": "1-5")", R"("count": "message")"},
    {"CountWord", R"("nth": "1-5")", R"("nth": "1-5", "count": "server")"},
    {"CountOverTheClusterAtOneServer", R"("nth": "1-5")", R"("nth": "1-5", "count": "cluster")"},
    {"CountOfGreetingsByMessage", R"("on": "send", "nth": "1-5")",
     R"("on": "heartbeat", "nth": "1-5", "count": "message")"},
    {"NthZero", R"("nth": "1-5")", R"("nth": 0)"},
    {"NthWords", R"("nth": "1-5")", R"("nth": "first")"},
    {"Probability", R"("nth": "1-5")", R"("probability": 1.5)"},
    {"RequestName", R"("on": "send")", R"("on": "sent")"},
    {"ResponseName", R"("SYSTEM_BUSY")", R"("SYSTEM_BUZY")"},
    {"RespondAndDrop", R"({"respond": {"code": "SYSTEM_BUSY"}})", R"({"respond": {"code": 2}, "drop": "request"})"},
    {"DelayAndDrop", R"({"respond": {"code": "SYSTEM_BUSY"}})", R"({"delayMs": 2, "drop": "request"})"},
    {"RefuseASend", R"({"respond": {"code": "SYSTEM_BUSY"}})", R"({"refuse": true})"},
    {"RefuseFalse", R"("send", "nth": "1-5", "do": {"respond": {"code": "SYSTEM_BUSY"}})",
     R"("connect", "do": {"refuse": false})"},
    {"AnswerToAConnect", R"("on": "send")", R"("on": "connect")"},
    {"RouteAtEveryBroker", R"("at": "broker-a", "on": "send")", R"("at": "*", "on": "route")"},
    {"QueueOfAHeartbeat", R"("on": "send")", R"("on": "heartbeat", "queueId": 1)"},
    {"DoNothing", R"({"respond": {"code": "SYSTEM_BUSY"}})", "{}"},
    {"TwoDelays", R"({"respond": {"code": "SYSTEM_BUSY"}})", R"({"delayMs": {"uniform": [1, 2], "normal": [1, 2]}})"},
    {"ParetoAlphaZero", R"({"respond": {"code": "SYSTEM_BUSY"}})", R"({"delayMs": {"pareto": [1, 0]}})"},
    {"Outcome", R"("outcome": "SEND_OK")", R"("outcome": "SENDOK")"},
    {"NothingStated", R"(, "outcome": "SEND_OK")", ""},
    {"AttemptWithoutOutcome", R"("outcome": "SEND_OK")", R"("attempts": [["broker-a", 0]])"},
    {"ExceptionOfASuccess", R"("outcome": "SEND_OK")", R"("outcome": "SEND_OK", "exception": {"responseCode": 2})"},
    {"ExceptionType", R"("outcome": "SEND_OK")", R"("exception": {"type": "Error"})"},
    {"OnWithoutRequests", R"({"sends": "all", "outcome": "SEND_OK"})",
     R"({"broker": "broker-a", "stored": 1, "on": "send"})"},
    {"NoSubject", R"({"sends": "all")", R"({"send": "all")"},
    {"Profile", R"("version": 1,)", R"("version": 1, "profile": "java-5.3.2",)"},
    {"InvariantWithoutReason", R"("version": 1,)",
     R"("version": 1, "invariants": {"off": [{"name": "no-spent-budget"}]},)"},
    {"WorldsWithoutReason", R"("version": 1,)", R"("version": 1, "worlds": {"only": ["sim"]},)"},
    {"WorldsUnknown", R"("version": 1,)", R"("version": 1, "worlds": {"only": ["tpc"], "reason": "x"},)"},
    {"WorldsNone", R"("version": 1,)", R"("version": 1, "worlds": {"only": [], "reason": "x"},)"},
    {"WorldsTwice", R"("version": 1,)", R"("version": 1, "worlds": {"only": ["sim", "sim"], "reason": "x"},)"},
    {"Seed", R"("version": 1,)", R"("version": 1, "seed": -1,)"},
    {"TransactionKey", R"("steps": [)", R"("steps": [{"transaction": {"topic": "TopicTest", "locall": "commit"}},)"},
    {"TransactionState", R"("steps": [)", R"("steps": [{"transaction": {"topic": "TopicTest", "local": "comit"}},)"},
    {"TransactionCheckIsNoList", R"("steps": [)", R"("steps": [{"transaction": {"topic": "TopicTest", "check": "commit"}},)"},
    {"TransactionCheckState", R"("steps": [)", R"("steps": [{"transaction": {"topic": "TopicTest", "check": ["commit", 7]}},)"},
    {"TransactionNegativeTime", R"("steps": [)", R"("steps": [{"transaction": {"topic": "TopicTest", "localMs": -1}},)"},
    {"TransactionWithoutTopic", R"("steps": [)", R"("steps": [{"transaction": {"local": "commit"}},)"},
    {"RequestKey", R"("steps": [)", R"("steps": [{"request": {"topic": "TopicTest", "timeout": 5}},)"},
    {"RequestOneway", R"("steps": [)", R"("steps": [{"request": {"topic": "TopicTest", "mode": "oneway"}},)"},
    {"RequestNegativeTimeout", R"("steps": [)", R"("steps": [{"request": {"topic": "TopicTest", "timeoutMs": -5}},)"},
    {"RequestToQueueAndSelector", R"("steps": [)", R"("steps": [{"request": {"topic": "TopicTest", "queue": {"broker": "broker-a", "queueId": 0}, "selector": {"kind": "random"}}},)"},
    {"CheckSetting", R"("nameservers": ["ns-1"],)", R"("transactions": {"transactionTimeout": 5}, "nameservers": ["ns-1"],)"},
    {"CheckSettingNegative", R"("nameservers": ["ns-1"],)", R"("transactions": {"transactionCheckMax": -1}, "nameservers": ["ns-1"],)"},
    {"CheckIntervalZero", R"("nameservers": ["ns-1"],)", R"("transactions": {"transactionCheckInterval": 0}, "nameservers": ["ns-1"],)"},
    {"ResponderKey", R"("nameservers": ["ns-1"],)", R"("responders": [{"topic": "TopicTest", "delay": 5}], "nameservers": ["ns-1"],)"},
    {"ResponderWithoutTopic", R"("nameservers": ["ns-1"],)", R"("responders": [{"reply": "x"}], "nameservers": ["ns-1"],)"},
    {"ResponderNth", R"("nameservers": ["ns-1"],)", R"("responders": [{"topic": "TopicTest", "nth": "first"}], "nameservers": ["ns-1"],)"},
    {"ResponderNegativeDelay", R"("nameservers": ["ns-1"],)", R"("responders": [{"topic": "TopicTest", "delayMs": -2}], "nameservers": ["ns-1"],)"},
    {"TransactionExpectationKey", R"("outcome": "SEND_OK")", R"("transaction": {"checks": 1, "locl": "commit"})"},
    {"TransactionExpectationEmpty", R"("outcome": "SEND_OK")", R"("transaction": {})"},
    {"TransactionEnd", R"("outcome": "SEND_OK")", R"("transaction": {"broker": "comitted"})"},
    {"TransactionChecksNegative", R"("outcome": "SEND_OK")", R"("transaction": {"checks": -1})"},
    {"TimeOfAnAssertedFaultItem", R"("steps": [)",
     R"("steps": [{"assert": [{"faultItem": "broker-a", "atMs": 5, "available": true}]},)"},
    {"Callbacks", R"("outcome": "SEND_OK")", R"("callbacks": ["REPLAY"])"},
    {"BrokerTransactionsKey", R"({"sends": "all", "outcome": "SEND_OK"})", R"({"broker": "broker-a", "transactions": {"commited": 1}})"},
    {"RespondToACheck", R"("on": "send", "nth": "1-5", "do": {"respond": {"code": "SYSTEM_BUSY"}})", R"("on": "checkTransaction", "do": {"respond": {"code": "SYSTEM_BUSY"}})"},
    {"MayBeIdleIsAWord", R"("nth": "1-5")", R"("mayBeIdle": "yes")"},
    {"MayBeIdleBesideASend", R"("name": "burst")", R"("name": "burst", "mayBeIdle": true)"},
    {"ChangeOfASettingThatIsReadOnce", R"("steps": [)",
     R"("steps": [{"do": {"setConfig": {"producer": "p", "config": {"unitName": "u"}}}},)"},
    {"ChangeOfNoSetting", R"("steps": [)", R"("steps": [{"do": {"setConfig": {"producer": "p", "config": {}}}},)"},
    {"SettingThatIsNotSupported", R"("sendMsgTimeout": 3000)", R"("socksProxyConfig": "{}")"},
    {"RespondToAPush", R"("on": "send", "nth": "1-5", "do": {"respond": {"code": "SYSTEM_BUSY"}})", R"("on": "pushReply", "do": {"respond": {"code": "SYSTEM_BUSY"}})"},
    {"PullsAtANameserverHaveNoProducer", R"("on": "send", "nth": "1-5")", R"("on": "pull", "producer": "p")"},
    {"GarbagePush", R"("on": "send", "nth": "1-5", "do": {"respond": {"code": "SYSTEM_BUSY"}})", R"("on": "PUSH_REPLY_MESSAGE_TO_CLIENT", "do": {"garbage": 5})"},
};
INSTANTIATE_TEST_SUITE_P(Table, BothRefuse, testing::ValuesIn(kBroken), [](auto& info) { return info.param.name; });

class BothTake : public testing::TestWithParam<Broken> {};

TEST_P(BothTake, TheSameFile) {
  const std::string text = replaced(kMinimal, GetParam().from, GetParam().to);
  ASSERT_NE(text, kMinimal);
  const ParseResult result = parse_scenario(text, "minimal.json");
  EXPECT_TRUE(result.ok()) << result.to_string();
  EXPECT_EQ(schema_errors(json::parse(text)), "");
}

const Broken kSound[] = {
    {"AttemptWithAnyCode", R"("outcome": "SEND_OK")", R"("attempts": [["broker-a", 0, "CONSUMER_NOT_ONLINE"]])"},
    {"AttemptWithANumber", R"("outcome": "SEND_OK")", R"("attempts": [["broker-a", 0, "777"]])"},
    {"ExceptionWithAnyCode", R"("outcome": "SEND_OK")", R"("exception": {"responseCode": "PULL_OFFSET_MOVED"})"},
    {"ExceptionWithTheClientsCode", R"("outcome": "SEND_OK")",
     R"("exception": {"responseCode": "NOT_FOUND_TOPIC_EXCEPTION"})"},
    {"ChangeOfASetting", R"("steps": [)",
     R"("steps": [{"do": {"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 5}}}},)"},
    {"HealAll", R"("steps": [)",
     R"("steps": [{"do": {"partition": {"between": "broker-a"}}}, {"do": {"heal": "all"}},)"},
    {"HealOne", R"("steps": [)",
     R"("steps": [{"do": {"partition": {"between": "broker-a"}}}, {"do": {"heal": {"between": "broker-a"}}},)"},
};
INSTANTIATE_TEST_SUITE_P(Table, BothTake, testing::ValuesIn(kSound), [](auto& info) { return info.param.name; });

}  // namespace
}  // namespace rmqsim
