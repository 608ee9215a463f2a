#include "tools/fakes/control_channel.h"

#include <sys/socket.h>

#include <cerrno>

namespace rmqsim::program {

std::size_t ControlChannel::send(std::string_view text, int flags) {
  std::size_t sent = 0;
  while (sent < text.size() && !gone_) {
    const ssize_t n = ::send(fd_, text.data() + sent, text.size() - sent, flags | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return sent;
    if (n <= 0) gone_ = true;
    if (n > 0) sent += static_cast<std::size_t>(n);
  }
  return text.size();
}

bool ControlChannel::write(std::string_view line) {
  if (fd_ < 0) return true;
  kept_.append(line).push_back('\n');
  send(kept_, 0);
  kept_.clear();
  return !gone_;
}

void ControlChannel::write_soon(std::string_view lines) {
  if (fd_ < 0 || (lines.empty() && kept_.empty())) return;
  if (kept_.empty()) {
    lines.remove_prefix(send(lines, MSG_DONTWAIT));
    kept_ = lines;
    return;
  }
  kept_.append(lines);
  kept_.erase(0, send(kept_, kept_.size() > kMaxKept ? 0 : MSG_DONTWAIT));
}

}  // namespace rmqsim::program
