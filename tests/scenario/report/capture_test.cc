// Capture files: read back packet by packet, they say what went over the network and in which order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "scenarios/harness/capture/packet_log.h"
#include "scenarios/harness/capture/pcapng.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/formats/run_capture.h"

namespace rmqsim {
namespace capture_test {
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kFolder = RMQSIM_SOURCE_DIR "/scenarios/";

struct Packet {
  std::uint64_t at = 0;  ///< ns
  std::string from, to;  ///< as ip:port
  std::uint32_t seq = 0, ack = 0;
  std::uint8_t flags = 0;
  std::string payload, comment;
};

struct Capture {
  std::map<std::string, std::string> names;
  std::vector<Packet> packets;
};

class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  std::uint32_t le(std::size_t at, int size) const {
    std::uint32_t value = 0;
    for (int i = size; i-- > 0;)
      value = value << 8 | static_cast<std::uint8_t>(bytes_.at(at + static_cast<std::size_t>(i)));
    return value;
  }
  std::uint32_t be(std::size_t at, int size) const {
    std::uint32_t value = 0;
    for (int i = 0; i < size; ++i)
      value = value << 8 | static_cast<std::uint8_t>(bytes_.at(at + static_cast<std::size_t>(i)));
    return value;
  }
  std::string ip(std::size_t at) const {
    std::string text;
    for (std::size_t i = 0; i < 4; ++i) text += (i > 0 ? "." : "") + std::to_string(be(at + i, 1));
    return text;
  }

 private:
  std::string_view bytes_;
};

std::uint32_t ones_sum(std::string bytes) {
  if (bytes.size() % 2 == 1) bytes += '\0';
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) sum += Bytes(bytes).be(i, 2);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

Packet read_packet(const std::string& ip) {
  const Bytes b(ip);
  EXPECT_EQ(b.be(0, 1), 0x45u);
  EXPECT_EQ(b.be(2, 2), ip.size());
  EXPECT_EQ(ones_sum(ip.substr(0, 20)), 0xffffu) << "checksum of IP";
  std::string pseudo = ip.substr(12, 8) + std::string("\0\6", 2);
  pseudo += static_cast<char>((ip.size() - 20) >> 8);
  pseudo += static_cast<char>(ip.size() - 20);
  EXPECT_EQ(ones_sum(pseudo + ip.substr(20)), 0xffffu) << "checksum of TCP";
  const std::size_t header = b.be(32, 1) / 16 * 4;
  return {0,
          b.ip(12) + ":" + std::to_string(b.be(20, 2)),
          b.ip(16) + ":" + std::to_string(b.be(22, 2)),
          b.be(24, 4),
          b.be(28, 4),
          static_cast<std::uint8_t>(b.be(33, 1)),
          ip.substr(20 + header),
          ""};
}

Capture read_capture(const std::string& file) {
  Capture capture;
  const Bytes b(file);
  for (std::size_t at = 0; at < file.size();) {
    const std::uint32_t type = b.le(at, 4), length = b.le(at + 4, 4);
    EXPECT_EQ(length % 4, 0u);
    EXPECT_EQ(b.le(at + length - 4, 4), length);
    if (type == 4) {
      for (std::size_t record = at + 8; b.le(record, 2) == 1;) {
        const std::uint32_t size = b.le(record + 2, 2);
        capture.names[b.ip(record + 4)] = file.substr(record + 8, size - 5);
        record += 4 + (size + 3) / 4 * 4;
      }
    } else if (type == 6) {
      const std::uint32_t size = b.le(at + 20, 4);
      Packet packet = read_packet(file.substr(at + 28, size));
      packet.at = std::uint64_t{b.le(at + 12, 4)} << 32 | b.le(at + 16, 4);
      const std::size_t options = at + 28 + (size + 3) / 4 * 4;
      if (options + 4 < at + length && b.le(options, 2) == 1)
        packet.comment = file.substr(options + 4, b.le(options + 2, 2));
      capture.packets.push_back(std::move(packet));
    } else {
      EXPECT_TRUE(type == 0x0A0D0D0A || type == 1) << type;
    }
    at += length;
  }
  return capture;
}

Capture capture(const std::string& file, const std::string& profile = "java-5.3.3", WorldKind world = WorldKind::sim) {
  const ParseResult parsed = load_scenario(file);
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  RunOptions options;
  options.world = world;
  options.keep_events = options.keep_packets = true;
  const RunResult result = run_scenario(*parsed.scenario, *find_profile(profile), options);
  EXPECT_TRUE(result.packets);
  return read_capture(run_capture(*parsed.scenario, result));
}

constexpr int kFin = 1, kSyn = 2, kRst = 4, kAck = 16;

/// What is wrong with the order of packets; empty: nothing.
std::string disorder(const Capture& capture) {
  std::uint64_t now = 0;
  std::map<std::pair<std::string, std::string>, std::uint32_t> next;  // sequence number of each direction
  for (const Packet& packet : capture.packets) {
    if (packet.at < now) return "time goes back";
    now = packet.at;
    const std::pair way(packet.from, packet.to), back(packet.to, packet.from);
    if ((packet.flags & kSyn) != 0) {
      next[way] = packet.seq;
    } else if ((packet.flags & kRst) == 0 && next[way] != packet.seq) {
      return "a gap from " + packet.from + " to " + packet.to;
    }
    if ((packet.flags & kAck) != 0 && static_cast<std::int32_t>(next[back] - packet.ack) < 0) {
      return packet.from + " acknowledges what it cannot have";
    }
    next[way] =
        packet.seq + static_cast<std::uint32_t>(packet.payload.size()) + ((packet.flags & (kSyn | kFin)) != 0 ? 1 : 0);
  }
  return "";
}

TEST(RunCapture, OfEveryRunOfTheLibraryIsInOrder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kFolder)) {
    const std::string file = entry.path().string();
    if (!file.ends_with(".json") || file.ends_with(".schema.json")) continue;
    const ParseResult parsed = load_scenario(file);
    ASSERT_TRUE(parsed.ok());
    if (parsed.scenario->send_count > 1000) continue;  // more of the same
    const Capture all = capture(file, parsed.scenario->profiles.front());
    EXPECT_FALSE(all.packets.empty()) << file;
    EXPECT_EQ(disorder(all), "") << file;
  }
}

