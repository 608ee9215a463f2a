// Parsing of `nth`, drawing of delays, and which request codes a target names.
#include "fake_broker/fault/fault_rule.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "producer/remoting/codes.h"

namespace rmqsim {

namespace {

constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();
constexpr double kLongestDelayMs = 365.0 * 24 * 3600 * 1000;  // a draw beyond this is cut, so that it stays a number

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

bool NthSet::contains(std::uint64_t n) const {
  if (ranges_.empty()) return true;
  return std::any_of(ranges_.begin(), ranges_.end(), [n](const auto& r) { return r.first <= n && n <= r.second; });
}

Duration DelayDistribution::draw(Random& random) const {
  double ms = 0;
  switch (kind) {
    case Kind::fixed:
      ms = a;
      break;
    case Kind::uniform:
      ms = random.uniform(a, b);
      break;
    case Kind::normal:
      ms = a + b * random.normal();
      break;
    case Kind::lognormal:
      ms = a * std::exp(b * random.normal());
      break;  // the median is exp(mu)
    case Kind::pareto:
      ms = a / std::pow(1.0 - random.uniform(), 1.0 / b);
      break;
  }
  if (!(ms > 0)) return Duration::zero();  // negative, or not a number
  ms = std::min(ms, kLongestDelayMs);
  return std::chrono::microseconds(std::llround(ms * 1000));
}

bool FaultTarget::matches_code(std::int32_t request_code) const {
  switch (kind) {
    case Kind::send:
      return request_code == RequestCode::SEND_MESSAGE || request_code == RequestCode::SEND_MESSAGE_V2 ||
             request_code == RequestCode::SEND_BATCH_MESSAGE || request_code == RequestCode::SEND_REPLY_MESSAGE ||
             request_code == RequestCode::SEND_REPLY_MESSAGE_V2;
    case Kind::route:
      return request_code == RequestCode::GET_ROUTEINFO_BY_TOPIC;
    case Kind::heartbeat:
      return request_code == RequestCode::HEART_BEAT;
    case Kind::end_transaction:
      return request_code == RequestCode::END_TRANSACTION;
    case Kind::check_transaction:
      return request_code == RequestCode::CHECK_TRANSACTION_STATE;
    case Kind::register_broker:
      return request_code == RequestCode::REGISTER_BROKER;
    case Kind::connect:
      return false;
    case Kind::any:
      return true;
    case Kind::code:
      return request_code == code;
  }
  return false;
}

}  // namespace rmqsim
