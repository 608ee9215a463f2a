// What the log of requests keeps and counts, without servers.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "producer/remoting/codes.h"
#include "scenarios/harness/journal/request_journal.h"

namespace rmqsim {
namespace request_journal_test {

/// The journal is told of a request and of its answer.
void arrives(RequestJournal& journal, std::string_view server, std::uint64_t number, std::string_view key = "K") {
  RequestSeen seen;
  seen.number = number;
  seen.code = RequestCode::SEND_MESSAGE_V2;
  seen.uniq_key = key;
  journal.on_request(server, seen);
}
void is_answered(RequestJournal& journal, std::string_view server, std::uint64_t number, std::string_view outcome) {
  AnswerSeen answer;
  answer.number = number;
  answer.code = RequestCode::SEND_MESSAGE_V2;
  answer.outcome = outcome;
  journal.on_answer(server, answer);
}

TEST(RequestJournal, ARequestIsAnsweredAlsoWhenOthersCameAfterIt) {
  RequestJournal journal(nullptr, 4);
  arrives(journal, "broker-a", 1, "first");
  arrives(journal, "broker-b", 1, "second");
  arrives(journal, "broker-a", 2, "third");
  is_answered(journal, "broker-a", 1, "SUCCESS");
  is_answered(journal, "broker-a", 2, "SYSTEM_BUSY");
  is_answered(journal, "broker-a", 2, "SUCCESS");  // nobody waits for it any more
  EXPECT_EQ(journal.entries()[0].outcome, "SUCCESS");
  EXPECT_EQ(journal.entries()[1].outcome, "");
  EXPECT_EQ(journal.entries()[2].outcome, "SYSTEM_BUSY");
  is_answered(journal, "broker-b", 1, "LOST");
  EXPECT_EQ(journal.entries()[1].outcome, "LOST");
}

TEST(RequestJournal, AnEntryHasNothingOfTheOneWhosePlaceItTook) {
  RequestJournal journal(nullptr, 2);
  RequestSeen full;
  full.number = 1;
  full.code = RequestCode::SEND_MESSAGE_V2;
  full.topic = "T", full.producer_group = "g", full.uniq_key = "K", full.peer = "127.0.0.1:1", full.rule = "r";
  full.queue_id = 3;
  full.oneway = true;
  journal.on_request("broker-a", full);
  AnswerSeen stored{TimePoint{millis(5)}, 1, full.code, "SUCCESS", 7, true};
  journal.on_answer("broker-a", stored);
  for (std::uint64_t n = 2; n <= 3; ++n) journal.on_request("b", RequestSeen{.at = {}, .number = n});
  const JournalEntry entry = journal.entries().back();
  EXPECT_EQ(entry.number, 3u);
  EXPECT_EQ(entry.server, "b");
  for (const auto text : {entry.topic, entry.group, entry.key, entry.peer, entry.rule, entry.outcome}) {
    EXPECT_EQ(text, "");
  }
  EXPECT_FALSE(entry.queue_id || entry.oneway || entry.acknowledged);
  EXPECT_EQ(entry.stored, 0u);
  EXPECT_EQ(entry.answered_at, TimePoint{});
}

TEST(RequestJournal, AnswersAreCountedByServerAndOutcomeHoweverTheyAlternate) {
  RequestJournal journal(nullptr, 4);
  for (std::uint64_t n = 1; n <= 30; ++n) {
    for (const char* server : {"broker-a", "broker-b", "ns-1"}) {
      arrives(journal, server, n);
      is_answered(journal, server, n, n % 3 == 0 ? "SYSTEM_BUSY" : n % 3 == 1 ? "SUCCESS" : "-7");
    }
  }
  EXPECT_EQ(journal.answered().size(), 9u);
  for (const auto& [what, n] : journal.answered()) EXPECT_EQ(n, 10u) << std::get<0>(what) << std::get<2>(what);
  for (const auto& [what, times] : journal.answer_times()) EXPECT_EQ(times.count, 10u) << std::get<2>(what);
  EXPECT_EQ(journal.answered().count({"ns-1", "SEND_MESSAGE_V2", "OTHER"}), 1u);
}

TEST(RequestJournal, IsARingThatCountsWhatItDrops) {
  RequestJournal small(nullptr, 3);
  for (std::uint64_t n = 1; n <= 5; ++n) arrives(small, "broker-a", n);
  EXPECT_EQ(small.entries().size(), 3u);
  EXPECT_EQ(small.entries().front().number, 3u);
  EXPECT_EQ(small.dropped(), 2u);
  is_answered(small, "broker-a", 1, "SUCCESS");  // one that was dropped
  EXPECT_EQ(small.entries().front().outcome, "");
}

/// A key of its own length and content for each request.
std::string key_of(std::uint64_t n) { return std::string(n * 37 % 300, static_cast<char>('a' + n % 26)); }

TEST(RequestJournal, EachEntryHasItsOwnKeyHoweverLongOthersAreAndHoweverManyCameBefore) {
  RequestJournal journal(nullptr, 100);
  for (std::uint64_t n = 1; n <= 5000; ++n) {
    RequestSeen seen;
    seen.number = n;
    const std::string key = key_of(n), member = key_of(n + 7);
    seen.uniq_key = key, seen.first_member_key = member;
    journal.on_request("broker-a", seen);
    if (n % 499 != 0) continue;
    for (const JournalEntry entry : journal.entries()) {
      ASSERT_EQ(entry.key, key_of(entry.number).substr(0, RequestJournal::kMaxText)) << entry.number;
      ASSERT_EQ(entry.first_member_key, key_of(entry.number + 7).substr(0, RequestJournal::kMaxText)) << entry.number;
    }
    if (n == 2495) journal.clear();
  }
  EXPECT_EQ(journal.entries().front().number, 4901u);
}

TEST(RequestJournal, KeepsNothingOfAClientWhoseRequestsItHasDropped) {
  RequestJournal journal(nullptr, 10);
  for (std::uint64_t n = 1; n <= 10'000; ++n) {
    RequestSeen seen;
    seen.number = n;
    const std::string peer = "127.0.0.1:" + std::to_string(n), topic = "T" + std::to_string(n * 7);
    seen.peer = peer, seen.topic = topic;
    journal.on_request("broker-a", seen);
    ASSERT_EQ(journal.entries().back().peer, peer);
    ASSERT_EQ(journal.entries().front().topic, "T" + std::to_string(journal.entries().front().number * 7));
  }
  EXPECT_LE(journal.sources(), 10u + RequestJournal::kSourcesAtHand);
  journal.clear();
  EXPECT_LE(journal.sources(), RequestJournal::kSourcesAtHand);
}

TEST(RequestJournal, TellsOfARequestWhetherItCameBeforeTimesBegan) {
  RequestJournal journal;
  RequestSeen seen;
  seen.at = TimePoint{millis(70)};
  journal.on_request("broker-a", seen);
  journal.begin(TimePoint{millis(100)});
  seen.at = TimePoint{millis(130)};
  journal.on_request("broker-a", seen);
  EXPECT_EQ(journal.entries()[0].since_first_step, FaultPlan::kBeforeFirstStep);
  EXPECT_EQ(journal.entries()[1].since_first_step, millis(30));
}

TEST(RequestJournal, AnEntryThatSomebodyKeepsOutlivesTheJournals) {
  std::vector<KeptEntry> kept;
  {
    RequestJournal journal(nullptr, 2);
    for (std::uint64_t n = 1; n <= 50; ++n) {
      arrives(journal, "broker-a", n, key_of(n));
      is_answered(journal, "broker-a", n, "SYSTEM_BUSY");
      kept.emplace_back(journal.entries().back());
    }
  }
  for (std::uint64_t n = 1; n <= 50; ++n) {
    const JournalEntry& entry = kept[n - 1].entry();
    EXPECT_EQ(entry.number, n);
    EXPECT_EQ(entry.key, key_of(n).substr(0, RequestJournal::kMaxText));
    EXPECT_EQ(std::string(entry.server).append(" ").append(entry.outcome), "broker-a SYSTEM_BUSY");
  }
}

}  // namespace request_journal_test
}  // namespace rmqsim
