#include "tests/scenario/lifecycle.h"

#include <utility>

#include "producer/transport/random.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/report.h"

namespace rmqsim {
namespace {

enum class Way { start, shutdown, set, sync, oneway, async, transaction, request, recall };

struct Word {
  const char* name;
  const char* json;
  Way way;
  bool selects = false;         ///< by a selector, without a timeout of its own
  bool own_timeout = false;
};

const Word kWords[] = {
    {"start", R"({"do": {"startProducer": "p"}})", Way::start},
    {"shutdown", R"({"do": {"shutdownProducer": "p"}})", Way::shutdown},
    {"set", R"({"do": {"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 30000}}}})", Way::set},
    {"send", R"({"send": {"topic": "T"}})", Way::sync},
    {"send-timeout", R"({"send": {"topic": "T", "timeoutMs": 25000}})", Way::sync, false, true},
    {"send-queue", R"({"send": {"topic": "T", "queue": {"broker": "broker-a", "queueId": 1}}})", Way::sync},
    {"send-selector", R"({"send": {"topic": "T", "selector": {"kind": "index"}}})", Way::sync, true},
    {"send-batch", R"({"send": {"topic": "T", "batch": 2}})", Way::sync},
    {"oneway", R"({"send": {"topic": "T", "mode": "oneway"}})", Way::oneway},
    {"oneway-queue", R"({"send": {"topic": "T", "mode": "oneway", "queue": {"broker": "broker-a", "queueId": 1}}})",
     Way::oneway},
    {"oneway-selector", R"({"send": {"topic": "T", "mode": "oneway", "selector": {"kind": "index"}}})", Way::oneway},
    {"async", R"({"send": {"topic": "T", "mode": "async"}})", Way::async},
    {"async-timeout", R"({"send": {"topic": "T", "mode": "async", "timeoutMs": 25000}})", Way::async, false, true},
    {"async-queue", R"({"send": {"topic": "T", "mode": "async", "queue": {"broker": "broker-a", "queueId": 1}}})",
     Way::async},
    {"async-selector", R"({"send": {"topic": "T", "mode": "async", "selector": {"kind": "index"}}})", Way::async, true},
    {"async-batch", R"({"send": {"topic": "T", "mode": "async", "batch": 2}})", Way::async},
    {"transaction", R"({"transaction": {"topic": "T"}})", Way::transaction},
    {"request", R"({"request": {"topic": "R", "timeoutMs": 9000}})", Way::request},
    {"request-async", R"({"request": {"topic": "R", "timeoutMs": 9000, "mode": "async"}})", Way::request},
    {"recall", R"({"recall": {"sends": 0, "topic": "T"}})", Way::recall},
};
constexpr std::size_t kEvents = 3;  // of the words, the first ones

enum class State { CREATE_JUST, RUNNING, SHUTDOWN_ALREADY };
const char* const kStates[] = {"CREATE_JUST", "RUNNING", "SHUTDOWN_ALREADY"};

/// What each word must come to.
class Model {
 public:
  Model(const Profile& profile, bool auto_start)
      : profile_(profile), state_(auto_start ? State::RUNNING : State::CREATE_JUST) {}

  /// The beginning of how the send ends; empty: anyhow, as long as it ends.
  std::string send(const Word& word) {
    const bool running = state_ == State::RUNNING;
    const std::string refused =
        std::string("MQClientException: The producer service state not OK, ") + kStates[static_cast<int>(state_)] +
        "\nSee http";
    switch (word.way) {
      case Way::oneway: return running ? "SENT" : refused;
      case Way::async:
        if (running) return "SEND_OK";
        // Its threads are there from the beginning, and take nothing more after a shutdown.
        return state_ == State::CREATE_JUST || (word.selects && profile_.selector_runs_first)
                   ? refused
                   : "MQClientException: executor rejected ";
      case Way::transaction:
        return running ? "SEND_OK" : "MQClientException: send message Exception <- " + refused;
      case Way::request:
        asked_ = asked_ || running;
        if (running) return "";  // by profile a reply or its absence
        // Asks its instance before it looks at the state; without a route it asks a nameserver it has no way to.
        if (state_ == State::CREATE_JUST) return "NullPointerException";
        return asked_ ? refused : "";
      case Way::recall:
        if (!profile_.has_recall) return "UnsupportedOperationException";
        return running ? "MQClientException: recall handle is invalid" : refused;
      default: return running ? "SEND_OK" : refused;
    }
  }
  void event(const Word& word) {
    if (word.way == Way::shutdown && state_ == State::RUNNING) state_ = State::SHUTDOWN_ALREADY;
    if (word.way != Way::start) return;
    if (state_ == State::CREATE_JUST) {
      state_ = State::RUNNING;
    } else {
      failures.push_back(std::string("The producer service state not OK, maybe started once, ") +
                         kStates[static_cast<int>(state_)] + "\nSee http");
    }
  }

  std::vector<std::string> failures;  ///< of starts, their beginnings

 private:
  const Profile& profile_;
  State state_;
  bool asked_ = false;  ///< a request knows the route of its topic
};

std::string end_of(const SendRecord& record) {
  if (!record.error) return record.outcome();
  std::string text;
  for (const MQError* error = &*record.error; error != nullptr; error = error->cause.get()) {
    // Of what wraps another the first line: the rest is a link.
    const std::string message = error->cause ? error->message.substr(0, error->message.find('\n')) : error->message;
    text += (text.empty() ? "" : " <- ") + std::string(error_type_name(error->type)) + ": " + message;
  }
  return text;
}

}  // namespace

