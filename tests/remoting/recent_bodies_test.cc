// Bodies that were decoded are remembered by their bytes.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "producer/remoting/codec/recent_bodies.h"

namespace rmqsim {
namespace recent_bodies_test {

struct Reader {
  RecentBodies<std::string> recent;
  int decoded = 0;

  std::string read(std::string_view body, std::uint64_t form = 0) {
    const auto text = recent.get(body, form, [this](std::string_view bytes, std::string& out) {
      ++decoded;
      out = "<" + std::string(bytes) + ">";
      return bytes != "bad";
    });
    return text ? *text : "unreadable";
  }
};

TEST(RecentBodies, TheSameBytesInTheSameFormAreDecodedOnce) {
  Reader reader;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(reader.read("route"), "<route>");
  EXPECT_EQ(reader.decoded, 1);
  EXPECT_EQ(reader.read("route", 1), "<route>");
  EXPECT_EQ(reader.read("routf"), "<routf>");
  EXPECT_EQ(reader.decoded, 3);
}

TEST(RecentBodies, WhatCannotBeReadIsNeverRemembered) {
  Reader reader;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(reader.read("bad"), "unreadable");
  EXPECT_EQ(reader.decoded, 2);
}

TEST(RecentBodies, FewAreKeptAndNoneThatAreLong) {
  Reader reader;
  const std::string longer(20'000, 'x');
  reader.read(longer);
  reader.read(longer);
  EXPECT_EQ(reader.decoded, 2);
  reader.read("first");
  for (int i = 0; i < 100; ++i) reader.read(std::to_string(i));
  reader.read("first");
  EXPECT_EQ(reader.decoded, 104);
}

}  // namespace recent_bodies_test
}  // namespace rmqsim
