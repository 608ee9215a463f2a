// The rule on citations, over a small law.
#include "tests/tidy/citations.h"

#include <gtest/gtest.h>

namespace rmqsim::tidy {
namespace citations_test {
namespace {

const Law& law() {
  static const Law small = read_law(
      {{
           make_source_file("producer/behaviour/06-default-path.md",
                            "# 6 The default path\n\n## 6.5 Budget\n\n### 6.5.1 Its end\n"),
           make_source_file("producer/behaviour/11-quirks.md",
                            "# 11 Quirks\n\n### Quirk 37: Threads\n\n### Quirk 38: Loops\n"),
           make_source_file("producer/remoting/wire/03-send-path.md", "# 3 Codes\n\n## 3.7 Ends\n"),
           make_source_file("producer/remoting/wire/appendices.md", "## Appendix A Topics\n"),
           make_source_file("producer/remoting/wire/observed-servers.md", "## 4 Timing\n\n### C6 The limit of 604\n"),
           make_source_file("scenarios/format.md", "## 1 The file\n\n### 1.13 Events\n"),
       },
       {}});
  return small;
}

Findings in_comment(const std::string& path, const std::string& comment) {
  return check_citations(make_source_file(path, "// " + comment + "\n"), law());
}

TEST(Citations, LeadToHeadings) {
  for (const char* comment : {
           "behaviour §6.5, §6.5.1",
           "behaviour §6 and §6.5",
           "Quirk 37 is one",
           "quirks 37, 38",
           "wire §3.7",
           "wire §3.7 to §3",
           "wire §3.7, observed-servers §4 (C6)",
           "format §1.13",
           "format §1, \"Events\"",
           "observed-servers C6",
           "wire appendix A",
           "`§` by itself",
           "behaviour §6.",
       }) {
    EXPECT_EQ(in_comment("tools/a.cc", comment), Findings{}) << comment;
  }
}

TEST(Citations, OfNumbersThatNoHeadingHasAreFound) {
  for (const char* comment : {
           "behaviour §6.6",
           "behaviour §6.5, §6.7",
           "behaviour §6–§7",
           "behaviour §6-7",
           "wire §6.5",
           "format §1.14",
           "format §1, \"faults\"",
           "quirk 39",
           "quirks 37, 39",
           "C7",
           "observed-servers §3.7",
           "Appendix D",
       }) {
    EXPECT_EQ(in_comment("tools/a.cc", comment).size(), 1u) << comment;
  }
  EXPECT_EQ(
      in_comment("tools/a.cc", "as behaviour §6.6 has it"),
      Findings{
          "tools/a.cc:1: cites behaviour §6.6, and producer/behaviour/ has no heading with that number; correct it"});
}

TEST(Citations, WithoutANameAreOfTheRoomsDocument) {
  EXPECT_EQ(in_comment("producer/client/send/a.cc", "§6.5"), Findings{});
  EXPECT_EQ(in_comment("producer/client/send/a.cc", "§3.7").size(), 1u);
  EXPECT_EQ(in_comment("fake_broker/a.cc", "§3.7"), Findings{});
  EXPECT_EQ(in_comment("fake_broker/a.cc", "§6.5").size(), 1u);
  EXPECT_EQ(in_comment("producer/remoting/a.cc", "§6.5"),
            Findings{"producer/remoting/a.cc:1: cites §6.5 of no document; write \"behaviour §6.5\" or which it is"});
}

TEST(Citations, KeepADocumentToTheEndOfItsSentence) {
  EXPECT_EQ(in_comment("fake_broker/a.cc", "behaviour §6 says how long (§6.5)"), Findings{});
  EXPECT_EQ(in_comment("fake_broker/a.cc", "behaviour §6 says it. §6.5").size(), 1u);
  EXPECT_EQ(in_comment("fake_broker/a.cc", "behaviour §6\n// and §6.5"), Findings{});
  EXPECT_EQ(in_comment("fake_broker/a.cc", "behaviour §6\nint x;\n// and §6.5").size(), 1u);
}

TEST(Citations, OfDocumentsWithoutTheSignAreFound) {
  EXPECT_EQ(in_comment("tools/a.cc", "observed-servers 3.7"),
            Findings{"tools/a.cc:1: cites observed-servers without §; write it before the number"});
}

TEST(Citations, AreReadInPagesAndScenariosAndNotInCode) {
  EXPECT_EQ(check_citations(make_source_file("README.md", "See behaviour §9.\n"), law()).size(), 1u);
  EXPECT_EQ(check_citations(make_source_file("scenarios/a.json", "{\"about\": \"quirk 39\"}\n"), law()).size(), 1u);
  EXPECT_EQ(check_citations(make_source_file("tools/check", "# format §9\n"), law()).size(), 1u);
  EXPECT_EQ(check_citations(make_source_file("tools/a.cc", "int C7 = quirk(39);\n"), law()), Findings{});
}

}  // namespace
}  // namespace citations_test
}  // namespace rmqsim::tidy
