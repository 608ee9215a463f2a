// The stream of events: every kind has its row, lines and values say the same, and nobody pays who does not look.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/events/event_rows.h"
#include "scenarios/harness/file/load_scenario.h"
#include "tests/support/made_text.h"

namespace rmqsim {
namespace events_test {
using nlohmann::json;
using testing::ElementsAre;

/// What a line has beside its row, or lacks; empty: nothing.
std::string unlike(const EventRow& row, const json& line) {
  std::set<std::string> more;
  for (const auto& [name, value] : line.items()) more.insert(name);
  for (const char* name : {"t", "node", "event"}) more.erase(name);
  for (const EventField& field : row.fields) {
    const std::string name(field.name);
    if (more.erase(name) == 0) {
      if (!field.optional) return "no " + name;
      continue;
    }
    const json& value = line[name];
    const bool right = field.type == EventField::Type::text      ? value.is_string()
                       : field.type == EventField::Type::integer ? value.is_number_integer()
                                                                 : value.is_boolean();
    if (!right) return name + " is of another type";
  }
  return more.empty() ? "" : "there is also " + *more.begin();
}

/// Kinds of events that a line is, by its name and fields; exactly one if the rows are right.
std::vector<std::size_t> kinds_of(const json& line) {
  std::vector<std::size_t> kinds;
  const std::vector<EventRow>& rows = event_rows();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& names = rows[i].names;
    const bool named = std::find(names.begin(), names.end(), line["event"].get<std::string>()) != names.end();
    if (named && unlike(rows[i], line).empty()) kinds.push_back(i);
  }
  return kinds;
}

struct Watched {
  RunResult result;
  std::vector<json> lines;
};

Watched watch(const Scenario& scenario, const Profile& profile) {
  std::ostringstream trace;
  RunOptions options;
  options.trace = &trace;
  options.keep_events = true;
  Watched watched{run_scenario(scenario, profile, options), {}};
  std::istringstream in(trace.str());
  for (std::string line; std::getline(in, line);) {
    watched.lines.push_back(watched.lines.size() < 2000 ? json::parse(line) : json());
  }
  return watched;
}

Watched watch(const std::string& file, const char* profile = "java-5.3.3") {
  const ParseResult parsed = load_scenario(RMQSIM_SOURCE_DIR "/scenarios/" + file);
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return watch(*parsed.scenario, *find_profile(profile));
}

template <class E>
std::vector<std::pair<const Event*, const E*>> all(const RunResult& result) {
  std::vector<std::pair<const Event*, const E*>> found;
  for (const Event& event : result.events) {
    if (const auto* e = std::get_if<E>(&event.what)) found.emplace_back(&event, e);
  }
  return found;
}

TEST(Events, EachLineOfEveryRunOfTheLibraryIsOfOneKindAndIsTheValueThatIsKept) {
  std::set<std::size_t> seen;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(RMQSIM_SOURCE_DIR "/scenarios")) {
    if (entry.path().extension() != ".json" || entry.path().string().ends_with(".schema.json")) continue;
    const ParseResult parsed = load_scenario(entry.path().string());
    ASSERT_TRUE(parsed.ok()) << parsed.to_string();
    const std::string& profile = parsed.scenario->profiles.front();
    const Watched watched = watch(*parsed.scenario, *find_profile(profile));
    ASSERT_EQ(watched.lines.size(), watched.result.events.size()) << entry.path();
    const std::size_t looked_at = std::min<std::size_t>(watched.lines.size(), 2000);  // then nothing new comes
    for (std::size_t i = 0; i < looked_at; ++i) {
      const json& line = watched.lines[i];
      const Event& event = watched.result.events[i];
      ASSERT_THAT(kinds_of(line), ElementsAre(event.what.index())) << line;
      ASSERT_EQ(line["event"], name_of(event.what));
      ASSERT_EQ(line["node"], event.node);
      seen.insert(event.what.index());
    }
  }
  std::string missing;
  for (std::size_t i = 0; i < event_rows().size(); ++i) {
    if (seen.count(i) == 0) missing += std::string(event_rows()[i].names.front()) + " ";
  }
  EXPECT_EQ(missing, "error transaction-check-refused name-servers-fetched ")
      << "events of sockets, strangers and address servers, which no scenario has";
}

TEST(Events, AreTheSchemaAndThePageThatArePublished) {
  expect_made("scenarios/trace.schema.json", trace_schema());
  const std::string page = file_of_tree("scenarios/trace.md");  // which ends with the tables
  expect_made("scenarios/trace.md", page.substr(0, page.find("| event | told by |")) + trace_tables());
}

