#include "tools/manual/decimal_numbers.h"

#include <CLI/CLI.hpp>
#include <string>

namespace rmqsim {
namespace {

/// A validator of CLI11: changes the text, or says what is wrong with it.
std::string decimal(std::string& text) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::size_t first = text.find_first_not_of('0', sign);
  if (first == std::string::npos) {
    if (text.size() > sign) text.erase(sign, text.size() - sign - 1);  // zero
  } else if (first > sign && (text[first] == 'x' || text[first] == 'X')) {
    return "takes a decimal number, not " + text;
  } else {
    text.erase(sign, first - sign);
  }
  return {};
}

bool takes_whole_numbers(const CLI::Option& option) {
  const std::string type = option.get_type_name();  // NAME:bounds
  return type.starts_with("UINT") || type.starts_with("INT");
}

}  // namespace

void read_numbers_as_decimal(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (takes_whole_numbers(*option)) option->transform(CLI::Validator(decimal, std::string()));
  }
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) read_numbers_as_decimal(*command);
}

}  // namespace rmqsim
