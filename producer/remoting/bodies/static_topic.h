// Static topics (5.x): a route may describe logical queues that move between brokers, and says for each broker which of
// them it holds (ClientMetadata.topicRouteData2EndpointsForStaticTopic, behaviour §4.4).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

/// Logical queue, as (mock broker name, id), to the name of the broker that holds it now. A queue that nobody holds is
/// at `__syslo__none__`.
using StaticTopicEndPoints = std::map<std::pair<std::string, std::int32_t>, std::string>;

/// From the JSON of topicQueueMappingByBroker. Of two brokers that claim a queue the one of the later epoch has it.
/// bad_body when it is not of that shape or has more than 65536 queues (Java has no limit; memory must stay bounded).
error_code static_topic_end_points(std::string_view mapping_by_broker, StaticTopicEndPoints& out);

}  // namespace rmqsim
