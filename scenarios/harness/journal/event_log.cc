#include "scenarios/harness/journal/event_log.h"

#include <utility>

namespace rmqsim {

LiveEvent& EventLog::next(std::string_view kind) {
  LiveEvent& event = events_.enter();
  event.id = ++last_id_;
  event.kind = kind;
  event.request = 0;
  if (event.news) event.news.reset();
  return event;
}

void EventLog::enter(std::string_view kind, LiveEvent::News news) {
  next(kind).news = std::make_unique<LiveEvent::News>(std::move(news));
}

std::uint64_t EventLog::enter(std::string_view kind, std::uint64_t request) {
  next(kind).request = request;
  return last_id_;
}

void EventLog::keep(std::uint64_t request, std::uint64_t last_event) {
  if (last_event == 0 || last_event < first_id()) return;
  if (kept_.size() >= events_.capacity()) {
    std::erase_if(kept_, [&](const auto& kept) { return kept.second.last_event < first_id(); });
  }
  kept_.insert_or_assign(request, Kept{last_event, KeptEntry(*journal_.find(request))});
}

std::optional<JournalEntry> EventLog::entry_of(const LiveEvent& event) const {
  if (event.request == 0) return std::nullopt;
  if (auto entry = journal_.find(event.request)) return entry;
  const auto kept = kept_.find(event.request);
  return kept == kept_.end() ? std::nullopt : std::optional(kept->second.request.entry());
}

}  // namespace rmqsim
