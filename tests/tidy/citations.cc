#include "tests/tidy/citations.h"

#include <algorithm>
#include <optional>

namespace rmqsim::tidy {
namespace {

constexpr std::string_view kSign = "\u00a7";

struct DocumentRow {
  Document document;
  std::string_view name;
  std::string_view pages;  ///< where its text lies; the longest prefix wins
  Prefixes rooms;          ///< where a section without a name is one of it
};

const DocumentRow kDocuments[] = {
    {Document::kBehaviour,
     "behaviour",
     "producer/behaviour/",
     {"producer/behaviour/", "producer/client/", "producer/latency/", "producer/route/", "producer/profile/"}},
    {Document::kWire,
     "wire",
     "producer/remoting/wire",
     {"producer/remoting/wire", "fake_broker/", "fake_namesrv/"}},
    {Document::kObserved, "observed-servers", "producer/remoting/wire/observed-servers.md", {}},
    {Document::kFormat, "format", "scenarios/format.md", {"scenarios/format.md"}},
};

const DocumentRow& row_of(Document document) {
  return *std::find_if(std::begin(kDocuments), std::end(kDocuments),
                       [&](const DocumentRow& row) { return row.document == document; });
}

/// The word `name` ends `text`.
bool ends_with_word(std::string_view text, std::string_view name) {
  if (!text.ends_with(name)) return false;
  text.remove_suffix(name.size());
  return text.empty() || (!is_word(text.back()) && text.back() != '-');
}

std::optional<Document> named_at_end(std::string_view text) {
  for (const DocumentRow& row : kDocuments) {
    if (ends_with_word(text, row.name)) return row.document;
  }
  return std::nullopt;
}

std::optional<Document> of_room(const SourceFile& file) {
  for (const DocumentRow& row : kDocuments) {
    if (below_any(file, row.rooms)) return row.document;
  }
  return std::nullopt;
}

bool ends_sentence(std::string_view text) {
  for (std::size_t at = text.find('.'); at != std::string_view::npos; at = text.find('.', at + 1)) {
    if (at + 1 == text.size() || text[at + 1] == ' ') return true;
  }
  return false;
}

/// Reads one passage from its beginning to its end.
class Reader {
 public:
  Reader(const SourceFile& file, const Law& law, const Passage& passage, Findings& findings)
      : file_(file), law_(law), passage_(passage), text_(passage.text), findings_(findings) {}

  void sections() {
    std::size_t last = 0;
    for (std::size_t at = text_.find(kSign); at != std::string_view::npos; at = text_.find(kSign, at + 1)) {
      std::size_t end = at + kSign.size();
      const std::string_view number = section_number(text_.substr(end));
      if (number.empty()) continue;
      const std::string_view before = trimmed(text_.substr(0, at));
      if (const auto named = named_at_end(before)) {
        named_ = named;
      } else if (ends_sentence(text_.substr(last, at - last))) {
        named_.reset();
      }
      end += number.size();
      section(at, number);
      // "wire §1-3"
      for (const std::string_view dash : {std::string_view("-"), std::string_view("\u2013")}) {
        if (!text_.substr(end).starts_with(dash)) continue;
        const std::string_view other = section_number(text_.substr(end + dash.size()));
        if (!other.empty()) section(at, other);
      }
      quoted(at, end);
      last = end;
    }
  }

  /// "quirk 37", "quirks 38, 44".
  void quirks() {
    for (std::size_t at = text_.find("uirk"); at != std::string_view::npos; at = text_.find("uirk", at + 1)) {
      std::string_view rest = text_.substr(at + 4);
      if (rest.starts_with("s")) rest.remove_prefix(1);
      if (!rest.starts_with(" ")) continue;
      rest.remove_prefix(1);
      for (;;) {
        std::size_t digits = 0;
        while (digits < rest.size() && is_digit(rest[digits])) ++digits;
        if (digits == 0) break;
        const std::string number(rest.substr(0, digits));
        if (!law_.quirks.contains(number)) {
          find(at, "cites quirk " + number + ", which producer/behaviour has no heading for; correct the number");
        }
        rest.remove_prefix(digits);
        const std::size_t gap = rest.starts_with(", ")      ? 2
                                : rest.starts_with(" and ") ? 5
                                : rest.starts_with(" to ")  ? 4
                                                            : 0;
        if (gap == 0) break;
        rest.remove_prefix(gap);
      }
    }
  }

  /// "C6", "(C21, C22)".
  void observations() {
    for (std::size_t at = text_.find('C'); at != std::string_view::npos; at = text_.find('C', at + 1)) {
      std::size_t end = at + 1;
      while (end < text_.size() && is_digit(text_[end])) ++end;
      const bool apart = at == 0 || (!is_word(text_[at - 1]) && text_[at - 1] != '-' && text_[at - 1] != '+');
      const bool ends = end == text_.size() || (!is_word(text_[end]) && text_[end] != '-');
      if (!apart || !ends || end == at + 1 || end > at + 3) continue;
      const std::string name(text_.substr(at, end - at));
      if (!law_.observations.contains(name)) {
        find(at, "cites observed-servers " + name + ", which that page has no heading for; correct the number");
      }
    }
  }

