#include "producer/remoting/bodies/stored_message.h"

#include <arpa/inet.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>

#include "producer/remoting/bodies/message_id.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

constexpr std::size_t kFixedV1 = 91;  // both hosts IPv4
constexpr std::size_t kExtraV6 = 12;

// Reads big-endian fields off the front; `ok` becomes false when the bytes run out.
class Input {
 public:
  explicit Input(std::string_view s) : s_(s) {}
  std::uint32_t u32() { return ok_ && need(4) ? text::load32(take(4)) : 0; }
  std::uint64_t u64() { return ok_ && need(8) ? text::load64(take(8)) : 0; }
  std::uint16_t u16() { return ok_ && need(2) ? text::load16(take(2)) : 0; }
  std::uint8_t u8() { return ok_ && need(1) ? static_cast<std::uint8_t>(*take(1)) : 0; }
  std::string_view bytes(std::size_t n) {
    if (!ok_ || !need(n)) return {};
    return {take(n), n};
  }
  bool done() const { return ok_ && s_.empty(); }
  bool ok() const { return ok_; }

 private:
  bool need(std::size_t n) {
    ok_ = ok_ && n <= s_.size();
    return ok_;
  }
  const char* take(std::size_t n) {
    const char* const p = s_.data();
    s_.remove_prefix(n);
    return p;
  }
  std::string_view s_;
  bool ok_ = true;
};

HostAddress read_host(Input& in, bool v6) {
  HostAddress h;
  h.v6 = v6;
  const std::string_view ip = in.bytes(v6 ? 16 : 4);
  std::copy(ip.begin(), ip.end(), h.ip.begin());
  h.port = static_cast<std::int32_t>(in.u32());
  return h;
}

void put_host(std::string& out, const HostAddress& h) {
  out += h.ip_bytes();
  text::put32(out, static_cast<std::uint32_t>(h.port));
}

}  // namespace

HostAddress HostAddress::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, std::int32_t port) {
  HostAddress h;
  h.ip = {a, b, c, d};
  h.port = port;
  return h;
}

std::optional<HostAddress> HostAddress::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  std::string_view ip = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool bracketed = ip.size() >= 2 && ip.front() == '[' && ip.back() == ']';
  if (bracketed) ip = ip.substr(1, ip.size() - 2);
  HostAddress h;
  const auto [stop, failed] = std::from_chars(port.data(), port.data() + port.size(), h.port);
  if (failed != std::errc{} || stop != port.data() + port.size() || h.port < 0 || h.port > 65535) return std::nullopt;
  h.v6 = bracketed;
  if (::inet_pton(h.v6 ? AF_INET6 : AF_INET, std::string(ip).c_str(), h.ip.data()) != 1) return std::nullopt;
  return h;
}

std::string HostAddress::ip_to_string() const {
  if (!v6) {  // each message that a broker stores has two: not by inet_ntop, which prints with a format
    std::string text = std::to_string(ip[0]);
    for (std::size_t i = 1; i < 4; ++i) text.append(1, '.').append(std::to_string(ip[i]));
    return text;
  }
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(AF_INET6, ip.data(), text, sizeof text);
  return text;
}

std::string HostAddress::to_string() const {
  const std::string text = v6 ? '[' + ip_to_string() + ']' : ip_to_string();
  return text + ':' + std::to_string(port);
}

std::size_t StoredMessage::encoded_size() const {
  return kFixedV1 + (born_host.v6 ? kExtraV6 : 0) + (store_host.v6 ? kExtraV6 : 0) + (topic.size() > 127 ? 1 : 0) +
         body.size() + topic.size() + properties.size();
}

