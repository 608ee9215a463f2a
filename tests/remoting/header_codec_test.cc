// What a header may look like beyond what Java writes, and what is refused (wire §1.3 to §1.5).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

using std::string_view;

std::string frame(string_view header, string_view body = {}, unsigned type = 0) {
  std::string out;
  text::put32(out, (type << 24) | static_cast<std::uint32_t>(header.size()));
  out += header;
  out += body;
  return out;
}

error_code decode_json(string_view header, RemotingCommand& c) { return decode(frame(header), c); }

RemotingCommand good(string_view header) {
  RemotingCommand c;
  const error_code ec = decode_json(header, c);
  EXPECT_FALSE(ec) << header << ": " << ec.message();
  return c;
}

std::string header_of(const RemotingCommand& c) {
  std::string out;
  encode(c, out);
  return out.substr(8, out.size() - 8 - c.body.size());
}

TEST(JsonHeader, IsWrittenInJavasKeyOrderWithoutNulls) {
  RemotingCommand c = RemotingCommand::request(105, 479);
  EXPECT_EQ(header_of(c),
            R"({"code":105,"flag":0,"language":"JAVA","opaque":0,"serializeTypeCurrentRPC":"JSON","version":479})");
  c.ext().set("topic", "T");
  c.remark = "r";
  c.opaque = -7;
  c.flag = 3;
  c.language = LanguageCode::GO;
  EXPECT_EQ(header_of(c), R"({"code":105,"extFields":{"topic":"T"},"flag":3,"language":"GO","opaque":-7,"remark":"r",)"
                          R"("serializeTypeCurrentRPC":"JSON","version":479})");
}

TEST(JsonHeader, EscapesAsFastjsonDoes) {
  RemotingCommand c;
  c.remark =
      "\x01\x1A\b\t\n\v\f\r\"\\/ "
      "\x7F\xC2\x80\xC2\x9F\xC2\xA0\xC3\xA4\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA\xF0\x9F\x98\x80";
  const std::string header = header_of(c);
  EXPECT_NE(
      header.find("\"remark\":\"\\u0001\\u001A\\b\\t\\n\\u000B\\f\\r\\\"\\\\/ \\u007F\\u0080\\u009F\xC2\xA0\xC3\xA4"
                  "\\u2028\\u2029\xE2\x80\xAA\xF0\x9F\x98\x80\""),
      header.npos)
      << header;
  EXPECT_EQ(good(header).remark, c.remark);
}

TEST(JsonHeader, ToleratesWhatFastjsonTolerates) {
  const RemotingCommand c = good(
      " { 'version' : \"333\" ,, unknown : {\"a\":[1,{\"b\":null}],'c':-1.5e3}, flag:1 , remark : \"\" , extFields:{"
      "d:4, \"e\" :true,\"f\":false,'g':\"1\",x:null, y : -1.50, z:{\"q\":[1]} ,}, \"language\":\"cpp\",\"opaque\":7,"
      "/* comment */ code : 310, } // end\n");
  EXPECT_EQ(c.version, 333);
  EXPECT_EQ(c.flag, 1);
  EXPECT_EQ(c.code, 310);
  EXPECT_EQ(c.opaque, 7);
  EXPECT_TRUE(c.has_opaque);
  EXPECT_EQ(c.language, LanguageCode::CPP);
  EXPECT_EQ(c.remark, "");
  EXPECT_EQ(c.ext_fields.get("d"), "4");
  EXPECT_EQ(c.ext_fields.get("e"), "true");
  EXPECT_EQ(c.ext_fields.get("f"), "false");
  EXPECT_EQ(c.ext_fields.get("g"), "1");
  EXPECT_EQ(c.ext_fields.get("y"), "-1.50");
  EXPECT_EQ(c.ext_fields.get("z"), "{\"q\":[1]}");
  EXPECT_FALSE(c.ext_fields.contains("x"));
  EXPECT_EQ(c.ext_fields.size(), 6u);
}

TEST(JsonHeader, AbsentKeysHaveJavasDefaults) {
  const RemotingCommand c = good("{}");
  EXPECT_EQ(c.code, 0);
  EXPECT_EQ(c.flag, 0);
  EXPECT_EQ(c.version, 0);
  EXPECT_EQ(c.language, LanguageCode::JAVA);
  EXPECT_FALSE(c.has_opaque);
  EXPECT_FALSE(c.remark);
  EXPECT_FALSE(c.has_ext_fields);
  EXPECT_FALSE(good(R"({"opaque":null,"extFields":null,"remark":null})").has_opaque);
  EXPECT_TRUE(good(R"({"extFields":{}})").has_ext_fields);
}

