// Properties text, batch entries, stored records, ids and compression: round trips, Java's parsing rules, hostile
// bytes.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "producer/remoting/bodies/batch_body.h"
#include "producer/remoting/bodies/message_id.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/bodies/stored_message.h"
#include "producer/remoting/codec/compression.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

using std::string_view;

TEST(MessageProperties, KeepTheOrderOfFirstAppearance) {
  MessageProperties p{{"b", "1"}, {"a", "2"}, {"b", "3"}};
  EXPECT_EQ(p.encode(),
            "b\x01"
            "3\x02"
            "a\x01"
            "2\x02");
  EXPECT_EQ(p.encode(false),
            "b\x01"
            "3\x02"
            "a\x01"
            "2");
  EXPECT_EQ(MessageProperties{}.encode(false), "");
  EXPECT_TRUE(p.remove("b"));
  EXPECT_FALSE(p.remove("b"));
  EXPECT_EQ(p.get("b", "none"), "none");
}

TEST(MessageProperties, AreReadByJavasRules) {
  const std::string text =
      "a\x01"
      "1\x02"
      "\x02"
      "noseparator\x02"
      "\x01"
      "nokey\x02"
      "novalue\x01\x02"
      "x\x01\x02"
      "a\x01"
      "2\x02"
      "k\x01v\x01w\x02"
      "last\x01z";
  const auto p = MessageProperties::decode(text);
  EXPECT_EQ(p, (MessageProperties{{"a", "2"}, {"k", "v\x01w"}, {"last", "z"}}));
  EXPECT_EQ(find_property(text, "a"), "2");
  EXPECT_EQ(find_property(text, "k"), "v\x01w");
  EXPECT_FALSE(find_property(text, "novalue"));
  EXPECT_TRUE(p.same_as(MessageProperties{{"last", "z"}, {"k", "v\x01w"}, {"a", "2"}}));
}

TEST(MessageProperties, EncodingIsInvertedByDecodingEvenForThousands) {
  MessageProperties p;
  for (int i = 0; i < 3000; ++i) p.set("key" + std::to_string(i), std::to_string(i * 7));
  std::string text = p.encode();
  EXPECT_EQ(MessageProperties::decode(text), p);
  EXPECT_EQ(MessageProperties::decode(p.encode(false)), p);
  text += "key5\x01new\x02key2999\x01new\x02";
  p.set("key5", "new");
  p.set("key2999", "new");
  EXPECT_EQ(MessageProperties::decode(text), p);
}

TEST(BatchBody, RoundTripsAndRefusesWhatDoesNotAddUp) {
  std::string body;
  const std::string big_properties(0x8000, 'p');
  ASSERT_TRUE(append_batch_entry({0, 0, 5, "first",
                                  "a\x01"
                                  "1\x02"},
                                 body));
  ASSERT_TRUE(append_batch_entry({0, 0, -1, "", ""}, body));
  EXPECT_FALSE(append_batch_entry({0, 0, 0, "x", big_properties}, body));
  std::vector<BatchEntry> entries;
  ASSERT_FALSE(decode_batch_body(body, entries));
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].body, "first");
  EXPECT_EQ(entries[1].flag, -1);
  ASSERT_FALSE(decode_batch_body("", entries));
  EXPECT_TRUE(entries.empty());
  for (std::size_t n = 1; n < body.size(); ++n) {
    const bool whole_entry = n == text::load32(body.data());
    EXPECT_EQ(!decode_batch_body(string_view(body).substr(0, n), entries), whole_entry) << n;
  }
  for (const std::uint32_t length : {0u, 21u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
    std::string bad = body;
    text::store32(bad.data() + 16, length);
    EXPECT_EQ(decode_batch_body(bad, entries), RemotingError::bad_body) << length;
    std::string odd = body;
    text::store32(odd.data(), length);
    EXPECT_FALSE(decode_batch_body(odd, entries)) << "brokers do not look at the total size: " << length;
    EXPECT_EQ(entries.size(), 2u);
  }
}

