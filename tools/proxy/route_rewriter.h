// Addresses of brokers in what a nameserver answers, replaced by those of the proxy. Only the addresses change: order,
// dialect and unknown keys of the body stay as the nameserver wrote them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/codec/remoting_command.h"
#include "producer/transport/function.h"

namespace rmqsim {

/// Where a broker of the cluster is reached through the proxy; the address itself to leave it as it is.
using LocalAddress = Function<std::string(const std::string& broker, std::int64_t id, const std::string& address)>;

/// The brokers that an answer to `request_code` (105, 106, 901) names; none for other codes and bodies that do not
/// decode.
std::vector<BrokerData> brokers_of_answer(std::int32_t request_code, std::string_view body);

/// True when `response.body` was changed.
bool rewrite_addresses(std::int32_t request_code, RemotingCommand& response, LocalAddress& local);

}  // namespace rmqsim
