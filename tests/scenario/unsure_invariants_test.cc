// Where an invariant cannot be sure it says nothing: each case was a false finding, beside one that is none.
#include "scenarios/harness/engine/judging/connects.h"
#include "tests/scenario/made_run.h"

namespace rmqsim {
namespace unsure_invariants_test {

using testing::HasSubstr;

TEST(Connects, EndTheOneOfTheirServerThatWasBegunFirst) {
  Connects connects;
  const auto at = [](int ms, std::string_view server) { return WireEnd{"p", server, 0, TimePoint{} + millis(ms)}; };
  connects.ended(at(0, "a"));  // nobody began one
  for (int i = 0; i < 3; ++i) connects.began(at(i, i == 1 ? "b" : "a"));
  connects.ended(at(5, "a"));
  connects.ended(at(6, "c"));
  connects.ended(at(7, "b"));
  std::vector<TimePoint> ends;
  for (const Connects::Connect& connect : connects.of("p")) ends.push_back(connect.to);
  EXPECT_THAT(ends, testing::ElementsAre(TimePoint{} + millis(5), TimePoint{} + millis(7), TimePoint::max()));
  EXPECT_TRUE(connects.of("q").empty());
}

TEST(ElapsedWithinTimeout, CoversNoConnectOfAClientThatIsShared) {
  const auto judged_with = [](const std::string& instance) {
    MadeRun run("elapsed-within-timeout", "", instance, "", "", instance);
    std::get<SendStep>(run.scenario.steps[0].what).producer = "q";
    run.attempt("a", "SUCCESS", 0, 4000);
    run.try_connect(500);  // said by the name of p, who began
    run.connect(1, 1500);
    return run.judged();
  };
  EXPECT_EQ(judged_with(R"("clientIP": "10.0.0.9", "instanceName": "one")"), "");
  EXPECT_THAT(judged_with(""), HasSubstr("broken by 1"));
}

TEST(Timeouts, AreNotThoseOfTheirSendsWhereABatchIsGatheredAndTheyAreSetAnew) {
  const auto judged_with = [](const char* invariant, const std::string& config, const std::string& setting) {
    MadeRun run(invariant, "", config,
                R"(, {"do": {"setConfig": {"producer": "p", "config": {")" + setting + R"(": 2000}}}})");
    const bool longer = std::string_view(invariant) == "elapsed-within-timeout";
    run.sent().timeout_millis = longer ? 1 : 3000;
    run.attempt("a", "TIMEOUT", 0, longer ? 2000 : 1);
    run.sent().error = MQError{.type = ErrorType::RemotingTooMuchRequestException};
    if (std::string_view(invariant) == "retry-another-broker") run.attempt("a", "TIMEOUT", 1, 2);
    return run.judged();
  };
  for (const char* invariant : {"elapsed-within-timeout", "retryable-is-retried", "retry-another-broker"}) {
    EXPECT_EQ(judged_with(invariant, R"("autoBatch": true)", "sendMsgTimeout"), "") << invariant;
    EXPECT_THAT(judged_with(invariant, R"("autoBatch": true)", "maxMessageSize"), HasSubstr("broken")) << invariant;
    EXPECT_THAT(judged_with(invariant, "", "sendMsgTimeout"), HasSubstr("broken")) << invariant;
  }
}

TEST(ResponseTableEmpty, CountsForEachProducerWhatASharedClientHasUnderWay) {
  const auto judged_with = [](const std::string& instance) {
    MadeRun run("response-table-empty", "", instance, "", "", instance);
    run.clients = {{.group = "g", .waiting_requests = 1}, {.group = "h", .waiting_requests = 1}};
    run.greet(1, 7, 1000);  // said by the name of p
    return run.judged();
  };
  EXPECT_EQ(judged_with(R"("clientIP": "10.0.0.9", "instanceName": "one")"), "");
  EXPECT_THAT(judged_with(""), HasSubstr("1 of \"h\""));
}

TEST(RouteConverges, CannotTellAClientFromThatOfItsTraces) {
  const auto judged_with = [](const std::string& config) {
    MadeRun run("route-converges", "", config);
    run.hear_route(0, {"a", "b"});
    run.hear_route(5, {"a"});
    run.attempt("b", "SUCCESS", 10, 11);
    run.sent().start += millis(10);
    return run.judged();
  };
  EXPECT_EQ(judged_with(R"("enableTrace": true)"), "");
  EXPECT_THAT(judged_with(""), HasSubstr("b had left the route"));
}

TEST(Heartbeats, AreNotDueToWhomTheDefaultRouteNamedAndTheTopicsOwnDoesNot) {
  MadeRun run("heartbeats");
  run.hear_route(0, {"a", "b"}, 6, "TBW102");
  run.connect(1, 10);
  run.greet(1, 1, 10);
  run.answer(1, 1, 11);
  run.hear_route(25'000, {"b"});
  run.request(1, 5, 40'000);
  EXPECT_EQ(run.judged(), "");
  EXPECT_THAT(run.judged("java-4.9.8"), HasSubstr("left it without a greeting"));  // which polls that route
  MadeRun alone("heartbeats");
  alone.hear_route(0, {"a", "b"}, 6, "TBW102");
  alone.connect(1, 10);
  alone.greet(1, 1, 10);
  alone.answer(1, 1, 11);
  alone.request(1, 5, 40'000);
  EXPECT_THAT(alone.judged(), HasSubstr("left it without a greeting"));
}

TEST(Heartbeats, AreNotDueOnAConnectionThatWasLeftForAnother) {
  const auto judged_with = [](std::int32_t code) {
    MadeRun run("heartbeats");
    run.hear_route(0, {"a", "b"});
    run.connect(1, 10);
    run.greet(1, 1, 10);
    run.answer(1, 1, 11);
    run.request(1, 2, 20);
    run.answer(1, 2, 21, code);
    run.hear_route(70'000, {"a", "b"});
    return run.judged();
  };
  EXPECT_EQ(judged_with(ResponseCode::GO_AWAY), "");
  EXPECT_THAT(judged_with(ResponseCode::SUCCESS), HasSubstr("left it without a greeting"));
}

TEST(Heartbeats, MayGoToASlaveThatARecallConnectedTo) {
  const auto judged_with = [](SendRecord::Kind kind) {
    MadeRun run("heartbeats");
    run.scenario.cluster.brokers[1].slave_of = "a";
    run.hear_route(0, {"a", "b"});
    run.connect(1, 10, "b");
    run.greet(1, 1, 10, "b");
    run.sent().kind = kind;
    return run.judged();
  };
  EXPECT_EQ(judged_with(SendRecord::Kind::recall), "");
  EXPECT_THAT(judged_with(SendRecord::Kind::send), HasSubstr("which is a slave"));
}

TEST(RetryAnotherBroker, CannotSeeATryThatHadNothingLeft) {
  MadeRun run("retry-another-broker");
  run.attempt("a", "TIMEOUT", 0, 2900);
  run.attempt("a", "CONNECT_FAILED", 2900, 2900, 100);
  EXPECT_THAT(run.judged(), HasSubstr("b was free"));
  MadeRun spent("retry-another-broker");
  spent.attempt("a", "TIMEOUT", 0, 3000);
  spent.attempt("a", "CONNECT_FAILED", 3000, 3000, 0);  // between them there was b, with a budget of zero
  EXPECT_EQ(spent.judged(), "");
}

TEST(RetryAnotherBroker, CannotSeeATryThatEndedInItsConnectAndIsolatedItsBroker) {
  const auto judged_with = [](const std::string& limit, const std::string& more = "") {
    MadeRun run("retry-another-broker", "",
                R"("sendLatencyFaultEnable": true, "sendMsgMaxTimeoutPerRequest": )" + limit, "", more);
    run.attempt("a", "TIMEOUT", 0, 100);
    run.attempt("a", "SUCCESS", 100, 101);
    return run.judged();
  };
  EXPECT_THAT(judged_with("100"), HasSubstr("b was free"));
  EXPECT_EQ(judged_with("1"), "");  // ms, and a connect takes 0.4
  EXPECT_EQ(judged_with(R"(100, "vipChannelEnabled": true)"), "");
  EXPECT_EQ(judged_with("100", R"(, "faults": [{"at": "b", "on": "connect", "nth": 1, "do": {"refuse": true}}])"), "");
  MadeRun spent("retry-another-broker", "", R"("sendLatencyFaultEnable": true)");
  spent.attempt("a", "TIMEOUT", 0, 100);
  spent.attempt("a", "TIMEOUT", 100, 2999);
  EXPECT_EQ(spent.judged(), "");  // a third had the last millisecond
}

TEST(RetryAnotherBroker, CannotSeeATryWhoseShareOfTheTimeIsLessThanAConnectTakes) {
  const auto judged_with = [](std::int64_t timeout, const char* profile) {
    MadeRun run("retry-another-broker", "", R"("sendLatencyFaultEnable": true)");
    run.sent().timeout_millis = timeout;
    run.attempt("a", "SYSTEM_ERROR", 0, 1);
    run.attempt("a", "SUCCESS", 1, 2);
    return run.judged(profile);
  };
  EXPECT_EQ(judged_with(6, "hardened"), "");  // of which each of three tries gets two, and a connect may take 1.4
  EXPECT_THAT(judged_with(60, "hardened"), HasSubstr("b was free"));
  EXPECT_THAT(judged_with(6, "java-5.3.3"), HasSubstr("b was free"));
}

TEST(RetryAnotherBroker, CannotBeSureOfABrokerThatMayBeKeptOutOfTheRoute) {
  const auto judged_with = [](const std::string& at, const std::string& on) {
    MadeRun run("retry-another-broker", "", "", "",
                R"(, "faults": [{"at": ")" + at + R"(", "on": ")" + on + R"(", "do": {"resetAfterBytes": 1}}])");
    run.attempt("a", "SYSTEM_ERROR", 0, 1);
    run.attempt("a", "SUCCESS", 1, 2);
    return run.judged();
  };
  EXPECT_EQ(judged_with("ns-1", "link"), "");  // over which brokers register
  EXPECT_EQ(judged_with("ns-1", "toClient"), "");
  EXPECT_THAT(judged_with("b", "link"), HasSubstr("b was free"));
}

TEST(RetryAnotherBroker, CannotSeeAProbeThatABrokerMissed) {
  const auto judged_with = [](const std::string& at, const std::string& detects, const char* profile) {
    MadeRun run("retry-another-broker", "", R"("sendLatencyFaultEnable": true, "startDetectorEnable": )" + detects, "",
                R"(, "faults": [{"at": ")" + at + R"(", "on": "link", "do": {"resetAfterBytes": 300}}])");
    run.attempt("a", "CONNECTION_CLOSED", 0, 1);
    run.attempt("a", "CONNECTION_CLOSED", 1, 2);
    return run.judged(profile);
  };
  EXPECT_EQ(judged_with("b", "true", "hardened"), "");
  EXPECT_THAT(judged_with("a", "true", "hardened"), HasSubstr("b was free"));
  EXPECT_THAT(judged_with("b", "false", "hardened"), HasSubstr("b was free"));
  EXPECT_THAT(judged_with("b", "true", "java-5.3.3"), HasSubstr("b was free"));
}

TEST(RetryableIsRetried, CannotSeeATryThatFoundNoAddress) {
  const auto judged_with = [](const std::string& cause) {
    MadeRun run("retryable-is-retried", R"(, "mode": "async", "queue": {"broker": "b", "queueId": 0})");
    run.attempt("b", "CONNECT_FAILED", 0, 1);
    run.attempt("b", "CONNECT_FAILED", 1, 1);
    run.sent().error = MQError{.type = ErrorType::MQClientException, .message = "unknown reason"};
    run.sent().error->cause =
        std::make_shared<MQError>(MQError{.type = ErrorType::MQClientException, .message = cause});
    return run.judged("hardened");
  };
  EXPECT_EQ(judged_with("The broker[b] not exist"), "");  // the third
  EXPECT_THAT(judged_with("connect to <b> failed"), HasSubstr("CONNECT_FAILED was not tried again"));

  MadeRun between("retryable-is-retried", R"(, "mode": "async")");
  between.attempt("a", "TIMEOUT", 0, 1000);
  between.attempt("a", "CONNECTION_CLOSED", 1000, 2000);
  between.sent().error = MQError{.type = ErrorType::MQClientException, .message = "send request failed"};
  EXPECT_THAT(between.judged("hardened"), HasSubstr("CONNECTION_CLOSED was not tried again"));
  between.sent().attempts[1].number = 3;
  EXPECT_EQ(between.judged("hardened"), "");
}

TEST(ResponseTableEmpty, LeavesToAClientThatWasShutDownWhatNobodyTellsItOf) {
  const auto judged_with = [](const std::string& steps, error_code reason) {
    MadeRun run("response-table-empty", "", "", steps + R"(, {"waitMs": 24000})");
    run.clients = {{.group = "g", .waiting_requests = 1}};
    run.request(1, 1, 0);
    run.close(1, 1, reason);
    run.hear_route(24'000, {"a"});
    return run.judged("java-4.9.8");
  };
  const std::string shut_down = R"(, {"do": {"shutdownProducer": "p"}})";
  EXPECT_EQ(judged_with(shut_down, TransportError::connection_closed), "");  // whose scan has ended as well
  EXPECT_THAT(judged_with("", TransportError::connection_closed), HasSubstr("1 of \"g\""));
  EXPECT_THAT(judged_with(shut_down, TransportError::connection_reset), HasSubstr("1 of \"g\""));
}

TEST(ResponseTableEmpty, LeavesAnAnswerThatCameWhenItsWaitAndTheRunEndedToWhoWakesUpForIt) {
  const auto judged_with = [](int asked) {
    MadeRun run("response-table-empty");
    run.clients = {{.group = "g", .waiting_requests = 1}};
    run.greet(1, 7, asked);
    run.answer(1, 7, 4000);
    return run.judged();
  };
  EXPECT_EQ(judged_with(1000), "");
  EXPECT_THAT(judged_with(1010), HasSubstr("1 of \"g\""));
}

TEST(IsolationBounded, CountsFromTheEndOfARequestsSendWhichItsReplyDoesNotWaitFor) {
  const auto judged_with = [](SendRecord::Kind kind) {
    MadeRun run("isolation-bounded", "", R"("sendLatencyFaultEnable": true)");
    run.hear_route(0, {"a", "b"});
    run.record.sends.resize(3, run.sent());
    SendRecord& asked = run.record.sends[0];
    asked.kind = kind;
    asked.attempts = {{"a", 0, TimePoint{}, millis(1000), 1000, "TIMEOUT"},
                      {"b", 0, TimePoint{} + millis(1000), millis(1), 1000, "SUCCESS"}};
    asked.end = TimePoint{} + millis(1001);
    for (int i = 1; i < 3; ++i) {
      SendRecord& send = run.record.sends[static_cast<std::size_t>(i)];
      send.start = TimePoint{} + millis(13'000 + i);
      send.end = send.start + millis(1);
      send.attempts = {{"b", i - 1, send.start, millis(1), 3000, "SUCCESS"}};
    }
    run.record.sends[2].attempts[0].queue_id = 0;
    return run.judged();
  };
  EXPECT_EQ(judged_with(SendRecord::Kind::request), "");
  EXPECT_THAT(judged_with(SendRecord::Kind::send), HasSubstr("nobody is isolated any more"));
}

TEST(RouteConverges, CannotTellWhoseDefaultRouteTookThePlaceOfTheTopicsOwn) {
  const auto judged_with = [](int by_default) {
    MadeRun run("route-converges");
    run.hear_route(5, {"a"});
    run.hear_route(by_default, {"a", "b"}, 6, "TBW102");
    run.attempt("b", "SUCCESS", 10, 11);
    run.sent().start += millis(10);
    return run.judged();
  };
  EXPECT_EQ(judged_with(7), "");
  EXPECT_THAT(judged_with(3), HasSubstr("b had left the route"));
}

TEST(RouteConverges, ExpectsNoPollAfterAQuestionThatIsAnsweredTooLate) {
  const auto judged_with = [](const std::string& config) {
    MadeRun run("route-converges", "", config);
    run.hear_route(0, {"a"});
    run.hear_route(2, {"a"}, 6, "Other");
    run.greet(1, 1, 61'500);
    return run.judged();
  };
  EXPECT_THAT(judged_with(""), HasSubstr("in time"));
  EXPECT_EQ(judged_with(R"("mqClientApiTimeout": 1)"), "");
}

TEST(FairShare, CountsTheTurnsOfRetriesInTheBackground) {
  const auto judged_with_end = [](int end) {
    MadeRun run("fair-share", "", "", R"(, {"background": true, "send": {"producer": "p", "topic": "T", "count": 2}})");
    run.hear_route(0, {"a", "b"});
    SendRecord one = run.sent();
    run.record.sends.clear();
    for (int i = 0; i < 7; ++i) {
      const int at = i < 5 ? 100 + i : 45 + i;
      one.step = i < 5 ? 0 : 1;
      one.start = TimePoint{} + millis(at);
      one.end = TimePoint{} + millis(i < 5 ? at + 1 : end);
      one.attempts = {{"a", 0, one.start, one.end - one.start, 3000, "SUCCESS"}};
      run.record.sends.push_back(one);
    }
    return run.judged();
  };
  EXPECT_THAT(judged_with_end(60), HasSubstr("of 5 sends queue 0 of a got 5"));
  EXPECT_EQ(judged_with_end(200), "");
}

TEST(CloseFailsWaiters, DoesNotEndAnAttemptOnAnotherConnectionThanOneBeforeItWaitedOn) {
  const auto judged_with = [](int asked) {
    MadeRun run("close-fails-waiters");
    run.attempt("a", "TIMEOUT", 0, 100);
    run.attempt("a", "SEND_FAILED", 100, 400);
    run.request(1, 1, asked);
    run.close(1, 200, TransportError::connection_closed);
    return run.judged();
  };
  EXPECT_EQ(judged_with(0), "");
  EXPECT_THAT(judged_with(150), HasSubstr("it went on waiting for a"));
}

TEST(CloseFailsWaiters, DoesNotEndTheAttemptThatBeginsWhenTheConnectionEnds) {
  const auto judged_with = [](int closed) {
    MadeRun run("close-fails-waiters");
    run.attempt("a", "CONNECTION_CLOSED", 160, 160);
    run.attempt("a", "SUCCESS", 160, 200);
    run.request(1, 1, 160);
    run.close(1, closed, TransportError::connection_reset);
    return run.judged();
  };
  EXPECT_EQ(judged_with(160), "");
  EXPECT_THAT(judged_with(170), HasSubstr("it went on waiting for a"));
}

TEST(SameBytes, MayDifferWhereCompressionIsSetAnew) {
  const auto judged_with = [](const std::string& config) {
    MadeRun run("same-bytes", "", "", R"(, {"do": {"setConfig": {"producer": "p", "config": {)" + config + "}}}}");
    run.request(1, 1, 0, "body");
    run.request(2, 2, 5, "ydob", false, "K0", "b");
    return run.judged();
  };
  EXPECT_EQ(judged_with(R"("compressMsgBodyOverHowmuch": 0)"), "");
  EXPECT_THAT(judged_with(R"("sendMsgTimeout": 100)"), HasSubstr("message K0 reached b changed"));
}

TEST(NoSpentBudget, CannotBeBrokenByAnAttemptThatStillLooksForItsBrokersAddress) {
  const auto judged_with = [](bool written) {
    MadeRun run("no-spent-budget");
    run.attempt("a", "INCOMPLETE", 3001, 9000, -2);
    if (written) run.request(1, 1, 3001);
    return run.judged();
  };
  EXPECT_EQ(judged_with(false), "");
  EXPECT_THAT(judged_with(true), HasSubstr("broken by 1"));
}

TEST(AttemptWithinRemainder, CannotTellTheLastAttemptWhereRetriesAreSetAnew) {
  const auto judged_with = [](const std::string& setting) {
    MadeRun run("attempt-within-remainder", R"(, "mode": "async")", "",
                R"(, {"do": {"setConfig": {"producer": "p", "config": {")" + setting + R"(": 5}}}})");
    run.sent().max_attempts = 1;
    run.attempt("a", "SUCCESS", 0, 1, 500);
    return run.judged("hardened");
  };
  EXPECT_EQ(judged_with("retryTimesWhenSendAsyncFailed"), "");
  EXPECT_THAT(judged_with("sendMsgTimeout"), HasSubstr("may take 500 ms, and 3000 were left"));
}

TEST(AttemptsWithinRetries, CannotCountThemWhereRetriesAreSetAnew) {
  const auto judged_with = [](const std::string& setting) {
    MadeRun run("attempts-within-retries", "", "",
                R"(, {"do": {"setConfig": {"producer": "p", "config": {")" + setting + R"(": 50}}}})");
    for (int i = 0; i < 4; ++i) run.attempt("a", "TIMEOUT", i, i + 1);
    return run.judged();
  };
  EXPECT_EQ(judged_with("retryTimesWhenSendFailed"), "");
  EXPECT_THAT(judged_with("sendMsgTimeout"), HasSubstr("broken by 1"));
}

}  // namespace unsure_invariants_test
}  // namespace rmqsim
