// Markdown pages wrap as code does, and their links and the paths that comments name lead to something.
#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/tidy/text.h"

namespace rmqsim::tidy {

/// The anchors of every page, by its path, as GitHub makes them from headings.
using Anchors = std::map<std::string, std::set<std::string>>;

Anchors read_anchors(const Tree& tree);

/// Lines of more than 120 columns, but for tables, code and a link by itself; one blank line too many.
Findings check_page_layout(const SourceFile& page);
/// Links to files, folders and #anchors that are not there.
Findings check_links(const SourceFile& page, const Tree& tree, const Anchors& anchors);
/// Paths from the root, such as "producer/transport/runtime.h", and pages in comments and pages that are not there. A
/// placeholder has a name of one letter.
Findings check_paths(const SourceFile& file, const Tree& tree);

}  // namespace rmqsim::tidy
