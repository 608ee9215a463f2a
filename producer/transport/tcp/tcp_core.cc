// The monitor and the I/O threads' loop. One turn of an I/O thread is everything that was ready when it woke: handlers
// take the monitor at their first statement and the loop gives it back, so many handlers share one lock and one flush.
#include "producer/transport/tcp/tcp_core.h"

#include <semaphore.h>

#include <algorithm>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace rmqsim {
namespace {

constexpr int kHandlersPerTurn = 256;
constexpr int kLooks = 16;
constexpr Duration kLongestWait = std::chrono::hours{1};  // the clock is armed again after it

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> serial{1};
  return serial.fetch_add(1, std::memory_order_relaxed);
}

/// This thread's identity: an address no other living thread has.
const void* self() {
  static thread_local const char marker = 0;
  return &marker;
}

/// Which logical thread this thread is, per world.
struct Identity {
  std::uint64_t serial;
  ThreadId id;
};
std::vector<Identity>& identities() {
  static thread_local std::vector<Identity> table;
  return table;
}

/// Where an application thread sleeps, on a semaphore of its own: a sync send sleeps once, and this takes one system
/// call on either side where a condition variable takes up to four. One per thread, shared with whoever is about to
/// wake it, so that a late wake finds it alive; the sleeper looks again whenever it wakes.
class Bed final : public TcpWakeable {
 public:
  Bed() { ::sem_init(&woken_, 0, 0); }
  ~Bed() override { ::sem_destroy(&woken_); }
  Bed(const Bed&) = delete;
  Bed& operator=(const Bed&) = delete;
  void wake() override { ::sem_post(&woken_); }
  void sleep() { ::sem_wait(&woken_); }

 private:
  sem_t woken_;
};

/// Passes a latch's release on to the sleeper, once the releasing thread has left the monitor: woken earlier, the
/// sleeper would run into it.
class Sleeper final : public LatchObserver {
 public:
  Sleeper(TcpCore& core, const std::shared_ptr<Bed>& bed, TcpLoopTurns::Waiting& waiting)
      : core_(core), bed_(bed), waiting_(waiting) {}
  void latch_released() override {
    waiting_.done();
    core_.wake_outside(bed_);
  }

 private:
  TcpCore& core_;
  const std::shared_ptr<Bed>& bed_;
  TcpLoopTurns::Waiting& waiting_;
};

Duration since_zero(std::chrono::steady_clock::time_point t) {
  return std::chrono::duration_cast<Duration>(t.time_since_epoch());
}

Duration wall_clock() {
  return std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace

struct TcpCore::Impl {
  explicit Impl(int hint) : context(hint) {}
  boost::asio::io_context context;
  boost::asio::steady_timer clock{context};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
};

TcpCore::TcpCore(TcpOptions options)
    : options_(options),
      serial_(next_serial()),
      steady_start_(std::chrono::steady_clock::now()),
      start_(options.steady_zero ? *options.steady_zero + since_zero(steady_start_) : TimePoint(wall_clock())),
      turns_(options.io_threads <= 1),
      wakefulness_(options.io_threads <= 1),
      impl_(std::make_unique<Impl>(static_cast<int>(std::max<std::size_t>(1, options.io_threads)))) {}

TcpCore::~TcpCore() = default;

boost::asio::io_context& TcpCore::io() { return impl_->context; }

TimePoint TcpCore::now() const {
  return start_ + std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - steady_start_);
}

TimePoint TcpCore::steady_zero() const {
  return start_ - since_zero(steady_start_);
}

void TcpCore::start_threads() {
  const std::size_t count = std::max<std::size_t>(1, options_.io_threads);
  for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { run_io(); });
}

/// Waits for the next handler, awake at first where that pays, and runs it. False: the world is ending.
bool TcpCore::run_next() {
  const auto begin = std::chrono::steady_clock::now();
  for (auto now = begin; wakefulness_.wanted() && now - begin <= TcpWakefulness::kMoment;) {
    if (impl_->context.poll_one() != 0) return true;
    if (impl_->context.stopped()) return false;
    std::this_thread::yield();
    now = std::chrono::steady_clock::now();
  }
  const bool ran = impl_->context.run_one() != 0;
  wakefulness_.note_wait(std::chrono::steady_clock::now() - begin);
  return ran;
}

/// Looking for more ready handlers costs a system call, so a thread that keeps finding none looks only now and then.
void TcpCore::run_io() {
  exchange_thread(kWorldThread);
  int look = kLooks;
  for (unsigned turn = 0; run_next(); ++turn) {
    if (!held()) continue;
    if (look > 0 || turn % kLooks == 0) {
      --look;
      for (int n = 0; n < kHandlersPerTurn && impl_->context.poll_one() != 0; ++n) look = kLooks;
    }
    leave();
    if (turns_.stand_by_wanted()) turns_.stand_by();
  }
}

/// What run_io does, on a thread that waits for the latch and has the loop to itself. It leaves the monitor after each
/// handler: looking for more would cost a system call, and what it waits for is most likely the answer to what it has
/// just written.
void TcpCore::lead(Latch& latch) {
  const ThreadId former = exchange_thread(kWorldThread);
  while (!latch.released() && run_next()) {
    if (held()) leave();
  }
  exchange_thread(former);
}

bool TcpCore::has_posts() {
  const std::lock_guard lock(posts_mutex_);
  return !posts_.empty();
}

