// `rmqsim conformance`: clients behind drivers times scenarios. Exit status: 0, 1 when what --require asks for is not
// met or a driver cannot be met, 2 interrupted, or what is asked for inconclusive, 64 bad usage, 70 a report that
// cannot be written.
#include <fnmatch.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/harness/file/text/harmless.h"
#include "tools/commands/commands.h"
#include "tools/commands/options.h"
#include "tools/conformance/conformance.h"
#include "tools/io/output_file.h"
#include "tools/io/progress_line.h"
#include "tools/io/stop_signals.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace conformance_command {
namespace {

struct Conformance {
  std::vector<std::string> paths{"scenarios"};
  std::vector<std::string> filters;
  std::string report, require;
  bool json = false;
  ConformanceOptions options;
};

int usage(const std::string& message) {
  std::cerr << "rmqsim conformance: " << message << "\n";
  return kUsage;
}

bool chosen(const Conformance& command, const std::string& name) {
  return command.filters.empty() ||
         std::any_of(command.filters.begin(), command.filters.end(), [&](const auto& filter) {
           if (filter.find_first_of("*?[") == std::string::npos) return name.find(filter) != std::string::npos;
           return ::fnmatch(filter.c_str(), name.c_str(), 0) == 0;
         });
}

bool write(const std::filesystem::path& path, const std::string& text) {
  OutputFile file;
  if (file.open(path.string()) && file.commit(text)) return true;
  std::cerr << "rmqsim: " << file.problem() << "\n";
  return false;
}

bool write_report(const ConformanceMatrix& matrix, const std::filesystem::path& folder) {
  bool ok = write(folder / "index.html", matrix_page(matrix)) &&
            write(folder / "conformance.json", matrix_json(matrix)) &&
            write(folder / "conformance.md", matrix_markdown(matrix));
  for (std::size_t s = 0; ok && s < matrix.scenarios.size(); ++s) {
    for (std::size_t c = 0; ok && c < matrix.clients.size(); ++c) {
      ok = write(folder / cell_file(matrix, s, c), cell_page(matrix, s, c));
    }
  }
  return ok;
}

void list(std::ostream& human, const std::string& what, const std::vector<std::string>& lines) {
  if (!lines.empty()) human << "\n" << what << ":\n";
  for (const std::string& line : lines) human << "  " << line << "\n";
}

/// Of what is asked for: what is required, or else all.
bool is_open(const Conformance& command, const ConformanceMatrix& matrix, const Requirement& required) {
  if (!command.require.empty()) return !required.open.empty();
  return std::any_of(matrix.cells.begin(), matrix.cells.end(), [](const auto& row) {
    return std::any_of(row.begin(), row.end(),
                       [](const ConformanceCell& cell) { return cell.verdict == CellVerdict::inconclusive; });
  });
}

int run(Conformance& command) {
  for (const std::string& client : command.options.clients) {
    if (client.find_first_not_of(" \t\n") == std::string::npos) return usage("--client takes a command");
  }
  const LoadedFiles loaded = load_files(command.paths);
  std::vector<const Scenario*> scenarios;
  for (const Scenario& scenario : loaded.scenarios) {
    if (chosen(command, scenario.name)) scenarios.push_back(&scenario);
  }
  if (scenarios.empty()) return usage("there is no scenario to play");
  std::error_code error;
  if (!command.report.empty() && !std::filesystem::is_directory(command.report, error) &&
      !std::filesystem::create_directories(command.report, error)) {
    return usage(command.report + " is no folder and cannot be made one" + (error ? ": " + error.message() : ""));
  }
  stop_signals::listen();
  std::ostream& human = command.json ? std::cerr : std::cout;
  ProgressLine progress(human, command.json ? STDERR_FILENO : STDOUT_FILENO);
  command.options.progress = [&](std::size_t done, std::size_t all, const std::string& what) {
    progress.show(std::to_string(done) + " of " + std::to_string(all) + " · " + what);
  };
  const ConformanceMatrix matrix = run_conformance(scenarios, command.options);
  progress.clear();
  human << harmless_lines(matrix_text(matrix));
  if (command.json) std::cout << matrix_json(matrix);
  const bool written = command.report.empty() || write_report(matrix, command.report);
  if (!command.report.empty() && written) human << "\nreport: " << command.report << "/index.html\n";
  Requirement required;
  if (!command.require.empty()) required = unmet(matrix, command.require);
  list(human, "required and not met", required.missing);
  list(human, "required, and the machine stalled", required.open);
  human << std::flush;
  if (!written) return kInternal;
  const bool unmet_client = std::any_of(matrix.clients.begin(), matrix.clients.end(),
                                        [](const ConformanceClient& client) { return !client.no_hello.empty(); });
  if (matrix.interrupted) {
    human << stop_signals::reason() << "\n";
    return kInconclusive;
  }
  if (!required.missing.empty() || unmet_client) return kFailed;
  if (is_open(command, matrix, required)) return kInconclusive;
  return loaded.ok() ? kPassed : kUsage;
}

}  // namespace
}  // namespace conformance_command

Subcommand add_conformance_command(CLI::App& app) {
  using conformance_command::Conformance;
  const auto command = std::make_shared<Conformance>();
  CLI::App* verb =
      app.add_subcommand("conformance", "Compare clients behind drivers with Java's, scenario by scenario");
  verb->add_option("paths", command->paths, "Scenario files, or folders searched for them")->capture_default_str();
  verb->add_option("--client", command->options.clients,
                   "A driver's command, given to a shell; may be repeated (tools/drivers/README.md)")
      ->required()
      ->allow_extra_args(false);
  verb->add_option("--filter", command->filters,
                   "Only scenarios whose name has this in it, or is like it when it has * or ?; may be repeated")
      ->allow_extra_args(false);
  verb->add_option("--report", command->report, "Folder for index.html, a page per cell, JSON and Markdown")
      ->check(place_to_write);
  verb->add_option("--require", command->require, "Fail unless every client is as this in all that it can play")
      ->check(CLI::IsMember(words_for_profile()));
  verb->add_flag("--json", command->json, "The matrix as JSON on stdout; human text goes to stderr");
  verb->add_option("-j,--jobs", command->options.jobs, "Cells side by side, each in a process of its own")
      ->check(CLI::Range(1u, 256u))
      ->capture_default_str();
  verb->add_option("--max-seconds", command->options.max_seconds, "Real time after which a cell is given up")
      ->check(CLI::Range(1u, 86400u))
      ->capture_default_str();
  verb->footer(
      "Examples:\n"
      "  rmqsim conformance --client 'node tools/drivers/node/driver.cjs' --report conformance\n"
      "  rmqsim conformance scenarios/codes --client ./mine --client 'rmqsim driver run' --require java-5.3.3\n"
      "Exit status: 0, 1 when what --require asks for is not met or a driver does not answer, 2 interrupted, or\n"
      "inconclusive, as the machine stalled, in what is required or, without --require, in any cell, 64 bad usage or\n"
      "an invalid file, 70 a report that cannot be written.");
  return {verb, [command] { return conformance_command::run(*command); }};
}

}  // namespace rmqsim
