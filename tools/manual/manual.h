// What every program tells of itself beside --help: its version, its manual page, and what completes its command line
// in a shell. Pages and completions are made of the very options that the program parses, so there is no second copy of
// their texts.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace rmqsim {

/// Adds --version, to each command as well, --man and --completion. `app` has its commands already.
void add_manual_options(CLI::App& app, const std::string& program, const std::string& version);

/// A page for man(1), of the program or of one of its commands.
std::string man_page(const CLI::App& app, const std::string& program, const std::string& version,
                     const CLI::App* command = nullptr);

/// What a shell sources, or finds where it looks for completions: "bash", "zsh" or "fish".
std::string completion(const CLI::App& app, const std::string& program, const std::string& shell);

}  // namespace rmqsim
