// The table of fault actions: every row says all that others make of it, every pair either goes together or has a
// reason not to, and no FaultAction can hold a contradiction.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

#include "fake_broker/rules/fault_action.h"
#include "fake_broker/rules/leaving_answer.h"
#include "producer/remoting/codes.h"
#include "tests/support/made_text.h"

namespace rmqsim {
namespace fault_action_rows_test {

FaultArgument some_argument(const FaultActionRow& row) {
  switch (row.argument) {
    case FaultArgumentKind::time:
      return DelayDistribution{DelayDistribution::Kind::fixed, 5, 0};
    case FaultArgumentKind::answer:
      return FaultAnswer{1, "x"};
    case FaultArgumentKind::moment:
      return FaultMoment::after;
    case FaultArgumentKind::bytes:
      return std::max(row.least, 7u);
    case FaultArgumentKind::percent:
      return 50.0;
    case FaultArgumentKind::flag:
      break;
  }
  return {};
}

TEST(FaultActionRows, SayWhatTheyTakeWhatItMeansAndHowItIsPerformed) {
  std::set<std::string_view> keys;
  for (const FaultActionRow& row : fault_actions()) {
    EXPECT_TRUE(keys.insert(row.key).second) << row.key;
    EXPECT_EQ(find_fault_action(row.key), &row);
    EXPECT_GT(row.description.size(), 10u) << row.key;
    EXPECT_EQ(row.description.back(), '.') << row.key;
    EXPECT_NE(row.possible & (kOnRequests | kOnConnect | kOnLink), 0u) << row.key;
    const bool moment = row.argument == FaultArgumentKind::moment;
    EXPECT_EQ(moment, !row.moments[0].empty() && !row.moments[1].empty()) << row.key;
    EXPECT_TRUE(row.hold || row.respond || row.reshape || row.shape || row.end || row.connect || row.pass) << row.key;
  }
  EXPECT_EQ(find_fault_action("explode"), nullptr);
}

TEST(FaultActionRows, SayWhatBecomesOfARequestThatIsNotAnsweredAndWhatItsClientHears) {
  EXPECT_EQ(unanswered_words("`"),
            "`DROPPED`, `CLOSED`, `RESET`, `GARBAGE`, `TRUNCATED`, `ONEWAY`, `NO_ANSWER`, `LOST`");
  for (const FaultActionRow& row : fault_actions()) {
    const Unanswered* const known = find_unanswered(row.unanswered.outcome);
    ASSERT_EQ(known == nullptr, row.unanswered.outcome.empty()) << row.key;
    EXPECT_FALSE(response_code_by_name(row.unanswered.outcome)) << row.key << " is told as an answer";
    EXPECT_TRUE(row.end == nullptr || known != nullptr) << row.key << " leaves no answer";
    if (known != nullptr) {
      EXPECT_EQ(known->hears, row.unanswered.hears) << row.key << ": two rows disagree";
    }
  }
  EXPECT_EQ(find_unanswered("SUCCESS"), nullptr);
}

TEST(FaultActionRows, AreAllPerformableWhereTheyArePossible) {
  for (const FaultActionRow& row : fault_actions()) {
    if ((row.possible & kOnConnect) != 0) {
      EXPECT_TRUE(row.connect || row.end) << row.key << " does nothing to a new connection";
    }
    if ((row.possible & kOnPushes) != 0) {
      EXPECT_TRUE(row.hold || row.end) << row.key << " does nothing to a request of the broker's own";
    }
    if ((row.possible & kOnRequests) != 0) {
      EXPECT_TRUE(row.hold || row.respond || row.reshape || row.shape || row.end) << row.key;
    }
    EXPECT_TRUE(!row.refuses || row.connect) << row.key;
    EXPECT_EQ(row.pass != nullptr, (row.possible & kOnLink) != 0) << row.key;
  }
}

TEST(FaultActionRows, NameInTheirExclusionsWhatExistsWithAReason) {
  for (const FaultActionRow& row : fault_actions()) {
    for (const FaultExclusion& exclusion : row.excludes) {
      if (exclusion.parts == 0 && exclusion.key.empty()) {
        EXPECT_TRUE(exclusion.reason.empty()) << row.key;
        continue;
      }
      EXPECT_FALSE(exclusion.reason.empty()) << row.key;
      EXPECT_TRUE(exclusion.key.empty() || find_fault_action(exclusion.key) != nullptr) << exclusion.key;
    }
  }
}

TEST(FaultActionRows, GoTogetherOrSayWhyNotInWhicheverOrderTheyCome) {
  for (const FaultActionRow& a : fault_actions()) {
    for (const FaultActionRow& b : fault_actions()) {
      if (&a == &b) continue;
      const std::string pair = std::string(a.key) + ", " + std::string(b.key);
      const auto contradiction = fault_contradiction(a, b);
      EXPECT_EQ(contradiction.has_value(), fault_contradiction(b, a).has_value()) << pair;
      FaultAction action;
      ASSERT_TRUE(action.add(a, some_argument(a))) << pair;
      EXPECT_EQ(action.add(b, some_argument(b)), !contradiction) << pair;
      EXPECT_EQ(action.find(b.key) != nullptr, !contradiction) << pair;
      if (!contradiction) continue;
      EXPECT_TRUE((contradiction->wrong == &a && contradiction->with == &b) ||
                  (contradiction->wrong == &b && contradiction->with == &a))
          << pair;
      // Two endings need no reason: each says what comes instead of the answer.
      const bool endings = a.part == FaultPart::ending && b.part == FaultPart::ending;
      EXPECT_TRUE(endings || !contradiction->reason.empty()) << pair;
    }
  }
}

struct Pair {
  std::string_view first, second;
};

// Said here once more, by hand: what else tells of pairs, the page of the format too, is made of the rows.
constexpr Pair kTogether[] = {
    {"respond", "delayMs"},        {"respond", "late"},
    {"respond", "duplicate"},      {"storeThenRespond", "delayMs"},
    {"storeThenRespond", "chunk"}, {"storeThenRespond", "truncate"},
    {"close", "delayMs"},          {"reset", "delayMs"},
    {"garbage", "delayMs"},        {"delayMs", "wrongOpaque"},
    {"delayMs", "truncate"},       {"late", "chunk"},
    {"late", "truncate"},          {"wrongOpaque", "duplicate"},
    {"wrongOpaque", "truncate"},   {"duplicate", "chunk"},
    {"delayMs", "bytesPerSecond"}, {"bytesPerSecond", "closeAfterBytes"},
    {"lossPercent", "delayMs"},    {"lossPercent", "resetAfterBytes"},
};
constexpr Pair kApart[] = {
    {"respond", "storeThenRespond"},
    {"respond", "drop"},
    {"storeThenRespond", "close"},
    {"drop", "reset"},
    {"close", "reset"},
    {"reset", "garbage"},
    {"drop", "delayMs"},
    {"drop", "late"},
    {"drop", "duplicate"},
    {"close", "late"},
    {"close", "wrongOpaque"},
    {"reset", "truncate"},
    {"garbage", "chunk"},
    {"late", "delayMs"},
    {"truncate", "duplicate"},
    {"truncate", "chunk"},
    {"refuse", "close"},
    {"refuse", "delayMs"},
    {"refuse", "lossPercent"},
    {"blackhole", "respond"},
    {"blackhole", "delayMs"},
    {"blackhole", "refuse"},
    {"closeAfterBytes", "resetAfterBytes"},
};

TEST(FaultActionRows, LetGoTogetherWhatMakesSenseTogether) {
  const auto contradict = [](const Pair& pair) {
    const FaultActionRow* const first = find_fault_action(pair.first);
    const FaultActionRow* const second = find_fault_action(pair.second);
    if (first == nullptr || second == nullptr) throw std::invalid_argument("there is no such action");
    return fault_contradiction(*first, *second).has_value();
  };
  for (const Pair& pair : kTogether) EXPECT_FALSE(contradict(pair)) << pair.first << ", " << pair.second;
  for (const Pair& pair : kApart) EXPECT_TRUE(contradict(pair)) << pair.first << ", " << pair.second;
}

/// The names in that column of the line of a table.
std::set<std::string> names_in(const std::string& line, std::size_t column) {
  std::istringstream cells(line);
  std::string cell;
  for (std::size_t i = 0; i <= column; ++i) std::getline(cells, cell, '|');
  std::set<std::string> names;
  for (std::size_t at = cell.find('`'); at != cell.npos; at = cell.find('`', at)) {
    const std::size_t end = cell.find('`', at + 1);
    names.insert(cell.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  if (cell == " each other ") return names_in(line, column - 1);
  if (cell != " anything ") return names;
  for (const FaultActionRow& row : fault_actions()) names.insert(std::string(row.key));
  return names;
}

TEST(FaultActionRows, GoTogetherAsFormatSays) {
  std::istringstream page(file_of_tree("scenarios/format.md"));
  std::string line;
  while (std::getline(page, line) && line != "| key | not beside | because |") {
  }
  std::getline(page, line);
  std::set<std::string> apart;
  while (std::getline(page, line) && !line.empty()) {
    for (const std::string& a : names_in(line, 1)) {
      for (const std::string& b : names_in(line, 2)) apart.insert({a + "|" + b, b + "|" + a});
    }
  }
  for (const FaultActionRow& a : fault_actions()) {
    for (const FaultActionRow& b : fault_actions()) {
      const std::string pair = std::string(a.key) + "|" + std::string(b.key);
      if (&a == &b) continue;
      EXPECT_EQ(fault_contradiction(a, b).has_value(), apart.contains(pair)) << pair;
    }
  }
  EXPECT_GE(apart.size(), 100u);
}

TEST(FaultActionRows, AnActionCannotBeMadeOfWhatContradictsItself) {
  using Actions = std::initializer_list<FaultAction::Named>;
  EXPECT_THROW(FaultAction(Actions{{"drop", FaultMoment::before}, {"chunk", 5u}}), std::invalid_argument);
  EXPECT_THROW(FaultAction(Actions{{"drop"}}), std::invalid_argument) << "it takes a moment";
  EXPECT_THROW(FaultAction(Actions{{"late"}, {"late"}}), std::invalid_argument);
  EXPECT_THROW(FaultAction(Actions{{"explode"}}), std::invalid_argument);
  FaultAction drop{{"drop", FaultMoment::before}};
  EXPECT_FALSE(drop.add(*find_fault_action("truncate"), 5u));
  EXPECT_EQ(drop.find("truncate"), nullptr);
  EXPECT_EQ(drop.outcome(), "DROPPED");
}

TEST(FaultActionRows, WithoutAnActionTheServerDoesAsItAlwaysDoes) {
  const FaultAction none;
  Random random(1, "none");
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(none.processes_request());
  EXPECT_FALSE(none.shapes());
  EXPECT_FALSE(none.refuses_connections());
  EXPECT_EQ(none.end(), nullptr);
  EXPECT_EQ(none.connect(), nullptr);
  EXPECT_EQ(none.hold(random, Duration(5)), Duration::zero());
  EXPECT_EQ(none.outcome(), "");
}

/// An answer after these actions, whatever the order in which they were written.
LeavingAnswer shaped(std::initializer_list<FaultAction::Named> actions, Random& random) {
  RemotingCommand response;
  response.opaque = 7;
  LeavingAnswer answer(response, random);
  FaultAction(actions).shape(answer);
  return answer;
}

TEST(FaultActionRows, ShapesWorkInTheOrderOfTheRowsAndNotOfTheRule) {
  Random random(1, "shapes");
  const std::string plain = shaped({}, random).bytes();
  EXPECT_TRUE(shaped({}, random).whole);
  LeavingAnswer twice = shaped({{"duplicate"}, {"wrongOpaque"}}, random);
  LeavingAnswer twisted = shaped({{"wrongOpaque"}}, random);
  EXPECT_NE(twisted.bytes(), plain);
  EXPECT_EQ(twice.bytes(), twisted.bytes() + twisted.bytes());
  EXPECT_FALSE(twice.whole);
  LeavingAnswer cut = shaped({{"truncate", 9u}, {"wrongOpaque"}}, random);
  EXPECT_EQ(cut.bytes(), twisted.bytes().substr(0, 9));
  EXPECT_TRUE(cut.close);
  EXPECT_FALSE(cut.whole);
  LeavingAnswer longer = shaped({{"truncate", 5000u}}, random);
  EXPECT_EQ(longer.bytes(), plain);
  LeavingAnswer pieces = shaped({{"chunk", 3u}, {"duplicate"}}, random);
  EXPECT_EQ(pieces.piece, 3u);
  EXPECT_EQ(pieces.bytes(), plain + plain);
  EXPECT_TRUE(pieces.whole);
}

}  // namespace fault_action_rows_test
}  // namespace rmqsim
