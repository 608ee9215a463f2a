// Any JSON is a header: whatever a general parser makes of a text, the header decoder makes of it, too.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace json_header_property_test {

using nlohmann::ordered_json;
using std::string_view;

error_code decode_header(const std::string& header, RemotingCommand& c) {
  std::string frame;
  text::put32(frame, static_cast<std::uint32_t>(header.size()));
  return decode(frame + header, c);
}

/// Writes a header as its choices say; without choices left, the shortest one.
class HeaderWriter {
 public:
  explicit HeaderWriter(std::vector<std::uint8_t> choices) : choices_(std::move(choices)) {}

  std::string write() {
    if (next(8) == 1) out_ += "\xEF\xBB\xBF";
    blanks();
    object([this] { member(); });
    blanks();
    return out_;
  }

 private:
  unsigned next(unsigned n) { return i_ == choices_.size() ? 0 : choices_[i_++] % n; }

  void blanks() {
    static constexpr string_view kBlanks = " \t\n\r";
    for (unsigned n = next(4); n > 1; --n) out_ += kBlanks[next(4)];
  }
  template <class F>
  void object(F&& member) {
    out_ += '{';
    const unsigned n = next(8);
    for (unsigned i = 0; i < n; ++i) {
      if (i != 0) out_ += ',';
      blanks();
      member();
    }
    blanks();
    out_ += '}';
  }
  void name(string_view s) {
    out_ += '"';
    for (const char c : s) {
      if (next(8) == 1) {
        char escaped[16];
        std::snprintf(escaped, sizeof escaped, next(2) == 0 ? "\\u%04x" : "\\u%04X", c);
        out_ += escaped;
      } else {
        out_ += c;
      }
    }
    out_ += '"';
    blanks();
    out_ += ':';
    blanks();
  }
  void text() {
    static constexpr string_view kPieces[] = {
        "T",       "\\n",  "\\u0001", "\\u00e4", "\xC3\xA4", "\\ud83D\\uDE00",
        "\\\\",    "\\\"", "\\/",     "{",       ",",        "\xF0\x9F\x98\x80",
        "\\u0041", "'",    "// ",     ":",       "}",        "long enough to be loaded"};
    out_ += '"';
    for (unsigned n = next(5); n > 0; --n) out_ += kPieces[next(std::size(kPieces))];
    out_ += '"';
  }
  void number() {
    static constexpr string_view kNumbers[] = {"0",           "105",           "-1",  "105.0",      "1.05e2",
                                               "10500E-2",    "1.5",           "-0",  "0.0e+5",     "2147483647",
                                               "-2147483648", "2.147483647e9", "3e0", "1234567890", "-7.0"};
    out_ += kNumbers[next(std::size(kNumbers))];
  }
  void value(int depth) {
    switch (next(depth < 3 ? 6 : 4)) {
      case 0:
        return text();
      case 1:
        return number();
      case 2:
        out_ += next(2) == 0 ? "true" : "false";
        return;
      case 3:
        out_ += "null";
        return;
      case 4:
        return object([&] {
          name("k" + std::to_string(next(4)));
          value(depth + 1);
        });
      default:
        out_ += '[';
        for (unsigned i = 0, n = next(4); i < n; ++i) {
          if (i != 0) out_ += ',';
          blanks();
          value(depth + 1);
          blanks();
        }
        out_ += ']';
    }
  }
  void member() {
    switch (next(9)) {
      case 0:
        name("code");
        number();
        break;
      case 1:
        name("opaque");
        number();
        break;
      case 2:
        name("flag");
        number();
        break;
      case 3:
        name("version");
        number();
        break;
      case 4:
        name("language");
        out_ += "\"GO\"";
        break;
      case 5:
        name("remark");
        next(3) == 0 ? void(out_ += "null") : text();
        break;
      case 6:
        name("extFields");
        if (next(6) == 1) {
          out_ += "null";
        } else {
          object([this] {
            static constexpr string_view kKeys[] = {"a", "topic", "", "with blank"};
            name(kKeys[next(4)]);
            next(4) == 0 ? value(0) : text();
          });
        }
        break;
      case 7:
        name("serializeTypeCurrentRPC");
        out_ += "\"JSON\"";
        break;
      default:
        name("unknown");
        value(0);
    }
    blanks();
  }

