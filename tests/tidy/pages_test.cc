// The rules on pages, links and paths, over a small tree.
#include "tests/tidy/pages.h"

#include <gtest/gtest.h>

namespace rmqsim::tidy {
namespace pages_test {
namespace {

const Tree& tree() {
  static const Tree small = {
      {make_source_file("README.md", "# Title\n"),
       make_source_file("tools/README.md",
                        "# The `rmqsim` tool\n\n## run SCENARIO -- COMMAND\n\n## §4 → “end” [x](y)\n\n"
                        "## Twice\n\n## Twice\n\n```\n# not a heading\n```\n")},
      {"README.md", "tools/README.md", "tools/send/send.h", "producer/a.h"}};
  return small;
}

Findings layout(const std::string& text) { return check_page_layout(make_source_file("a.md", text)); }

Findings links(const std::string& path, const std::string& text) {
  return check_links(make_source_file(path, text), tree(), read_anchors(tree()));
}

Findings paths(const std::string& comment) {
  return check_paths(make_source_file("tools/send/a.cc", "// " + comment + "\n"), tree());
}

TEST(Pages, WrapAt120ColumnsWhereTheyCan) {
  const std::string words = "word " + std::string(120, 'x');
  EXPECT_EQ(layout(words + "\n"), Findings{"a.md:1: 125 columns; wrap at 120"});
  EXPECT_EQ(layout("word " + std::string(115, 'x') + "\n"), Findings{});
  std::string accents;
  for (int i = 0; i < 115; ++i) accents += "é";
  EXPECT_EQ(layout("word " + accents + "\n"), Findings{});
  for (const std::string& whole : {"| " + words + " |", "```\n" + words + "\n```",
                                   "- [some link](" + std::string(120, 'x') + ")", std::string(130, 'x')}) {
    EXPECT_EQ(layout(whole + "\n"), Findings{}) << whole;
  }
  EXPECT_EQ(layout("blanks \n").size(), 1u);
}

TEST(Pages, LinkToFilesFoldersAndHeadings) {
  for (const char* link :
       {"[a](tools/README.md)", "[a](tools)", "[a](tools/)", "[a](tools/README.md#the-rmqsim-tool)", "[a](#title)",
        "[a](tools/README.md#run-scenario----command)", "[a](tools/README.md#4--end-x)", "[a](tools/README.md#twice-1)",
        "[a](https://example.org/b)", "`[a](nowhere)`", "```\n[a](nowhere)\n```"}) {
    EXPECT_EQ(links("README.md", link), Findings{}) << link;
  }
  EXPECT_EQ(links("tools/README.md", "[a](../README.md) [b](send/send.h)"), Findings{});
}

TEST(Pages, ThatLinkToNothingAreFound) {
  EXPECT_EQ(links("README.md", "[a](tools/send.md)"),
            Findings{"README.md:1: links to tools/send.md, which is not there; correct the link"});
  EXPECT_EQ(links("tools/README.md", "[a](tools/README.md)").size(), 1u);
  EXPECT_EQ(
      links("README.md", "[a](tools/README.md#twice-2)"),
      Findings{"README.md:1: links to tools/README.md#twice-2, and no heading of tools/README.md makes that anchor; "
               "correct the link"});
  EXPECT_EQ(links("README.md", "[a](tools/README.md#not-a-heading)").size(), 1u);
}

TEST(Paths, InProseAreThere) {
  for (const char* comment :
       {"see tools/send/send.h.", "tools/send", "in producer/a", "scenarios/x.json", "tests/fuzz/corpus/TARGET",
        "producer/client/*.h", "tools/<name>.cc", "tests/.../a.h", "the page tools/README.md", "README.md",
        "send/send.h", "https://example.org/tools/none"}) {
    EXPECT_EQ(paths(comment), Findings{}) << comment;
  }
  EXPECT_EQ(paths("see producer/gone.h"),
            Findings{"tools/send/a.cc:1: names producer/gone.h, which is not there; write the path it has now"});
  EXPECT_EQ(paths("tools/fault").size(), 1u);
  EXPECT_EQ(paths("numbers are those of the-law.md"),
            Findings{"tools/send/a.cc:1: names the page the-law.md, which is not there; say which page it is now"});
  EXPECT_EQ(check_paths(make_source_file("tools/a.cc", "const char* t = \"producer/gone.h\";\n"), tree()), Findings{});
}

}  // namespace
}  // namespace pages_test
}  // namespace rmqsim::tidy
