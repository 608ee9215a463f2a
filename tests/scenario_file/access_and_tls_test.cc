// Mistakes in who may do what, in how servers take TLS, in listeners and in starts that are to fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario_file/minimal.h"

namespace rmqsim {
namespace access_and_tls_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string in_cluster(const std::string& members) {
  return parse_minimal("\"nameservers\": [\"ns-1\"],", "\"nameservers\": [\"ns-1\", \"ns-2\"], " + members + ",")
      .to_string();
}
std::string account(const std::string& members) {
  return in_cluster(R"("accounts": [{"accessKey": "a", "secretKey": "s", )" + members + "}]");
}
std::string producer(const std::string& members) {
  return parse_minimal("\"queueIndex\"", members + ", \"queueIndex\"").to_string();
}
std::string event(const std::string& value) {
  return parse_minimal("\"steps\": [", "\"steps\": [{\"do\": {\"startProducer\": " + value + "}},").to_string();
}

TEST(Accounts, SayWhatIsNoPermission) {
  EXPECT_THAT(account(R"("defaultTopicPerm": "ALL")"),
              HasSubstr("/cluster/accounts/0/defaultTopicPerm: unknown permission"));
  EXPECT_THAT(account(R"("topicPerms": ["TopicTest"])"), HasSubstr("expected TOPIC=PERM"));
  EXPECT_THAT(account(R"("topicPerms": ["=PUB"])"), HasSubstr("expected TOPIC=PERM"));
  EXPECT_THAT(account(R"("topicPerms": ["TopicTest=pub"])"), HasSubstr("/cluster/accounts/0/topicPerms/0: expected"));
  EXPECT_THAT(account(R"("topicPerms": ["T=PUB", "T=DENY"])"), HasSubstr("the topic \"T\" is named twice"));
  EXPECT_THAT(account(R"("admin": "yes")"), HasSubstr("/cluster/accounts/0/admin: expected"));
}

TEST(Accounts, WithoutAWordAboutPermissionsMayDoEverything) {
  const ParseResult parsed = parse_minimal(
      "\"topics\"",
      R"("autoCreateTopic": true, "accounts": [{"accessKey": "a", "secretKey": "s"},
        {"accessKey": "b", "secretKey": "s", "topicPerms": ["T=PUB|SUB", "U=SUB|PUB"]}], "topics")");
  ASSERT_TRUE(parsed.ok()) << parsed.to_string();
  const auto& accounts = parsed.scenario->cluster.accounts;
  EXPECT_FALSE(accounts[0].may);
  ASSERT_TRUE(accounts[1].may);
  EXPECT_THAT(accounts[1].may->topic_perms, ElementsAre(Pair("T", TopicPerm::pub_sub), Pair("U", TopicPerm::pub_sub)));
}

TEST(TlsModes, AreOfServersThatExistAndLetBrokersRegister) {
  EXPECT_THAT(in_cluster(R"("brokers": ["x"], "tls": {"broker-z": "permissive"})"), HasSubstr("unknown server"));
  EXPECT_THAT(in_cluster(R"("tls": {"ns-1": "on"})"), HasSubstr("unknown mode \"on\""));
  EXPECT_THAT(in_cluster(R"("tls": {"ns-1": "disabled", "ns-2": "enforcing"})"),
              HasSubstr("brokers could not register: \"ns-1\" takes plain text alone and \"ns-2\" TLS alone"));
  EXPECT_EQ(in_cluster(R"("tls": {"ns-1": "permissive", "ns-2": "enforcing", "broker-a": "disabled"})"), "");
}

TEST(Listeners, AreNoneOrAnswer) {
  EXPECT_THAT(producer(R"("listener": "nobody")"), HasSubstr("expected \"none\" or an object"));
  EXPECT_THAT(producer(R"("listener": {"local": "maybe"})"), HasSubstr("unknown transaction state"));
  EXPECT_THAT(producer(R"("listener": {"checks": []})"), HasSubstr("did you mean \"check\"?"));
}

TEST(StartsThatFail, SayWhoAndHow) {
  EXPECT_THAT(event(R"({"producer": "p"})"), HasSubstr("missing key \"exception\""));
  EXPECT_THAT(event(R"({"producer": "q", "exception": {"type": "MQClientException"}})"), HasSubstr("unknown producer"));
  EXPECT_THAT(event(R"({"producer": "p", "exception": {}})"), HasSubstr("expected \"type\""));
  EXPECT_EQ(event(R"({"producer": "p", "exception": {"type": "MQClientException"}})"), "") << "though it runs";
}

}  // namespace access_and_tls_test
}  // namespace rmqsim
