#include "tools/manual/described_option.h"

#include <CLI/CLI.hpp>
#include <string_view>

namespace rmqsim {
namespace {

std::vector<std::string> split_choices(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    words.emplace_back(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return words;
}

/// What stands between two marks of a text; empty when it has them not.
std::string between(const std::string& text, std::string_view open, std::string_view close) {
  const std::size_t begin = text.find(open);
  if (begin == std::string::npos) return "";
  const std::size_t end = text.find(close, begin + open.size());
  return end == std::string::npos ? "" : text.substr(begin + open.size(), end - begin - open.size());
}

bool is_number(std::string_view type) {
  for (const std::string_view one : {"INT", "UINT", "FLOAT", "NUMBER"}) {
    if (type == one) return true;
  }
  return false;
}

std::vector<DescribedOption> described(const CLI::App& app, bool positional) {
  std::vector<DescribedOption> all;
  for (const CLI::Option* option : app.get_options({})) {
    if (!option->get_group().empty() && option->get_positional() == positional) all.emplace_back(*option);
  }
  return all;
}

}  // namespace

DescribedOption::DescribedOption(const CLI::Option& option)
    : text(option.get_description()), initial(option.get_default_str()), variable(option.get_envname()) {
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  const std::string type = option.get_type_name();  // NAME:bounds:{choices}
  metavar = type.substr(0, type.find_first_of(":{"));
  // [IP:]PORT is a name of its own.
  if (type.starts_with('[')) metavar = type;
  choices = split_choices(between(type, "{", "}"));
  bounds = between(type, "in [", "]");
  if (option.get_positional()) metavar = option.get_name(true, false);
  const bool takes_value = option.get_positional() || option.get_items_expected_max() > 0;
  value = !takes_value         ? Value::none
          : !choices.empty()   ? Value::choice
          : is_number(metavar) ? Value::number
                               : Value::file_or_text;
  required = option.get_required();
  optional_value = takes_value && option.get_items_expected_min() == 0;
  repeatable = option.get_items_expected_max() > 1;
}

std::vector<DescribedOption> options_of(const CLI::App& app) { return described(app, false); }
std::vector<DescribedOption> positionals_of(const CLI::App& app) { return described(app, true); }

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  std::vector<const CLI::App*> all;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (!command->get_name().empty() && !command->get_group().empty()) all.push_back(command);
  }
  return all;
}

}  // namespace rmqsim
