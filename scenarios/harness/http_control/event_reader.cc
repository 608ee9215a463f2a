#include "scenarios/harness/http_control/event_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

constexpr EventKind kKinds[] = {
    {"request", "a request arrived; its end is an event of its own"},
    {"answer", "what became of a request, with the rule that acted"},
    {"connection", "a connection was opened or closed"},
    {"server", "a server crashed, restarted, was paused, or went on"},
    {"rule", "a fault rule was added, changed, removed, its counts began anew, or it acted on a connection"},
    {"gate", "a gate was added or removed, or let requests go"},
    {"registration", "a broker is known to a nameserver, or no longer"},
    {"topic", "a topic was created or changed, or a permission"},
    {"route", "a route was changed by hand"},
    {"log", "requests that were kept are forgotten, because somebody asked for it"},
};

/// What was known of a request when it arrived.
JournalEntry as_it_arrived(JournalEntry entry) {
  entry.outcome = {};
  entry.stored = 0;
  entry.acknowledged = false;
  return entry;
}

std::string event_text(const LiveEvent& event, const std::optional<JournalEntry>& entry) {
  Json data;
  data["event"] = event.id;
  data["kind"] = event.kind;
  if (entry) {
    data.update(ControlResources::entry_json(event.kind == "request" ? as_it_arrived(*entry) : *entry));
  } else {
    const Duration since = event.news->since_first_step;
    data["at"] = iso_time(event.news->at);
    data["atMs"] = since == FaultPlan::kBeforeFirstStep ? Json(nullptr) : Json(rounded_millis(since));
    data.update(json_of<Json>(event.news->details));
  }
  return "id: " + std::to_string(event.id) + "\nevent: " + std::string(event.kind) +
         "\ndata: " + json_text(data) + "\n\n";
}

bool asks_for_requests(const JournalFilter& filter) {
  return filter.on || filter.topic || filter.group || filter.outcome || filter.key;
}

}  // namespace

std::span<const EventKind> event_kinds() { return kKinds; }

bool EventFilter::matches(const LiveEvent& event, const std::optional<JournalEntry>& entry) const {
  if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), event.kind) == kinds.end()) return false;
  if (entry) return requests.matches(*entry);
  if (asks_for_requests(requests)) return false;
  const LiveEvent::News& news = *event.news;
  return (!requests.server || *requests.server == news.server) && (!requests.rule || *requests.rule == news.rule);
}

EventReader::EventReader(const EventLog& log, EventFilter filter, std::optional<std::uint64_t> after, TimePoint now)
    : log_(log), filter_(std::move(filter)), read_(after.value_or(log.last_id())),
      before_(log.last_id()), said_(now) {
  if (read_ > log.last_id()) read_ = 0;
  // Of what went before it came nobody has promised it anything.
  if (read_ == 0) read_ = log.first_id() - 1;
}

std::string EventReader::next(TimePoint now, const std::string& greeting) {
  std::string text;
  if (!std::exchange(greeted_, true)) text = "retry: 1000\nevent: hello\ndata: " + greeting + "\n\n";
  const auto& events = log_.events();
  const std::uint64_t first = log_.first_id();
  if (read_ + 1 < first) {
    text += "event: missed\ndata: {\"count\":" + std::to_string(first - read_ - 1) + "}\n\n";
    read_ = first - 1;
  }
  for (std::size_t i = static_cast<std::size_t>(read_ + 1 - first); i < events.size() && text.size() < kPart; ++i) {
    const std::optional<JournalEntry> entry = log_.entry_of(events[i]);
    if (filter_.matches(events[i], entry)) text += event_text(events[i], entry);
    read_ = events[i].id;
  }
  if (!current_ && read_ >= before_) {
    current_ = true;
    text += "event: current\ndata: {\"last\":" + std::to_string(before_) + "}\n\n";
  }
  if (text.empty() && now - said_ >= kHeartbeat) text = ":\n\n";
  if (!text.empty()) said_ = now;
  return text;
}

}  // namespace rmqsim
