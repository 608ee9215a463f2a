// Splitting and joining of "host:port"; pure text, no lookup of any kind.
#include "producer/transport/address.h"

#include <charconv>

namespace rmqsim {

std::optional<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  if (digits.empty() || digits.size() > 5) return std::nullopt;
  unsigned port = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failure != std::errc{} || end != digits.data() + digits.size() || port > 65535) return std::nullopt;
  return Address{std::string(text.substr(0, colon)), static_cast<std::uint16_t>(port)};
}

bool is_ipv4(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    unsigned value = 0;
    const auto [end, failure] = std::from_chars(host.data(), host.data() + host.size(), value);
    const auto length = static_cast<std::size_t>(end - host.data());
    if (failure != std::errc{} || length > 3 || value > 255) return false;
    host.remove_prefix(length);
    if (part == 3) return host.empty();
    if (host.empty() || host.front() != '.') return false;
    host.remove_prefix(1);
  }
  return false;
}

std::string to_string(const Address& address) { return address.host + ':' + std::to_string(address.port); }

}  // namespace rmqsim
