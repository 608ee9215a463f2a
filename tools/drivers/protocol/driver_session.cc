#include "tools/drivers/protocol/driver_session.h"

#include <utility>

namespace rmqsim {
namespace {

using Clock = std::chrono::steady_clock;

/// For hello, as a virtual machine has to start first; for the answer to bye; and for the end after that. A machine
/// with forty busy threads for each processor has kept one that ended at once from it for ten.
constexpr auto kAnswersWithin = std::chrono::seconds(20);

/// Who ends closes its streams first.
constexpr auto kEndsWithin = std::chrono::seconds(2);

}  // namespace

DriverSession::DriverSession(const std::string& command, const RunStop* stop, Clock::time_point end)
    : stop_(stop), end_(end), process_(command, [this](std::string_view line) { take(line); }) {}

void DriverSession::fail(std::string what) {
  if (wrong_.empty()) wrong_ = std::move(what);
}

std::string DriverSession::with_last_words(std::string text) const {
  const std::string words = process_.last_words();
  return words.empty() ? text : text + "; its last words: " + words;
}

void DriverSession::take(std::string_view line) {
  if (!wrong_.empty() || !unsupported_.empty()) return;
  auto answer = read_driver_answer(line);
  if (auto* wrong = std::get_if<std::string>(&answer)) return fail(std::move(*wrong));
  auto& read = std::get<DriverAnswer>(answer);
  if (said_bye_) return fail("it goes on after bye");
  if (read.kind == DriverAnswer::Kind::unsupported) {
    unsupported_ = read.text.empty() ? "it does not say what" : read.text;
  } else if (!hello_) {
    if (read.kind != DriverAnswer::Kind::hello) return fail("its first answer is no hello");
    hello_ = std::move(read.hello);
  } else if (read.kind == DriverAnswer::Kind::bye && parting_) {
    said_bye_ = true;
  } else if (parting_ && read.kind == DriverAnswer::Kind::sent) {
    fail("it answers #" + std::to_string(read.i) + " after everything was over");
  } else if (heard_) {
    if (auto wrong = heard_(std::move(read))) fail(std::move(*wrong));
  } else {
    fail("it answers what nobody asked for");
  }
}

bool DriverSession::over() const { return (stop_ != nullptr && stop_->reason() != nullptr) || Clock::now() > end_; }

std::string DriverSession::owes() const {
  if (!hello_) return "owes an answer to hello";
  if (!parting_) return "";
  return said_bye_ ? "has not ended after bye" : "owes an answer to bye";
}

Clock::duration DriverSession::owing() const {
  return owes().empty() ? Clock::duration::zero() : Clock::now() - asked_;
}

void DriverSession::look_for_closed_streams() {
  const char* const stream = process_.closed();
  if (stream == nullptr) return;
  if (!closed_) closed_ = Clock::now();
  if (Clock::now() > *closed_ + kEndsWithin) {
    fail(with_last_words("it closed its " + std::string(stream) + " while it was needed, and goes on"));
  }
}

bool DriverSession::wait_until(const Done& done) {
  for (;;) {
    if (!wrong_.empty() || !unsupported_.empty()) return false;
    if (done()) return true;
    // What it has said by then counts, however late we come to hear it.
    const bool given_up = over();
    const bool ended = process_.wait(given_up ? 0 : 5);
    if (process_.flooded()) fail("it writes a line of more than 32 MiB");
    if (!ended && !given_up) look_for_closed_streams();
    if (!wrong_.empty() || !unsupported_.empty()) continue;
    if (!ended && !given_up) continue;
    if (done()) return true;
    if (!ended) {
      stopped_ = true;
      return false;
    }
    const char* const when = parting_ ? " without an answer to bye" : " while it was needed";
    fail(with_last_words("it ended with status " + std::to_string(process_.status()) + when));
  }
}

bool DriverSession::greet() {
  asked_ = Clock::now();
  say(hello_line());
  const auto due = asked_ + kAnswersWithin;
  return wait_until([&] {
    if (!hello_ && Clock::now() > due) fail(with_last_words("it did not answer hello within 20 s"));
    return hello_.has_value();
  });
}

bool DriverSession::part() {
  parting_ = true;
  asked_ = Clock::now();
  say(bye_line());
  auto due = asked_ + kAnswersWithin;
  const bool well = wait_until([&] {
    if (!said_bye_ && Clock::now() > due) fail(with_last_words("it did not answer bye within 20 s"));
    return said_bye_;
  });
  if (!well) return false;
  due = Clock::now() + kAnswersWithin;
  process_.end_input();
  while (wrong_.empty() && !stopped_) {
    if (process_.wait(5)) {
      if (process_.status() == 0) return true;
      fail(with_last_words("it ended with status " + std::to_string(process_.status()) + " after bye"));
    } else if (Clock::now() > due) {
      fail("it did not end within 20 s after bye");
    } else {
      stopped_ = over();
    }
  }
  return false;
}

}  // namespace rmqsim
