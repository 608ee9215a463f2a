// Clients times scenarios: each client, behind its driver, plays each scenario and is compared with what Java's clients
// do in it. A cell of the matrix is one of a few verdicts, with the first difference in words.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/file/scenario.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {

enum class CellVerdict : std::uint8_t {
  as_profile,
  differs,
  breaks_invariant,
  not_applicable,
  driver_failed,
  not_run,
  inconclusive,  ///< it was not as a profile while the machine stalled, however often it was played
};
/// "differs", "breaks an invariant".
std::string_view verdict_words(CellVerdict verdict);

/// One send, as the client did it and as the profile would have.
struct CellRow {
  std::uint64_t i = 0;
  std::string client, model;
};

struct ConformanceCell {
  CellVerdict verdict = CellVerdict::not_run;
  std::vector<std::string> as;    ///< profiles
  std::vector<std::string> open;  ///< profiles of which nobody can tell, as the machine stalled
  std::vector<Duration> stalls;   ///< of the plays that told nothing, for which it was played again
  std::string profile;            ///< that the reason and the rows are about
  std::string reason;             ///< the first difference, what is broken, or why it is not applicable
  std::string queues;             ///< what explains them
  std::vector<std::string> more;  ///< further failures
  std::size_t expectations = 0, not_judged = 0;
  std::vector<CellRow> rows;
  std::string rerun;
};

struct ConformanceScenario {
  const Scenario* scenario = nullptr;
  std::string concern;  ///< the first of its concerns, by which it is grouped
};

struct ConformanceClient {
  std::string command;
  std::string name;      ///< unique in the matrix
  DriverHello hello;
  std::string no_hello;  ///< why it could not be met
};

struct ConformanceMatrix {
  std::vector<ConformanceClient> clients;
  std::vector<ConformanceScenario> scenarios;      ///< by concern, then by name
  std::vector<std::vector<ConformanceCell>> cells;  ///< by scenario, then by client
  bool interrupted = false;
};

struct ConformanceOptions {
  std::vector<std::string> clients;  ///< commands
  unsigned jobs = 4;
  std::uint32_t max_seconds = 60;
  /// Told after each cell: how many of how many.
  std::function<void(std::size_t done, std::size_t all, const std::string& what)> progress;
};

ConformanceMatrix run_conformance(const std::vector<const Scenario*>& scenarios, const ConformanceOptions& options);

/// What is required and not met, a line each: every applicable scenario about `profile` must be as it.
struct Requirement {
  std::vector<std::string> missing;
  std::vector<std::string> open;  ///< where the machine stalled, and nobody can tell
};
Requirement unmet(const ConformanceMatrix& matrix, std::string_view profile);

// What people and programs read of it. Each ends with a newline.
std::string matrix_text(const ConformanceMatrix& matrix);
std::string matrix_json(const ConformanceMatrix& matrix);
std::string matrix_markdown(const ConformanceMatrix& matrix);
std::string matrix_page(const ConformanceMatrix& matrix);
/// The page of one cell, and its name in the report's folder.
std::string cell_page(const ConformanceMatrix& matrix, std::size_t scenario, std::size_t client);
std::string cell_file(const ConformanceMatrix& matrix, std::size_t scenario, std::size_t client);
/// "as java-5.3.3 and java-4.9.8", "differs".
std::string cell_words(const ConformanceCell& cell);

}  // namespace rmqsim
