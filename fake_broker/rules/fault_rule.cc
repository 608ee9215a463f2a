// Parsing of `nth`, and the one table of the words for requests.
#include "fake_broker/rules/fault_rule.h"

#include <algorithm>
#include <limits>

#include "producer/remoting/codes.h"

namespace rmqsim {

namespace {

constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

using Kind = FaultTarget::Kind;
using At = RequestFamily::At;

constexpr std::int32_t kSends[] = {RequestCode::SEND_MESSAGE, RequestCode::SEND_MESSAGE_V2,
                                   RequestCode::SEND_BATCH_MESSAGE, RequestCode::SEND_REPLY_MESSAGE,
                                   RequestCode::SEND_REPLY_MESSAGE_V2};
constexpr std::int32_t kRoutes[] = {RequestCode::GET_ROUTEINFO_BY_TOPIC};
constexpr std::int32_t kHeartbeats[] = {RequestCode::HEART_BEAT};
constexpr std::int32_t kEnds[] = {RequestCode::END_TRANSACTION};
constexpr std::int32_t kChecks[] = {RequestCode::CHECK_TRANSACTION_STATE};
constexpr std::int32_t kRegistrations[] = {RequestCode::REGISTER_BROKER};
constexpr std::int32_t kUnregistrations[] = {RequestCode::UNREGISTER_CLIENT, RequestCode::UNREGISTER_BROKER};
constexpr std::int32_t kPulls[] = {RequestCode::PULL_MESSAGE, RequestCode::LITE_PULL_MESSAGE};
constexpr std::int32_t kOffsets[] = {RequestCode::QUERY_CONSUMER_OFFSET, RequestCode::UPDATE_CONSUMER_OFFSET,
                                     RequestCode::SEARCH_OFFSET_BY_TIMESTAMP, RequestCode::GET_MAX_OFFSET,
                                     RequestCode::GET_MIN_OFFSET};
constexpr std::int32_t kQueries[] = {RequestCode::QUERY_MESSAGE, RequestCode::VIEW_MESSAGE_BY_ID};
constexpr std::int32_t kLocks[] = {RequestCode::LOCK_BATCH_MQ, RequestCode::UNLOCK_BATCH_MQ};
constexpr std::int32_t kSendBacks[] = {RequestCode::CONSUMER_SEND_MSG_BACK};
constexpr std::int32_t kRecalls[] = {RequestCode::RECALL_MESSAGE};
constexpr std::int32_t kPushes[] = {RequestCode::PUSH_REPLY_MESSAGE_TO_CLIENT};

constexpr RequestFamily kFamilies[] = {
    {"send", Kind::send, At::broker, "tqpm", kSends},
    {"route", Kind::route, At::nameserver, "t", kRoutes},
    {"heartbeat", Kind::heartbeat, At::broker, "p", kHeartbeats},
    {"endTransaction", Kind::end_transaction, At::broker, "tp", kEnds},
    {"checkTransaction", Kind::check_transaction, At::broker, "tp", kChecks},
    {"register", Kind::register_broker, At::nameserver, "", kRegistrations},
    {"unregister", Kind::unregister, At::both, "p", kUnregistrations},
    {"pull", Kind::pull, At::broker, "tq", kPulls},
    {"offset", Kind::offset, At::broker, "tq", kOffsets},
    {"query", Kind::query, At::broker, "t", kQueries},
    {"lock", Kind::lock, At::broker, "", kLocks},
    {"sendBack", Kind::send_back, At::broker, "", kSendBacks},
    {"recall", Kind::recall, At::broker, "tp", kRecalls},
    {"pushReply", Kind::push_reply, At::broker, "t", kPushes},
    {"connect", Kind::connect, At::both, "", {}},
    {"link", Kind::link, At::both, "", {}},
    {"toServer", Kind::to_server, At::both, "", {}},
    {"toClient", Kind::to_client, At::both, "", {}},
    {"any", Kind::any, At::both, "tqpm", {}},
};

std::string_view trim(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

/// A number from 1 on, all digits, small enough not to overflow.
std::optional<std::uint64_t> ordinal(std::string_view s) {
  s = trim(s);
  if (s.empty() || s.size() > 18) return std::nullopt;
  std::uint64_t n = 0;
  for (const char c : s) {
    if (c < '0' || c > '9') return std::nullopt;
    n = n * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (n == 0) return std::nullopt;
  return n;
}

}  // namespace

std::optional<NthSet> NthSet::parse(std::string_view text) {
  NthSet set;
  if (trim(text).empty()) return std::nullopt;
  for (;;) {
    const auto comma = text.find(',');
    const std::string_view piece = text.substr(0, comma);
    const auto dash = piece.find('-');
    const auto low = ordinal(piece.substr(0, dash));
    if (!low) return std::nullopt;
    std::uint64_t high = *low;
    if (dash != std::string_view::npos) {
      const std::string_view rest = trim(piece.substr(dash + 1));
      if (rest.empty()) {
        high = kNoEnd;
      } else {
        const auto end = ordinal(rest);
        if (!end || *end < *low) return std::nullopt;
        high = *end;
      }
    }
    set.ranges_.emplace_back(*low, high);
    if (comma == std::string_view::npos) return set;
    text.remove_prefix(comma + 1);
  }
}

NthSet NthSet::first(std::uint64_t n) {
  NthSet set;
  set.ranges_.emplace_back(1, n);
  return set;
}

std::string NthSet::text() const {
  std::string text;
  for (const auto& [low, high] : ranges_) {
    text += (text.empty() ? "" : ",") + std::to_string(low);
    if (high == kNoEnd) text += '-';
    if (high != kNoEnd && high > low) text += '-' + std::to_string(high);
  }
  return text;
}

std::uint64_t NthSet::least() const {
  std::uint64_t least = every() ? 1 : kNoEnd;
  for (const auto& [low, high] : ranges_) least = std::min(least, low);
  return least;
}

bool NthSet::names_any_twice() const {
  auto sorted = ranges_;
  std::sort(sorted.begin(), sorted.end());
  const auto meet = [](const auto& a, const auto& b) { return b.first <= a.second; };
  return std::adjacent_find(sorted.begin(), sorted.end(), meet) != sorted.end();
}

bool NthSet::covered(const NthSet& set, std::span<const NthSet* const> others) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
  for (const NthSet* other : others) {
    if (other->every()) return true;
    all.insert(all.end(), other->ranges_.begin(), other->ranges_.end());
  }
  std::sort(all.begin(), all.end());
  const auto reaches = [&all](std::uint64_t low, std::uint64_t high) {
    for (const auto& [first, last] : all) {
      if (first > low) return false;
      if (last >= high) return true;
      low = std::max(low, last + 1);
    }
    return false;
  };
  if (set.every()) return reaches(1, kNoEnd);
  return std::all_of(set.ranges_.begin(), set.ranges_.end(), [&](const auto& r) { return reaches(r.first, r.second); });
}

bool NthSet::contains(std::uint64_t n) const {
  if (ranges_.empty()) return true;
  return std::any_of(ranges_.begin(), ranges_.end(), [n](const auto& r) { return r.first <= n && n <= r.second; });
}

bool FaultTarget::matches_code(std::int32_t request_code) const {
  if (kind == Kind::any) return true;
  if (kind == Kind::code) return request_code == code;
  const auto codes = find_request_family(kind)->codes;
  return std::find(codes.begin(), codes.end(), request_code) != codes.end();
}

bool is_send_request(std::int32_t code) {
  return std::find(std::begin(kSends), std::end(kSends), code) != std::end(kSends);
}

bool FaultTarget::is_push() const {
  return FaultTarget{Kind::check_transaction}.includes(*this) || FaultTarget{Kind::push_reply}.includes(*this);
}

bool FaultTarget::includes(const FaultTarget& other) const {
  if (!is_request() || !other.is_request()) return kind == other.kind || (kind == Kind::link && other.is_link());
  if (kind == Kind::any || other.kind == Kind::any) return kind == Kind::any;
  if (other.kind == Kind::code) return matches_code(other.code);
  const auto codes = find_request_family(other.kind)->codes;
  return std::all_of(codes.begin(), codes.end(), [this](std::int32_t c) { return matches_code(c); });
}

std::span<const RequestFamily> request_families() { return kFamilies; }

const RequestFamily* find_request_family(std::string_view word) {
  const auto* it = std::find_if(std::begin(kFamilies), std::end(kFamilies), [&](auto& f) { return f.word == word; });
  return it == std::end(kFamilies) ? nullptr : it;
}

const RequestFamily* find_request_family(FaultTarget::Kind kind) {
  const auto* it = std::find_if(std::begin(kFamilies), std::end(kFamilies), [&](auto& f) { return f.kind == kind; });
  return it == std::end(kFamilies) ? nullptr : it;
}

std::vector<std::string_view> request_words() {
  std::vector<std::string_view> words;
  for (const RequestFamily& family : kFamilies) words.push_back(family.word);
  std::size_t count = 0;
  const std::string_view* codes = request_code_names(count);
  words.insert(words.end(), codes, codes + count);
  return words;
}

std::optional<FaultTarget> request_target(std::string_view word) {
  if (const RequestFamily* family = find_request_family(word)) return FaultTarget{family->kind, 0};
  std::size_t count = 0;
  const std::string_view* codes = request_code_names(count);
  if (std::find(codes, codes + count, word) == codes + count) return std::nullopt;
  return FaultTarget{Kind::code, request_code_by_name(word).value_or(0)};
}

std::string request_word(const FaultTarget& target) {
  const RequestFamily* family = find_request_family(target.kind);
  return family != nullptr ? std::string(family->word) : request_code_name(target.code);
}

bool FaultRule::refuses_whole_window() const {
  return on.kind == Kind::connect && action.refuses_connections() && nth.every() && probability >= 1.0 && !topic &&
         !queue_id && !producer_group;
}

}  // namespace rmqsim
