// Captures of the world of processes: what servers say to each other is there as in the other worlds, and in order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/capture/packet_line.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/formats/run_capture.h"

namespace rmqsim {
namespace process_capture_test {

namespace fs = std::filesystem;
using testing::Contains;

RunResult captured(const std::string& file, WorldKind world) {
  const ParseResult parsed = load_scenario(file);
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  RunOptions options;
  options.world = world;
  options.keep_events = options.keep_packets = true;
  return run_scenario(*parsed.scenario, *find_profile("java-5.3.3"), options);
}

/// What servers say to each other: "broker-a asks ns-1 REGISTER_BROKER", "ns-1 answers broker-a SUCCESS"; whole frames.
std::set<std::string> said_by_servers(const RunResult& result) {
  std::set<std::string> said;
  const PacketLog& log = *result.packets;
  std::vector<std::pair<FrameDecoder, FrameDecoder>> decoders(log.links().size());
  RemotingCommand command;
  for (const PacketLog::Entry& entry : log.entries()) {
    const PacketLog::Link& link = log.links()[entry.link];
    if (!link.asker.starts_with("broker-")) continue;
    const bool asks = entry.kind == PacketLog::Kind::client_data;
    FrameDecoder& decoder = asks ? decoders[entry.link].first : decoders[entry.link].second;
    for (std::string_view rest = entry.bytes; decoder.next(rest, command) == FrameDecoder::Status::command;) {
      said.insert(asks ? link.asker + " asks " + link.server_name + " " + request_code_name(command.code)
                       : link.server_name + " answers " + link.asker + " " + response_code_name(command.code));
    }
  }
  return said;
}

TEST(ProcessCapture, HasWhatBrokersSayToNameserversAsTheOtherWorldsHaveIt) {
  const std::string file = RMQSIM_SOURCE_DIR "/scenarios/basics/round-robin.json";
  const std::set<std::string> sim = said_by_servers(captured(file, WorldKind::sim));
  EXPECT_THAT(sim, Contains("broker-a asks ns-1 REGISTER_BROKER"));
  EXPECT_THAT(sim, Contains("ns-1 answers broker-a SUCCESS"));
  EXPECT_THAT(sim, Contains("broker-a asks ns-1 UNREGISTER_BROKER"));
  EXPECT_EQ(said_by_servers(captured(file, WorldKind::tcp)), sim);
  EXPECT_EQ(said_by_servers(captured(file, WorldKind::process)), sim);
}

TEST(ProcessCapture, IsInTheOrderOfTimeThroughCrashesAndRestarts) {
  const fs::path file = fs::temp_directory_path() / ("rmqsim-capture-" + std::to_string(::getpid())) / "crashes.json";
  fs::create_directories(file.parent_path());
  std::ofstream(file) << R"({"version": 1, "name": "crashes", "why": "x",
    "cluster": {"brokers": ["broker-a", "broker-b"], "topics": [{"name": "T", "queues": 2}]},
    "producers": [{"name": "p", "group": "g"}],
    "steps": [{"send": {"topic": "T", "count": 4, "body": {"text": "x"}}}, {"do": {"crash": "broker-a"}},
              {"do": {"restart": "broker-a"}}, {"waitMs": 500}]})";
  const RunResult result = captured(file, WorldKind::process);
  fs::remove_all(file.parent_path());
  const PacketLog& log = *result.packets;
  std::size_t registered = 0;
  for (std::size_t i = 0; i < log.entries().size(); ++i) {
    EXPECT_TRUE(i == 0 || log.entries()[i - 1].at <= log.entries()[i].at);
    const PacketLog::Link& link = log.links()[log.entries()[i].link];
    registered += log.entries()[i].kind == PacketLog::Kind::opened && link.asker == "broker-a";
  }
  EXPECT_EQ(registered, 2u) << "once in each of its lives";
}

TEST(ProcessCapture, LinesOfPacketsComeBackAsTheyWere) {
  const PacketLog::Link link{"127.0.0.1:4", "127.0.0.1:9876", "", "", "", true};
  const PacketLog::Entry data{TimePoint(millis(7)), 3, PacketLog::Kind::client_data, std::string("\0\xff{", 3), {}};
  const auto told = read_packet_line(packet_line(link, data));
  ASSERT_TRUE(told);
  EXPECT_EQ(std::tie(told->link.client, told->link.server, told->link.tls),
            std::tie(link.client, link.server, link.tls));
  EXPECT_EQ(std::tie(told->entry.at, told->entry.link, told->entry.kind, told->entry.bytes, told->entry.error),
            std::tie(data.at, data.link, data.kind, data.bytes, data.error));
  PacketLog::Entry refused{TimePoint(millis(8)), 3, PacketLog::Kind::not_opened, {},
                           make_error_code(TransportError::connection_refused)};
  EXPECT_EQ(read_packet_line(packet_line(link, refused))->entry.error, refused.error);
  for (const char* nonsense : {"", "{}", R"({"packet":"thrown","link":0,"at":1,"server":""})",
                               R"({"packet":"asked","link":"x","at":1,"server":""})",
                               R"({"packet":"asked","link":0,"at":1,"server":"","bytes":"*"})"}) {
    EXPECT_FALSE(read_packet_line(nonsense)) << nonsense;
  }
}

}  // namespace process_capture_test
}  // namespace rmqsim
