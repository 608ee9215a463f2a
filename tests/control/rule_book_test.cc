// Texts and beginnings stay with their rules, whatever becomes of the others.
#include "scenarios/harness/http_control/rule_book.h"

#include <gtest/gtest.h>

namespace rmqsim {
namespace rule_book_test {
namespace {

RuleFragment fragment(const std::string& id, const std::string& at) {
  RuleFragment fragment;
  fragment.rule.id = id;
  fragment.rule.at = at;
  fragment.text = R"({"at": ")" + at + "\"}";
  return fragment;
}

struct Kept {
  std::string text;
  std::uint64_t since;
  bool operator==(const Kept&) const = default;
};

std::vector<Kept> all(const RuleBook& book) {
  std::vector<Kept> kept;
  for (std::size_t i = 0; i < book.size(); ++i) kept.push_back({book.text(i), book.since(i)});
  return kept;
}

class RuleBookTest : public testing::Test {
 protected:
  RuleBookTest() {
    book_.add(fragment("one", "a"), 1);
    book_.add(fragment("two", "b"), 2);
    book_.add(fragment("three", "c"), 3);
  }

  FaultPlan plan_{{}, {}};
  RuleBook book_{plan_, "rule-"};
};

TEST_F(RuleBookTest, ARuleThatGoesTakesItsTextAndNoOther) {
  book_.remove(1);
  EXPECT_EQ(book_.ids(), (std::vector<std::string>{"one", "three"}));
  EXPECT_EQ(all(book_), (std::vector<Kept>{{R"({"id":"one","at":"a"})", 1}, {R"({"id":"three","at":"c"})", 3}}));
  book_.clear();
  book_.add(fragment("four", "d"), 9);
  EXPECT_EQ(all(book_), (std::vector<Kept>{{R"({"id":"four","at":"d"})", 9}}));
}

TEST_F(RuleBookTest, AReplacedRuleKeepsItsIdAndPlaceAndBeginsAnew) {
  book_.replace(1, fragment("", "x"), 7);
  EXPECT_EQ(book_.plan().rule(1).at, "x");
  EXPECT_EQ(book_.find("two"), 1u);
  EXPECT_EQ(all(book_)[1], (Kept{R"({"id":"two","at":"x"})", 7}));
  EXPECT_EQ(all(book_)[2].since, 3u);
}

TEST_F(RuleBookTest, AResetMovesTheBeginningAndKeepsTheText) {
  book_.reset(0, 8);
  EXPECT_EQ(all(book_)[0], (Kept{R"({"id":"one","at":"a"})", 8}));
  EXPECT_EQ(book_.since(1), 2u);
}

TEST_F(RuleBookTest, AnIdThatNobodyGaveOrThatIsTakenBecomesANewOne) {
  book_.add(fragment("rule-1", "d"), 4);
  EXPECT_EQ(book_.plan().rule(book_.add(fragment("", "e"), 5)).id, "rule-2");
  EXPECT_EQ(book_.plan().rule(book_.add(fragment("two", "f"), 6)).id, "rule-3");
  EXPECT_EQ(book_.text(5), R"({"id":"rule-3","at":"f"})");
}

TEST(RuleBookOfAScenario, HasTheTextsOfItsFileAndCountsFromTheBeginning) {
  FaultRule rule;
  rule.id = "busy";
  FaultPlan plan({rule, rule}, {});
  RuleBook book(plan, "rule-");
  EXPECT_EQ(book.text(0), "");
  book.take_texts("{ // as people write it\n\"faults\": [{\"at\": \"*\"}]}");
  EXPECT_EQ(all(book), (std::vector<Kept>{{R"({"at":"*","id":"busy"})", 0}, {"", 0}}));
}

}  // namespace
}  // namespace rule_book_test
}  // namespace rmqsim
