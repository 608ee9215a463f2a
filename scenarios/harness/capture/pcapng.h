// A PacketLog as a capture file: each connection as TCP over IPv4 at its times, with handshake, resets, ends and
// sequence numbers, so that the tools that people have for networks open it. Acknowledgements travel with data, in the
// handshake and with ends; a packet holds what was written in one go. Ports of connections that did not come about are
// made up, as nobody was told them.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "scenarios/harness/capture/packet_log.h"

namespace rmqsim {

struct PcapOptions {
  std::map<std::string, std::string> names;     ///< by IP
  std::map<std::size_t, std::string> comments;  ///< by entry of the log
  Duration round_trip{0};  ///< what a server sends acknowledges what the client sent so long before
  std::string application;
};

/// The bytes of the file.
std::string pcapng(const PacketLog& log, const PcapOptions& options);

}  // namespace rmqsim
