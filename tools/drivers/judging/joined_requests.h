// The messages that servers were sent, each with the send that it belongs to: by the keys that the client told, or as
// the one that was under way. What belongs to none is what nobody asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"
#include "scenarios/harness/journal/request_journal.h"

namespace rmqsim {

/// When a send had surely not begun, and when its end was known at the latest.
using SurelyUnderWay = std::function<std::pair<TimePoint, TimePoint>(std::uint64_t send)>;

struct JoinedRequests {
  std::vector<std::vector<JournalEntry>> of_sends;  ///< by number, each in the order of arrival
  std::vector<JournalEntry> nobodys;                ///< of no send; traces and replies are not among them
  bool unplaced = false;  ///< there are some that may be of several sends, whose keys nobody told
};

/// Texts of entries live as those of the journal.
JoinedRequests join_requests(const Scenario& scenario, const RunRecord& record, const RequestJournal& journal,
                             const SurelyUnderWay& under_way);

}  // namespace rmqsim