TEST(RunCapture, NamesMachinesAndSaysWhichSendAndWhichRule) {
  const Capture all = capture(kFolder + "codes/code-system-busy-first-five.json");
  std::vector<std::string> names;
  for (const auto& [ip, name] : all.names) names.push_back(name);
  EXPECT_THAT(names, testing::UnorderedElementsAre("ns-1", "broker-a", "broker-b", "broker-c", "p"));
  std::vector<std::string> comments;
  for (const Packet& packet : all.packets) {
    if (packet.comment.find("of send 0,") != std::string::npos) comments.push_back(packet.comment);
  }
  EXPECT_THAT(comments, ElementsAre("SEND_MESSAGE_V2 of send 0, request 1 · rule 0 \"fault[0]\"",
                                    "SEND_MESSAGE_V2 of send 0, request 2"));
  EXPECT_EQ(all.packets.front().flags, kSyn);
  EXPECT_THAT(all.packets.front().comment, HasSubstr(" connects to ns-1"));
}

TEST(RunCapture, ShowsResetsAndRefusals) {
  const auto count = [](const Capture& all, int flags) {
    return std::count_if(all.packets.begin(), all.packets.end(), [&](const Packet& p) { return p.flags == flags; });
  };
  EXPECT_GT(count(capture(kFolder + "connections/reset-one-broker.json"), kRst | kAck), 0);
  const Capture refused = capture(kFolder + "connections/refused-one-broker.json");
  EXPECT_GT(count(refused, kRst | kAck), 0);
  EXPECT_GT(count(refused, kSyn), count(refused, kSyn | kAck));
}

TEST(RunCapture, NamesServersToWhichNobodyEverConnected) {
  const Capture all = capture(kFolder + "connections/refused-all.json");
  std::vector<std::string> names;
  for (const auto& [ip, name] : all.names) names.push_back(name);
  EXPECT_THAT(names, testing::Contains("broker-b"));
  EXPECT_TRUE(std::any_of(all.packets.begin(), all.packets.end(),
                          [](const Packet& p) { return p.comment == "p connects to broker-b"; }));
}

