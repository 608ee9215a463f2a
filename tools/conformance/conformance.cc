#include "tools/conformance/conformance.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "producer/profile/profile.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/concerns.h"
#include "scenarios/harness/report/render.h"
#include "scenarios/harness/report/rerun.h"
#include "tools/drivers/driven_run.h"
#include "tools/io/stop_signals.h"
#include "tools/run/worker_pool.h"

namespace rmqsim {
namespace {

using CellJson = nlohmann::json;

/// Of a scenario with more, the sends around the first difference are what matters, and these are the first.
constexpr std::size_t kMaxRows = 200;
/// A scenario is played so often, if it was done within such a time, for a client that draws its first queue.
constexpr int kMaxDraws = 6;
constexpr auto kQuick = std::chrono::seconds(5);

/// Those of the scenario that are Java's, and the client's own.
std::vector<const Profile*> profiles_for(const Scenario& scenario, const DriverHello& hello) {
  std::vector<const Profile*> profiles;
  for (const std::string& name : scenario.profiles) {
    if (name.starts_with("java-") || name == hello.profile) profiles.push_back(find_profile(name));
  }
  return profiles;
}

/// Nobody can tell, as the machine stalled.
bool is_open(const DrivenResult& result) { return result.stalled > Duration::zero(); }

const Failure* broken_invariant(const DrivenResult& result) {
  for (const Failure& failure : result.run.record.failures) {
    if (!failure.invariant.empty()) return &failure;
  }
  return nullptr;
}

std::string said(const Failure& failure) { return failure.check + ": " + failure.message; }

void fill(ConformanceCell& cell, const Scenario& scenario, const DrivenResult& result) {
  cell.profile = result.run.profile;
  cell.expectations = result.run.expectations_checked;
  cell.not_judged = result.run.not_judged.size();
  cell.queues = result.explanation.text(result.run.profile);
  cell.rerun = rerun_command(scenario, result.run);
  cell.stalls = result.stalls;
  for (const Failure& failure : result.run.record.failures) cell.more.push_back(said(failure));
  const auto& sends = result.run.record.sends;
  const auto* model = result.explanation.model ? &result.explanation.model->result.record.sends : nullptr;
  for (std::uint64_t i = 0; i < sends.size() && i < kMaxRows; ++i) {
    cell.rows.push_back({i, format_send(i, sends[i]), model && i < model->size() ? format_send(i, (*model)[i]) : ""});
  }
}

/// With what was found in spite of it.
std::string why_open(const std::vector<DrivenResult>& results) {
  const auto open = std::find_if(results.begin(), results.end(), is_open);
  const auto& failures = open->run.record.failures;
  const auto& difference = open->explanation.difference;
  return open->run.reason + ": " + (difference ? difference->text : failures.empty() ? "" : said(failures.front()));
}

ConformanceCell judged(const Scenario& scenario, const std::vector<DrivenResult>& results) {
  ConformanceCell cell;
  for (const DrivenResult& result : results) {
    if (result.as) cell.as.push_back(result.run.profile);
    if (is_open(result)) cell.open.push_back(result.run.profile);
  }
  // Of several that it is not like, the one that it is like for longest.
  const auto nearest = std::max_element(results.begin(), results.end(), [](const auto& a, const auto& b) {
    const auto rank = [](const DrivenResult& one) {
      return std::pair(one.as, one.explanation.difference ? one.explanation.difference->send : UINT64_MAX);
    };
    return rank(a) < rank(b);
  });
  const DrivenResult& shown = *nearest;
  fill(cell, scenario, shown);
  using Verdict = RunResult::Verdict;
  if (cell.as.empty() && !cell.open.empty()) {
    cell.verdict = CellVerdict::inconclusive;
    cell.reason = why_open(results);
  } else if (shown.run.verdict == Verdict::refused || shown.run.verdict == Verdict::inconclusive) {
    cell.verdict = shown.run.verdict == Verdict::refused ? CellVerdict::not_applicable : CellVerdict::not_run;
    cell.reason = shown.run.reason;
  } else if (shown.broke_protocol) {
    cell.verdict = CellVerdict::driver_failed;
    cell.reason = shown.run.record.failures.empty() ? "" : shown.run.record.failures.back().message;
  } else if (!cell.as.empty()) {
    cell.verdict = CellVerdict::as_profile;
  } else if (const Failure* broken = broken_invariant(shown)) {
    cell.verdict = CellVerdict::breaks_invariant;
    cell.reason = said(*broken);
  } else {
    cell.verdict = CellVerdict::differs;
    const auto& failures = shown.run.record.failures;
    cell.reason = shown.explanation.difference ? shown.explanation.difference->text
                  : failures.empty()           ? ""
                                               : said(failures.front());
  }
  return cell;
}

bool any_is_as(const std::vector<DrivenResult>& results) {
  return std::any_of(results.begin(), results.end(), [](const DrivenResult& one) { return one.as; });
}

/// From all profiles, whatever the machine did.
bool differs(const std::vector<DrivenResult>& results) {
  return !any_is_as(results) && std::none_of(results.begin(), results.end(), is_open);
}

/// What was judged, of all profiles.
std::size_t gain(const std::vector<DrivenResult>& results) {
  std::size_t judged = 0;
  for (const DrivenResult& one : results) judged += one.run.expectations_checked;
  return judged;
}

/// Whether another draw could show more; a difference has been found, or it has not.
bool may_gain(const std::vector<DrivenResult>& results) {
  return any_is_as(results) &&
         std::any_of(results.begin(), results.end(), [](const DrivenResult& one) { return one.drew_elsewhere; });
}

DriverOptions driver_options(const std::string& command, const ConformanceOptions& options) {
  DriverOptions driver;
  driver.command = command;
  driver.real_time = std::chrono::seconds(options.max_seconds);
  driver.stop = &stop_signals::run_stop();
  driver.always_compare = true;
  return driver;
}

ConformanceCell play(const Scenario& scenario, const ConformanceClient& client, const ConformanceOptions& options) {
  ConformanceCell cell;
  if (!client.no_hello.empty()) {
    cell.verdict = CellVerdict::driver_failed;
    cell.reason = client.no_hello;
    return cell;
  }
  const auto profiles = profiles_for(scenario, client.hello);
  if (profiles.empty()) {
    cell.verdict = CellVerdict::not_applicable;
    cell.reason = "it is about " + scenario.profiles.front() + ", which no other client is";
    return cell;
  }
  const DriverOptions driver = driver_options(client.command, options);
  auto results = run_with_driver(scenario, profiles, driver);
  // A client that draws its first queue gets further chances to come by where expectations rest, while that is quick.
  for (int draw = 1; draw < kMaxDraws && may_gain(results) && results.front().run.virtual_time < kQuick; ++draw) {
    auto others = run_with_driver(scenario, profiles, driver);
    if (gain(others) > gain(results) || differs(others)) results = std::move(others);
  }
  return judged(scenario, results);
}

std::string packed(const ConformanceCell& cell) {
  CellJson json = {{"verdict", static_cast<int>(cell.verdict)}, {"as", cell.as}, {"profile", cell.profile},
                   {"reason", cell.reason}, {"queues", cell.queues}, {"more", cell.more},
                   {"expectations", cell.expectations}, {"notJudged", cell.not_judged}, {"rerun", cell.rerun},
                   {"open", cell.open}};
  json["stalls"] = CellJson::array();
  for (const Duration stall : cell.stalls) json["stalls"].push_back(stall.count());
  json["rows"] = CellJson::array();
  for (const CellRow& row : cell.rows) json["rows"].push_back({row.i, row.client, row.model});
  return json_text(json);
}

ConformanceCell unpacked(const std::string& text) {
  const CellJson json = json_of<CellJson>(text);
  ConformanceCell cell;
  cell.verdict = static_cast<CellVerdict>(json.at("verdict").get<int>());
  cell.as = json.at("as").get<std::vector<std::string>>();
  cell.profile = json.at("profile");
  cell.reason = json.at("reason");
  cell.queues = json.at("queues");
  cell.more = json.at("more").get<std::vector<std::string>>();
  cell.expectations = json.at("expectations");
  cell.not_judged = json.at("notJudged");
  cell.rerun = json.at("rerun");
  cell.open = json.at("open").get<std::vector<std::string>>();
  for (const CellJson& stall : json.at("stalls")) cell.stalls.emplace_back(stall.get<Duration::rep>());
  for (const CellJson& row : json.at("rows")) cell.rows.push_back({row[0], row[1], row[2]});
  return cell;
}

std::size_t place_of(const std::string& concern) {
  const auto* at = std::find_if(std::begin(kConcerns), std::end(kConcerns),
                                [&](const Concern& one) { return one.name == concern; });
  return static_cast<std::size_t>(at - std::begin(kConcerns));
}

std::vector<ConformanceClient> meet(const ConformanceOptions& options) {
  std::vector<ConformanceClient> clients;
  std::set<std::string> names;
  for (const std::string& command : options.clients) {
    ConformanceClient client{command, command, {}, ""};
    auto hello = ask_for_hello(driver_options(command, options));
    if (auto* met = std::get_if<DriverHello>(&hello)) {
      client.name = met->label();
      client.hello = std::move(*met);
    } else if (stop_signals::reason() == nullptr) {
      client.no_hello = std::get<std::string>(hello);
    }
    const std::string base = client.name;
    for (int n = 2; !names.insert(client.name).second; ++n) client.name = base + " (" + std::to_string(n) + ")";
    clients.push_back(std::move(client));
  }
  return clients;
}

}  // namespace

std::string_view verdict_words(CellVerdict verdict) {
  switch (verdict) {
    case CellVerdict::as_profile:
      return "as";
    case CellVerdict::differs:
      return "differs";
    case CellVerdict::breaks_invariant:
      return "breaks an invariant";
    case CellVerdict::not_applicable:
      return "not applicable";
    case CellVerdict::driver_failed:
      return "driver failed";
    case CellVerdict::not_run:
      return "not run";
    case CellVerdict::inconclusive:
      return "inconclusive";
  }
  return "";
}

std::string cell_words(const ConformanceCell& cell) {
  std::string words(verdict_words(cell.verdict));
  for (std::size_t k = 0; k < cell.as.size() && cell.verdict == CellVerdict::as_profile; ++k) {
    words += (k == 0 ? " " : k + 1 == cell.as.size() ? " and " : ", ") + cell.as[k];
  }
  return words;
}

ConformanceMatrix run_conformance(const std::vector<const Scenario*>& scenarios, const ConformanceOptions& options) {
  ConformanceMatrix matrix;
  for (const Scenario* scenario : scenarios) matrix.scenarios.push_back({scenario, concerns_of(*scenario).front()});
  std::stable_sort(matrix.scenarios.begin(), matrix.scenarios.end(), [](const auto& a, const auto& b) {
    return std::pair(place_of(a.concern), std::string_view(a.scenario->name)) <
           std::pair(place_of(b.concern), std::string_view(b.scenario->name));
  });
  matrix.clients = meet(options);
  const std::size_t width = matrix.clients.size();
  matrix.cells.assign(matrix.scenarios.size(), std::vector<ConformanceCell>(width));
  const std::size_t all = width * matrix.scenarios.size();
  const auto scenario_of = [&](std::size_t k) -> const Scenario& { return *matrix.scenarios[k / width].scenario; };
  const std::size_t begun = run_in_workers(
      {[all](std::size_t k) { return k < all; }, {}}, options.jobs, false,
      [&](std::size_t k, std::ostream*) { return packed(play(scenario_of(k), matrix.clients[k % width], options)); },
      [&](std::size_t k, WorkerResult left) {
        ConformanceCell& cell = matrix.cells[k / width][k % width];
        if (left.trouble.empty()) {
          cell = unpacked(left.result);
        } else {
          cell.reason = left.trouble;
        }
        if (options.progress) options.progress(k + 1, all, scenario_of(k).name);
      });
  for (std::size_t k = begun; k < all; ++k) matrix.cells[k / width][k % width].reason = "interrupted";
  matrix.interrupted = stop_signals::reason() != nullptr;
  return matrix;
}

Requirement unmet(const ConformanceMatrix& matrix, std::string_view profile) {
  Requirement lines;
  for (std::size_t s = 0; s < matrix.scenarios.size(); ++s) {
    const Scenario& scenario = *matrix.scenarios[s].scenario;
    const auto& known = scenario.profiles;
    if (std::find(known.begin(), known.end(), profile) == known.end()) continue;
    for (std::size_t c = 0; c < matrix.clients.size(); ++c) {
      const ConformanceCell& cell = matrix.cells[s][c];
      if (cell.verdict == CellVerdict::not_applicable) continue;
      if (std::find(cell.as.begin(), cell.as.end(), profile) != cell.as.end()) continue;
      const bool open = std::find(cell.open.begin(), cell.open.end(), profile) != cell.open.end();
      const std::string what = open ? " may be as " : " is not as ";
      (open ? lines.open : lines.missing)
          .push_back(matrix.clients[c].name + what + std::string(profile) + " in " + scenario.name + ": " +
                     cell_words(cell) + (cell.reason.empty() ? "" : ": " + cell.reason));
    }
  }
  return lines;
}

}  // namespace rmqsim
