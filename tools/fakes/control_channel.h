// The end of the control channel at which a program writes (README.md of fake_broker): whole lines, in the order in
// which they were written. What the parent must have before the program goes on is written at once; events are written
// as far as the socket takes them, so that a parent that is busy holds up nobody, and the rest is kept. All under the
// monitor.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rmqsim::program {

class ControlChannel {
 public:
  /// -1: there is none, and nothing is written.
  explicit ControlChannel(int fd) : fd_(fd) {}
  ControlChannel(const ControlChannel&) = delete;
  ControlChannel& operator=(const ControlChannel&) = delete;

  int fd() const { return fd_; }
  /// All that was kept, and the line. False when nobody reads any more.
  bool write(std::string_view line);
  /// What the socket takes now; waits only when more than kMaxKept is kept, so that nothing is lost.
  void write_soon(std::string_view lines);
  /// Goes on with what is kept.
  void write_kept() { write_soon({}); }

  static constexpr std::size_t kMaxKept = std::size_t{16} << 20;

 private:
  /// How much of it was sent; `flags` as of send(2). Nobody reads any more: all of it.
  std::size_t send(std::string_view text, int flags);

  const int fd_;
  bool gone_ = false;  ///< nobody reads any more
  std::string kept_;
};

}  // namespace rmqsim::program
