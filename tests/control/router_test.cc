// The control room without sockets: every resource, asked well and badly.
#include <gmock/gmock.h>

#include <cctype>
#include <set>
#include <sstream>

#include "tests/control/fixture.h"

namespace rmqsim {
namespace router_test {

using testing::HasSubstr;
using testing::Not;

const std::string kBusy = R"({"id": "busy", "at": "broker-a", "on": "send", "times": 2,
                              "do": {"respond": {"code": "SYSTEM_BUSY"}}})";

// ---- the frame

TEST_F(ControlTest, AnUnknownPathNamesTheNearestKnownOne) {
  const Answer answer = ask("GET", "/v1/fault");
  EXPECT_EQ(answer.status, 404u);
  EXPECT_EQ(answer.body["status"], 404);
  EXPECT_THAT(answer.error(), HasSubstr("did you mean \"/v1/faults\""));
}

TEST_F(ControlTest, AWrongMethodIsToldWhichOnesThereAre) {
  std::optional<HttpResponse> response;
  under(runtime_, [&] { response = control_.handle({"PATCH", "/v1/faults", ""}, Duration::zero()); });
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 405u);
  EXPECT_EQ(response->allow, "GET, POST, DELETE");
}

TEST_F(ControlTest, UnknownOrRepeatedParametersAreErrors) {
  EXPECT_THAT(ask("GET", "/v1/requests?topik=T").error(), HasSubstr("did you mean \"topic\""));
  EXPECT_THAT(ask("GET", "/v1/requests?topic=T&topic=U").error(), HasSubstr("given twice"));
  EXPECT_EQ(ask("GET", "/v1/requests?limit=0").status, 400u);
  EXPECT_EQ(ask("GET", "/v1/requests?limit=-1").status, 400u);
  EXPECT_EQ(ask("GET", "/v1/requests?topic=%zz").status, 400u);
  EXPECT_EQ(ask("GET", "/v1/requests?topic=%4").status, 400u);
}

TEST_F(ControlTest, ABodyWhereNoneBelongsIsAnError) {
  EXPECT_EQ(ask("GET", "/v1/faults", "{}").status, 400u);
  EXPECT_EQ(ask("POST", "/v1/brokers/broker-a/crash", R"({"now": true})").status, 400u);
  EXPECT_EQ(ask("POST", "/v1/faults/reset", "{}").status, 200u);
}

/// Where a list of schemas stands for one, which JSON Schema 2020-12, and so OpenAPI 3.1, does not have.
std::string list_of_schemas(const nlohmann::ordered_json& value, const std::string& at) {
  if (value.is_object() && (value.contains("additionalItems") || (value.contains("items") && value["items"].is_array()))) {
    return at;
  }
  if (!value.is_structured()) return "";
  for (const auto& [key, member] : value.items()) {
    if (const std::string found = list_of_schemas(member, at + "/" + key); !found.empty()) return found;
  }
  return "";
}

TEST_F(ControlTest, TheDescriptionHasSchemasOfItsOwnDialect) {
  const Json document = ask("GET", "/openapi.json").body;
  EXPECT_EQ(list_of_schemas(document, ""), "");
  const Json& uniform = document["components"]["schemas"]["delay"]["properties"]["uniform"];
  EXPECT_EQ(uniform["prefixItems"].size(), 2u) << uniform;
  EXPECT_EQ(uniform["items"], false) << "no third number";
}

TEST_F(ControlTest, TheDescriptionHasEveryRouteAndNoOther) {
  const Json document = ask("GET", "/openapi.json").body;
  EXPECT_EQ(document["openapi"], "3.1.0");
  std::set<std::string> table, described, ids;
  for (const ControlRoute& route : Control::routes()) {
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(std::tolower(c));
    table.insert(method + " " + std::string(route.path));
  }
  const Json& schemas = document["components"]["schemas"];
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      described.insert(method + " " + path);
      EXPECT_FALSE(operation["summary"].get<std::string>().empty()) << path;
      EXPECT_TRUE(ids.insert(operation["operationId"]).second) << path;
      for (const Json& parameter : operation["parameters"]) {
        if (parameter["in"] == "query") {
          EXPECT_FALSE(parameter["description"].get<std::string>().empty()) << path;
        } else {
          EXPECT_THAT(path, HasSubstr("{" + parameter["name"].get<std::string>() + "}"));
        }
      }
      EXPECT_TRUE(operation["responses"].contains("default"));
    }
  }
  EXPECT_EQ(described, table);
  const std::string text = document.dump();
  const std::string prefix = "\"#/components/schemas/";
  for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
    const std::size_t begin = at + prefix.size();
    const std::string name = text.substr(begin, text.find('"', begin) - begin);
    EXPECT_TRUE(schemas.contains(name)) << name;
  }
  EXPECT_EQ(text.find("#/definitions/"), std::string::npos);
}

