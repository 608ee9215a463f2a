// A source file as the tidy rules see it: its path from the root, its lines, and the same lines without comments and
// literals, so that a rule about code is not set off by text about code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rmqsim::tidy {

struct SourceFile {
  std::string path;  ///< from the root of the sources, with '/'
  std::vector<std::string> lines;
  std::vector<std::string> code;  ///< `lines`, with comments and the insides of literals blanked

  bool is_header() const { return path.ends_with(".h"); }
  bool in(std::string_view prefix) const { return path.starts_with(prefix); }
  std::string name() const { return path.substr(path.rfind('/') + 1); }
};

SourceFile make_source_file(std::string path, std::string_view text);

/// Every .h and .cc below the rooms, tools and tests of `root`, in order of path. Throws std::runtime_error when there
/// are none.
std::vector<SourceFile> read_source_tree(const std::string& root);

}  // namespace rmqsim::tidy