bool StoredMessage::encode_to(std::string& out) const {
  if (topic.size() > 0x7FFF || properties.size() > 0x7FFF || body.size() > 0x7FFFFFFF - 0x20000) return false;
  const bool v2 = topic.size() > 127;
  std::int32_t flags = sys_flag & ~(MessageSysFlag::BORNHOST_V6_FLAG | MessageSysFlag::STOREHOSTADDRESS_V6_FLAG);
  if (born_host.v6) flags |= MessageSysFlag::BORNHOST_V6_FLAG;
  if (store_host.v6) flags |= MessageSysFlag::STOREHOSTADDRESS_V6_FLAG;
  out.reserve(out.size() + encoded_size());
  text::put32(out, static_cast<std::uint32_t>(encoded_size()));
  text::put32(out, v2 ? kMagicV2 : kMagicV1);
  text::put32(out, crc32(body));
  text::put32(out, static_cast<std::uint32_t>(queue_id));
  text::put32(out, static_cast<std::uint32_t>(flag));
  text::put64(out, static_cast<std::uint64_t>(queue_offset));
  text::put64(out, static_cast<std::uint64_t>(physical_offset));
  text::put32(out, static_cast<std::uint32_t>(flags));
  text::put64(out, static_cast<std::uint64_t>(born_timestamp));
  put_host(out, born_host);
  text::put64(out, static_cast<std::uint64_t>(store_timestamp));
  put_host(out, store_host);
  text::put32(out, static_cast<std::uint32_t>(reconsume_times));
  text::put64(out, static_cast<std::uint64_t>(prepared_transaction_offset));
  text::put32(out, static_cast<std::uint32_t>(body.size()));
  out += body;
  if (v2) {
    text::put16(out, static_cast<std::uint16_t>(topic.size()));
  } else {
    out += static_cast<char>(topic.size());
  }
  out += topic;
  text::put16(out, static_cast<std::uint16_t>(properties.size()));
  out += properties;
  return true;
}

error_code StoredMessage::decode(std::string_view& input, StoredMessage& out, bool check_crc) {
  if (input.size() < kFixedV1) return RemotingError::bad_body;
  const std::size_t total = text::load32(input.data());
  if (total < kFixedV1 || total > input.size()) return RemotingError::bad_body;
  Input in(input.substr(4, total - 4));
  out.magic = in.u32();
  if (out.magic != kMagicV1 && out.magic != kMagicV2) return RemotingError::bad_body;
  out.body_crc = in.u32();
  out.queue_id = static_cast<std::int32_t>(in.u32());
  out.flag = static_cast<std::int32_t>(in.u32());
  out.queue_offset = static_cast<std::int64_t>(in.u64());
  out.physical_offset = static_cast<std::int64_t>(in.u64());
  out.sys_flag = static_cast<std::int32_t>(in.u32());
  out.born_timestamp = static_cast<std::int64_t>(in.u64());
  out.born_host = read_host(in, (out.sys_flag & MessageSysFlag::BORNHOST_V6_FLAG) != 0);
  out.store_timestamp = static_cast<std::int64_t>(in.u64());
  out.store_host = read_host(in, (out.sys_flag & MessageSysFlag::STOREHOSTADDRESS_V6_FLAG) != 0);
  out.reconsume_times = static_cast<std::int32_t>(in.u32());
  out.prepared_transaction_offset = static_cast<std::int64_t>(in.u64());
  out.body = in.bytes(in.u32());
  out.topic = in.bytes(out.magic == kMagicV2 ? in.u16() : in.u8());
  out.properties = in.bytes(in.u16());
  if (!in.done()) return RemotingError::bad_body;
  if (check_crc && crc32(out.body) != out.body_crc) return RemotingError::bad_body;
  input.remove_prefix(total);
  return {};
}

error_code StoredMessage::decode_all(std::string_view input, std::vector<StoredMessage>& out, bool check_crc) {
  out.clear();
  while (!input.empty()) {
    out.emplace_back();
    if (const error_code ec = decode(input, out.back(), check_crc)) return ec;
  }
  return {};
}

std::string StoredMessage::offset_msg_id() const { return create_message_id(store_host, physical_offset); }

std::uint32_t crc32(std::string_view bytes) {
  const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  return static_cast<std::uint32_t>(crc) & 0x7FFFFFFF;
}

}  // namespace rmqsim
