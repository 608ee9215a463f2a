// Invariants about whom a client sends to, connects to and greets: each is broken by a run made up for it, and holds in
// the one beside it that differs in that point only.
#include "tests/scenario/made_run.h"

namespace rmqsim {
namespace broker_choice_invariants_test {

using testing::HasSubstr;

/// Sends of one attempt each, 1 ms apart from `at` on, to these queues; as many as the step has.
void send_to(MadeRun& run, int at, const std::vector<std::pair<std::string, std::int32_t>>& queues) {
  SendRecord one = run.sent();
  one.attempts.clear();
  run.record.sends.clear();
  for (const auto& [broker, id] : queues) {
    one.start = TimePoint{} + millis(at);
    one.end = TimePoint{} + millis(at + 1);
    one.attempts = {{broker, id, one.start, millis(1), 3000, "SUCCESS"}};
    run.record.sends.push_back(one);
    ++at;
  }
}

TEST(FairShare, IsBrokenByAQueueThatGetsMoreThanOneMoreThanAnother) {
  MadeRun run("fair-share");
  run.hear_route(0, {"a", "b"});
  send_to(run, 10, {{"a", 1}, {"b", 0}, {"b", 1}, {"a", 0}, {"a", 1}});
  EXPECT_EQ(run.judged(), "");
  send_to(run, 10, {{"a", 0}, {"a", 0}, {"b", 0}, {"b", 1}, {"a", 0}});
  EXPECT_THAT(run.judged(), HasSubstr("of 5 sends queue 0 of a got 3, and another of 4 got 0"));
}

TEST(FairShare, AsksOnlyWhereTurnsAloneDecide) {
  const std::vector<std::pair<std::string, std::int32_t>> unfair{{"a", 0}, {"a", 0}, {"a", 0}, {"a", 0}, {"a", 0}};
  MadeRun changed("fair-share");
  changed.hear_route(0, {"a", "b"});
  send_to(changed, 10, unfair);
  EXPECT_THAT(changed.judged(), HasSubstr("got 5"));
  changed.hear_route(10, {"a"});  // a list that is made anew begins anywhere
  changed.hear_route(12, {"a", "b"});
  EXPECT_EQ(changed.judged(), "");
  MadeRun failing("fair-share");
  failing.hear_route(0, {"a", "b"});
  send_to(failing, 10, unfair);
  for (const std::size_t i : {1u, 3u}) failing.record.sends[i].attempts[0].outcome = "TIMEOUT";
  EXPECT_EQ(failing.judged(), "");
  MadeRun latency("fair-share", "", R"("sendLatencyFaultEnable": true)");
  latency.hear_route(0, {"a", "b"});
  send_to(latency, 10, unfair);
  EXPECT_EQ(latency.judged(), "");
  MadeRun threads("fair-share", R"(, "mode": "async")");  // each of the sender's threads has a position of its own
  threads.hear_route(0, {"a", "b"});
  send_to(threads, 10, unfair);
  EXPECT_EQ(threads.judged(), "");
}

TEST(FairShare, ForgivesOneJumpWhereAPositionMayOverflow) {
  MadeRun run("fair-share");
  run.hear_route(0, {"a", "b", "c"});  // six queues do not divide 2^31
  send_to(run, 10, {{"a", 0}, {"a", 1}, {"a", 0}, {"a", 1}, {"b", 0}});
  EXPECT_EQ(run.judged(), "");
  send_to(run, 10, {{"a", 0}, {"a", 0}, {"a", 0}, {"a", 1}, {"b", 0}});
  EXPECT_THAT(run.judged(), HasSubstr("got 3"));
}

TEST(IsolationBounded, IsBrokenByABrokerThatIsPassedOverWhenItsTimeIsUp) {
  MadeRun run("isolation-bounded", "", R"("sendLatencyFaultEnable": true)");
  run.hear_route(0, {"a", "b"});
  send_to(run, 10, {{"b", 0}, {"a", 0}, {"a", 1}, {"a", 0}, {"a", 1}});
  run.record.sends[0].attempts[0].outcome = "TIMEOUT";
  run.record.sends[0].error.emplace();
  EXPECT_EQ(run.judged(), "");  // b is isolated for 10 s
  for (std::size_t i = 1; i < 5; ++i) {
    run.record.sends[i].start += millis(10'001);
    run.record.sends[i].end += millis(10'001);
    run.record.sends[i].attempts[0].start += millis(10'001);
  }
  EXPECT_THAT(run.judged(), HasSubstr("queue 0 of b was next, and nobody is isolated any more"));
  EXPECT_EQ(run.judged("java-4.9.8"), "");  // there it is for 10 min
}

TEST(IsolationBounded, GoesByALatencysRowOfTheTable) {
  MadeRun run("isolation-bounded", "", R"("sendLatencyFaultEnable": true)");
  run.hear_route(0, {"a", "b"});
  send_to(run, 1000, {{"b", 1}, {"a", 0}, {"a", 1}, {"a", 0}, {"a", 1}});
  run.record.sends[0].start -= millis(600);
  EXPECT_EQ(run.judged(), "");  // 2 s for an answer after 600 ms
  run.record.sends[0].start += millis(100);
  EXPECT_THAT(run.judged(), HasSubstr("was next"));
}

TEST(IsolationBounded, CannotTellWhomATryThatNobodySawIsolated) {
  MadeRun run("isolation-bounded", "", R"("sendLatencyFaultEnable": true)");
  run.hear_route(0, {"a", "b"});
  send_to(run, 1000, {{"b", 1}, {"b", 0}, {"b", 1}, {"b", 0}, {"b", 1}});
  EXPECT_THAT(run.judged(), HasSubstr("queue 0 of a was next"));
  run.record.sends[0].attempts[0].number = 2;  // the first had no time for its connect
  EXPECT_EQ(run.judged(), "");
}

TEST(IsolationBounded, LeavesWhoWaitsForAProbeToHardened) {
  MadeRun run("isolation-bounded", "", R"("sendLatencyFaultEnable": true, "startDetectorEnable": true)");
  run.hear_route(0, {"a", "b"});
  send_to(run, 10, {{"a", 0}, {"a", 1}, {"a", 0}, {"a", 1}, {"a", 0}});
  EXPECT_EQ(run.judged("hardened"), "");
  EXPECT_THAT(run.judged("java-5.3.3"), HasSubstr("was next"));
}

TEST(RouteConverges, IsBrokenByASendToABrokerThatLeftTheRoute) {
  MadeRun run("route-converges");
  run.hear_route(0, {"a", "b"});
  send_to(run, 10, {{"b", 0}});
  EXPECT_EQ(run.judged(), "");
  run.hear_route(5, {"a"});
  EXPECT_THAT(run.judged(), HasSubstr("b had left the route"));
  run.record.sends[0].start = TimePoint{} + millis(5);  // it began before that was heard
  EXPECT_EQ(run.judged(), "");
}

TEST(RouteConverges, TellsNoRouteToAProducerThatIsShuttingDown) {
  MadeRun run("route-converges", "", "", R"(, {"do": {"shutdownProducer": "p"}}, {"do": {"startProducer": "p"}})");
  run.hear_route(0, {"a", "b"});
  run.hear_route(5, {"a"});
  send_to(run, 10, {{"b", 0}});
  run.record.events = {{1, TimePoint{} + millis(7)}};
  EXPECT_THAT(run.judged(), HasSubstr("b had left the route"));
  run.record.events = {{1, TimePoint{} + millis(4)}};
  EXPECT_EQ(run.judged(), "");
  run.record.events.push_back({2, TimePoint{} + millis(5)});
  EXPECT_THAT(run.judged(), HasSubstr("b had left the route"));
}

TEST(RouteConverges, CountsABrokerThatMayNotBeWrittenToAsOneThatLeft) {
  MadeRun run("route-converges");
  run.hear_route(0, {"a", "b"});
  run.hear_route(5, {"b"}, 4);
  send_to(run, 10, {{"b", 0}});
  EXPECT_THAT(run.judged(), HasSubstr("b had left the route"));
}

TEST(RouteConverges, IsBrokenByAPollThatDoesNotCome) {
  MadeRun run("route-converges");
  run.hear_route(0, {"a", "b"});
  run.hear_route(30'000, {"a", "b"});
  run.greet(1, 1, 60'500);
  EXPECT_EQ(run.judged(), "");
  run.greet(1, 1, 61'500);
  EXPECT_THAT(run.judged(), HasSubstr("\"p\" did not ask for the route of T in time"));
}

TEST(RouteConverges, WaitsForPollsAtNobodyWhoseNameserverHasTrouble) {
  MadeRun run("route-converges", "", "", R"(, {"do": {"crash": "ns-1"}})");
  run.hear_route(0, {"a", "b"});
  run.greet(1, 1, 200'000);
  EXPECT_THAT(run.judged(), HasSubstr("in time"));
  run.record.events = {{1, TimePoint{} + millis(1)}};
  EXPECT_EQ(run.judged(), "");
}

TEST(Heartbeats, AreBrokenByAGreetingOfWhoIsInNoRoute) {
  MadeRun run("heartbeats");
  run.hear_route(0, {"a"});
  run.connect(1, 10);
  run.greet(1, 1, 10);
  EXPECT_EQ(run.judged(), "");
  run.greet(2, 2, 20, "b");
  EXPECT_THAT(run.judged(), HasSubstr("\"p\" greeted b which is in no route"));
  MadeRun nobody("heartbeats");
  nobody.greet(2, 2, 20, "ns-1");
  EXPECT_THAT(nobody.judged(), HasSubstr("greeted ns-1 which is no broker"));
}

TEST(Heartbeats, AreBrokenByOneMoreThanRoundsAndConnectsGive) {
  MadeRun run("heartbeats");
  run.hear_route(0, {"a"});
  run.connect(1, 10);
  for (int i = 0; i < 3; ++i) run.greet(1, i, 10 + i);
  EXPECT_EQ(run.judged(), "");
  EXPECT_THAT(run.judged("java-4.9.8"), HasSubstr("3 times where 2 were due at most"));
  run.greet(1, 3, 13);
  EXPECT_THAT(run.judged(), HasSubstr("4 times where 3 were due at most"));
  run.sent().kind = SendRecord::Kind::request;  // which may begin a round of its own
  EXPECT_EQ(run.judged(), "");
}

TEST(Heartbeats, AreBrokenByAConnectionThatIsNotGreetedSince52) {
  MadeRun run("heartbeats");
  run.hear_route(0, {"a"});
  run.connect(1, 10);
  run.request(1, 5, 20);
  EXPECT_THAT(run.judged(), HasSubstr("\"p\" did not greet a when it had connected"));
  EXPECT_EQ(run.judged("java-4.9.8"), "");
  run.greet(1, 6, 11);
  EXPECT_EQ(run.judged(), "");
}

TEST(Heartbeats, MayBeHeldUpByOneThatIsUnderWay) {
  MadeRun run("heartbeats");
  run.hear_route(0, {"a", "b"});
  run.connect(2, 9, "b");
  run.greet(2, 1, 9, "b");
  run.connect(1, 10);
  run.request(1, 5, 20);
  EXPECT_EQ(run.judged(), "");
  run.answer(2, 1, 21, 0, "b");
  EXPECT_EQ(run.judged(), "");
  MadeRun answered("heartbeats");
  answered.hear_route(0, {"a", "b"});
  answered.connect(2, 5, "b");
  answered.greet(2, 1, 5, "b");
  answered.answer(2, 1, 6, 0, "b");
  answered.connect(1, 10);
  answered.request(1, 5, 20);
  EXPECT_THAT(answered.judged(), HasSubstr("did not greet a"));
}

TEST(Heartbeats, AreBrokenByARoundThatLeavesAConnectedMasterOut) {
  MadeRun run("heartbeats");
  run.hear_route(0, {"a"});
  run.connect(1, 10);
  run.greet(1, 1, 10);
  run.answer(1, 1, 11);
  run.greet(1, 2, 30'000);
  run.answer(1, 2, 30'001);
  run.request(1, 5, 60'900);
  EXPECT_EQ(run.judged(), "");
  run.request(1, 5, 61'900);
  EXPECT_THAT(run.judged(), HasSubstr("\"p\" was connected to a and left it without a greeting"));
}

TEST(ReconnectsPaced, IsBrokenByALoopAndNotByWhatSendsAskFor) {
  MadeRun run("reconnects-paced");
  for (int i = 0; i < 30; ++i) run.try_connect(i);
  EXPECT_THAT(run.judged(), HasSubstr("\"p\" connected 30 times to a within a second"));
  run.record.sends.resize(5, run.sent());  // each with three attempts and its lookups
  EXPECT_EQ(run.judged(), "");
  for (SendRecord& send : run.record.sends) send.start = TimePoint{} + millis(5000);
  EXPECT_THAT(run.judged(), HasSubstr("30 times"));
}

TEST(ReconnectsPaced, CountsWithinASecond) {
  MadeRun run("reconnects-paced");
  for (int i = 0; i < 30; ++i) run.try_connect(i * 1000);
  EXPECT_EQ(run.judged(), "");
}

}  // namespace broker_choice_invariants_test
}  // namespace rmqsim