TEST(Events, ARunIsTheSameWhetherSomebodyLooksOrNot) {
  for (const char* file : {"latency/silent-broker-latency-fault-on.json", "detector/detector-sees-a-broker-die.json"}) {
    const ParseResult parsed = load_scenario(RMQSIM_SOURCE_DIR "/scenarios/" + std::string(file));
    ASSERT_TRUE(parsed.ok()) << parsed.to_string();
    const RunResult plain = run_scenario(*parsed.scenario, *find_profile("java-5.3.3"), {});
    const Watched watched = watch(file);
    EXPECT_EQ(plain.trace_hash, watched.result.trace_hash);
    EXPECT_TRUE(plain.events.empty());
    EXPECT_TRUE(plain.record.every_decision.empty());
  }
}

TEST(Events, SayWhichRuleActedOnWhichRequestOfWhom) {
  const Watched watched = watch("codes/code-system-busy-first-five.json");
  const auto acted = all<event::RuleActed>(watched.result);
  ASSERT_FALSE(acted.empty());
  for (const auto& [event, rule] : acted) {
    EXPECT_EQ(rule->index, 0);
    const auto requests = all<event::Received>(watched.result);
    const auto request = std::find_if(requests.begin(), requests.end(), [&](const auto& one) {
      return one.first->node == event->node && one.second->number == rule->number;
    });
    ASSERT_NE(request, requests.end());
    EXPECT_EQ(request->second->peer, rule->peer);
    const auto opened = all<event::Opened>(watched.result);
    EXPECT_TRUE(std::any_of(opened.begin(), opened.end(), [&](const auto& one) {
      return one.second->local == rule->peer && one.second->server == event->node;
    })) << rule->peer;
  }
}

TEST(Events, SayOfAPortThatARuleClosesWhenItDoes) {
  const Watched watched = watch("connections/refused-one-broker.json");
  const auto acted = all<event::RuleActed>(watched.result);
  ASSERT_FALSE(acted.empty());
  EXPECT_EQ(acted.front().second->number, -1);
  EXPECT_EQ(acted.front().second->peer, "");
  const auto failed = all<event::NotOpened>(watched.result);
  ASSERT_FALSE(failed.empty());
  EXPECT_EQ(failed.front().second->server, acted.front().first->node);
}

TEST(Events, SayWhenABrokerIsIsolatedAndWhenThatEnds) {
  const Watched watched = watch("latency/slow-1900-once-isolation-window.json");
  const auto set = all<event::FaultItemSet>(watched.result);
  const auto isolation =
      std::find_if(set.begin(), set.end(), [](const auto& one) { return one.second->isolated_ms > 0; });
  ASSERT_NE(isolation, set.end());
  const auto expired = all<event::FaultItemExpired>(watched.result);
  ASSERT_FALSE(expired.empty());
  EXPECT_EQ(expired.front().second->broker, isolation->second->broker);
  const Duration lasted = expired.front().first->at - isolation->first->at;
  EXPECT_LE(lasted, millis(isolation->second->isolated_ms));
  EXPECT_GT(lasted, millis(isolation->second->isolated_ms - 1));
}

TEST(Events, SayWhoEndedAConnectionAndWhenAServerDiedAndCameBack) {
  const Watched watched = watch("heartbeats/broker-restarts.json");
  std::vector<std::string> states;
  for (const auto& [event, state] : all<event::ServerState>(watched.result))
    states.push_back(event->node + " " + state->kind);
  EXPECT_THAT(states, ElementsAre("broker-a crashed", "broker-a restarted"));
  const auto closed = all<event::Closed>(watched.result);
  EXPECT_TRUE(std::any_of(closed.begin(), closed.end(), [](const auto& one) {
    return one.second->server == "broker-a" && one.second->by == "server";
  }));
  const auto open = all<event::Opened>(watched.result);
  EXPECT_EQ(open.size(), closed.size()) << "each connection that was there ends";
}

TEST(Events, TellTheDecisionsOfASendWithTheirOwnTimes) {
  const Watched watched = watch("codes/code-system-busy-first-five.json");
  const auto begins = all<event::AttemptBegins>(watched.result);
  const auto attempts = all<event::Attempt>(watched.result);
  ASSERT_EQ(begins.size(), attempts.size());
  for (std::size_t i = 0; i < begins.size(); ++i) {
    EXPECT_EQ(begins[i].second->i, attempts[i].second->i);
    EXPECT_EQ(begins[i].second->broker, attempts[i].second->broker);
    EXPECT_EQ(begins[i].first->at, attempts[i].first->at);
  }
}

}  // namespace events_test
}  // namespace rmqsim
