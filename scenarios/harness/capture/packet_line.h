// What a PacketCapture notes in one process, told to another as a line of JSON: {"packet":KIND,"link":N,"at":NANOS,…},
// with what is known of the connection by then. The reader is the same version.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scenarios/harness/capture/packet_log.h"

namespace rmqsim {

/// Without its line break.
std::string packet_line(const PacketSink::Link& link, const PacketSink::Entry& entry);

struct ToldPacket {
  PacketSink::Link link;    ///< but for who asked and what the server is called
  PacketSink::Entry entry;  ///< the link by its number at the writer, which counts from 0
};
/// nullopt when the line is none.
std::optional<ToldPacket> read_packet_line(std::string_view line);

}  // namespace rmqsim
