#include "producer/transport/http_origin.h"

#include <algorithm>

#include "producer/transport/address.h"

namespace rmqsim {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_text(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool in_a_word(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

struct Host {
  std::string_view name;  ///< of an IPv6 address: without its brackets
  bool ipv6 = false;
};

/// The host of "host:port"; nullopt when that is no form of a Host header.
std::optional<Host> host_of(std::string_view text) {
  const bool ipv6 = !text.empty() && text.front() == '[';
  std::size_t end = text.find(ipv6 ? ']' : ':');
  if (ipv6 && end == std::string_view::npos) return std::nullopt;
  if (end == std::string_view::npos) end = text.size();
  const std::string_view name = ipv6 ? text.substr(1, end - 1) : text.substr(0, end);
  if (ipv6 && name.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) return std::nullopt;
  const std::string_view port = text.substr(ipv6 ? end + 1 : end);
  if (name.empty() || (!port.empty() && (port.front() != ':' || !all_digits(port.substr(1))))) return std::nullopt;
  return Host{name, ipv6};
}

}  // namespace

bool is_loopback_ip(std::string_view ip) {
  return ip == "::1" || (ip.substr(0, 4) == "127." && is_ipv4(ip));
}

std::optional<std::string> refuse_web_page(std::optional<std::string_view> host,
                                           std::optional<std::string_view> origin, bool loopback_only) {
  if (host) {
    auto [name, ipv6] = host_of(*host).value_or(Host());
    if (!name.empty() && name.back() == '.') name.remove_suffix(1);
    const bool single_word = !name.empty() && std::all_of(name.begin(), name.end(), in_a_word);
    const bool elsewhere = !loopback_only && (ipv6 || is_ipv4(name) || single_word);
    if (!same_text(name, "localhost") && !is_loopback_ip(name) && !elsewhere) {
      return "the Host header names neither localhost nor an address of this server";
    }
  }
  if (origin && (!host || !same_text(*origin, "http://" + std::string(*host)))) {
    return "requests of web pages are refused: the Origin header is not this server's own";
  }
  return std::nullopt;
}

}  // namespace rmqsim
