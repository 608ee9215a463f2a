// Files: reading within the limit, finding them in folders, and the text of an error.
#include "scenarios/harness/file/load_scenario.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "scenarios/harness/file/scenario_library.h"
#include "scenarios/harness/file/text/bounded_file.h"
#include "scenarios/harness/file/text/harmless.h"

namespace rmqsim {
namespace {

namespace fs = std::filesystem;

ScenarioError about_file(const std::string& path, std::string message) {
  return {path, 0, 0, "", std::move(message), "", 0};
}

bool is_scenario_file(const fs::path& path) {
  std::string name = path.filename().string();
  return name.ends_with(".json") && !name.ends_with(".schema.json") && !name.starts_with('.');
}

void add_folder(const std::string& path, std::vector<std::string>& files, std::vector<ScenarioError>& errors) {
  std::error_code error;
  std::size_t before = files.size();
  fs::recursive_directory_iterator it(path, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    if (it->is_regular_file(ignored) && is_scenario_file(it->path())) files.push_back(it->path().string());
  }
  if (error) {
    errors.push_back(about_file(path, "the folder cannot be read: " + error.message()));
  } else if (files.size() == before) {
    errors.push_back(about_file(path, "the folder holds no scenario (*.json)"));
  }
}

}  // namespace

std::string ScenarioError::to_string() const {
  std::string text = file.empty() ? "scenario" : file;
  if (line > 0) text += ":" + std::to_string(line) + ":" + std::to_string(column);
  text += ": ";
  if (!pointer.empty()) text += pointer + ": ";
  text += harmless_lines(message);
  if (excerpt.empty() || line == 0) return text;
  std::string number = std::to_string(line);
  text += "\n  " + number + " | " + excerpt;
  text += "\n  " + std::string(number.size(), ' ') + " | " + std::string(caret > 0 ? caret - 1 : 0, ' ') + "^";
  return text;
}

std::string ParseResult::to_string() const {
  std::string text;
  for (const ScenarioError& error : errors) {
    if (!text.empty()) text += '\n';
    text += error.to_string();
  }
  if (omitted > 0) text += "\nand " + std::to_string(omitted) + " more";
  return text;
}

ParseResult load_scenario(const std::string& asked, const LoadOptions& options) {
  const std::string path = in_scenario_library(asked);
  std::string problem;
  const auto text = read_bounded(path, kMaxScenarioBytes, problem);
  if (text) return parse_scenario(*text, path, options);
  ParseResult result;
  result.errors.push_back(about_file(path, std::move(problem)));
  return result;
}

ScenarioFiles find_scenarios(const std::vector<std::string>& paths) {
  ScenarioFiles found;
  for (const std::string& asked : paths) {
    const std::string path = in_scenario_library(asked);
    std::error_code error;
    fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status)) {
      add_folder(path, found.files, found.errors);
    } else if (fs::exists(status)) {
      found.files.push_back(path);
    } else {
      const bool loop = error == std::errc::too_many_symbolic_link_levels;
      const std::string why = loop ? error.message() : "there is no such file or folder";
      found.errors.push_back(about_file(path.empty() ? "\"\"" : path, why));
    }
  }
  std::sort(found.files.begin(), found.files.end());
  std::set<std::string> seen;
  std::erase_if(found.files, [&](const std::string& file) {
    std::error_code error;
    fs::path same = fs::weakly_canonical(file, error);
    return !seen.insert(error ? file : same.string()).second;
  });
  return found;
}

}  // namespace rmqsim
