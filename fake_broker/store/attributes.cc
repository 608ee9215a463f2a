#include "fake_broker/store/attributes.h"

#include <algorithm>
#include <limits>
#include <set>

#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

constexpr std::string_view kQueueTypes[] = {"SimpleCQ", "BatchCQ"};
constexpr std::string_view kCleanupPolicies[] = {"DELETE", "COMPACTION"};
constexpr std::string_view kMessageTypes[] = {"UNSPECIFIED", "MIXED", "TRANSACTION", "FIFO", "DELAY", "NORMAL"};

constexpr AttributeRow kTopicAttributes[] = {
    {"queue.type", false, kQueueTypes},
    {"cleanup.policy", false, kCleanupPolicies},
    {"message.type", true, kMessageTypes},
    {"reserve.time", true, {}},
};

std::string text_of(std::string_view words, std::string_view name) { return std::string(words).append(name); }

/// As Java names the part that split() did not make.
std::string missing_part(int index) {
  return "Index " + std::to_string(index) + " out of bounds for length " + std::to_string(index);
}

/// One change, "+name=value" or "-name".
std::optional<std::string> parse_change(std::string_view text, Attributes& out) {
  const auto equals = text.find('=');
  std::string_view key = text.substr(0, equals), value;
  if (equals == std::string_view::npos) {
    if (key.find('-') == key.npos) return text_of("delete attribute format is wrong: ", key);
  } else {
    value = text.substr(equals + 1);
    value = value.substr(0, value.find('='));
    const bool empty = text.find_first_not_of('=', equals) == text.npos;  // split() leaves out what is empty at the end
    if (empty) return missing_part(key.empty() ? 0 : 1);
    if (key.find('+') == key.npos) return text_of("add/alter attribute format is wrong: ", key);
  }
  if (!out.emplace(key, value).second) return text_of("key duplication: ", key);
  return std::nullopt;
}

std::optional<std::string> verify(const AttributeRow& row, const std::string& value) {
  if (row.values.empty()) {
    const auto number = text::parse_int64(value);
    if (!number) return "For input string: \"" + value + "\"";
    if (*number >= -1) return std::nullopt;
    return "value is not in range(-1, " + std::to_string(std::numeric_limits<std::int64_t>::max()) + ")";
  }
  if (std::find(row.values.begin(), row.values.end(), value) != row.values.end()) return std::nullopt;
  std::string list;
  for (const std::string_view one : row.values) list.append(list.empty() ? "" : ", ").append(one);
  return "value is not in set: [" + list + "]";
}

/// Of one change what its form says, whatever the name.
std::optional<std::string> check_form(const std::string& key, const Attributes* current) {
  const std::string name = key.substr(key.empty() ? 0 : 1);
  if (name.empty() || name.find_first_of("+-") != name.npos) return "kv string format wrong.";
  if (current == nullptr) {
    if (key[0] == '+') return std::nullopt;
    return "only add attribute is supported while creating topic. key: " + name;
  }
  if (key[0] == '-' && !current->contains(name)) return "attempt to delete a nonexistent key: " + name;
  if (key[0] != '+' && key[0] != '-') return "wrong format key: " + name;
  return std::nullopt;
}

}  // namespace

std::span<const AttributeRow> topic_attributes() { return kTopicAttributes; }

std::optional<std::string> parse_attribute_changes(std::string_view text, Attributes& out) {
  while (text.ends_with(',')) text.remove_suffix(1);
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (auto error = parse_change(text.substr(0, comma), out)) return error;
    text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
  }
  return std::nullopt;
}

std::optional<std::string> alter_attributes(std::span<const AttributeRow> known, const Attributes* current,
                                            const Attributes& changes, Attributes& out) {
  std::set<std::string> names;
  for (const auto& [key, value] : changes) {
    if (auto error = check_form(key, current)) return error;
    if (!names.insert(key.substr(1)).second) return "alter duplication key. key: " + key.substr(1);
  }
  Attributes altered;
  if (current != nullptr) altered = *current;
  for (const auto& [key, value] : changes) {
    const std::string name = key.substr(1);
    const auto row =
        std::find_if(known.begin(), known.end(), [&](const AttributeRow& one) { return one.name == name; });
    if (row == known.end()) return "unsupported key: " + name;
    if (current != nullptr && !row->changeable) return "attempt to update an unchangeable attribute. key: " + name;
    if (key[0] == '-') {
      altered.erase(name);
      continue;
    }
    if (auto error = verify(*row, value)) return error;
    altered[name] = value;
  }
  out = std::move(altered);
  return std::nullopt;
}

std::string to_string(const Attributes& attributes) {
  std::string out;
  for (const auto& [name, value] : attributes) {
    out.append(out.empty() ? "" : ", ").append(name).append("=").append(value);
  }
  return "{" + out + "}";
}

}  // namespace rmqsim
