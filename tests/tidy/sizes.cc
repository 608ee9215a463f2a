#include "tests/tidy/sizes.h"

#include <algorithm>
#include <map>

#include "tests/tidy/definitions.h"

namespace rmqsim::tidy {
namespace {

constexpr std::size_t kHeaderLines = 200;
constexpr std::size_t kSourceLines = 400;
constexpr std::size_t kTestLines = 600;
constexpr std::size_t kFunctionLines = 70;
constexpr std::size_t kFolderFiles = 25;

std::size_t limit_of(const SourceFile& file) {
  if (file.in("tests/")) return kTestLines;
  return file.is_header() ? kHeaderLines : kSourceLines;
}

/// The findings that no exception covers, and the exceptions that cover none.
class Judge {
 public:
  explicit Judge(const std::vector<Exception>& exceptions) : exceptions_(exceptions), used_(exceptions.size(), false) {}

  void judge(const std::string& path, std::string_view what, std::size_t size, std::size_t limit, std::string finding) {
    if (size <= limit) return;
    for (std::size_t i = 0; i < exceptions_.size(); ++i) {
      if (exceptions_[i].path != path || exceptions_[i].what != what) continue;
      used_[i] = true;
      return;
    }
    findings_.push_back(std::move(finding));
  }

  Findings findings() && {
    for (std::size_t i = 0; i < exceptions_.size(); ++i) {
      if (used_[i]) continue;
      findings_.push_back(std::string(exceptions_[i].path) + ": the exception for its " +
                          std::string(exceptions_[i].what) + " is no longer needed; remove it from the table");
    }
    return std::move(findings_);
  }

 private:
  const std::vector<Exception>& exceptions_;
  std::vector<bool> used_;
  Findings findings_;
};

}  // namespace

Findings check_sizes(const Tree& tree, const std::vector<Exception>& exceptions) {
  Judge judge(exceptions);
  std::map<std::string, std::size_t> folders;
  for (const SourceFile& file : tree.files) {
    if (!file.is_code()) continue;
    ++folders[file.directory()];
    const std::size_t lines = file.lines.size();
    const std::size_t limit = limit_of(file);
    judge.judge(
        file.path, "lines", lines, limit,
        file.path + ": " + std::to_string(lines) + " lines; split by concept, at most " + std::to_string(limit));
    for (const Definition& definition : definitions(file)) {
      const std::size_t size = definition.last - definition.first + 1;
      if (!definition.function) continue;
      judge.judge(file.path, definition.name, size, kFunctionLines,
                  place(file, definition.first) + definition.name + " has " + std::to_string(size) +
                      " lines; name its parts and call them, at most " + std::to_string(kFunctionLines));
    }
  }
  for (const auto& [folder, count] : folders) {
    judge.judge(folder, "files", count, kFolderFiles,
                folder + ": " + std::to_string(count) + " files of code; make rooms of it, at most " +
                    std::to_string(kFolderFiles));
  }
  return std::move(judge).findings();
}

}  // namespace rmqsim::tidy
