#include "scenarios/harness/capture/pcapng.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace rmqsim {
namespace {

// ---- blocks, little-endian

void put16(std::string& out, std::uint16_t value) {
  out += static_cast<char>(value);
  out += static_cast<char>(value >> 8);
}
void put32(std::string& out, std::uint32_t value) {
  put16(out, static_cast<std::uint16_t>(value));
  put16(out, static_cast<std::uint16_t>(value >> 16));
}
void pad(std::string& out) { out.append((4 - out.size() % 4) % 4, '\0'); }

void put_option(std::string& out, std::uint16_t code, std::string_view value) {
  put16(out, code);
  put16(out, static_cast<std::uint16_t>(value.size()));
  out += value;
  pad(out);
}

constexpr std::uint16_t kEndOfOptions = 0, kComment = 1;

void put_block(std::string& out, std::uint32_t type, const std::string& body) {
  const auto length = static_cast<std::uint32_t>(body.size() + 12);
  put32(out, type);
  put32(out, length);
  out += body;
  put32(out, length);
}

/// Section header and the one interface, with times in nanoseconds.
std::string head(const std::string& application) {
  std::string out, body;
  put32(body, 0x1A2B3C4D);
  put16(body, 1);
  put16(body, 0);
  body.append(8, '\xff');  // length of the section: not said
  put_option(body, 4, application);
  put_option(body, kEndOfOptions, "");
  put_block(out, 0x0A0D0D0A, body);
  body.clear();
  put16(body, 228);  // LINKTYPE_IPV4
  put16(body, 0);
  put32(body, 0);
  put_option(body, 2, "rmqsim");
  put_option(body, 9, std::string(1, '\x09'));
  put_option(body, kEndOfOptions, "");
  put_block(out, 1, body);
  return out;
}

// ---- addresses

struct Endpoint {
  std::array<std::uint8_t, 4> ip{};
  std::uint16_t port = 0;
};

std::array<std::uint8_t, 4> read_ip(std::string_view text) {
  std::array<std::uint8_t, 4> ip{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::uint8_t& byte : ip) {
    const auto [next, error] = std::from_chars(at, end, byte);
    if (error != std::errc()) return {};
    at = next == end ? next : next + 1;
  }
  return ip;
}

Endpoint read_endpoint(std::string_view text) {
  const std::size_t colon = std::min(text.rfind(':'), text.size());
  Endpoint endpoint{read_ip(text.substr(0, colon)), 0};
  if (colon < text.size()) std::from_chars(text.data() + colon + 1, text.data() + text.size(), endpoint.port);
  return endpoint;
}

std::string name_block(const std::map<std::string, std::string>& names) {
  std::string body, out;
  for (const auto& [ip, name] : names) {
    std::string value;
    for (const std::uint8_t byte : read_ip(ip)) value += static_cast<char>(byte);
    value.append(name).push_back('\0');
    put_option(body, 1, value);
  }
  put_option(body, 0, "");
  put_block(out, 4, body);
  return out;
}

// ---- TCP/IPv4, big-endian

void net16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value);
}
void net32(std::string& out, std::uint32_t value) {
  net16(out, value >> 16);
  net16(out, value & 0xffff);
}

std::uint32_t sum16(std::string_view bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const auto low = i + 1 < bytes.size() ? static_cast<std::uint8_t>(bytes[i + 1]) : 0;
    sum += static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i]) << 8 | low);
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return sum;
}
void put_sum(std::string& packet, std::size_t at, std::uint32_t sum) {
  const std::uint32_t value = ~sum & 0xffff;
  packet[at] = static_cast<char>(value >> 8);
  packet[at + 1] = static_cast<char>(value);
}

enum Flag : std::uint8_t { fin = 1, syn = 2, rst = 4, psh = 8, ack = 16 };

struct Segment {
  Endpoint from, to;
  std::uint32_t seq = 0, acked = 0;
  std::uint8_t flags = 0;
  std::string_view payload;
};

