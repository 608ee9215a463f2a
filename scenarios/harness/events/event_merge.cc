#include "scenarios/harness/events/event_merge.h"

#include <algorithm>
#include <utility>

#include "scenarios/harness/events/event_rows.h"

namespace rmqsim {

void EventMerge::told(const std::string& source, TimePoint until) {
  const auto at = told_.find(source);
  if (at == told_.end()) return;
  at->second = std::max(at->second, until);
  pass_on();
}

void EventMerge::leave(const std::string& source) {
  told_.erase(source);
  pass_on();
}

void EventMerge::record(TimePoint at, std::string_view node, std::string_view event,
                        std::initializer_list<TraceField> fields) {
  recorded_ = std::max(recorded_, at);
  hold(recorded_, {at, std::string(node), read_event(event, fields)});
  if (told_.empty()) pass_on();
}

void EventMerge::take(TimePoint at, std::string node, EventData what) {
  hold(at, {at, std::move(node), std::move(what)});
}

void EventMerge::hold(TimePoint place, Held held) {
  held_.emplace(place, std::move(held));
  if (held_.size() > max_held_) pass_first();
}

void EventMerge::pass_on() {
  TimePoint until = TimePoint::max();
  for (const auto& [source, told] : told_) until = std::min(until, told);
  while (!held_.empty() && held_.begin()->first <= until) pass_first();
}

void EventMerge::pass_first() {
  const auto first = held_.extract(held_.begin());
  write_event(out_, first.mapped().at, first.mapped().node, first.mapped().what);
}

void EventMerge::finish() {
  while (!held_.empty()) pass_first();
}

}  // namespace rmqsim
