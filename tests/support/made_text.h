// Files of the tree that are made of rows, whole or in part: a test makes the file anew and holds the tree's to it.
// When rows have changed it leaves the new one and says how to take it over, so that nobody writes twice what a row
// says.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace rmqsim {

inline std::string file_of_tree(const std::string& path) {
  std::ifstream stream(RMQSIM_SOURCE_DIR "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The text with `part` for what begins with `begin`, which stands in it once, and goes on to the next `end`.
inline std::string with_part(std::string text, std::string_view begin, std::string_view end, std::string_view part) {
  const std::size_t from = text.find(begin);
  const std::size_t to = from == text.npos ? text.npos : text.find(end, from);
  EXPECT_NE(to, text.npos) << "there is no text from " << begin << " to " << end;
  EXPECT_EQ(text.find(begin, from + 1), text.npos) << "there are two places that begin with " << begin;
  return to == text.npos ? text : text.replace(from, to - from, part);
}

/// Words, or what else is not to be parted, in lines of at most 120 bytes that begin with `indent`.
inline std::string filled(const std::vector<std::string>& pieces, std::string_view indent = {}) {
  std::string text, line(indent);
  for (const std::string& piece : pieces) {
    const bool begins = line.size() == indent.size();
    if (!begins && line.size() + 1 + piece.size() > 120) {
      text += line + "\n";
      line = indent;
    } else if (!begins) {
      line += ' ';
    }
    line += piece;
  }
  return text + line + "\n";
}

inline void expect_made(const std::string& path, const std::string& made) {
  if (file_of_tree(path) == made) return;
  std::string name = path;
  std::replace(name.begin(), name.end(), '/', '-');
  const std::string left = testing::TempDir() + name;
  std::ofstream(left, std::ios::binary) << made;
  ADD_FAILURE() << "what rows say has changed; look at the difference and keep it:\n  cp " << left << " " << path;
}

}  // namespace rmqsim
