#include "tools/send/unknown_hosts.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>

namespace rmqsim {

std::vector<std::string> unknown_hosts(const std::string& nameservers) {
  std::vector<std::string> unknown;
  std::string_view left = nameservers;
  while (!left.empty()) {
    const std::string address(left.substr(0, left.find(';')));
    left.remove_prefix(std::min(left.size(), address.size() + 1));
    const std::size_t colon = address.rfind(':');
    if (colon == std::string::npos || colon == 0) continue;
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    const int error = ::getaddrinfo(address.substr(0, colon).c_str(), nullptr, &hints, &found);
    if (error == 0) {
      ::freeaddrinfo(found);
      continue;
    }
    unknown.push_back("the host of nameserver " + address + " is not known: " + ::gai_strerror(error));
  }
  return unknown;
}

}  // namespace rmqsim
