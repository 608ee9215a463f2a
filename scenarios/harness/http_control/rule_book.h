// The rules of a plan while they come and go: each with the text that it came as, and since which request it counts.
// Whoever changes the plan behind a book does it here. Gates are rules as well, of a plan of their own. Under the
// monitor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/rules/fault_plan.h"
#include "scenarios/harness/file/parse/fragments.h"

namespace rmqsim {

class RuleBook {
 public:
  /// Rules that the plan has already have no text until take_texts(). Ids that nobody gave are `prefix` and a number.
  /// `plan` must outlive the book.
  RuleBook(FaultPlan& plan, std::string_view prefix);

  const FaultPlan& plan() const { return plan_; }
  std::size_t size() const { return plan_.size(); }
  std::optional<std::size_t> find(std::string_view id) const { return plan_.find(id); }
  std::vector<std::string> ids() const;
  /// The rule as JSON, its id first; empty: nobody wrote it down.
  const std::string& text(std::size_t i) const { return pages_[i].text; }
  /// Number of the last request that came before the rule was set or reset; 0 when none did.
  std::uint64_t since(std::size_t i) const { return pages_[i].since; }

  /// The rules that are there are those of a scenario, whose file has their texts.
  void take_texts(const std::string& scenario_file);
  /// After all others; its position. Without an id, or with one that is taken, it gets a new one.
  std::size_t add(RuleFragment rule, std::uint64_t last_request);
  /// In the same place and with the same id.
  void replace(std::size_t i, RuleFragment rule, std::uint64_t last_request);
  /// Its counts begin anew.
  void reset(std::size_t i, std::uint64_t last_request);
  void remove(std::size_t i);
  void clear();

 private:
  struct Page {
    std::string text;
    std::uint64_t since = 0;
  };

  FaultPlan& plan_;
  std::string prefix_;
  std::vector<Page> pages_;  ///< in the order of the plan
  std::uint64_t last_id_ = 0;
};

}  // namespace rmqsim
