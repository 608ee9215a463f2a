// The list of commands in tools/README.md is made of what each says of itself.
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tests/support/made_text.h"
#include "tests/tools/command.h"

namespace rmqsim {
namespace commands_test {

TEST(Commands, AreListedAsTheHelpOfRmqsimListsThem) {
  std::istringstream help(run_command(program("rmqsim") + " --help").output);
  std::string line;
  while (std::getline(help, line) && line != "Subcommands:") {
  }
  std::string table = "| command | does |\n|---|---|\n";
  while (std::getline(help, line) && !line.empty()) {
    const std::size_t end = line.find(' ', 2);
    table += "| `rmqsim " + line.substr(2, end - 2) + "` | " + line.substr(line.find_first_not_of(' ', end)) + " |\n";
  }
  const char* const path = "tools/README.md";
  expect_made(path, with_part(file_of_tree(path), "| command | does |\n", "\n\n", table.substr(0, table.size() - 1)));
}

}  // namespace commands_test
}  // namespace rmqsim
