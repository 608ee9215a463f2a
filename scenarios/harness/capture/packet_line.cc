#include "scenarios/harness/capture/packet_line.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "producer/remoting/bodies/recall_handle.h"
#include "producer/remoting/codec/json_text.h"

namespace rmqsim {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kPacketKinds[] = {"asked",      "opened",    "notOpened", "clientData",
                                             "serverData", "clientEnd", "serverEnd", "lost"};

}  // namespace

std::string packet_line(const PacketSink::Link& link, const PacketSink::Entry& entry) {
  ordered_json line = {{"packet", kPacketKinds[static_cast<std::size_t>(entry.kind)]},
                       {"link", entry.link},
                       {"at", entry.at.time_since_epoch().count()},
                       {"server", link.server}};
  if (!link.client.empty()) line["client"] = link.client;
  if (link.tls) line["tls"] = true;
  if (!entry.bytes.empty()) line["bytes"] = base64_url_encode(entry.bytes);
  if (entry.error) {
    const bool ours = entry.error.category() == transport_category();
    line["error"] = ours ? entry.error.value() : static_cast<int>(TransportError::other);
  }
  return json_text(line);
}

std::optional<ToldPacket> read_packet_line(std::string_view line) {
  const ordered_json value = json_or_discarded<ordered_json>(line);
  if (!value.is_object() || !value.contains("packet")) return std::nullopt;
  try {
    const auto* const kind = std::find(std::begin(kPacketKinds), std::end(kPacketKinds), value.at("packet"));
    auto bytes = base64_url_decode(value.value("bytes", ""));
    if (kind == std::end(kPacketKinds) || !bytes) return std::nullopt;
    ToldPacket told;
    told.link.client = value.value("client", "");
    told.link.server = value.at("server");
    told.link.tls = value.value("tls", false);
    told.entry.link = value.at("link");
    told.entry.at = TimePoint(Duration(value.at("at").get<std::int64_t>()));
    told.entry.kind = static_cast<PacketSink::Kind>(kind - std::begin(kPacketKinds));
    told.entry.bytes = *std::move(bytes);
    const int error = value.value("error", 0);
    if (error != 0) told.entry.error = make_error_code(static_cast<TransportError>(error));
    return told;
  } catch (const ordered_json::exception&) {
    return std::nullopt;
  }
}

}  // namespace rmqsim
