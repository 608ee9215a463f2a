#include "fake_broker/rules/link_pipe.h"

#include <algorithm>
#include <utility>

namespace rmqsim {

void LinkSegment::take_line(std::uint32_t bytes_per_second) {
  const auto takes = std::chrono::nanoseconds(std::chrono::seconds(1)).count() * static_cast<std::int64_t>(size_);
  line_free_ = std::max(line_free_, now_) + Duration(takes / bytes_per_second);
  hold(line_free_ - now_);
}

bool LinkSegment::lose(double probability) {
  Duration wait = kFirstWait;
  int times = 0;
  while (random_.uniform() < probability) {
    hold(wait);
    wait = std::min(wait * 2, kLongestWait);
    if (++times <= kMostRetries) continue;
    size_ = 0;
    end_ = LinkEnd::How::reset;
    given_up_ = true;
    break;
  }
  return times > 0;
}

bool LinkSegment::end_after(std::uint64_t bytes, LinkEnd::How how) {
  if (passed_ + size_ < bytes) return false;
  size_ = static_cast<std::size_t>(bytes - std::min(bytes, passed_));
  end_ = how;
  return true;
}

LinkPipe::Acts LinkPipe::enter(std::string_view bytes, const FaultAction* action, std::uint64_t passed, Random* random,
                               TimePoint now) {
  Acts acts = 0;
  while (!bytes.empty()) {
    const std::size_t before = passed_ + waiting();
    std::size_t size = action == nullptr ? bytes.size() : std::min(bytes.size(), LinkSegment::kMost);
    if (!ended_) {
      Segment entry{size, std::max(now, last_due_), std::nullopt};
      if (action != nullptr) {
        LinkSegment segment(size, before - passed, *random, now, line_free_);
        const Acts did = action->pass(segment);
        entry.size = segment.size();
        entry.due = std::max(now + segment.held(), last_due_);
        if (const auto how = segment.end()) {
          entry.end = LinkEnd{*how, segment.given_up() ? 0 : did};
          ended_ = true;
        }
        if (!segment.end() || segment.given_up()) acts |= did;
      }
      last_due_ = entry.due;
      segments_.push_back(entry);
    }
    bytes_.append(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return acts;
}

TimePoint LinkPipe::due() const { return segments_.empty() ? TimePoint::max() : segments_.front().due; }

LinkPipe::Taken LinkPipe::take(TimePoint now) {
  Taken taken;
  while (!segments_.empty() && segments_.front().due <= now && !taken.end) {
    const Segment segment = segments_.front();
    segments_.pop_front();
    taken.bytes.append(bytes_, begin_, segment.size);
    begin_ += segment.size;
    taken.end = segment.end;
  }
  passed_ += taken.bytes.size();
  if (begin_ == bytes_.size()) {
    bytes_.clear();
    begin_ = 0;
  } else if (begin_ > bytes_.size() / 2) {
    bytes_.erase(0, std::exchange(begin_, 0));
  }
  return taken;
}

std::string LinkPipe::take_back() {
  std::string bytes = bytes_.substr(begin_);
  clear();
  return bytes;
}

void LinkPipe::clear() {
  bytes_.clear();
  begin_ = 0;
  segments_.clear();
  line_free_ = last_due_ = TimePoint{};
  ended_ = false;
}

}  // namespace rmqsim
