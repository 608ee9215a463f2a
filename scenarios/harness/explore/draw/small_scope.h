// The small scope: every course of up to three attempts of one send, in every mode that tells them apart, and what
// isolates two brokers, with sends then and when it is over. Enumerated by number, shortest first, so that the simplest
// thing that breaks is met first; before them all, a course of every mode together in one world, so often that each has
// met everything: what is broken everywhere is found by the first few.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

class SmallScope {
 public:
  SmallScope();
  std::uint64_t size() const { return courses_.size(); }
  /// Whole but for its profiles; `number` is below size().
  Scenario scenario(std::uint64_t number) const;

 private:
  struct Course {
    std::uint8_t mode;
    std::uint8_t length;
    std::uint8_t outcomes[3];
  };
  std::vector<Course> courses_;
};

}  // namespace rmqsim
