// What a broker says to nameservers (wire §5.2, §6.1): the requests as values. Pure.
#pragma once

#include <string>

#include "fake_broker/broker_state.h"

namespace rmqsim {

/// The topics and their version.
TopicConfigSerializeWrapper topic_config_wrapper(const BrokerState& broker);

/// REGISTER_BROKER. `only_topic` (empty = all) makes the incremental form that 5.x sends after a change: that topic
/// with the new DataVersion. Topic permissions are masked by the broker's (§6.1).
RemotingCommand make_register_broker(const BrokerState& broker, const std::string& address,
                                     const std::string& only_topic);
/// UNREGISTER_BROKER.
RemotingCommand make_unregister_broker(const BrokerState& broker, const std::string& address);

}  // namespace rmqsim
