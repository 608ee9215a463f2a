// For how long a rule of a saved scenario is there: as wide as it can be without meeting other messages than it met,
// since those of a run come a little earlier or later.
#pragma once

#include <vector>

#include "fake_broker/rules/fault_rule.h"
#include "scenarios/harness/http_control/deeds.h"
#include "scenarios/harness/journal/journal_entry.h"

namespace rmqsim {

/// Whether it is about sends, and that one is one of them whenever it comes.
bool may_meet(const FaultRule& rule, const JournalEntry& entry);
/// Widens `rule`, whose life that is, where somebody put it in or took it out between two messages, or before the first
/// or behind the last one. `met`: when those came that it may meet, in order.
void widen_window(FaultRule& rule, const RuleLife& life, const std::vector<Duration>& met);

}  // namespace rmqsim
