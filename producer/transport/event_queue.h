// Tasks ordered by (time, order of arming). Both worlds keep their timers in one; the simulation also its network.
// Entries of the heap are 16 bytes and never carry the task, cancelling is lazy, slots are recycled: in steady state
// nothing is allocated, and a timer that is re-armed for ever holds a bounded number of entries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "producer/transport/function.h"
#include "producer/transport/time.h"

namespace rmqsim {

/// Not thread-safe. Destroying a task may call back into the queue.
class EventQueue {
 public:
  using Slot = std::uint32_t;

  /// A slot for repeated use by one timer, disarmed. Throws std::length_error beyond 2^24 slots.
  Slot acquire();
  /// Disarms and gives the slot back.
  void release(Slot slot);
  /// (Re-)arms the slot; the task it held is destroyed without being called.
  void arm(Slot slot, TimePoint at, Task task);
  void disarm(Slot slot);
  /// For tests.
  bool armed(Slot slot) const { return slots_[slot].key != 0; }

  /// A one-shot task in a slot of its own.
  void add(TimePoint at, Task task);

  /// Number of armed slots.
  std::size_t size() const { return live_; }
  bool empty() const { return live_ == 0; }
  /// Time of the first task; the queue must not be empty.
  TimePoint next_time();
  /// Whether the first task's time has come and it was armed before `sequence()` returned `limit`.
  bool due(TimePoint now, std::uint64_t limit);
  /// Grows with every arming.
  std::uint64_t sequence() const { return sequence_; }
  /// Removes the first task; the queue must not be empty.
  Task take();
  /// Destroys all tasks.
  void clear();

  /// Entries in the heap, cancelled ones included: what the memory bound is about.
  std::size_t heap_entries() const { return heap_.size(); }
  /// Times of the first `limit` armed tasks, in order.
  std::vector<TimePoint> next_times(std::size_t limit) const;

 private:
  static constexpr unsigned kSlotBits = 24;

  /// `key` is the sequence number above, the slot in the low kSlotBits; unique, so it also tells a stale entry. `time`
  /// is biased to be unsigned, so that the pair compares as one number of 128 bits, without a branch.
  struct Entry {
    std::uint64_t key;
    std::uint64_t time;
  };
  struct SlotData {
    std::uint64_t key = 0;  ///< of the entry that counts; 0 when disarmed
    Slot next_free = 0;
    bool one_shot = false;
    Task task;
  };

  __extension__ using Wide = unsigned __int128;
  static Wide rank(const Entry& entry) { return static_cast<Wide>(entry.time) << 64 | entry.key; }
  static bool earlier(const Entry& a, const Entry& b) { return rank(a) < rank(b); }
  static constexpr std::uint64_t kBias = std::uint64_t{1} << 63;
  static std::uint64_t biased(TimePoint at) {
    return static_cast<std::uint64_t>(at.time_since_epoch().count()) ^ kBias;
  }
  static TimePoint time_of(const Entry& entry) {
    return TimePoint{Duration{static_cast<Duration::rep>(entry.time ^ kBias)}};
  }
  static Slot slot_of(const Entry& entry) { return static_cast<Slot>(entry.key & ((1u << kSlotBits) - 1)); }
  bool stale(const Entry& entry) const { return slots_[slot_of(entry)].key != entry.key; }

  void push(Slot slot, TimePoint at);
  void pop();
  void sift_up(std::size_t at);
  void sift_down(std::size_t at);
  void drop_stale_top();
  void compact();

  std::vector<Entry> heap_;
  std::vector<SlotData> slots_;
  static constexpr Slot kNone = UINT32_MAX;
  Slot free_ = kNone;
  std::size_t live_ = 0;
  std::uint64_t sequence_ = 1;
};

}  // namespace rmqsim
