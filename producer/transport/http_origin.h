// Whether an HTTP request may come from a web page. A page of any site can make a browser send requests to loopback, by
// itself (then it says an Origin) or under a name of its own that it lets point there (DNS rebinding; then the Host is
// that name). Tools such as curl name the address they were given and say no Origin.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rmqsim {

/// Why the request is refused; nullopt when it is not. `host` and `origin` are the headers' values, nullopt without
/// one. `loopback_only`: the server listens on loopback; else a Host may also be any IP address or a name without a
/// dot, such as a container's: only names of public domains can be rebound.
std::optional<std::string> refuse_web_page(std::optional<std::string_view> host,
                                           std::optional<std::string_view> origin, bool loopback_only);

/// Whether the text is an IP address of this machine alone: 127.x.x.x or ::1.
bool is_loopback_ip(std::string_view ip);

}  // namespace rmqsim