  void appendices() {
    for (std::size_t at = text_.find("ppendix "); at != std::string_view::npos; at = text_.find("ppendix ", at + 1)) {
      const std::string_view name = text_.substr(at + 8);
      const bool letter = !name.empty() && name[0] >= 'A' && name[0] <= 'Z' && (name.size() == 1 || !is_word(name[1]));
      if (letter && !law_.appendices.contains(std::string(name.substr(0, 1)))) {
        find(at,
             "cites appendix " + std::string(name.substr(0, 1)) + ", which the wire's pages do not have; correct it");
      }
    }
  }

  /// A document's name and a number without the sign.
  void loose_names() {
    for (const DocumentRow& row : kDocuments) {
      const std::string_view name = row.name;
      if (name.find('-') == std::string_view::npos) continue;  // an ordinary word
      for (std::size_t at = text_.find(name); at != std::string_view::npos; at = text_.find(name, at + 1)) {
        const std::string_view rest = text_.substr(at + name.size());
        if (rest.starts_with(" ") && !section_number(rest.substr(1)).empty()) {
          find(at, "cites " + std::string(name) + " without " + std::string(kSign) + "; write it before the number");
        }
      }
    }
  }

 private:
  void find(std::size_t at, const std::string& what) { findings_.push_back(place(file_, passage_.line_of(at)) + what); }

  void section(std::size_t at, std::string_view number) {
    const auto document = named_ ? named_ : of_room(file_);
    const std::string cited = std::string(kSign) + std::string(number);
    if (!document)
      return find(at, "cites " + cited + " of no document; write \"behaviour " + cited + "\" or which it is");
    if (law_.sections[static_cast<std::size_t>(*document)].contains(std::string(number))) return;
    const DocumentRow& row = row_of(*document);
    find(at, "cites " + std::string(row.name) + " " + cited + ", and " + std::string(row.pages) +
                 " has no heading with that number; correct it");
  }

  /// `format §1, "faults"`: a part by its title.
  void quoted(std::size_t at, std::size_t end) {
    if (!text_.substr(end).starts_with(", \"")) return;
    const std::size_t close = text_.find('"', end + 3);
    const auto document = named_ ? named_ : of_room(file_);
    if (close == std::string_view::npos || !document) return;
    const std::string title(text_.substr(end + 3, close - end - 3));
    if (law_.text[static_cast<std::size_t>(*document)].find(title) == std::string::npos) {
      find(at, "cites \"" + title + "\", words that the document does not have; quote a heading or leave it out");
    }
  }

  const SourceFile& file_;
  const Law& law_;
  const Passage& passage_;
  std::string_view text_;
  Findings& findings_;
  std::optional<Document> named_;
};

/// The document that a page is part of.
std::optional<Document> document_of(const SourceFile& page) {
  const DocumentRow* found = nullptr;
  for (const DocumentRow& row : kDocuments) {
    if (page.in(row.pages) && (found == nullptr || row.pages.size() > found->pages.size())) found = &row;
  }
  return found == nullptr ? std::nullopt : std::optional(found->document);
}

void read_heading(std::string_view title, Document document, Law& law) {
  const auto word_after = [&](std::string_view start) {
    const std::string_view rest = title.substr(start.size());
    std::size_t end = 0;
    while (end < rest.size() && is_word(rest[end])) ++end;
    return std::string(rest.substr(0, end));
  };
  if (title.starts_with("Quirk ")) law.quirks.insert(word_after("Quirk "));
  if (title.starts_with("Appendix ")) law.appendices.insert(word_after("Appendix "));
  if (title.starts_with("C") && title.size() > 1 && is_digit(title[1])) law.observations.insert(word_after(""));
  const std::string_view number = section_number(title);
  if (!number.empty() && title.substr(number.size()).starts_with(" ")) {
    law.sections[static_cast<std::size_t>(document)].emplace(number);
  }
}

}  // namespace

Law read_law(const Tree& tree) {
  Law law;
  for (const SourceFile& page : tree.files) {
    const auto document = page.is_page() ? document_of(page) : std::nullopt;
    if (!document) continue;
    for (const std::string& line : page.lines) {
      law.text[static_cast<std::size_t>(*document)] += line + '\n';
      const std::size_t marks = line.find_first_not_of('#');
      if (marks == 0 || marks == std::string::npos || line[marks] != ' ') continue;
      read_heading(trimmed(line.substr(marks)), *document, law);
    }
  }
  return law;
}

Findings check_citations(const SourceFile& file, const Law& law) {
  Findings findings;
  for (const Passage& passage : passages(file)) {
    Reader reader(file, law, passage, findings);
    reader.sections();
    reader.quirks();
    reader.observations();
    reader.appendices();
    reader.loose_names();
  }
  return findings;
}

}  // namespace rmqsim::tidy
