#include "fake_broker/rules/unanswered.h"

#include <algorithm>
#include <vector>

#include "fake_broker/rules/fault_action.h"

namespace rmqsim {
namespace {

/// LOST: the connection ended before the answer left, and what the client knew of that end nobody saw.
constexpr Unanswered kWithoutRule[] = {{"ONEWAY", ClientHears::as_it_should}, {"NO_ANSWER"}, {"LOST"}};

std::vector<Unanswered> all_outcomes() {
  std::vector<Unanswered> all;
  for (const FaultActionRow& row : fault_actions()) {
    const auto same = [&](const Unanswered& one) { return one.outcome == row.unanswered.outcome; };
    if (!row.unanswered.outcome.empty() && std::none_of(all.begin(), all.end(), same)) all.push_back(row.unanswered);
  }
  all.insert(all.end(), std::begin(kWithoutRule), std::end(kWithoutRule));
  return all;
}

}  // namespace

std::span<const Unanswered> unanswered() {
  static const std::vector<Unanswered> all = all_outcomes();
  return all;
}

const Unanswered* find_unanswered(std::string_view outcome) {
  for (const Unanswered& one : unanswered()) {
    if (one.outcome == outcome) return &one;
  }
  return nullptr;
}

std::string unanswered_words(std::string_view quote) {
  std::string words;
  for (const Unanswered& one : unanswered()) {
    if (!words.empty()) words += ", ";
    words.append(quote).append(one.outcome).append(quote);
  }
  return words;
}

}  // namespace rmqsim
