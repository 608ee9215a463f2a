// Reading back over real sockets, from the program: long polling, offsets, groups and locks, as consumers of any
// language do it.
#include <gtest/gtest.h>

#include <chrono>
#include <deque>

#include "tests/fakes/consumer_world.h"
#include "tests/tools/plain_socket.h"
#include "tests/tools/running_program.h"

namespace rmqsim {
namespace reading_test {

using Clock = std::chrono::steady_clock;
constexpr int kPatience = 30000;  ///< ms, for a broker on a busy machine

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

/// A connection whose commands are taken one by one, whoever began them.
class Reader {
 public:
  explicit Reader(const std::string& address) : socket_(address) {}
  void send(const RemotingCommand& request) {
    std::string frame;
    encode(request, frame);
    socket_.write(frame);
  }
  /// The next command from the broker; nothing when none comes in time.
  std::optional<RemotingCommand> next(int millis) {
    const auto end = Clock::now() + std::chrono::milliseconds(millis);
    while (commands_.empty()) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
      pollfd ready{socket_.fd(), POLLIN, 0};
      if (left < 0 || ::poll(&ready, 1, static_cast<int>(left)) != 1) return std::nullopt;
      char buffer[65536];
      const auto n = ::recv(socket_.fd(), buffer, sizeof buffer, MSG_DONTWAIT);
      if (n <= 0) return std::nullopt;
      std::string_view input(buffer, static_cast<std::size_t>(n));
      for (RemotingCommand c; decoder_.next(input, c) == FrameDecoder::Status::command;) commands_.push_back(c);
    }
    RemotingCommand first = std::move(commands_.front());
    commands_.pop_front();
    return first;
  }
  /// The answer to a request; the codes of what the broker asked before it are kept.
  RemotingCommand ask(const RemotingCommand& request) {
    send(request);
    for (;;) {
      auto command = next(kPatience);
      if (!command) {
        ADD_FAILURE() << "no answer to " << request.code;
        return {};
      }
      if (command->is_response()) return std::move(*command);
      told.push_back(command->code);
    }
  }
  std::vector<std::int32_t> told;

 private:
  PlainSocket socket_;
  FrameDecoder decoder_;
  std::deque<RemotingCommand> commands_;
};

class ReadingOverTcp : public testing::Test {
 protected:
  ReadingOverTcp() : broker_("fake_broker", {"--listen", "127.0.0.1:0", "--topic", "TopicTest:4"}) {}
  Reader connect() { return Reader(broker_.address()); }
  static RemotingCommand offset_request(std::int32_t code, const std::string& commit = "") {
    RemotingCommand c = request_of(code, {{"consumerGroup", "CG"}, {"topic", "TopicTest"}, {"queueId", "0"}});
    if (!commit.empty()) c.ext().set("commitOffset", commit);
    return c;
  }
  Program broker_;
};

TEST_F(ReadingOverTcp, APullAtTheEndIsAnsweredByTheNextMessageAndNotBefore) {
  Reader consumer = connect(), producer = connect();
  consumer.send(PullBuilder{}.build());
  EXPECT_FALSE(consumer.next(300).has_value());
  EXPECT_EQ(producer.ask(SendBuilder().build()).code, ResponseCode::SUCCESS);
  const auto answer = consumer.next(kPatience);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->code, ResponseCode::SUCCESS) << "by the message, since at the end of its time there is nothing";
  EXPECT_EQ(answer->opaque, 100);
  EXPECT_EQ(answer->ext_fields.get("nextBeginOffset"), "1");
  const auto records = records_of(*answer);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].body, "hello");
  EXPECT_EQ(property(records[0], "CLUSTER"), "DefaultCluster");
}

TEST_F(ReadingOverTcp, APullThatFindsNothingEndsAfterItsTime) {
  Reader consumer = connect();
  PullBuilder pull;
  pull.suspend_ms = 200;
  const auto begin = Clock::now();
  consumer.send(pull.build());
  const auto answer = consumer.next(kPatience);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->code, ResponseCode::PULL_NOT_FOUND);
  EXPECT_GE(seconds_since(begin), 0.2);
  EXPECT_LT(seconds_since(begin), 15) << "at the next tick of the hold service, one every 5 s";
}

