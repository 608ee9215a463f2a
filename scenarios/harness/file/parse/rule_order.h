// Fault rules that can never act, for what they do is nothing there, or others of the same list take whatever they look
// at. Pure: the rules of a file are asked about before they run, those that come over HTTP beside those that run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fake_broker/rules/fault_rule.h"

namespace rmqsim {

/// All that rules on sends can meet, where nobody but a file's own producers sends.
struct KnownSends {
  std::map<std::string, std::set<std::string>> topics;  ///< with the servers that they may reach
  std::vector<std::int32_t> queues;                     ///< none: any
  std::vector<std::string> groups;                      ///< none: any
  std::optional<std::uint64_t> most;                    ///< so many requests come at most
};

struct RuleOrder {
  std::vector<const FaultRule*> rules;           ///< the first that matches acts
  std::vector<std::string> brokers;              ///< "*" stands for each of them
  std::function<std::string(std::size_t)> name;  ///< how a text calls a rule
  /// Whether two rules with the same selectors have counted the same requests so far.
  std::function<bool(std::size_t, std::size_t)> count_alike;
  std::optional<KnownSends> sends;
  /// More comparisons than any list written by hand needs; a hostile one gets no more.
  std::size_t comparisons_left = 4'000'000;
};

/// At nothing but send requests.
bool looks_at_sends(const FaultRule& rule);

/// Why rule `i` can never act, as far as the others are concerned; nothing when it may.
std::optional<std::string> hidden_by_others(RuleOrder& order, std::size_t i);

/// Why what a rule does is nothing to what it looks at; nothing when it may be something.
std::optional<std::string> does_nothing(const FaultRule& rule);

/// "rule "a" can never act: …", with the word that allows it.
std::string idle_rule_text(const std::string& rule, const std::string& why);

}  // namespace rmqsim
