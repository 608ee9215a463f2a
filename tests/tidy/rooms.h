// The rooms as CMake builds them, and what follows: a file belongs to one, includes only what its room links, shares no
// local name with its neighbours (they are compiled as one), and is of use to somebody.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/tidy/text.h"

namespace rmqsim::tidy {

struct Room {
  std::string name;                   ///< of the target, without "rmqsim_"
  std::set<std::string> directories;  ///< whose headers are its own, with the last '/'
  std::set<std::string> files;        ///< its .cc files
  std::vector<std::string> links;     ///< names of rooms
};

/// From every CMakeLists.txt: rooms, programs, tests and other targets.
std::vector<Room> read_rooms(const Tree& tree);

/// An include of a room that the file's own does not link, directly or through others. Tests may include anything.
Findings check_links_of_rooms(const Tree& tree, const std::vector<Room>& rooms);
/// Asio and JSON stay out of headers, but for a header that only the .cc files of its room include.
Findings check_header_weight(const Tree& tree, const std::vector<Room>& rooms);
/// A local name that two files of a room define in the same namespace: they are compiled as one. Overloads may differ.
Findings check_unique_names(const Tree& tree, const std::vector<Room>& rooms);
/// A header that nobody includes, a .cc that nobody compiles, a recording that no test reads.
Findings check_dead_files(const Tree& tree, const std::vector<Room>& rooms);
/// Files with tests are `<what>_test.cc`, others are not.
Findings check_test_names(const SourceFile& file);

}  // namespace rmqsim::tidy
