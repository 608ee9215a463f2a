// Access control of the fake broker (wire §1.10): with accounts every request must be signed with the
// secret of one of them. What a stranger is told is that of the emulated release: code 16 and a short text in
// 5.3.3, code 1 and an AclException in 4.9.8; so is whoever may not do what it asks for (authorization.h). Pure.
#pragma once

#include "fake_broker/broker_state.h"

namespace rmqsim {

/// False when the request is refused: `reply` then holds the answer. True without accounts.
bool authenticate(BrokerState& broker, const RemotingCommand& request, const Peer& peer, Reply& reply);

}  // namespace rmqsim
