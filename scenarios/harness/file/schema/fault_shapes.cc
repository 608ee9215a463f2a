// Which requests a rule looks at.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "fake_broker/rules/fault_action.h"
#include "fake_broker/rules/fault_rule.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/schema/definitions.h"

namespace rmqsim {
namespace {

constexpr std::string_view kServerOrAll = R"("anyOf": [{"$ref": "#/definitions/name"}, {"const": "*"}])";

/// The words whose requests do not tell a rule that fact.
std::string words_without(char fact) {
  std::vector<std::string_view> words;
  for (const RequestFamily& family : request_families()) {
    if (family.facts.find(fact) == std::string_view::npos) words.push_back(family.word);
  }
  return word_list(words);
}

std::string nameserver_words() {
  std::vector<std::string_view> words;
  for (const RequestFamily& family : request_families()) {
    if (family.at == RequestFamily::At::nameserver) words.push_back(family.word);
  }
  return word_list(words);
}

std::string link_words() {
  std::vector<std::string_view> words;
  for (const RequestFamily& family : request_families()) {
    if (FaultTarget{family.kind}.is_link()) words.push_back(family.word);
  }
  return word_list(words);
}

/// The actions that are possible in one of these places (FaultPlace).
std::string actions_possible(unsigned places) {
  std::vector<std::string_view> keys;
  for (const FaultActionRow& row : fault_actions()) {
    if ((row.possible & places) != 0) keys.push_back(row.key);
  }
  return word_list(keys);
}

/// Which selectors and actions a rule's requests cannot have.
std::string fault_exclusions() {
  const auto actions = [](unsigned places) {
    return R"("do": {"type": "object", "propertyNames": {"enum": )" + actions_possible(places) + "}}";
  };
  std::string text = R"("allOf": [
    {"not": {"required": ["nth", "times"]}},
    {"anyOf": [{"required": ["nth"]}, {"required": ["times"]}, {"properties": {"count": {"const": "broker"}}}]},
    {"anyOf": [{"properties": {"at": {"const": "*"}}}, {"properties": {"count": {"not": {"const": "cluster"}}}}]},
    {"anyOf": [
      {"properties": {"on": {"not": {"enum": [
        "checkTransaction", "pushReply", "CHECK_TRANSACTION_STATE", "PUSH_REPLY_MESSAGE_TO_CLIENT"]}}}},
      {"properties": {)" +
                     actions(kOnPushes) + R"(}}
    ]},
    {"anyOf": [
      {"properties": {"on": {"const": "connect"}, )" +
                     actions(kOnConnect | kBesideOnConnect) + R"(}},
      {"properties": {"on": {"enum": )" +
                     link_words() + "}, " + actions(kOnLink) + R"(}},
      {"properties": {"on": {"not": {"enum": ["connect", )" +
                     link_words().substr(1) + "}}, " +
                     actions(kOnRequests) + R"(}}
    ]},
    {"not": {"properties": {"at": {"const": "*"}, "on": {"enum": )" +
                     nameserver_words() + "}}}}";
  for (const auto& [key, fact] : {std::pair{"topic", 't'}, {"queueId", 'q'}, {"producer", 'p'}}) {
    text += std::string(R"(, {"not": {"required": [")") + key + R"("], "properties": {"on": {"enum": )" +
            words_without(fact) + "}}}}";
  }
  text += R"(, {"not": {"required": ["count"], "properties": {"count": {"const": "message"}, "on": {"enum": )" +
          words_without('m') + "}}}}";
  return text + "]";
}

constexpr KeyRow kFaultRows[] = {
    {"id", key::text(1, 127), "", R"((by position, "fault[3]"))", "For the trace and messages; unique."},
    {"at", key::json(kServerOrAll), "", key::required,
     "A broker, a nameserver, or * for one such rule at every broker."},
    {"on", key::ref("target"), "", key::required, "Which requests; or connections, or the bytes that they carry."},
    {"nth", key::ref("nth"), "", "(every)", "Which of the requests that the other selectors match."},
    {"times", key::integer(1, kMaxSends), "", key::none, "The first so many of them: short for `nth`."},
    {"count", key::words(kFaultCountWords), "", "\"broker\"",
     "What `nth` and `times` count: the requests (on connections and links: connections) at each server, at all "
     "servers that the rule is for together, or the tries of each message, wherever they go."},
    {"fromMs", key::time_ms, "ms", "0", "Since the first step began, included."},
    {"toMs", key::time_ms, "ms", key::none, "Since the first step began, excluded; later than `fromMs`."},
    {"probability", key::number(0, 1), "", "1",
     "From the scenario's seed; one of the selectors, so `nth` counts its hits."},
    {"topic", key::text(), "", "(any)", "A topic that the file names."},
    {"queueId", key::integer(0, INT32_MAX), "", "(any)", "The queue that the request names."},
    {"producer", key::ref("name"), "", "(any)", "Requests of its group."},
    {"do", key::ref("action"), "", key::required, "What happens to the request, the connection or its bytes."},
    {"mayBeIdle", key::boolean, "", "false",
     "A run in which the rule never acts is no failure, and that it can never act no error. For a rule that acts in "
     "some of the scenario's profiles only, too."},
};

/// A gate has the id and the selectors of a rule, and the server may choose the id.
constexpr std::array kGateRows = [] {
  constexpr std::size_t kIdAndSelectors = 12;
  static_assert(kFaultRows[kIdAndSelectors].name == "do");
  std::array<KeyRow, kIdAndSelectors> rows;
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = kFaultRows[i];
  rows[0].standard = "(chosen by the server)";
  return rows;
}();

}  // namespace

namespace shapes {

constinit const Shape fault{
    "fault",
    "A rule: the first matching rule in file order acts. A rule counts the requests that its other selectors match, "
    "whether or not an earlier rule acted on them.",
    kFaultRows,
    {},
    fault_exclusions};

constinit const Shape gate{"gate", "Which requests to hold: the selectors of a fault rule.", kGateRows,
                           R"("not": {"required": ["nth", "times"]})"};

}  // namespace shapes
}  // namespace rmqsim
