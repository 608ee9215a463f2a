// The stream of events as its readers see it, and the scenario that is made of what happened. No sockets.
#include <gmock/gmock.h>

#include <set>

#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/http_control/event_reader.h"
#include "tests/control/fixture.h"

namespace rmqsim {
namespace events_test {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Events : public ControlTest {
 protected:
  /// A reader; what it is told is taken apart by told().
  struct Stream {
    unsigned status = 0;
    std::string error;
    HttpParts more;
  };
  Stream open(const std::string& query = "", const std::string& last_id = "") {
    std::optional<HttpResponse> response;
    HttpRequest request{"GET", "/v1/events" + query, "", last_id};
    under(runtime_, [&] { response = control_.handle(request, Duration::zero()); });
    return {response->status, response->body, std::move(response->more)};
  }
  struct Told {
    std::string kind;
    Json data;
  };
  std::vector<Told> told(Stream& stream) {
    std::string text;
    under(runtime_, [&] {
      for (std::string part; !(part = stream.more().value()).empty();) text += part;
    });
    raw_ = text;
    std::vector<Told> all;
    for (std::size_t end; (end = text.find("\n\n")) != std::string::npos; text.erase(0, end + 2)) {
      const std::string block = text.substr(0, end);
      const auto kind = block.find("event: "), data = block.find("data: ");
      if (kind == std::string::npos || data == std::string::npos) continue;
      all.push_back({block.substr(kind + 7, block.find('\n', kind) - kind - 7), Json::parse(block.substr(data + 6))});
    }
    return all;
  }
  /// "kind what" of each, hello and current left out.
  std::vector<std::string> heard(Stream& stream) {
    std::vector<std::string> all;
    for (const Told& one : told(stream)) {
      if (one.kind == "hello" || one.kind == "current") continue;
      all.push_back(one.kind + (one.data.contains("what") ? " " + one.data["what"].get<std::string>() : ""));
    }
    return all;
  }

  std::string raw_;
};

TEST_F(Events, BeginWithAGreetingAndWhatHappensFromThenOn) {
  send(*a_, "before");
  Stream stream = open();
  EXPECT_EQ(stream.status, 200u);
  const auto first = told(stream);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].kind, "hello");
  EXPECT_EQ(first[0].data["version"], "1.2.3");
  EXPECT_EQ(first[1].kind, "current");
  EXPECT_THAT(raw_, HasSubstr("retry: 1000"));
  send(*a_, "K1");
  const auto then = told(stream);
  ASSERT_EQ(then.size(), 3u);
  EXPECT_EQ(then[0].kind, "connection");
  EXPECT_EQ(then[0].data["what"], "opened");
  EXPECT_EQ(then[1].kind, "request");
  EXPECT_EQ(then[1].data["key"], "K1");
  EXPECT_EQ(then[1].data["outcome"], nullptr);
  EXPECT_EQ(then[2].kind, "answer");
  EXPECT_EQ(then[2].data["outcome"], "SUCCESS");
  EXPECT_EQ(then[2].data["number"], then[1].data["number"]);
}

TEST_F(Events, TellOfRulesGatesServersRoutesAndRegistrations) {
  Stream stream = open("?kinds=rule,gate,server,route,topic,registration,log");
  heard(stream);
  ask("POST", "/v1/faults", R"({"id": "r", "at": "broker-a", "on": "send", "do": {"drop": "request"}})");
  ask("POST", "/v1/faults/r/reset");
  ask("PUT", "/v1/faults/r", R"({"at": "broker-a", "on": "send", "do": {"close": "before"}})");
  ask("DELETE", "/v1/faults/r");
  EXPECT_THAT(heard(stream), ElementsAre("rule added", "rule reset", "rule changed", "rule removed"));
  ask("POST", "/v1/gates", R"({"id": "g", "at": "broker-a", "on": "send"})");
  ask("POST", "/v1/gates/g/release");
  ask("DELETE", "/v1/gates/g");
  EXPECT_THAT(heard(stream), ElementsAre("gate added", "gate released", "gate removed"));
  ask("PUT", "/v1/topics/New");
  ask("DELETE", "/v1/routes/T/brokers/broker-b");
  ask("DELETE", "/v1/requests");
  EXPECT_THAT(heard(stream), ElementsAre("topic put", "route removeFromRoute", "log cleared"));
  ask("POST", "/v1/nameservers/ns-1/crash");
  EXPECT_THAT(heard(stream), ElementsAre("server crash", "registration gone", "registration gone"));
  ask("POST", "/v1/nameservers/ns-1/restart");
  run_for(std::chrono::seconds(31));  // brokers register again
  EXPECT_THAT(heard(stream), ElementsAre("server restart", "registration known", "registration known"));
}

