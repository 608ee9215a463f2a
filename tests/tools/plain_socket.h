// A blocking TCP socket without manners, for tests of how servers bear hostile peers.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/transport/address.h"

namespace rmqsim {

class PlainSocket {
 public:
  PlainSocket() = default;
  explicit PlainSocket(const std::string& address) {
    const auto target = parse_address(address);
    if (!target) return;
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(target->port);
    ::inet_pton(AF_INET, target->host.c_str(), &to.sin_addr);
    if (fd_ >= 0 && ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) close();
  }
  PlainSocket(PlainSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  PlainSocket& operator=(PlainSocket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~PlainSocket() { close(); }

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  /// How much of it the connection took within `millis`.
  std::size_t write(std::string_view bytes, int millis = 5000) {
    std::size_t sent = 0;
    while (sent < bytes.size() && ready(POLLOUT, millis)) {
      const auto n = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0) break;
      sent += static_cast<std::size_t>(n);
    }
    return sent;
  }
  /// Whether the server has ended the connection by `millis` from now; what it sent meanwhile is thrown away.
  bool ended_within(int millis) {
    char buffer[65536];
    while (ready(POLLIN, millis)) {
      if (::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT) <= 0) return true;
    }
    return false;
  }
  /// What the server sends until it ends the connection, or says nothing for so long.
  std::string rest(int millis = 30000) {
    std::string text;
    char buffer[65536];
    while (ready(POLLIN, millis)) {
      const auto n = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n <= 0) break;
      text.append(buffer, static_cast<std::size_t>(n));
    }
    return text;
  }
  /// Sends a request and waits for its answer; nothing when the server does not answer in time.
  std::optional<RemotingCommand> ask(const RemotingCommand& request, int millis = 30000) {
    std::string frame;
    encode(request, frame);
    return ask_bytes(frame, millis);
  }
  std::optional<RemotingCommand> ask_bytes(std::string_view frame, int millis = 5000) {
    if (write(frame, millis) != frame.size()) return std::nullopt;
    auto answers = commands(1, millis);
    if (answers.empty()) return std::nullopt;
    return std::move(answers.front());
  }
  /// What comes in well-formed frames until there are so many, the connection ends or nothing comes for so long.
  std::vector<RemotingCommand> commands(std::size_t count, int millis = 5000) {
    FrameDecoder decoder;
    RemotingCommand command;
    std::vector<RemotingCommand> all;
    char buffer[65536];
    while (all.size() < count && ready(POLLIN, millis)) {
      const auto n = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n <= 0) break;
      std::string_view input(buffer, static_cast<std::size_t>(n));
      while (all.size() < count && decoder.next(input, command) == FrameDecoder::Status::command) {
        all.push_back(command);
      }
    }
    return all;
  }

 private:
  bool ready(short events, int millis) const {
    pollfd p{fd_, events, 0};
    return fd_ >= 0 && ::poll(&p, 1, millis) == 1;
  }

  int fd_ = -1;
};

}  // namespace rmqsim
