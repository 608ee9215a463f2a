// See the header.
#include "producer/transport/http_origin.h"

#include <algorithm>

#include "producer/transport/address.h"

namespace rmqsim {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_text(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The host of "host:port"; nullopt when that is no form of a Host header. An IPv6 address is without its brackets.
std::optional<std::string_view> host_of(std::string_view text, bool& ipv6) {
  ipv6 = !text.empty() && text.front() == '[';
  std::size_t end = text.find(ipv6 ? ']' : ':');
  if (ipv6) {
    if (end == std::string_view::npos) return std::nullopt;
    if (text.substr(1, end - 1).find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) {
      return std::nullopt;
    }
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || !all_digits(rest.substr(1)))) return std::nullopt;
    return text.substr(1, end - 1);
  }
  if (end == std::string_view::npos) end = text.size();
  if (end < text.size() && !all_digits(text.substr(end + 1))) return std::nullopt;
  return text.substr(0, end);
}

}  // namespace

bool is_loopback_ip(std::string_view ip) {
  return ip == "::1" || (ip.substr(0, 4) == "127." && is_ipv4(ip));
}

std::optional<std::string> refuse_web_page(std::optional<std::string_view> host,
                                           std::optional<std::string_view> origin, bool loopback_only) {
  if (host) {
    bool ipv6 = false;
    std::string_view name = host_of(*host, ipv6).value_or(std::string_view());
    if (!name.empty() && name.back() == '.') name.remove_suffix(1);
    const bool single_word = !name.empty() && name.find('.') == std::string_view::npos;
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
