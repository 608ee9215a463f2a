// The Trace Event form of runs: that it is one, and that it shows what happened.
#include "scenarios/harness/report/formats/perfetto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {
namespace perfetto_test {
using nlohmann::json;
using testing::HasSubstr;

const std::string kFolder = RMQSIM_SOURCE_DIR "/scenarios/";

struct Shown {
  Scenario scenario;
  RunResult result;
  json events;
};

Shown show(const std::string& file, const char* profile = nullptr, std::size_t number = 0) {
  ParseResult parsed = load_scenario(file);
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  RunOptions options;
  options.keep_events = true;
  RunResult result = run_scenario(
      *parsed.scenario, *find_profile(profile == nullptr ? parsed.scenario->profiles.front() : profile), options);
  const json all = json::parse(perfetto_file({perfetto_events(*parsed.scenario, result, number, "")}));
  return {std::move(*parsed.scenario), std::move(result), all.at("traceEvents")};
}

using TrackId = std::pair<std::uint64_t, std::uint64_t>;

/// What is wrong with the form of these events; empty: nothing.
std::string wrong_form(const json& events) {
  std::map<TrackId, std::vector<std::pair<double, double>>> slices;
  std::map<std::uint64_t, std::vector<std::pair<char, TrackId>>> flows;
  std::map<std::uint64_t, double> flow_begins;
  std::set<std::uint64_t> processes;
  std::set<TrackId> threads;
  for (const json& event : events) {
    const std::string phase = event.at("ph");
    const TrackId track{event.at("pid").get<std::uint64_t>(), event.at("tid").get<std::uint64_t>()};
    const double ts = event.at("ts");
    if (ts < 0 || !event.at("name").is_string()) return "time or name of " + event.dump();
    if (phase == "M") {
      if (event["name"] == "process_name" && !processes.insert(track.first).second) return "a process twice";
      if (event["name"] == "thread_name" && !threads.insert(track).second) return "a thread twice";
      if (!event.at("args").contains(event["name"] == "process_sort_index" ? "sort_index" : "name"))
        return event.dump();
    } else if (phase == "X") {
      if (event.at("dur").get<double>() < 0 || !event.at("args").is_object()) return event.dump();
      if (threads.count(track) == 0) return "a slice on a track without a name";
      slices[track].emplace_back(ts, ts + event["dur"].get<double>());
    } else if (phase == "i") {
      if (!std::set<std::string>{"g", "p", "t"}.count(event.at("s").get<std::string>())) return event.dump();
    } else if (phase == "C") {
      for (const json& value : event.at("args")) {
        if (!value.is_number() || value < 0) return event.dump();
      }
    } else if (phase == "s" || phase == "f") {
      if (event.at("cat") != "retry" || (phase == "f" && event.at("bp") != "e")) return event.dump();
      flows[event.at("id").get<std::uint64_t>()].emplace_back(phase[0], track);
      if (phase == "s") flow_begins[event["id"].get<std::uint64_t>()] = ts;
      if (phase == "f" && ts < flow_begins[event["id"].get<std::uint64_t>()]) return "a flow back in time";
    } else {
      return "phase " + phase;
    }
    if (phase != "M" && processes.count(track.first) == 0) return "a process without a name: " + event.dump();
  }
  for (const auto& [id, ends] : flows) {
    if (ends.size() != 2 || ends[0].first != 's' || ends[1].first != 'f') return "flow " + std::to_string(id);
  }
  for (auto& [track, all] : slices) {
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return a.first < b.first || (a.first == b.first && a.second > b.second);
    });
    std::vector<double> open;
    constexpr double kRounding = 1e-6;
    for (const auto& [begin, end] : all) {
      while (!open.empty() && open.back() <= begin + kRounding) open.pop_back();
      if (!open.empty() && end > open.back() + kRounding) return "slices that overlap and do not nest";
      open.push_back(end);
    }
  }
  return "";
}

std::vector<json> named(const json& events, const std::string& phase, const std::string& part) {
  std::vector<json> found;
  for (const json& event : events) {
    if (event["ph"] == phase && event["name"].get<std::string>().find(part) != std::string::npos)
      found.push_back(event);
  }
  return found;
}