TEST(RunCapture, SaysOfTlsThatItShowsWhatIsInside) {
  const Capture all = capture(kFolder + "connections/tls-of-each-server.json", "java-5.3.3", WorldKind::tcp);
  std::set<std::string> comments;
  for (const Packet& packet : all.packets) {
    if (packet.comment.find("connects to broker-b") != std::string::npos) comments.insert(packet.comment);
  }
  EXPECT_THAT(comments, ElementsAre("plain connects to broker-b",
                                    "secret connects to broker-b with TLS, of which this is the inside"));
}

TEST(RunCapture, HasTheRealBytesOfSockets) {
  const Capture all = capture(kFolder + "basics/quickstart.json", "java-5.3.3", WorldKind::tcp);
  EXPECT_EQ(disorder(all), "");
  std::string said;
  for (const Packet& packet : all.packets) said += packet.payload;
  EXPECT_THAT(said, HasSubstr("Hello"));
}

TEST(RunCapture, ChangesNothingOfTheRun) {
  const ParseResult parsed = load_scenario(kFolder + "codes/code-system-busy-first-five.json");
  ASSERT_TRUE(parsed.ok());
  RunOptions options;
  const std::uint64_t plain = run_scenario(*parsed.scenario, default_profile(), options).trace_hash;
  options.keep_packets = true;
  EXPECT_EQ(run_scenario(*parsed.scenario, default_profile(), options).trace_hash, plain);
}

TEST(Pcapng, GivesWhoeverNeverConnectedItsOwnAddressAndAPortForEachAttempt) {
  PacketLog log;
  for (const char* server : {"10.0.0.2:10911", "10.0.0.3:10911"}) {
    for (int i = 0; i < 20'000; ++i) {
      const std::size_t link = log.add_link({"", server, "p", "10.0.0.1"});
      log.add({TimePoint(millis(1)), link, PacketLog::Kind::asked, {}, {}});
      log.add({TimePoint(millis(2)), link, PacketLog::Kind::not_opened, {},
               make_error_code(TransportError::connection_refused)});
    }
  }
  const Capture all = read_capture(pcapng(log, {}));
  std::map<std::string, std::set<std::string>> ends;
  for (const Packet& packet : all.packets) {
    if ((packet.flags & kSyn) == 0) continue;
    EXPECT_TRUE(packet.from.starts_with("10.0.0.1:")) << packet.from;
    ends[packet.to].insert(packet.from);
  }
  ASSERT_EQ(ends.size(), 2u);
  for (const auto& [server, clients] : ends) EXPECT_EQ(clients.size(), 20'000u) << server;
}

TEST(Pcapng, CutsNoCharacterOfACommentInTwo) {
  PacketLog log;
  const std::size_t link = log.add_link({"10.0.0.1:40000", "10.0.0.2:10911", "p"});
  log.add({TimePoint(millis(1)), link, PacketLog::Kind::asked, {}, {}});
  PcapOptions options;
  options.comments[0] = "x";
  for (int i = 0; i < 4000; ++i) options.comments[0] += "·";
  const std::string comment = read_capture(pcapng(log, options)).packets.at(0).comment;
  EXPECT_EQ(comment.size(), 4095u);
  EXPECT_TRUE(comment.ends_with("·"));
}

TEST(Pcapng, CutsWhatNoPacketHolds) {
  PacketLog log;
  const std::size_t link = log.add_link({"10.0.0.1:40000", "10.0.0.2:10911", "p"});
  log.add({TimePoint(millis(1)), link, PacketLog::Kind::asked, {}, {}});
  log.add({TimePoint(millis(2)), link, PacketLog::Kind::opened, {}, {}});
  log.add({TimePoint(millis(3)), link, PacketLog::Kind::client_data, std::string(200'000, 'x'), {}});
  log.add({TimePoint(millis(4)), link, PacketLog::Kind::server_end, {}, {}});
  PcapOptions options;
  options.comments[2] = std::string(100'000, 'c');
  const Capture all = read_capture(pcapng(log, options));
  EXPECT_EQ(disorder(all), "");
  std::size_t bytes = 0, comments = 0;
  for (const Packet& packet : all.packets) {
    bytes += packet.payload.size();
    comments += !packet.comment.empty();
  }
  EXPECT_EQ(bytes, 200'000u);
  EXPECT_EQ(comments, 1u);
}

}  // namespace capture_test
}  // namespace rmqsim
