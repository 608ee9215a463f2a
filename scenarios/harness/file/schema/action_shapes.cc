// What a rule does.
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/parse/shapes.h"

namespace rmqsim {
namespace {

constexpr std::string_view kDropped[] = {"request", "response"};
constexpr std::string_view kMoments[] = {"before", "after"};
constexpr KeyType kTrue = key::json(R"("const": true)");
#define RMQSIM_PAIR(second)                                                 \
  R"("type": "array", "items": [{"$ref": "#/definitions/timeMs"}, )" second \
  R"(], "additionalItems": false, "minItems": 2)"
constexpr std::string_view kTwoTimes = RMQSIM_PAIR(R"({"$ref": "#/definitions/timeMs"})");
constexpr std::string_view kTimeAndSigma = RMQSIM_PAIR(R"({"type": "number", "minimum": 0, "maximum": 10})");
constexpr std::string_view kTimeAndAlpha = RMQSIM_PAIR(R"({"type": "number", "exclusiveMinimum": 0, "maximum": 1000})");
#undef RMQSIM_PAIR

constexpr KeyRow kActionRows[] = {
    {"delayMs", key::json(R"("anyOf": [{"$ref": "#/definitions/timeMs"}, {"$ref": "#/definitions/delay"}])"), "ms",
     key::none, "Holds the answer so long, or a time drawn; the request is processed when it arrives."},
    {"respond", key::ref("answer"), "", key::none, "Answers this and stores nothing."},
    {"storeThenRespond", key::ref("answer"), "", key::none, "Stores, then answers this."},
    {"drop", key::words(kDropped), "", key::none,
     "Never answers; with `request` nothing is stored, with `response` it is."},
    {"close", key::words(kMoments), "", key::none,
     "Closes the connection instead of answering, before or after storing."},
    {"reset", key::words(kMoments), "", key::none, "The same with a TCP reset."},
    {"refuse", kTrue, "", key::none, "With on: connect. The connection is refused."},
    {"blackhole", kTrue, "", key::none, "With on: connect. Connects, never answers."},
    {"truncate", key::integer(0, kMaxBytes), "bytes", key::none, "Sends so many bytes of the answer, then closes."},
    {"garbage", key::integer(1, kMaxBytes), "bytes", key::none, "Sends so many random bytes instead of the answer."},
    {"chunk", key::integer(1, kMaxBytes), "bytes", key::none, "Dribbles the answer, so many bytes at a time."},
    {"wrongOpaque", kTrue, "", key::none, "Answers with another opaque."},
    {"duplicate", kTrue, "", key::none, "Answers twice."},
    {"late", kTrue, "", key::none, "Answers when the client must have given up: its timeout and two seconds."},
};

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

constinit const Shape action{
    "action", "What happens to the request. `delayMs` beside `respond`, `close` or `reset` delays that.", kActionRows,
    R"(
  "minProperties": 1,
  "allOf": [
    {"not": {"required": ["respond", "storeThenRespond"]}},
    {"not": {"required": ["respond", "drop"]}},
    {"not": {"required": ["respond", "close"]}},
    {"not": {"required": ["respond", "reset"]}},
    {"not": {"required": ["respond", "garbage"]}},
    {"not": {"required": ["storeThenRespond", "drop"]}},
    {"not": {"required": ["storeThenRespond", "close"]}},
    {"not": {"required": ["storeThenRespond", "reset"]}},
    {"not": {"required": ["storeThenRespond", "garbage"]}},
    {"not": {"required": ["drop", "close"]}},
    {"not": {"required": ["drop", "reset"]}},
    {"not": {"required": ["drop", "garbage"]}},
    {"not": {"required": ["close", "reset"]}},
    {"not": {"required": ["close", "garbage"]}},
    {"not": {"required": ["reset", "garbage"]}},
    {"not": {"required": ["drop", "truncate"]}},
    {"not": {"required": ["drop", "chunk"]}},
    {"not": {"required": ["drop", "wrongOpaque"]}},
    {"not": {"required": ["drop", "duplicate"]}},
    {"not": {"required": ["drop", "late"]}},
    {"not": {"required": ["close", "truncate"]}},
    {"not": {"required": ["close", "chunk"]}},
    {"not": {"required": ["close", "wrongOpaque"]}},
    {"not": {"required": ["close", "duplicate"]}},
    {"not": {"required": ["close", "late"]}},
    {"not": {"required": ["reset", "truncate"]}},
    {"not": {"required": ["reset", "chunk"]}},
    {"not": {"required": ["reset", "wrongOpaque"]}},
    {"not": {"required": ["reset", "duplicate"]}},
    {"not": {"required": ["reset", "late"]}},
    {"not": {"required": ["garbage", "truncate"]}},
    {"not": {"required": ["garbage", "chunk"]}},
    {"not": {"required": ["garbage", "wrongOpaque"]}},
    {"not": {"required": ["garbage", "duplicate"]}},
    {"not": {"required": ["garbage", "late"]}},
    {"not": {"required": ["drop", "delayMs"]}},
    {"not": {"required": ["late", "delayMs"]}},
    {"not": {"required": ["truncate", "chunk"]}},
    {"not": {"required": ["truncate", "duplicate"]}},
    {"anyOf": [{"not": {"required": ["refuse"]}}, {"maxProperties": 1}]},
    {"anyOf": [{"not": {"required": ["blackhole"]}}, {"maxProperties": 1}]}
  ])"};

constinit const Shape answer{"answer", "An answer of the server.", kAnswerRows};

constinit const Shape delay{"delay", "A random time, drawn for each request from the scenario's seed.", kDelayRows,
                            R"("minProperties": 1, "maxProperties": 1)"};

}  // namespace shapes
}  // namespace rmqsim
