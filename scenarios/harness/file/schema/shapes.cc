// The order in which the schema defines them.
#include "scenarios/harness/file/parse/shapes.h"

#include <iterator>
#include <vector>

#include "scenarios/harness/file/expectation.h"

namespace rmqsim::shapes {

namespace {

constexpr const Shape* kWhatHappens[] = {
    &scenario,        &worlds,   &cluster,     &broker,     &topic,  &transactions, &responder,   &account,
    &network,         &producer, &credentials, &listener,   &queueIndex, &step,     &send,        &transaction,
    &request,         &recall,   &body,        &queue,      &selector,   &event,    &partition,   &heal,
    &setRoute,        &removeFromRoute,        &setPerm,    &setConfig,  &startProducer,          &fault,
    &action,          &answer,   &delay};
constexpr const Shape* kPartsOfExpectations[] = {&exception, &transactionExpectation, &brokerTransactions,
                                                 &brokerDelayed};

std::vector<const Shape*> make_all() {
  std::vector<const Shape*> all(std::begin(kWhatHappens), std::end(kWhatHappens));
  each_expectation_row([&](const auto& row) {
    all.push_back(&row.shape);
    if (row.at_step != nullptr) all.push_back(row.at_step);
  });
  all.insert(all.end(), std::begin(kPartsOfExpectations), std::end(kPartsOfExpectations));
  all.push_back(&invariants);
  all.push_back(&invariantOff);
  return all;
}

}  // namespace

std::span<const Shape* const> all() {
  static const std::vector<const Shape*> all = make_all();
  return all;
}

}  // namespace rmqsim::shapes