TEST_F(ReadingOverTcp, TwoHundredHeldPullsOfOneConnectionAreAllWoken) {
  Reader consumer = connect(), producer = connect();
  for (int i = 0; i < 200; ++i) {
    PullBuilder pull;
    pull.opaque = 1000 + i;
    consumer.send(pull.build());
  }
  EXPECT_FALSE(consumer.next(200).has_value());
  producer.ask(SendBuilder().build());
  std::set<std::int32_t> answered;
  while (answered.size() < 200) {
    const auto answer = consumer.next(kPatience);
    ASSERT_TRUE(answer.has_value()) << answered.size();
    EXPECT_EQ(answer->code, ResponseCode::SUCCESS);
    answered.insert(answer->opaque);
  }
}

TEST_F(ReadingOverTcp, AnOffsetCommittedOneWayIsFoundByAnotherConnection) {
  Reader first = connect();
  EXPECT_EQ(first.ask(consumer_heartbeat("c1", "CG")).code, ResponseCode::SUCCESS);
  EXPECT_EQ(first.ask(offset_request(RequestCode::QUERY_CONSUMER_OFFSET)).code, ResponseCode::QUERY_NOT_FOUND);
  RemotingCommand commit = offset_request(RequestCode::UPDATE_CONSUMER_OFFSET, "17");
  commit.mark_oneway();
  first.send(commit);
  // Its answer comes after what was before it on the same connection.
  EXPECT_EQ(first.ask(offset_request(RequestCode::QUERY_CONSUMER_OFFSET)).ext_fields.get("offset"), "17");
  Reader second = connect();
  EXPECT_EQ(second.ask(offset_request(RequestCode::QUERY_CONSUMER_OFFSET)).ext_fields.get("offset"), "17");
}

TEST_F(ReadingOverTcp, MembersOfAGroupHearOfWhoComesAndGoes) {
  Reader first = connect();
  const auto members = [&] {
    const RemotingCommand answer =
        first.ask(request_of(RequestCode::GET_CONSUMER_LIST_BY_GROUP, {{"consumerGroup", "CG"}}));
    return answer.body;
  };
  first.ask(consumer_heartbeat("c1", "CG"));
  EXPECT_EQ(first.told, std::vector<std::int32_t>{RequestCode::NOTIFY_CONSUMER_IDS_CHANGED}) << "C27";
  {
    Reader second = connect();
    second.ask(consumer_heartbeat("c2", "CG"));
    const auto told = first.next(kPatience);
    ASSERT_TRUE(told.has_value());
    EXPECT_EQ(told->code, RequestCode::NOTIFY_CONSUMER_IDS_CHANGED);
    EXPECT_TRUE(told->is_oneway());
    EXPECT_EQ(members(), R"({"consumerIdList":["c1","c2"]})");
  }
  const auto told = first.next(kPatience);
  ASSERT_TRUE(told.has_value()) << "a connection that ends takes its member with it";
  EXPECT_EQ(told->code, RequestCode::NOTIFY_CONSUMER_IDS_CHANGED);
  EXPECT_EQ(members(), R"({"consumerIdList":["c1"]})");
}

TEST_F(ReadingOverTcp, AQueueIsLockedByOneMemberUntilItLetsGo) {
  Reader first = connect(), second = connect();
  const auto body = [](const char* client) {
    return std::string(R"({"clientId":")") + client +
           R"(","consumerGroup":"CG","mqSet":[{"brokerName":"broker-a","queueId":0,"topic":"TopicTest"}],)"
           R"("onlyThisBroker":false})";
  };
  const auto locks = [&](Reader& reader, const char* client) {
    return reader.ask(request_of(RequestCode::LOCK_BATCH_MQ, {}, body(client))).body.find("queueId") !=
           std::string::npos;
  };
  EXPECT_TRUE(locks(first, "c1"));
  EXPECT_FALSE(locks(second, "c2"));
  EXPECT_TRUE(locks(first, "c1")) << "its own";
  EXPECT_EQ(first.ask(request_of(RequestCode::UNLOCK_BATCH_MQ, {}, body("c1"))).code, ResponseCode::SUCCESS);
  EXPECT_TRUE(locks(second, "c2"));
}

}  // namespace reading_test
}  // namespace rmqsim
