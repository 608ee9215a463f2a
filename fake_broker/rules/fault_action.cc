// What holds of all actions alike: which go together, and who among several performs what.
#include "fake_broker/rules/fault_action.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace rmqsim {

namespace {

constexpr double kLongestDelayMs = 365.0 * 24 * 3600 * 1000;  // a draw beyond this is cut, so that it stays a number

const FaultExclusion* exclusion(const FaultActionRow& row, const FaultActionRow& other) {
  for (const FaultExclusion& e : row.excludes) {
    if ((e.parts & static_cast<unsigned>(other.part)) != 0 || (!e.key.empty() && e.key == other.key)) return &e;
  }
  return nullptr;
}

}  // namespace

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

bool DelayDistribution::is_zero() const {
  const bool by_both = kind == Kind::uniform || kind == Kind::normal;
  return a == 0 && (!by_both || b == 0);
}

std::string only_possible_on(const FaultActionRow& row, std::string_view quote) {
  if ((row.possible & kOnRequests) != 0) return {};
  const auto quoted = [&](const char* word) { return std::string(quote) + word + std::string(quote); };
  if ((row.possible & kOnLink) == 0) return quoted("connect");
  return quoted("link") + ", " + quoted("toServer") + " or " + quoted("toClient");
}

const FaultActionRow* find_fault_action(std::string_view key) {
  for (const FaultActionRow& row : fault_actions()) {
    if (row.key == key) return &row;
  }
  return nullptr;
}

std::optional<FaultContradiction> fault_contradiction(const FaultActionRow& earlier, const FaultActionRow& later) {
  if (const FaultExclusion* e = exclusion(earlier, later)) return FaultContradiction{&later, &earlier, e->reason};
  if (const FaultExclusion* e = exclusion(later, earlier)) return FaultContradiction{&earlier, &later, e->reason};
  if (earlier.part == FaultPart::ending && later.part == FaultPart::ending) {
    return FaultContradiction{&later, &earlier, {}};
  }
  return std::nullopt;
}

FaultAction::FaultAction(std::initializer_list<Named> actions) {
  for (const Named& named : actions) {
    const FaultActionRow* row = find_fault_action(named.key);
    if (row == nullptr || !add(*row, named.argument)) {
      throw std::invalid_argument("no such action, or not here: " + std::string(named.key));
    }
  }
}

bool FaultAction::add(const FaultActionRow& row, FaultArgument argument) {
  if (argument.index() != static_cast<std::size_t>(row.argument)) return false;
  for (const Part& part : parts_) {
    if (part.row == &row || fault_contradiction(*part.row, row)) return false;
  }
  const auto after = std::find_if(parts_.begin(), parts_.end(), [&](const Part& part) { return part.row > &row; });
  parts_.insert(after, {&row, std::move(argument)});
  return true;
}

const FaultArgument* FaultAction::find(std::string_view key) const {
  for (const Part& part : parts_) {
    if (part.row->key == key) return &part.argument;
  }
  return nullptr;
}

std::string_view FaultAction::outcome() const {
  for (const Part& part : parts_) {
    if (!part.row->unanswered.outcome.empty()) return part.row->unanswered.outcome;
  }
  return {};
}

Duration FaultAction::hold(Random& random, Duration late_by) const {
  Duration delay{0};
  for (const Part& part : parts_) {
    if (part.row->hold != nullptr) delay += part.row->hold(part.argument, random, late_by);
  }
  return delay;
}

bool FaultAction::processes_request() const {
  return std::none_of(parts_.begin(), parts_.end(), [](const Part& part) {
    const auto* moment = std::get_if<FaultMoment>(&part.argument);
    return part.row->respond != nullptr || (moment != nullptr && *moment == FaultMoment::before);
  });
}

bool FaultAction::changes_anything(Duration hold, bool answered) const {
  if (answered) {
    const auto does_more = [](const Part& part) { return part.row->part != FaultPart::hold; };
    return hold > Duration::zero() || std::any_of(parts_.begin(), parts_.end(), does_more);
  }
  return !processes_request() || std::any_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return part.row->end != nullptr && part.row->unanswered.hears == ClientHears::end_of_connection;
  });
}

bool FaultAction::changes_push(Duration hold) const { return hold > Duration::zero() || end() != nullptr; }

bool FaultAction::respond(const ServerCore& core, const RemotingCommand& request, RemotingCommand& response) const {
  for (const Part& part : parts_) {
    if (part.row->respond == nullptr) continue;
    part.row->respond(part.argument, core, request, response);
    return true;
  }
  return false;
}

void FaultAction::reshape(const ServerCore& core, RemotingCommand& response) const {
  for (const Part& part : parts_) {
    if (part.row->reshape != nullptr) part.row->reshape(part.argument, core, response);
  }
}

bool FaultAction::shapes() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.row->shape != nullptr; });
}

void FaultAction::shape(LeavingAnswer& answer) const {
  for (const Part& part : parts_) {
    if (part.row->shape != nullptr) part.row->shape(part.argument, answer);
  }
}

std::uint32_t FaultAction::pass(LinkSegment& segment) const {
  std::uint32_t acted = 0;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    if (part.row->pass != nullptr && part.row->pass(part.argument, segment)) acted |= 1u << i;
  }
  return acted;
}

ConnectionStep FaultAction::end() const {
  for (const Part& part : parts_) {
    if (part.row->end != nullptr) return part.row->end;
  }
  return nullptr;
}

ConnectionStep FaultAction::connect() const {
  for (const Part& part : parts_) {
    if (part.row->connect != nullptr) return part.row->connect;
  }
  return nullptr;
}

bool FaultAction::refuses_connections() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.row->refuses; });
}

}  // namespace rmqsim
