#include "scenarios/harness/http_control/request_journal.h"

#include <algorithm>

#include "producer/remoting/codes.h"

namespace rmqsim {
namespace {

std::string_view cut(std::string_view text) { return text.substr(0, RequestJournal::kMaxText); }

bool differs(const std::optional<std::string>& wanted, const std::string& found) {
  return wanted && *wanted != found;
}

/// A name, or OTHER: a peer may send any number, and a metric must not get a label for each.
std::string known_request(std::int32_t code) {
  const std::string name = request_code_name(code);
  return request_code_by_name(name) ? name : "OTHER";
}

std::string known_outcome(std::string_view outcome) {
  const bool number = !outcome.empty() && (outcome[0] == '-' || (outcome[0] >= '0' && outcome[0] <= '9'));
  return number ? "OTHER" : std::string(outcome);
}

}  // namespace

bool JournalFilter::matches(const JournalEntry& entry) const {
  if (on && !on->matches_code(entry.code)) return false;
  return !differs(topic, entry.topic) && !differs(server, entry.server) && !differs(group, entry.group) &&
         !differs(rule, entry.rule) && !differs(outcome, entry.outcome) && !differs(key, entry.key);
}

void AnswerTimes::add(Duration took) {
  const double s = std::chrono::duration<double>(took).count();
  ++count;
  seconds += s;
  const auto step = std::lower_bound(kSteps.begin(), kSteps.end(), s);
  if (step != kSteps.end()) ++counts[static_cast<std::size_t>(step - kSteps.begin())];
}

void RequestJournal::on_request(std::string_view server, const RequestSeen& r) {
  if (last_is_open_) {
    const JournalEntry& last = entries_.back();
    open_[{last.server, last.of_server, last.code}] = last.number;
  }
  if (entries_.full()) {
    const JournalEntry& oldest = entries_.front();
    if (oldest.outcome.empty()) open_.erase({oldest.server, oldest.of_server, oldest.code});
    if (listener_ != nullptr) listener_->on_forgotten(oldest);
    ++dropped_;
  }
  JournalEntry& entry = entries_.enter();
  entry.number = ++last_number_;
  entry.at = r.at;
  entry.since_first_step = first_step_ ? r.at - *first_step_ : FaultPlan::kBeforeFirstStep;
  entry.server = server;
  entry.code = r.code;
  entry.topic = cut(r.topic);
  entry.queue_id = r.queue_id;
  entry.group = cut(r.producer_group);
  entry.key = cut(r.uniq_key);
  entry.first_member_key = cut(r.first_member_key);
  entry.peer = r.peer;
  entry.oneway = r.oneway;
  entry.rule = r.rule;
  entry.of_server = r.number;
  entry.outcome.clear();
  entry.stored = 0;
  entry.acknowledged = false;
  entry.answered_at = {};
  entry.last_event = 0;
  last_is_open_ = true;
  if (listener_ != nullptr) listener_->on_arrived(entry);
  if (next_ != nullptr) next_->on_request(server, r);
}

const JournalEntry* RequestJournal::find(std::uint64_t number) const {
  if (entries_.empty() || number < entries_.front().number || number > entries_.back().number) return nullptr;
  return &entries_[static_cast<std::size_t>(number - entries_.front().number)];
}

/// The entry that it answers, which is then no longer open; null: none is kept.
JournalEntry* RequestJournal::take_open(std::string_view server, const AnswerSeen& a) {
  if (last_is_open_) {
    JournalEntry& last = entries_.back();
    if (last.of_server == a.number && last.code == a.code && last.server == server) {
      last_is_open_ = false;
      return &last;
    }
  }
  const auto open = open_.find({std::string(server), a.number, a.code});
  if (open == open_.end()) return nullptr;
  JournalEntry* entry = find(open->second);
  open_.erase(open);
  return entry;
}

RequestJournal::Tally& RequestJournal::tally(std::string_view server, const AnswerSeen& a) {
  const std::size_t last = server.empty() ? 0 : static_cast<unsigned char>(server.back());
  Tally& tally = tallies_[(last + static_cast<std::uint32_t>(a.code) + a.outcome.size()) % tallies_.size()];
  if (tally.answered != nullptr && tally.code == a.code && tally.server == server && tally.outcome == a.outcome) {
    return tally;
  }
  const std::tuple what(std::string(server), known_request(a.code), known_outcome(a.outcome));
  const auto times = answer_times_.find(what);
  tally = {std::string(server), a.code, std::string(cut(a.outcome)), &*answered_.try_emplace(what).first,
           times == answer_times_.end() ? nullptr : &times->second};
  return tally;
}

void RequestJournal::on_answer(std::string_view server, const AnswerSeen& a) {
  Tally& counted = tally(server, a);
  ++counted.answered->second;
  if (JournalEntry* const entry = take_open(server, a)) {
    entry->outcome = a.outcome;
    entry->stored = a.stored;
    entry->acknowledged = a.acknowledged;
    entry->answered_at = a.at;
    if (counted.times == nullptr) counted.times = &answer_times_[counted.answered->first];
    counted.times->add(a.at - entry->at);
    if (on_entry_) on_entry_(*entry);
    if (listener_ != nullptr) listener_->on_answered(*entry);
  }
  if (next_ != nullptr) next_->on_answer(server, a);
}

void RequestJournal::on_stored(std::string_view server, StoredRange stored, TimePoint at) {
  if (next_ != nullptr) next_->on_stored(server, stored, at);
}

void RequestJournal::on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) {
  if (opened) ++connections_[std::string(server)];
  if (listener_ != nullptr) listener_->on_connection(server, peer, opened, at);
  if (next_ != nullptr) next_->on_connection(server, peer, opened, at);
}

void RequestJournal::on_connection_rule(std::string_view server, std::string_view rule, std::string_view peer,
                                        TimePoint at) {
  if (listener_ != nullptr) listener_->on_connection_rule(server, rule, peer);
  if (next_ != nullptr) next_->on_connection_rule(server, rule, peer, at);
}

std::uint64_t RequestJournal::connections(std::string_view server) const {
  const auto it = connections_.find(server);
  return it == connections_.end() ? 0 : it->second;
}

void RequestJournal::clear() {
  if (listener_ != nullptr) {
    for (const JournalEntry& entry : entries_) listener_->on_forgotten(entry);
  }
  entries_.clear();
  open_.clear();
  last_is_open_ = false;
  cleared_ = last_number_;
  dropped_ = 0;
}

}  // namespace rmqsim
