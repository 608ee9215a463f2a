// The tree as the tidy rules see it: every path, and the text of what people write. Of a source file a rule sees code
// and comments apart, so that a rule about code is not set off by text about code.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rmqsim::tidy {

struct SourceFile {
  std::string path;  ///< from the root of the sources, with '/'
  std::vector<std::string> lines;
  std::vector<std::string> code;   ///< `lines`, with comments and the insides of literals blanked; C++ only
  std::vector<std::string> prose;  ///< `lines`, with all but comments blanked; all of a Markdown page or JSON file

  bool is_header() const { return path.ends_with(".h"); }
  bool is_code() const { return is_header() || path.ends_with(".cc"); }
  bool is_page() const { return path.ends_with(".md"); }
  bool in(std::string_view prefix) const { return path.starts_with(prefix); }
  std::string name() const { return path.substr(path.rfind('/') + 1); }
  std::string directory() const { return path.substr(0, path.rfind('/') + 1); }  ///< with its last '/', or ""
};

struct Tree {
  std::vector<SourceFile> files;  ///< code, pages, builds, scripts, scenarios; not what was recorded. In order of path
  std::set<std::string> paths;    ///< of every file
};

SourceFile make_source_file(std::string path, std::string_view text);

/// The tree below `root` without what was built or fetched. Throws std::runtime_error when it holds no code.
Tree read_tree(const std::string& root);

}  // namespace rmqsim::tidy
