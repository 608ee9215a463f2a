// Ids as upper-case hex, and the civil-calendar arithmetic for "start of the local month".
#include "producer/remoting/bodies/message_id.h"

#include <algorithm>
#include <chrono>

#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

template <class Unsigned>
void put_hex(std::string& out, Unsigned v) {
  for (int shift = static_cast<int>(sizeof v) * 8 - 4; shift >= 0; shift -= 4) out += kHex[(v >> shift) & 15];
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

HostAddress host_of(std::string_view ip) {
  HostAddress h;
  h.v6 = ip.size() == 16;
  std::copy(ip.begin(), ip.end(), h.ip.begin());
  return h;
}

}  // namespace

std::string to_upper_hex(std::string_view bytes) {
  std::string out;
  out.reserve(2 * bytes.size());
  for (const char c : bytes) put_hex(out, static_cast<std::uint8_t>(c));
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string create_message_id(const HostAddress& store_host, std::int64_t physical_offset) {
  std::string out = to_upper_hex(store_host.ip_bytes());
  put_hex(out, static_cast<std::uint32_t>(store_host.port));
  put_hex(out, static_cast<std::uint64_t>(physical_offset));
  return out;
}

std::optional<MessageId> decode_message_id(std::string_view msg_id) {
  if (msg_id.size() != 32 && msg_id.size() != 56) return std::nullopt;
  const auto bytes = from_hex(msg_id);
  if (!bytes) return std::nullopt;
  const std::size_t ip = bytes->size() - 12;
  MessageId id;
  id.address = host_of(std::string_view(*bytes).substr(0, ip));
  id.address.port = static_cast<std::int32_t>(text::load32(bytes->data() + ip));
  id.offset = static_cast<std::int64_t>(text::load64(bytes->data() + ip + 4));
  return id;
}

UniqIdGenerator::UniqIdGenerator(std::string_view ip, std::int32_t pid, std::int32_t class_loader_hash,
                                 Duration utc_offset)
    : prefix_(to_upper_hex(ip)), utc_offset_ms_(std::chrono::floor<std::chrono::milliseconds>(utc_offset).count()) {
  put_hex(prefix_, static_cast<std::uint16_t>(pid));
  put_hex(prefix_, static_cast<std::uint32_t>(class_loader_hash));
}

void UniqIdGenerator::set_start_time(std::int64_t now_ms) {
  using namespace std::chrono;
  const sys_days day = floor<days>(sys_time<milliseconds>(milliseconds(now_ms + utc_offset_ms_)));
  const year_month_day date{day};
  const year_month month = date.year() / date.month();
  const auto begin = [&](const year_month& m) {
    return duration_cast<milliseconds>(sys_days(m / 1).time_since_epoch()).count() - utc_offset_ms_;
  };
  start_ms_ = begin(month);
  next_start_ms_ = begin(month + months(1));
  started_ = true;
}

void UniqIdGenerator::create_to(TimePoint now, std::string& out) {
  const std::int64_t now_ms = to_millis(now);
  if (!started_ || now_ms >= next_start_ms_) set_start_time(now_ms);
  std::int64_t difference = now_ms - start_ms_;
  if (difference < 0 && difference > -1'000'000) difference = 0;
  out.reserve(out.size() + prefix_.size() + 12);
  out += prefix_;
  put_hex(out, static_cast<std::uint32_t>(difference));
  put_hex(out, counter_++);
}

std::string UniqIdGenerator::create(TimePoint now) {
  std::string out;
  create_to(now, out);
  return out;
}

std::optional<UniqIdParts> parse_uniq_id(std::string_view id) {
  if (id.size() != 32 && id.size() != 56) return std::nullopt;
  const auto bytes = from_hex(id);
  if (!bytes) return std::nullopt;
  const std::size_t ip = bytes->size() - 12;
  const char* const p = bytes->data() + ip;
  UniqIdParts parts;
  parts.ip = host_of(std::string_view(*bytes).substr(0, ip)).ip_to_string();
  parts.pid = text::load16(p);
  parts.class_loader_hash = static_cast<std::int32_t>(text::load32(p + 2));
  parts.millis_since_month_start = static_cast<std::int32_t>(text::load32(p + 6));
  parts.counter = text::load16(p + 10);
  return parts;
}

std::optional<std::int64_t> nearly_time_from_uniq_id(std::string_view id, std::int64_t now_millis) {
  using namespace std::chrono;
  const auto parts = parse_uniq_id(id);
  if (!parts) return std::nullopt;
  const year_month_day date{floor<days>(sys_time<milliseconds>(milliseconds(now_millis)))};
  const auto made_in = [&](const year_month& month) {
    return duration_cast<milliseconds>(sys_days(month / 1).time_since_epoch()).count() +
           parts->millis_since_month_start;
  };
  const year_month month = date.year() / date.month();
  return made_in(month) < now_millis ? made_in(month) : made_in(month - months(1));
}

}  // namespace rmqsim
