// Compares one expectation with what happened: a function per kind, each in a file of its own and declared beside the
// kind's data. Asked through std::visit, which compiles only when every kind has one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/engine/workload.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// "/expect/0" → "expect[0]", "/steps/2/expect" → "steps[2].expect": what a failed check is called.
std::string expectation_label(const SourceLocation& where);

/// How many lines about sends a failure shows.
inline constexpr std::size_t kMaxEvidence = 3;

/// What checks look at.
struct CheckedRun {
  const Scenario& scenario;
  ScenarioWorld& world;
  Workload& workload;
  const RunRecord& record;
};

/// Gathers what one expectation says and what was found instead.
class Unmet {
 public:
  Unmet(const Expectation& whole, std::vector<Failure>& out) : whole_(whole), out_(out) {}

  void add(const std::string& what, const std::string& expected, const std::string& found);
  /// Unless it is one of those.
  void add_count(const std::string& what, const CountRange& expected, std::uint64_t found);
  /// Applies one question to all selected sends and gathers those that answer wrongly into one failure. `wrong` returns
  /// what was found instead, or nullopt.
  void add_sends(const RunRecord& record, const SendSelector& sends, std::string_view what, const std::string& expected,
                 const std::function<std::optional<std::string>(const SendRecord&)>& wrong);

 private:
  const Expectation& whole_;
  std::vector<Failure>& out_;
};

/// Of what brokers and nameservers both are asked: how many requests of the sort the server saw.
std::uint64_t count_requests(const RunRecord& record, const std::string& server, const RequestCount& what);

}  // namespace rmqsim