TEST_F(Events, GoOnBehindTheIdThatAReaderSays) {
  Stream first = open();
  send(*a_, "K1");
  std::uint64_t last = 0;
  for (const Told& one : told(first)) last = one.data.value("event", last);
  send(*a_, "K2");
  Stream again = open("?kinds=answer&code=send&after=0", std::to_string(last));
  const auto all = told(again);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].data["key"], "K2");
  Stream from_the_beginning = open("?kinds=answer&code=send&after=0");
  EXPECT_EQ(told(from_the_beginning).size(), 4u) << "two answers, hello and current";
  // An id of a program that ran before this one.
  Stream other = open("?kinds=answer&code=send", "999999999");
  EXPECT_EQ(told(other).size(), 4u);
}

TEST_F(Events, PassAFilterOnlyWithThePropertyThatItNames) {
  Stream by_topic = open("?topic=T"), by_server = open("?server=broker-b"), by_rule = open("?rule=busy");
  for (Stream* stream : {&by_topic, &by_server, &by_rule}) heard(*stream);
  ask("POST", "/v1/faults",
      R"({"id": "busy", "at": "broker-b", "on": "send", "do": {"respond": {"code": "SYSTEM_BUSY"}}})");
  send(*a_, "A");
  send(*b_, "B");
  EXPECT_THAT(heard(by_topic), ElementsAre("request", "answer", "request", "answer"));
  EXPECT_THAT(heard(by_server), ElementsAre("connection opened", "request", "answer"));
  EXPECT_THAT(heard(by_rule), ElementsAre("rule added", "request", "answer"));
}

TEST_F(Events, TellThatARuleActedOnAConnection) {
  Stream stream = open("?kinds=rule");
  heard(stream);
  ask("POST", "/v1/faults", R"([
      {"id": "cut", "at": "broker-a", "on": "toClient", "nth": 1, "do": {"closeAfterBytes": 10}},
      {"id": "refused", "at": "broker-b", "on": "connect", "do": {"reset": "before"}}])");
  EXPECT_EQ(send(*a_, "A"), -1) << "its answer was cut off";
  EXPECT_EQ(send(*a_, "B"), 0);
  connect(b_->address());
  EXPECT_THAT(heard(stream), ElementsAre("rule added", "rule added", "rule acted", "rule acted"));
  const Json cut = ask("GET", "/v1/faults/cut").body;
  EXPECT_EQ(cut["acted"], 1);
  EXPECT_EQ(cut["matched"], 2);
}

TEST_F(Events, SayNowAndThenThatNothingHappens) {
  Stream stream = open("?kinds=log");
  told(stream);
  run_for(millis(4900));
  EXPECT_TRUE(told(stream).empty());
  EXPECT_EQ(raw_, "");
  run_for(millis(200));
  told(stream);
  EXPECT_EQ(raw_, ":\n\n");
}

TEST_F(Events, AreRefusedWithTheMistakeInTheQuestion) {
  EXPECT_EQ(open("?kinds=rules").status, 400u);
  EXPECT_THAT(open("?kinds=rules").error, HasSubstr("did you mean \\\"rule\\\""));
  EXPECT_EQ(open("?after=x").status, 400u);
  EXPECT_EQ(open("?kind=rule").status, 400u);
  EXPECT_EQ(open("?code=connect").status, 400u);
  EXPECT_EQ(ask("POST", "/v1/events").status, 405u);
}

TEST_F(Events, HaveSoManyReadersAndNoMoreUntilOneLeaves) {
  std::vector<Stream> readers;
  for (std::size_t i = 0; i < Control::kMaxReaders; ++i) readers.push_back(open());
  EXPECT_EQ(readers.back().status, 200u);
  for (int i = 0; i < 1000; ++i) {
    const Stream refused = open();
    ASSERT_EQ(refused.status, 503u);
    ASSERT_FALSE(static_cast<bool>(refused.more));
  }
  readers.pop_back();
  EXPECT_EQ(open().status, 200u);
}

