// `liveness` is broken by a run made up for it, and holds in the one beside it that differs in that point only.
#include "tests/scenario/made_run.h"

namespace rmqsim {
namespace liveness_invariant_test {

using testing::HasSubstr;

/// Two attempts, of which the first fails, so many ms after the first step.
void retry_at(MadeRun& run, int at) {
  run.sent().start = TimePoint{} + millis(at);
  run.sent().attempts.clear();
  run.attempt("a", "CONNECT_FAILED", at, at);
  run.attempt("b", "SUCCESS", at, at + 1);
  run.succeed();
}

TEST(Liveness, IsBrokenByARetryLongAfterTheLastFault) {
  MadeRun run("liveness", "", "", "",
              R"(, "faults": [{"at": "a", "on": "send", "toMs": 5000, "do": {"drop": "request"}}])");
  retry_at(run, 90'000);
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1 of 1"));
  retry_at(run, 30'000);  // neither a poll nor a heartbeat need have come
  EXPECT_EQ(run.judged(), "");
}

TEST(Liveness, WaitsForTheIsolationsOfTheProfile) {
  MadeRun run("liveness", "", R"("sendLatencyFaultEnable": true)");
  retry_at(run, 90'000);
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1"));
  EXPECT_EQ(run.judged("java-4.9.8"), "");
  retry_at(run, 700'000);
  EXPECT_THAT(run.judged("java-4.9.8"), HasSubstr("broken by 1"));
}

TEST(Liveness, AsksNothingWhileSomethingMayBeWrong) {
  MadeRun rule("liveness", "", "", "", R"(, "faults": [{"at": "a", "on": "send", "do": {"drop": "request"}}])");
  retry_at(rule, 900'000);
  EXPECT_EQ(rule.judged(), "");
  MadeRun down("liveness", "", "", R"(, {"do": {"crash": "a"}}, {"do": {"restart": "a"}})");
  retry_at(down, 900'000);
  down.record.events = {{1, TimePoint{} + millis(1)}};
  EXPECT_EQ(down.judged(), "");
  down.record.events.push_back({2, TimePoint{} + millis(2)});
  EXPECT_THAT(down.judged(), HasSubstr("broken by 1"));
  down.record.events.back().at += millis(890'000);
  EXPECT_EQ(down.judged(), "");
}

TEST(Liveness, TakesARouteForWholeWhenItIsAsTheClusterSays) {
  MadeRun run("liveness", "", "",
              R"(, {"do": {"removeFromRoute": {"broker": "a"}}}, {"do": {"setRoute": {"topic": "T", "queues": 2}}})");
  retry_at(run, 900'000);
  run.record.events = {{1, TimePoint{}}};
  EXPECT_EQ(run.judged(), "");
  run.record.events.push_back({2, TimePoint{}});
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1"));
}

TEST(Liveness, IsNotAskedOfASendThatMayFailByItself) {
  for (const char* send : {R"(, "queue": {"broker": "a", "queueId": 0})", R"(, "delayLevel": 3)", R"(, "batch": 2)"}) {
    MadeRun run("liveness", send);
    retry_at(run, 900'000);
    EXPECT_EQ(run.judged(), "") << send;
  }
  MadeRun hasty("liveness");
  retry_at(hasty, 900'000);
  hasty.sent().timeout_millis = 10;
  EXPECT_EQ(hasty.judged(), "");
}

}  // namespace liveness_invariant_test
}  // namespace rmqsim
