// Waiting for what a process does, in tests that meet processes: by looking, and not by sleeping for as long as it
// should take.
#pragma once

#include <chrono>
#include <thread>

namespace rmqsim {

/// Whether the condition holds within a minute. Only what is broken takes that long, however busy the machine is.
template <class Condition>
bool becomes(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace rmqsim
