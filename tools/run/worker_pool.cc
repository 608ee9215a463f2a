// One thread waits for ends and signals alike. Workers leave their results in unnamed files that both sides have open.
#include "tools/run/worker_pool.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

#include "tools/io/output_file.h"
#include "tools/io/stop_signals.h"

namespace rmqsim {
namespace {

struct Worker {
  std::size_t index = 0;
  int result = -1;
  int trace = -1;
};

std::string content(int fd) {
  std::string text;
  char bytes[65536];
  for (ssize_t n; (n = ::pread(fd, bytes, sizeof bytes, static_cast<off_t>(text.size()))) > 0;) {
    text.append(bytes, static_cast<std::size_t>(n));
  }
  return text;
}

class Pool {
 public:
  Pool(const MoreWork& more, unsigned jobs, bool with_trace, const Work& work, const TakeResult& take)
      : more_(more), jobs_(jobs), with_trace_(with_trace), work_(work), take_(take) {
    ::signal(SIGCHLD, SIG_DFL);  // ignored, it would leave no status
    ::sigemptyset(&awaited_);
    ::sigaddset(&awaited_, SIGCHLD);
    stop_signals::add_to(awaited_);
    blocked_ = awaited_;
    ::sigaddset(&blocked_, SIGUSR1);  // what a worker is told before it listens must wait for it
    ::pthread_sigmask(SIG_BLOCK, &blocked_, &former_);
  }
  ~Pool() {
    for (const auto& [pid, worker] : running_) {
      ::kill(pid, SIGKILL);
      while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
      }
      close(worker);
    }
    ::pthread_sigmask(SIG_SETMASK, &former_, nullptr);
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// How many were begun.
  std::size_t run() {
    for (;;) {
      // What has ended may say that there is no more.
      for (auto next = ended_.find(taken_); next != ended_.end(); next = ended_.find(taken_)) {
        take_(taken_++, std::move(next->second));
        ended_.erase(next);
      }
      while (running_.size() < jobs_ && stop_signals::received() == 0 && more_.more(started_) && start()) {
      }
      if (running_.empty() && taken_ == started_) return started_;
      if (!running_.empty()) wait();
    }
  }

 private:
  static void close(const Worker& worker) {
    for (const int fd : {worker.result, worker.trace}) {
      if (fd >= 0) ::close(fd);
    }
  }

  /// False when it must wait until another one has ended.
  bool start() {
    Worker worker{started_, ::memfd_create("result", MFD_CLOEXEC), -1};
    if (with_trace_) worker.trace = ::memfd_create("trace", MFD_CLOEXEC);
    const pid_t parent = ::getpid();
    const pid_t pid = worker.result < 0 || (with_trace_ && worker.trace < 0) ? -1 : ::fork();
    if (pid == 0) become_worker(parent, worker);
    if (pid < 0) {
      const std::string trouble = std::string("no process for it: ") + std::strerror(errno);
      close(worker);
      if (!running_.empty()) return false;
      ended_[started_++].trouble = trouble;
      return true;
    }
    running_.emplace(pid, worker);
    ++started_;
    return true;
  }

  [[noreturn]] void become_worker(pid_t parent, const Worker& worker) const {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    stop_signals::listen_to_parent();
    int status = 1;
    try {
      DescriptorBuffer trace_buffer(worker.trace);
      DescriptorBuffer result_buffer(worker.result);
      std::ostream trace(&trace_buffer);
      std::ostream result(&result_buffer);
      result << work_(worker.index, with_trace_ ? &trace : nullptr);
      if (result.flush() && (!with_trace_ || trace.flush())) status = 0;
    } catch (...) {  // the work tells of what it can; this is memory, or worse
    }
    ::_exit(status);
  }

  void wait() {
    siginfo_t info{};
    constexpr timespec kTick{0, 100'000'000};
    const int number = more_.tick ? ::sigtimedwait(&awaited_, &info, &kTick) : ::sigwaitinfo(&awaited_, &info);
    if (more_.tick) more_.tick();
    if (number < 0) return;
    if (number == SIGCHLD) return reap();
    stop_signals::take(number);
    for (const auto& [pid, worker] : running_) stop_signals::tell_worker(pid, number);
  }

  void reap() {
    for (auto at = running_.begin(); at != running_.end();) {
      int status = 0;
      if (::waitpid(at->first, &status, WNOHANG) != at->first) {
        ++at;
        continue;
      }
      const Worker& worker = at->second;
      WorkerResult& result = ended_[worker.index];
      if (worker.trace >= 0) {
        result.trace = content(worker.trace);
        result.trace.resize(result.trace.rfind('\n') + 1);
      }
      if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        result.result = content(worker.result);
      } else if (WIFSIGNALED(status)) {
        const int number = WTERMSIG(status);
        result.trouble = "its process was ended by signal " + std::to_string(number) + " (" + ::strsignal(number) + ")";
      } else {
        result.trouble = "its process ended with status " + std::to_string(WEXITSTATUS(status));
      }
      close(worker);
      at = running_.erase(at);
    }
  }

  const MoreWork& more_;
  const unsigned jobs_;
  const bool with_trace_;
  const Work& work_;
  const TakeResult& take_;
  sigset_t awaited_{}, blocked_{}, former_{};
  std::map<pid_t, Worker> running_;
  std::map<std::size_t, WorkerResult> ended_;  ///< not yet taken
  std::size_t started_ = 0;
  std::size_t taken_ = 0;
};

}  // namespace

std::size_t run_in_workers(const MoreWork& more, unsigned jobs, bool with_trace, const Work& work,
                           const TakeResult& take) {
  return Pool(more, jobs, with_trace, work, take).run();
}

}  // namespace rmqsim
