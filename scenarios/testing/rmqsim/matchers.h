// Matchers for sends and records, whose failures print the attempts and why they went where they went:
//
//     EXPECT_THAT(cluster, EverySend(AllOf(HasOutcome(SEND_OK), AttemptedOn("broker-a", "broker-b"))));
//     EXPECT_THAT(cluster, AllOf(Stored("broker-a", 0), Stored("broker-b", Ge(12u)), LostNone()));
//
// Those of a send match a Send, those of a record a TestCluster, a Record and a ScenarioRun. Words that the scenario
// format does not know throw std::invalid_argument with the nearest one, and so do names that nobody there has.
#pragma once

#include <gmock/gmock-matchers.h>

#include "rmqsim/cluster.h"

namespace rmqsim::test {

using SendMatcher = ::testing::Matcher<const Send&>;

/// How a send ended; of a SendResult of the producer's API its status.
class OutcomeMatcher {
 public:
  using is_gtest_matcher = void;
  explicit OutcomeMatcher(std::string_view outcome);
  bool MatchAndExplain(const Send& send, std::ostream* out) const;
  bool MatchAndExplain(const SendResult& result, std::ostream* out) const;
  void DescribeTo(std::ostream* out) const;
  void DescribeNegationTo(std::ostream* out) const;

 private:
  std::string outcome_;
};
OutcomeMatcher HasOutcome(std::string_view outcome);
inline OutcomeMatcher HasOutcome(SendStatus status) { return HasOutcome(send_status_name(status)); }

/// What a send, or a call of the producer's API, threw.
class ThrewMatcher {
 public:
  using is_gtest_matcher = void;
  ThrewMatcher(std::string_view type, std::optional<std::int32_t> code, ::testing::Matcher<const std::string&> text);
  bool MatchAndExplain(const Send& send, std::ostream* out) const;
  bool MatchAndExplain(const MQException& exception, std::ostream* out) const;
  void DescribeTo(std::ostream* out) const;
  void DescribeNegationTo(std::ostream* out) const;

 private:
  void describe(std::ostream* out) const;
  std::string type_;
  std::optional<std::int32_t> code_;
  ::testing::Matcher<const std::string&> text_;
};
/// A code's name, of a response or of the client's own.
std::int32_t code_of(std::string_view name);
inline ThrewMatcher ThrewWith(std::string_view type) { return {type, std::nullopt, ::testing::_}; }
inline ThrewMatcher ThrewWith(std::string_view type, std::int32_t code,
                              ::testing::Matcher<const std::string&> text = ::testing::_) {
  return {type, code, std::move(text)};
}
inline ThrewMatcher ThrewWith(std::string_view type, std::string_view code,
                              ::testing::Matcher<const std::string&> text = ::testing::_) {
  return {type, code_of(code), std::move(text)};
}

/// The brokers of its attempts, in order.
SendMatcher attempted_on(std::vector<std::string> brokers);
template <class... Names>
SendMatcher AttemptedOn(const Names&... brokers) {
  return attempted_on({std::string(brokers)...});
}
/// Of its attempts, in order: AttemptsEnded("SYSTEM_BUSY", "SUCCESS").
SendMatcher attempts_ended(std::vector<std::string> outcomes);
template <class... Words>
SendMatcher AttemptsEnded(const Words&... outcomes) {
  return attempts_ended({std::string(outcomes)...});
}
/// It needed more than one attempt; or so many further ones.
SendMatcher Retried();
SendMatcher Retried(::testing::Matcher<std::size_t> times);
/// Milliseconds from the call to the result, both included.
SendMatcher TookBetween(double min_ms, double max_ms);
/// The broker, and the queue, of the result.
SendMatcher SentTo(std::string_view broker);
SendMatcher SentTo(std::string_view broker, std::int32_t queue_id);
SendMatcher GotReply(::testing::Matcher<const std::string&> body);
/// committed, pending, rolledBack, discarded or nothing.
SendMatcher EndedAtBroker(std::string_view end);

/// What a record matches.
class RecordMatcher {
 public:
  using is_gtest_matcher = void;
  using Implementation = ::testing::MatcherInterface<const Record&>;
  explicit RecordMatcher(std::shared_ptr<const Implementation> implementation)
      : implementation_(std::move(implementation)) {}
  bool MatchAndExplain(const Record& record, std::ostream* out) const;
  bool MatchAndExplain(const TestCluster& cluster, std::ostream* out) const {
    return MatchAndExplain(cluster.record(), out);
  }
  void DescribeTo(std::ostream* out) const { implementation_->DescribeTo(out); }
  void DescribeNegationTo(std::ostream* out) const { implementation_->DescribeNegationTo(out); }

 private:
  std::shared_ptr<const Implementation> implementation_;
};

/// Of some sends; these match Sends as well. None at all is no match for EverySend: nothing was tested.
class SendsMatcher {
 public:
  using is_gtest_matcher = void;
  enum class How : std::uint8_t { every, some, none };
  SendsMatcher(How how, SendMatcher one) : how_(how), one_(std::move(one)) {}
  bool MatchAndExplain(const Sends& sends, std::ostream* out) const;
  bool MatchAndExplain(const Record& record, std::ostream* out) const { return MatchAndExplain(record.sends(), out); }
  bool MatchAndExplain(const TestCluster& cluster, std::ostream* out) const {
    return MatchAndExplain(cluster.record().sends(), out);
  }
  void DescribeTo(std::ostream* out) const;
  void DescribeNegationTo(std::ostream* out) const;

 private:
  How how_;
  SendMatcher one_;
};
inline SendsMatcher EverySend(SendMatcher one) { return {SendsMatcher::How::every, std::move(one)}; }
inline SendsMatcher SomeSend(SendMatcher one) { return {SendsMatcher::How::some, std::move(one)}; }
inline SendsMatcher NoSend(SendMatcher one) { return {SendsMatcher::How::none, std::move(one)}; }
/// The one with that number, from 0.
RecordMatcher SendNumber(std::uint64_t number, SendMatcher one);

/// Send requests that the broker stored, that reached it; a batch is one.
RecordMatcher Stored(std::string_view broker, ::testing::Matcher<std::uint64_t> requests);
RecordMatcher Received(std::string_view broker, ::testing::Matcher<std::uint64_t> requests);
/// Requests that a server saw, by the words that a rule's `on` takes.
RecordMatcher SawRequests(std::string_view server, std::string_view on, ::testing::Matcher<std::uint64_t> requests);
/// Avoided at that moment by the latency table of a producer: of every one that knows the broker, or of that one.
RecordMatcher Isolated(std::string_view broker, std::string_view producer = {});
/// Every message that was acknowledged is kept by a broker.
RecordMatcher LostNone();
/// No broker keeps a message that is kept already.
RecordMatcher StoredNothingTwice();
/// How often a rule acted.
RecordMatcher Acted(std::string_view rule, ::testing::Matcher<std::uint64_t> times = ::testing::Gt(0u));
/// Everything that the scenario expects held, and every invariant.
::testing::Matcher<const ScenarioRun&> Passed();

}  // namespace rmqsim::test