TEST(JsonHeader, LanguageIsANameInAnyCaseOrAnOrdinal) {
  EXPECT_EQ(good(R"({"language":"node_js"})").language, LanguageCode::NODE_JS);
  EXPECT_EQ(good(R"({"language":9})").language, LanguageCode::GO);
  EXPECT_EQ(good(R"({"language":"KLINGON"})").language, LanguageCode::UNKNOWN);
  EXPECT_EQ(good(R"({"language":200})").language, LanguageCode::UNKNOWN);
  EXPECT_EQ(good(R"({"language":null})").language, LanguageCode::UNKNOWN);
}

TEST(JsonHeader, UnicodeEscapesAreDecoded) {
  EXPECT_EQ(good(R"({"remark":"\u0041\u00e4\u4E2D\uD83D\ude00\/"})").remark, "A\xC3\xA4\xE4\xB8\xAD\xF0\x9F\x98\x80/");
  EXPECT_EQ(good(R"({"remark":"\uD83Dx"})").remark, "?x") << "an unpaired surrogate is written as Java writes it";
  EXPECT_EQ(good(R"({"remark":"\uDE00\uD83D"})").remark, "??");
  EXPECT_EQ(good(R"({"extFields":{"\u0061":"\u0001\u0000"}})").ext_fields.get("a"), string_view("\x01\0", 2));
}

TEST(JsonHeader, TheLastOfARepeatedKeyWinsAtTheFirstPlace) {
  const RemotingCommand few = good(R"({"extFields":{"a":"1","b":"2","a":"3"}})");
  EXPECT_EQ(few.ext_fields.size(), 2u);
  EXPECT_EQ(few.ext_fields[0], ExtFields::Entry("a", "3"));
  std::string header = R"({"extFields":{)";
  for (int i = 0; i < 500; ++i) header += "\"k" + std::to_string(i % 200) + "\":\"" + std::to_string(i) + "\",";
  const RemotingCommand many = good(header + "}}");
  EXPECT_EQ(many.ext_fields.size(), 200u);
  EXPECT_EQ(many.ext_fields.get("k0"), "400");
  EXPECT_EQ(many.ext_fields.get("k150"), "350");
  EXPECT_EQ(many.ext_fields[0].first, "k0");
}

TEST(JsonHeader, BrokenTextIsRefused) {
  RemotingCommand c;
  for (const string_view header : {" ",
                                   "[]",
                                   "null",
                                   "{",
                                   "}",
                                   "{\"code\"",
                                   "{\"code\":",
                                   "{\"code\":1",
                                   "{\"code\":1}x",
                                   "{\"code\":1}}",
                                   "{\"code\":1 \"flag\":0}",
                                   "{\"code\":abc}",
                                   "{\"code\":\"abc\"}",
                                   "{\"code\":tru}",
                                   "{\"code\":1e101}",
                                   "{\"code\":1e99999999999}",
                                   "{\"code\":\"1.5\"}",
                                   "{\"code\":{}}",
                                   "{\"code\":99999999999}",
                                   "{\"code\":[]}",
                                   "{\"code\":-}",
                                   "{\"extFields\":[]}",
                                   "{\"extFields\":\"x\"}",
                                   "{\"extFields\":{\"a\":}}",
                                   "{\"extFields\":{\"a\":tru}}",
                                   "{\"extFields\":{\"a\":\"b}}",
                                   "{\"extFields\":{\"a\"}}",
                                   "{\"remark\":\"\\",
                                   "{\"remark\":\"\\u12",
                                   "{\"remark\":\"\\u12G4\"}",
                                   "{\"remark\":\"\\q\"}",
                                   "{\"remark\":\"\xFF\"}",
                                   "{\"remark\":\"\xC0\x80\"}",
                                   "{\"remark\":\"\xED\xA0\x80\"}",
                                   "{\"x\":01x}",
                                   "{\"x\":1.}",
                                   "{\"x\":1e}",
                                   "{\"x\":nul}",
                                   "{/* }",
                                   "{\"extFields\":{\"\"\":1}}",
                                   "{\"extFields\":{\"\"\":\"x\"}}",
                                   "{\"x\":[1 2]}",
                                   "{\"x\":{1}}",
                                   "{:1}"}) {
    EXPECT_EQ(decode_json(header, c), RemotingError::bad_json) << header;
  }
}

