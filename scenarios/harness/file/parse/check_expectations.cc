// Expectations that cannot hold together. Each is taken apart into facts about one thing at one moment; two facts about
// the same contradict each other when no value fits both.
#include <algorithm>
#include <optional>
#include <set>

#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

/// More pairs than any scenario written by hand has; a hostile file gets no more.
constexpr std::size_t kMaxPairs = 2'000'000;

/// A text that must be the same, or a range.
struct Fact {
  std::string about;
  std::optional<std::string> text;
  std::int64_t min = 0, max = 0;
};

Fact text_fact(std::string about, std::string text) { return {std::move(about), std::move(text), 0, 0}; }

Fact range_fact(std::string about, const CountRange& range) {
  return {std::move(about), std::nullopt, static_cast<std::int64_t>(range.min), static_cast<std::int64_t>(range.max)};
}

std::string fact_value(const Fact& fact) {
  if (fact.text) return in_quotes(*fact.text);
  if (fact.min == fact.max) return std::to_string(fact.min);
  return "[" + std::to_string(fact.min) + ", " + std::to_string(fact.max) + "]";
}

bool contradict(const Fact& a, const Fact& b) {
  if (a.about != b.about) return false;
  if (a.text && b.text) return *a.text != *b.text;
  return !a.text && !b.text && (a.max < b.min || b.max < a.min);
}

template <class List, class Text>
std::string joined_text(const List& list, const Text& text) {
  std::string joined;
  for (const auto& item : list) joined += (joined.empty() ? "" : ", ") + text(item);
  return joined;
}

/// What the expectation says of one send, also between the lines.
std::vector<Fact> facts_of(const SendExpectation& e) {
  std::vector<Fact> facts;
  const auto text = [&](const char* about, std::string value) { facts.push_back(text_fact(about, std::move(value))); };
  const auto count = [&](const char* about, std::size_t n) { facts.push_back(range_fact(about, {n, n})); };
  if (e.outcome) {
    text("outcome", *e.outcome);
  } else if (e.exception) {
    text("outcome", "EXCEPTION");
  } else if (e.reply) {
    text("outcome", "REPLY");
  }
  if (e.broker || e.queue_id) text("a result", "there is one");
  if (e.exception || e.outcome == "EXCEPTION") text("a result", "there is none");
  if (e.broker) text("broker", *e.broker);
  if (e.queue_id) count("queueId", static_cast<std::size_t>(*e.queue_id));
  if (e.attempt_count) facts.push_back(range_fact("the number of attempts", *e.attempt_count));
  const auto same = [](const std::string& name) { return name; };
  if (e.attempts) {
    const auto brokers = joined_text(*e.attempts, [](const AttemptExpectation& a) { return a.broker; });
    text("attempts", joined_text(*e.attempts, [](const AttemptExpectation& a) {
           return a.broker + "/" + std::to_string(a.queue_id) + " " + a.outcome;
         }));
    text("the brokers of its attempts", brokers);
    count("the number of attempts", e.attempts->size());
  }
  if (e.attempt_brokers) {
    text("the brokers of its attempts", joined_text(*e.attempt_brokers, same));
    count("the number of attempts", e.attempt_brokers->size());
  }
  if (e.elapsed) facts.push_back({"elapsedMs", std::nullopt, e.elapsed->min / millis(1), e.elapsed->max / millis(1)});
  if (e.exception && e.exception->type) text("exception type", *e.exception->type);
  if (e.exception && e.exception->response_code) {
    text("exception responseCode", std::to_string(*e.exception->response_code));
  }
  if (e.transaction) {
    if (e.transaction->local) text("transaction local", *e.transaction->local);
    if (e.transaction->broker) text("transaction broker", *e.transaction->broker);
    if (e.transaction->checks) facts.push_back(range_fact("transaction checks", *e.transaction->checks));
  }
  if (e.reply) text("reply", *e.reply);
  if (e.callbacks) text("callbacks", joined_text(*e.callbacks, same));
  return facts;
}

std::vector<Fact> facts_of(const CountsExpectation&) { return {}; }  // check_counts

std::vector<Fact> facts_of(const BrokerExpectation& e) {
  std::vector<Fact> facts;
  const auto take = [&](const char* about, const std::optional<CountRange>& range) {
    if (range) facts.push_back(range_fact(about, *range));
  };
  take("received", e.received);
  take("stored", e.stored);
  take("transactions committed", e.committed);
  take("transactions rolledBack", e.rolled_back);
  take("transactions discarded", e.discarded);
  take("transactions pending", e.pending);
  take("delayed delivered", e.delivered);
  take("delayed recalled", e.recalled);
  return facts;
}

std::vector<Fact> facts_of(const NameserverExpectation&) { return {}; }

std::vector<Fact> facts_of(const FaultItemExpectation& e) {
  std::vector<Fact> facts;
  if (e.available) facts.push_back(text_fact("available", *e.available ? "true" : "false"));
  if (e.reachable) facts.push_back(text_fact("reachable", *e.reachable ? "true" : "false"));
  return facts;
}

