#include "tools/drivers/protocol/driver_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "scenarios/harness/cluster/descriptors.h"
#include "scenarios/harness/file/text/harmless.h"
#include "tools/drivers/protocol/driver_messages.h"
#include "tools/user_client/client_command.h"

namespace rmqsim {
namespace {

/// Of standard error.
constexpr std::size_t kMaxWords = 4096;

}  // namespace

struct DriverProcess::Impl {
  explicit Impl(TakeLine take) : take_line(std::move(take)) {}

  void took(std::string_view bytes, bool is_stderr) {
    if (is_stderr) {
      words.append(bytes);
      if (words.size() > kMaxWords) words = whole_characters(words, words.size() - kMaxWords, kMaxWords);
      return;
    }
    if (flooded) return;
    std::size_t from = line.size();
    line.append(bytes);
    auto end = line.find('\n', from);  // what came before has none
    for (from = 0; end != std::string::npos && !flooded; end = line.find('\n', from)) {
      std::string_view whole(line.data() + from, end - from);
      if (whole.ends_with('\r')) whole.remove_suffix(1);
      take_line(whole);
      from = end + 1;
    }
    line.erase(0, from);
    flooded = line.size() > kMaxLine;
    if (flooded) line.clear();
  }

  /// Under the mutex.
  void flush() {
    while (!unsaid.empty() && input >= 0) {
      const ssize_t n = ::send(input, unsaid.data(), unsaid.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0) {
        unsaid.erase(0, static_cast<std::size_t>(n));
      } else if (n < 0 && errno != EINTR) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) break;
        unsaid.clear();  // nobody reads it any more
        deaf = true;
      }
    }
    if (unsaid.empty() && input_ended && input >= 0) {
      ::close(input);
      input = -1;
    }
  }

  TakeLine take_line;
  std::string line, words;
  bool flooded = false;
  std::mutex mutex;
  std::string unsaid;
  bool input_ended = false;
  bool deaf = false;
  int input = -1;
  std::optional<ClientCommand> command;
};

DriverProcess::DriverProcess(const std::string& command, TakeLine take_line)
    : impl_(std::make_unique<Impl>(std::move(take_line))) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::runtime_error(std::string("cannot make a pipe: ") + std::strerror(errno));
  }
  impl_->input = ends[0];
  try {
    impl_->command.emplace(
        std::vector<std::string>{"/bin/sh", "-c", command}, ClientCommand::Environment{}, std::vector<int>{},
        [impl = impl_.get()](std::string_view bytes, bool is_stderr) { impl->took(bytes, is_stderr); }, ends[1]);
  } catch (...) {
    ::close(ends[0]);
    ::close(ends[1]);
    throw;
  }
  ::close(ends[1]);
}

DriverProcess::~DriverProcess() {
  impl_->command.reset();
  if (impl_->input >= 0) ::close(impl_->input);
}

void DriverProcess::say(std::string_view line) {
  const std::lock_guard lock(impl_->mutex);
  impl_->unsaid.append(line).append(1, '\n');
  impl_->flush();
}

void DriverProcess::end_input() {
  const std::lock_guard lock(impl_->mutex);
  impl_->input_ended = true;
  impl_->flush();
}

bool DriverProcess::wait(int milliseconds) {
  int unread = -1;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->flush();
    if (!impl_->unsaid.empty()) unread = impl_->input;
  }
  if (unread < 0) return impl_->command->wait(milliseconds);
  // The rest of a long line goes on when some of it was read, not when it is time to look again.
  pollfd ready{unread, POLLOUT, 0};
  ::poll(&ready, 1, milliseconds);
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->flush();
  }
  return impl_->command->wait(0);
}

pid_t DriverProcess::pid() const { return impl_->command->pid(); }

int DriverProcess::status() const { return impl_->command->status(); }

std::string DriverProcess::last_words() const {
  std::string text = impl_->words;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return harmless(text.substr(text.rfind('\n') + 1), 300);
}

const char* DriverProcess::closed() const {
  if (impl_->command->output_ended()) return "standard output";
  const std::lock_guard lock(impl_->mutex);
  return impl_->deaf ? "standard input" : nullptr;
}

bool DriverProcess::flooded() const { return impl_->flooded; }

}  // namespace rmqsim
