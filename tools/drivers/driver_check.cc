#include "tools/drivers/driver_check.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <stdexcept>

#include "producer/profile/profile.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/text/harmless.h"
#include "tools/drivers/driven_run.h"
#include "tools/drivers/driver_check_cases.h"
#include "tools/drivers/protocol/driver_process.h"

namespace rmqsim {
namespace {

using Clock = std::chrono::steady_clock;
using Found = DriverFinding::Kind;

constexpr auto kMistakePatience = std::chrono::seconds(10);

Scenario scenario_of(const DriverCheckCase& one) {
  const auto bar = one.rest.find('|');
  const bool of_cluster = bar == 0;
  std::string text = R"({"version": 1, "name": "driver-check", "why": "A driver is checked.", "cluster": {)"
                     R"("brokers": ["broker-a"], )"
                     R"("topics": [{"name": "One", "queues": 4}, {"name": "Two", "queues": 4}])";
  if (of_cluster) text += ", " + std::string(one.rest.substr(1));
  text += R"(}, "producers": )" + std::string(one.producers) + R"(, "steps": )" + std::string(one.steps);
  if (!of_cluster && !one.rest.empty()) text += ", " + std::string(one.rest);
  LoadOptions options;
  options.judge_idle = false;
  ParseResult parsed = parse_scenario(text + "}", "", options);
  if (!parsed.ok()) throw std::logic_error(std::string(one.what) + ": " + parsed.to_string());
  return std::move(*parsed.scenario);
}

class Checking {
 public:
  Checking(const std::string& command, const RunStop* stop) : command_(command), stop_(stop) {}

  DriverCheck go() {
    DriverOptions options;
    options.command = command_;
    options.stop = stop_;
    auto hello = ask_for_hello(options);
    if (stopped()) return std::move(check_);
    if (auto* wrong = std::get_if<std::string>(&hello)) {
      check_.no_hello = std::move(*wrong);
      return std::move(check_);
    }
    check_.hello = std::move(std::get<DriverHello>(hello));
    for (const DriverCheckCase& one : kDriverCheckCases) {
      if (stopped()) return std::move(check_);
      play(one);
    }
    mistake("says \"unsupported\" to an op that it does not know", R"({"op":"fly","i":1})", "unsupported");
    mistake("says \"error\" to a line that is no JSON", "{\"op\":", "error");
    mistake("says \"error\", or fails, for a producer that nobody made",
            R"({"op":"send","i":7,"producer":"nobody","mode":"sync","topic":"One","tags":"","keys":[],)"
            R"("properties":{},"body":""})",
            "");
    end_of_input();
    return std::move(check_);
  }

 private:
  bool stopped() { return check_.stopped = stop_ != nullptr && stop_->reason() != nullptr; }

  void add(std::string_view what, Found kind, std::string detail = {}) {
    check_.findings.push_back({kind, std::string(what), std::move(detail)});
  }

  void play(const DriverCheckCase& one) {
    // Of another client it would only not be judged where it begins.
    if (one.producers.find("queueIndex") != std::string_view::npos && !check_.hello.has("queueIndex")) {
      return add(one.what, Found::not_offered, "it begins where it likes (feature queueIndex)");
    }
    const Scenario scenario = scenario_of(one);
    const Profile* own = find_profile(check_.hello.profile);
    const std::vector<const Profile*> profiles{own != nullptr ? own : &default_profile()};
    DriverOptions options;
    options.command = command_;
    options.stop = stop_;
    const DrivenResult result = std::move(run_with_driver(scenario, profiles, options).front());
    if (result.run.verdict == RunResult::Verdict::refused) {
      const auto colon = result.run.reason.find(": ");
      return add(one.what, Found::not_offered, result.run.reason.substr(colon == std::string::npos ? 0 : colon + 2));
    }
    if (result.run.verdict == RunResult::Verdict::passed) return add(one.what, Found::right);
    if (stopped()) return;
    if (result.stalled > Duration::zero()) return add(one.what, Found::open, result.run.reason);
    const auto& failures = result.run.record.failures;
    add(one.what, Found::wrong,
        failures.empty() ? result.run.reason : failures.front().check + ": " + failures.front().message);
  }

