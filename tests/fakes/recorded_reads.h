// Brings a fresh broker into the state in which a recorded request of a consumer was made: messages, groups,
// subscriptions, locks. What was there is read off the request and its recorded answer.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "fake_broker/fake_broker.h"

namespace rmqsim {

/// `title` is the name of the exchange, `recorded` the header of the answer or null.
void prepare_reads(FakeBroker& broker, const RemotingCommand& request, const nlohmann::json& recorded,
                   std::string_view title, TimePoint now);
/// Processes a request; one that is held gets its answer when its time is up.
void process_to_the_end(FakeBroker& broker, const RemotingCommand& request, const Peer& peer, TimePoint now,
                        Reply& reply);

}  // namespace rmqsim
