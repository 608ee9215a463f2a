#include "tests/scenario/java_ledger.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>
#include <regex>

#include <nlohmann/json.hpp>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// Measured milliseconds inside a text are noise; everything else of it counts.
std::string without_numbers(const std::string& text) {
  static const std::regex kNumber("[0-9]+(?=(ms|\\(ms\\)|\\]ms|$|\n))");
  return std::regex_replace(text, kNumber, "N");
}

std::string attempts_of(const json& send) {
  std::string text;
  for (const json& attempt : send["attempts"]) {
    text += attempt["broker"].get<std::string>() + "/" + std::to_string(attempt["queueId"].get<int>()) + " " +
            attempt["outcome"].get<std::string>() + "  ";
  }
  return text;
}

void compare_exception(const json& ours, const json& java, const std::string& at, std::vector<std::string>& out) {
  if (ours.is_null() != java.is_null()) {
    out.push_back(at + "exception: java " + java.dump() + ", here " + ours.dump());
    return;
  }
  if (java.is_null()) return;
  for (const char* key : {"type", "responseCode", "causeType"}) {
    const json expected = java.value(key, json());
    const json found = ours.value(key, json());
    if (expected != found)
      out.push_back(at + "exception " + key + ": java " + expected.dump() + ", here " + found.dump());
  }
  const std::string expected = without_numbers(java["message"].get<std::string>());
  const std::string found = without_numbers(ours["message"].get<std::string>());
  if (expected != found) out.push_back(at + "message: java \"" + expected + "\", here \"" + found + "\"");
}

/// `lateness`: how much later than in Java it may have ended here, besides.
void compare_send(const json& ours, const json& java, double lateness, std::vector<std::string>& out) {
  const std::string at = "#" + std::to_string(java["i"].get<int>()) + " ";
  for (const char* key : {"mode", "outcome", "broker", "queueId"}) {
    if (ours[key] != java[key]) out.push_back(at + key + ": java " + java[key].dump() + ", here " + ours[key].dump());
  }
  if (attempts_of(ours) != attempts_of(java)) {
    out.push_back(at + "attempts: java " + attempts_of(java) + ", here " + attempts_of(ours));
  }
  compare_exception(ours["exception"], java["exception"], at, out);
  // An async timeout is noticed by a scan whose phase a recording does not tell.
  const bool scanned = java["mode"] == "async" && !java["exception"].is_null();
  const double tolerance = scanned ? 1200 : 60;
  const double expected = java["elapsedMs"].get<double>();
  const double found = ours["elapsedMs"].is_null() ? -1 : ours["elapsedMs"].get<double>();
  if (found < 0 || found < expected - tolerance || found > expected + tolerance + lateness) {
    out.push_back(at + "elapsedMs: java " + std::to_string(expected) + ", here " + ours["elapsedMs"].dump());
  }
}

}  // namespace

void PrintTo(const RecordedLedger& recorded, std::ostream* out) { *out << recorded.file; }

std::vector<RecordedLedger> find_ledgers(const std::string& folder, const std::string& scenario_root) {
  std::map<std::string, std::string> scenarios;
  for (const auto& entry : fs::recursive_directory_iterator(scenario_root)) {
    if (entry.path().extension() == ".json") scenarios.emplace(entry.path().stem(), entry.path());
  }
  std::vector<RecordedLedger> ledgers;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string stem = entry.path().stem();  // name.java-5.3.3
    const std::size_t dot = stem.find(".java-");
    if (dot == std::string::npos) continue;
    const auto scenario = scenarios.find(stem.substr(0, dot));
    ledgers.push_back({entry.path(), scenario == scenarios.end() ? "" : scenario->second, stem.substr(dot + 1)});
  }
  std::sort(ledgers.begin(), ledgers.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  return ledgers;
}

namespace {

/// What a send took besides its wait: the time from start to start of plain sends, less the shortest pause.
Duration recorded_pace(const json& java, Duration interval) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < java["sends"].size(); ++i) {
    steps.push_back(java["sends"][i]["startMs"].get<double>() - java["sends"][i - 1]["startMs"].get<double>());
  }
  std::sort(steps.begin(), steps.end());
  return fractional_millis(steps[steps.size() / 2]) - interval;
}

}  // namespace

std::vector<std::string> differences_from(const RecordedLedger& recorded, bool at_recorded_pace, WorldKind world) {
  if (recorded.scenario.empty()) return {"no scenario file of that name"};
  // The scenario is as it was when Java played it: a rule that no request ever met is part of the recording.
  ParseResult parsed = load_scenario(recorded.scenario, {.judge_idle = false});
  if (!parsed.ok()) return {parsed.to_string()};
  const json java = json::parse(std::ifstream(recorded.file));
  if (at_recorded_pace) {
    const Duration interval = std::get<SendStep>(parsed.scenario->steps.front().what).interval;
    parsed.scenario->network.one_way = recorded_pace(java, interval) / 2;
  }
  RunOptions options;
  options.want_ledger = true;
  options.judge_idle = false;
  options.world = world;
  const RunResult result = run_scenario(*parsed.scenario, *find_profile(recorded.profile), options);
  if (result.ledger.empty()) return {"no ledger: " + result.reason};
  const json ours = json::parse(result.ledger);
  std::vector<std::string> differences;
  if (ours["sends"].size() != java["sends"].size()) return {"another number of sends"};
  const double lateness = std::chrono::duration<double, std::milli>(result.lateness).count();
  for (std::size_t i = 0; i < java["sends"].size(); ++i) compare_send(ours["sends"][i], java["sends"][i], lateness, differences);
  if (ours["brokers"] != java["brokers"]) {
    differences.push_back("brokers: java " + java["brokers"].dump() + ", here " + ours["brokers"].dump());
  }
  return differences;
}

}  // namespace rmqsim
