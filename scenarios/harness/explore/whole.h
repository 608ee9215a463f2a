// Scenarios that are put together from values instead of being read: what follows from their parts is worked out here,
// as the parser does it for files.
#pragma once

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// To be called after parts of a scenario were added, changed or taken out. Of the parts themselves nothing changes but
/// what must follow:
/// - Sends are counted anew: `send_count` and `first_send` of each step, `send_count` of the scenario.
/// - Selectors of sends (in recalls and expectations) go on naming the sends that they named, by the numbers that these
///   have now. They are told by the steps' former `first_send` and `send_count`, so a step that is moved or copied
///   keeps its own, and a new one has a `send_count` of 0. A recall or expectation that has none left is taken out.
/// - A step whose `at` is over when those before it can be has none: it begins at once, as it did.
/// - Rules are called "fault[i]" by their place; an id that was given stays, unless an earlier rule has it. Each has a
///   place in `fault_locations`.
/// What names a broker, nameserver or producer that does not exist is left as it is.
/// Calling it twice is calling it once.
void make_whole(Scenario& scenario);

}  // namespace rmqsim
