#include "scenarios/testing/after_tasks.h"

#include <stdexcept>
#include <string_view>
#include <utility>

#include "scenarios/harness/file/parse/parse_context.h"
#include "scenarios/testing/rmqsim/parts.h"

namespace rmqsim::test {

std::string to_string(const Place& place) {
  const std::string_view path = place.file;
  const auto slash = path.find_last_of('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1)) + ":" +
         std::to_string(place.line);
}

Duration span_of(double ms) {
  if (ms >= 0 && ms <= kMaxTimeMs) return fractional_millis(ms);
  throw std::invalid_argument("a time is 0 ms to 365 days, and not " + Value(ms).json() + " ms");
}

AfterTasks::AfterTasks(Runtime& runtime)
    : runtime_(runtime), scope_(runtime, [](const std::string&) {}) {}  // add() lets nothing out of a task

void AfterTasks::add(Duration delay, Place place, std::function<void()> task) {
  runtime_.run([&] {
    const std::uint64_t id = next_++;
    waiting_.emplace(id, Waiting{place, runtime_.now() + delay});
    scope_.later(delay, [this, id, place, task = std::move(task)] {
      waiting_.erase(id);
      try {
        task();
      } catch (...) {
        failed(place, std::current_exception());
      }
    });
  });
}

void AfterTasks::failed(Place place, std::exception_ptr error) {
  runtime_.run([&] { unheard_.push_back({place, std::move(error)}); });
}

void AfterTasks::rethrow() {
  std::exception_ptr oldest;
  runtime_.run([&] {
    if (unheard_.empty()) return;
    oldest = std::move(unheard_.front().error);
    unheard_.erase(unheard_.begin());
  });
  if (oldest) std::rethrow_exception(oldest);
}

AfterTasks::Left AfterTasks::end() {
  Left left;
  runtime_.run([&] {
    scope_.end();
    for (auto& [id, one] : std::exchange(waiting_, {})) left.waiting.push_back(one);
    left.unheard = std::exchange(unheard_, {});
  });
  return left;
}

}  // namespace rmqsim::test