StoredMessage sample_record(std::size_t topic, bool v6) {
  StoredMessage m;
  m.queue_id = 3;
  m.flag = -2;
  m.queue_offset = 42;
  m.physical_offset = 1LL << 40;
  m.sys_flag = 0x301;
  m.born_timestamp = 1700000000000;
  m.born_host = v6 ? *HostAddress::parse("[2001:db8::10]:54321") : HostAddress::v4(10, 0, 0, 5, 54321);
  m.store_timestamp = 1700000000005;
  m.store_host = HostAddress::v4(127, 0, 0, 1, 10911);
  m.body = "body";
  m.topic.assign(topic, 't');
  m.properties = "UNIQ_KEY\x01x\x02";
  return m;
}

TEST(StoredMessage, RoundTripsInBothVersionsAndAddressFamilies) {
  for (const bool v6 : {false, true}) {
    for (const std::size_t topic : {1u, 127u, 128u, 300u}) {
      const StoredMessage m = sample_record(topic, v6);
      std::string bytes;
      ASSERT_TRUE(m.encode_to(bytes));
      EXPECT_EQ(bytes.size(), m.encoded_size());
      string_view input = bytes;
      StoredMessage read;
      ASSERT_FALSE(StoredMessage::decode(input, read, true));
      EXPECT_TRUE(input.empty());
      EXPECT_EQ(read.magic, topic > 127 ? StoredMessage::kMagicV2 : StoredMessage::kMagicV1);
      EXPECT_EQ(read.sys_flag, 0x301 | (v6 ? 0x10 : 0));
      EXPECT_EQ(read.topic, m.topic);
      EXPECT_EQ(read.born_host, m.born_host);
      EXPECT_EQ(read.body, m.body);
      EXPECT_EQ(read.properties, m.properties);
      EXPECT_EQ(read.physical_offset, m.physical_offset);
      EXPECT_EQ(read.body_crc, crc32("body"));
    }
  }
}

TEST(StoredMessage, TruncationDamageAndWrongLengthsAreRefused) {
  std::string good;
  ASSERT_TRUE(sample_record(9, false).encode_to(good));
  StoredMessage m;
  std::vector<StoredMessage> all;
  for (std::size_t n = 1; n < good.size(); ++n) {
    EXPECT_EQ(StoredMessage::decode_all(string_view(good).substr(0, n), all), RemotingError::bad_body) << n;
  }
  for (const std::size_t at : {0u, 4u, 84u}) {  // total, magic, body length
    std::string bad = good;
    text::store32(bad.data() + at, 0xFFFFFFF0u);
    string_view input = bad;
    EXPECT_EQ(StoredMessage::decode(input, m), RemotingError::bad_body) << at;
  }
  std::string bad = good;
  bad[88] = static_cast<char>(bad[88] ^ 1);
  string_view input = bad;
  EXPECT_EQ(StoredMessage::decode(input, m, true), RemotingError::bad_body);
  EXPECT_FALSE(StoredMessage::decode(input, m, false)) << "Java's callers do not check the sum";
  StoredMessage too_long = sample_record(1, false);
  too_long.properties.assign(0x8000, 'p');
  EXPECT_FALSE(too_long.encode_to(good));
  std::mt19937 random(3);
  for (int round = 0; round < 5000; ++round) {
    bad = good;
    for (int i = 0; i < 3; ++i) bad[random() % bad.size()] = static_cast<char>(random());
    StoredMessage::decode_all(bad, all);
    ASSERT_LE(all.size(), 2u);
  }
}

TEST(HostAddress, ParsesAndPrints) {
  EXPECT_EQ(HostAddress::parse("127.0.0.1:10911"), HostAddress::v4(127, 0, 0, 1, 10911));
  EXPECT_EQ(HostAddress::parse("[2001:db8::10]:1")->to_string(), "[2001:db8::10]:1");
  EXPECT_EQ(HostAddress::parse("255.0.10.1:65535")->to_string(), "255.0.10.1:65535");
  for (const char* bad : {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
                          "::1:10911", "[127.0.0.1]:1", "host:1", "[::1:1", "1.2.3:4"}) {
    EXPECT_FALSE(HostAddress::parse(bad)) << bad;
  }
}