TEST_F(Events, KeepHostileNamesInsideTheirLine) {
  Stream stream = open("?kinds=answer");
  told(stream);
  send(*a_, "K", "<script>alert(1)</script>\n\ndata: {\"kind\":\"rule\"}\x01", "g\"\n\n");
  const auto all = told(stream);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].data["group"], "g\"\n\n");
  EXPECT_THAT(all[0].data["topic"].get<std::string>(), HasSubstr("<script>"));
}

TEST_F(Events, ThatCameTooFastAreCountedAndTheNewestTold) {
  const RequestJournal journal;
  EventLog log(journal, 3);
  EventReader reader(log, {}, std::nullopt, runtime_.now());
  reader.next(runtime_.now(), "{}");
  for (int i = 0; i < 10; ++i) {
    log.enter("log", {.details = "{}"});
  }
  const std::string text = reader.next(runtime_.now(), "{}");
  EXPECT_THAT(text, HasSubstr("event: missed\ndata: {\"count\":7}"));
  EXPECT_THAT(text, AllOf(HasSubstr("id: 8\n"), HasSubstr("id: 10\n"), Not(HasSubstr("id: 7\n"))));
  EXPECT_EQ(reader.next(runtime_.now(), "{}"), "");
}

TEST_F(Events, OfASlowReaderAreMadeInPartsOfASize) {
  const RequestJournal journal;
  EventLog log(journal);
  EventReader reader(log, {}, 0, runtime_.now());
  for (int i = 0; i < 9000; ++i) {
    log.enter("log", {.details = R"({"what": "a text of some length that fills the line"})"});
  }
  std::size_t parts = 0;
  for (std::string part; !(part = reader.next(runtime_.now(), "{}")).empty(); ++parts) {
    ASSERT_LT(part.size(), EventReader::kPart + 1024);
  }
  EXPECT_GT(parts, 10u);
}

TEST_F(Events, OfRequestsThatTheJournalForgotAreToldAllTheSame) {
  Stream stream = open("?kinds=request,answer&code=send");
  told(stream);
  send(*a_, "K1");
  EXPECT_EQ(ask("DELETE", "/v1/requests").status, 200u);
  send(*a_, "K2");
  const auto all = told(stream);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].data["key"], "K1");
  EXPECT_TRUE(all[0].data["outcome"].is_null()) << "it had none when it arrived: " << all[0].data;
  EXPECT_EQ(all[0].data["stored"], 0);
  EXPECT_EQ(all[1].data["outcome"], "SUCCESS");
  EXPECT_EQ(all[1].data["stored"], 1);
  EXPECT_EQ(all[3].data["key"], "K2");
}

TEST_F(Events, OfARequestThatWasAnsweredLongAfterOthersAreKeptAsLongAsTheyAreListed) {
  RequestJournal journal(nullptr, 2);
  EventLog log(journal, 8);
  struct Noting final : JournalListener {
    explicit Noting(EventLog& events) : log(events) {}
    std::uint64_t on_arrived(std::uint64_t number, const RequestSource&) override {
      return log.enter("request", number);
    }
    std::uint64_t on_answered(std::uint64_t number, const RequestSource&) override {
      return log.enter("answer", number);
    }
    void on_forgotten(std::uint64_t number, std::uint64_t last_event) override { log.keep(number, last_event); }
    void on_connection(std::string_view, std::string_view, bool, TimePoint) override {}
    void on_connection_rule(std::string_view, std::string_view, std::string_view) override {}
    EventLog& log;
  } noting(log);
  journal.set_listener(&noting);
  EventReader reader(log, {}, 0, runtime_.now());
  for (std::uint64_t i = 1; i <= 20; ++i) {
    RequestSeen seen;
    seen.number = i;
    seen.uniq_key = i % 2 == 0 ? "even" : "odd";
    journal.on_request("broker-a", seen);
  }
  const std::string text = reader.next(runtime_.now(), "{}");
  EXPECT_THAT(text, HasSubstr("event: missed\ndata: {\"count\":12}"));
  for (const LiveEvent& event : log.events()) {
    ASSERT_TRUE(log.entry_of(event)) << event.id;
    EXPECT_EQ(log.entry_of(event)->number, event.id);
  }
}

