// `rmqsim version`: what this program is, and whose decisions it can make. Exit status: 0.
#include <CLI/CLI.hpp>
#include <iostream>
#include <string_view>

#include "producer/profile/profile.h"
#include "tools/commands/commands.h"

namespace rmqsim {

Subcommand add_version_command(CLI::App& app) {
  return {app.add_subcommand("version", "Print the version and the client profiles it knows"), [] {
            std::cout << "rmqsim " RMQSIM_VERSION "\nprofiles:";
            for (std::string_view name : profile_names()) std::cout << " " << name;
            std::cout << "\n";
            return 0;
          }};
}

}  // namespace rmqsim
