// The rules on rooms, over a small tree with a build of its own.
#include "tests/tidy/rooms.h"

#include <gtest/gtest.h>

namespace rmqsim::tidy {
namespace rooms_test {
namespace {

/// What lies beside a build of three rooms, a program and a directory of tests.
Tree with(std::vector<SourceFile> files, const std::vector<std::string>& data = {}) {
  files.push_back(make_source_file("producer/CMakeLists.txt", R"(# rmqsim_room(none)
rmqsim_room(low DIRS low low/deep)
rmqsim_room(high COLD DIRS high EXCEPT main.cc
  LINK rmqsim_low Boost::headers)
rmqsim_room(aside DIRS aside)
rmqsim_program(run SOURCES high/main.cc DIRS verbs LINK rmqsim_high)
function(rmqsim_room name)
  add_library(${name} none.cc)
endfunction()
)"));
  files.push_back(make_source_file("tests/CMakeLists.txt",
                                   "rmqsim_test(low DIR low LABEL unit LINK rmqsim_low)\n"
                                   "file(GLOB b ${CMAKE_CURRENT_SOURCE_DIR}/low/../bench/bench_*.cc)\n"));
  Tree tree{std::move(files), {}};
  for (const SourceFile& file : tree.files) tree.paths.insert(file.path);
  tree.paths.insert(data.begin(), data.end());
  return tree;
}

Findings of_links(const std::string& path, const std::string& what) {
  const Tree tree = with({make_source_file(path, "#include \"" + what + "\"\n")});
  return check_links_of_rooms(tree, read_rooms(tree));
}

Findings of_names(const std::string& one, const std::string& other,
                  const std::string& other_path = "producer/low/b.cc") {
  const auto file = [](const std::string& path, const std::string& code) {
    return make_source_file(path, "namespace rmqsim {\nnamespace {\n" + code + "\n}\n}\n");
  };
  const Tree tree = with({file("producer/low/a.cc", one), file(other_path, other)});
  return check_unique_names(tree, read_rooms(tree));
}

Findings of_dead(std::vector<SourceFile> files, const std::vector<std::string>& data = {}) {
  const Tree tree = with(std::move(files), data);
  return check_dead_files(tree, read_rooms(tree));
}

TEST(Rooms, AreReadFromTheBuild) {
  const Tree tree = with({make_source_file("producer/low/a.cc", ""), make_source_file("producer/low/deep/b.cc", ""),
                          make_source_file("producer/high/c.cc", ""), make_source_file("producer/high/main.cc", ""),
                          make_source_file("producer/verbs/d.cc", ""), make_source_file("tests/low/a_test.cc", ""), make_source_file("tests/bench/bench_a.cc", "")});
  std::vector<std::pair<std::string, std::set<std::string>>> files;
  for (const Room& room : read_rooms(tree)) files.emplace_back(room.name, room.files);
  const std::vector<std::pair<std::string, std::set<std::string>>> expected = {
      {"low", {"producer/low/a.cc", "producer/low/deep/b.cc"}},
      {"high", {"producer/high/c.cc"}},
      {"aside", {}},
      {"run (program)", {"producer/high/main.cc", "producer/verbs/d.cc"}},
      {"low", {"tests/low/a_test.cc"}},
      {"files of tests/", {"tests/bench/bench_a.cc"}},
  };
  EXPECT_EQ(files, expected);
}

TEST(Rooms, IncludeWhatTheyLinkOnly) {
  EXPECT_EQ(of_links("producer/high/a.cc", "producer/low/deep/a.h"), Findings{});
  EXPECT_EQ(of_links("producer/high/a.h", "producer/high/b.h"), Findings{});
  EXPECT_EQ(of_links("producer/high/main.cc", "producer/low/a.h"), Findings{});
  EXPECT_EQ(of_links("tests/low/a_test.cc", "producer/high/a.h"), Findings{});
  EXPECT_EQ(of_links("producer/low/deep/a.cc", "producer/high/a.h"),
            Findings{"producer/low/deep/a.cc:1: includes producer/high/a.h of the room high, which low does not link; "
                     "move the shared part down"});
  EXPECT_EQ(of_links("producer/low/a.h", "producer/high/a.h").size(), 1u);
  EXPECT_EQ(of_links("producer/high/main.cc", "producer/aside/a.h").size(), 1u);
}

TEST(Headers, AreLightUnlessTheyStayInTheirRoom) {
  const auto findings = [](const std::string& path, const std::string& what, const std::string& user) {
    const Tree tree = with(
        {make_source_file(path, "#include " + what + "\n"), make_source_file(user, "#include \"" + path + "\"\n")});
    return check_header_weight(tree, read_rooms(tree)).size();
  };
  EXPECT_EQ(findings("producer/low/a.h", "<boost/asio/post.hpp>", "producer/high/a.cc"), 1u);
  EXPECT_EQ(findings("producer/low/a.h", "<nlohmann/json.hpp>", "producer/low/b.h"), 1u);
  EXPECT_EQ(findings("producer/low/a.h", "<nlohmann/json.hpp>", "producer/low/deep/a.cc"), 0u);
  EXPECT_EQ(findings("producer/low/a.h", "<nlohmann/json_fwd.hpp>", "producer/high/a.cc"), 0u);
  EXPECT_EQ(findings("producer/low/a.cc", "<nlohmann/json.hpp>", "producer/high/a.cc"), 0u);
}

TEST(Names, OfARoomAreDefinedOnce) {
  for (const char* code : {"int f(const A& a) { return 1; }", "constexpr int kLimit = 3;", "struct Row {\n  int x;\n};",
                           "const char* const kNames[] = {\"a\", \"b\"};", "enum class Kind { kA };"}) {
    EXPECT_EQ(of_names(code, code).size(), 1u) << code;
    EXPECT_EQ(of_names(code, code, "producer/low/deep/b.cc").size(), 1u) << code;
    EXPECT_EQ(of_names(code, code, "producer/high/b.cc"), Findings{}) << code;
    EXPECT_EQ(of_names(code, std::string("namespace b {\n") + code + "\n}"), Findings{}) << code;
  }
  EXPECT_EQ(of_names("using Map = std::map<int, int>;", "using Map = std::map<int, A>;").size(), 1u);
  EXPECT_EQ(
      of_names("int f(const A& a) { return 1; }", "int f(const A& other) { return 2; }"),
      Findings{"producer/low/b.cc:3: defines f, as producer/low/a.cc does; files of a room are compiled as one: rename "
               "it or share it"});
}

TEST(Names, OfOverloadsMembersAndEqualAliasesMayRepeat) {
  EXPECT_EQ(of_names("void write(const A& a) {}", "void write(const B& a) {}"), Findings{});
  EXPECT_EQ(of_names("using Json = nlohmann::json;", "using Json = nlohmann::json;"), Findings{});
  EXPECT_EQ(of_names("struct A {\n  int f() { return 1; }\n};", "struct B {\n  int f() { return 1; }\n};"), Findings{});
  EXPECT_EQ(of_names("int f(int);\nclass A;", "int f(int);\nclass A;"), Findings{});
  EXPECT_EQ(of_names("", "void A::f() {}\nvoid g() { int kLimit = 3; }"), Findings{});
  // Outside of an anonymous namespace the linker finds it, but for what is static.
  const auto in_room = [](const std::string& code) {
    const Tree tree = with({make_source_file("producer/low/a.cc", code), make_source_file("producer/low/b.cc", code)});
    return check_unique_names(tree, read_rooms(tree)).size();
  };
  EXPECT_EQ(in_room("void f() {}\n"), 0u);
  EXPECT_EQ(in_room("static void f() {}\n"), 1u);
}

TEST(Files, AreOfUse) {
  const SourceFile user = make_source_file("producer/low/a.cc", "#include \"producer/low/a.h\"\n");
  EXPECT_EQ(of_dead({user, make_source_file("producer/low/a.h", "")}), Findings{});
  EXPECT_EQ(of_dead({user, make_source_file("producer/low/b.h", "")}),
            Findings{"producer/low/b.h:1: nobody includes this header; remove it"});
  EXPECT_EQ(of_dead({user, make_source_file("producer/lost/a.cc", "")}),
            Findings{"producer/lost/a.cc:1: no CMakeLists.txt compiles this file; move it into a room or remove it"});
}

TEST(Data, IsReadBySomebody) {
  const SourceFile test =
      make_source_file("tests/low/a_test.cc", "auto a = read(\"vectors.json\"); Target t{\"frames\"};\n");
  const SourceFile scenario = make_source_file("scenarios/codes/busy.json", "{}\n");
  EXPECT_EQ(of_dead({test, scenario}, {"tests/low/data/vectors.json", "tests/low/data/busy.java-5.3.3.json",
                                       "tests/fuzz/corpus/frames/1", "tests/fuzz/corpus/frames/2"}),
            Findings{});
  EXPECT_EQ(
      of_dead({test, scenario}, {"tests/low/data/gone.java-5.3.3.json"}),
      Findings{"tests/low/data/gone.java-5.3.3.json: nothing reads this; name it where it is read, or remove it"});
  EXPECT_EQ(of_dead({test, scenario}, {"tests/fuzz/corpus/bodies/1"}).size(), 1u);
}

TEST(Tests, LieInFilesCalledTest) {
  const auto findings = [](const std::string& path, const std::string& code) {
    return check_test_names(make_source_file(path, code)).size();
  };
  EXPECT_EQ(findings("tests/low/a_test.cc", "TEST(A, B) {}\n"), 0u);
  EXPECT_EQ(findings("tests/low/helper.cc", "int x;\n"), 0u);
  EXPECT_EQ(findings("tests/low/test_a.cc", "TEST_F(A, B) {}\n"), 1u);
  EXPECT_EQ(findings("tests/low/helper_test.cc", "// TEST(A, B)\nint x;\n"), 1u);
  EXPECT_EQ(findings("producer/low/a_test.cc", "int x;\n"), 0u);
}

}  // namespace
}  // namespace rooms_test
}  // namespace rmqsim::tidy
