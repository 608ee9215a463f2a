// The names of codes in the one list besides producer/remoting/codes.h that no compiler sees: the dissector's.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "producer/remoting/codes.h"
#include "tests/support/made_text.h"

namespace rmqsim {
namespace codes_test {

/// The script with that table made of these names.
template <class Number>
std::string with_table(const std::string& script, const std::string& name, const std::string_view* names,
                       std::size_t count, Number number) {
  std::vector<std::string> entries;
  for (std::size_t i = 0; i < count; ++i) {
    entries.push_back("[" + std::to_string(number(names[i]).value()) + "] = \"" + std::string(names[i]) + "\",");
  }
  const std::string begin = "local " + name + " = {\n";
  return with_part(script, begin, "}\n", begin + filled(entries, "  "));
}

TEST(Dissector, NamesEveryCodeWithItsNumber) {
  const char* const path = "tools/wireshark/rocketmq.lua";
  std::size_t count = 0;
  const std::string_view* names = request_code_names(count);
  std::string script = with_table(file_of_tree(path), "REQUESTS", names, count, request_code_by_name);
  names = response_code_names(count);
  script = with_table(script, "RESPONSES", names, count, response_code_by_name);
  expect_made(path, script);
}

}  // namespace codes_test
}  // namespace rmqsim
