// What tools/README.md shows of commands is made of what they print: the list of them, the comparison of profiles.
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

TEST(Commands, CompareTheProfilesAsThePageShowsIt) {
  const std::string words = "rmqsim run scenarios --compare-profiles";
  const CommandResult shown = run_command("cd " RMQSIM_SOURCE_DIR " && " + program("rmqsim") + words.substr(6));
  ASSERT_EQ(shown.exit_code, 0) << shown.output;
  const char* const path = "tools/README.md";
  const std::string begin = "$ " + words + "\n";
  expect_made(path, with_part(file_of_tree(path), begin, "```\n", begin + shown.output));
}

}  // namespace commands_test
}  // namespace rmqsim
