// Reports as web pages: one file that needs no network. Page and scripts are page/, put into the program when it is
// built; the data of runs stand in script elements of their own, which the page reads when a run is looked at.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/report/report.h"

namespace rmqsim {

/// Bytes of runs that one file keeps. Beyond, those that passed are listed without their data, then further ones; one
/// run always has its data.
inline constexpr std::size_t kMostPageData = 14u << 20;

/// The page with `index` (an object; `kind` says what it is of) and the runs that it refers to by their number.
std::string page_html(std::string_view index, const std::vector<std::string>& runs);

/// The page of runs, one or many.
class RunsPage {
 public:
  explicit RunsPage(std::size_t most = kMostPageData) : most_(most) {}
  /// `data` is page_data() of a run; empty: there was none.
  void add(const ReportEntry& entry, std::string data);
  std::string html() const;

 private:
  struct Run {
    std::string entry;  ///< ReportEntry::json
    std::string brief;
    std::string data;
    bool dropped = false;
  };
  void drop(Run& run);

  const std::size_t most_;
  std::vector<Run> runs_;
  std::size_t bytes_ = 0;            ///< of data
  std::size_t kept_ = 0;             ///< runs with data
  std::vector<std::size_t> passed_;  ///< those of them that passed
};

}  // namespace rmqsim
