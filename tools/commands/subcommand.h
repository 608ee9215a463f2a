// What a verb of rmqsim is: its part of the command line, and what it does. commands.h has the table.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace rmqsim {

struct Subcommand {
  CLI::App* app = nullptr;   ///< tells after parsing whether it was chosen
  std::function<int()> run;  ///< the exit status (format §3.3)
  /// Where set, it takes what stands after "--" before anything is parsed: a user's command, with options that are none
  /// of ours.
  std::function<void(std::vector<std::string>)> take_command = {};
};

}  // namespace rmqsim
