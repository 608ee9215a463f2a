// The README shows compiled code only: each of its blocks stands in the examples word for word, and every example is
// shown.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace readme_test {

std::string read(const std::string& path) {
  std::ifstream in(RMQSIM_SOURCE_DIR "/" + path);
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_TRUE(in.good() || in.eof()) << path;
  return text.str();
}

std::vector<std::string> code_blocks(const std::string& page) {
  std::vector<std::string> blocks;
  const std::string fence = "```cpp\n";
  for (std::size_t at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
    at += fence.size();
    const std::size_t end = page.find("```", at);
    blocks.push_back(page.substr(at, end - at));
    at = end;
  }
  return blocks;
}

TEST(ReadmeOfTheTestLibrary, ShowsWhatIsCompiled) {
  const std::string examples = read("tests/testing/examples_test.cc");
  const std::vector<std::string> blocks = code_blocks(read("scenarios/testing/README.md"));
  EXPECT_GE(blocks.size(), 6u);
  for (const std::string& block : blocks) {
    EXPECT_NE(examples.find(block), std::string::npos) << "not in tests/testing/examples_test.cc:\n" << block;
  }
}

TEST(ReadmeOfTheTestLibrary, BeginsWithWhatATestOfTheInstallationCompiles) {
  const std::string installed = read("tests/install/consumer/checks_test.cc");
  const std::vector<std::string> blocks = code_blocks(read("scenarios/testing/README.md"));
  ASSERT_GE(blocks.size(), 2u);
  EXPECT_NE(installed.find(blocks[0]), std::string::npos) << blocks[0];
  EXPECT_NE(installed.find(blocks[1]), std::string::npos) << blocks[1];
}

TEST(ReadmeOfTheTestLibrary, ShowsEveryExample) {
  std::string shown;
  for (const std::string& block : code_blocks(read("scenarios/testing/README.md"))) shown += block;
  std::istringstream lines(read("tests/testing/examples_test.cc"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("TEST") && !line.starts_with("RMQSIM_")) continue;
    EXPECT_NE(shown.find(line), std::string::npos) << line;
  }
}

}  // namespace readme_test