std::string LifecyclePlay::text() const {
  std::string text = auto_start ? "(started)" : "(not started)";
  for (const std::size_t word : words) text += std::string(" ") + kWords[word].name;
  return text;
}

std::vector<std::string> lifecycle_words() {
  std::vector<std::string> names;
  for (const Word& word : kWords) names.emplace_back(word.name);
  return names;
}

std::string lifecycle_scenario() {
  std::string steps;
  for (const Word& word : kWords) {
    if (word.way != Way::shutdown) steps += word.json + std::string(",\n    ");
  }
  return R"({
  "version": 1, "name": "lifecycle", "why": "One step of every kind, from which plays are made.",
  "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 4}, {"name": "R", "queues": 4}],
              "responders": [{"topic": "R", "reply": "pong"}]},
  "producers": [{"name": "p", "group": "g", "autoStart": false, "config": {"sendMsgTimeout": 20000}}],
  "steps": [
    )" + steps + kWords[1].json + R"(],
  "expect": [{"sends": "all", "attempts": [0, 1]}]
})";
}

std::vector<LifecyclePlay> every_lifecycle(std::size_t depth) {
  std::vector<LifecyclePlay> plays;
  const auto send_all = [](std::vector<std::size_t>& words) {
    for (std::size_t word = kEvents; word < std::size(kWords); ++word) words.push_back(word);
  };
  std::vector<std::vector<std::size_t>> sequences{{}};
  for (std::size_t from = 0, length = 0; length <= depth; ++length) {
    const std::size_t to = sequences.size();
    for (; from < to; ++from) {
      for (const bool auto_start : {false, true}) {
        LifecyclePlay play{{}, auto_start};
        send_all(play.words);
        for (const std::size_t event : sequences[from]) {
          play.words.push_back(event);
          send_all(play.words);
        }
        plays.push_back(std::move(play));
      }
      for (std::size_t event = 0; event < kEvents && length < depth; ++event) {
        sequences.push_back(sequences[from]);
        sequences.back().push_back(event);
      }
    }
  }
  return plays;
}

LifecyclePlay random_lifecycle(std::uint64_t seed, std::size_t length) {
  Random random(seed, "lifecycle");
  LifecyclePlay play;
  play.auto_start = random.below(4) == 0;
  while (play.words.size() < length) {
    // Events as often as sends.
    play.words.push_back(random.below(2) == 0 ? random.below(kEvents) : random.below(std::size(kWords)));
  }
  return play;
}

std::string play_lifecycle(const LifecyclePlay& play, const Profile& profile, WorldKind world,
                           const std::string& file) {
  ParseResult parsed = parse_scenario(lifecycle_scenario(), file);
  if (!parsed.ok()) return parsed.to_string();
  Scenario& scenario = *parsed.scenario;
  scenario.file = file;
  scenario.producers.front().auto_start = play.auto_start;
  // Step i of the file is word i, but for the shutdown, which is the last.
  std::vector<Step> words = std::exchange(scenario.steps, {});
  words.insert(words.begin() + 1, words.back());
  words.pop_back();
  scenario.send_count = 0;
  Model model(profile, play.auto_start);
  std::vector<std::string> expected;
  std::vector<std::int64_t> timeouts;  // 0: not looked at
  std::int64_t timeout = 20000;
  for (const std::size_t index : play.words) {
    const Word& word = kWords[index];
    Step step = words[index];
    step.first_send = scenario.send_count;
    scenario.send_count += step.send_count;
    if (auto* event = std::get_if<EventStep>(&step.what)) {
      if (auto* set = std::get_if<SetConfigEvent>(&event->event)) set->config.values["sendMsgTimeout"] = ++timeout;
      model.event(word);
    } else {
      expected.push_back(model.send(word));
      timeouts.push_back(word.own_timeout || word.way == Way::request ? 0 : timeout);
    }
    scenario.steps.push_back(std::move(step));
  }

  RunOptions options;
  options.world = world;
  options.check_expectations = false;
  const RunResult result = run_scenario(scenario, profile, options);
  std::string wrong;
  for (std::size_t i = 0; i < result.record.sends.size() && i < expected.size(); ++i) {
    const SendRecord& record = result.record.sends[i];
    const std::string end = end_of(record);
    if (record.completions != 1 || !end.starts_with(expected[i]) || end == "INCOMPLETE") {
      wrong += "send " + std::to_string(i) + " ends as \"" + end + "\" after " + std::to_string(record.completions) +
               " completions; expected \"" + expected[i] + "\"\n";
    }
    if (timeouts[i] != 0 && record.timeout_millis != timeouts[i]) {
      wrong += "send " + std::to_string(i) + " has " + std::to_string(record.timeout_millis) + " ms; expected " +
               std::to_string(timeouts[i]) + "\n";
    }
  }
  std::vector<std::string> failures = model.failures;
  for (const Failure& failure : result.record.failures) {
    const bool foreseen = failure.check == "start of producer \"p\"" && !failures.empty() &&
                          failure.message.starts_with(failures.front());
    if (foreseen) {
      failures.erase(failures.begin());
    } else {
      wrong += failure.check + ": " + failure.message + "\n";
    }
  }
  for (const std::string& failure : failures) wrong += "nothing said \"" + failure + "\"\n";
  const auto verdict = model.failures.empty() ? RunResult::Verdict::passed : RunResult::Verdict::failed;
  if (result.verdict != verdict) wrong += "another verdict: " + report_text(scenario, result, 0, {}) + "\n";
  if (!wrong.empty()) wrong = std::string(profile.name) + " " + play.text() + "\n" + wrong;
  return wrong;
}

}  // namespace rmqsim
