// What operators of 5.x give topics and groups besides numbers: attributes by name, which a request changes as
// "+message.type=FIFO,-reserve.time" says (AttributeParser, AttributeUtil.alterCurrentAttributes). Pure: the words of a
// real broker for what is wrong, or what is true from then on.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rmqsim {

using Attributes = std::map<std::string, std::string>;

struct AttributeRow {
  std::string_view name;
  bool changeable;
  std::span<const std::string_view> values;  ///< in the order in which Java lists them; none: a number from -1
};
/// TopicAttributes.ALL. Groups have none.
std::span<const AttributeRow> topic_attributes();

/// What is wrong with the text; `out` has the changes by name with its sign.
std::optional<std::string> parse_attribute_changes(std::string_view text, Attributes& out);

/// What is wrong with the changes; `out` is what `current` becomes, which is null for what is being created.
std::optional<std::string> alter_attributes(std::span<const AttributeRow> known, const Attributes* current,
                                            const Attributes& changes, Attributes& out);

/// "{a=1, b=2}".
std::string to_string(const Attributes& attributes);

}  // namespace rmqsim
