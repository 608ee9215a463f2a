// The few questions that the data model answers itself.
#include "scenarios/harness/file/scenario.h"

#include <algorithm>

namespace rmqsim {
namespace {

bool holds_in(const std::vector<std::string>& profiles, std::string_view profile) {
  return profiles.empty() || std::find(profiles.begin(), profiles.end(), profile) != profiles.end();
}

template <class List>
auto* find_named(List& list, std::string_view name) {
  auto it = std::find_if(list.begin(), list.end(), [&](const auto& item) { return item.name == name; });
  return it == list.end() ? nullptr : &*it;
}

}  // namespace

const BrokerSpec* ClusterSpec::find_broker(std::string_view name) const { return find_named(brokers, name); }

const TopicSpec* ClusterSpec::find_topic(std::string_view name) const { return find_named(topics, name); }

bool ClusterSpec::has_nameserver(std::string_view name) const {
  return std::find(nameservers.begin(), nameservers.end(), name) != nameservers.end();
}

const ProducerSpec* Scenario::find_producer(std::string_view name) const { return find_named(producers, name); }

const InvariantOff* Scenario::invariant_off(std::string_view invariant, std::string_view profile) const {
  for (const InvariantOff& off : invariants_off) {
    if (off.name == invariant && off.applies_to(profile)) return &off;
  }
  return nullptr;
}

bool WorldsSpec::has(std::string_view world) const { return std::find(only.begin(), only.end(), world) != only.end(); }

bool InvariantOff::applies_to(std::string_view profile) const { return holds_in(profiles, profile); }

bool Expectation::applies_to(std::string_view profile) const { return holds_in(profiles, profile); }

bool SendSelector::contains(std::uint64_t i) const {
  auto next = std::upper_bound(ranges.begin(), ranges.end(), i, [](std::uint64_t n, auto& r) { return n < r.first; });
  return next != ranges.begin() && i <= std::prev(next)->second;
}

std::uint64_t SendSelector::size() const {
  std::uint64_t n = 0;
  for (const auto& [first, last] : ranges) n += last - first + 1;
  return n;
}

std::uint64_t SendSelector::at(std::uint64_t n) const {
  for (const auto& [first, last] : ranges) {
    if (n <= last - first) return first + n;
    n -= last - first + 1;
  }
  return 0;
}

std::string BodySpec::render(std::uint64_t i) const {
  if (!text) return std::string(size, fill);
  std::string number = std::to_string(i);
  std::string result;
  std::size_t from = 0;
  for (std::size_t at; (at = text->find("{i}", from)) != std::string::npos; from = at + 3) {
    result.append(*text, from, at - from).append(number);
  }
  return result.append(*text, from, std::string::npos);
}

}  // namespace rmqsim