TEST(MessageId, HexIsUpperCaseAndReadInEitherCase) {
  EXPECT_EQ(to_upper_hex("\xAB\x01"), "AB01");
  EXPECT_EQ(from_hex("aB01"), "\xAB\x01");
  EXPECT_FALSE(from_hex("abc"));
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_FALSE(decode_message_id("7F00000100002A9F000000000000303"));
  EXPECT_FALSE(decode_message_id("7F00000100002A9F000000000000303Z"));
  const HostAddress v6 = *HostAddress::parse("[2001:db8::20]:10911");
  EXPECT_EQ(create_message_id(v6, 4096), "20010DB800000000000000000000002000002A9F0000000000001000");
  EXPECT_EQ(decode_message_id(create_message_id(v6, -1)), (MessageId{v6, -1}));
}

constexpr TimePoint at(std::int64_t ms) { return TimePoint{millis(ms)}; }
constexpr std::int64_t kNov1 = 1793491200000;  // 2026-11-01T00:00:00Z
constexpr std::int64_t kDec1 = 1796083200000;  // 2026-12-01T00:00:00Z

TEST(UniqIdGenerator, CountsMillisecondsOfTheMonth) {
  UniqIdGenerator generator(string_view("\xC0\xA8\x01\x0A", 4), 0x51234, 0x18B4AAC2);
  EXPECT_EQ(generator.create(at(kNov1 + 169552957)), "C0A8010A123418B4AAC20A1B2C3D0000");
  EXPECT_EQ(generator.create(at(kNov1 + 169552958)), "C0A8010A123418B4AAC20A1B2C3E0001");
  // A month has more than 2^31 ms: Java's cast to int wraps, and so do we.
  EXPECT_EQ(parse_uniq_id(generator.create(at(kDec1 - 1)))->millis_since_month_start,
            static_cast<std::int32_t>(kDec1 - kNov1 - 1));
  EXPECT_EQ(parse_uniq_id(generator.create(at(kDec1 + 5)))->millis_since_month_start, 5);
  EXPECT_EQ(parse_uniq_id(generator.create(at(kDec1 - 999'999)))->millis_since_month_start, 0) << "clamped";
  EXPECT_EQ(parse_uniq_id(generator.create(at(kDec1 - 1'000'000)))->millis_since_month_start, -1'000'000);
}

TEST(UniqIdGenerator, TheMonthBeginsInLocalTimeAndYearsEnd) {
  UniqIdGenerator shanghai("abcd", 1, 0, std::chrono::hours(8));
  // 2026-10-31T16:00:00Z is midnight of November 1st there.
  EXPECT_EQ(parse_uniq_id(shanghai.create(at(kNov1 - 8 * 3'600'000 + 7)))->millis_since_month_start, 7);
  UniqIdGenerator utc("abcd", 1, 0);
  constexpr std::int64_t kJan1 = 1798761600000;  // 2027-01-01T00:00:00Z
  EXPECT_EQ(parse_uniq_id(utc.create(at(kJan1 - 1)))->millis_since_month_start,
            static_cast<std::int32_t>(31LL * 86'400'000 - 1));
  EXPECT_EQ(parse_uniq_id(utc.create(at(kJan1)))->millis_since_month_start, 0);
}

TEST(UniqIdGenerator, TheCounterWrapsAtSixteenBitsAndIPv6IdsHave56Characters) {
  UniqIdGenerator generator(std::string(16, '\xFD'), -1, -1);
  std::string id;
  for (int i = 0; i < 65536; ++i) id = generator.create(kSimEpoch);
  EXPECT_EQ(id.size(), 56u);
  EXPECT_EQ(parse_uniq_id(id)->counter, 65535);
  EXPECT_EQ(parse_uniq_id(generator.create(kSimEpoch))->counter, 0);
  EXPECT_EQ(parse_uniq_id(id)->pid, 0xFFFF);
  EXPECT_FALSE(parse_uniq_id("short"));
}

TEST(Compression, RoundTripsWithinTheLimitOnly) {
  std::mt19937 random(1);
  std::string noise(200'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  for (const CompressionType type : {CompressionType::ZLIB, CompressionType::LZ4, CompressionType::ZSTD}) {
    for (const std::string& body : {std::string(), std::string("x"), std::string(9'000'000, 'a'), noise}) {
      const std::string small = compress(type, body);
      std::string plain;
      ASSERT_FALSE(decompress(type, small, plain));
      EXPECT_EQ(plain, body);
      EXPECT_FALSE(decompress(type, small, plain, body.size()));
      if (!body.empty()) {
        EXPECT_EQ(decompress(type, small, plain, body.size() - 1), RemotingError::bad_body);
        EXPECT_LE(plain.capacity(), 3 * body.size() + 200'000);
      }
    }
  }
}

TEST(Compression, WhatIsRememberedDependsOnBodyTypeAndLevel) {
  std::string body;
  for (int i = 0; i < 2000; ++i) body += std::to_string(i * i);
  const std::string other(body.size(), 'x');
  using Case = std::tuple<CompressionType, std::string_view, int>;
  const Case cases[] = {{CompressionType::ZLIB, body, 5},
                        {CompressionType::ZLIB, body, 1},
                        {CompressionType::ZLIB, other, 5},
                        {CompressionType::ZSTD, body, 5},
                        {CompressionType::LZ4, body, 5}};
  const auto compressed = [](const Case& c) { return compress(std::get<0>(c), std::get<1>(c), std::get<2>(c)); };
  const auto anew = [&](const Case& c) {
    for (const char* const other_body : {"1", "2", "3"}) compress(CompressionType::ZLIB, other_body);
    return compressed(c);
  };
  for (const Case& first : cases) {
    for (const Case& second : cases) {
      const std::string bytes_of_first = anew(first), bytes_of_second = anew(second);
      EXPECT_EQ(compressed(first), bytes_of_first);
      EXPECT_EQ(compressed(second), bytes_of_second);
      EXPECT_EQ(compressed(first), bytes_of_first);
    }
  }
}

TEST(Compression, TruncatedAndForeignBytesAreRefused) {
  std::string body;
  for (int i = 0; i < 2000; ++i) body += std::to_string(i * i);
  const CompressionType all[] = {CompressionType::ZLIB, CompressionType::LZ4, CompressionType::ZSTD};
  for (const CompressionType type : all) {
    const std::string small = compress(type, body);
    std::string plain;
    for (std::size_t n = 0; n < small.size(); n += 1 + n / 8)
      EXPECT_TRUE(decompress(type, small.substr(0, n), plain)) << n;
    for (const CompressionType other : all) EXPECT_EQ(!decompress(other, small, plain), other == type);
  }
}

TEST(Compression, FormatsAndFlagsAreThoseOfTheJavaClient) {
  EXPECT_EQ(to_upper_hex(compress(CompressionType::ZLIB, std::string(100, 'A')).substr(0, 2)), "785E");
  EXPECT_EQ(to_upper_hex(compress(CompressionType::LZ4, std::string(100, 'A')).substr(0, 7)), "04224D18607073");
  EXPECT_EQ(to_upper_hex(compress(CompressionType::ZSTD, std::string(100, 'A')).substr(0, 5)), "28B52FFD00");
  EXPECT_EQ(compression_flag(CompressionType::ZLIB), 0x300);
  EXPECT_EQ(compression_type_of(0x1), CompressionType::ZLIB);
  EXPECT_EQ(compression_type_of(0x301), CompressionType::ZLIB);
  EXPECT_EQ(compression_type_of(0x101), CompressionType::LZ4);
  EXPECT_EQ(compression_type_of(0x201), CompressionType::ZSTD);
  EXPECT_FALSE(compression_type_of(0x401));
  EXPECT_EQ(compression_type_by_name("zstd"), CompressionType::ZSTD);
  EXPECT_FALSE(compression_type_by_name("snappy"));
}

}  // namespace
}  // namespace rmqsim