  std::vector<std::uint8_t> choices_;
  std::size_t i_ = 0;
  std::string out_;
};

std::int32_t int_of(const ordered_json& header, const char* name) {
  const auto it = header.find(name);
  return it == header.end() ? 0 : static_cast<std::int32_t>(it->get<double>());
}

/// What Java puts into a map of strings; numbers stay as they were written, which a tree does not keep.
bool same_value(string_view ours, const ordered_json& theirs) {
  if (theirs.is_string()) return ours == theirs.get_ref<const std::string&>();
  const auto again = ordered_json::parse(ours, nullptr, false);
  return again == theirs && (theirs.is_structured() || ours.find_first_of(" \t\r\n") == ours.npos);
}

void same_fields(const std::string& text) {
  RemotingCommand c;
  RC_LOG() << text << '\n';
  const auto header = ordered_json::parse(text);
  RC_ASSERT(!decode_header(text, c));
  RC_ASSERT(c.code == int_of(header, "code"));
  RC_ASSERT(c.opaque == int_of(header, "opaque"));
  RC_ASSERT(c.has_opaque == header.contains("opaque"));
  RC_ASSERT(c.flag == int_of(header, "flag"));
  RC_ASSERT(c.version == int_of(header, "version"));
  RC_ASSERT(c.language == (header.contains("language") ? LanguageCode::GO : LanguageCode::JAVA));
  const bool remark = header.contains("remark") && !header["remark"].is_null();
  RC_ASSERT(c.remark.has_value() == remark);
  if (remark) RC_ASSERT(*c.remark == header["remark"].get<std::string>());
  const ordered_json ext = header.value("extFields", ordered_json());
  RC_ASSERT(c.has_ext_fields == ext.is_object());
  std::size_t present = 0;
  for (const auto& [key, value] : ext.items()) {
    RC_ASSERT(c.ext_fields.contains(key) == !value.is_null());
    if (value.is_null()) continue;
    ++present;
    RC_ASSERT(same_value(c.ext_fields.get(key), value));
  }
  RC_ASSERT(c.ext_fields.size() == present);
}

TEST(AnyJson, IsAHeaderWithTheFieldsThatAGeneralParserFinds) {
  ::setenv("RC_PARAMS", "seed=20261128 max_success=3000 max_size=200", 0);
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& choices) { same_fields(HeaderWriter(choices).write()); }));
}

RemotingCommand header(string_view text) {
  RemotingCommand c;
  EXPECT_FALSE(decode_header(std::string(text), c)) << text;
  return c;
}

TEST(AnyJson, MayHaveBlanksWhereverItMay) {
  const auto python = header(R"({"code": 105, "language": "JAVA", "version": 479, "opaque": 8, "flag": 0, )"
                             R"("extFields": {"topic": "T", "acceptStandardJsonOnly": "true"}})");
  EXPECT_EQ(python.code, 105);
  EXPECT_EQ(python.opaque, 8);
  EXPECT_TRUE(python.has_opaque);
  EXPECT_EQ(python.version, 479);
  EXPECT_EQ(python.ext_fields.get("topic"), "T");
  EXPECT_EQ(python.ext_fields.get("acceptStandardJsonOnly"), "true");
  EXPECT_EQ(header("\n{\r\n\t\"code\"\t:\t-1 \n,\"flag\" :1}").code, -1);
  EXPECT_EQ(header("\xEF\xBB\xBF {\"code\":1}").code, 1) << "after a byte-order mark";
  RemotingCommand c;
  EXPECT_EQ(decode_header(" \xEF\xBB\xBF{\"code\":1}", c), RemotingError::bad_json) << "a mark is a first character";
}

