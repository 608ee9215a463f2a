// The handlers do only what a handler may: atomics, write(2), _exit(2).
#include "tools/io/stop_signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>

namespace rmqsim::stop_signals {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
/// To workers; its value is the number of the signal that came.
constexpr int kToWorker = SIGUSR1;

bool ignored(int number) {
  struct sigaction former {};
  return ::sigaction(number, nullptr, &former) == 0 && former.sa_handler == SIG_IGN;
}

std::atomic<int> first{0};
std::atomic<int> event{-1};
RunStop stop;

const char* reason_of(int number) {
  switch (number) {
    case SIGINT:
      return "interrupted (SIGINT)";
    case SIGTERM:
      return "interrupted (SIGTERM)";
    default:
      return "interrupted (SIGHUP)";
  }
}

extern "C" void rmqsim_on_stop_signal(int number) {
  const int error = errno;
  take(number);
  errno = error;
}

extern "C" void rmqsim_on_parents_signal(int, siginfo_t* info, void*) {
  stop.request(reason_of(info->si_value.sival_int));
}

}  // namespace

void take(int number) {
  int none = 0;
  if (!first.compare_exchange_strong(none, number)) ::_exit(128 + number);
  stop.request(reason_of(number));
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto told = ::write(event.load(), &one, sizeof one);
}

void listen() {
  if (event.load() >= 0) return;
  event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action {};
  action.sa_handler = rmqsim_on_stop_signal;
  action.sa_flags = SA_RESTART;
  for (const int number : kSignals) {
    if (!ignored(number)) ::sigaction(number, &action, nullptr);
  }
  // Whoever reads our output may leave before the reports are written; to write to him is an error like any other.
  ::signal(SIGPIPE, SIG_IGN);
}

void add_to(sigset_t& signals) {
  for (const int number : kSignals) {
    if (!ignored(number)) ::sigaddset(&signals, number);
  }
}

int received() { return first.load(); }
const char* reason() { return stop.reason(); }
const RunStop& run_stop() { return stop; }
int descriptor() { return event.load(); }

bool wait(int milliseconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(milliseconds);
  while (received() == 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (milliseconds >= 0 && left <= 0) return false;
    pollfd ready{event.load(), POLLIN, 0};
    ::poll(&ready, 1, milliseconds < 0 ? -1 : static_cast<int>(left));
  }
  return true;
}

void listen_to_parent() {
  struct sigaction action {};
  action.sa_sigaction = rmqsim_on_parents_signal;
  action.sa_flags = SA_RESTART | SA_SIGINFO;
  ::sigaction(kToWorker, &action, nullptr);
  sigset_t blocked;
  ::sigemptyset(&blocked);
  for (const int number : kSignals) ::sigaddset(&blocked, number);
  ::pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
}

void tell_worker(int pid, int number) {
  sigval value{};
  value.sival_int = number;
  ::sigqueue(pid, kToWorker, value);
}

}  // namespace rmqsim::stop_signals
