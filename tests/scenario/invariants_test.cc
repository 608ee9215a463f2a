// Each invariant is broken by a run made up for it, and holds in the one beside it that differs in that point only.
#include "scenarios/harness/engine/run_scenario.h"
#include "tests/scenario/made_run.h"

namespace rmqsim {
namespace invariants_test {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(Invariants, EachHasAClassAndSaysItsSentence) {
  for (const InvariantInfo& info : kInvariants) {
    EXPECT_NE(make_invariant(info.name), nullptr) << info.name;
    EXPECT_FALSE(info.meaning.empty()) << info.name;
  }
  EXPECT_EQ(make_invariant("no-such-thing"), nullptr);
}

TEST(Invariants, AreLeftOutWhereAScenarioTurnsThemOff) {
  MadeRun run("send-completes-once");
  const Profile& profile = *find_profile("hardened");
  EXPECT_EQ(InvariantSet(run.scenario, profile).size(), std::size(kInvariants));
  run.scenario.invariants_off.push_back({"no-spent-budget", "x", {}, {}});
  EXPECT_EQ(InvariantSet(run.scenario, profile).size(), std::size(kInvariants) - 1);
}

TEST(SendCompletesOnce, IsBrokenByNoneAndByTwo) {
  MadeRun run("send-completes-once");
  EXPECT_EQ(run.judged(), "");
  run.sent().completions = 2;
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1 of 1 sends"));
  run.sent().mode = CommunicationMode::ASYNC;
  run.fail(0);
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1 of 1 sends"));
  run.sent().end += millis(3000);  // as long as its connect may have taken (quirk 22)
  EXPECT_EQ(run.judged(), "");
  EXPECT_THAT(run.judged("java-4.9.8"), HasSubstr("broken by 1 of 1 sends"));
  EXPECT_THAT(run.judged("hardened"), HasSubstr("broken by 1 of 1 sends"));
  run.sent().completions = 0;
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1 of 1 sends"));
}

TEST(AcknowledgedIsStored, IsBrokenByAResultThatNobodyKeeps) {
  MadeRun run("acknowledged-is-stored");
  run.kept = false;
  EXPECT_EQ(run.judged(), "");
  run.succeed();
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1"));
  run.kept = true;
  EXPECT_EQ(run.judged(), "");
}

TEST(KeptKeys, AreThoseOfABatchsMessagesThoughItsResultHasAnother) {
  SendRecord batch;
  batch.result.emplace();
  batch.result->msg_id = "C";  // quirk 55
  EXPECT_EQ(kept_keys(batch), std::vector<std::string_view>{"C"});
  batch.msg_id = "A,B";
  EXPECT_EQ(kept_keys(batch), (std::vector<std::string_view>{"A", "B"}));
}

TEST(NoSpentBudget, IsBrokenByARequestWithNothingLeft) {
  MadeRun run("no-spent-budget");
  run.attempt("a", "TIMEOUT", 0, 1, 1);
  EXPECT_EQ(run.judged(), "");
  run.attempt("b", "TIMEOUT", 1, 1, 0);
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1"));
}

TEST(NoSpentBudget, LetsNothingLeftPassWhereJavaDoes) {
  MadeRun run("no-spent-budget");
  run.attempt("b", "TIMEOUT", 1, 1, 0);
  EXPECT_EQ(run.judged("java-4.9.8"), "");  // quirk 12
  run.sent().mode = CommunicationMode::ASYNC;
  EXPECT_EQ(run.judged("java-5.3.3"), "");
  EXPECT_THAT(run.judged("hardened"), HasSubstr("broken by 1"));
  run.sent().attempts[0].timeout_millis = -1;
  EXPECT_THAT(run.judged("java-4.9.8"), HasSubstr("broken by 1"));
  EXPECT_THAT(run.judged("java-5.3.3"), HasSubstr("broken by 1"));
}

TEST(NoSpentBudget, IsBrokenByARequestThatGoesOutAgainWhenItsTimeIsOver) {
  MadeRun run("no-spent-budget");
  run.attempt("a", "SUCCESS", 0, 801, 500);
  run.request(1, 1, 0);
  run.request(2, 2, 500);
  EXPECT_EQ(run.judged(), "");
  run.request(2, 3, 501);
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1"));
}

TEST(ElapsedWithinTimeout, IsBrokenByAnAnswerThatIsWaitedForTooLong) {
  MadeRun run("elapsed-within-timeout");
  run.attempt("a", "SUCCESS", 0, 3050);
  EXPECT_EQ(run.judged(), "");
  run.sent().end += millis(100);
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1"));
}

TEST(ElapsedWithinTimeout, DoesNotCoverConnectsWhoeverBeganThem) {
  MadeRun run("elapsed-within-timeout");
  run.attempt("a", "SUCCESS", 0, 4000);
  run.try_connect(500);
  run.connect(1, 1300);
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1"));
  run.try_connect(2000, "b");
  run.connect(2, 2200, "b");
  EXPECT_EQ(run.judged(), "");
}

TEST(ElapsedWithinTimeout, DoesNotLetASyncSendThatWaitsForItsAnswerWaitForAConnect) {
  MadeRun run("elapsed-within-timeout");
  run.attempt("a", "SUCCESS", 0, 4000);
  run.try_connect(500);
  run.connect(1, 1500);
  EXPECT_EQ(run.judged(), "");
  run.request(1, 1, 400);
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1"));
}

TEST(ElapsedWithinTimeout, LetsARequestWaitForItsReplyAnewWhereItDoesNotEndWithItsSend) {
  MadeRun run("elapsed-within-timeout");
  run.attempt("a", "SUCCESS", 0, 5000);
  run.sent().kind = SendRecord::Kind::request;
  EXPECT_EQ(run.judged("java-4.9.8"), "");
  EXPECT_THAT(run.judged("java-5.3.3"), HasSubstr("broken by 1"));
}

TEST(AttemptsWithinRetries, IsBrokenByOneMore) {
  MadeRun run("attempts-within-retries");
  for (int i = 0; i < 3; ++i) run.attempt("a", "TIMEOUT", i, i + 1);
  EXPECT_EQ(run.judged(), "");
  run.attempt("a", "TIMEOUT", 3, 4);
  EXPECT_THAT(run.judged(), HasSubstr("broken by 1"));
}

TEST(ResponseTableEmpty, IsBrokenByARequestThatWaitsAndByNoTimer) {
  MadeRun run("response-table-empty");
  run.clients = {{.group = "g", .permit_waits = 1, .reply_waits = 1, .stale_deadlines = 1}};
  EXPECT_EQ(run.judged(), "");
  run.clients[0].waiting_requests = 2;
  EXPECT_THAT(run.judged(), HasSubstr("2 of \"g\" are still waiting for an answer"));
}

TEST(ResponseTableEmpty, LeavesWhatIsUnderWayToServersThatStandStill) {
  MadeRun run("response-table-empty");
  run.clients = {{.group = "g", .waiting_requests = 1}};
  run.greet(1, 7, 1000);
  EXPECT_EQ(run.judged(), "");
  run.clients[0].waiting_requests = 2;
  EXPECT_THAT(run.judged(), HasSubstr("of which 1 may be under way"));
  run.clients[0].waiting_requests = 1;
  run.answer(1, 7, 1001);
  EXPECT_THAT(run.judged(), HasSubstr("of which 0 may be under way"));
  run.greet(1, 8, 1002);
  run.close(2, 1002 + 5101);  // by then a scan has found it
  EXPECT_THAT(run.judged(), HasSubstr("of which 0 may be under way"));
}

TEST(ResponseTableEmpty, LetsARequestWaitForANewConnectionAfterGoAway) {
  MadeRun run("response-table-empty");
  run.clients = {{.group = "g", .waiting_requests = 1}};
  run.greet(1, 7, 1000);
  run.answer(1, 7, 1001, ResponseCode::GO_AWAY);
  EXPECT_EQ(run.judged(), "");
  run.clients[0].waiting_requests = 2;
  EXPECT_THAT(run.judged(), HasSubstr("of which 1 may be under way"));
}

TEST(ResponseTableEmpty, LetsAnOrderlyCloseLeaveEntriesIn498) {
  MadeRun run("response-table-empty");
  run.clients = {{.group = "g", .waiting_requests = 1}};
  run.greet(1, 7, 1000);
  run.close(1, 1001, TransportError::connection_closed);
  EXPECT_EQ(run.judged("java-4.9.8"), "");
  EXPECT_THAT(run.judged("java-5.3.3"), HasSubstr("of which 0"));
}

TEST(NoOrphanTimer, IsBrokenByATimerOfASendThatIsOverAndByNoRequest) {
  MadeRun run("no-orphan-timer");
  run.clients = {{.group = "g", .waiting_requests = 2}};
  EXPECT_EQ(run.judged(), "");
  run.clients[0].permit_waits = 1;
  EXPECT_THAT(run.judged(), HasSubstr("1 of \"g\" wait for a permit"));
  run.clients[0] = {.group = "g", .reply_waits = 3};
  EXPECT_THAT(run.judged(), HasSubstr("3 of \"g\" wait for a reply"));
  run.clients[0].reply_waits = 1;
  run.sent().kind = SendRecord::Kind::request;
  run.sent().mode = CommunicationMode::ASYNC;
  EXPECT_THAT(run.judged(), HasSubstr("1 of \"g\" wait for a reply"));
  run.fail(0);  // its entry stays for a while, as in Java
  EXPECT_EQ(run.judged(), "");
  run.clients[0] = {.group = "g", .stale_deadlines = 4};
  EXPECT_THAT(run.judged(), HasSubstr("4 of \"g\" are deadlines"));
  run.clients[0] = {.group = "g", .permit_waits = 1};
  run.sent().completions = 0;  // then it may well wait
  EXPECT_EQ(run.judged(), "");
}

TEST(OpaqueUnique, IsBrokenByTwoRequestsUnderWayOnOneConnection) {
  MadeRun run("opaque-unique");
  run.request(1, 7, 0, "x", false, "K0");
  run.answer(1, 7, 1);
  run.request(1, 7, 2, "x", false, "K1");
  run.request(2, 7, 2, "x", false, "K2");  // another connection, another message
  EXPECT_EQ(run.judged(), "");
  run.request(1, 7, 3, "x", false, "K3");
  EXPECT_THAT(run.judged(), HasSubstr("\"p\" has two requests of opaque 7 under way to a"));
}

TEST(OpaqueUnique, IsBrokenByARetryThatKeepsTheNumberOfTheAttemptBefore) {
  MadeRun run("opaque-unique");
  run.request(1, 7, 0);
  run.request(2, 7, 5, "x", false, "K0", "b");
  EXPECT_THAT(run.judged(), HasSubstr("opaque 7 under way to b"));
}

TEST(RetryAnotherBroker, IsBrokenByARetryAtTheSameOneWhileAnotherIsFree) {
  MadeRun run("retry-another-broker");
  run.attempt("a", "TIMEOUT", 0, 1000);
  run.attempt("b", "SUCCESS", 1000, 1001);
  EXPECT_EQ(run.judged(), "");
  run.sent().attempts[1].broker = "a";
  EXPECT_THAT(run.judged(), HasSubstr("b was free"));
}

TEST(RetryAnotherBroker, AsksNothingWhereATryBetweenMayHaveEndedInItsConnect) {
  MadeRun run("retry-another-broker");
  run.attempt("a", "TIMEOUT", 0, 1000);
  run.attempt("a", "SUCCESS", 1001, 1002);
  EXPECT_EQ(run.judged(), "");
}

TEST(RetryAnotherBroker, HoldsWhereThereIsNoChoice) {
  MadeRun chosen("retry-another-broker", R"(, "queue": {"broker": "a", "queueId": 0})");
  chosen.attempt("a", "TIMEOUT", 0, 1000);
  chosen.attempt("a", "SUCCESS", 1000, 1001);
  EXPECT_EQ(chosen.judged(), "");  // quirk 17
  MadeRun gone("retry-another-broker", "", "", R"(, {"do": {"crash": "b"}})");
  gone.attempt("a", "TIMEOUT", 0, 1000);
  gone.attempt("a", "SUCCESS", 1000, 1001);
  EXPECT_EQ(gone.judged(), "");
}

TEST(RetryAnotherBroker, HoldsWhenTheOtherMayBeIsolated) {
  MadeRun run("retry-another-broker", "", R"("sendLatencyFaultEnable": true)");
  run.attempt("a", "TIMEOUT", 0, 1000);
  run.attempt("a", "SUCCESS", 1000, 1001);
  EXPECT_THAT(run.judged(), HasSubstr("b was free"));
  run.attempt("b", "TIMEOUT", 1001, 2000);
  EXPECT_EQ(run.judged(), "");
}

TEST(DuplicateNeedsDoubt, IsBrokenByASecondCopyAfterAPlainSuccess) {
  MadeRun run("duplicate-needs-doubt");
  run.attempt("a", "SUCCESS", 0, 1);
  run.succeed();
  EXPECT_EQ(run.judged(), "");
  run.repeated["K0"] = 2;
  EXPECT_THAT(run.judged(), HasSubstr("stored 2 times"));
}

TEST(DuplicateNeedsDoubt, HoldsAfterATimeoutAndNotAfterAConnectThatFailed) {
  MadeRun run("duplicate-needs-doubt");
  run.attempt("a", "TIMEOUT", 0, 1000);
  run.attempt("b", "SUCCESS", 1000, 1001);
  run.succeed();
  run.repeated["K0"] = 2;
  EXPECT_EQ(run.judged(), "");
  run.sent().attempts[0].outcome = "CONNECT_FAILED";
  EXPECT_THAT(run.judged(), HasSubstr("stored 2 times"));
}

TEST(ResultIsTheBrokers, IsBrokenByAnOutcomeThatNobodyAnswered) {
  MadeRun run("result-is-the-brokers");
  run.request(1, 1, 0);
  run.answer(1, 1, 2, ResponseCode::SYSTEM_BUSY);
  run.attempt("a", "SYSTEM_BUSY", 0, 2);
  run.request(2, 2, 2, "x", false, "K0", "b");
  run.answer(2, 2, 4, ResponseCode::SUCCESS, "b");
  run.attempt("b", "SUCCESS", 2, 4);
  run.succeed();
  EXPECT_EQ(run.judged(), "");
  run.sent().attempts[0].outcome = "SERVICE_NOT_AVAILABLE";
  EXPECT_THAT(run.judged(), HasSubstr("nobody answered SERVICE_NOT_AVAILABLE to its attempt at a"));
}

TEST(ResultIsTheBrokers, IsBrokenByAnAnswerToAnotherAttempt) {
  MadeRun run("result-is-the-brokers");
  run.request(1, 1, 0);
  run.answer(1, 1, 9);
  run.attempt("a", "SUCCESS", 0, 2);
  EXPECT_THAT(run.judged(), HasSubstr("nobody answered SUCCESS"));
  run.sent().attempts[0].elapsed = millis(9);
  EXPECT_EQ(run.judged(), "");
  run.sent().attempts[0].broker = "b";
  EXPECT_THAT(run.judged(), HasSubstr("nobody answered SUCCESS to its attempt at b"));
}

TEST(ResultIsTheBrokers, IsBrokenByADoubtfulStatusReportedAsSendOk) {
  MadeRun run("result-is-the-brokers");
  run.request(1, 1, 0);
  run.answer(1, 1, 2, ResponseCode::FLUSH_DISK_TIMEOUT);
  run.attempt("a", "FLUSH_DISK_TIMEOUT", 0, 2);
  run.succeed();
  EXPECT_THAT(run.judged(), HasSubstr("no attempt ended with its result"));
  run.sent().result->status = SendStatus::FLUSH_DISK_TIMEOUT;
  EXPECT_EQ(run.judged(), "");
}

TEST(FinalIsNotRetried, IsBrokenByAnotherAttemptAfterAFinalCode) {
  MadeRun run("final-is-not-retried");
  run.attempt("a", "SYSTEM_BUSY", 0, 1);
  run.attempt("b", "TIMEOUT", 1, 5);
  run.attempt("a", "MESSAGE_ILLEGAL", 5, 6);
  EXPECT_EQ(run.judged(), "");
  EXPECT_THAT(run.judged("java-4.9.8"), HasSubstr("SYSTEM_BUSY was tried again"));  // quirk 15
  std::swap(run.sent().attempts[1], run.sent().attempts[2]);
  EXPECT_THAT(run.judged(), HasSubstr("MESSAGE_ILLEGAL was tried again"));
}

TEST(FinalIsNotRetried, IsBrokenByAnotherAttemptAfterASuccess) {
  MadeRun run("final-is-not-retried");
  run.attempt("a", "SUCCESS", 0, 1);
  EXPECT_EQ(run.judged(), "");
  run.attempt("b", "SUCCESS", 1, 2);
  EXPECT_THAT(run.judged(), HasSubstr("SUCCESS was tried again"));
}

TEST(FinalIsNotRetried, TakesCodesForFinalInAsyncSendsOfJava) {
  MadeRun run("final-is-not-retried", R"(, "mode": "async")");
  run.attempt("a", "SYSTEM_BUSY", 0, 1);
  run.attempt("b", "SUCCESS", 1, 2);
  EXPECT_THAT(run.judged(), HasSubstr("SYSTEM_BUSY was tried again"));  // quirk 27
  EXPECT_EQ(run.judged("hardened"), "");
}

TEST(RetryableIsRetried, IsBrokenByASendThatGivesUpWithAttemptsAndTimeLeft) {
  MadeRun run("retryable-is-retried");
  run.attempt("a", "SYSTEM_BUSY", 0, 1);
  run.fail(ResponseCode::SYSTEM_BUSY);
  EXPECT_THAT(run.judged(), HasSubstr("SYSTEM_BUSY was not tried again"));
  EXPECT_EQ(run.judged("java-4.9.8"), "");  // quirk 15
  run.sent().max_attempts = 1;
  EXPECT_EQ(run.judged(), "");
}

TEST(RetryableIsRetried, HoldsWhenTheBudgetIsSpent) {
  MadeRun run("retryable-is-retried");
  run.attempt("a", "TIMEOUT", 0, 3000);
  run.fail(0);
  EXPECT_EQ(run.judged(), "");
  run.sent().attempts[0].elapsed = millis(1000);
  run.sent().end = TimePoint{} + millis(1000);
  EXPECT_THAT(run.judged(), HasSubstr("TIMEOUT was not tried again"));
}

TEST(RetryableIsRetried, HoldsWhenAttemptsWithoutAnAddressHaveUsedUpTheRest) {
  MadeRun run("retryable-is-retried");
  run.attempt("a", "CONNECT_FAILED", 0, 1);
  run.fail(0);
  run.sent().error->message = "Send [3] times, still failed, cost [1]ms";
  EXPECT_EQ(run.judged(), "");
}

TEST(AttemptWithinRemainder, IsBrokenByTheWholeTimeoutForEveryAttempt) {
  MadeRun run("attempt-within-remainder");
  run.attempt("a", "TIMEOUT", 0, 1000, 3000);
  run.attempt("b", "SUCCESS", 1000, 1001, 2000);
  EXPECT_EQ(run.judged(), "");
  run.sent().attempts[1].timeout_millis = 3000;
  EXPECT_THAT(run.judged(), HasSubstr("its attempt at b may take 3000 ms, and 2000 were left"));
}

TEST(AttemptWithinRemainder, IsBrokenByLessThanWhatIsLeft) {
  MadeRun run("attempt-within-remainder");
  run.attempt("a", "SUCCESS", 0, 1, 1500);
  EXPECT_THAT(run.judged(), HasSubstr("may take 1500 ms, and 3000 were left"));
  EXPECT_EQ(run.judged("hardened"), "");  // leaves a share to the next
}

TEST(AttemptWithinRemainder, LetsACapCutAllButTheLast) {
  MadeRun run("attempt-within-remainder", "", R"("sendMsgMaxTimeoutPerRequest": 1000)");
  run.attempt("a", "TIMEOUT", 0, 1000, 1000);
  run.attempt("b", "TIMEOUT", 1000, 2000, 1000);
  run.attempt("a", "SUCCESS", 2000, 2001, 1000);
  EXPECT_EQ(run.judged(), "");
  run.sent().attempts[2].timeout_millis = 900;
  EXPECT_THAT(run.judged(), HasSubstr("may take 900 ms, and 1000 were left"));
}

TEST(SameBytes, IsBrokenByARetryWithAnotherBody) {
  MadeRun run("same-bytes");
  run.request(1, 1, 0, "body");
  run.request(2, 2, 5, "body", false, "K0", "b");
  run.request(2, 3, 6, "other", false, "K1", "b");
  EXPECT_EQ(run.judged(), "");
  run.request(2, 4, 9, "ydob", false, "K0", "b");
  EXPECT_THAT(run.judged(), HasSubstr("message K0 reached b changed"));
}

TEST(OnewayNeverWaits, IsBrokenByARequestThatAsksForAnAnswer) {
  MadeRun run("oneway-never-waits", R"(, "mode": "oneway")");
  run.request(1, 1, 0, "x", true);
  run.attempt("a", "SENT", 0, 0);
  EXPECT_EQ(run.judged(), "");
  run.request(1, 2, 1);
  EXPECT_THAT(run.judged(), HasSubstr("its request asks for an answer"));
}

TEST(OnewayNeverWaits, IsBrokenByWhatOnlyABrokerCanCause) {
  MadeRun refused("oneway-never-waits", R"(, "mode": "oneway")");
  refused.fail(ResponseCode::SYSTEM_BUSY);
  EXPECT_THAT(refused.judged(), HasSubstr("its failure is one of a broker"));
  MadeRun timed_out("oneway-never-waits", R"(, "mode": "oneway")");
  timed_out.attempt("a", "TIMEOUT", 0, 3000);
  EXPECT_THAT(timed_out.judged(), HasSubstr("an attempt has an outcome"));
  MadeRun answered("oneway-never-waits", R"(, "mode": "oneway")");
  answered.succeed();
  EXPECT_THAT(answered.judged(), HasSubstr("it has a result"));
}

TEST(PermitsReturn, IsBrokenByOneLostAndByOneTooMany) {
  MadeRun run("permits-return");
  run.clients = {{.group = "g", .permits = 10, .all_permits = 10, .bytes = 100, .all_bytes = 100}};
  EXPECT_EQ(run.judged(), "");
  run.clients[0].permits = 9;
  EXPECT_THAT(run.judged(), HasSubstr("\"g\" has 9 of 10 permits"));
  run.clients[0].permits = 10;
  run.clients[0].bytes = 101;
  EXPECT_THAT(run.judged(), HasSubstr("\"g\" has 101 of 100 bytes"));
}

TEST(PermitsReturn, LetsThoseOfASendThatFailedTwiceComeBackTwiceIn533) {
  MadeRun run("permits-return");
  run.clients = {{.group = "g", .permits = 11, .all_permits = 10}};
  run.sent().completions = 2;
  EXPECT_EQ(run.judged(), "");  // quirk 22
  EXPECT_THAT(run.judged("hardened"), HasSubstr("11 of 10"));
  run.clients[0].permits = 9;
  EXPECT_THAT(run.judged(), HasSubstr("9 of 10"));
}

TEST(PermitsReturn, HoldsWhereTheLastSendIsOneInTheBackground) {
  const ParseResult parsed = parse_scenario(R"({"version": 1, "name": "x", "why": "x",
    "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]},
    "producers": [{"name": "p", "config": {"enableBackpressureForAsyncMode": true}}],
    "steps": [{"send": {"topic": "T", "mode": "async"}, "background": true}],
    "expect": [{"sends": 0, "outcome": "SEND_OK"}]})",
                                            "-");
  ASSERT_TRUE(parsed.ok()) << parsed.to_string();
  const RunResult result = run_scenario(*parsed.scenario, *find_profile("java-5.3.3"), {});
  EXPECT_EQ(result.verdict, RunResult::Verdict::passed) << result.reason;
}

