// Walks the interfaces in the system's order, as java.net.NetworkInterface does. Which interfaces count and which
// address wins follows NetworkUtil.getLocalInetAddress of 5.3.3 (behaviour §1.5).
#include "producer/transport/tcp/local_ip.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cstdint>
#include <memory>

namespace rmqsim {
namespace {

bool counts(const ifaddrs& entry) {
  if (entry.ifa_addr == nullptr || entry.ifa_addr->sa_family != AF_INET) return false;
  if ((entry.ifa_flags & IFF_UP) == 0 || (entry.ifa_flags & (IFF_LOOPBACK | IFF_POINTOPOINT)) != 0) return false;
  const std::string name = entry.ifa_name;
  if (name.find(':') != std::string::npos) return false;  // a sub-interface, Java's isVirtual()
  return ::access(("/sys/class/net/" + name + "/bridge").c_str(), F_OK) != 0;
}

bool is_internal(std::uint32_t ip) {
  return (ip >> 24) == 10 || (ip >> 24) == 127 || (ip >> 20) == ((172u << 4) | 1) || (ip >> 16) == ((192u << 8) | 168);
}

}  // namespace

std::string find_local_ip() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return "127.0.0.1";
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  std::string last = "127.0.0.1";
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (!counts(*entry)) continue;
    const auto& address = reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr;
    char text[INET_ADDRSTRLEN] = "";
    ::inet_ntop(AF_INET, &address, text, sizeof text);
    last = text;
    if (!is_internal(ntohl(address.s_addr))) break;
  }
  return last;
}

}  // namespace rmqsim
