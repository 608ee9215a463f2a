// The order in which the schema defines them.
#include "scenarios/harness/file/parse/shapes.h"

namespace rmqsim::shapes {

std::span<const Shape* const> all() {
  static constexpr const Shape* kAll[] = {&scenario,
                                          &worlds,
                                          &cluster,
                                          &broker,
                                          &topic,
                                          &transactions,
                                          &responder,
                                          &account,
                                          &network,
                                          &producer,
                                          &credentials,
                                          &queueIndex,
                                          &step,
                                          &send,
                                          &transaction,
                                          &request,
                                          &recall,
                                          &body,
                                          &queue,
                                          &selector,
                                          &event,
                                          &partition,
                                          &heal,
                                          &setRoute,
                                          &removeFromRoute,
                                          &setPerm,
                                          &setConfig,
                                          &fault,
                                          &action,
                                          &answer,
                                          &delay,
                                          &sendExpectation,
                                          &countsExpectation,
                                          &stepSendExpectation,
                                          &stepCountsExpectation,
                                          &exception,
                                          &transactionExpectation,
                                          &brokerExpectation,
                                          &brokerTransactions,
                                          &brokerDelayed,
                                          &nameserverExpectation,
                                          &faultItemExpectation,
                                          &traceExpectation,
                                          &invariants,
                                          &invariantOff};
  return kAll;
}

}  // namespace rmqsim::shapes
