// fake_namesrv and fake_broker as programs: the ready line, an orderly end, wrong input, and a producer that sends to
// them over TCP.
#include <gtest/gtest.h>

#include <signal.h>

#include <string>

#include "producer/client/api/acl_client_rpc_hook.h"
#include "producer/client/api/default_mq_producer.h"
#include "tests/tools/becomes.h"
#include "tests/tools/command.h"
#include "tests/tools/running_program.h"

namespace rmqsim {
namespace {

TEST(Programs, AProducerSendsThroughThemAndTheyEndOnSigterm) {
  Program namesrv("fake_namesrv", {"--listen", "127.0.0.1:0"});
  ASSERT_NE(namesrv.address(), "") << namesrv.ready();
  Program broker("fake_broker", {"--listen", "127.0.0.1:0", "--name", "broker-a", "--namesrv", namesrv.address(),
                                 "--topic", "TopicTest:4"});
  ASSERT_NE(broker.address(), "") << broker.ready();
  {
    DefaultMQProducer producer{"please_rename_unique_group_name"};
    producer.setNamesrvAddr(namesrv.address());
    producer.setRetryTimesWhenSendFailed(2);
    producer.start();
    // The ready line may come a moment before the registration.
    ASSERT_TRUE(becomes([&] {
      try {
        producer.send(Message("TopicTest", "TagA", "warm"));
        return true;
      } catch (const MQClientException&) {
        return false;
      }
    }));
    for (int i = 0; i < 100; ++i) {
      const SendResult result = producer.send(Message("TopicTest", "TagA", "Hello RocketMQ " + std::to_string(i)));
      ASSERT_EQ(result.getSendStatus(), SendStatus::SEND_OK);
    }
    producer.shutdown();
  }
  EXPECT_EQ(broker.stop(SIGTERM), 0);
  EXPECT_EQ(namesrv.stop(SIGINT), 0);
}

TEST(Programs, ABrokerPlaysItsPartOfAScenariosFaults) {
  Program namesrv("fake_namesrv", {"--listen", "127.0.0.1:0"});
  // Busy for its first five sends; the scenario's topic comes with it.
  Program broker("fake_broker", {"--listen", "127.0.0.1:0", "--name", "broker-a", "--namesrv", namesrv.address(),
                                 "--scenario", RMQSIM_SOURCE_DIR "/scenarios/codes/code-system-busy-first-five.json"});
  ASSERT_NE(broker.address(), "") << broker.ready();
  DefaultMQProducer producer{"please_rename_unique_group_name"};
  producer.setNamesrvAddr(namesrv.address());
  producer.start();
  ASSERT_TRUE(becomes([&] {
    try {
      producer.send(Message("TopicTest", "TagA", "the first three tries"));
      ADD_FAILURE() << "the broker should be busy";
    } catch (const MQClientException& e) {
      // Until the broker has registered there is no route, and nothing was sent.
      if (e.getMessage().find("No route info") != std::string::npos) return false;
      EXPECT_EQ(e.getResponseCode(), 2) << e.getMessage();
    }
    return true;
  }));
  EXPECT_EQ(producer.send(Message("TopicTest", "TagA", "two more, then stored")).getQueueOffset(), 0);
  producer.shutdown();
  EXPECT_EQ(broker.stop(SIGTERM), 0);
}

TEST(Programs, ThatEnforceTlsAndSignaturesTakeAProducerThatHasBoth) {
  Program namesrv("fake_namesrv", {"--listen", "127.0.0.1:0", "--tls", "enforcing"});
  Program broker("fake_broker", {"--listen", "127.0.0.1:0", "--name", "broker-a", "--namesrv", namesrv.address(), "--topic",
                                 "TopicTest:4", "--tls", "enforcing", "--account", "shop:secret"});
  ASSERT_NE(broker.address(), "") << broker.ready();
  const auto credentials = std::make_shared<AclClientRPCHook>(SessionCredentials{"shop", "secret", {}});
  DefaultMQProducer producer{"please_rename_unique_group_name", credentials};
  producer.setNamesrvAddr(namesrv.address());
  producer.setUseTLS(true);
  producer.start();
  EXPECT_TRUE(becomes([&] {
    try {
      return producer.send(Message("TopicTest", "over TLS")).getSendStatus() == SendStatus::SEND_OK;
    } catch (const MQClientException& e) {  // not registered yet
      EXPECT_NE(e.getMessage().find("No route info"), std::string::npos) << e.getMessage();
      return false;
    }
  }));
  producer.shutdown();
  DefaultMQProducer plain{"another_group", credentials};
  plain.setNamesrvAddr(namesrv.address());
  plain.start();
  EXPECT_THROW(plain.send(Message("TopicTest", "in plain text")), IllegalStateException);
  plain.shutdown();
  EXPECT_EQ(broker.stop(SIGTERM), 0);
}

TEST(Programs, APortInUseIsOneLineAndStatus1) {
  Program first("fake_namesrv", {"--listen", "127.0.0.1:0"});
  ASSERT_NE(first.address(), "");
  for (const char* name : {"fake_namesrv", "fake_broker"}) {
    const CommandResult r = run_command(program(name) + " --listen " + first.address());
    EXPECT_EQ(r.exit_code, 1) << r.output;
    EXPECT_NE(r.output.find(first.address()), std::string::npos) << r.output;
    EXPECT_EQ(std::count(r.output.begin(), r.output.end(), '\n'), 1) << r.output;
  }
}

TEST(Programs, WrongArgumentsAreStatus64) {
  for (const char* name : {"fake_namesrv", "fake_broker"}) {
    EXPECT_EQ(run_command(program(name) + " --listen nonsense").exit_code, 64) << name;
    EXPECT_EQ(run_command(program(name) + " --colour blue").exit_code, 64) << name;
    EXPECT_EQ(run_command(program(name) + " --scenario /no/such.json").exit_code, 64) << name;
    EXPECT_EQ(run_command(program(name) + " --tls sometimes").exit_code, 64) << name;
    EXPECT_EQ(run_command(program(name) + " --seed -1").exit_code, 64) << name;
    const CommandResult fd = run_command(program(name) + " --control-fd 77");
    EXPECT_EQ(fd.exit_code, 64) << name;
    EXPECT_NE(fd.output.find("--control-fd takes a socket that a parent left open, not 77"), std::string::npos);
    const CommandResult help = run_command(program(name) + " --help");
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_NE(help.output.find("xample"), std::string::npos);
  }
}

TEST(Programs, WhatCannotBeMeantIsOneLineAndStatus64) {
  const std::pair<const char*, const char*> wrong[] = {
      {"fake_broker --name ''", R"(--name takes 1 to 127 letters)"},
      {"fake_namesrv --name 'a b'", R"(_, - or ., and not all, not "a b")"},
      {"fake_broker --cluster ''", "--cluster takes a name"},
      {"fake_broker --advertise 'a b'", R"(--advertise takes an IP or a name, not "a b")"},
      {"fake_broker --topic T:1 --topic T:2", "--topic T:2: that topic was given already"},
      {"fake_namesrv --topic T@a=127.0.0.1:1 --topic T@a=127.0.0.1:2", "that topic was given already for a"},
      {"fake_namesrv --topic T@a=x:y", "not T@a=x:y"},
      {"fake_broker --account shop:", "--account takes KEY:SECRET, not shop:"},
      {"fake_broker --broker-id=-1", "--broker-id: Value -1 not in range 0 to 9223372036854775807"},
      {"fake_broker --listen 192.0.2.1:0", "listen on 192.0.2.1:0: Cannot assign requested address"},
  };
  for (const auto& [line, message] : wrong) {
    const std::string name = std::string(line).substr(0, std::string_view(line).find(' '));
    const CommandResult r = run_command("timeout 20 " + program(name) + std::string(line).substr(name.size()) +
                                        (std::string_view(line).find("--listen") == std::string_view::npos ? " --listen 127.0.0.1:0" : ""));
    EXPECT_EQ(r.exit_code, 64) << line << "\n" << r.output;
    EXPECT_NE(r.output.find(message), std::string::npos) << line << "\n" << r.output;
    EXPECT_EQ(std::count(r.output.begin(), r.output.end(), '\n'), 1) << r.output;
  }
}

TEST(Programs, ANameThatTheScenarioDoesNotKnowIsStatus64) {
  const std::string file = RMQSIM_SOURCE_DIR "/scenarios/codes/code-system-busy-first-five.json";
  const CommandResult broker = run_command(program("fake_broker") + " --name broker-aa --scenario " + file);
  EXPECT_EQ(broker.exit_code, 64);
  EXPECT_NE(broker.output.find("\"broker-aa\", which is no broker there; did you mean \"broker-a\"?"), std::string::npos)
      << broker.output;
  const CommandResult nameserver = run_command(program("fake_namesrv") + " --name ns-11 --scenario " + file);
  EXPECT_EQ(nameserver.exit_code, 64);
  EXPECT_NE(nameserver.output.find("\"ns-11\", which is no nameserver there; did you mean \"ns-1\"?"), std::string::npos)
      << nameserver.output;
}

TEST(Programs, ABrokerSaysOnceThatANameserverCannotBeReached) {
  EXPECT_EQ(run_command(program("fake_broker") + " --namesrv nonsense").exit_code, 64);
  // It tries again after 5 s: so long after its first word there is not a second one.
  const CommandResult result = run_command(
      "said=$(mktemp); " + program("fake_broker") +
      " --listen 127.0.0.1:0 --namesrv 127.0.0.1:1 >/dev/null 2>\"$said\" & broker=$!; looks=0; "
      "until [ -s \"$said\" ] || [ $looks = 600 ]; do sleep 0.1; looks=$((looks + 1)); done; "
      "sleep 6; kill $broker; wait $broker; cat \"$said\"; rm \"$said\"");
  EXPECT_EQ(result.output.find("fake_broker: nameserver 127.0.0.1:1 cannot be reached (connection refused"), 0u)
      << result.output;
  EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 1) << result.output;
}

TEST(Programs, ABrokerThatEnforcesTlsSaysThatAPlainNameserverDoesNotAnswerIt) {
  const Program nameserver("fake_namesrv", {"--listen", "127.0.0.1:0"});
  const CommandResult result = run_command("timeout 2 " + program("fake_broker") +
                                           " --tls enforcing --listen 127.0.0.1:0 --namesrv " + nameserver.address() +
                                           " 2>&1 >/dev/null");
  EXPECT_EQ(result.output.find("fake_broker: nameserver " + nameserver.address() + " does not answer the registration ("),
            0u) << result.output;
  EXPECT_NE(result.output.find("with --tls enforcing this broker speaks TLS to nameservers too"), std::string::npos);
  EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 1) << result.output;
}

