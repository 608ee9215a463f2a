// The incremental cutter: limits, chunking, and memory that follows the bytes that came.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

using Status = FrameDecoder::Status;
using std::string_view;

std::string frame(std::int32_t opaque, std::size_t body = 0) {
  RemotingCommand c = RemotingCommand::request(10, 479);
  c.opaque = opaque;
  c.body.assign(body, 'b');
  std::string out;
  encode(c, out);
  return out;
}

std::string word(std::uint32_t v) {
  std::string out;
  text::put32(out, v);
  return out;
}

TEST(FrameDecoder, ByteByByteGivesTheSameCommands) {
  const std::string stream = frame(1) + frame(2, 100) + frame(3);
  FrameDecoder decoder;
  RemotingCommand c;
  std::int32_t next = 1;
  for (const char& byte : stream) {
    string_view input(&byte, 1);
    while (decoder.next(input, c) == Status::command) EXPECT_EQ(c.opaque, next++);
    EXPECT_TRUE(input.empty());
  }
  EXPECT_EQ(next, 4);
  EXPECT_EQ(decoder.buffered(), 0u);
}

TEST(FrameDecoder, SeveralFramesInOnePieceAreTakenOneByOne) {
  const std::string stream = frame(1) + frame(2) + frame(3).substr(0, 10);
  FrameDecoder decoder;
  RemotingCommand c;
  string_view input = stream;
  EXPECT_EQ(decoder.next(input, c), Status::command);
  EXPECT_EQ(decoder.next(input, c), Status::command);
  EXPECT_EQ(c.opaque, 2);
  EXPECT_EQ(decoder.next(input, c), Status::need_more);
  EXPECT_EQ(decoder.buffered(), 10u);
  input = string_view{};
  EXPECT_EQ(decoder.next(input, c), Status::need_more);
}

TEST(FrameDecoder, ImpossibleLengthsAreRefusedAtOnceAndForGood) {
  for (const std::uint32_t length : {0u, 3u, 0x80000000u, 0xFFFFFFFFu}) {
    FrameDecoder decoder;
    RemotingCommand c;
    const std::string bytes = word(length);
    string_view input = bytes;
    EXPECT_EQ(decoder.next(input, c), Status::error);
    EXPECT_EQ(decoder.error(), RemotingError::bad_length);
    const std::string fine = frame(1);
    input = fine;
    EXPECT_EQ(decoder.next(input, c), Status::error);
  }
}

TEST(FrameDecoder, TheLimitCountsTheLengthWord) {
  RemotingCommand c;
  {
    FrameDecoder decoder;
    const std::string bytes = word(16'777'213);
    string_view input = bytes;
    EXPECT_EQ(decoder.next(input, c), Status::error);
    EXPECT_EQ(decoder.error(), RemotingError::frame_too_long);
  }
  {
    FrameDecoder decoder;
    const std::string bytes = word(16'777'212);
    string_view input = bytes;
    EXPECT_EQ(decoder.next(input, c), Status::need_more);
  }
  const std::string exact = frame(1, 100);
  FrameDecoder fits(exact.size()), too_small(exact.size() - 1);
  string_view input = exact;
  EXPECT_EQ(fits.next(input, c), Status::command);
  input = exact;
  EXPECT_EQ(too_small.next(input, c), Status::error);
}

TEST(FrameDecoder, TheLargestFrameOfTheDefaultLimitPasses) {
  const std::size_t header = frame(1).size() - 8;
  const std::string bytes = frame(1, 16'777'212 - 4 - header);
  ASSERT_EQ(bytes.size(), FrameDecoder::kDefaultMaxFrame);
  FrameDecoder decoder;
  RemotingCommand c;
  std::size_t commands = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 100'000) {
    string_view input = string_view(bytes).substr(at, 100'000);
    while (decoder.next(input, c) == Status::command) ++commands;
  }
  EXPECT_EQ(commands, 1u);
  EXPECT_EQ(c.body.size(), 16'777'212 - 4 - header);
}

TEST(FrameDecoder, AnAnnouncedLengthReservesNothing) {
  FrameDecoder decoder;
  RemotingCommand c;
  const std::string bytes = word(16'000'000) + std::string(100, 'x');
  for (const char& byte : bytes) {
    string_view input(&byte, 1);
    EXPECT_EQ(decoder.next(input, c), Status::need_more);
  }
  EXPECT_EQ(decoder.buffered(), 104u);
}

TEST(FrameDecoder, ABadHeaderIsAnErrorWhereverTheFrameWasCut) {
  const std::string good = frame(1);
  std::string bad = good;
  bad[9] = '!';
  for (std::size_t cut = 0; cut <= bad.size(); ++cut) {
    FrameDecoder decoder;
    RemotingCommand c;
    string_view first = string_view(bad).substr(0, cut), second = string_view(bad).substr(cut);
    Status status = decoder.next(first, c);
    if (status == Status::need_more) status = decoder.next(second, c);
    EXPECT_EQ(status, Status::error) << cut;
    EXPECT_EQ(decoder.error(), RemotingError::bad_json);
    EXPECT_EQ(decoder.buffered(), 0u);
  }
}

TEST(FrameDecoder, GarbageNeverCrashesIt) {
  std::mt19937 random(11);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = frame(round, random() % 50);
    for (int edits = 0; edits < 3; ++edits) bytes[random() % bytes.size()] = static_cast<char>(random());
    FrameDecoder decoder(4096);
    RemotingCommand c;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t n = 1 + random() % 40;
      string_view input = string_view(bytes).substr(at, n);
      at += n;
      while (decoder.next(input, c) == Status::command) {
      }
      ASSERT_LE(decoder.buffered(), 4096u);
    }
  }
}

TEST(RemotingError, EveryErrorNamesCauseAndRemedy) {
  for (int e = 1; e <= static_cast<int>(RemotingError::bad_body); ++e) {
    const error_code ec = static_cast<RemotingError>(e);
    EXPECT_NE(ec.message().find(": "), std::string::npos) << ec.message();
    EXPECT_STREQ(ec.category().name(), "rmqsim.remoting");
  }
  EXPECT_EQ(remoting_category().message(99), "unknown remoting error 99");
}

}  // namespace
}  // namespace rmqsim
