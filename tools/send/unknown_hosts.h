// Java's words for a nameserver whose host nobody knows are "connect to null failed"; this names the host.
#pragma once

#include <string>
#include <vector>

namespace rmqsim {

/// Of nameservers, HOST:PORT;HOST:PORT: a sentence for each host that cannot be resolved. Asks the resolver.
std::vector<std::string> unknown_hosts(const std::string& nameservers);

}  // namespace rmqsim
