// What a step tells a producer, whichever kind of step it is: who is to send, and what.
#pragma once

#include <string>
#include <variant>

#include "scenarios/harness/file/step.h"

namespace rmqsim {

/// Null: it tells nobody to send.
inline const std::string* told_producer(const Step& step) {
  return std::visit(
      [](const auto& what) -> const std::string* {
        if constexpr (requires { what.producer; }) return &what.producer;
        return nullptr;
      },
      step.what);
}

/// Null: it is about no message, or about one of an earlier step.
inline const MessageSpec* told_message(const Step& step) {
  return std::visit(
      [](const auto& what) -> const MessageSpec* {
        if constexpr (requires { what.message; }) return &what.message;
        return nullptr;
      },
      step.what);
}

}  // namespace rmqsim
