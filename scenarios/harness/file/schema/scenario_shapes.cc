// The file as a whole, and what turns its standing checks off.
#include "scenarios/harness/file/parse/shapes.h"

namespace rmqsim {
namespace {

constexpr KeyRow kScenarioRows[] = {
    {"$schema", key::text(), "", key::none, "Where the schema is, for editors; not looked at."},
    {"version", key::json(R"("const": 1)"), "", key::required, "Of this format."},
    {"name", key::ref("name"), "", key::required, "Unique in the library, and the file's name without .json."},
    {"why", key::text(1), "", key::required, "One or two sentences: what this shows and why it matters."},
    {"references", key::refs("text"), "", "[]", "Issues and discussions, e.g. apache/rocketmq#5838."},
    {"concerns", key::refs("concern", 1, 0, true), "", "(what its folder is about)",
     "What it is about, for reports that group scenarios by behaviour."},
    {"profile", key::ref("profiles"), "", "(the first of profileName)",
     "Whose behaviour is followed; the scenario runs once in each."},
    {"seed", key::json(R"("type": "integer", "minimum": 0)"), "", "1", "Of everything random."},
    {"worlds", key::ref("worlds"), "", "(all worlds)", "The worlds that can keep what the scenario expects."},
    {"cluster", key::ref("cluster"), "", key::required, "Who exists."},
    {"network", key::ref("network"), "", "{}", "The simulated world's network."},
    {"producers", key::refs("producer", 0, 1000), "", "[]", "Who sends."},
    {"steps", key::refs("step", 0, 10'000), "", "[]", "What is sent and what happens, in order."},
    {"faults", key::refs("fault", 0, 10'000), "", "[]", "What goes wrong at the servers."},
    {"expect", key::refs("expectation"), "", "[]", "What must hold at the end."},
    {"invariants", key::ref("invariants"), "", "{}",
     "Which of the invariants, that hold by themselves, do not hold here."},
};

constexpr KeyRow kWorldsRows[] = {
    {"only", key::refs("world", 1, 0, true), "", key::required, "Those that can."},
    {"reason", key::text(1), "", key::required, "What the others cannot keep."},
};

constexpr KeyRow kInvariantsRows[] = {
    {"off", key::refs("invariantOff"), "", "[]", "Those that do not hold, each with its reason."},
};

constexpr KeyRow kInvariantOffRows[] = {
    {"name", key::ref("invariantName"), "", key::required, "Which."},
    {"reason", key::text(1), "", key::required, "Why it does not hold here."},
    {"in", key::ref("profiles"), "", "(all profiles)", "It is off in these profiles only."},
};

}  // namespace

namespace shapes {

constinit const Shape scenario{
    "scenario",
    "Who exists, what is sent, what breaks, what must hold. The files may hold comments (// and /* */). Times are "
    "milliseconds, keys of times end in Ms. Beyond this schema a program that reads a scenario checks that every "
    "name refers to something, that ranges are in order, that atMs never goes back, that expectations select sends "
    "that exist and do not contradict each other, that no rule and no event is without effect, and that somebody "
    "has every topic; nothing is silently ignored.",
    kScenarioRows};

constinit const Shape worlds{
    "worlds", "The worlds that can keep what the scenario expects. The others refuse it and give the reason.",
    kWorldsRows};

constinit const Shape invariants{"invariants", "What holds in every scenario that does not turn it off.",
                                 kInvariantsRows};

constinit const Shape invariantOff{"invariantOff", "Turns an invariant off.", kInvariantOffRows};

}  // namespace shapes
}  // namespace rmqsim
