// What an account of the fake broker may do: permissions of topics as in plain_acl.yml. 4.9.8 reads that file itself,
// 5.3.3 makes users and policies of it, and the two differ where an entry names a topic without the action that is
// asked for: 4.9.8 refuses it, 5.3.3 goes by the default. Groups are not judged: those of consumers are free. Pure.
#pragma once

#include <string>

#include "fake_broker/broker_state.h"

namespace rmqsim {

/// Why the account may not do what the request asks for, in the words of the emulated release; empty: it may.
std::string why_forbidden(const BrokerState& broker, const Account& account, const RemotingCommand& request,
                          const Peer& peer);

}  // namespace rmqsim
