// What `rmqsim ctl` shows people of an answer: tables and lines instead of JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace rmqsim {

/// `kind` is the resource: "faults", "fault", "servers", "topics", "requests", "messages", "gates", or anything else,
/// which becomes one line per member. Ends with a line break.
std::string ctl_text(const std::string& kind, const nlohmann::ordered_json& answer, bool colours);

/// One event of /v1/events as a line, with its line break.
std::string ctl_event_text(const nlohmann::ordered_json& event, bool colours);

}  // namespace rmqsim