/// What a packet can hold beside its headers.
constexpr std::size_t kMaxPayload = 65535 - 40;

std::string packet(const Segment& s) {
  // Of a handshake: the largest segment, and a window that nothing here fills.
  constexpr std::string_view kOptions("\x02\x04\xff\xd7\x01\x03\x03\x0e", 8);
  const std::string_view options = (s.flags & syn) != 0 ? kOptions : std::string_view();
  std::string tcp;
  net16(tcp, s.from.port);
  net16(tcp, s.to.port);
  net32(tcp, s.seq);
  net32(tcp, (s.flags & ack) != 0 ? s.acked : 0);
  tcp += static_cast<char>((20 + options.size()) / 4 << 4);
  tcp += static_cast<char>(s.flags);
  net16(tcp, 65535);
  net32(tcp, 0);  // checksum, urgent pointer
  tcp.append(options).append(s.payload);
  std::string ip("\x45\0", 2);
  net16(ip, static_cast<std::uint32_t>(20 + tcp.size()));
  ip.append("\0\0\x40\0\x40\x06\0\0", 8);  // in one piece, 64 hops, TCP
  for (const auto& end : {s.from.ip, s.to.ip}) {
    for (const std::uint8_t byte : end) ip += static_cast<char>(byte);
  }
  std::string pseudo = ip.substr(12);
  net16(pseudo, 6);
  net16(pseudo, static_cast<std::uint32_t>(tcp.size()));
  put_sum(tcp, 16, sum16(tcp, sum16(pseudo)));
  put_sum(ip, 10, sum16(ip));
  return ip + tcp;
}

// ---- connections

/// Below those that systems, and the simulation, give to connections.
constexpr std::uint32_t kFirstMadeUp = 1024, kMadeUp = 32768 - kFirstMadeUp;

std::array<std::uint8_t, 10> way(const std::array<std::uint8_t, 4>& from, const Endpoint& to) {
  std::array<std::uint8_t, 10> key{};
  std::copy(from.begin(), from.end(), key.begin());
  std::copy(to.ip.begin(), to.ip.end(), key.begin() + 4);
  key[8] = static_cast<std::uint8_t>(to.port >> 8);
  key[9] = static_cast<std::uint8_t>(to.port);
  return key;
}