std::vector<Fact> facts_of(const TraceExpectation& e) { return {range_fact("traces", e.count)}; }

std::optional<std::uint64_t> common_send(const SendSelector& a, const SendSelector& b) {
  for (const auto& [first, last] : a.ranges) {
    for (const auto& [from, to] : b.ranges) {
      if (std::max(first, from) <= std::min(last, to)) return std::max(first, from);
    }
  }
  return std::nullopt;
}

std::uint64_t common_sends(const SendSelector& a, const SendSelector& b) {
  std::uint64_t n = 0;
  for (const auto& [first, last] : a.ranges) {
    for (const auto& [from, to] : b.ranges) {
      const std::uint64_t low = std::max(first, from), high = std::min(last, to);
      if (low <= high) n += high - low + 1;
    }
  }
  return n;
}

/// What both are about, for a message; empty: they are about different things.
std::string common_subject(const SendExpectation& a, const SendExpectation& b) {
  const auto send = common_send(a.sends, b.sends);
  return send ? "send " + std::to_string(*send) : "";
}
std::string common_subject(const CountsExpectation&, const CountsExpectation&) { return ""; }
std::string common_subject(const BrokerExpectation& a, const BrokerExpectation& b) {
  return a.broker == b.broker ? in_quotes(a.broker) : "";
}
std::string common_subject(const NameserverExpectation& a, const NameserverExpectation& b) {
  return a.nameserver == b.nameserver ? in_quotes(a.nameserver) : "";
}
std::string common_subject(const FaultItemExpectation& a, const FaultItemExpectation& b) {
  return a.broker == b.broker && a.producer == b.producer && a.at == b.at ? in_quotes(a.broker) : "";
}
std::string common_subject(const TraceExpectation& a, const TraceExpectation& b) {
  const bool same = a.producer == b.producer && a.topic == b.topic && a.broker == b.broker && a.success == b.success;
  return same ? "the same records" : "";
}

/// What is said of requests at a server: `received` is `requests` on "send".
struct RequestClaim {
  std::string server;
  RequestCount what;
};

std::vector<RequestClaim> claims_of(const Expectation& expectation) {
  std::vector<RequestClaim> claims;
  if (const auto* e = std::get_if<BrokerExpectation>(&expectation.what)) {
    if (e->requests) claims.push_back({e->broker, *e->requests});
    if (e->received) claims.push_back({e->broker, {{FaultTarget::Kind::send, 0}, "send", std::nullopt, *e->received}});
  } else if (const auto* ns = std::get_if<NameserverExpectation>(&expectation.what)) {
    claims.push_back({ns->nameserver, ns->requests});
  }
  return claims;
}

/// `part` counts some of what `whole` counts.
bool is_part(const RequestCount& part, const RequestCount& whole) {
  return whole.on.includes(part.on) && (!whole.topic || whole.topic == part.topic);
}

std::string range_text_of(const CountRange& range) { return fact_value(range_fact("", range)); }

/// Why both cannot hold, or empty.
std::string requests_conflict(const Expectation& a, const Expectation& b) {
  for (const RequestClaim& one : claims_of(a)) {
    for (const RequestClaim& other : claims_of(b)) {
      if (one.server != other.server) continue;
      const auto more = [](const RequestCount& part, const RequestCount& whole) {
        return is_part(part, whole) && part.count.min > whole.count.max;
      };
      if (!more(one.what, other.what) && !more(other.what, one.what)) continue;
      return "about " + in_quotes(one.server) + ": requests on " + one.what.on_text + " are " +
             range_text_of(one.what.count) + " there, on " + other.what.on_text + " " +
             range_text_of(other.what.count) + " here";
    }
  }
  const auto* x = std::get_if<BrokerExpectation>(&a.what);
  const auto* y = std::get_if<BrokerExpectation>(&b.what);
  if (x == nullptr || y == nullptr || x->broker != y->broker) return "";
  const auto stores_more = [](const auto& stored, const auto& received) {
    return stored && received && stored->min > received->max;
  };
  if (!stores_more(x->stored, y->received) && !stores_more(y->stored, x->received)) return "";
  return "about " + in_quotes(x->broker) + ": more is stored than received";
}

bool in_common_profile(const Scenario& scenario, const Expectation& a, const Expectation& b) {
  return std::any_of(scenario.profiles.begin(), scenario.profiles.end(),
                     [&](const std::string& profile) { return a.applies_to(profile) && b.applies_to(profile); });
}

