// The rule on sizes, and the scanner that tells where functions begin and end.
#include "tests/tidy/sizes.h"

#include <gtest/gtest.h>

#include "tests/tidy/definitions.h"

namespace rmqsim::tidy {
namespace sizes_test {
namespace {

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "  x();\n";
  return text;
}

Findings of(const std::string& path, const std::string& text, const std::vector<Exception>& exceptions = {}) {
  return check_sizes({{make_source_file(path, text)}, {}}, exceptions);
}

/// "name first-last".
std::vector<std::string> found_in(const std::string& text) {
  std::vector<std::string> all;
  for (const Definition& d : definitions(make_source_file("a.cc", text))) {
    all.push_back(d.name + " " + std::to_string(d.first + 1) + "-" + std::to_string(d.last + 1) +
                  (d.function ? "" : " no function"));
  }
  return all;
}

TEST(Sizes, OfFilesAreLimited) {
  EXPECT_EQ(of("producer/a.h", lines(200)), Findings{});
  EXPECT_EQ(of("producer/a.h", lines(201)), Findings{"producer/a.h: 201 lines; split by concept, at most 200"});
  EXPECT_EQ(of("producer/a.cc", lines(400)), Findings{});
  EXPECT_EQ(of("producer/a.cc", lines(401)).size(), 1u);
  EXPECT_EQ(of("tests/producer/a_test.cc", lines(600)), Findings{});
  EXPECT_EQ(of("tests/producer/a_test.cc", lines(601)).size(), 1u);
  EXPECT_EQ(of("README.md", lines(2000)), Findings{});
}

TEST(Sizes, OfFunctionsAreLimited) {
  EXPECT_EQ(of("producer/a.cc", "\nvoid A::f() {\n" + lines(68) + "}\n"), Findings{});
  EXPECT_EQ(of("producer/a.cc", "\nvoid A::f() {\n" + lines(69) + "}\n"),
            Findings{"producer/a.cc:2: A::f has 71 lines; name its parts and call them, at most 70"});
  EXPECT_EQ(of("producer/a.cc", "const int kTable[] = {\n" + lines(100) + "};\n"), Findings{});
}

TEST(Sizes, OfFoldersAreLimited) {
  Tree tree;
  for (int i = 0; i < 25; ++i) tree.files.push_back(make_source_file("producer/a/" + std::to_string(i) + ".h", ""));
  tree.files.push_back(make_source_file("producer/a/README.md", ""));
  EXPECT_EQ(check_sizes(tree, {}), Findings{});
  tree.files.push_back(make_source_file("producer/a/a.cc", ""));
  EXPECT_EQ(check_sizes(tree, {}), Findings{"producer/a/: 26 files of code; make rooms of it, at most 25"});
  EXPECT_EQ(check_sizes(tree, {{"producer/a/", "files", "a reason"}}), Findings{});
}

TEST(Sizes, MayBeExceededByNameAndOnlyAsLongAsNeeded) {
  const std::vector<Exception> exceptions = {{"producer/a.h", "lines", "a reason"}};
  EXPECT_EQ(of("producer/a.h", lines(201), exceptions), Findings{});
  EXPECT_EQ(of("producer/b.h", lines(201), exceptions).size(), 2u);
  EXPECT_EQ(of("producer/a.h", lines(200), exceptions),
            Findings{"producer/a.h: the exception for its lines is no longer needed; remove it from the table"});
  const std::string both = "void f() {\n" + lines(70) + "}\nvoid g() {\n" + lines(70) + "}\n";
  EXPECT_EQ(of("producer/a.cc", both, {{"producer/a.cc", "f", "a reason"}}).size(), 1u);
  for (const Exception& exception : size_exceptions()) EXPECT_FALSE(exception.reason.empty()) << exception.path;
}

TEST(Definitions, AreToldByTheirBraces) {
  const std::string text = R"(#define MACRO {
namespace a {
template <class T, class U = std::vector<T>>
class A final : public B<T> {
 public:
  A(int x = int{1}) : x_{x}, y_(x) {
    if (x) { y(); }
  }
  int x() const noexcept { return x_; }

 private:
  int x_ = 1, y_{2};
};
const auto kTable = std::array{A{1}, A{2}};
std::map<int, std::string> a::f(std::function<void(int)> g,
                                const B& b = {}) -> decltype(g) {
  return [] { return "}"; };  // }
}
bool operator==(const A& a, const A& b) { return true; }
TEST(Suite, Name) {
}
}  // namespace a
)";
  const std::vector<std::string> expected = {
      "A 3-4 no function",       "A 5-8", "x 9-9", "kTable 14-14 no function", "a::f 15-18", "operator 19-19",
      "TEST(Suite, Name) 20-21",
  };
  EXPECT_EQ(found_in(text), expected);
}

}  // namespace
}  // namespace sizes_test
}  // namespace rmqsim::tidy
