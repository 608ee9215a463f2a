// What a scenario says must hold (format §1.16). Plain data; the engine's checker compares it with the ledger
// and the servers. Names of outcomes, exceptions, servers and sends were checked by the parser. What there is to say of
// a kind lies in the row beside its data (expectations/).
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenarios/harness/expectations/broker.h"
#include "scenarios/harness/expectations/counts.h"
#include "scenarios/harness/expectations/fault_item.h"
#include "scenarios/harness/expectations/nameserver.h"
#include "scenarios/harness/expectations/sends.h"
#include "scenarios/harness/expectations/traces.h"
#include "scenarios/harness/file/text/source_location.h"

namespace rmqsim {

struct Expectation {
  using What = std::variant<SendExpectation, CountsExpectation, BrokerExpectation, NameserverExpectation,
                            FaultItemExpectation, TraceExpectation>;
  What what;
  std::vector<std::string> profiles;  ///< `in`; empty = all
  SourceLocation where;

  bool applies_to(std::string_view profile) const;
  JudgedWhen judged() const;
  /// The moment that it names, since the first step began.
  std::optional<Duration> moment() const;
  /// ExpectationRow::unseen.
  std::optional<std::string_view> unseen(const Scenario& scenario) const;
  /// Sends whose failure it takes for granted; nullptr for none.
  const SendSelector* grants_failure() const;
};

/// Calls `visit` with the row of each kind.
template <class Visit>
void each_expectation_row(const Visit& visit) {
  const auto each = [&visit]<class... E>(const std::variant<E...>*) { (visit(E::row), ...); };
  each(static_cast<const Expectation::What*>(nullptr));
}

}  // namespace rmqsim
