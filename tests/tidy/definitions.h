// What a C++ file defines at namespace scope and in its classes, by braces alone: good enough to measure functions and
// to compare names, without a parser.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/tidy/source_file.h"

namespace rmqsim::tidy {

struct Definition {
  std::string name;       ///< as written: "start", "Producer::start", "TEST(Suite, Name)"; "" where it cannot be told
  std::string scope;      ///< namespaces, such as "rmqsim::(anonymous)"
  std::string signature;  ///< a function's parameters without their names; an alias's whole text
  bool function = false;
  bool in_class = false;
  bool local = false;     ///< in an anonymous namespace, or static
  std::size_t first = 0;  ///< lines, counted from 0
  std::size_t last = 0;
};

std::vector<Definition> definitions(const SourceFile& file);

}  // namespace rmqsim::tidy
