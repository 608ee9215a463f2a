// JSON strings as fastjson writes them: what is escaped, wherever it stands.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdio>
#include <string>

#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace json_text_test {

std::string unit(unsigned value) {
  char text[8];
  std::snprintf(text, sizeof text, "\\u%04X", value);
  return text;
}

std::string utf8(char32_t c) {
  char bytes[4];
  return {bytes, text::put_utf8(bytes, c)};
}

std::string escaped(char32_t c, bool browser) {
  const std::string letters = "\bb\tt\nn\ff\rr\"\"\\\\";
  for (std::size_t i = 0; i < letters.size(); i += 2) {
    if (c == static_cast<unsigned char>(letters[i])) return std::string("\\") + letters[i + 1];
  }
  if (c == '/' && browser) return "\\/";
  if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029) return unit(c);
  if (c < 0x80 || !browser) return utf8(c);
  if (c < 0x10000) return unit(c);
  return unit(0xD800 + ((c - 0x10000) >> 10)) + unit(0xDC00 + ((c - 0x10000) & 0x3FF));
}

TEST(JsonText, EscapesWhatFastjsonEscapesWhereverItStands) {
  const auto check = [](char32_t c, std::size_t before) {
    const std::string plain(before, 'a');
    const std::string text = plain + utf8(c) + "z" + utf8(c);
    for (const bool browser : {false, true}) {
      std::string out = "[";
      browser ? text::append_json_string_browser(out, text) : text::append_json_string(out, text);
      const std::string form = escaped(c, browser);
      ASSERT_EQ(out, "[\"" + plain + form + "z" + form + "\"") << static_cast<unsigned>(c) << " after " << before;
    }
  };
  for (const std::size_t before : {0, 1, 15, 16, 17, 1021, 1022, 1023, 1024}) {
    for (char32_t c = 0; c < 0x100; ++c) check(c, before);
    for (const char32_t c : {0x7FFu, 0x800u, 0x2027u, 0x2028u, 0x2029u, 0x202Au, 0xFFFDu, 0x10000u, 0x1F600u}) {
      check(c, before);
    }
  }
}

}  // namespace json_text_test
}  // namespace rmqsim
