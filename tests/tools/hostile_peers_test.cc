// What servers on a network must bear: bytes that mean nothing, peers that do not read or say only half of what they
// began, many connections at once and one after the other. Each time somebody else is served meanwhile and afterwards,
// and memory stays bounded.
#include <gtest/gtest.h>

#include <dirent.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "producer/remoting/bodies/message_id.h"
#include "producer/transport/random.h"
#include "tests/fakes/raw_client.h"
#include "tests/support/preset.h"
#include "tests/tools/becomes.h"
#include "tests/tools/plain_socket.h"
#include "tests/tools/running_program.h"

namespace rmqsim {
namespace {

// Sanitizers keep shadows and freed blocks.
const std::size_t kKilobytesPerMegabyte = kSanitized ? 8 * 1024 : 1024;

RemotingCommand route_request() {
  RemotingCommand request = RemotingCommand::request(RequestCode::GET_ROUTEINFO_BY_TOPIC, MQVersion::V5_3_3);
  request.ext().set("topic", "TopicTest");
  return request;
}

/// A number of /proc/PID/status, in kB where it is an amount of memory.
std::size_t status_of(pid_t pid, const std::string& key) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key + ":")) return std::stoul(line.substr(key.size() + 1));
  }
  return 0;
}

std::size_t descriptors_of(pid_t pid) {
  std::size_t n = 0;
  DIR* const folder = ::opendir(("/proc/" + std::to_string(pid) + "/fd").c_str());
  if (folder == nullptr) return 0;
  while (::readdir(folder) != nullptr) ++n;
  ::closedir(folder);
  return n;
}

class HostilePeers : public testing::Test {
 protected:
  HostilePeers()
      : namesrv("fake_namesrv", {"--listen", "127.0.0.1:0"}),
        broker("fake_broker", {"--listen", "127.0.0.1:0", "--topic", "TopicTest:4", "--namesrv", namesrv.address()}) {}

  void expect_both_serve() {
    const auto stored = PlainSocket(broker.address()).ask(SendBuilder().build());
    ASSERT_TRUE(stored.has_value()) << "the broker does not answer any more";
    EXPECT_EQ(stored->code, ResponseCode::SUCCESS);
    ASSERT_TRUE(PlainSocket(namesrv.address()).ask(route_request()).has_value())
        << "the nameserver does not answer any more";
  }

  Program namesrv;
  Program broker;
};

TEST_F(HostilePeers, RandomBytesCostTheirOwnConnectionOnly) {
  Random random(7, "hostile");
  for (int i = 0; i < 200; ++i) {
    for (const std::string& address : {namesrv.address(), broker.address()}) {
      PlainSocket peer(address);
      ASSERT_TRUE(peer.is_open());
      std::string bytes(1 + random.below(4096), '\0');
      for (char& c : bytes) c = static_cast<char>(random.next());
      bytes[0] = '\x7f';  // a length that no frame may have
      peer.write(bytes);
      EXPECT_TRUE(peer.ended_within(30000)) << "a connection of nonsense is kept";
    }
  }
  expect_both_serve();
}

TEST_F(HostilePeers, AFrameThatNeverEndsHoldsNobodyUp) {
  std::vector<PlainSocket> peers;
  for (int i = 0; i < 200; ++i) {
    for (const std::string& address : {namesrv.address(), broker.address()}) {
      peers.emplace_back(address);
      peers.back().write(std::string_view("\0\0\x10\0\0\0", 6));
    }
  }
  expect_both_serve();
  for (PlainSocket& peer : peers) EXPECT_TRUE(peer.is_open());
}

TEST_F(HostilePeers, AClientThatNeverReadsIsCutOffBeforeItsAnswersFillTheMemory) {
  SendBuilder big;
  big.body.assign(4 * 1024 * 1024 - 1024, 'x');
  const auto stored = PlainSocket(broker.address()).ask(big.build());
  ASSERT_TRUE(stored && stored->code == ResponseCode::SUCCESS);
  RemotingCommand view = RemotingCommand::request(RequestCode::VIEW_MESSAGE_BY_ID, MQVersion::V5_3_3);
  const auto id = decode_message_id(stored->ext_fields.get("msgId"));
  ASSERT_TRUE(id.has_value());
  view.ext().set("offset", id->offset);
  const auto seen = PlainSocket(broker.address()).ask(view);
  ASSERT_TRUE(seen && seen->body.size() > big.body.size());

  // Two thousand answers of 4 MiB each, asked for in few bytes.
  std::string requests;
  for (int i = 0; i < 2000; ++i) {
    view.opaque = i;
    encode(view, requests);
  }
  PlainSocket peer(broker.address());
  peer.write(requests, 1000);
  EXPECT_TRUE(peer.ended_within(30000));
  expect_both_serve();
  EXPECT_LT(status_of(broker.pid(), "VmHWM"), 400 * kKilobytesPerMegabyte) << "kB at most, 64 MiB of answers and their copies";
}

