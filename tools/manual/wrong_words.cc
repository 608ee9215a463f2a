#include "tools/manual/wrong_words.h"

#include <CLI/CLI.hpp>
#include <vector>

#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

/// The first example of a command's help.
std::string example_of(const CLI::App& command) {
  const std::string text = command.get_footer();
  const std::size_t begin = text.find_first_not_of(" \n", text.find(":\n") + 1);
  if (text.compare(0, 7, "Example") != 0 || begin == std::string::npos) return "";
  const std::string line = text.substr(begin, text.find('\n', begin) - begin);
  return line.substr(0, line.find("  "));  // what follows is its explanation
}

/// The option that was likely meant by the first one that `command` does not have.
std::string option_like(const CLI::App& app, const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options({})) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  for (const std::string& word : app.remaining(true)) {
    if (!word.starts_with("--")) continue;
    const std::string meant = suggestion(word.substr(0, word.find('=')), names);
    return meant.starts_with("; did you mean") ? meant : "";  // all that are known would be many
  }
  return "";
}

}  // namespace

std::string wrong_words(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* last = &app;
  std::string name = app.get_name();
  while (!last->get_subcommands().empty()) {
    last = last->get_subcommands().front();
    name += " " + last->get_name();
  }
  const std::string help = "; " + name + " --help says more";
  if (dynamic_cast<const CLI::RequiredError*>(&error) == nullptr) {
    return name + ": " + error.what() + option_like(app, *last) + help;
  }
  if (last->get_require_subcommand_min() > 0) {
    std::string all;
    for (const CLI::App* command : last->get_subcommands({})) all += (all.empty() ? "" : ", ") + command->get_name();
    return name + ": a command is required: " + all + help;
  }
  for (const std::string& word : app.remaining(true)) {
    if (word.size() < 2 || word.front() != '-') continue;
    return name + ": there is no option " + word.substr(0, word.find('=')) + option_like(app, *last) + help;
  }
  std::string example = example_of(*last);
  if (!example.starts_with(name + " ")) example.clear();  // of the command above it
  return name + ": " + error.what() + (example.empty() ? help : "; for example: " + example);
}

}  // namespace rmqsim
