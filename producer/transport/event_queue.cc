// A heap with four children per node (half as many cache lines on the way down as a binary one) over entries of 16
// bytes. State is made consistent before a task is destroyed, as its captures may call back.
#include "producer/transport/event_queue.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace rmqsim {
namespace {

constexpr std::size_t kArity = 4;
constexpr std::size_t kCompactAbove = 64;

}  // namespace

EventQueue::Slot EventQueue::acquire() {
  if (free_ != kNone) {
    const Slot slot = free_;
    free_ = slots_[slot].next_free;
    slots_[slot].one_shot = false;
    return slot;
  }
  if (slots_.size() == (std::size_t{1} << kSlotBits)) {
    throw std::length_error("more than 16777216 timers and packets at once: something schedules without end");
  }
  slots_.emplace_back();
  return static_cast<Slot>(slots_.size() - 1);
}

void EventQueue::release(Slot slot) {
  const Task dead = std::move(slots_[slot].task);
  if (std::exchange(slots_[slot].key, 0) != 0) --live_;
  slots_[slot].next_free = free_;
  free_ = slot;
  compact();
}

void EventQueue::arm(Slot slot, TimePoint at, Task task) {
  const Task dead = std::exchange(slots_[slot].task, std::move(task));
  if (slots_[slot].key == 0) ++live_;
  push(slot, at);
  compact();
}

void EventQueue::disarm(Slot slot) {
  if (slots_[slot].key == 0) return;
  const Task dead = std::move(slots_[slot].task);
  slots_[slot].key = 0;
  --live_;
  compact();
}

void EventQueue::add(TimePoint at, Task task) {
  const Slot slot = acquire();
  slots_[slot].one_shot = true;
  slots_[slot].task = std::move(task);
  ++live_;
  push(slot, at);
}

TimePoint EventQueue::next_time() {
  drop_stale_top();
  return time_of(heap_.front());
}

bool EventQueue::due(TimePoint now, std::uint64_t limit) {
  if (live_ == 0) return false;
  drop_stale_top();
  const Entry& first = heap_.front();
  return first.time <= biased(now) && (first.key >> kSlotBits) < limit;
}

Task EventQueue::take() {
  drop_stale_top();
  const Slot slot = slot_of(heap_.front());
  pop();
  Task task = std::move(slots_[slot].task);
  slots_[slot].key = 0;
  --live_;
  if (slots_[slot].one_shot) {
    slots_[slot].next_free = free_;
    free_ = slot;
  }
  compact();
  return task;
}

void EventQueue::clear() {
  while (live_ != 0) {
    const Task dead = take();
  }
  heap_.clear();
}

std::vector<TimePoint> EventQueue::next_times(std::size_t limit) const {
  std::vector<TimePoint> times;
  for (const Entry& entry : heap_) {
    if (!stale(entry)) times.push_back(time_of(entry));
  }
  std::sort(times.begin(), times.end());
  if (times.size() > limit) times.resize(limit);
  return times;
}

void EventQueue::push(Slot slot, TimePoint at) {
  const std::uint64_t key = (sequence_++ << kSlotBits) | slot;
  slots_[slot].key = key;
  heap_.push_back({key, biased(at)});
  sift_up(heap_.size() - 1);
}

void EventQueue::pop() {
  heap_.front() = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) sift_down(0);
}

void EventQueue::sift_up(std::size_t at) {
  const Entry entry = heap_[at];
  while (at != 0) {
    const std::size_t parent = (at - 1) / kArity;
    if (!earlier(entry, heap_[parent])) break;
    heap_[at] = heap_[parent];
    at = parent;
  }
  heap_[at] = entry;
}

void EventQueue::sift_down(std::size_t at) {
  Entry* const heap = heap_.data();
  const Entry entry = heap[at];
  const std::size_t size = heap_.size();
  for (;;) {
    const std::size_t first = at * kArity + 1;
    std::size_t least = first;
    if (first + kArity <= size) {  // the usual case, as a tournament: two independent comparisons, then one
      const std::size_t left = first + static_cast<std::size_t>(earlier(heap[first + 1], heap[first]));
      const std::size_t right = first + 2 + static_cast<std::size_t>(earlier(heap[first + 3], heap[first + 2]));
      least = left + (right - left) * static_cast<std::size_t>(earlier(heap[right], heap[left]));
    } else {
      if (first >= size) break;
      for (std::size_t child = first + 1; child < size; ++child) {
        if (earlier(heap[child], heap[least])) least = child;
      }
    }
    if (!earlier(heap[least], entry)) break;
    heap[at] = heap[least];
    at = least;
  }
  heap[at] = entry;
}

void EventQueue::drop_stale_top() {
  while (stale(heap_.front())) pop();
}

void EventQueue::compact() {
  if (heap_.size() <= kCompactAbove || heap_.size() <= 2 * live_) return;
  std::erase_if(heap_, [this](const Entry& entry) { return stale(entry); });
  for (std::size_t at = heap_.size() / kArity + 1; at-- > 0;) {
    if (at < heap_.size()) sift_down(at);
  }
}

}  // namespace rmqsim
