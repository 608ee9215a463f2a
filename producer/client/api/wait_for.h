// How a blocking call waits for what an operation tells its handler. Implementation of the public producers.
#pragma once

#include <memory>
#include <utility>
#include <variant>

#include "producer/client/api/exceptions.h"
#include "producer/remoting/mq_error.h"
#include "producer/transport/runtime.h"

namespace rmqsim {

/// Calls `begin`, under the monitor, with a handler that takes a T, and returns what that was told. The state is
/// shared, because a simulated world that gives up (NothingPending) unwinds this frame before the handler is called.
template <class T, class Begin>
T wait_for(Runtime& runtime, const Begin& begin) {
  struct Wait {
    Latch latch;
    T told;
  };
  auto wait = std::make_shared<Wait>();
  runtime.run([&] {
    begin([wait](auto&& told) {
      wait->told = std::forward<decltype(told)>(told);
      wait->latch.release();
    });
  });
  runtime.run_until(wait->latch);
  return std::move(wait->told);
}

/// The value, or the error is thrown.
template <class T>
T value_or_throw(std::variant<T, MQError> outcome) {
  if (auto* error = std::get_if<MQError>(&outcome)) throw_mq_error(std::move(*error));
  return std::move(std::get<T>(outcome));
}

/// Both, for operations that tell a value or an error.
template <class T, class Begin>
T value_of(Runtime& runtime, const Begin& begin) {
  return value_or_throw(wait_for<std::variant<T, MQError>>(runtime, begin));
}

}  // namespace rmqsim
