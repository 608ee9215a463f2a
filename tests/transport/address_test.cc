// Splitting "ip:port".
#include <gtest/gtest.h>

#include "producer/transport/address.h"

namespace rmqsim {
namespace {

TEST(Address, SplitsAtTheLastColon) {
  EXPECT_EQ(parse_address("10.0.0.1:9876"), (Address{"10.0.0.1", 9876}));
  EXPECT_EQ(parse_address("::1:80"), (Address{"::1", 80}));
  EXPECT_EQ(to_string(Address{"broker-a", 65535}), "broker-a:65535");
}

TEST(Address, RefusesWhatIsNotAnAddress) {
  for (const char* text :
       {"", ":", "host", "host:", ":1", "host:65536", "host:+1", "host:1 ", "host:0x1", "host:100000"}) {
    EXPECT_EQ(parse_address(text), std::nullopt) << text;
  }
}

TEST(Address, KnowsIpv4WhenItSeesIt) {
  for (const char* text : {"0.0.0.0", "255.255.255.255", "10.0.0.1"}) EXPECT_TRUE(is_ipv4(text)) << text;
  for (const char* text :
       {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.", "a.b.c.d", "1.2.3.4 ", "-1.2.3.4", "0001.2.3.4"}) {
    EXPECT_FALSE(is_ipv4(text)) << text;
  }
}

}  // namespace
}  // namespace rmqsim
