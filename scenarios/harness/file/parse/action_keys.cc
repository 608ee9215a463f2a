#include "scenarios/harness/file/parse/action_keys.h"

#include <string>
#include <vector>

#include "fake_broker/rules/fault_action.h"
#include "scenarios/harness/file/parse/sections.h"

namespace rmqsim {
namespace {

KeyRow key_row(const FaultActionRow& row, std::string_view description) {
  KeyRow key{.name = row.key, .standard = key::none, .description = description};
  switch (row.argument) {
    case FaultArgumentKind::flag:
      key.type = key::json(R"("const": true)");
      break;
    case FaultArgumentKind::time:
      key.type = key::json(R"("anyOf": [{"$ref": "#/definitions/timeMs"}, {"$ref": "#/definitions/delay"}])");
      key.unit = "ms";
      break;
    case FaultArgumentKind::answer:
      key.type = key::ref("answer");
      break;
    case FaultArgumentKind::moment:
      key.type = key::words(row.moments);
      break;
    case FaultArgumentKind::bytes:
      key.type = key::integer(row.least, kMaxBytes);
      key.unit = "bytes";
      break;
    case FaultArgumentKind::percent:
      key.type = key::json(R"("type": "number", "exclusiveMinimum": 0, "maximum": 100)");
      break;
  }
  return key;
}

}  // namespace

std::span<const KeyRow> fault_action_keys() {
  static const std::vector<std::string> descriptions = [] {
    std::vector<std::string> all;
    for (const FaultActionRow& row : fault_actions()) {
      const std::string where = only_possible_on(row);
      all.push_back((where.empty() ? "" : "With on: " + where + ". ") + std::string(row.description));
    }
    return all;
  }();
  static const std::vector<KeyRow> keys = [] {
    std::vector<KeyRow> all;
    for (const FaultActionRow& row : fault_actions()) all.push_back(key_row(row, descriptions[all.size()]));
    return all;
  }();
  return keys;
}

}  // namespace rmqsim