TEST_F(HostilePeers, AClientThatReadsSlowlyGetsAllThatFitsAndIsThenCutOffWhileOthersAreServed) {
  SendBuilder big;
  big.body.assign(1024 * 1024, 'x');
  const auto stored = PlainSocket(broker.address()).ask(big.build());
  ASSERT_TRUE(stored && stored->code == ResponseCode::SUCCESS);
  RemotingCommand view = RemotingCommand::request(RequestCode::VIEW_MESSAGE_BY_ID, MQVersion::V5_3_3);
  view.ext().set("offset", decode_message_id(stored->ext_fields.get("msgId"))->offset);
  const auto ask_for = [&](PlainSocket& peer, int answers) {
    std::string requests;
    for (int i = 0; i < answers; ++i) {
      view.opaque = i;
      encode(view, requests);
    }
    peer.write(requests, 1000);
  };
  const auto read_slowly = [&](PlainSocket& peer, std::size_t most) {
    char piece[64 * 1024];
    std::size_t total = 0;
    while (total < most) {
      const ssize_t n = ::recv(peer.fd(), piece, sizeof piece, 0);
      if (n <= 0) break;
      total += static_cast<std::size_t>(n);
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    return total;
  };
  // Twenty answers wait within the bound, and all of them arrive, however slowly they are read.
  PlainSocket patient(broker.address());
  ask_for(patient, 20);
  EXPECT_GE(read_slowly(patient, 20 * big.body.size()), 20 * big.body.size());
  EXPECT_TRUE(patient.is_open());
  // A thousand do not.
  PlainSocket greedy(broker.address());
  ask_for(greedy, 1000);
  expect_both_serve();
  EXPECT_LT(read_slowly(greedy, 1000 * big.body.size()), 200 * big.body.size()) << "cut off at 64 MiB unread";
  EXPECT_TRUE(greedy.ended_within(30000));
  expect_both_serve();
  EXPECT_LT(status_of(broker.pid(), "VmHWM"), 400 * kKilobytesPerMegabyte);
}

TEST_F(HostilePeers, AThousandConnectionsASecondAreServedAndLeaveNothing) {
  expect_both_serve();
  const std::size_t before = descriptors_of(broker.pid());
  const auto begin = std::chrono::steady_clock::now();
  int served = 0;
  for (int i = 0; i < 2000; ++i) {
    std::this_thread::sleep_until(begin + std::chrono::milliseconds(i));
    served += PlainSocket(broker.address()).ask(SendBuilder().build()).has_value() ? 1 : 0;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  EXPECT_EQ(served, 2000);
  EXPECT_LT(seconds, 60) << "2 s on a machine that does nothing else";
  EXPECT_TRUE(becomes([&] { return descriptors_of(broker.pid()) <= before; }));
}

TEST_F(HostilePeers, TenThousandIdleConnectionsAreHeldAndOthersServed) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit former = limit;
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  // A machine may allow a process fewer; then that is what can be shown, and the output says so.
  const std::size_t wanted = std::min<std::size_t>(10'000, limit.rlim_max - 200);
  if (wanted < 10'000) std::printf("only %zu connections: the hard limit of descriptors is that low\n", wanted);
  RecordProperty("connections", static_cast<int>(wanted));
  std::vector<PlainSocket> idle;
  while (idle.size() < wanted) {
    idle.emplace_back(broker.address());
    ASSERT_TRUE(idle.back().is_open()) << "connection " << idle.size();
  }
  EXPECT_TRUE(becomes([&] { return descriptors_of(broker.pid()) >= wanted; }));
  expect_both_serve();
  EXPECT_LT(status_of(broker.pid(), "VmRSS"), 600 * kKilobytesPerMegabyte) << "kB";
  EXPECT_TRUE(idle.front().ask(SendBuilder().build()).has_value()) << "an idle one is not forgotten";
  idle.clear();
  ::setrlimit(RLIMIT_NOFILE, &former);
  expect_both_serve();
}

}  // namespace
}  // namespace rmqsim