TEST(Perfetto, EveryRunOfTheLibraryHasTheForm) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kFolder)) {
    const std::string file = entry.path().string();
    if (!file.ends_with(".json") || file.ends_with(".schema.json")) continue;
    const Shown shown = show(file);
    EXPECT_EQ(wrong_form(shown.events), "") << file;
    std::size_t begun = 0;
    for (const SendRecord& send : shown.result.record.sends) begun += send.start != TimePoint{};
    std::size_t sends = 0, attempts = 0;
    for (const char* kind : {"send ", "transaction ", "ask ", "recall "}) {
      for (const json& slice : named(shown.events, "X", kind)) {
        sends += slice["name"].get<std::string>().rfind(kind, 0) == 0 && slice["args"].contains("outcome");
      }
    }
    for (const SendRecord& send : shown.result.record.sends) attempts += send.attempts.size();
    EXPECT_EQ(sends, begun) << file;
    std::size_t with_timeout = 0;
    for (const json& event : shown.events) with_timeout += event["ph"] == "X" && event["args"].contains("timeoutMs");
    EXPECT_EQ(with_timeout, attempts) << file;
  }
}

TEST(Perfetto, ARetryIsAFlowFromTheAttemptBeforeIt) {
  const Shown shown = show(kFolder + "codes/code-system-busy-first-five.json", "java-5.3.3");
  std::size_t retries = 0;
  for (const SendRecord& send : shown.result.record.sends) {
    retries += send.attempts.empty() ? 0 : send.attempts.size() - 1;
  }
  EXPECT_GT(retries, 0u);
  EXPECT_EQ(named(shown.events, "s", "retry").size(), retries);
  EXPECT_FALSE(named(shown.events, "X", "broker-a/1 SYSTEM_BUSY").empty());
  EXPECT_THAT(named(shown.events, "X", "SEND_MESSAGE_V2 SYSTEM_BUSY").at(0)["args"].dump(), HasSubstr("\"rule\""));
}

TEST(Perfetto, IsolationIsACounterThatGoesUpAndDownAgain) {
  const Shown shown = show(kFolder + "latency/slow-1900-once-isolation-window.json", "java-5.3.3");
  const std::vector<json> isolated = named(shown.events, "C", "isolated: ");
  ASSERT_GE(isolated.size(), 2u);
  EXPECT_EQ(isolated[0]["args"]["isolated"], 1);
  EXPECT_EQ(isolated[1]["args"]["isolated"], 0);
  for (const json& count : named(shown.events, "C", "requests under way")) EXPECT_GE(count["args"]["requests"], 0);
}

TEST(Perfetto, AnOutageIsABandOnItsServer) {
  const Shown shown = show(kFolder + "heartbeats/broker-restarts.json", "java-5.3.3");
  const std::vector<json> down = named(shown.events, "X", "down");
  ASSERT_EQ(down.size(), 1u);
  EXPECT_EQ(down[0]["dur"], 5000000.0);
}

TEST(Perfetto, SeveralRunsHaveProcessesOfTheirOwnAndHostileNamesAreText) {
  ParseResult parsed = parse_scenario(R"({
    "version": 1, "name": "hostile", "why": "Names that mean something elsewhere.",
    "cluster": {"brokers": ["b"], "topics": [{"name": "T", "queues": 1}]},
    "producers": [{"name": "p", "group": "g"}],
    "steps": [{"send": {"producer": "p", "topic": "T", "tags": "<script>alert(1)</script>",
                        "body": {"text": "x"}}}]
  })",
                                      "-");
  ASSERT_TRUE(parsed.ok()) << parsed.to_string();
  RunOptions options;
  options.keep_events = true;
  const RunResult result = run_scenario(*parsed.scenario, default_profile(), options);
  const std::string label = "\"</script>\n\xff";
  const json all = json::parse(perfetto_file(
      {perfetto_events(*parsed.scenario, result, 0, label), "", perfetto_events(*parsed.scenario, result, 1, label)}));
  EXPECT_EQ(wrong_form(all["traceEvents"]), "");
  std::set<std::string> names;
  for (const json& event : named(all["traceEvents"], "M", "process_name")) names.insert(event["args"]["name"]);
  EXPECT_EQ(names.size(), 3u) << "p, b and ns-1, of two runs";
}

}  // namespace perfetto_test
}  // namespace rmqsim
