// One line at the bottom of a terminal that tells how far long work is; nowhere else.
#pragma once

#include <ostream>
#include <string>

namespace rmqsim {

class ProgressLine {
 public:
  /// `fd` is where `out` goes; what is no terminal gets no progress.
  ProgressLine(std::ostream& out, int fd);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool visible() const { return width_ > 0; }
  /// Instead of what stood there; cut to the terminal's width. Of calls in quick succession most change nothing.
  void show(const std::string& text);
  /// Before anything else is printed.
  void clear();

 private:
  std::ostream& out_;
  std::size_t width_ = 0;  ///< columns; 0: no terminal
  long long shown_at_ = 0;  ///< ms of a steady clock
  bool shown_ = false;
};

}  // namespace rmqsim
