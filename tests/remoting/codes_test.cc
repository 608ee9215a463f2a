// The names of codes in the one list besides producer/remoting/codes.h that no compiler sees: the dissector's.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "producer/remoting/codes.h"

namespace rmqsim {
namespace codes_test {

TEST(Dissector, NamesEveryCodeWithItsNumber) {
  std::ifstream stream(RMQSIM_SOURCE_DIR "/tools/wireshark/rocketmq.lua", std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  const std::string script = text.str();
  const std::size_t responses = script.find("local RESPONSES = {");
  ASSERT_NE(responses, std::string::npos);
  const auto expect_all = [](const std::string& table, const std::string_view* names, std::size_t count, auto number) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string value = std::to_string(number(names[i]).value());
      const std::string entry = "[" + value + "] = \"" + std::string(names[i]) + "\"";
      EXPECT_NE(table.find(entry), std::string::npos) << "tools/wireshark/rocketmq.lua lacks " << entry;
    }
  };
  std::size_t count = 0;
  const std::string_view* names = request_code_names(count);
  expect_all(script.substr(0, responses), names, count, request_code_by_name);
  names = response_code_names(count);
  expect_all(script.substr(responses), names, count, response_code_by_name);
}

}  // namespace codes_test
}  // namespace rmqsim