struct Cast {
  string_view text;
  std::int32_t value;
};

TEST(AnyJson, MayBeFollowedByControlCharactersButByNothingElse) {
  RemotingCommand c;
  const std::string header = R"({"code":10,"opaque":7})";
  EXPECT_FALSE(decode_header(header + std::string("\0\0 \x01\n\x1F\x7F\0", 8), c));
  EXPECT_EQ(c.code, 10);
  EXPECT_EQ(c.opaque, 7);
  EXPECT_TRUE(decode_header(header + "x", c));
  EXPECT_TRUE(decode_header(header + std::string("\0}", 2), c));
  EXPECT_TRUE(decode_header(std::string("\0", 1) + header, c)) << "only blanks come before";
}

TEST(JsonInt, IsCastAsJavaCastsIt) {
  const Cast kCasts[] = {{"105.0", 105},      {"1.05e2", 105},     {"1050e-1", 105}, {"1.5", 1},
                         {"-1.9", -1},        {"0.99", 0},         {"1e-9", 0},      {"2147483648.0", INT32_MIN},
                         {"4294967297e0", 1}, {"1e100", 0},        {"0e200", 0},     {"\"105\"", 105},
                         {"\"105.00\"", 105}, {"\"1,005\"", 1005}, {"\"-3\"", -3},   {"\"\"", 0},
                         {"\"null\"", 0},     {"\"NULL\"", 0},     {"null", 0},      {"true", 1},
                         {"false", 0}};
  for (const Cast& cast : kCasts) {
    EXPECT_EQ(header("{\"code\":" + std::string(cast.text) + "}").code, cast.value) << cast.text;
    EXPECT_EQ(header("{ \"opaque\" : " + std::string(cast.text) + " }").opaque, cast.value) << cast.text;
  }
  EXPECT_FALSE(header("{\"opaque\":\"\"}").has_opaque);
  RemotingCommand c;
  for (const string_view text : {"2147483648", "-2147483649", "1e101", "1.5e-101", "1e99999999999", "\"1.5\"", "\"x\"",
                                 "\"1e2\"", "[]", "{}", "truely"}) {
    EXPECT_EQ(decode_header("{\"code\":" + std::string(text) + "}", c), RemotingError::bad_json) << text;
  }
}

TEST(JsonName, IsFoundInAnyCaseAndSpelling) {
  EXPECT_EQ(header(R"({"\u0063ode":105})").code, 105);
  EXPECT_EQ(header(R"({"Code":105})").code, 105);
  EXPECT_EQ(header(R"({"ext_fields":{"a":"b"}})").ext_fields.get("a"), "b");
  EXPECT_EQ(header(R"({"codes":105})").code, 0);
}

TEST(JsonEntries, OfTheLastObjectCountAndANullTakesAValueAway) {
  const auto two = header(R"({"extFields":{"a":"1"},"extFields":{"b":"2"}})");
  EXPECT_FALSE(two.ext_fields.contains("a"));
  EXPECT_EQ(two.ext_fields.get("b"), "2");
  EXPECT_FALSE(header(R"({"extFields":{"a":"1"},"extFields":null})").has_ext_fields);
  EXPECT_FALSE(header(R"({"extFields":""})").has_ext_fields);
  const auto taken = header(R"({"extFields":{"a":"1","b":"2","a":null}})");
  EXPECT_FALSE(taken.ext_fields.contains("a"));
  EXPECT_EQ(taken.ext_fields.size(), 1u);
}

TEST(JsonEntries, KeepNestedValuesWithoutTheirBlanks) {
  EXPECT_EQ(header(R"({"extFields": {"q": { "a b" : [ 1, "x\" y" ] } }})").ext_fields.get("q"),
            R"({"a b":[1,"x\" y"]})");
}

}  // namespace json_header_property_test
}  // namespace rmqsim