TEST_F(ControlTest, TellsHealthVersionAndEnd) {
  EXPECT_EQ(ask("GET", "/v1/health").body["status"], "ok");
  EXPECT_EQ(ask("GET", "/v1/version").body["version"], "1.2.3");
  EXPECT_EQ(ask("POST", "/v1/shutdown").status, 409u);
  bool ended = false;
  control_.on_shutdown([&] { ended = true; });
  EXPECT_EQ(ask("POST", "/v1/shutdown").status, 202u);
  EXPECT_TRUE(ended);
}

// ---- faults

TEST_F(ControlTest, ARuleActsFromTheMomentItIsAddedUntilItIsRemoved) {
  EXPECT_EQ(send(*a_, "K0"), 0);
  EXPECT_EQ(ask("POST", "/v1/faults", kBusy).status, 201u);
  EXPECT_EQ(send(*a_, "K1"), 2);
  EXPECT_EQ(send(*b_, "K2"), 0);
  Answer rule = ask("GET", "/v1/faults/busy");
  EXPECT_EQ(rule.body["acted"], 1);
  EXPECT_EQ(rule.body["rule"]["times"], 2);
  EXPECT_EQ(ask("DELETE", "/v1/faults/busy").status, 200u);
  EXPECT_EQ(send(*a_, "K3"), 0);
  EXPECT_EQ(ask("GET", "/v1/faults/busy").status, 404u);
}

TEST_F(ControlTest, TimesRunOutAndAResetBeginsThemAnew) {
  ask("POST", "/v1/faults", kBusy);
  EXPECT_EQ(send(*a_), 2);
  EXPECT_EQ(send(*a_), 2);
  EXPECT_EQ(send(*a_), 0);
  EXPECT_EQ(ask("POST", "/v1/faults/busy/reset").body["acted"], 0);
  EXPECT_EQ(send(*a_), 2);
  EXPECT_EQ(ask("POST", "/v1/faults/reset").body["faults"][0]["acted"], 0);
  EXPECT_EQ(send(*a_), 2);
}

TEST_F(ControlTest, ARulesCountAdvancesWhenItMatchesNotAfterItsDelay) {
  ask("POST", "/v1/faults", R"({"id": "slow", "at": "broker-a", "on": "send", "times": 1, "do": {"delayMs": 1000}})");
  EXPECT_EQ(send(*a_), -1);
  EXPECT_EQ(ask("GET", "/v1/faults/slow").body["acted"], 1);
  EXPECT_EQ(send(*a_), 0);
}

TEST_F(ControlTest, OtherRulesKeepTheirCountsWhenOneComesOrGoes) {
  ask("POST", "/v1/faults", kBusy);
  EXPECT_EQ(send(*a_), 2);
  ask("POST", "/v1/faults", R"({"id": "other", "at": "*", "on": "heartbeat", "do": {"drop": "request"}})");
  EXPECT_EQ(send(*a_), 2);
  ask("DELETE", "/v1/faults/other");
  EXPECT_EQ(send(*a_), 0);
}

TEST_F(ControlTest, SeveralRulesComeInOneRequestOrNotAtAll) {
  const Answer good = ask("POST", "/v1/faults", R"([{"at": "*", "on": "send", "do": {"delayMs": 1}},
                                                   {"at": "ns-1", "on": "route", "do": {"drop": "response"}}])");
  EXPECT_EQ(good.status, 201u);
  EXPECT_EQ(good.body["faults"][0]["id"], "rule-1");
  EXPECT_EQ(good.body["faults"][1]["id"], "rule-2");
  const Answer bad = ask("POST", "/v1/faults", R"([{"at": "*", "on": "send", "do": {"delayMs": 1}},
                                                  {"at": "*", "on": "send"}])");
  EXPECT_EQ(bad.status, 400u);
  EXPECT_EQ(ask("GET", "/v1/faults").body["faults"].size(), 2u);
  EXPECT_EQ(ask("DELETE", "/v1/faults").body["removed"], 2);
}