void TcpCore::stop() {
  std::vector<std::shared_ptr<TcpJoinable>> executors;
  {
    const std::lock_guard lock(others_mutex_);
    executors.swap(buried_);
    for (const auto& weak : std::exchange(executors_, {})) {
      if (auto executor = weak.lock()) executors.push_back(std::move(executor));
    }
  }
  for (const auto& executor : executors) executor->join();
  executors.clear();
  {
    const Guard guard(*this);
    closing = true;
    impl_->context.stop();
  }
  turns_.recall();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();

  const Guard guard(*this);
  runtime = nullptr;
  Fifo<Task> posts;
  {
    const std::lock_guard lock(posts_mutex_);
    posts_closed_ = true;
    posts.swap(posts_);
  }
  posts.clear();
  for (const auto& [id, weak] : std::exchange(enlisted_, {})) {
    if (const auto one = weak.lock()) one->abandon();
  }
  events.clear();
  impl_->clock.cancel();
  impl_->work.reset();
  impl_->context.restart();
  impl_->context.poll();  // hands every cancelled operation to its handler, which does nothing but let go
}

void TcpCore::enter() {
  if (held()) {
    ++depth_;
    return;
  }
  mutex_.lock();
  owner_.store(self(), std::memory_order_relaxed);
  depth_ = 1;
}

void TcpCore::leave() noexcept {
  if (depth_ > 1) {
    --depth_;
    return;
  }
  end_turn();
  std::vector<std::shared_ptr<TcpWakeable>> wakes;
  wakes.swap(wakes_);
  depth_ = 0;
  owner_.store(nullptr, std::memory_order_relaxed);
  mutex_.unlock();
  for (const auto& one : wakes) one->wake();
}

void TcpCore::wake_outside(std::shared_ptr<TcpWakeable> what) {
  if (held()) {
    wakes_.push_back(std::move(what));
  } else {
    what->wake();
  }
}

void TcpCore::wait_for(Latch& latch) {
  static thread_local const std::shared_ptr<Bed> bed = std::make_shared<Bed>();
  TcpLoopTurns::Waiting waiting(turns_);
  if (turns_.take_over()) {
    lead(latch);
    waiting.done();
    turns_.give_back();
    if (has_posts()) turns_.recall();
    if (latch.released()) return;  // else the world is ending
  }
  const auto begin = std::chrono::steady_clock::now();
  Sleeper sleeper(*this, bed, waiting);
  while (latch.observe(&sleeper)) bed->sleep();
  latch.observe(nullptr);
  waiting.done();
  turns_.note_wait(std::chrono::steady_clock::now() - begin);
}

bool TcpCore::held() const { return owner_.load(std::memory_order_relaxed) == self(); }

bool TcpCore::enter_io() {
  if (!held()) enter();
  return !closing;
}

void TcpCore::end_turn() {
  for (std::size_t i = 0; i < dirty_.size(); ++i) {  // a flush may find a broken connection and lead to more output
    const std::shared_ptr<TcpFlushable> one = std::move(dirty_[i]);
    one->flush();
  }
  dirty_.clear();
  if (!closing) arm_clock();
}

void TcpCore::arm_clock() {
  if (events.empty()) return;
  const TimePoint next = events.next_time();
  if (next >= clock_armed_) return;
  clock_armed_ = std::min(next, now() + kLongestWait);
  impl_->clock.expires_at(steady_start_ + (clock_armed_ - start_));
  impl_->clock.async_wait([this](const boost::system::error_code& error) {
    if (!error) on_clock();
  });
}

void TcpCore::on_clock() {
  if (!enter_io()) return;
  clock_armed_ = TimePoint::max();
  run_due();
}

void TcpCore::run_due() {
  const TimePoint until = now();
  const std::uint64_t limit = events.sequence();
  while (events.due(until, limit)) {
    Task task = events.take();
    task();
  }
}

void TcpCore::post(Task task) {
  const std::lock_guard lock(posts_mutex_);
  if (posts_closed_) return;
  const bool first = posts_.empty();
  posts_.push_back(std::move(task));
  if (first) {
    boost::asio::post(impl_->context, [this] {
      if (enter_io()) drain_posts();
    });
    turns_.recall();
  }
}

void TcpCore::drain_posts() {
  Fifo<Task> batch;
  {
    const std::lock_guard lock(posts_mutex_);
    batch.swap(posts_);
  }
  while (!batch.empty()) {
    Task task = batch.pop_front();
    task();
  }
}

Random& TcpCore::random(std::string_view stream) {
  const std::lock_guard lock(others_mutex_);
  const auto found = streams_.find(stream);
  if (found != streams_.end()) return found->second;
  return streams_.emplace(std::string(stream), Random(options_.seed, stream)).first->second;
}

std::uint64_t TcpCore::enlist(std::weak_ptr<TcpFlushable> what) {
  enlisted_.emplace(next_enlisted_, std::move(what));
  return next_enlisted_++;
}

void TcpCore::enlist_executor(std::weak_ptr<TcpJoinable> what) {
  const std::lock_guard lock(others_mutex_);
  std::erase_if(executors_, [](const auto& weak) { return weak.expired(); });
  executors_.push_back(std::move(what));
}

void TcpCore::bury(std::shared_ptr<TcpJoinable> what) {
  const std::lock_guard lock(others_mutex_);
  buried_.push_back(std::move(what));
}

ThreadId TcpCore::current_thread() {
  for (const Identity& one : identities()) {
    if (one.serial == serial_) return one.id;
  }
  const ThreadId id = new_thread();
  identities().push_back({serial_, id});
  return id;
}

ThreadId TcpCore::exchange_thread(ThreadId id) {
  const ThreadId former = current_thread();
  for (Identity& one : identities()) {
    if (one.serial == serial_) one.id = id;
  }
  return former;
}

}  // namespace rmqsim
