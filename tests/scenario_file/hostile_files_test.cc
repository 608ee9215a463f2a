// Files that are no scenario at all, or that want to hurt: each costs one clear message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/file/text/json_tree.h"
#include "scenarios/harness/file/text/source_text.h"
#include "tests/scenario_file/minimal.h"

namespace rmqsim {
namespace {

namespace fs = std::filesystem;

/// A folder of this test's own, removed at its end.
class InAFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("rmqsim_scenario_file_" + name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, std::string_view text) {
    fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  static std::string only_message(const ParseResult& result) {
    return result.errors.size() == 1 ? result.errors[0].message : result.to_string();
  }

  fs::path folder_;
};

using LoadScenario = InAFolder;
using FindScenarios = InAFolder;

TEST_F(LoadScenario, ReadsAValidFile) {
  ParseResult result = load_scenario(write("minimal.json", kMinimal));
  ASSERT_TRUE(result.ok()) << result.to_string();
  EXPECT_EQ(result.scenario->name, "minimal");
}

TEST_F(LoadScenario, RefusesADirectory) {
  EXPECT_EQ(only_message(load_scenario(folder_.string())), "this is a folder, not a file");
}

TEST_F(LoadScenario, ReadsAPipeToItsEnd) {
  const std::string pipe = (folder_ / "minimal.json").string();
  fs::create_directories(folder_);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const pid_t writer = ::fork();
  if (writer == 0) {
    std::ofstream(pipe) << kMinimal << std::flush;
    ::_exit(0);
  }
  const ParseResult result = load_scenario(pipe);
  ::waitpid(writer, nullptr, 0);
  EXPECT_TRUE(result.ok()) << result.to_string();
}

TEST_F(LoadScenario, RefusesADeviceWithoutEnd) {
  EXPECT_EQ(only_message(load_scenario("/dev/zero")), "the file is larger than 16 MiB, the most a scenario may have");
}

TEST_F(LoadScenario, RefusesAFileThatIsNotThere) {
  EXPECT_EQ(only_message(load_scenario((folder_ / "none.json").string())), "there is no such file");
}

TEST_F(LoadScenario, RefusesAHundredMegabytesWithoutReadingThem) {
  std::string path = write("huge.json", "{");
  fs::resize_file(path, 100u << 20);  // sparse
  EXPECT_EQ(only_message(load_scenario(path)), "the file is larger than 16 MiB, the most a scenario may have");
}

TEST_F(LoadScenario, RefusesAnEmptyFile) {
  EXPECT_EQ(only_message(load_scenario(write("empty.json", ""))), "the file is empty; a scenario is a JSON object");
  EXPECT_EQ(only_message(load_scenario(write("blank.json", " \n\t"))),
            "the file is empty; a scenario is a JSON object");
}

TEST_F(LoadScenario, RefusesBrokenUtf8AtItsPlace) {
  ParseResult result = load_scenario(write("minimal.json", replaced(kMinimal, "it is small", "it is sm\xC3\x28ll")));
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(result.errors[0].message, "not valid UTF-8");
  EXPECT_EQ(result.errors[0].line, 2u);
  EXPECT_EQ(result.errors[0].column, 52u);
  EXPECT_EQ(result.errors[0].excerpt, "");
}

// Editors of Windows write it.
TEST_F(LoadScenario, SaysOfUtf16WhatToDo) {
  for (const std::string_view mark : {"\xFF\xFE", "\xFE\xFF"}) {
    const ParseResult result = load_scenario(write("minimal.json", std::string(mark) + std::string("{\0}\0", 4)));
    EXPECT_EQ(only_message(result), "this is UTF-16; save it as UTF-8");
  }
}

// A NUL byte is the end for the parser beneath, so what stands behind it would be left out.
TEST_F(LoadScenario, RefusesANulByteWhateverStandsBehindIt) {
  for (const std::string_view rest : {"", " {\"version\": 2}", "\n// and more"}) {
    std::string text(kMinimal);
    text += '\0';
    const ParseResult result = load_scenario(write("minimal.json", text.append(rest)));
    EXPECT_EQ(only_message(result), "not valid JSON: a NUL byte");
    EXPECT_EQ(result.errors.at(0).line, 18u);
  }
}

TEST_F(LoadScenario, NamesTheFileToBeWhenItsNameCannotBeAScenarios) {
  EXPECT_EQ(only_message(load_scenario(write("my scenario.json", kMinimal))),
            R"(the name must be the file's name: "my scenario", which cannot be one; call the file minimal.json)");
}

TEST(FindInvalidUtf8, RefusesWhatRfc3629Refuses) {
  EXPECT_EQ(find_invalid_utf8("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("a\x80"), 1u);             // a continuation alone
  EXPECT_EQ(find_invalid_utf8("\xC0\xAF"), 0u);          // overlong
  EXPECT_EQ(find_invalid_utf8("\xE0\x80\xAF"), 0u);      // overlong
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0u);      // a surrogate
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0u);  // beyond U+10FFFF
  EXPECT_EQ(find_invalid_utf8("ab\xE2\x82"), 2u);        // cut off
}

TEST(ParseScenario, RefusesDeepNestingAtTheLevelThatIsTooMuch) {
  std::string text = std::string(100'000, '[');
  ParseResult result = parse_scenario(text, "deep.json");
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(result.errors[0].message, "nested deeper than 64 levels");
  EXPECT_EQ(result.errors[0].column, 65u);
}

TEST(ParseScenario, RefusesTooManyValues) {
  std::string text = "[0";
  for (std::size_t i = 0; i < JsonTree::kMaxValues; ++i) text += ",0";
  ParseResult result = parse_scenario(text + "]", "many.json");
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(result.errors[0].message, "more than 500000 values");
}

TEST(ParseScenario, RefusesAValueThatIsNoObject) {
  ParseResult result = parse_scenario("[1]", "list.json");
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(result.errors[0].message, "expected an object, found an array");
}

TEST(ParseScenario, ReportsAtMostTwentyErrorsAndCountsTheRest) {
  std::string keys;
  for (int i = 0; i < 300; ++i) keys += "\"unknown" + std::to_string(i) + "\": 0, ";
  ParseResult result = parse_minimal("\"version\"", keys + "\"version\"");
  EXPECT_EQ(result.errors.size(), kMaxScenarioErrors);
  EXPECT_EQ(result.omitted, 280u);
  EXPECT_THAT(result.to_string(), testing::EndsWith("and 280 more"));
}

TEST(ParseScenario, ReportsErrorsOfSeveralSectionsInFileOrder) {
  std::string text = replaced(kMinimal, "\"count\": 10", "\"count\": -1");
  text = replaced(text, "\"slaveOf\": \"broker-b\"", "\"slaveOf\": \"x\"");
  text = replaced(text, "\"outcome\": \"SEND_OK\"", "\"outcome\": \"OK\"");
  ParseResult result = parse_scenario(text, "minimal.json");
  ASSERT_EQ(result.errors.size(), 3u) << result.to_string();
  EXPECT_EQ(result.errors[0].pointer, "/cluster/brokers/2/slaveOf");
  EXPECT_EQ(result.errors[1].pointer, "/steps/0/send/count");
  EXPECT_EQ(result.errors[2].pointer, "/expect/0/outcome");
}

TEST(ScenarioError, QuotesTheLineWithACaretBelowThePlace) {
  ParseResult result = parse_minimal("\"sendMsgTimeout\": 3000", "\t\"sendMsgTimout\": 3000");
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(result.to_string(),
            "minimal.json:7:43: /producers/0/config: unknown key \"sendMsgTimout\"; did you mean \"sendMsgTimeout\"?\n"
            "  7 |   \"producers\": [{\"name\": \"p\", \"config\": { \"sendMsgTimout\": 3000}, \"queueIndex\": "
            "{\"start\": 0, \"resets\": [5]}}],\n"
            "    |                                           ^");
}

TEST(ScenarioError, CountsColumnsInCodePoints) {
  ParseResult result = parse_minimal("\"why\": \"it is small\",", "\"why\": \"d\xC3\xA9j\xC3\xA0 vu\", \"x\": 0,");
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(result.errors[0].column, 54u);  // as if the accents were letters without
}

TEST(ScenarioError, CutsALongLineAroundThePlace) {
  std::string text = "{\"a\": \"" + std::string(5000, 'x') + "\", \"version\": 1}";
  ParseResult result = parse_scenario(text, "");
  ASSERT_FALSE(result.ok());
  for (const ScenarioError& error : result.errors) {
    EXPECT_LE(error.excerpt.size(), 160u);
    EXPECT_LE(error.caret, 160u);
  }
}

TEST(ScenarioError, OfTheEngineQuotesTheFileToo) {
  ParseResult parsed = parse_minimal("", "");
  ASSERT_TRUE(parsed.ok());
  ScenarioError error = error_at(*parsed.scenario, parsed.scenario->fault_locations[0], "this world cannot do that");
  EXPECT_THAT(error.to_string(),
              testing::StartsWith("minimal.json:12:5: /faults/0: this world cannot do that\n  12 |     {\"at\""));
}

TEST_F(FindScenarios, LooksIntoFoldersInOrderAndLeavesTheSchemaOut) {
  write("b/two.json", "{}");
  write("a/one.json", "{}");
  write("a/deep/er/three.json", "{}");
  write("scenario.schema.json", "{}");
  write("README.md", "");
  ScenarioFiles found = find_scenarios({folder_.string(), (folder_ / "a" / "one.json").string()});
  std::string root = folder_.string();
  EXPECT_THAT(found.files,
              testing::ElementsAre(root + "/a/deep/er/three.json", root + "/a/one.json", root + "/b/two.json"));
  EXPECT_TRUE(found.errors.empty());
}

TEST_F(FindScenarios, SaysWhatIsNotThereAndWhatIsEmpty) {
  fs::create_directories(folder_ / "empty");
  ScenarioFiles found = find_scenarios({(folder_ / "none").string(), (folder_ / "empty").string()});
  ASSERT_EQ(found.errors.size(), 2u);
  EXPECT_EQ(found.errors[0].message, "there is no such file or folder");
  EXPECT_EQ(found.errors[1].message, "the folder holds no scenario (*.json)");
}

TEST(Harmless, WritesWhatATerminalObeysAsEscapes) {
  EXPECT_EQ(harmless("plain, größer, 漢字, 🙂"), "plain, größer, 漢字, 🙂");
  EXPECT_EQ(harmless("a\x1b[31m\x07\x7f\n\tb"), R"(a\u001b[31m\u0007\u007f\n\tb)");
  EXPECT_EQ(harmless(std::string_view("\0", 1)), R"(\u0000)");
  EXPECT_EQ(harmless("\u0085\u009b\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"),
            R"(\u0085\u009b\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069)");
  EXPECT_EQ(harmless("\xff\x80 \xe2\x80 \xc3"), R"(\xff\x80 \xe2\x80 \xc3)") << "no UTF-8";
  EXPECT_EQ(harmless_lines("a\n\tb\r\n"), "a\n\tb\\u000d\n");
}

TEST(Harmless, CutsBetweenCharacters) {
  EXPECT_EQ(harmless("abcdef", 6), "abcdef");
  EXPECT_EQ(harmless("abcdefg", 6), "abc...");
  EXPECT_EQ(harmless("ab\u00fcdefgh", 6), "ab...") << "no half character";
  EXPECT_EQ(whole_characters("äöü", 1, 3), "ö") << "neither the half before it nor the one behind it";
  EXPECT_EQ(whole_characters("äöü", 2, 100), "öü");
  EXPECT_EQ(whole_characters("ä", 1, 1), "");
}

}  // namespace
}  // namespace rmqsim