TEST(Programs, ABrokerThatEnforcesTlsStoresThePlainRequestsThatItDoesNotAnswer) {
  const Program broker("fake_broker", {"--listen", "127.0.0.1:0", "--name", "broker-a", "--tls", "enforcing", "--topic",
                                       "T:1"});
  const Program nameserver("fake_namesrv",
                           {"--listen", "127.0.0.1:0", "--tls", "--topic", "T:1@broker-a=" + broker.address()});
  DefaultMQProducer plain{"plain"};
  plain.setNamesrvAddr(nameserver.address());
  plain.setRetryTimesWhenSendFailed(1);
  plain.start();
  EXPECT_THROW(plain.send(Message("T", "x")), MQException);
  DefaultMQProducer tls{"tls"};
  tls.setNamesrvAddr(nameserver.address());
  tls.setUseTLS(true);
  tls.start();
  EXPECT_EQ(tls.maxOffset(MessageQueue("T", "broker-a", 0)), 2) << "the send and its retry";
  tls.shutdown();
  plain.shutdown();
}

TEST(Programs, ANameserverListIsTakenAsJavaTakesIt) {
  const CommandResult blank = run_command(program("fake_broker") + " --namesrv ' 127.0.0.1:9876'");
  EXPECT_EQ(blank.exit_code, 64);
  EXPECT_NE(blank.output.find("--namesrv takes ip:port;ip:port, without blanks"), std::string::npos) << blank.output;
  const Program nameserver("fake_namesrv", {"--listen", "127.0.0.1:0", "--topic", "T:1@broker-a=127.0.0.1:1"});
  const auto finds_route = [&](const std::string& list) {
    DefaultMQProducer producer{"g"};
    producer.setNamesrvAddr(list);
    producer.start();
    bool found = false;
    for (int i = 0; i < 3 && !found; ++i) {  // 5.3.3 tries one of the list at a time
      try {
        found = producer.fetchPublishMessageQueues("T").size() == 1;
      } catch (const std::exception&) {
      }
    }
    producer.shutdown();
    return found;
  };
  EXPECT_TRUE(finds_route(nameserver.address()));
  EXPECT_TRUE(finds_route(";" + nameserver.address() + ";;"));
  EXPECT_FALSE(finds_route(" " + nameserver.address())) << "Java trims nothing and resolves no such name";
  EXPECT_FALSE(finds_route(nameserver.address() + " "));
}