TEST(JsonHeader, NestingIsBounded) {
  RemotingCommand c;
  const auto nested = [](std::size_t n) { return "{\"x\":" + std::string(n, '[') + std::string(n, ']') + "}"; };
  EXPECT_FALSE(decode_json(nested(500), c));
  EXPECT_EQ(decode_json(nested(600), c), RemotingError::bad_json);
  EXPECT_EQ(decode_json("{\"x\":" + std::string(1'000'000, '['), c), RemotingError::bad_json);
}

TEST(JsonHeader, TheTrueEndOfTheHeaderIsRespected) {
  // The quote that would close the string lies in the body.
  RemotingCommand c;
  EXPECT_EQ(decode(frame(R"({"remark":"abc)", R"("})"), c), RemotingError::bad_json);
  EXPECT_FALSE(decode(frame(R"({"code":1})", R"(,"flag":1})"), c));
  EXPECT_EQ(c.body, R"(,"flag":1})");
}

TEST(JsonHeader, ManyHostileEntriesCostLinearTime) {
  std::string header = "{\"extFields\":{";
  for (int i = 0; i < 300'000; ++i) header += "a:1,";
  header += "}}";
  EXPECT_EQ(good(header).ext_fields.size(), 1u);
}

TEST(Frame, WordsThatCannotBeAreRefused) {
  RemotingCommand c;
  EXPECT_EQ(decode("", c), RemotingError::bad_length);
  EXPECT_EQ(decode("\0\0\0", c), RemotingError::bad_length);
  EXPECT_EQ(decode(frame(""), c), RemotingError::bad_header_length);
  EXPECT_EQ(decode(frame("", "body", 1), c), RemotingError::bad_header_length);
  std::string longer = frame("{}");
  longer[3] = 3;
  EXPECT_EQ(decode(longer, c), RemotingError::bad_header_length);
  for (const unsigned type : {2u, 7u, 255u})
    EXPECT_EQ(decode(frame("{}", {}, type), c), RemotingError::unknown_serialize_type);
}

std::string binary(std::initializer_list<std::pair<string_view, string_view>> entries, string_view remark = {}) {
  std::string map, h;
  for (const auto& [k, v] : entries) {
    text::put16(map, static_cast<std::uint16_t>(k.size()));
    map += k;
    text::put32(map, static_cast<std::uint32_t>(v.size()));
    map += v;
  }
  text::put16(h, 310);
  h += '\x09';
  text::put16(h, 317);
  text::put32(h, 5);
  text::put32(h, 2);
  text::put32(h, static_cast<std::uint32_t>(remark.size()));
  h += remark;
  text::put32(h, static_cast<std::uint32_t>(map.size()));
  return h + map;
}

TEST(BinaryHeader, IsReadAndWritten) {
  RemotingCommand c;
  const std::string header = binary({{"a", "PG"}, {"b", "T"}}, "why");
  ASSERT_FALSE(decode(frame(header, "body", 1), c));
  EXPECT_EQ(c.code, 310);
  EXPECT_EQ(c.language, LanguageCode::GO);
  EXPECT_EQ(c.version, 317);
  EXPECT_EQ(c.opaque, 5);
  EXPECT_TRUE(c.is_oneway());
  EXPECT_EQ(c.remark, "why");
  EXPECT_EQ(c.ext_fields.get("a"), "PG");
  EXPECT_EQ(c.body, "body");
  EXPECT_EQ(header_of(c), header);
}

TEST(BinaryHeader, LengthZeroIsNullAndTheLastDuplicateWins) {
  RemotingCommand c;
  ASSERT_FALSE(decode(frame(binary({{"a", "1"}, {"", "x"}, {"b", ""}, {"a", "2"}}), {}, 1), c));
  EXPECT_FALSE(c.remark);
  EXPECT_EQ(c.ext_fields.size(), 1u);
  EXPECT_EQ(c.ext_fields.get("a"), "2");
  ASSERT_FALSE(decode(frame(binary({}), {}, 1), c));
  EXPECT_FALSE(c.has_ext_fields);
}

TEST(BinaryHeader, CodesAreSixteenBitsWithSign) {
  RemotingCommand c, again;
  c.serialize_type = SerializeType::ROCKETMQ;
  c.code = -1006;
  std::string out;
  encode(c, out);
  ASSERT_FALSE(decode(string_view(out).substr(4), again));
  EXPECT_EQ(again.code, -1006);
}

TEST(BinaryHeader, MalformedTextIsReplacedAsJavaDoes) {
  RemotingCommand c;
  ASSERT_FALSE(decode(frame(binary({{"a", "\xFFx"}, {"b", "\xC3\xA4"}}, "\xC0"), {}, 1), c));
  EXPECT_EQ(c.ext_fields.get("a"), "\xEF\xBF\xBDx");
  EXPECT_EQ(c.ext_fields.get("b"), "\xC3\xA4");
  EXPECT_EQ(c.remark, "\xEF\xBF\xBD");
}

TEST(BinaryHeader, EveryTruncationAndEveryImpossibleLengthIsRefused) {
  RemotingCommand c;
  const std::string header = binary({{"a", "PG"}, {"bcd", "T"}}, "why");
  for (std::size_t n = 1; n < header.size(); ++n) {
    EXPECT_EQ(decode(frame(header.substr(0, n), {}, 1), c), RemotingError::bad_binary) << n;
  }
  for (const std::size_t at : {13u, 20u}) {  // remark length, map length
    for (const std::uint32_t length : {0xFFFFFFFFu, 0x80000000u, 0x7FFFFFFFu, 1000u}) {
      std::string bad = header;
      text::store32(bad.data() + at, length);
      EXPECT_EQ(decode(frame(bad, {}, 1), c), RemotingError::bad_binary) << at << ' ' << length;
    }
  }
  std::string bad = header;
  text::store16(bad.data() + 24, 0xFFFF);  // first key
  EXPECT_EQ(decode(frame(bad, {}, 1), c), RemotingError::bad_binary);
  bad = header;
  text::store32(bad.data() + 27, 0xFFFFFFF0u);  // first value
  EXPECT_EQ(decode(frame(bad, {}, 1), c), RemotingError::bad_binary);
}

TEST(BinaryHeader, BytesLeftOverInTheHeaderShiftTheBody) {
  RemotingCommand c;
  ASSERT_FALSE(decode(frame(binary({{"a", "1"}}) + "xyz", "body", 1), c));
  EXPECT_EQ(c.body, "xyzb");
}

// Property: decoding what was encoded gives the same command, for arbitrary texts, in both forms.
TEST(HeaderCodec, EncodingIsInvertedByDecoding) {
  std::mt19937 random(7);
  const auto any_text = [&](std::size_t longest) {
    std::string s;
    for (std::size_t n = random() % (longest + 1); n > 0; --n) {
      static constexpr char32_t kLimits[] = {0x20, 0x80, 0x80, 0x80, 0xA0, 0x800, 0x2030, 0x110000};
      char32_t c = random() % kLimits[random() % 8];
      if (c >= 0xD800 && c < 0xE000) c = 'x';
      char b[4];
      s.append(b, text::put_utf8(b, c));
    }
    return s;
  };
  RemotingCommand again;
  for (int round = 0; round < 5000; ++round) {
    RemotingCommand c;
    const bool json = random() % 2 != 0;
    c.serialize_type = json ? SerializeType::JSON : SerializeType::ROCKETMQ;
    c.code = static_cast<std::int16_t>(random());
    c.version = static_cast<std::int16_t>(random());
    c.opaque = static_cast<std::int32_t>(random());
    c.flag = static_cast<std::int32_t>(random());
    c.language = static_cast<LanguageCode>(random() % 14);
    if (random() % 2 != 0) c.remark = "r" + any_text(round % 50 == 0 ? 3000 : 40);
    for (std::size_t n = random() % 6; n > 0; --n) c.ext().set("k" + any_text(12), "v" + any_text(60));
    c.body = any_text(30);
    std::string out;
    encode(c, out);
    ASSERT_EQ(text::load32(out.data()), out.size() - 4);
    if (json) {
      const std::string header = header_of(c);
      ASSERT_EQ(nlohmann::json::parse(header)["opaque"], c.opaque) << "not strict JSON: " << header;
    }
    ASSERT_FALSE(decode(string_view(out).substr(4), again)) << out;
    EXPECT_EQ(again.code, c.code);
    EXPECT_EQ(again.version, c.version);
    EXPECT_EQ(again.opaque, c.opaque);
    EXPECT_EQ(again.flag, c.flag);
    EXPECT_EQ(again.language, c.language);
    EXPECT_EQ(again.remark, c.remark);
    EXPECT_EQ(again.has_ext_fields, c.has_ext_fields);
    EXPECT_EQ(again.body, c.body);
    ASSERT_EQ(again.ext_fields.size(), c.ext_fields.size());
    for (std::size_t i = 0; i < c.ext_fields.size(); ++i) EXPECT_EQ(again.ext_fields[i], c.ext_fields[i]);
  }
}

}  // namespace
}  // namespace rmqsim
