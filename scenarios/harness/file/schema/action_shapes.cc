// What a rule does.
#include <span>
#include <string>

#include "fake_broker/rules/fault_action.h"
#include "scenarios/harness/file/parse/action_keys.h"
#include "scenarios/harness/file/parse/shapes.h"

namespace rmqsim {
namespace {

#define RMQSIM_PAIR(second)                                                 \
  R"("type": "array", "items": [{"$ref": "#/definitions/timeMs"}, )" second \
  R"(], "additionalItems": false, "minItems": 2)"
constexpr std::string_view kTwoTimes = RMQSIM_PAIR(R"({"$ref": "#/definitions/timeMs"})");
constexpr std::string_view kTimeAndSigma = RMQSIM_PAIR(R"({"type": "number", "minimum": 0, "maximum": 10})");
constexpr std::string_view kTimeAndAlpha = RMQSIM_PAIR(R"({"type": "number", "exclusiveMinimum": 0, "maximum": 1000})");
#undef RMQSIM_PAIR

/// Which actions exclude each other, from their rows. One that does nothing else stands alone.
std::string action_exclusions() {
  const std::span<const FaultActionRow> rows = fault_actions();
  const auto stands_alone = [](const FaultActionRow& row) { return row.excludes[0].parts == kAllFaultParts; };
  std::string text = R"("minProperties": 1, "allOf": [)";
  std::string_view comma;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (stands_alone(rows[i])) {
      text.append(comma).append(R"({"anyOf": [{"not": {"required": [")").append(rows[i].key);
      text += R"("]}}, {"maxProperties": 1}]})";
      comma = ", ";
    }
    for (std::size_t k = i + 1; k < rows.size(); ++k) {
      if (stands_alone(rows[i]) || stands_alone(rows[k]) || !fault_contradiction(rows[i], rows[k])) continue;
      text.append(comma).append(R"({"not": {"required": [")").append(rows[i].key).append(R"(", ")");
      text.append(rows[k].key).append(R"("]}})");
      comma = ", ";
    }
  }
  return text + "]";
}

constexpr KeyRow kAnswerRows[] = {
    {"code", key::ref("responseCode"), "", key::required, "The response code."},
    {"remark", key::text(0, 65536), "", key::none, "Its text."},
};

constexpr KeyRow kDelayRows[] = {
    {"uniform", key::json(kTwoTimes), "ms", key::none, "[low, high]."},
    {"normal", key::json(kTwoTimes), "ms", key::none, "[mean, standard deviation]; below 0 counts as 0."},
    {"lognormal", key::json(kTimeAndSigma), "ms", key::none, "[median, sigma]; sigma, 0 to 10, has no unit."},
    {"pareto", key::json(kTimeAndAlpha), "ms", key::none,
     "[minimum, alpha]; alpha, up to 1000 and not 0, has no unit."},
};

}  // namespace

namespace shapes {

const Shape action{"action",
                   "What happens to the request, the connection or its bytes. `delayMs` beside `respond`, `close` or "
                   "`reset` delays that.",
                   fault_action_keys(),
                   {},
                   action_exclusions};

constinit const Shape answer{"answer", "An answer of the server.", kAnswerRows};

constinit const Shape delay{"delay",
                            "A random time, drawn for each request, or segment of a link, from the scenario's seed.",
                            kDelayRows, R"("minProperties": 1, "maxProperties": 1)"};

}  // namespace shapes
}  // namespace rmqsim
