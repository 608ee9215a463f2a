// JUnit XML of runs, as Jenkins' schema has it: a test suite for each run, whose properties say which one it is, with
// one test case. What was broken is a failure, what could not be judged an error.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenarios/harness/report/report.h"

namespace rmqsim {

struct TestCase {
  std::string suite;  ///< the scenario
  std::string file;   ///< where it stands; empty: nowhere
  std::string name;
  double wall_millis = 0;
  ReportEntry::Kind kind = ReportEntry::Kind::passed;
  std::string message;  ///< in one line, why it did not pass
  std::string text;     ///< the same in full
  std::string output;   ///< what there was to see
  std::vector<std::pair<std::string, std::string>> properties;
};

/// One test suite; of `style` the version and the time at which the run began.
std::string junit_suite(const TestCase& test, const ReportStyle& style);

}  // namespace rmqsim