TEST(Breaches, CountASendOnceWhateverIsWrongWithIt) {
  Breaches breaches(kInvariants[0]);
  const SendRecord record;
  breaches.send(0, record, "one thing");
  breaches.send(0, record, "another");
  breaches.send(3, record);
  EXPECT_THAT(breaches.failure(5).message, HasSubstr("broken by 2 of 5 sends"));
}

TEST(OneConnection, IsBrokenByASecondOneBesideTheFirst) {
  MadeRun run("one-connection");
  run.connect(1);
  run.connect(2, 0, "b");
  run.close(1, 5);
  run.connect(3, 5);
  EXPECT_EQ(run.judged(), "");
  run.connect(4, 6);
  EXPECT_THAT(run.judged(), HasSubstr("\"p\" had 2 at a time to a"));
}

TEST(OneConnection, HoldsWhenAServerAskedForAnother) {
  MadeRun run("one-connection");
  run.connect(1);
  run.answer(1, 1, 2, ResponseCode::GO_AWAY);
  run.connect(2, 3);
  EXPECT_EQ(run.judged(), "");
}

TEST(OneConnection, CountsTheClientOfTracesApart) {
  MadeRun run("one-connection", "", R"("enableTrace": true)");
  run.connect(1);
  run.connect(2);
  EXPECT_EQ(run.judged(), "");
  run.connect(3);
  EXPECT_THAT(run.judged(), HasSubstr("3 at a time"));
}

