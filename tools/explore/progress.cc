#include "tools/explore/progress.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <iostream>

namespace rmqsim {
namespace {

constexpr std::chrono::milliseconds kOnTerminal{250};
constexpr std::chrono::seconds kElsewhere{10};

std::string whole_seconds(double seconds) {
  const auto all = static_cast<std::uint64_t>(std::llround(seconds));
  if (all < 120) return std::to_string(all) + " s";
  return all < 7200 ? std::to_string(all / 60) + " min" : std::to_string(all / 3600) + " h";
}

}  // namespace

Progress::Progress(bool quiet, Clock::time_point begin)
    : quiet_(quiet), line_(std::cerr, STDERR_FILENO), begin_(begin), shown_(begin), last_new_(begin) {}

void Progress::show(const Course& course) {
  const Clock::time_point now = Clock::now();
  if (!runs_before_) runs_before_ = course.runs;
  if (course.features != features_) last_new_ = now;
  features_ = course.features;
  if (quiet_ || now - shown_ < (line_.visible() ? Clock::duration(kOnTerminal) : Clock::duration(kElsewhere))) return;
  shown_ = now;
  if (line_.visible()) return line_.show(text(course, now));
  std::cerr << text(course, now) << "\n" << std::flush;
}

std::string Progress::text(const Course& course, Clock::time_point now) const {
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  const double rate = seconds > 0 ? static_cast<double>(course.runs - *runs_before_) / seconds : 0;
  std::string text = course.real_time ? std::to_string(course.trials) + " trials · " : "";
  text += std::to_string(course.runs) + " runs · ";
  if (!course.real_time) text += std::to_string(static_cast<std::uint64_t>(rate)) + "/s · ";
  if (course.features > 0) {
    text += std::to_string(course.features) + " features, last new " +
            whole_seconds(std::chrono::duration<double>(now - last_new_).count()) + " ago · ";
  }
  text += std::to_string(course.findings) + (course.findings == 1 ? " finding" : " findings");
  if (course.looked_at > 0) text += " · " + std::to_string(course.looked_at) + " looked at again";
  if (course.seconds_left) text += " · " + whole_seconds(*course.seconds_left) + " left";
  if (course.trials_left) text += " · " + std::to_string(*course.trials_left) + " trials left";
  return text;
}

}  // namespace rmqsim
