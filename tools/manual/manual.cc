#include "tools/manual/manual.h"

#include <CLI/CLI.hpp>

namespace rmqsim {
namespace {

/// Ends the parsing as a success, with this text as all that is printed.
[[noreturn]] void print_instead(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  throw CLI::CallForVersion(std::move(text), 0);
}

}  // namespace

void add_manual_options(CLI::App& app, const std::string& program, const std::string& version) {
  app.set_version_flag("--version", program + " " + version, "Print the version and exit");
  const bool commands = !app.get_subcommands({}).empty();
  app.add_flag_callback(
      "--man",
      [&app, program, version] {
        const auto asked = app.get_subcommands();
        if (asked.empty() && app.remaining_size() > 0) throw CLI::ExtrasError(app.remaining());
        print_instead(man_page(app, program, version, asked.empty() ? nullptr : asked.front()));
      },
      commands ? "Print the manual page, of a command when one follows, and exit" : "Print the manual page and exit");
  app.add_option_function<std::string>(
         "--completion", [&app, program](const std::string& shell) { print_instead(completion(app, program, shell)); },
         "Print what completes the command line in this shell, and exit")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

}  // namespace rmqsim
