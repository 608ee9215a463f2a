// What was meant by a word that is no command.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace rmqsim {

/// What is wrong with the word where a command of `app` must stand; empty when it is one, or an option.
std::string unknown_command(const CLI::App& app, const std::string& word);
/// The same of a subcommand that has subcommands, after `app` refused the command line.
std::string unknown_subcommand(const CLI::App& app);

}  // namespace rmqsim