/// So much of a text that nobody cuts a character in two.
std::string_view beginning(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<std::uint8_t>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

class Writer {
 public:
  Writer(const PacketLog& log, const PcapOptions& options)
      : log_(log), options_(options), out_(head(options.application)) {
    if (!options.names.empty()) out_ += name_block(options.names);
    std::map<std::string, std::array<std::uint8_t, 4>> ip_of;
    for (const PacketLog::Link& link : log.links()) {
      if (!link.asker_ip.empty()) ip_of[link.asker] = read_ip(link.asker_ip);
      if (!link.client.empty()) ip_of[link.asker] = read_endpoint(link.client).ip;
    }
    std::map<std::array<std::uint8_t, 10>, std::uint32_t> made_up;  // so many ports between two machines
    for (const PacketLog::Link& link : log.links()) {
      const auto n = static_cast<std::uint32_t>(states_.size());
      State state{read_endpoint(link.client), read_endpoint(link.server)};
      if (link.client.empty()) {
        const auto known = ip_of.find(link.asker);
        state.client.ip = known == ip_of.end() ? state.server.ip : known->second;
        const std::uint32_t made = made_up[way(state.client.ip, state.server)]++;
        state.client.port = static_cast<std::uint16_t>(kFirstMadeUp + made % kMadeUp);
      }
      state.client_seq = n * 2654435761u + 1;
      state.server_seq = n * 2246822519u + 1;
      states_.push_back(std::move(state));
    }
  }

  std::string write() && {
    for (std::size_t i = 0; i < log_.entries().size(); ++i) add(log_.entries()[i], i);
    return std::move(out_);
  }

 private:
  struct State {
    Endpoint client, server;
    std::uint32_t client_seq = 0, server_seq = 0;
    std::vector<std::pair<TimePoint, std::uint32_t>> sent{};  ///< by the client: up to where, when
    std::uint32_t acked = 0;                                  ///< of that, by the server
  };

  void add(const PacketLog::Entry& entry, std::size_t index) {
    State& s = states_[entry.link];
    const auto note = options_.comments.find(index);
    comment_ = note == options_.comments.end() ? std::string_view() : std::string_view(note->second);
    using Kind = PacketLog::Kind;
    switch (entry.kind) {
      case Kind::asked:
        return client(entry.at, s, syn);
      case Kind::opened:
        server(entry.at, s, syn | ack);
        return client(entry.at, s, ack);
      case Kind::not_opened:
        if (entry.error == TransportError::connection_refused) server(entry.at, s, rst | ack);
        return;
      case Kind::client_data:
        return pieces(entry.bytes, [&](std::string_view piece) { client(entry.at, s, psh | ack, piece); });
      case Kind::server_data:
        return pieces(entry.bytes, [&](std::string_view piece) { server(entry.at, s, psh | ack, piece); });
      case Kind::client_end:
        return client(entry.at, s, entry.error ? rst | ack : fin | ack);
      case Kind::server_end:
        server(entry.at, s, entry.error ? rst | ack : fin | ack);
        if (!entry.error) client(entry.at, s, fin | ack);
        return;
      case Kind::lost:
        return;
    }
  }

  template <class Send>
  static void pieces(std::string_view bytes, const Send& send) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kMaxPayload))) send(bytes.substr(0, kMaxPayload));
  }

  static std::uint32_t length(int flags, std::string_view payload) {
    return static_cast<std::uint32_t>(payload.size()) + ((flags & (syn | fin)) != 0 ? 1 : 0);
  }

  void client(TimePoint at, State& s, int flags, std::string_view payload = {}) {
    emit(at, {s.client, s.server, s.client_seq, s.server_seq, static_cast<std::uint8_t>(flags), payload});
    s.client_seq += length(flags, payload);
    s.sent.emplace_back(at, s.client_seq);
  }
  void server(TimePoint at, State& s, int flags, std::string_view payload = {}) {
    const bool answers_syn = (flags & (syn | rst)) != 0;  // at once, whatever the way takes
    std::size_t known = 0;
    for (; known < s.sent.size() && (answers_syn || s.sent[known].first + options_.round_trip <= at); ++known) {
      s.acked = s.sent[known].second;
    }
    s.sent.erase(s.sent.begin(), s.sent.begin() + static_cast<std::ptrdiff_t>(known));
    emit(at, {s.server, s.client, s.server_seq, s.acked, static_cast<std::uint8_t>(flags), payload});
    s.server_seq += length(flags, payload);
  }

  void emit(TimePoint at, const Segment& segment) {
    const std::string bytes = packet(segment);
    const auto nanos =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count());
    std::string body;
    put32(body, 0);
    put32(body, static_cast<std::uint32_t>(nanos >> 32));
    put32(body, static_cast<std::uint32_t>(nanos));
    put32(body, static_cast<std::uint32_t>(bytes.size()));
    put32(body, static_cast<std::uint32_t>(bytes.size()));
    body += bytes;
    pad(body);
    if (!comment_.empty()) {
      put_option(body, kComment, beginning(comment_, 4096));
      put_option(body, kEndOfOptions, "");
      comment_ = {};  // on the first packet of an entry only
    }
    put_block(out_, 6, body);
  }

  const PacketLog& log_;
  const PcapOptions& options_;
  std::string out_;
  std::vector<State> states_;
  std::string_view comment_;
};

}  // namespace

std::string pcapng(const PacketLog& log, const PcapOptions& options) { return Writer(log, options).write(); }

}  // namespace rmqsim
