// The rows of the settings and of the keys say what the programs do: each setting is applied, and a default that is
// written out changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <type_traits>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/settings/producer_setting_rows.h"

namespace rmqsim {
namespace settings_test {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;
using Use = ProducerSetting::Use;

const Json kScenario = Json::parse(R"({
  "version": 1, "name": "settings", "why": "Every kind of send meets a fault.",
  "cluster": {
    "brokers": ["broker-a", {"name": "broker-b"}],
    "topics": [{"name": "T", "brokers": ["broker-a", "broker-b"]}, {"name": "T%T"}, {"name": "RMQ_SYS_TRACE_TOPIC"}],
    "transactions": {}, "responders": [{"topic": "T", "mayBeIdle": true}]},
  "network": {}, "invariants": {},
  "producers": [{"name": "p", "config": {}, "queueIndex": {"start": 0}, "listener": {}}],
  "steps": [
    {"send": {"topic": "T", "count": 6, "intervalMs": 30}},
    {"send": {"topic": "T", "mode": "async", "count": 6, "intervalMs": 30, "body": {"size": 5000}}},
    {"send": {"topic": "T", "mode": "oneway", "body": {"text": "{i}"}}},
    {"send": {"topic": "T", "batch": 3, "count": 2}},
    {"transaction": {"topic": "T"}},
    {"request": {"topic": "T", "body": {"size": 10}}},
    {"recall": {"sends": 0}},
    {"do": {"partition": {"between": "broker-a", "and": "ns-1"}}},
    {"do": {"setRoute": {"topic": "T", "brokers": "broker-b"}}},
    {"send": {"topic": "T", "count": 2}},
    {"mayBeIdle": true, "do": {"setConfig": {"producer": "p", "config": {"sendLatencyFaultEnable": true}}}},
    {"assert": {"faultItem": "broker-a", "available": true}}
  ],
  "faults": [{"at": "broker-a", "on": "send", "nth": "1-2", "do": {"respond": {"code": "SYSTEM_BUSY"}}}],
  "expect": [
    {"counts": {"SEND_OK": [1, 100]}}, {"broker": "broker-b", "requests": [0, 1000]},
    {"nameserver": "ns-1", "requests": [0, 100]}
  ]
})");

ParseResult parsed(const Json& scenario) { return parse_scenario(scenario.dump(), "-"); }

RunResult run(const Json& scenario, std::string_view profile) {
  const ParseResult result = parsed(scenario);
  EXPECT_TRUE(result.ok()) << result.to_string();
  RunResult ran = run_scenario(*result.scenario, *find_profile(profile), {});
  EXPECT_NE(ran.verdict, RunResult::Verdict::refused) << ran.reason;
  return ran;
}

std::optional<Json> value_of(const KeyRow& row) {
  if (row.standard.empty() || row.standard == key::required || row.standard == key::none) return std::nullopt;
  if (row.standard.starts_with('(')) return std::nullopt;
  return Json::parse(row.standard);
}

TEST(Settings, AreAppliedUnlessJavaItselfIsTooLateOrTheyAreRefused) {
  std::apply(
      [](const auto&... row) {
        const auto check = [](const auto& one) {
          constexpr bool applied = !std::is_same_v<std::decay_t<decltype(one.apply)>, std::nullptr_t>;
          const Use use = one.setting.use;
          EXPECT_EQ(applied, use == Use::any_time || use == Use::at_start) << one.setting.name();
        };
        (check(row), ...);
      },
      kProducerSettingRows);
}

TEST(Settings, ThatValidateTakesAreTakenByRunWhichSaysWhatHasNoEffect) {
  for (const ProducerSetting& setting : producer_settings()) {
    Json scenario = kScenario;
    const Json some = setting.key.type.kind == KeyType::Kind::refs   ? Json::array({1, 2, 3, 4, 5, 6, 7})
                      : setting.key.type.kind == KeyType::Kind::text ? Json("T")
                                                                     : Json(setting.key.type.max);
    Json value = value_of(setting.key).value_or(some);
    if (setting.name() == "clientCallbackExecutorThreads") value = 2;
    scenario["producers"][0]["config"][std::string(setting.name())] = value;
    const ParseResult result = parsed(scenario);
    ASSERT_EQ(result.ok(), setting.use != Use::refused) << setting.name() << "\n" << result.to_string();
    if (!result.ok()) continue;
    for (const std::string_view profile : profile_names()) {
      const auto notes = run(scenario, profile).record.notes;
      const std::string note = std::string(setting.name()) + " has no effect in " + std::string(profile);
      if (setting.has_effect(*find_profile(profile))) {
        EXPECT_THAT(notes, Not(Contains(HasSubstr(note))));
      } else {
        EXPECT_THAT(notes, Contains(HasSubstr(note)));
      }
    }
  }
}

TEST(Settings, WrittenOutAsTheirDefaultsChangeNothing) {
  for (const std::string_view profile : profile_names()) {
    const std::uint64_t plain = run(kScenario, profile).trace_hash;
    Json all = kScenario;
    for (const ProducerSetting& setting : producer_settings()) {
      const auto value = value_of(setting.key);
      if (!value || setting.use == Use::refused) continue;
      Json one = kScenario;
      one["producers"][0]["config"][std::string(setting.name())] =
          all["producers"][0]["config"][std::string(setting.name())] = *value;
      EXPECT_EQ(run(one, profile).trace_hash, plain) << setting.name() << " in " << profile;
    }
    EXPECT_EQ(run(all, profile).trace_hash, plain) << profile;
  }
}

TEST(Settings, OfTheLatencyTableSayWhatTheProfilesHave) {
  const auto text = [](const std::vector<std::int64_t>& times) {
    std::string list;
    for (const std::int64_t time : times) list += (list.empty() ? ": " : ", ") + std::to_string(time);
    return list;
  };
  for (const std::string_view name : profile_names()) {
    const Profile& profile = *find_profile(name);
    EXPECT_THAT(std::string(find_producer_setting("latencyMax")->key.standard), HasSubstr(text(profile.latency_max)));
    EXPECT_THAT(std::string(find_producer_setting("notAvailableDuration")->key.standard),
                HasSubstr(text(profile.not_available_duration)));
  }
}

/// The objects of kScenario that have a shape, with the place where they stand.
const std::multimap<const Shape*, Json::json_pointer> kPlaces = {
    {&shapes::scenario, Json::json_pointer("")},
    {&shapes::cluster, Json::json_pointer("/cluster")},
    {&shapes::broker, Json::json_pointer("/cluster/brokers/1")},
    {&shapes::topic, Json::json_pointer("/cluster/topics/0")},
    {&shapes::transactions, Json::json_pointer("/cluster/transactions")},
    {&shapes::responder, Json::json_pointer("/cluster/responders/0")},
    {&shapes::network, Json::json_pointer("/network")},
    {&shapes::invariants, Json::json_pointer("/invariants")},
    {&shapes::producer, Json::json_pointer("/producers/0")},
    {&shapes::listener, Json::json_pointer("/producers/0/listener")},
    {&shapes::step, Json::json_pointer("/steps/0")},
    {&shapes::step, Json::json_pointer("/steps/7")},
    {&shapes::send, Json::json_pointer("/steps/3/send")},
    {&shapes::send, Json::json_pointer("/steps/9/send")},
    {&shapes::transaction, Json::json_pointer("/steps/4/transaction")},
    {&shapes::request, Json::json_pointer("/steps/5/request")},
    {&shapes::recall, Json::json_pointer("/steps/6/recall")},
    {&shapes::body, Json::json_pointer("/steps/5/request/body")},
    {&shapes::partition, Json::json_pointer("/steps/7/do/partition")},
    {&shapes::setRoute, Json::json_pointer("/steps/8/do/setRoute")},
    {&shapes::fault, Json::json_pointer("/faults/0")},
    {&CountsExpectation::row.shape, Json::json_pointer("/expect/0")},
    {&BrokerExpectation::row.shape, Json::json_pointer("/expect/1")},
    {&NameserverExpectation::row.shape, Json::json_pointer("/expect/2")},
};

TEST(Defaults, WrittenOutChangeNothing) {
  for (const std::string_view profile : profile_names()) {
    const std::uint64_t plain = run(kScenario, profile).trace_hash;
    for (const Shape* shape : shapes::all()) {
      const auto [begin, end] = kPlaces.equal_range(shape);
      for (const KeyRow& row : shape->rows) {
        const auto value = value_of(row);
        if (!value) continue;
        std::size_t tried = 0;
        std::string refusals;
        for (auto place = begin; place != end; ++place) {
          Json scenario = kScenario;
          Json& object = scenario.at(place->second);
          const std::string key(row.name);
          if (!object.contains(key)) object[key] = *value;
          const ParseResult result = parsed(scenario);
          refusals += result.to_string();
          if (!result.ok()) continue;
          ++tried;
          EXPECT_EQ(run(scenario, profile).trace_hash, plain) << place->second.to_string() << "/" << row.name;
        }
        EXPECT_TRUE(tried > 0 || shape == &shapes::heal) << shape->name << "/" << row.name << "\n" << refusals;
      }
    }
  }
}

}  // namespace settings_test
}  // namespace rmqsim
