// What invariants see while a run goes on, and what they know of brokers that are avoided: each is broken by a run made
// up for it, and holds in the one beside it that differs in that point only.
#include "tests/scenario/made_run.h"

namespace rmqsim {
namespace sure_invariants_test {

using testing::HasSubstr;

struct Tried {
  std::string broker;
  std::string outcome;
  int took;
  std::int32_t queue = 0;
};

/// Appends a send that begins at that time, one try after the other.
void send(MadeRun& run, int at, const std::vector<Tried>& tries) {
  SendRecord& record = run.record.sends.emplace_back(run.record.sends.front());
  record.attempts.clear();
  record.start = record.end = TimePoint{} + millis(at);
  for (const Tried& tried : tries) {
    record.attempts.push_back({tried.broker, tried.queue, record.end, millis(tried.took), 3000, tried.outcome});
    record.end += millis(tried.took);
  }
}

MadeRun isolating(const char* invariant, const std::string& more = "") {
  MadeRun run(invariant, "", R"("sendLatencyFaultEnable": true)" + more);
  run.hear_route(0, {"a", "b"});
  return run;
}

/// The first is only a pattern.
std::string judged(MadeRun& run, const char* profile = "java-5.3.3") {
  run.record.sends.erase(run.record.sends.begin());
  return run.judged(profile);
}

std::string refused_and_asked_again(const std::string& outcome, int again, const std::string& of_other = "SUCCESS",
                                    const std::string& config = "", const char* profile = "java-5.3.3") {
  MadeRun run = isolating("isolation-bounded", config);
  send(run, 10, {{"a", "SUCCESS", 0}});
  send(run, 20, {{"a", outcome, 1}, {"b", of_other, 1}});
  send(run, again, {{"a", "SUCCESS", 1}});
  return judged(run, profile);
}

TEST(IsolationBounded, IsBrokenByARefuserThatIsAskedWhileAnotherAnswers) {
  EXPECT_THAT(refused_and_asked_again("SYSTEM_ERROR", 1000), HasSubstr("a had refused, and b answered"));
  EXPECT_EQ(refused_and_asked_again("SYSTEM_ERROR", 10'100), "") << "its ten seconds are over";
  EXPECT_EQ(refused_and_asked_again("TIMEOUT", 1000), "") << "which leaves it reachable";
  EXPECT_EQ(refused_and_asked_again("SYSTEM_ERROR", 1000, "SYSTEM_ERROR"), "") << "nobody answers";
}

TEST(IsolationBounded, AsksOfRefusersOnlyWhereNobodyProbesAndTablesAreFiltered) {
  EXPECT_EQ(refused_and_asked_again("SYSTEM_ERROR", 1000, "SUCCESS", R"(, "startDetectorEnable": true)"), "");
  EXPECT_EQ(refused_and_asked_again("SYSTEM_ERROR", 1000, "SUCCESS", "", "java-4.9.8"), "");
  EXPECT_EQ(refused_and_asked_again("MESSAGE_ILLEGAL", 1000, "SUCCESS", "", "hardened"), "");
  EXPECT_THAT(refused_and_asked_again("MESSAGE_ILLEGAL", 1000), HasSubstr("a had refused"));
  const char* nobody_isolated = R"(, "notAvailableDuration": [0, 0, 0, 0, 0, 0, 0])";
  EXPECT_EQ(refused_and_asked_again("SYSTEM_ERROR", 1000, "SUCCESS", nobody_isolated), "");
}

TEST(IsolationBounded, CannotTellWhatARefuserDidInATryThatNobodySaw) {
  MadeRun run = isolating("isolation-bounded");
  send(run, 10, {{"a", "SUCCESS", 0}});
  send(run, 20, {{"a", "SYSTEM_ERROR", 1}, {"b", "SUCCESS", 1}});
  send(run, 500, {{"b", "SUCCESS", 1}});
  run.record.sends.back().attempts[0].start += millis(5);  // a connect in between, to anybody
  send(run, 1000, {{"a", "SUCCESS", 1}});
  EXPECT_EQ(judged(run), "");
}

std::string after_everybody_was_slow(int took, const std::vector<Tried>& then) {
  MadeRun run = isolating("fair-share");
  send(run, 100, {{"a", "SUCCESS", took}});
  send(run, 1000, {{"b", "SUCCESS", took}});
  for (std::size_t i = 0; i < then.size(); ++i) send(run, 1800 + static_cast<int>(i), {then[i]});
  return judged(run);
}

TEST(FairShare, HoldsWhileEverybodyIsIsolatedAndAnswers) {
  const std::vector<Tried> fair{{"a", "SUCCESS", 1}, {"a", "SUCCESS", 1, 1}, {"b", "SUCCESS", 1}};
  const std::vector<Tried> unfair{{"a", "SUCCESS", 1}, {"a", "SUCCESS", 1}, {"a", "SUCCESS", 1}};
  EXPECT_EQ(after_everybody_was_slow(600, fair), "");
  EXPECT_THAT(after_everybody_was_slow(600, unfair), HasSubstr("of 3 sends queue 0 of a got 3"));
  EXPECT_EQ(after_everybody_was_slow(300, unfair), "") << "nobody is isolated, and somebody else's reasons may be many";
}

TEST(PermitsReturn, IsBrokenByASendThatIsUnderWayWithoutOne) {
  MadeRun run("permits-return", R"(, "mode": "async")", R"("enableBackpressureForAsyncMode": true)");
  run.sent().permits_out = 1;
  EXPECT_EQ(run.judged(), "");
  run.sent().permits_out = 0;
  EXPECT_THAT(run.judged(), HasSubstr("it was under way, and all permits were there"));
  EXPECT_EQ(run.judged("java-4.9.8"), "");  // which knows no permits
  MadeRun twice("permits-return", R"(, "mode": "async")", R"("enableBackpressureForAsyncMode": true)");
  twice.record.sends.resize(2, twice.sent());
  twice.sent().completions = 2;
  twice.record.sends[1].permits_out = 0;
  EXPECT_EQ(twice.judged(), "") << "the first gave one back that it did not have (quirk 22)";
  EXPECT_THAT(twice.judged("hardened"), HasSubstr("all permits were there"));
  MadeRun off("permits-return", R"(, "mode": "async")");
  off.sent().permits_out = 0;
  EXPECT_EQ(off.judged(), "");
}

TEST(ResponseTableEmpty, IsBrokenByAnEntryWithoutARequestWhenASendEnds) {
  MadeRun run("response-table-empty");
  run.attempt("a", "SUCCESS", 0, 10);
  run.greet(1, 7, 5);
  run.sent().requests_waiting = 1;
  EXPECT_EQ(run.judged(), "");
  run.sent().requests_waiting = 2;
  EXPECT_THAT(run.judged(), HasSubstr("2 were waiting for an answer then, of which 1 may have been under way"));
  run.sent().requests_waiting = 1;
  run.answer(1, 7, 8);
  EXPECT_THAT(run.judged(), HasSubstr("of which 0"));
}

TEST(ResponseTableEmpty, LetsAnAnswerToAWaitThatIsOverLieUntilWhoWaitedWakesUp) {
  MadeRun run("response-table-empty");
  run.attempt("a", "TIMEOUT", 0, 10);
  run.greet(1, 7, 5);
  run.answer(1, 7, 9);
  run.sent().requests_waiting = 1;
  EXPECT_EQ(run.judged("hardened"), "");
}

TEST(ResponseTableEmpty, LetsTheClientsOwnCloseLeaveEntriesIn498) {
  MadeRun run("response-table-empty");
  run.attempt("a", "TIMEOUT", 0, 10);
  run.greet(1, 7, 5);
  run.close(1, 8);
  run.sent().requests_waiting = 1;
  EXPECT_EQ(run.judged("java-4.9.8"), "");
  EXPECT_THAT(run.judged("java-5.3.3"), HasSubstr("of which 0"));
  run.scenario.network.close_delay = millis(1);
  EXPECT_EQ(run.judged("java-5.3.3"), "");
}

TEST(AttemptWithinRemainder, IsBrokenByMoreThanTheCapLeaves) {
  MadeRun run("attempt-within-remainder", "", R"("sendMsgMaxTimeoutPerRequest": 1000)");
  run.attempt("a", "TIMEOUT", 0, 2000, 2000);
  EXPECT_THAT(run.judged(), HasSubstr("may take 2000 ms, and 3000 were left, of which the cap leaves it 1000"));
  run.try_connect(0);
  run.connect(1, 0);
  EXPECT_THAT(run.judged(), HasSubstr("the cap"));
  run.try_connect(0, "b");
  run.connect(2, 0, "b");  // two tries may have ended so, and this is the last
  EXPECT_EQ(run.judged(), "");
}

}  // namespace sure_invariants_test
}  // namespace rmqsim
