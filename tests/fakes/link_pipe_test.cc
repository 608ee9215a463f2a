// One direction of a connection under each thing that a rule on a link may do: when the bytes that entered are due.
#include "fake_broker/rules/link_pipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rmqsim {
namespace link_pipe_test {

using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::Le;

DelayDistribution fixed(double ms) { return {DelayDistribution::Kind::fixed, ms, 0}; }

class LinkPipeTest : public testing::Test {
 protected:
  using Actions = std::initializer_list<FaultAction::Named>;

  LinkPipe::Acts enter(std::size_t bytes, const FaultAction& action, double at_ms = 0, std::uint64_t passed = 0) {
    const std::string text(bytes, 'x');
    return pipe_.enter(text, &action, passed, &random_, at(at_ms));
  }
  static TimePoint at(double ms) { return kSimEpoch + fractional_millis(ms); }
  struct Piece {
    double ms;
    std::size_t bytes;
    bool operator==(const Piece&) const = default;
    friend void PrintTo(const Piece& piece, std::ostream* out) { *out << piece.ms << " ms: " << piece.bytes; }
  };
  /// What comes, and when, to the end of the connection or of the bytes.
  std::vector<Piece> rest() {
    std::vector<Piece> pieces;
    while (!pipe_.empty() && !end_) {
      const TimePoint due = pipe_.due();
      LinkPipe::Taken taken = pipe_.take(due);
      pieces.push_back({to_fractional_millis(due - kSimEpoch), taken.bytes.size()});
      end_ = taken.end;
    }
    return pieces;
  }