TEST(CloseFailsWaiters, IsBrokenByAnAttemptThatOutlivesItsConnection) {
  MadeRun run("close-fails-waiters");
  run.request(1, 1, 0);
  run.close(1, 5, TransportError::connection_reset);
  run.attempt("a", "CONNECTION_CLOSED", 0, 5);
  EXPECT_EQ(run.judged(), "");
  run.sent().attempts[0].elapsed = millis(3000);
  EXPECT_THAT(run.judged(), HasSubstr("it went on waiting for a"));
}

TEST(CloseFailsWaiters, LeavesAnOrderlyCloseTo498WhichTellsNobody) {
  MadeRun run("close-fails-waiters");
  run.request(1, 1, 0);
  run.close(1, 5, TransportError::connection_closed);
  run.attempt("a", "TIMEOUT", 0, 3000);
  EXPECT_EQ(run.judged("java-4.9.8"), "");
  EXPECT_THAT(run.judged("java-5.3.3"), HasSubstr("it went on waiting"));
}

TEST(CloseFailsWaiters, AsksOnlyWhoWaitedThere) {
  MadeRun run("close-fails-waiters");
  run.request(1, 1, 0);
  run.answer(1, 1, 2);
  run.close(1, 5, TransportError::connection_reset);
  run.attempt("a", "SUCCESS", 0, 9);
  EXPECT_EQ(run.judged(), "");
}

TEST(TransactionEndsOnce, IsBrokenByASecondEndAndByMoreAnswersThanChecks) {
  MadeRun run("transaction-ends-once");
  run.sent().transaction.emplace().uniq_key = "K0";
  run.sent().transaction->answered = 1;
  run.end_transaction(false);
  run.end_transaction(true);
  EXPECT_EQ(run.judged(), "");
  run.end_transaction(true);
  EXPECT_THAT(run.judged(), HasSubstr("2 answers to 1 checks were sent"));
  run.sent().transaction->answered = 2;
  EXPECT_EQ(run.judged(), "");
  run.end_transaction(false);
  EXPECT_THAT(run.judged(), HasSubstr("its outcome was told 2 times"));
}

}  // namespace invariants_test
}  // namespace rmqsim
