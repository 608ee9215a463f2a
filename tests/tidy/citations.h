// Every citation leads somewhere. The tree holds four documents; a citation is a document's name and a section
// ("behaviour §6.5", "wire §3.2", "observed-servers §4", "format §1.13"), the number of a quirk, an observation
// ("C21") or an appendix ("wire appendix A").
#pragma once

#include <array>
#include <set>
#include <string>

#include "tests/tidy/text.h"

namespace rmqsim::tidy {

enum class Document { kBehaviour, kWire, kObserved, kFormat };

/// What the documents' headings offer to be cited.
struct Law {
  std::array<std::set<std::string>, 4> sections;  ///< by Document: "6", "6.5"
  std::array<std::string, 4> text;                ///< by Document: all of it
  std::set<std::string> quirks, observations, appendices;
};

Law read_law(const Tree& tree);

/// A number that no heading has; a section of no document; a document or file that is not in the tree. A section
/// without a name is one of the document named before it in the sentence, else of the document that the file's room is
/// about.
Findings check_citations(const SourceFile& file, const Law& law);

}  // namespace rmqsim::tidy
