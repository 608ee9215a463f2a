// Every recorded frame, both directions: what the codec reads equals what was recorded, what it writes means the same,
// and what Java wrote comes out of our encoder byte for byte.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "producer/remoting/headers/send_headers.h"
#include "tests/golden/golden_data.h"

namespace rmqsim {
namespace {

using golden::Frame;
using golden::frames;
using golden::Json;

TEST(GoldenFrames, TheRecordingsAreThere) {
  std::size_t binary = 0, java = 0;
  for (const Frame& f : frames()) {
    binary += f.bytes[4] == 1;
    java += f.from_java();
  }
  EXPECT_GT(frames().size(), 1150u);
  EXPECT_GT(java, 750u);
  EXPECT_GT(binary, 70u);
}

TEST(GoldenFrames, DecodeToTheirRecordedHeaders) {
  for (const Frame& f : frames()) {
    SCOPED_TRACE(f.name);
    const RemotingCommand c = golden::decode_frame(f.bytes);
    Json decoded = golden::describe(c);
    decoded.erase("body");
    Json recorded = golden::normalise(f.header);
    const bool binary = f.bytes[4] == 1;
    recorded["serialize"] = binary ? "ROCKETMQ" : "JSON";
    if (binary && recorded["extFields"].empty()) recorded["extFields"] = Json();  // a map of length 0 is null
    if (language_by_name(recorded["language"].get<std::string>()) == LanguageCode::UNKNOWN)
      recorded["language"] = "UNKNOWN";
    EXPECT_EQ(decoded, recorded);
    EXPECT_TRUE(c.has_opaque);
    const std::size_t header = (static_cast<unsigned char>(f.bytes[5]) << 16) |
                               (static_cast<unsigned char>(f.bytes[6]) << 8) | static_cast<unsigned char>(f.bytes[7]);
    EXPECT_EQ(c.body, f.bytes.substr(8 + header));
  }
}

TEST(GoldenFrames, MeanTheSameAfterReencoding) {
  for (const Frame& f : frames()) {
    SCOPED_TRACE(f.name);
    RemotingCommand c = golden::decode_frame(f.bytes);
    const RemotingCommand again = golden::decode_frame(golden::encode_frame(c));
    // Java holds an unknown language as null and omits it; whoever reads that sees the default.
    if (c.language == LanguageCode::UNKNOWN) c.language = LanguageCode::JAVA;
    EXPECT_EQ(golden::describe(again), golden::describe(c));
  }
}

TEST(GoldenFrames, MeanTheSameInTheOtherSerialization) {
  for (const Frame& f : frames()) {
    RemotingCommand c = golden::decode_frame(f.bytes);
    if (c.code < -32768 || c.code > 32767) continue;  // the binary header has 16 bits
    if (c.remark && c.remark->empty()) continue;      // and no empty strings
    bool has_empty = c.has_ext_fields && c.ext_fields.empty();
    for (std::size_t i = 0; i < c.ext_fields.size(); ++i) has_empty |= c.ext_fields[i].second.empty();
    if (has_empty) continue;
    SCOPED_TRACE(f.name);
    c.serialize_type = c.serialize_type == SerializeType::JSON ? SerializeType::ROCKETMQ : SerializeType::JSON;
    EXPECT_EQ(golden::describe(golden::decode_frame(golden::encode_frame(c))), golden::describe(c));
  }
}

TEST(GoldenFrames, OfJavaReencodeToTheSameBytes) {
  for (const Frame& f : frames()) {
    if (!f.from_java()) continue;
    SCOPED_TRACE(f.name);
    EXPECT_EQ(golden::encode_frame(golden::decode_frame(f.bytes)), f.bytes);
  }
}

TEST(GoldenFrames, OfSendsComeOutOfTheTypedEncoderByteForByte) {
  int checked = 0;
  for (const Frame& f : frames()) {
    if (!f.is_request || !f.from_java() || (f.request_code != 310 && f.request_code != 320)) continue;
    SCOPED_TRACE(f.name);
    const RemotingCommand c = golden::decode_frame(f.bytes);
    SendMessageRequestHeader header;
    ASSERT_FALSE(header.from_ext(c.ext_fields, HeaderForm::letters));
    std::string out;
    encode_frame({c.code, c.language, c.version, c.opaque, c.flag, std::nullopt, c.serialize_type}, header,
                 HeaderForm::letters, c.body, out);
    EXPECT_EQ(out, f.bytes);
    EXPECT_EQ(golden::describe(golden::decode_frame(out)), golden::describe(c));
    ++checked;
  }
  EXPECT_GT(checked, 50);
}

TEST(GoldenFrames, SurviveAnyCutting) {
  std::string stream;
  for (const Frame& f : frames()) stream += f.bytes;
  for (const std::uint32_t seed : {1u, 2u, 3u, 4u}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::uint32_t largest = 1u << (3 * seed);  // from a few bytes to several frames at a time
    FrameDecoder decoder;
    RemotingCommand c;
    std::size_t next = 0;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t n = std::min<std::size_t>(1 + random() % largest, stream.size() - at);
      std::string_view input = std::string_view(stream).substr(at, n);
      at += n;
      while (decoder.next(input, c) == FrameDecoder::Status::command) {
        ASSERT_LT(next, frames().size());
        ASSERT_EQ(c.opaque, frames()[next].header.value("opaque", 0)) << frames()[next].name;
        ASSERT_EQ(golden::describe(c), golden::describe(golden::decode_frame(frames()[next].bytes)));
        ++next;
      }
      ASSERT_FALSE(decoder.error());
      ASSERT_TRUE(input.empty());
    }
    EXPECT_EQ(next, frames().size());
    EXPECT_EQ(decoder.buffered(), 0u);
  }
}

// Any damage either still decodes or is an error; it never crashes, and what decodes can be encoded again.
TEST(GoldenFrames, SurviveMutation) {
  std::mt19937 random(20260101);
  std::size_t refused = 0, accepted = 0;
  for (const Frame& f : frames()) {
    for (int round = 0; round < 20; ++round) {
      std::string bytes = f.bytes.substr(4);
      const int edits = 1 + static_cast<int>(random() % 4);
      for (int i = 0; i < edits && !bytes.empty(); ++i) {
        const std::size_t at = random() % std::min<std::size_t>(bytes.size(), 500);
        switch (random() % 4) {
          case 0:
            bytes[at] = static_cast<char>(random());
            break;
          case 1:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
            break;
          case 2:
            bytes.erase(at, 1 + random() % 8);
            break;
          default:
            bytes.insert(at, 1 + random() % 4, static_cast<char>(random()));
            break;
        }
      }
      RemotingCommand c;
      if (decode(bytes, c)) {
        ++refused;
        continue;
      }
      ++accepted;
      RemotingCommand again;
      const std::string frame = golden::encode_frame(c);
      ASSERT_FALSE(decode(std::string_view(frame).substr(4), again)) << f.name;
    }
  }
  EXPECT_GT(refused, 1000u);
  EXPECT_GT(accepted, 1000u);
}

}  // namespace
}  // namespace rmqsim
