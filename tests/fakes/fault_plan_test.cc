// FaultPlan as transcripts: a sequence of requests goes in, the ids of the rules that act come out.
#include "fake_broker/rules/fault_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "producer/remoting/codes.h"

namespace rmqsim {
namespace fault_plan_test {

FaultRule rule(std::string id, std::string at, std::string nth = "") {
  FaultRule r;
  r.id = std::move(id);
  r.at = std::move(at);
  if (!nth.empty()) r.nth = *NthSet::parse(nth);
  r.action = FaultAction{{"drop", FaultMoment::before}};
  return r;
}

RequestFacts send_to(std::string_view topic = "T", std::int32_t queue = 0, std::string_view group = "g") {
  return {RequestCode::SEND_MESSAGE_V2, topic, queue, group};
}

/// Ids of the rules that act on `n` sends in a row at `server`, "-" for none, joined by blanks.
std::string course(FaultPlan& plan, const std::string& server, int n, RequestFacts facts = send_to(),
                   Duration now = millis(0)) {
  std::string out;
  for (int i = 0; i < n; ++i) {
    const auto d = plan.match(server, facts, now);
    out += (i == 0 ? "" : " ") + (d ? d->what->id : std::string("-"));
  }
  return out;
}

TEST(NthSet, ReadsSingleNumbersRangesListsAndOpenEnds) {
  const auto set = NthSet::parse("2,4-5,8-");
  ASSERT_TRUE(set);
  std::string members;
  for (std::uint64_t n = 1; n <= 10; ++n) members += set->contains(n) ? 'x' : '.';
  EXPECT_EQ(members, ".x.xx..xxx");
  EXPECT_FALSE(set->every());
  EXPECT_TRUE(NthSet().every());
  EXPECT_TRUE(NthSet().contains(1));
  EXPECT_TRUE(NthSet::first(2).contains(2));
  EXPECT_FALSE(NthSet::first(2).contains(3));
}

TEST(NthSet, RefusesWhatIsNotSuchAList) {
  for (const char* text :
       {"", " ", "0", "a", "1,", ",1", "3-1", "-3", "1-2-3", "1--2", "99999999999999999999", "1.5"}) {
    EXPECT_FALSE(NthSet::parse(text)) << text;
  }
}

TEST(NthSet, TellsWhichNameANumberTwice) {
  for (const char* text : {"2,2,1", "1-3,2-4", "1-,5", "4-5,9,1-4", "1-,2-"}) {
    EXPECT_TRUE(NthSet::parse(text)->names_any_twice()) << text;
  }
  for (const char* text : {"1", "3,2,1", "1-3,4-6", "5-,1-4"}) {
    EXPECT_FALSE(NthSet::parse(text)->names_any_twice()) << text;
  }
}

TEST(FaultTarget, SendMeansTheFiveSendingCodes) {
  const FaultTarget send{FaultTarget::Kind::send, 0};
  for (const int code : {10, 310, 320, 324, 325}) EXPECT_TRUE(send.matches_code(code));
  EXPECT_FALSE(send.matches_code(34));
  EXPECT_TRUE((FaultTarget{FaultTarget::Kind::any, 0}).matches_code(34));
  EXPECT_FALSE((FaultTarget{FaultTarget::Kind::connect, 0}).matches_code(34));
  EXPECT_FALSE((FaultTarget{FaultTarget::Kind::link, 0}).matches_code(10));
  EXPECT_TRUE((FaultTarget{FaultTarget::Kind::code, 17}).matches_code(17));
}

TEST(FaultTarget, ALinkIsBothItsDirectionsAndNoRequest) {
  using Kind = FaultTarget::Kind;
  EXPECT_TRUE(FaultTarget{Kind::link}.includes(FaultTarget{Kind::to_client}));
  EXPECT_FALSE(FaultTarget{Kind::to_client}.includes(FaultTarget{Kind::link}));
  EXPECT_FALSE(FaultTarget{Kind::to_client}.includes(FaultTarget{Kind::to_server}));
  EXPECT_FALSE(FaultTarget{Kind::send}.includes(FaultTarget{Kind::link}));
  EXPECT_FALSE(FaultTarget{Kind::any}.includes(FaultTarget{Kind::link}));
  EXPECT_FALSE(FaultTarget{Kind::link}.includes(FaultTarget{Kind::connect}));
}

TEST(FaultPlan, NthCountsFromOne) {
  FaultPlan plan({rule("r", "a", "2-3,5")}, {});
  EXPECT_EQ(course(plan, "a", 6), "- r r - r -");
  EXPECT_EQ(plan.acted(0), 3u);
}

TEST(FaultPlan, ARuleCountsRequestsOnWhichAnEarlierRuleActs) {
  FaultPlan plan({rule("first", "a", "1-2"), rule("second", "a", "2-3")}, {});
  EXPECT_EQ(course(plan, "a", 4), "first first second -");
}

TEST(FaultPlan, TheFirstMatchingRuleInFileOrderActs) {
  FaultPlan plan({rule("r1", "a"), rule("r2", "a")}, {});
  EXPECT_EQ(course(plan, "a", 2), "r1 r1");
}

TEST(FaultPlan, AStarCountsAtEveryServerByItself) {
  FaultPlan plan({rule("s", "*", "2")}, {});
  EXPECT_EQ(course(plan, "a", 1), "-");
  EXPECT_EQ(course(plan, "b", 2), "- s");
  EXPECT_EQ(course(plan, "a", 2), "s -");
}

TEST(FaultPlan, AStarIsEveryBrokerAndNoNameserver) {
  FaultRule any = rule("s", "*");
  any.on.kind = FaultTarget::Kind::any;
  FaultPlan plan({any, rule("ns", "ns-1")}, {});
  plan.add_nameserver("ns-1");
  EXPECT_EQ(course(plan, "a", 1), "s");
  EXPECT_EQ(course(plan, "ns-1", 1), "ns");
}

TEST(FaultPlan, AStarMayCountOverAllServers) {
  FaultRule r = rule("s", "*", "2-3");
  r.count = FaultCount::cluster;
  FaultPlan plan({r}, {});
  EXPECT_EQ(course(plan, "a", 1), "-");
  EXPECT_EQ(course(plan, "b", 1), "s");
  EXPECT_EQ(course(plan, "a", 2), "s -");
  plan.reset(0);
  EXPECT_EQ(course(plan, "b", 2), "- s");
}

TEST(FaultPlan, ARuleMayCountTheTriesOfEachMessageWhereverTheyGo) {
  FaultRule r = rule("first", "*", "1");
  r.count = FaultCount::message;
  FaultPlan plan({r}, {});
  const auto message = [](std::string_view properties) {
    RequestFacts facts = send_to();
    facts.properties = properties;
    return facts;
  };
  const RequestFacts one = message("KEYS\1x\2UNIQ_KEY\1ONE\2WAIT\1true");
  const RequestFacts two = message("UNIQ_KEY\1TWO\2");
  EXPECT_EQ(course(plan, "a", 1, one), "first");
  EXPECT_EQ(course(plan, "b", 2, one), "- -");
  EXPECT_EQ(course(plan, "b", 1, two), "first");
  EXPECT_EQ(course(plan, "a", 1, two), "-");
  EXPECT_EQ(course(plan, "a", 2, message("KEYS\1x")), "first first") << "nobody can tell their tries";
}

TEST(FaultPlan, CountsOfMessagesAreForgottenInTheOrderOfTheirFirstTries) {
  FaultRule r = rule("first", "*", "1");
  r.count = FaultCount::message;
  FaultPlan plan({r}, {});
  std::string properties;
  const auto acts_on = [&](int i) {
    properties = "UNIQ_KEY\1" + std::to_string(i);
    RequestFacts facts = send_to();
    facts.properties = properties;
    return plan.match("a", facts, millis(0)).has_value();
  };
  for (int i = 0; i < 100'001; ++i) ASSERT_TRUE(acts_on(i));
  EXPECT_FALSE(acts_on(1));
  EXPECT_TRUE(acts_on(0));
}

TEST(FaultPlan, ARuleForAnotherServerIsNotCounted) {
  FaultPlan plan({rule("r", "a", "1")}, {});
  EXPECT_EQ(course(plan, "b", 2), "- -");
  EXPECT_EQ(course(plan, "a", 1), "r");
}

TEST(FaultPlan, AllSelectorsMustHoldAndOnlyThenARequestCounts) {
  FaultRule r = rule("r", "a", "2");
  r.topic = "T";
  r.queue_id = 1;
  r.producer_group = "g";
  FaultPlan plan({r}, {});
  EXPECT_EQ(course(plan, "a", 2, send_to("Other", 1, "g")), "- -");
  EXPECT_EQ(course(plan, "a", 2, send_to("T", 2, "g")), "- -");
  EXPECT_EQ(course(plan, "a", 2, send_to("T", 1, "h")), "- -");
  EXPECT_EQ(course(plan, "a", 3, send_to("T", 1, "g")), "- r -");
}

TEST(FaultPlan, TheWindowBeginsInclusiveAndEndsExclusive) {
  FaultRule r = rule("r", "a");
  r.from = millis(10);
  r.to = millis(20);
  FaultPlan plan({r}, {});
  EXPECT_EQ(course(plan, "a", 1, send_to(), FaultPlan::kBeforeFirstStep), "-");
  EXPECT_EQ(course(plan, "a", 1, send_to(), millis(9)), "-");
  EXPECT_EQ(course(plan, "a", 1, send_to(), millis(10)), "r");
  EXPECT_EQ(course(plan, "a", 1, send_to(), millis(20) - Duration(1)), "r");
  EXPECT_EQ(course(plan, "a", 1, send_to(), millis(20)), "-");
}

TEST(FaultPlan, NthCountsOnlyWithinTheWindow) {
  FaultRule r = rule("r", "a", "1");
  r.from = millis(10);
  FaultPlan plan({r}, {});
  EXPECT_EQ(course(plan, "a", 3, send_to(), millis(0)), "- - -");
  EXPECT_EQ(course(plan, "a", 2, send_to(), millis(10)), "r -");
}

TEST(FaultPlan, ProbabilityIsTheSameForTheSameSeedAndDiffersForAnother) {
  FaultRule r = rule("r", "a");
  r.probability = 0.3;
  FaultPlan one({r}, {5, {}}), again({r}, {5, {}}), other({r}, {6, {}});
  const std::string first = course(one, "a", 400);
  EXPECT_EQ(first, course(again, "a", 400));
  EXPECT_NE(first, course(other, "a", 400));
  EXPECT_GT(one.acted(0), 80u);
  EXPECT_LT(one.acted(0), 160u);
}

TEST(FaultPlan, AFurtherRuleDoesNotShiftTheDrawsOfAnother) {
  FaultRule r = rule("r", "a");
  r.probability = 0.5;
  FaultRule more = rule("more", "a", "3");
  more.probability = 0.9;
  FaultPlan alone({r}, {5, {}}), both({r, more}, {5, {}});
  std::string a, b;
  for (int i = 0; i < 100; ++i) {
    const auto x = alone.match("a", send_to(), millis(0));
    const auto y = both.match("a", send_to(), millis(0));
    a += x ? 'r' : '-';
    b += y && y->rule == 0 ? 'r' : '-';
  }
  EXPECT_EQ(a, b);
}

TEST(FaultPlan, NthOfAnImprobableRuleCountsItsHits) {
  FaultRule r = rule("r", "a", "1-3");
  r.probability = 0.2;
  FaultPlan plan({r}, {1, {}});
  course(plan, "a", 1000);
  EXPECT_EQ(plan.acted(0), 3u);
}

TEST(FaultPlan, DelaysAreDrawnPerOccasion) {
  FaultRule r = rule("r", "a");
  r.action = FaultAction{{"delayMs", DelayDistribution{DelayDistribution::Kind::uniform, 10, 20}}};
  FaultPlan plan({r}, {1, millis(5000)});
  const auto first = plan.match("a", send_to(), millis(0));
  const auto second = plan.match("a", send_to(), millis(0));
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->delay, second->delay);
  EXPECT_GE(first->delay, millis(10));
  EXPECT_LT(first->delay, millis(20));
}

TEST(FaultPlan, LateIsAsLateAsThePlanWasTold) {
  FaultRule r = rule("r", "a");
  r.action = FaultAction{{"late"}};
  FaultPlan plan({r}, {1, millis(5000)});
  const auto decision = plan.match("a", send_to(), millis(0));
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->delay, millis(5000));
}

TEST(FaultPlan, ConnectRulesSeeConnectionsOnly) {
  FaultRule r = rule("r", "a", "2");
  r.on.kind = FaultTarget::Kind::connect;
  FaultPlan plan({r}, {});
  EXPECT_EQ(course(plan, "a", 3), "- - -");
  EXPECT_FALSE(plan.match_connect("a", millis(0)));
  EXPECT_TRUE(plan.match_connect("a", millis(0)));
  EXPECT_FALSE(plan.match_connect("a", millis(0)));
}

TEST(FaultPlan, ARefusalOfAWholeWindowIsAStateOfTheListener) {
  FaultRule r = rule("r", "a");
  r.on.kind = FaultTarget::Kind::connect;
  r.action = FaultAction{{"refuse"}};
  r.from = millis(100);
  r.to = millis(300);
  FaultPlan plan({r}, {});
  EXPECT_FALSE(plan.listen_state("a", millis(0)).refused);
  EXPECT_EQ(plan.listen_state("a", millis(0)).until, millis(100));
  EXPECT_TRUE(plan.listen_state("a", millis(100)).refused);
  EXPECT_EQ(plan.listen_state("a", millis(100)).until, millis(300));
  EXPECT_FALSE(plan.listen_state("a", millis(300)).refused);
  EXPECT_FALSE(plan.listen_state("a", millis(300)).until);
  EXPECT_FALSE(plan.listen_state("b", millis(100)).refused);
  FaultRule counted = r;
  counted.nth = NthSet::first(1);
  FaultPlan picky({counted}, {});
  EXPECT_FALSE(picky.listen_state("a", millis(100)).refused);
}

TEST(FaultPlan, OfRefusalsWhoseWindowsAreOpenTheFirstActsAndEachMatches) {
  const auto refusal = [](const char* id, int from, int to) {
    FaultRule r = rule(id, "a");
    r.on.kind = FaultTarget::Kind::connect;
    r.action = FaultAction{{"refuse"}};
    r.from = millis(from);
    r.to = millis(to);
    return r;
  };
  FaultPlan plan({refusal("first", 0, 100), refusal("within", 50, 80), refusal("longer", 50, 150)}, {});
  EXPECT_THAT(plan.note_refusals("a", millis(0)), testing::ElementsAre("first"));
  EXPECT_THAT(plan.note_refusals("a", millis(50)), testing::IsEmpty());
  EXPECT_THAT(plan.note_refusals("a", millis(80)), testing::IsEmpty());
  EXPECT_TRUE(plan.listen_state("a", millis(100)).refused);
  EXPECT_THAT(plan.note_refusals("a", millis(100)), testing::ElementsAre("longer"));
  EXPECT_THAT(plan.note_refusals("a", millis(150)), testing::IsEmpty());
  for (std::size_t i = 0; i < plan.size(); ++i) {
    EXPECT_EQ(plan.matched(i), 1u) << i;
    EXPECT_EQ(plan.acted(i), i == 1 ? 0u : 1u) << i;
  }
}

TEST(DelayDistribution, DrawsWholeMicrosecondsThatAreNeverNegative) {
  Random random(1, "delays");
  using Kind = DelayDistribution::Kind;
  for (const auto& d : {DelayDistribution{Kind::normal, 1, 50}, DelayDistribution{Kind::lognormal, 10, 2},
                        DelayDistribution{Kind::pareto, 5, 0.01}, DelayDistribution{Kind::uniform, 0, 1},
                        DelayDistribution{Kind::fixed, -3, 0}}) {
    for (int i = 0; i < 500; ++i) {
      const Duration value = d.draw(random);
      EXPECT_GE(value, Duration::zero());
      EXPECT_EQ(value.count() % 1000, 0);
      EXPECT_LE(value, std::chrono::hours(24 * 366));
    }
  }
  EXPECT_EQ((DelayDistribution{Kind::fixed, 600, 0}).draw(random), millis(600));
}

// ---- rules with nothing to do

TEST(FaultPlan, ARuleThatOnlyConcernsAnswersTakesItsTurnAtAOnewayRequestAndDoesNotAct) {
  const auto acts = [](const FaultAction& action, bool oneway) {
    FaultRule first = rule("first", "a");
    first.action = action;
    FaultPlan plan({first, rule("second", "a")}, {});
    RequestFacts facts = send_to();
    facts.oneway = oneway;
    const std::string who = course(plan, "a", 1, facts);
    EXPECT_EQ(plan.matched(0), 1u);
    EXPECT_EQ(plan.acted(0), who == "first" ? 1u : 0u);
    EXPECT_EQ(plan.acted(1), 0u) << "the turn is the first one's";
    return who == "first";
  };
  using Moment = FaultMoment;
  const DelayDistribution delay{DelayDistribution::Kind::fixed, 5, 0};
  const FaultAction of_answers[] = {{{"storeThenRespond", FaultAnswer{10, {}}}},
                                    {{"storeThenRespond", FaultAnswer{10, {}}}, {"delayMs", delay}},
                                    {{"drop", Moment::after}},
                                    {{"delayMs", delay}},
                                    {{"late"}},
                                    {{"garbage", 8u}},
                                    {{"wrongOpaque"}},
                                    {{"duplicate"}},
                                    {{"truncate", 3u}},
                                    {{"chunk", 1u}}};
  for (const FaultAction& action : of_answers) {
    EXPECT_TRUE(acts(action, false));
    EXPECT_FALSE(acts(action, true)) << &action - of_answers;
  }
  const FaultAction of_requests[] = {{{"respond", FaultAnswer{1, {}}}}, {{"drop", Moment::before}},
                                     {{"close", Moment::after}},        {{"close", Moment::before}},
                                     {{"reset", Moment::after}},        {{"reset", Moment::before}, {"delayMs", delay}}};
  for (const FaultAction& action : of_requests) EXPECT_TRUE(acts(action, true)) << &action - of_requests;
}

TEST(FaultPlan, ADelayOfNoTimeIsNoAct) {
  using Kind = DelayDistribution::Kind;
  FaultRule none = rule("none", "a"), some = rule("some", "b"), busy = rule("busy", "c");
  none.action = FaultAction{{"delayMs", DelayDistribution{Kind::fixed, 0, 0}}};
  some.action = FaultAction{{"delayMs", DelayDistribution{Kind::normal, 0, 5}}};
  busy.action = FaultAction{{"delayMs", DelayDistribution{Kind::fixed, 0, 0}}, {"respond", FaultAnswer{2, {}}}};
  FaultPlan plan({none, some, busy}, {});
  EXPECT_EQ(course(plan, "a", 2), "- -");
  EXPECT_EQ(course(plan, "c", 2), "busy busy");
  course(plan, "b", 1000);
  EXPECT_NEAR(static_cast<double>(plan.acted(1)), 500, 60) << "half of its draws are below zero";
  EXPECT_EQ(plan.matched(1), 1000u);
}

TEST(DelayDistribution, TheMedianOfTheLognormalIsItsFirstParameter) {
  Random random(2, "delays");
  const DelayDistribution d{DelayDistribution::Kind::lognormal, 40, 0.8};
  int below = 0;
  for (int i = 0; i < 4000; ++i) below += d.draw(random) < millis(40) ? 1 : 0;
  EXPECT_NEAR(below, 2000, 150);
}

}  // namespace fault_plan_test
}  // namespace rmqsim
