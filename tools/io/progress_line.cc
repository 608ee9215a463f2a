#include "tools/io/progress_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>

namespace rmqsim {
namespace {
constexpr long long kPeriodMillis = 100;
}

ProgressLine::ProgressLine(std::ostream& out, int fd) : out_(out) {
  winsize size{};
  if (::isatty(fd) == 0) return;
  width_ = ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void ProgressLine::show(const std::string& text) {
  if (!visible()) return;
  const long long now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count();
  if (shown_ && now - shown_at_ < kPeriodMillis) return;
  shown_at_ = now;
  shown_ = true;
  std::string line;
  std::size_t columns = 0;  // code points, as "·" is two bytes
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80 && ++columns >= width_) break;
    line += c;
  }
  out_ << "\r\x1b[K" << line << std::flush;
}

void ProgressLine::clear() {
  if (!shown_) return;
  shown_ = false;
  out_ << "\r\x1b[K" << std::flush;
}

}  // namespace rmqsim
