// From a file to a Scenario, or to every reason why not. The parser is strict: unknown keys, impossible references,
// contradictions and out-of-range values are errors, nothing is silently ignored. Input is hostile: files over 16 MiB,
// nesting over 64 and more than half a million values are refused before they cost memory. Nothing here throws on
// input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

struct ScenarioError {
  std::string file;
  std::uint32_t line = 0;  ///< from 1; 0 when the error is about the file as a whole
  std::uint32_t column = 0;
  std::string pointer;  ///< JSON pointer; empty at the top level and for syntax errors
  std::string message;
  std::string excerpt;      ///< the offending line, at most 160 characters around the place; may be empty
  std::uint32_t caret = 0;  ///< column within the excerpt, from 1

  /// "file:12:5: /producers/0/config: unknown key …", then the excerpt and a caret below it. No newline at the end.
  std::string to_string() const;
};

struct ParseResult {
  std::optional<Scenario> scenario;   ///< set exactly when `errors` is empty
  std::vector<ScenarioError> errors;  ///< in file order, at most kMaxScenarioErrors

  std::size_t omitted = 0;  ///< errors beyond those

  bool ok() const { return scenario.has_value(); }
  /// All errors, one after the other.
  std::string to_string() const;
};

inline constexpr std::size_t kMaxScenarioErrors = 20;
inline constexpr std::size_t kMaxScenarioBytes = 16u << 20;

struct LoadOptions {
  /// False: rules and events that can have no effect are no errors, for inputs that a recording has fixed.
  bool judge_idle = true;
};

/// Reads and parses. The scenario's name must be the file's name without ".json".
ParseResult load_scenario(const std::string& path, const LoadOptions& options = {});

/// Parses text; `file` appears in messages, and its name is compared with `name` unless it is empty or "-".
ParseResult parse_scenario(std::string_view text, std::string_view file, const LoadOptions& options = {});

/// An error about a place in a parsed scenario, with its line quoted: for what only the engine can know.
ScenarioError error_at(const Scenario& scenario, const SourceLocation& where, std::string message);

struct ScenarioFiles {
  std::vector<std::string> files;     ///< sorted, no file twice
  std::vector<ScenarioError> errors;  ///< paths that do not exist or hold no scenario
};

/// Files as given; folders recursively, every *.json but the schema.
ScenarioFiles find_scenarios(const std::vector<std::string>& paths);

/// The JSON Schema (draft-07) of the file, made of the rows that the parser reads by: scenarios/scenario.schema.json.
std::string_view scenario_schema();

}  // namespace rmqsim
