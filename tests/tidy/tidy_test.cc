// The tree keeps the rules of ARCHITECTURE.md, and each rule catches what it is for.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/tidy/citations.h"
#include "tests/tidy/pages.h"
#include "tests/tidy/rooms.h"
#include "tests/tidy/rules.h"
#include "tests/tidy/sizes.h"

namespace rmqsim::tidy {
namespace {

using Rule = Findings (*)(const SourceFile&);

const Tree& tree() {
  static const Tree all = read_tree(RMQSIM_SOURCE_DIR);
  return all;
}

const std::vector<Room>& rooms() {
  static const std::vector<Room> all = read_rooms(tree());
  return all;
}

void expect_none(const Findings& findings) {
  for (const std::string& finding : findings) ADD_FAILURE() << finding;
}

void expect_kept(Rule rule) {
  for (const SourceFile& file : tree().files) {
    if (file.is_code()) expect_none(rule(file));
  }
}

/// Findings of a rule over one line, below a proper opening.
Findings over(Rule rule, const std::string& path, const std::string& line) {
  return rule(make_source_file(path, "// A file.\n#pragma once\n" + line + "\n"));
}

TEST(Tree, IsRead) {
  EXPECT_GT(tree().files.size(), 500u);
  EXPECT_TRUE(std::any_of(tree().files.begin(), tree().files.end(), [](const SourceFile& file) {
    return file.path == "producer/transport/runtime.h" && file.lines.size() > 50;
  }));
  EXPECT_TRUE(std::any_of(rooms().begin(), rooms().end(), [](const Room& room) {
    return room.name == "client" && room.files.size() > 20 && !room.links.empty();
  }));
}

TEST(Tree, UsesRealTimeOnlyWhereAllowed) { expect_kept(check_real_time); }
TEST(Tree, IncludesOnlyDownwards) { expect_kept(check_directions); }
TEST(Tree, IncludesOnlyWhatItsRoomsLink) { expect_none(check_links_of_rooms(tree(), rooms())); }
TEST(Tree, KeepsAsioAndJsonOutOfHeaders) { expect_none(check_header_weight(tree(), rooms())); }
TEST(Tree, IsLaidOutAsAgreed) { expect_kept(check_layout); }
TEST(Tree, LooksUpNoNameUnseen) { expect_kept(check_look_ups); }
TEST(Tree, HasNoLeftovers) { expect_kept(check_leftovers); }
TEST(Tree, GivesAnIdeaOneName) { expect_none(check_unique_names(tree(), rooms())); }
TEST(Tree, HasNoDeadFiles) { expect_none(check_dead_files(tree(), rooms())); }
TEST(Tree, NamesTestFilesOneWay) { expect_kept(check_test_names); }
TEST(Tree, HasPiecesThatCanBeReadAtOnce) { expect_none(check_sizes(tree(), size_exceptions())); }

TEST(Tree, CitesWhatIsThere) {
  const Law law = read_law(tree());
  for (const SourceFile& file : tree().files) expect_none(check_citations(file, law));
}

TEST(Tree, NamesPathsThatAreThere) {
  for (const SourceFile& file : tree().files) expect_none(check_paths(file, tree()));
}

TEST(Tree, HasPagesThatWrapAndLinksThatLead) {
  const Anchors anchors = read_anchors(tree());
  for (const SourceFile& file : tree().files) {
    expect_none(check_page_layout(file));
    expect_none(check_links(file, tree(), anchors));
  }
}

TEST(Rules, CatchRealTimeInCodeButNotInText) {
  const char* pure = "producer/client/a.cc";
  for (const char* line : {"auto t = std::chrono::steady_clock::now();", "std::random_device d;", "std::thread t;",
                           "std::jthread t;", "std::this_thread::sleep_for(x);", "using boost::asio::ip::tcp;",
                           "auto t = ::time(nullptr);", "auto t = std::time(nullptr);", "clock_gettime(0, &t);"}) {
    EXPECT_EQ(over(check_real_time, pure, line).size(), 1u) << line;
    EXPECT_TRUE(over(check_real_time, "producer/transport/tcp/a.cc", line).empty()) << line;
  }
  for (const char* line : {"// std::thread", "/* std::thread */", "const char* t = \"std::thread\";",
                           "R\"(std::thread)\"", "bool Parser::time(int);", "std::this_thread::get_id();"}) {
    EXPECT_TRUE(over(check_real_time, pure, line).empty()) << line;
  }
}

TEST(Rules, CatchIncludesThatGoUp) {
  const auto breaks = [](const char* path, const std::string& what) {
    return !over(check_directions, path, "#include \"" + what + "\"").empty();
  };
  EXPECT_TRUE(breaks("producer/client/a.cc", "fake_broker/fake_broker.h"));
  EXPECT_TRUE(breaks("producer/client/a.cc", "scenarios/harness/report/report.h"));
  EXPECT_TRUE(breaks("fake_broker/a.cc", "producer/client/api/message.h"));
  EXPECT_TRUE(breaks("fake_broker/a.cc", "producer/route/message_queue.h"));
  EXPECT_TRUE(breaks("fake_namesrv/a.cc", "scenarios/harness/file/scenario.h"));
  EXPECT_TRUE(breaks("producer/transport/tcp/a.cc", "producer/transport/sim/sim_runtime.h"));
  EXPECT_TRUE(breaks("producer/transport/sim/a.h", "producer/transport/tcp/tcp_runtime.h"));
  EXPECT_TRUE(breaks("producer/transport/a.h", "producer/remoting/codes.h"));
  EXPECT_TRUE(breaks("producer/client/a.cc", "producer/transport/tcp/tcp_runtime.h"));
  EXPECT_TRUE(breaks("scenarios/harness/engine/checker.cc", "producer/transport/sim/sim_runtime.h"));
  EXPECT_TRUE(breaks("scenarios/harness/file/a.cc", "producer/client/api/message.h"));
  EXPECT_TRUE(breaks("producer/profile/a.h", "producer/remoting/codes.h"));

  EXPECT_FALSE(breaks("producer/remoting/a.h", "producer/profile/profile.h"));
  EXPECT_FALSE(breaks("producer/client/a.cc", "producer/transport/default_world.h"));
  EXPECT_FALSE(breaks("scenarios/harness/engine/scenario_world.cc", "producer/transport/sim/sim_runtime.h"));
  EXPECT_FALSE(breaks("tools/fakes/fake_broker.cc", "producer/transport/tcp/tcp_runtime.h"));
  EXPECT_FALSE(breaks("fake_broker/a.cc", "producer/remoting/codes.h"));
  EXPECT_FALSE(breaks("tests/producer/a.cc", "producer/transport/sim/sim_runtime.h"));
}

TEST(Rules, CatchMachineryInPureRooms) {
  for (const char* path :
       {"producer/route/a.h", "producer/latency/a.cc", "producer/client/send/send_operation.cc",
        "producer/client/send/send_policy.h", "fake_broker/rules/fault_rule.h", "producer/remoting/codes.h"}) {
    for (const char* what : {"<mutex>", "<thread>", "<boost/asio/post.hpp>", "<spdlog/spdlog.h>"}) {
      EXPECT_EQ(over(check_directions, path, std::string("#include ") + what).size(), 1u) << path << what;
    }
    EXPECT_TRUE(over(check_directions, path, "#include <string>").empty()) << path;
  }
  EXPECT_TRUE(over(check_directions, "producer/client/instance/mq_client_manager.cc", "#include <mutex>").empty());
  EXPECT_TRUE(over(check_directions, "producer/remoting/remoting_client.cc", "#include <mutex>").empty());
}

TEST(Rules, CatchBadLayout) {
  EXPECT_TRUE(over(check_layout, "producer/a.h", "int x;").empty());
  EXPECT_EQ(over(check_layout, "producer/a.h", "int x; ").size(), 1u);
  EXPECT_EQ(over(check_layout, "producer/a.h", "\tint x;").size(), 1u);
  EXPECT_EQ(over(check_layout, "producer/a.h", "int x;\r").size(), 1u);
  EXPECT_EQ(over(check_layout, "producer/a.h", "// " + std::string(118, 'x')).size(), 1u);
  EXPECT_TRUE(over(check_layout, "producer/a.h", "// " + std::string(117, 'x')).empty());
  EXPECT_EQ(check_layout(make_source_file("producer/a.cc", "#include <string>\n")).size(), 1u);
  EXPECT_EQ(check_layout(make_source_file("producer/a.h", "// A file.\nint x;\n")).size(), 1u);
  EXPECT_EQ(over(check_layout, "producer/a.h", "  // -----------").size(), 1u);
  EXPECT_TRUE(over(check_layout, "producer/a.h", "// ---- connections").empty());
  EXPECT_TRUE(check_layout(make_source_file("producer/a.cc", "#include \"producer/a.h\"\n")).empty());
  EXPECT_EQ(check_layout(make_source_file("producer/a.cc", "#include \"producer/b.h\"\n")).size(), 1u);
  const Findings vain =
      check_layout(make_source_file("producer/a.cc", "// See the header.\n#include \"producer/a.h\"\n"));
  EXPECT_EQ(vain, Findings{"producer/a.cc:1: tells to see the header; say what only this file needs said, or nothing"});
}

TEST(Rules, CatchLookUpsThatAreTakenForGranted) {
  for (const char* line : {"  go(*producers_.find(step.producer)->second);", "  x.find(key(a, b))->second.y = 1;",
                           "  start(*scenario_.find_producer(name));", "  return scenario.find_broker(n)->port;"}) {
    EXPECT_EQ(over(check_look_ups, "scenarios/harness/engine/a.cc", line).size(), 1u) << line;
    EXPECT_TRUE(over(check_look_ups, "producer/a.cc", line).empty()) << line;
  }
  for (const char* line : {"  const auto it = map.find(key);", "  if (text.find(x) == 0) y->z();",
                           "  return look_up(scenario.find_broker(n), n).port;"}) {
    EXPECT_TRUE(over(check_look_ups, "scenarios/harness/engine/a.cc", line).empty()) << line;
  }
}

TEST(Rules, CatchLeftovers) {
  for (const char* line : {"#ifdef SIM", "#if defined(RMQSIM_SIM)", "  GTEST_SKIP();", "TEST(A, DISABLED_B) {}",
                           "int x;  // TODO: later", "// FIXME"}) {
    EXPECT_EQ(over(check_leftovers, "producer/a.cc", line).size(), 1u) << line;
  }
  for (const char* line : {"#ifdef __linux__", "int todo;", "#include \"producer/transport/sim/sim_runtime.h\""}) {
    EXPECT_TRUE(over(check_leftovers, "producer/a.cc", line).empty()) << line;
  }
}

TEST(Rules, NamePlaceAndRemedy) {
  const Findings findings = over(check_real_time, "producer/a.cc", "std::thread t;");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0],
            "producer/a.cc:3: a real thread outside producer/transport/tcp; ask the Runtime for it instead");
}

}  // namespace
}  // namespace rmqsim::tidy
