// Base64 and the five parts between blanks.
#include "producer/remoting/bodies/recall_handle.h"

#include <vector>

#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
}  // namespace

std::string base64_url_encode(std::string_view in) {
  std::string out;
  for (std::size_t i = 0; i < in.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return k < in.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(in[k])) : 0u;
    };
    const std::uint32_t word = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += kAlphabet[word >> 18];
    out += kAlphabet[word >> 12 & 63];
    out += i + 1 < in.size() ? kAlphabet[word >> 6 & 63] : '=';
    out += i + 2 < in.size() ? kAlphabet[word & 63] : '=';
  }
  return out;
}

std::optional<std::string> base64_url_decode(std::string_view text) {
  std::size_t padding = 0;
  while (padding < 2 && !text.empty() && text.back() == '=') {
    text.remove_suffix(1);
    ++padding;
  }
  if (text.size() % 4 == 1 || (padding > 0 && (text.size() + padding) % 4 != 0)) return std::nullopt;
  std::string out;
  std::uint32_t word = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    word = word << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(word >> bits & 0xff);
  }
  return out;
}

std::string RecallHandle::encode() const {
  return base64_url_encode("v1 " + topic + " " + broker_name + " " + std::to_string(timestamp) + " " + message_id);
}

std::optional<RecallHandle> RecallHandle::decode(std::string_view text) {
  const auto plain = base64_url_decode(text);
  if (!plain) return std::nullopt;
  std::vector<std::string_view> parts;
  for (std::string_view rest = *plain;;) {
    const std::size_t blank = rest.find(' ');
    parts.push_back(rest.substr(0, blank));
    if (blank == std::string_view::npos) break;
    rest.remove_prefix(blank + 1);
  }
  while (!parts.empty() && parts.back().empty()) parts.pop_back();
  if (parts.size() < 5 || parts[0] != "v1") return std::nullopt;
  return RecallHandle{std::string(parts[1]), std::string(parts[2]), text::parse_int64(parts[3]).value_or(-1),
                      std::string(parts[4])};
}

}  // namespace rmqsim
