#include "scenarios/harness/explore/whole.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "scenarios/harness/file/earliest.h"

namespace rmqsim {
namespace {

/// Sends that were numbered from `before` on and are so from `now` on.
struct MovedSends {
  std::uint64_t before = 0;
  std::uint64_t count = 0;  ///< of those that there were and are
  std::uint64_t now = 0;
};

void move_selector(const std::vector<MovedSends>& moved, std::uint64_t count_before, std::uint64_t count_now,
                   SendSelector& selector) {
  using Range = std::pair<std::uint64_t, std::uint64_t>;
  if (selector.text == "all" || selector.ranges == std::vector<Range>{{0, count_before - 1}}) {
    selector.ranges.clear();
    if (count_now > 0) selector.ranges = {{0, count_now - 1}};
    return;
  }
  std::vector<Range> ranges;
  for (const auto& [first, last] : selector.ranges) {
    for (const MovedSends& sends : moved) {
      if (sends.count == 0) continue;
      const std::uint64_t from = std::max(first, sends.before);
      const std::uint64_t to = std::min(last, sends.before + sends.count - 1);
      if (from <= to) ranges.emplace_back(from - sends.before + sends.now, to - sends.before + sends.now);
    }
  }
  std::sort(ranges.begin(), ranges.end());
  selector.ranges.clear();
  for (const Range& range : ranges) {
    if (!selector.ranges.empty() && range.first <= selector.ranges.back().second + 1) {
      selector.ranges.back().second = std::max(selector.ranges.back().second, range.second);
    } else {
      selector.ranges.push_back(range);
    }
  }
}

SendSelector* selector_of(Expectation& expectation) {
  return std::visit(
      [](auto& e) -> SendSelector* {
        if constexpr (requires { e.sends; }) return &e.sends;
        return nullptr;
      },
      expectation.what);
}

std::uint64_t sends_of(const Step& step) {
  return std::visit(
      [](const auto& what) -> std::uint64_t {
        if constexpr (requires { what.count; }) return what.count;
        if constexpr (std::is_same_v<std::decay_t<decltype(what)>, RecallStep>) return what.sends.size();
        return 0;
      },
      step.what);
}

class Recount {
 public:
  explicit Recount(Scenario& scenario) : scenario_(scenario), count_before_(scenario.send_count) {}

  void go() {
    std::vector<Step> steps = std::move(scenario_.steps);
    scenario_.steps.clear();
    for (Step& step : steps) {
      auto* recall = std::get_if<RecallStep>(&step.what);
      if (recall != nullptr) move_selector(moved_, step.first_send, now_, recall->sends);  // of those before it
      const std::uint64_t count = sends_of(step);
      if (recall != nullptr && count == 0) continue;
      moved_.push_back({step.first_send, std::min(step.send_count, count), now_});
      step.first_send = now_;
      step.send_count = count;
      now_ += count;
      scenario_.steps.push_back(std::move(step));
    }
    scenario_.send_count = now_;
    for (Step& step : scenario_.steps) {
      select_all(step);
      if (auto* assertion = std::get_if<AssertStep>(&step.what)) follow(assertion->expect);
    }
    std::erase_if(scenario_.steps, [](const Step& step) {
      const auto* assertion = std::get_if<AssertStep>(&step.what);
      return assertion != nullptr && assertion->expect.empty();
    });
    follow(scenario_.expect);
  }

 private:
  /// What a step expects is about all of its sends.
  static void select_all(Step& step) {
    for (Expectation& expectation : step.expect) {
      SendSelector* const selector = selector_of(expectation);
      if (selector == nullptr) continue;
      selector->ranges.clear();
      if (step.send_count > 0) selector->ranges = {{step.first_send, step.first_send + step.send_count - 1}};
    }
    if (step.send_count == 0) step.expect.clear();
  }
  void follow(std::vector<Expectation>& list) const {
    for (Expectation& expectation : list) {
      if (SendSelector* selector = selector_of(expectation)) move_selector(moved_, count_before_, now_, *selector);
    }
    std::erase_if(list, [](Expectation& expectation) {
      const SendSelector* const selector = selector_of(expectation);
      return selector != nullptr && selector->ranges.empty();
    });
  }

  Scenario& scenario_;
  const std::uint64_t count_before_;
  std::uint64_t now_ = 0;
  std::vector<MovedSends> moved_;
};

bool is_by_place(const std::string& id) {
  constexpr std::string_view kFront = "fault[";
  return id.empty() || (id.starts_with(kFront) && id.ends_with("]") &&
                        id.find_first_not_of("0123456789", kFront.size()) == id.size() - 1);
}

/// A time that is over when the step can come decides nothing, and no file may say it.
void forget_past_times(Scenario& scenario) {
  const std::vector<Duration> begins = earliest_begins(scenario);
  for (std::size_t i = 0; i < begins.size(); ++i) {
    Step& step = scenario.steps[i];
    if (step.at && *step.at < begins[i]) step.at.reset();
  }
}

void name_rules(Scenario& scenario) {
  scenario.fault_locations.resize(scenario.faults.size());
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const auto end = scenario.faults.begin() + static_cast<std::ptrdiff_t>(i);
    std::string& id = scenario.faults[i].id;
    const bool taken =
        std::any_of(scenario.faults.begin(), end, [&](const FaultRule& other) { return other.id == id; });
    if (taken || is_by_place(id)) id = "fault[" + std::to_string(i) + "]";
  }
}

}  // namespace

void make_whole(Scenario& scenario) {
  Recount(scenario).go();
  forget_past_times(scenario);
  name_rules(scenario);
}

}  // namespace rmqsim
