// What a recording keeps of a message beside its size, when it is asked to.
#pragma once

#include <string>
#include <string_view>

#include "tools/proxy/proxy_front.h"

namespace rmqsim {

/// The properties of a SEND of any form, as text.
std::string_view message_properties(const RemotingCommand& request);

/// Body, tags, keys, delay level and user properties, as the keys of a step that sends: a JSON object. Empty when the
/// body is none that a scenario could say: compressed, of a batch, longer than kKeptBody, no text.
std::string recorded_content(const Exchange& exchange);

}  // namespace rmqsim