  Random random_{1, "link"};
  LinkPipe pipe_;
  std::optional<LinkEnd> end_;
};

TEST_F(LinkPipeTest, ALineTakesAsLongAsItsBytesAndThoseBeforeThem) {
  const FaultAction slow{{"bytesPerSecond", 1460u}};
  EXPECT_EQ(enter(2 * 1460 + 146, slow), 1u);
  enter(146, slow, 500);
  EXPECT_THAT(rest(), ElementsAre(Piece{1000, 1460}, Piece{2000, 1460}, Piece{2100, 146}, Piece{2200, 146}));
  EXPECT_EQ(pipe_.passed(), 2 * 1460u + 2 * 146u);
}

TEST_F(LinkPipeTest, ALineIsFreeAgainWhenItsBytesAreThrough) {
  const FaultAction slow{{"bytesPerSecond", 1000u}};
  enter(100, slow);
  enter(100, slow, 5000);
  EXPECT_THAT(rest(), ElementsAre(Piece{100, 100}, Piece{5100, 100}));
}

TEST_F(LinkPipeTest, ADelayHoldsEachSegmentByItselfAndKeepsTheirOrder) {
  const FaultAction late{{"delayMs", fixed(30)}};
  EXPECT_EQ(enter(3000, late), 1u);
  enter(10, FaultAction{{"delayMs", fixed(5)}}, 1);
  EXPECT_THAT(rest(), ElementsAre(Piece{30, 3010})) << "the last one waits for those before it";
  EXPECT_EQ(enter(10, FaultAction{{"delayMs", fixed(0)}}, 40), 0u) << "nothing was held";
}

TEST_F(LinkPipeTest, ALostSegmentIsSentAgainAndWhatFollowsWaitsForIt) {
  const FaultAction lossy{{"lossPercent", 60.0}};
  std::vector<double> dues;
  EXPECT_EQ(enter(20 * 1460, lossy), 1u);
  for (const Piece& piece : rest()) dues.push_back(piece.ms);
  ASSERT_GE(dues.size(), 2u) << "some were lost more often than those before them";
  for (const double ms : dues) {
    EXPECT_THAT((std::vector<double>{0, 200, 600, 1400, 3000, 6200, 12'600, 25'400}), testing::Contains(ms));
  }
  EXPECT_FALSE(end_);
}

TEST_F(LinkPipeTest, NothingIsLostOfNothing) {
  EXPECT_EQ(enter(100 * 1460, FaultAction{{"lossPercent", 1e-9}}), 0u);
  EXPECT_THAT(rest(), ElementsAre(Piece{0, 100 * 1460}));
}

TEST_F(LinkPipeTest, ASegmentThatIsAlwaysLostEndsTheConnectionAfterAQuarterOfAnHour) {
  EXPECT_NE(enter(100, FaultAction{{"lossPercent", 100.0}}), 0u) << "lost from the first time on";
  enter(100, FaultAction{{"lossPercent", 100.0}}, 10);
  const auto pieces = rest();
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_EQ(pieces[0].bytes, 0u);
  // 0.2 + 0.4 + … + 102.4 s, then six times 120 s.
  EXPECT_THAT(pieces[0].ms, AllOf(Ge(924'600.0 - 1), Le(924'600.0 + 1)));
  ASSERT_TRUE(end_);
  EXPECT_EQ(end_->how, LinkEnd::How::reset);
  EXPECT_EQ(end_->acts, 0u) << "told already";
}

TEST_F(LinkPipeTest, AConnectionEndsInTheMiddleOfASegment) {
  const FaultAction cut{{"closeAfterBytes", 2000u}};
  EXPECT_EQ(enter(500, cut), 0u);
  EXPECT_EQ(enter(4000, cut, 1), 0u) << "told when it comes to that";
  EXPECT_THAT(rest(), ElementsAre(Piece{0, 500}, Piece{1, 1500}));
  ASSERT_TRUE(end_);
  EXPECT_EQ(end_->how, LinkEnd::How::close);
  EXPECT_EQ(end_->acts, 1u);
  EXPECT_EQ(pipe_.due(), TimePoint::max()) << "nothing comes after the end";
}

TEST_F(LinkPipeTest, AConnectionEndsWithTheByteThatWasNamedAndNotBefore) {
  const FaultAction cut{{"resetAfterBytes", 500u}};
  enter(499, cut);
  EXPECT_THAT(rest(), ElementsAre(Piece{0, 499}));
  EXPECT_FALSE(end_);
  enter(1, cut);
  EXPECT_THAT(rest(), ElementsAre(Piece{0, 1}));
  ASSERT_TRUE(end_);
  EXPECT_EQ(end_->how, LinkEnd::How::reset);
}

TEST_F(LinkPipeTest, BytesThatPassedBeforeTheRuleLookedDoNotCount) {
  pipe_.skip(1000);
  const FaultAction cut{{"closeAfterBytes", 300u}};
  enter(299, cut, 0, 1000);
  EXPECT_THAT(rest(), ElementsAre(Piece{0, 299}));
  enter(299, cut, 0, 1000);
  EXPECT_THAT(rest(), ElementsAre(Piece{0, 1}));
}

TEST_F(LinkPipeTest, WhatARuleDoesGoesTogether) {
  const FaultAction all{{"delayMs", fixed(50)}, {"closeAfterBytes", 1560u}, {"bytesPerSecond", 1000u}};
  EXPECT_EQ(all.all_of_pass(), 7u);
  const LinkPipe::Acts first = enter(1460, all);
  enter(1460, all);
  EXPECT_THAT(rest(), ElementsAre(Piece{1510, 1460}, Piece{1610, 100}));
  ASSERT_TRUE(end_);
  EXPECT_EQ(first | end_->acts, all.all_of_pass());
  EXPECT_NE(first, all.all_of_pass());
}

TEST_F(LinkPipeTest, WhatWaitsCanBeTakenBackAndEntersAnew) {
  enter(5000, FaultAction{{"bytesPerSecond", 1460u}});
  EXPECT_EQ(pipe_.take(at(1000)).bytes.size(), 1460u);
  const std::string back = pipe_.take_back();
  EXPECT_EQ(back.size(), 5000u - 1460);
  EXPECT_TRUE(pipe_.empty());
  pipe_.enter(back, nullptr, 0, nullptr, at(1000));
  EXPECT_THAT(rest(), ElementsAre(Piece{1000, 5000 - 1460}));
  EXPECT_EQ(pipe_.passed(), 5000u);
}

}  // namespace link_pipe_test
}  // namespace rmqsim
