// The table of emulated releases, read as its source: C++ cannot name the fields of a struct.
#include "fake_broker/shell/server_profile.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace rmqsim {
namespace server_profile_test {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

const std::string kSource = RMQSIM_SOURCE_DIR "/fake_broker/shell/server_profile";

/// In the order of the header, with whether the comment says that all releases have the same value.
std::vector<std::pair<std::string, bool>> fields() {
  const std::string header = read(kSource + ".h");
  const std::size_t begin = header.find("struct ServerProfile {");
  const std::string body = header.substr(begin, header.find("\n};", begin) - begin);
  static const std::regex kField(R"(\n  (?:bool|std::string_view|std::int32_t) +(\w+); *///< ([^\n]*))");
  std::vector<std::pair<std::string, bool>> out;
  for (std::sregex_iterator it(body.begin(), body.end(), kField), end; it != end; ++it) {
    out.emplace_back((*it)[1], (*it)[2].str().find("common") != std::string::npos);
  }
  return out;
}

/// Each row's fields with their values as written, in their order.
std::vector<std::vector<std::pair<std::string, std::string>>> rows() {
  const std::string source = read(kSource + ".cc");
  static const std::regex kSet(R"(\n      \.(\w+) = ([^\n]*),(?=\n))");
  std::vector<std::vector<std::pair<std::string, std::string>>> out;
  for (std::size_t at = source.find("\nServerProfile "); at != std::string::npos;
       at = source.find("\nServerProfile ", at + 1)) {
    const std::string row = source.substr(at, source.find("\n}\n", at) - at);
    auto& values = out.emplace_back();
    for (std::sregex_iterator it(row.begin(), row.end(), kSet), end; it != end; ++it) {
      values.emplace_back((*it)[1], (*it)[2]);
    }
  }
  return out;
}

TEST(ServerProfiles, HaveEachFieldInEachRow) {
  std::vector<std::string> names;
  for (const auto& [name, common] : fields()) names.push_back(name);
  ASSERT_GT(names.size(), 50u);
  ASSERT_EQ(rows().size(), server_profile_names().size());
  for (const auto& row : rows()) {
    std::vector<std::string> set;
    for (const auto& [name, value] : row) set.push_back(name);
    EXPECT_EQ(set, names);
  }
}

TEST(ServerProfiles, DifferInEachFieldThatIsNotSaidToBeCommon) {
  std::map<std::string, std::set<std::string>> values;
  for (const auto& row : rows()) {
    for (const auto& [name, value] : row) values[name].insert(value);
  }
  for (const auto& [name, common] : fields()) EXPECT_EQ(values[name].size() == 1, common) << name;
}

TEST(ServerProfiles, AreAskedForEachField) {
  std::string code;
  for (const char* room : {"fake_broker", "fake_namesrv"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(RMQSIM_SOURCE_DIR) / room)) {
      if (entry.path().extension() == ".cc" && entry.path().stem() != "server_profile") code += read(entry.path());
    }
  }
  for (const auto& [name, common] : fields()) {
    if (name == "name") continue;  // asked by programs
    EXPECT_TRUE(std::regex_search(code, std::regex("(\\.|->|ServerProfile::)" + name + "\\b"))) << name;
  }
}

TEST(ServerProfiles, AreFoundByTheirNames) {
  std::set<std::int32_t> versions;
  for (const std::string_view name : server_profile_names()) {
    const ServerProfile* const profile = find_server_profile(name);
    ASSERT_NE(profile, nullptr);
    EXPECT_EQ(profile->name, name);
    EXPECT_EQ(find_server_profile("java-" + std::string(name)), profile);
    EXPECT_TRUE(versions.insert(profile->version).second) << name;
  }
  EXPECT_EQ(default_server_profile().name, server_profile_names().front());
  EXPECT_EQ(find_server_profile("5.3"), nullptr);
  EXPECT_EQ(server_profile_choice(), "5.3.3 or 4.9.8");
}

}  // namespace server_profile_test
}  // namespace rmqsim
