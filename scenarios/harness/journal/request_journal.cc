#include "scenarios/harness/journal/request_journal.h"

#include <algorithm>

#include "producer/remoting/codes.h"

namespace rmqsim {
namespace {

std::string_view cut(std::string_view text) { return text.substr(0, RequestJournal::kMaxText); }

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

void AnswerTimes::add(Duration took) {
  const double s = std::chrono::duration<double>(took).count();
  ++count;
  seconds += s;
  const auto step = std::lower_bound(kSteps.begin(), kSteps.end(), s);
  if (step != kSteps.end()) ++counts[static_cast<std::size_t>(step - kSteps.begin())];
}

/// Most requests come from where the one before came from, or one of the last few.
RequestJournal::Sources::Handle RequestJournal::take_source(std::string_view server, const RequestSeen& r) {
  const RequestSource::Key key{server, r.peer, cut(r.topic), cut(r.producer_group), r.rule, r.code, r.oneway};
  const auto last_char = [](std::string_view text) {
    return text.empty() ? 0u : static_cast<unsigned>(static_cast<unsigned char>(text.back()));
  };
  const std::uint64_t mixed = last_char(server) + 5 * last_char(r.peer) + 17 * static_cast<std::uint32_t>(r.code) +
                              29 * last_char(r.topic) + last_char(r.producer_group);
  Sources::Handle& at_hand = at_hand_[mixed % at_hand_.size()];
  if (at_hand == nullptr || !at_hand->is(key)) {
    sources_.give_back(at_hand);
    at_hand = sources_.take(key);
    if (at_hand->id == 0) at_hand->id = ++last_source_;
  }
  return sources_.share(at_hand);
}

void RequestJournal::forget(std::uint64_t number, const Request& request) {
  if (listener_ != nullptr) listener_->on_forgotten(number, request.last_event);
  sources_.give_back(request.source);
  outcomes_.give_back(request.outcome);
}

void RequestJournal::drop_oldest() {
  const Request& oldest = requests_.front();
  if (oldest.outcome == nullptr) open_.erase({oldest.source->server, oldest.of_server, oldest.source->code});
  forget(first_number(), oldest);
  texts_.leave_before(oldest.texts + oldest.texts_size());
  ++dropped_;
}

void RequestJournal::on_request(std::string_view server, const RequestSeen& r) {
  if (last_is_open_) {
    const Request& last = requests_.back();
    open_[{last.source->server, last.of_server, last.source->code}] = last_number_;
  }
  if (requests_.full()) drop_oldest();
  const std::string_view key = cut(r.uniq_key), first_member = cut(r.first_member_key);
  Request& request = requests_.enter();
  const std::uint64_t number = ++last_number_;
  request.at = r.at;
  request.answered_at = {};
  request.of_server = r.number;
  request.texts = texts_.enter(key, first_member);
  request.source = take_source(server, r);
  request.outcome = nullptr;
  request.queue_id = r.queue_id.value_or(0);
  request.stored = 0;
  request.key_size = static_cast<std::uint16_t>(key.size());
  request.first_member_size = static_cast<std::uint16_t>(first_member.size());
  request.has_queue_id = r.queue_id.has_value();
  request.acknowledged = false;
  last_is_open_ = true;
  request.last_event = listener_ == nullptr ? 0 : listener_->on_arrived(number, *request.source);
  if (next_ != nullptr) next_->on_request(server, r);
}

JournalEntry RequestJournal::entry(std::size_t i) const {
  const Request& request = requests_[i];
  const RequestSource& source = *request.source;
  JournalEntry entry;
  entry.number = first_number() + i;
  entry.at = request.at;
  entry.since_first_step = first_step_ && entry.number > last_before_ ? request.at - *first_step_
                                                                      : FaultPlan::kBeforeFirstStep;
  entry.server = source.server;
  entry.code = source.code;
  entry.topic = source.topic;
  if (request.has_queue_id) entry.queue_id = request.queue_id;
  entry.group = source.group;
  entry.key = texts_.at(request.texts, request.key_size);
  entry.first_member_key = texts_.at(request.texts + request.key_size, request.first_member_size);
  entry.peer = source.peer;
  entry.oneway = source.oneway;
  entry.rule = source.rule;
  entry.of_server = request.of_server;
  if (request.outcome != nullptr) entry.outcome = request.outcome->text;
  entry.stored = request.stored;
  entry.acknowledged = request.acknowledged;
  entry.answered_at = request.answered_at;
  return entry;
}

std::optional<JournalEntry> RequestJournal::find(std::uint64_t number) const {
  if (number < first_number() || number > last_number_) return std::nullopt;
  return entry(static_cast<std::size_t>(number - first_number()));
}

/// What it answers, which is then no longer open, and its number; null: none is kept.
RequestJournal::Request* RequestJournal::take_open(std::string_view server, const AnswerSeen& a,
                                                   std::uint64_t& number) {
  if (last_is_open_) {
    Request& last = requests_.back();
    if (last.of_server == a.number && last.source->code == a.code && last.source->server == server) {
      last_is_open_ = false;
      number = last_number_;
      return &last;
    }
  }
  const auto open = open_.find({std::string(server), a.number, a.code});
  if (open == open_.end()) return nullptr;
  number = open->second;
  open_.erase(open);
  return number < first_number() ? nullptr : &requests_[static_cast<std::size_t>(number - first_number())];
}

RequestJournal::Tally& RequestJournal::tally(std::string_view server, const AnswerSeen& a) {
  const std::size_t last = server.empty() ? 0 : static_cast<unsigned char>(server.back());
  Tally& tally = tallies_[(last + static_cast<std::uint32_t>(a.code) + a.outcome.size()) % tallies_.size()];
  if (tally.outcome != nullptr && tally.code == a.code && tally.server == server && tally.outcome->text == a.outcome) {
    return tally;
  }
  outcomes_.give_back(tally.outcome);
  const std::tuple what(std::string(server), known_request(a.code), known_outcome(a.outcome));
  const auto times = answer_times_.find(what);
  tally = {std::string(server), a.code, outcomes_.take(a.outcome), &*answered_.try_emplace(what).first,
           times == answer_times_.end() ? nullptr : &times->second};
  return tally;
}

void RequestJournal::on_answer(std::string_view server, const AnswerSeen& a) {
  Tally& counted = tally(server, a);
  ++counted.answered->second;
  std::uint64_t number = 0;
  if (Request* const request = take_open(server, a, number)) {
    request->outcome = outcomes_.share(counted.outcome);
    request->stored = a.stored;
    request->acknowledged = a.acknowledged;
    request->answered_at = a.at;
    if (counted.times == nullptr) counted.times = &answer_times_[counted.answered->first];
    counted.times->add(a.at - request->at);
    if (on_entry_) on_entry_(number);
    if (listener_ != nullptr) request->last_event = listener_->on_answered(number, *request->source);
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
  std::uint64_t number = first_number();
  for (const Request& request : requests_) forget(number++, request);
  requests_.clear();
  texts_.clear();
  open_.clear();
  last_is_open_ = false;
  cleared_ = last_number_;
  dropped_ = 0;
}

}  // namespace rmqsim
