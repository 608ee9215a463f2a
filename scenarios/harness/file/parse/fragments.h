// Parts of a scenario file by themselves, as the control room gets them while servers run: fault rules, gates, topics.
// The same parsers read them as in a file, so the same mistakes get the same words, with places counted within the
// text. Input is hostile, as it is for files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {

/// What a part may refer to. Topics may be any: they come and go.
struct FragmentNames {
  std::vector<std::string> brokers;      ///< servers, slaves included
  std::vector<std::string> masters;      ///< those of them that routes name
  std::vector<std::string> nameservers;
  std::vector<ProducerSpec> producers;   ///< a rule's `producer` that is none of them is a producer group
};

template <class T>
struct Fragment {
  std::optional<T> value;  ///< set exactly when there are no errors
  std::vector<ScenarioError> errors;

  /// All errors, one after the other.
  std::string error_text() const {
    std::string text;
    for (const ScenarioError& error : errors) text += (text.empty() ? "" : "\n") + error.to_string();
    return text;
  }
};

/// A rule with the text it was made of; `rule.id` is empty when the text gives none.
struct RuleFragment {
  FaultRule rule;
  std::string text;
};

/// One rule object, or an array of them.
Fragment<std::vector<RuleFragment>> parse_rule_fragments(std::string_view text, const FragmentNames& names);
/// A rule without `do`.
Fragment<RuleFragment> parse_gate_fragment(std::string_view text, const FragmentNames& names);
/// {"brokers", "queues", "perm"}, all optional, as of a topic in a scenario. Empty text: the defaults.
Fragment<TopicSpec> parse_topic_fragment(std::string_view text, std::string_view topic, const FragmentNames& names);

struct PermFragment {
  std::int32_t perm = 0;
  std::optional<std::string> topic;
};
/// {"perm", "topic"}
Fragment<PermFragment> parse_perm_fragment(std::string_view text);

struct ReleaseFragment {
  std::optional<std::uint64_t> count;  ///< none: all
};
/// {"count"}, or nothing.
Fragment<ReleaseFragment> parse_release_fragment(std::string_view text);

/// Nothing, or {}: for actions that take no settings.
struct NoFragment {};
Fragment<NoFragment> parse_no_fragment(std::string_view text);

}  // namespace rmqsim
