// Events of several processes in one order: each waits until whoever may have something earlier has spoken, nothing is
// lost, and no more than so many wait. A line is read back as the event that was written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "scenarios/harness/events/event_merge.h"
#include "scenarios/harness/events/event_rows.h"
#include "scenarios/harness/events/run_events.h"

namespace rmqsim {
namespace event_merge_test {
using testing::ElementsAre;
using testing::IsEmpty;

TimePoint at(std::int64_t ms) { return TimePoint(millis(ms)); }

class Merge : public testing::Test, private TraceSink {
 protected:
  explicit Merge(std::size_t max_held = EventMerge::kMaxHeld) : merge(*this, max_held) {}
  void record(TimePoint when, std::string_view node, std::string_view, std::initializer_list<TraceField>) override {
    passed.push_back(std::string(node) + std::to_string(when.time_since_epoch() / millis(1)));
  }
  void here(std::int64_t ms) { merge.record(at(ms), "p", "task", {{"name", "x"}}); }
  void there(const std::string& server, std::int64_t ms) { merge.take(at(ms), server, event::Task{"x"}); }

  std::vector<std::string> passed;
  EventMerge merge;
};

TEST_F(Merge, PassesOnAtOnceWhereNobodyElseTellsAnything) {
  here(1);
  here(2);
  EXPECT_THAT(passed, ElementsAre("p1", "p2"));
}

TEST_F(Merge, WaitsForTheSlowestAndPutsAllInTheOrderOfTime) {
  merge.follow("a", at(0));
  merge.follow("b", at(0));
  here(3);
  here(6);
  there("a", 2);
  merge.told("a", at(5));
  EXPECT_THAT(passed, IsEmpty());
  there("b", 4);
  merge.told("b", at(4));
  EXPECT_THAT(passed, ElementsAre("a2", "p3", "b4"));
  merge.told("b", at(9));
  EXPECT_EQ(passed.size(), 3u) << "a has told until 5 only";
  merge.told("a", at(9));
  EXPECT_THAT(passed, ElementsAre("a2", "p3", "b4", "p6"));
}

TEST_F(Merge, OfOneTimeKeepsTheOrderInWhichTheyCame) {
  merge.follow("a", at(0));
  here(1);
  there("a", 1);
  here(1);
  merge.told("a", at(1));
  EXPECT_THAT(passed, ElementsAre("p1", "a1", "p1"));
}

TEST_F(Merge, LeavesWhatIsToldLateWithAnEarlierTimeBehindWhatWasToldBefore) {
  merge.follow("a", at(0));
  here(5);
  here(2);  // an attempt, told when its send has ended
  there("a", 4);
  merge.told("a", at(9));
  EXPECT_THAT(passed, ElementsAre("a4", "p5", "p2"));
}

TEST_F(Merge, DoesNotWaitForOneThatLeftUntilItIsFollowedAgain) {
  merge.follow("a", at(0));
  here(1);
  merge.leave("a");
  here(2);
  EXPECT_THAT(passed, ElementsAre("p1", "p2"));
  merge.follow("a", at(3));
  here(4);
  EXPECT_EQ(passed.size(), 2u);
  merge.told("nobody", at(9));
  EXPECT_EQ(passed.size(), 2u);
  merge.finish();
  EXPECT_THAT(passed, ElementsAre("p1", "p2", "p4"));
}

class SmallMerge : public Merge {
 protected:
  SmallMerge() : Merge(3) {}
};

TEST_F(SmallMerge, PassesOnTheOldestWhenTooManyWaitAndLosesNone) {
  merge.follow("a", at(0));
  for (int ms = 1; ms <= 5; ++ms) here(ms);
  EXPECT_THAT(passed, ElementsAre("p1", "p2"));
  there("a", 1);
  merge.told("a", at(5));
  EXPECT_THAT(passed, ElementsAre("p1", "p2", "a1", "p3", "p4", "p5"));
}

TEST(EventLine, IsReadBackAsTheEventThatWasWritten) {
  std::ostringstream lines;
  std::vector<Event> values;
  RunEvents events(&lines, &values);
  const TimePoint now = kSimEpoch + std::chrono::microseconds(7'654'321);
  write_event(events, now, "broker-a", event::Request{3, 310, "T \"x\"\n\x01", -1, "KEY", "rule"});
  write_event(events, now, "broker-a", event::Received{3, 17, "127.0.0.1:5", "g", true});
  write_event(events, now, "broker-a", event::RuleActed{"rule", 2, 3, "127.0.0.1:5"});
  events.record(now, "net", "connect", {{"to", "127.0.0.1:9"}});
  std::istringstream in(lines.str());
  std::string line;
  for (const Event& value : values) {
    ASSERT_TRUE(std::getline(in, line));
    const auto event = read_event_line(line);
    ASSERT_TRUE(event) << line;
    EXPECT_EQ(event->at, value.at);
    EXPECT_EQ(event->node, value.node);
    std::ostringstream again;
    RunEvents rewritten(&again, nullptr);
    write_event(rewritten, TimePoint(event->at), event->node, event->what);
    EXPECT_EQ(again.str(), line + "\n");
    EXPECT_EQ(event->what.index(), value.what.index());
  }
}

TEST(EventLine, ThatIsNoneIsRefused) {
  for (const char* line : {"", "{", "[]", "{}", R"({"t":1,"node":"a"})", R"({"t":1,"node":"a","event":"fly"})",
                           R"({"t":"1","node":"a","event":"steps-begin"})", R"({"node":"a","event":"steps-begin"})",
                           R"({"t":1,"node":"a","event":"answer","number":1})",
                           R"({"t":1,"node":"a","event":"steps-begin","more":{}})"}) {
    EXPECT_FALSE(read_event_line(line)) << line;
  }
}

}  // namespace event_merge_test
}  // namespace rmqsim