TEST_F(Events, KnowWhoIsConnectedAndWhatItIs) {
  send(*a_, "K", "T", "orders");
  const Json clients = ask("GET", "/v1/clients").body["clients"];
  std::set<std::string> seen;
  for (const Json& one : clients) {
    seen.insert(one["server"].get<std::string>() + (one["broker"] == true ? " broker" : " ") +
                (one["group"].is_null() ? "" : one["group"].get<std::string>()));
  }
  EXPECT_TRUE(seen.count("broker-a orders")) << clients;
  under(runtime_, [&] { clients_.clear(); });
  run_for(millis(10));
  const Json left = ask("GET", "/v1/clients").body["clients"];
  for (const Json& one : left) EXPECT_NE(one["group"], "orders");
}

TEST_F(Events, MayCountTheTimesOfARuleFromNow) {
  run_for(std::chrono::seconds(10));
  const std::string rule = R"({"id": "r", "at": "broker-a", "on": "send", "toMs": 1000, "do": {"drop": "request"}})";
  EXPECT_EQ(ask("POST", "/v1/faults", rule).status, 409u) << "its window is over";
  const Answer added = ask("POST", "/v1/faults?times=now", rule);
  ASSERT_EQ(added.status, 201u) << added.error();
  const double from = added.body["faults"][0]["rule"]["fromMs"], to = added.body["faults"][0]["rule"]["toMs"];
  EXPECT_GE(from, 10'000);
  EXPECT_NEAR(to - from, 1000, 0.01);
  EXPECT_EQ(send(*a_), -1);
  run_for(std::chrono::seconds(1));
  EXPECT_EQ(send(*a_), 0);
  EXPECT_EQ(ask("POST", "/v1/faults?times=then", rule).status, 400u);
}

// Saved scenarios.

class Saved : public Events {
 protected:
  Scenario saved() {
    std::optional<HttpResponse> response;
    under(runtime_, [&] { response = control_.handle({"GET", "/v1/scenario?name=mine", ""}, Duration::zero()); });
    EXPECT_EQ(response->status, 200u) << response->body;
    text_ = response->body;
    ParseResult parsed = parse_scenario(text_, "mine.json");
    EXPECT_TRUE(parsed.ok()) << parsed.to_string() << "\n" << text_;
    return parsed.ok() ? *parsed.scenario : Scenario{};
  }
  std::string text_;
};

TEST_F(Saved, HasTheClusterAndAStepThoughNothingWasDone) {
  const Scenario scenario = saved();
  EXPECT_EQ(scenario.name, "mine");
  EXPECT_EQ(scenario.cluster.brokers.size(), 2u);
  ASSERT_NE(scenario.cluster.find_topic("T"), nullptr);
  EXPECT_EQ(scenario.steps.size(), 1u);
}

TEST_F(Saved, HasRulesForAsLongAsTheyWereThereAndMessagesAndEventsInOrder) {
  const std::string key = "0A000001123456789ABC0000000000000";
  run_for(std::chrono::seconds(100));
  ask("POST", "/v1/faults",
      R"({"id": "busy", "at": "broker-a", "on": "send", "do": {"respond": {"code": "SYSTEM_BUSY"}}})");
  run_for(std::chrono::seconds(1));
  send(*a_, key + "1", "T", "g");
  send(*b_, key + "1", "T", "g");  // its second try
  ask("DELETE", "/v1/faults/busy");
  ask("POST", "/v1/brokers/broker-b/crash");
  run_for(std::chrono::seconds(2));
  ask("POST", "/v1/brokers/broker-b/restart");
  send(*a_, key + "2", "T", "g");
  const Scenario scenario = saved();
  ASSERT_EQ(scenario.faults.size(), 1u);
  EXPECT_EQ(scenario.faults[0].id, "busy");
  EXPECT_FALSE(scenario.faults[0].from) << "what happened first is at 0";
  ASSERT_TRUE(scenario.faults[0].to);
  EXPECT_GT(*scenario.faults[0].to, std::chrono::seconds(1));
  EXPECT_FALSE(scenario.faults[0].may_be_idle) << "it acted on a message that is here";
  ASSERT_EQ(scenario.producers.size(), 1u);
  EXPECT_EQ(scenario.producers[0].group, "g");
  ASSERT_TRUE(scenario.producers[0].queue_index);
  ASSERT_EQ(scenario.steps.size(), 4u) << text_;
  EXPECT_TRUE(std::holds_alternative<SendStep>(scenario.steps[0].what));
  EXPECT_EQ(std::get<EventStep>(scenario.steps[1].what).kind, "crash");
  EXPECT_EQ(std::get<EventStep>(scenario.steps[2].what).kind, "restart");
  EXPECT_TRUE(std::holds_alternative<SendStep>(scenario.steps[3].what));
  EXPECT_EQ(scenario.send_count, 2u);
}

TEST_F(Saved, GivesRulesThatComeAgainUnderTheirNameOneOfTheirOwn) {
  const std::string rule = R"({"id": "r", "at": "broker-a", "on": "send", "times": 1, "do": {"drop": "request"}})";
  ask("POST", "/v1/faults", rule);
  run_for(std::chrono::seconds(1));
  ask("POST", "/v1/faults/r/reset");
  run_for(std::chrono::seconds(1));
  ask("DELETE", "/v1/faults/r");
  ask("POST", "/v1/faults", rule);
  const Scenario scenario = saved();
  ASSERT_EQ(scenario.faults.size(), 3u) << text_;
  EXPECT_EQ(scenario.faults[1].id, "r-2");
  EXPECT_EQ(scenario.faults[2].id, "r-3");
  EXPECT_EQ(scenario.faults[0].to, scenario.faults[1].from);
}

TEST_F(Saved, HasABatchAsOneAgainWithAllItsMessages) {
  const std::string key = "0A000001123456789ABC0000000000000";
  ask("POST", "/v1/faults",
      R"({"id": "busy", "at": "broker-a", "on": "send", "do": {"respond": {"code": "SYSTEM_BUSY"}}})");
  send_batch(*a_, key + "4", {key + "1", key + "2", key + "3"});
  send_batch(*b_, key + "4", {key + "1", key + "2", key + "3"});  // its second try
  send_batch(*b_, "", {key + "5", key + "6"});                    // as a client of 4.9.8
  send(*b_, key + "7", "T", "g");
  const Scenario scenario = saved();
  ASSERT_EQ(scenario.producers.size(), 1u) << text_;
  ASSERT_EQ(scenario.steps.size(), 3u) << text_;
  const std::uint32_t batches[] = {3, 2, 0};
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(std::get<SendStep>(scenario.steps[i].what).batch, batches[i]) << i;
  EXPECT_THAT(scenario.why, Not(HasSubstr("Left out")));
  EXPECT_FALSE(scenario.faults[0].may_be_idle) << "it acted on a batch that is here";
}

TEST_F(Saved, HasRulesForLongerThanTheyWereThereWhereNoMessageTells) {
  const std::string key = "0A000001123456789ABC0000000000000";
  const auto while_there = [&](const char* rule, const std::function<void()>& what) {
    ask("POST", "/v1/faults", rule);
    what();
    ask("DELETE", "/v1/faults/r");
  };
  const char* const of_t = R"({"id": "r", "at": "broker-a", "on": "send", "topic": "T", "do": {"delayMs": 1}})";
  send(*a_, key + "0", "T", "g");
  run_for(std::chrono::seconds(10));
  while_there(of_t, [&] { send(*a_, key + "1", "T", "g"); });
  run_for(std::chrono::seconds(10));
  send(*b_, key + "2", "T", "g");  // which no rule for the other broker meets
  const Scenario scenario = saved();
  ASSERT_EQ(scenario.faults.size(), 1u);
  ASSERT_TRUE(scenario.faults[0].from) << "a message of before it stays without";
  EXPECT_NEAR(to_fractional_millis(*scenario.faults[0].from), 5000, 50);
  EXPECT_FALSE(scenario.faults[0].to);
}

TEST_F(Saved, HasMessagesWithoutAKeyEachAsOne) {
  send(*a_, "", "T", "g");
  send(*a_, "", "T", "g");
  const Scenario scenario = saved();
  EXPECT_EQ(scenario.send_count, 2u) << text_;
  EXPECT_THAT(scenario.why, Not(HasSubstr("Left out")));
}

TEST_F(Saved, KnowsDelaysAndHalvesOfTransactionsOfWhatABrokerKeeps) {
  send(*a_, "0A000001123456789ABC00000000000001\x02" "DELAY\x01" "3", "T", "g");
  send(*a_, "0A000001123456789ABC00000000000002\x02" "TRAN_MSG\x01" "true", "T", "g");
  const Scenario scenario = saved();
  ASSERT_EQ(scenario.steps.size(), 2u) << text_;
  EXPECT_EQ(std::get<SendStep>(scenario.steps[0].what).message.delay_level, 3);
  EXPECT_EQ(std::get<TransactionStep>(scenario.steps[1].what).local, TransactionState::unknown);
}

TEST_F(Saved, LeavesOutABatchWhoseMessagesNobodyCounted) {
  ask("POST", "/v1/faults", R"({"at": "broker-a", "on": "send", "do": {"drop": "request"}})");
  send_batch(*a_, "B", {"K1", "K2", "K3"});
  const Scenario scenario = saved();
  EXPECT_EQ(scenario.send_count, 0u);
  EXPECT_THAT(scenario.why, HasSubstr("Left out: batches that no broker stored, or that were sent one-way (1)."));
}

TEST_F(Saved, SaysWhatItLeavesOut) {
  ask("POST", "/v1/gates", R"({"at": "broker-a", "on": "heartbeat"})");
  ask("PUT", "/v1/brokers/broker-a/perm", R"({"perm": "r"})");
  EXPECT_THAT(saved().why, HasSubstr("Left out: gates (1), permissions of whole brokers (1)."));
}

TEST_F(Saved, LeavesOutRulesOnTopicsThatAreMoreThanAFileMayName) {
  for (int i = 0; i < 1001; ++i) {
    const std::string topic = "R" + std::to_string(i);
    ask("POST", "/v1/faults", R"({"id": "r", "at": "*", "on": "send", "topic": ")" + topic +
                                  R"(", "do": {"drop": "request"}})");
    run_for(millis(1));
    ask("DELETE", "/v1/faults/r");
  }
  const Scenario scenario = saved();
  EXPECT_EQ(scenario.cluster.topics.size(), 1000u);
  EXPECT_LT(scenario.faults.size(), 1001u);
  EXPECT_THAT(scenario.why, HasSubstr("rules on topics that are left out ("));
}

