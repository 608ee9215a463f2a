// Addresses as text, "host:port". Both worlds split them the same way, so that a bad address fails alike in both.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rmqsim {

struct Address {
  std::string host;  ///< an IPv4 address or a name; never empty
  std::uint16_t port = 0;
  bool operator==(const Address&) const = default;
};

/// Splits at the last colon. Nothing when there is none, the host is empty or the port is not 0-65535 in decimal.
std::optional<Address> parse_address(std::string_view text);

/// True for four decimal numbers 0-255 joined by dots.
bool is_ipv4(std::string_view host);

std::string to_string(const Address& address);

}  // namespace rmqsim