std::string expectations_conflict(const Expectation& a, const Expectation& b) {
  if (a.what.index() == b.what.index()) {
    std::string conflict;
    std::visit(
        [&](const auto& first) {
          const auto& second = std::get<std::decay_t<decltype(first)>>(b.what);
          const std::string subject = common_subject(first, second);
          if (subject.empty()) return;
          const auto theirs = facts_of(first), ours = facts_of(second);
          for (const Fact& one : theirs) {
            for (const Fact& other : ours) {
              if (!conflict.empty() || !contradict(one, other)) continue;
              conflict = "about " + subject + ": " + one.about + " is " + fact_value(one) + " there, " +
                         fact_value(other) + " here";
            }
          }
        },
        a.what);
    if (!conflict.empty()) return conflict;
  }
  return requests_conflict(a, b);
}

/// Expectations about one moment: those of the end, and those of each assert.
template <class Visit>
void each_moment(const Scenario& scenario, const Visit& visit) {
  std::vector<const Expectation*> end;
  for (const Step& step : scenario.steps) {
    for (const Expectation& e : step.expect) end.push_back(&e);
    const auto* assertion = std::get_if<AssertStep>(&step.what);
    if (assertion == nullptr) continue;
    std::vector<const Expectation*> now;
    for (const Expectation& e : assertion->expect) now.push_back(&e);
    visit(now);
  }
  for (const Expectation& e : scenario.expect) end.push_back(&e);
  std::stable_sort(end.begin(), end.end(), [](const Expectation* a, const Expectation* b) {
    return std::pair(a->where.line, a->where.column) < std::pair(b->where.line, b->where.column);
  });
  visit(end);
}

std::uint64_t least_count(const CountsExpectation& e) {
  std::uint64_t sum = 0;
  for (const auto& [outcome, range] : e.counts) sum += range.min;
  return sum;
}

/// Why the counts cannot be met beside what is said of single sends; empty: they can.
std::string counts_conflict(const CountsExpectation& counts, const SendExpectation& sends) {
  std::string outcome = sends.outcome.value_or("");
  if (sends.exception) outcome = "EXCEPTION";
  const std::uint64_t fixed = outcome.empty() ? 0 : common_sends(counts.sends, sends.sends);
  if (fixed == 0) return "";
  for (const auto& [name, range] : counts.counts) {
    const bool too_many = name == outcome && fixed > range.max;
    const bool too_few = name != outcome && range.min > counts.sends.size() - fixed;
    if (!too_many && !too_few) continue;
    return std::to_string(fixed) + " of the " + std::to_string(counts.sends.size()) + " sends end with " + outcome +
           " there, and " + range_text_of(range) + " with " + name + " here";
  }
  return "";
}

std::string counts_conflict(const CountsExpectation& a, const CountsExpectation& b) {
  if (a.sends.ranges != b.sends.ranges) return "";
  for (const auto& [name, range] : a.counts) {
    const auto other = b.counts.find(name);
    if (other == b.counts.end()) continue;
    if (range.max < other->second.min || other->second.max < range.min) {
      return range_text_of(range) + " sends end with " + name + " there, " + range_text_of(other->second) + " here";
    }
  }
  return "";
}

}  // namespace

void check_expectations(const Scenario& scenario, std::vector<Finding>& found) {
  std::size_t pairs = 0;
  each_moment(scenario, [&](const std::vector<const Expectation*>& all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (std::size_t k = 0; k <= i; ++k) {  // itself, too
        if (++pairs > kMaxPairs) return;
        if (!in_common_profile(scenario, *all[k], *all[i])) continue;
        const std::string conflict = expectations_conflict(*all[k], *all[i]);
        if (conflict.empty()) continue;
        const std::string whom = k == i ? "itself" : place_text(all[k]->where);
        found.push_back({all[i]->where, "contradicts " + whom + " " + conflict});
        break;
      }
    }
  });
}

void check_counts(const Scenario& scenario, std::vector<Finding>& found) {
  std::size_t pairs = 0;
  std::set<const Expectation*> seen;  // of two counts the later one is told of
  each_moment(scenario, [&](const std::vector<const Expectation*>& all) {
    for (const Expectation* one : all) {
      seen.insert(one);
      const auto* counts = std::get_if<CountsExpectation>(&one->what);
      if (counts == nullptr) continue;
      if (const std::uint64_t least = least_count(*counts); least > counts->sends.size()) {
        found.push_back({one->where, "counts at least " + std::to_string(least) + " of " +
                                         std::to_string(counts->sends.size()) + " sends"});
      }
      for (const Expectation* other : all) {
        if (++pairs > kMaxPairs) return;
        if (other == one || !in_common_profile(scenario, *one, *other)) continue;
        std::string conflict;
        if (const auto* sends = std::get_if<SendExpectation>(&other->what)) {
          conflict = counts_conflict(*counts, *sends);
        } else if (const auto* more = std::get_if<CountsExpectation>(&other->what);
                   more != nullptr && seen.contains(other)) {
          conflict = counts_conflict(*more, *counts);
        }
        if (conflict.empty()) continue;
        found.push_back({one->where, "contradicts " + place_text(other->where) + ": " + conflict});
        break;
      }
    }
  });
}

}  // namespace rmqsim