TEST_F(Saved, LeavesOutTopicsThatNoFileMayName) {
  send(*a_, "K1", std::string(255, 'x') + "<script>");
  send(*a_, "K2", "\xff\x01");
  saved();
  EXPECT_THAT(text_, Not(HasSubstr("<script>")));
}

TEST_F(Saved, RefusesANameThatIsNone) {
  for (const char* name : {"", "a%20b", "..%2Fetc%2Fpasswd", "all", "%3Cscript%3E"}) {
    EXPECT_EQ(ask("GET", std::string("/v1/scenario?name=") + name).status, 400u) << name;
  }
}

// The page and the description.

TEST_F(Events, AreShownByAPageThatLoadsNothingFromElsewhere) {
  std::optional<HttpResponse> page;
  under(runtime_, [&] { page = control_.handle({"GET", "/", ""}, Duration::zero()); });
  EXPECT_EQ(page->status, 200u);
  EXPECT_THAT(page->content_type, HasSubstr("text/html"));
  EXPECT_THAT(page->policy, AllOf(HasSubstr("default-src 'none'"), HasSubstr("script-src 'self'"),
                                  Not(HasSubstr("unsafe"))));
  EXPECT_THAT(page->body, Not(HasSubstr("http://")));
  EXPECT_THAT(page->body, Not(HasSubstr("https://")));
  std::size_t files = 0;
  for (std::size_t at = 0; (at = page->body.find("\"/page/", at)) != std::string::npos; ++at, ++files) {
    const std::string path = page->body.substr(at + 1, page->body.find('"', at + 1) - at - 1);
    EXPECT_EQ(ask("GET", path).status, 200u) << path;
  }
  EXPECT_EQ(files, 2u);
  EXPECT_EQ(ask("GET", "/page/..%2Fcontrol.cc").status, 404u);
}

}  // namespace events_test
}  // namespace rmqsim