TEST_F(ControlTest, MistakesInARuleGetTheWordsOfTheScenarioParser) {
  EXPECT_THAT(ask("POST", "/v1/faults", R"({"at": "broker-a", "on": "send", "tims": 1, "do": {"delayMs": 1}})").error(),
              HasSubstr("unknown key \"tims\"; did you mean \"times\"?"));
  EXPECT_THAT(ask("POST", "/v1/faults", R"({"at": "broker-x", "on": "send", "do": {"delayMs": 1}})").error(),
              HasSubstr("unknown server \"broker-x\"; did you mean \"broker-a\"?"));
}

TEST_F(ControlTest, GarbageIsRefusedWithItsPlace) {
  for (const char* text : {"", "[", "7", "\"x\"", "{\"at\": 1}", "[[]]", "\xff\xfe", "{} {}"}) {
    const Answer answer = ask("POST", "/v1/faults", text);
    EXPECT_EQ(answer.status, 400u) << text;
    EXPECT_THAT(answer.error(), HasSubstr("body")) << text;
  }
  EXPECT_EQ(ask("POST", "/v1/faults", std::string(100'000, '[')).status, 400u);
  EXPECT_EQ(ask("GET", "/v1/faults").body["faults"].size(), 0u);
}

TEST_F(ControlTest, AnIdIsThereOnce) {
  ask("POST", "/v1/faults", kBusy);
  const Answer again = ask("POST", "/v1/faults", kBusy);
  EXPECT_EQ(again.status, 409u);
  EXPECT_THAT(again.error(), HasSubstr("\"busy\" is already there"));
}

TEST_F(ControlTest, PutReplacesARuleInItsPlace) {
  ask("POST", "/v1/faults", kBusy);
  ask("POST", "/v1/faults", R"({"id": "second", "at": "broker-a", "on": "send", "do": {"respond": {"code": 1}}})");
  const std::string changed = R"({"at": "broker-a", "on": "send", "do": {"respond": {"code": 14}}})";
  EXPECT_EQ(ask("PUT", "/v1/faults/busy", changed).status, 200u);
  EXPECT_EQ(ask("GET", "/v1/faults").body["faults"][0]["id"], "busy");
  EXPECT_EQ(send(*a_), 14);
  EXPECT_EQ(ask("PUT", "/v1/faults/none", changed).status, 404u);
  EXPECT_EQ(ask("PUT", "/v1/faults/second", kBusy).status, 400u);
  EXPECT_EQ(ask("PUT", "/v1/faults/busy", "[]").status, 400u);
}

TEST_F(ControlTest, AProducerIsItsGroupOutsideOfAScenario) {
  ask("POST", "/v1/faults",
      R"({"at": "*", "on": "send", "producer": "orders", "do": {"respond": {"code": "SYSTEM_BUSY"}}})");
  EXPECT_EQ(send(*a_, "K", "T", "other"), 0);
  EXPECT_EQ(send(*a_, "K", "T", "orders"), 2);
}

TEST_F(ControlTest, ARefusingRuleClosesThePortUntilItIsRemoved) {
  EXPECT_EQ(ask("POST", "/v1/faults", R"({"id": "r", "at": "broker-a", "on": "connect", "do": {"refuse": true}})").status,
            201u);
  EXPECT_FALSE(connect(a_->address()).connected);
  ask("DELETE", "/v1/faults/r");
  EXPECT_TRUE(connect(a_->address()).connected);
  EXPECT_EQ(ask("POST", "/v1/faults", R"({"at": "broker-a", "on": "connect", "times": 1, "do": {"refuse": true}})").status,
            400u);
}

TEST_F(ControlTest, ARuleThatOthersLeaveNothingToDoIsRefusedUnlessItMayBeIdle) {
  const auto rule = [](const std::string& rest) {
    return R"({"at": "broker-a", "on": "send", "do": {"drop": "request"})" + rest + "}";
  };
  ASSERT_EQ(ask("POST", "/v1/faults", rule(R"(, "id": "all")")).status, 201u);
  const Answer hidden = ask("POST", "/v1/faults", rule(R"(, "id": "late", "topic": "T")"));
  EXPECT_EQ(hidden.status, 409u);
  EXPECT_EQ(hidden.error(),
            "rule \"late\" can never act: \"all\" takes care of every request that it looks at; "
            "\"mayBeIdle\": true allows that");
  EXPECT_EQ(ask("POST", "/v1/faults", rule("")).error().find("rule number 1 can never act: \"all\" takes care"), 0u);
  EXPECT_EQ(ask("GET", "/v1/faults").body.at("faults").size(), 1u);
  EXPECT_EQ(ask("POST", "/v1/faults", rule(R"(, "id": "late", "mayBeIdle": true)")).status, 201u);
  EXPECT_EQ(ask("PUT", "/v1/faults/late", rule(R"(, "topic": "T")")).status, 409u);
  EXPECT_EQ(ask("PUT", "/v1/faults/all", rule(R"(, "topic": "T")")).status, 200u);
  EXPECT_EQ(ask("PUT", "/v1/faults/late", rule("")).status, 200u);
}

TEST_F(ControlTest, TurnsHideALaterRuleOnlyWhileBothCountTheSameRequests) {
  const auto rule = [](const std::string& nth) {
    return R"({"at": "broker-a", "on": "send", "nth": ")" + nth + R"(", "do": {"respond": {"code": "SYSTEM_BUSY"}}})";
  };
  EXPECT_EQ(ask("POST", "/v1/faults", "[" + rule("1-3") + "," + rule("2") + "]").error(),
            "rule number 2 can never act: rule number 1 has all its turns; \"mayBeIdle\": true allows that");
  ASSERT_EQ(ask("POST", "/v1/faults", rule("1-3")).status, 201u);
  EXPECT_EQ(ask("POST", "/v1/faults", rule("2")).status, 409u);
  EXPECT_EQ(send(*a_, "K"), 2);
  EXPECT_EQ(ask("POST", "/v1/faults", rule("3")).status, 201u) << "its third request is the other's fourth";
}

TEST_F(ControlTest, AWindowThatIsOverIsRefused) {
  run_for(std::chrono::seconds(1));
  const std::string over = R"({"at": "broker-a", "on": "send", "id": "r", "toMs": 500, "do": {"drop": "request"}})";
  for (const auto& [method, path] : {std::pair{"POST", "/v1/faults"}, {"POST", "/v1/gates"}}) {
    const bool gate = std::string(path).ends_with("gates");
    const Answer answer = ask(method, path, gate ? R"({"at": "broker-a", "on": "send", "toMs": 500})" : over);
    EXPECT_EQ(answer.status, 409u) << path;
    EXPECT_EQ(answer.error().find("the window is over: \"toMs\" is 500 ms, and it is 10"), 0u) << answer.error();
  }
  const std::string open = R"({"at": "broker-a", "on": "send", "id": "r", "toMs": 5000, "do": {"drop": "request"}})";
  EXPECT_EQ(ask("POST", "/v1/faults", open).status, 201u);
  EXPECT_EQ(ask("PUT", "/v1/faults/r", over).status, 409u);
  EXPECT_EQ(ask("GET", "/v1/faults/r").body["rule"]["toMs"], 5000);
  const char* never = R"({"at": "*", "on": "send", "probability": 0, "do": {"late": true}})";
  EXPECT_EQ(ask("POST", "/v1/faults", never).status, 400u);
}

TEST_F(ControlTest, ARuleThatCanOnlyChangeAnswersThatDoNotComeIsRefused) {
  const char* delay = R"({"at": "broker-a", "on": "endTransaction", "do": {"delayMs": 500}})";
  const Answer answer = ask("POST", "/v1/faults", delay);
  EXPECT_EQ(answer.status, 400u);
  EXPECT_EQ(answer.error().find("the rule can never act: END_TRANSACTION is a one-way request"), 0u) << answer.error();
  const char* lose = R"({"id": "r", "at": "broker-a", "on": "endTransaction", "do": {"drop": "request"}})";
  EXPECT_EQ(ask("POST", "/v1/faults", lose).status, 201u);
  EXPECT_EQ(ask("PUT", "/v1/faults/r", delay).status, 400u);
  const char* idle = R"({"at": "*", "on": "send", "mayBeIdle": true, "do": {"delayMs": 0}})";
  EXPECT_EQ(ask("POST", "/v1/faults", idle).status, 201u);
}

// The log is asked in the words of rules, all of them.
TEST_F(ControlTest, RequestsAreFoundByTheWordsOfRules) {
  send(*a_);
  EXPECT_EQ(ask("GET", "/v1/requests/count?code=send").body["count"], 1);
  EXPECT_EQ(ask("GET", "/v1/requests/count?code=any").body["count"], 1);
  for (const char* word : {"pull", "route", "heartbeat", "unregister", "11"}) {
    EXPECT_EQ(ask("GET", std::string("/v1/requests/count?code=") + word).body["count"], 0) << word;
  }
  EXPECT_EQ(ask("GET", "/v1/requests?code=sned").error(), R"(unknown request "sned"; did you mean "send"?)");
  EXPECT_EQ(ask("GET", "/v1/requests?code=banana").error(), R"(unknown request "banana")");
  EXPECT_EQ(ask("GET", "/v1/requests?code=connect").status, 400u);
}

TEST_F(ControlTest, NearMissesSayWhichConditionFailed) {
  ask("POST", "/v1/faults", R"({"id": "r", "at": "broker-a", "on": "send", "topic": "Orders", "nth": "2",
                                "do": {"respond": {"code": 1}}})");
  send(*a_, "K1", "T");
  send(*b_, "K2", "Orders");
  const Json near = ask("GET", "/v1/faults/r/near-misses").body["nearMisses"];
  ASSERT_GE(near.size(), 2u);
  EXPECT_EQ(near[0]["request"]["server"], "broker-b");
  EXPECT_EQ(near[0]["failed"][0]["condition"], "at");
  EXPECT_EQ(near[1]["failed"][0]["condition"], "topic");
  EXPECT_EQ(near[1]["failed"][0]["found"], "T");
  send(*a_, "K3", "Orders");
  const Json first = ask("GET", "/v1/faults/r/near-misses?limit=1").body["nearMisses"];
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0]["failed"][0]["condition"], "nth");
  EXPECT_EQ(ask("GET", "/v1/faults/x/near-misses").status, 404u);
}

// ---- servers

TEST_F(ControlTest, ABrokerCrashesRestartsPausesAndResumes) {
  EXPECT_EQ(ask("POST", "/v1/brokers/broker-a/crash").body["state"], "crashed");
  EXPECT_EQ(ask("GET", "/v1/health").body["status"], "degraded");
  EXPECT_EQ(send(*a_), -1);
  EXPECT_EQ(ask("POST", "/v1/brokers/broker-a/crash").status, 409u);
  EXPECT_EQ(ask("POST", "/v1/brokers/broker-a/pause").status, 409u);
  EXPECT_EQ(ask("POST", "/v1/brokers/broker-a/restart").body["state"], "running");
  EXPECT_EQ(send(*a_), 0);
  EXPECT_EQ(ask("POST", "/v1/brokers/broker-a/restart").status, 409u);
  EXPECT_EQ(ask("POST", "/v1/brokers/broker-a/pause").body["state"], "paused");
  EXPECT_EQ(send(*a_), -1);
  EXPECT_EQ(ask("POST", "/v1/brokers/broker-a/resume").body["state"], "running");
  EXPECT_EQ(send(*a_), 0);
  EXPECT_THAT(ask("POST", "/v1/brokers/broker/crash").error(), HasSubstr("did you mean \"broker-a\""));
}

TEST_F(ControlTest, ANameserverCrashesAndComesBack) {
  EXPECT_EQ(ask("POST", "/v1/nameservers/ns-1/crash").body["state"], "crashed");
  EXPECT_FALSE(connect(ns_->address()).connected);
  EXPECT_EQ(ask("POST", "/v1/nameservers/ns-1/restart").body["state"], "running");
  EXPECT_EQ(ask("POST", "/v1/nameservers/ns-2/crash").status, 404u);
  EXPECT_EQ(ask("GET", "/v1/nameservers").body["nameservers"][0]["name"], "ns-1");
}

TEST_F(ControlTest, PermissionsChangeForABrokerOrATopic) {
  EXPECT_EQ(ask("PUT", "/v1/brokers/broker-a/perm", R"({"perm": "r"})").body["perm"], 4);
  EXPECT_EQ(ask("PUT", "/v1/brokers/broker-a/perm", R"({"perm": "r", "topic": "T"})").status, 200u);
  // As on a real broker a permission tells clients where to send, by the route; what is sent all the same is stored.
  EXPECT_EQ(ask("GET", "/v1/routes/T").body["routes"][0]["queues"][0]["perm"], 4);
  EXPECT_EQ(send(*a_), 0);
  EXPECT_EQ(ask("PUT", "/v1/brokers/broker-a/perm", R"({"perm": "r", "topic": "None"})").status, 404u);
  EXPECT_EQ(ask("PUT", "/v1/brokers/broker-a/perm", R"({"perm": "x"})").status, 400u);
  EXPECT_EQ(ask("PUT", "/v1/brokers/broker-a/perm", "{}").status, 400u);
}

// ---- topics and routes

TEST_F(ControlTest, ATopicIsPutAtBrokersAndReachesTheRoute) {
  EXPECT_EQ(ask("PUT", "/v1/topics/Orders", R"({"brokers": ["broker-b"], "queues": 2})").status, 200u);
  run_for(millis(2000));
  const Json route = ask("GET", "/v1/routes/Orders").body["routes"][0];
  ASSERT_EQ(route["queues"].size(), 1u);
  EXPECT_EQ(route["queues"][0]["broker"], "broker-b");
  EXPECT_EQ(route["queues"][0]["writeQueues"], 2);
  EXPECT_THAT(ask("PUT", "/v1/topics/Orders", R"({"brokers": ["broker-c"]})").error(),
              HasSubstr("unknown broker \"broker-c\""));
  EXPECT_EQ(ask("PUT", "/v1/topics/a%2Fb", "{}").status, 400u);
  EXPECT_EQ(ask("PUT", "/v1/topics/TBW102", "{}").status, 409u);
  EXPECT_EQ(ask("GET", "/v1/routes/None").status, 404u);
}

TEST_F(ControlTest, ABrokerLeavesARouteAndComesBackWhenItIsSet) {
  EXPECT_EQ(ask("DELETE", "/v1/routes/T/brokers/broker-a").body["removedAt"][0], "ns-1");
  EXPECT_EQ(ask("GET", "/v1/routes/T").body["routes"][0]["queues"].size(), 1u);
  EXPECT_EQ(ask("DELETE", "/v1/routes/T/brokers/broker-a").status, 404u);
  EXPECT_EQ(ask("PUT", "/v1/routes/T", R"({"queues": {"broker-a": 3}})").status, 200u);
  const Json stated = ask("GET", "/v1/routes/T").body["routes"][0]["queues"];
  ASSERT_EQ(stated.size(), 1u) << "broker-b is left out of what was put, hence out of the route";
  EXPECT_EQ(stated[0]["broker"], "broker-a");
  EXPECT_EQ(ask("PUT", "/v1/routes/T?nameserver=ns-9", "{}").status, 404u);
}

TEST_F(ControlTest, ATopicWithoutQueuesIsInNoList) {
  for (const char* broker : {"broker-a", "broker-b"}) {
    ask("DELETE", std::string("/v1/routes/T/brokers/") + broker);
  }
  const Answer gone = ask("GET", "/v1/routes/T");
  EXPECT_EQ(gone.status, 404u);
  EXPECT_THAT(gone.error(), Not(HasSubstr("did you mean \"T\"")));
  const auto listed = [&] { return ask("GET", "/v1/routes").body["routes"][0]["topics"].get<std::set<std::string>>(); };
  EXPECT_FALSE(listed().contains("T"));
  run_for(std::chrono::seconds(60));
  EXPECT_FALSE(listed().contains("T")) << "no registration brings it back";
  ask("PUT", "/v1/routes/T", R"({"queues": {"broker-a": 3}})");
  EXPECT_TRUE(listed().contains("T"));
}

// ---- requests

TEST_F(ControlTest, RequestsAreListedWithWhatBecameOfThemPageByPage) {
  ask("POST", "/v1/faults", kBusy);
  send(*a_, "K1");
  send(*b_, "K2");
  send(*b_, "K3");
  const Json page = ask("GET", "/v1/requests?code=send&limit=2").body;
  ASSERT_EQ(page["requests"].size(), 2u);
  EXPECT_EQ(page["requests"][0]["key"], "K1");
  EXPECT_EQ(page["requests"][0]["rule"], "busy");
  EXPECT_EQ(page["requests"][0]["outcome"], "SYSTEM_BUSY");
  EXPECT_EQ(page["requests"][1]["stored"], 1);
  EXPECT_EQ(page["more"], true);
  const Json rest = ask("GET", "/v1/requests?code=send&after=" + std::to_string(page["next"].get<int>())).body;
  ASSERT_EQ(rest["requests"].size(), 1u);
  EXPECT_EQ(rest["requests"][0]["key"], "K3");
  EXPECT_EQ(rest["more"], false);
  EXPECT_EQ(ask("GET", "/v1/requests/count?code=send&server=broker-b").body["count"], 2);
  EXPECT_EQ(ask("GET", "/v1/requests/count?outcome=SYSTEM_BUSY").body["count"], 1);
  EXPECT_EQ(ask("GET", "/v1/requests/count?code=SEND_MESSAGE_V2&group=g&topic=T").body["count"], 3);
  EXPECT_THAT(ask("GET", "/v1/requests/count?code=SENT").error(), HasSubstr("unknown request \"SENT\""));
  EXPECT_EQ(ask("DELETE", "/v1/requests").status, 200u);
  EXPECT_EQ(ask("GET", "/v1/requests/count").body["count"], 0);
}

TEST_F(ControlTest, AServerOrAnOutcomeThatThereIsNotIsNoFilter) {
  EXPECT_EQ(ask("GET", "/v1/requests/count?outcome=success").status, 400u);
  EXPECT_THAT(ask("GET", "/v1/requests?outcome=success").error(), HasSubstr("did you mean \"SUCCESS\""));
  EXPECT_THAT(ask("GET", "/v1/requests/wait?outcome=LOSST").error(), HasSubstr("did you mean \"LOST\""));
  EXPECT_THAT(ask("GET", "/v1/requests?server=broker").error(), HasSubstr("unknown server \"broker\""));
  for (const char* good : {"outcome=", "outcome=LOST", "outcome=ONEWAY", "outcome=SYSTEM_BUSY", "outcome=4711",
                           "server=ns-1", "server=broker-b"}) {
    EXPECT_EQ(ask("GET", std::string("/v1/requests/count?") + good).status, 200u) << good;
  }
}

TEST_F(ControlTest, AWaitAnswersWhenEnoughCameOrTheTimeIsOver) {
  const std::string wait = "/v1/requests/wait?code=send&count=2&timeoutMs=1000";
  EXPECT_EQ(ask("GET", wait).status, 0u) << "not yet";
  send(*a_);
  EXPECT_EQ(ask("GET", wait, "", millis(999)).status, 0u);
  EXPECT_EQ(ask("GET", wait, "", millis(1000)).body["reached"], false);
  send(*a_);
  const Answer reached = ask("GET", wait, "", millis(5));
  EXPECT_EQ(reached.body["reached"], true);
  EXPECT_EQ(reached.body["count"], 2);
  EXPECT_EQ(ask("GET", "/v1/requests/wait?timeoutMs=999999").status, 400u);
}

// ---- messages

TEST_F(ControlTest, MessagesAreFoundAndCounted) {
  send(*a_, "K1");
  send(*b_, "K1");
  send(*b_, "K2", "Other");
  ask("POST", "/v1/faults", R"({"at": "*", "on": "send", "do": {"drop": "request"}})");
  send(*a_, "K3");
  EXPECT_EQ(ask("GET", "/v1/messages?key=K1").body["messages"].size(), 2u);
  const Json one = ask("GET", "/v1/messages?broker=broker-b&limit=1").body;
  EXPECT_EQ(one["messages"][0]["body"], "hello");
  EXPECT_EQ(one["more"], true);
  const Json rest = ask("GET", "/v1/messages?after=" + one["next"].get<std::string>()).body;
  ASSERT_EQ(rest["messages"].size(), 1u);
  EXPECT_EQ(rest["messages"][0]["key"], "K2");
  const Json counts = ask("GET", "/v1/messages/counts").body;
  EXPECT_EQ(counts["stored"], 3);
  EXPECT_EQ(counts["acknowledged"], 3);
  EXPECT_EQ(counts["duplicates"], 1);
  EXPECT_EQ(counts["lost"], 1);
  EXPECT_EQ(counts["acknowledgedLost"], 0);
  EXPECT_EQ(ask("GET", "/v1/messages?broker=none").status, 404u);
  EXPECT_EQ(ask("GET", "/v1/messages?after=17").status, 400u);
}

TEST_F(ControlTest, AcknowledgedIsWhatAnAnswerThatLeftWholeSaysIsStored) {
  const auto met = [&](const std::string& action, const std::string& key) {
    ask("POST", "/v1/faults", R"({"id": "x", "at": "*", "on": "send", "do": )" + action + "}");
    send(*a_, key);
    ask("DELETE", "/v1/faults");
    const Json one = ask("GET", "/v1/requests?key=" + key).body["requests"][0];
    return one["stored"].dump() + " " + one["acknowledged"].dump();
  };
  EXPECT_EQ(met(R"({"storeThenRespond": {"code": "FLUSH_DISK_TIMEOUT"}})", "K1"), "1 true");
  EXPECT_EQ(met(R"({"storeThenRespond": {"code": "SYSTEM_BUSY"}})", "K2"), "1 false");
  EXPECT_EQ(met(R"({"wrongOpaque": true})", "K3"), "1 false");
  EXPECT_EQ(met(R"({"respond": {"code": "SUCCESS"}, "wrongOpaque": true})", "K4"), "0 false");
  EXPECT_EQ(ask("GET", "/v1/messages/counts").body["acknowledgedLost"], 0);
  EXPECT_EQ(met(R"({"respond": {"code": "SUCCESS"}})", "K5"), "0 true");
  const Json counts = ask("GET", "/v1/messages/counts").body;
  EXPECT_EQ(counts["acknowledgedLost"], 1);
  EXPECT_EQ(counts["lost"], 2);
}

TEST_F(ControlTest, ABatchIsKeptWhenItsMessagesAreAndIsFoundByTheKeyThatConsumersSee) {
  EXPECT_EQ(send_batch(*a_, "B1", {"K1", "K2", "K3"}), 0);
  EXPECT_EQ(send_batch(*a_, "", {"K4", "K5"}), 0);
  Json counts = ask("GET", "/v1/messages/counts").body;
  EXPECT_EQ(counts["stored"], 5);
  EXPECT_EQ(counts["lost"], 0);
  EXPECT_EQ(counts["acknowledgedLost"], 0);
  EXPECT_EQ(ask("GET", "/v1/messages?key=B1").body["messages"].size(), 3u);
  EXPECT_EQ(ask("GET", "/v1/messages?key=K2").body["messages"].size(), 1u);
  ask("POST", "/v1/faults", R"({"at": "*", "on": "send", "do": {"drop": "request"}})");
  send_batch(*a_, "B2", {"K6", "K7"});
  send_batch(*a_, "", {"K8", "K9"});
  counts = ask("GET", "/v1/messages/counts").body;
  EXPECT_EQ(counts["lost"], 2) << "a batch is one";
}

// ---- metrics

TEST_F(ControlTest, MetricsSayHowLongAnswersTook) {
  ask("POST", "/v1/faults", R"({"at": "broker-a", "on": "send", "nth": 1, "do": {"delayMs": 30}})");
  for (int i = 0; i < 3; ++i) send(*a_);
  run_for(millis(100));
  const std::string text = ask("GET", "/metrics").body;
  const std::string labels = "server=\"broker-a\",code=\"SEND_MESSAGE_V2\",outcome=\"SUCCESS\"";
  EXPECT_THAT(text, HasSubstr("# TYPE rmqsim_answer_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("rmqsim_answer_seconds_bucket{" + labels + ",le=\"0.0005\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("rmqsim_answer_seconds_bucket{" + labels + ",le=\"0.025\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("rmqsim_answer_seconds_bucket{" + labels + ",le=\"0.05\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("rmqsim_answer_seconds_bucket{" + labels + ",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("rmqsim_answer_seconds_sum{" + labels + "} 0.03"));
  EXPECT_THAT(text, HasSubstr("rmqsim_answer_seconds_count{" + labels + "} 3\n"));
}

TEST_F(ControlTest, MetricsAreWellFormed) {
  ask("POST", "/v1/faults", kBusy);
  send(*a_);
  const std::string text = ask("GET", "/metrics").body;
  EXPECT_THAT(text, HasSubstr("rmqsim_fault_acted_total{rule=\"busy\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rmqsim_requests_answered_total{server=\"broker-a\",code=\"SEND_MESSAGE_V2\","
                              "outcome=\"SYSTEM_BUSY\"} 1\n"));
  std::set<std::string> families;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) continue;
    if (line.starts_with("# TYPE ")) {
      EXPECT_TRUE(families.insert(line.substr(7, line.find(' ', 7) - 7)).second) << line;
      continue;
    }
    std::string name = line.substr(0, line.find_first_of("{ "));
    for (const std::string part : {"_bucket", "_sum", "_count"}) {
      if (name == "rmqsim_answer_seconds" + part) name = "rmqsim_answer_seconds";
    }
    EXPECT_TRUE(families.contains(name)) << line;
    EXPECT_EQ(line.find("broker=\""), std::string::npos) << "a server is called a server: " << line;
    EXPECT_NE(line.find_last_of(' '), std::string::npos);
    EXPECT_EQ(line.substr(line.find_last_of(' ') + 1).find_first_not_of("0123456789.e-"), std::string::npos) << line;
  }
}

}  // namespace router_test
}  // namespace rmqsim