TEST(Programs, ASettingThatABrokerDoesNotHaveIsStatus64) {
  for (const char* setting : {"noSuchKey=1", "recallMessageEnable=perhaps", "recallMessageEnable"}) {
    const CommandResult result = run_command(program("fake_broker") + " --listen 127.0.0.1:0 --set " + setting);
    EXPECT_EQ(result.exit_code, 64) << setting;
    EXPECT_NE(result.output.find("fake_broker: "), std::string::npos) << result.output;
  }
}

TEST(Programs, ABrokerListensOnItsVipPortAndGoesInAnOrderlyWay) {
  Program broker("fake_broker",
                 {"--listen", "127.0.0.1:0", "--vip", "--graceful-shutdown", "1", "--set", "messageDelayLevel=1s 2s"});
  ASSERT_NE(broker.address(), "") << broker.ready();
  EXPECT_EQ(broker.stop(SIGTERM), 0);
}

TEST(Programs, AnAccountWithoutASecretIsStatus64) {
  EXPECT_EQ(run_command(program("fake_broker") + " --account shop").exit_code, 64);
}

TEST(Programs, SayOfAnAddressWhatIsWrongWithIt) {
  const std::pair<const char*, const char*> wrong[] = {
      {"--listen 127.0.0.1:1 --vip",
       "fake_broker: --vip listens two ports below --listen, whose port must then be 0 or "
       "at least 3, not 1"},
      {"--listen 127.0.0.1:2 --vip", "whose port must then be 0 or at least 3, not 2"},
      {"--listen 127.0.0.1:0 --control 8.8.8.8:9390", "listen on 8.8.8.8:9390: Cannot assign requested address"},
      {"--listen 127.0.0.1:9390 --control 9390", "--listen and --control are both 127.0.0.1:9390"},
      {"--account k:s --account k:t", "--account k:...: that key was given already"},
  };
  for (const auto& [arguments, message] : wrong) {
    const CommandResult result = run_command(program("fake_broker") + " " + arguments);
    EXPECT_EQ(result.exit_code, 64) << arguments << "\n" << result.output;
    EXPECT_NE(result.output.find(message), std::string::npos) << arguments << "\n" << result.output;
  }
}

TEST(Programs, ANameserverThatIsNotThereFailsTheSendAtOnce) {
  DefaultMQProducer producer{"please_rename_unique_group_name"};
  producer.setNamesrvAddr("127.0.0.1:1");
  producer.start();
  try {
    producer.send(Message("TopicTest", "b"));
    FAIL();
  } catch (const IllegalStateException& e) {
    EXPECT_NE(e.getMessage().find("RemotingConnectException"), std::string::npos) << e.getMessage();
  }
  producer.shutdown();
}

}  // namespace
}  // namespace rmqsim
