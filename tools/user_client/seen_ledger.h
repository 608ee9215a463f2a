// A ledger of what servers saw of somebody else's client: one row per message key, its attempts being the requests that
// carried it. What only the client knows (timeouts, exceptions, what it made of an answer) is null.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "scenarios/harness/file/scenario.h"
#include "scenarios/harness/journal/request_journal.h"

namespace rmqsim {

/// One JSON object in the shape of format §2, "client" being "command". Times count from `first_step`.
std::string seen_ledger(const Scenario& scenario, std::string_view profile, std::uint64_t seed,
                        const RequestJournal& journal, TimePoint first_step,
                        const std::map<std::string, std::uint64_t>& received,
                        const std::map<std::string, std::uint64_t>& stored);

}  // namespace rmqsim
