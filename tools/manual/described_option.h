// An option of CLI11 as people see it.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace rmqsim {

struct DescribedOption {
  enum class Value { none, choice, number, file_or_text };

  explicit DescribedOption(const CLI::Option& option);

  std::vector<std::string> names;  ///< with dashes, short ones first; of a positional none
  std::string metavar;             ///< what stands for its value: "UINT", or the name of a positional
  std::string text;
  std::string bounds;  ///< "1 - 256"
  std::string initial;
  std::string variable;  ///< of the environment
  std::vector<std::string> choices;
  Value value = Value::none;
  bool required = false;
  bool optional_value = false;
  bool repeatable = false;
};

/// Those that the help shows, in its order.
std::vector<DescribedOption> options_of(const CLI::App& app);
std::vector<DescribedOption> positionals_of(const CLI::App& app);
/// Commands of a command, in the order of the help.
std::vector<const CLI::App*> commands_of(const CLI::App& app);

}  // namespace rmqsim