  /// A driver with hello behind it, one more line, and what it answers to that.
  void mistake(std::string_view what, std::string_view line, std::string_view wanted) {
    std::vector<std::string> heard;
    DriverProcess driver(command_, [&](std::string_view text) { heard.emplace_back(text); });
    driver.say(hello_line());
    driver.say(line);
    const auto due = Clock::now() + kMistakePatience + std::chrono::seconds(10);
    while (heard.size() < 2 && Clock::now() < due && !stopped()) {
      if (driver.wait(5)) break;
    }
    if (heard.size() < 2) {
      const std::string how = driver.status() >= 0 ? "it ended with status " + std::to_string(driver.status())
                                                   : "it did not answer";
      return add(what, Found::wrong, how);
    }
    const auto answer = read_driver_answer(heard[1]);
    if (const auto* wrong = std::get_if<std::string>(&answer)) return add(what, Found::wrong, *wrong);
    const auto& read = std::get<DriverAnswer>(answer);
    const bool right = wanted == "unsupported" ? read.kind == DriverAnswer::Kind::unsupported
                       : wanted == "error"
                           ? read.kind == DriverAnswer::Kind::error
                           : read.kind == DriverAnswer::Kind::error ||
                                 (read.kind == DriverAnswer::Kind::sent && read.sent.exception.has_value());
    add(what, right ? Found::right : Found::wrong, right ? "" : "it answers " + harmless(heard[1], 200));
  }

  void end_of_input() {
    constexpr std::string_view kWhat = "ends when its input does";
    DriverProcess driver(command_, [](std::string_view) {});
    driver.say(hello_line());
    driver.end_input();
    const auto due = Clock::now() + kMistakePatience;
    while (Clock::now() < due && !stopped()) {
      if (driver.wait(5)) return add(kWhat, Found::right);
    }
    add(kWhat, Found::wrong, "it still runs 10 s later");
  }

  const std::string& command_;
  const RunStop* const stop_;
  DriverCheck check_;
};

template <class Words>
std::string listed(const Words& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text.empty() ? "none" : text;
}

bool any(const DriverCheck& check, Found kind) {
  return std::any_of(check.findings.begin(), check.findings.end(),
                     [kind](const DriverFinding& one) { return one.kind == kind; });
}

/// Before what was asked.
const char* word_for(Found kind) {
  switch (kind) {
    case Found::right:
      return "ok     ";
    case Found::wrong:
      return "wrong  ";
    case Found::open:
      return "?      ";
    case Found::not_offered:
      break;
  }
  return "-      ";
}

}  // namespace

bool DriverCheck::good() const {
  return no_hello.empty() && !stopped && !any(*this, Found::wrong) && !any(*this, Found::open);
}

bool DriverCheck::open() const { return no_hello.empty() && !any(*this, Found::wrong) && any(*this, Found::open); }

DriverCheck check_driver(const std::string& command, const RunStop* stop) { return Checking(command, stop).go(); }

std::string check_text(const DriverCheck& check) {
  if (!check.no_hello.empty()) return "wrong  says hello\n         " + check.no_hello + "\n";
  if (check.hello.client.empty()) return "";
  std::string text = check.hello.label() + "\n";
  text += "  modes     " + listed(check.hello.modes) + "\n";
  text += "  features  " + listed(check.hello.features) + "\n";
  text += "  settings  " + listed(check.hello.settings) + "\n\n";
  std::map<Found, std::size_t> count;
  for (const DriverFinding& one : check.findings) {
    ++count[one.kind];
    text += word_for(one.kind) + one.what;
    if (one.kind == Found::not_offered || one.kind == Found::open) text += ": " + one.detail;
    text += "\n";
    if (one.kind == Found::wrong) text += "         " + one.detail + "\n";
  }
  const std::string open = count[Found::open] == 0 ? "" : std::to_string(count[Found::open]) + " inconclusive, ";
  return text + "\n" + std::to_string(count[Found::right]) + " right, " + std::to_string(count[Found::wrong]) +
         " wrong, " + open + std::to_string(count[Found::not_offered]) + " not offered\n";
}

}  // namespace rmqsim
