#include "tools/manual/manual.h"

#include <CLI/CLI.hpp>
#include <vector>

#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

/// Ends the parsing as a success, with this text as all that is printed.
[[noreturn]] void print_instead(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  throw CLI::CallForVersion(std::move(text), 0);
}

/// There are pages of the program and of its commands.
[[noreturn]] void refuse_page(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining();
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (names.empty() || words.front().starts_with('-')) throw CLI::ExtrasError(words);
  throw CLI::ParseError("there is no manual page of " + in_quotes(words.front()) + suggestion(words.front(), names),
                        CLI::ExitCodes::ExtrasError);
}

/// Behind every command too, where no help repeats it.
void add_version_flag(CLI::App& app, const std::string& said) {
  for (CLI::App* command : app.get_subcommands({})) {
    command->set_version_flag("--version", said)->group("");
    add_version_flag(*command, said);
  }
}

}  // namespace

void add_manual_options(CLI::App& app, const std::string& program, const std::string& version) {
  const bool commands = !app.get_subcommands({}).empty();
  app.set_version_flag("--version", program + " " + version,
                       commands ? "Print the version and exit; behind a command too" : "Print the version and exit");
  add_version_flag(app, program + " " + version);
  app.add_flag_callback(
      "--man",
      [&app, program, version] {
        const auto asked = app.get_subcommands();
        if (asked.empty() && app.remaining_size() > 0) refuse_page(app);
        print_instead(man_page(app, program, version, asked.empty() ? nullptr : asked.front()));
      },
      commands ? "Print the manual page, of a command when one follows, and exit" : "Print the manual page and exit");
  app.add_option_function<std::string>(
         "--completion", [&app, program](const std::string& shell) { print_instead(completion(app, program, shell)); },
         "Print what completes the command line in this shell, and exit")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

}  // namespace rmqsim
