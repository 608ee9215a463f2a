// A queue over one growing ring of slots. Unlike std::deque it keeps its memory, so a queue that fills and empties
// all day allocates only while it is longer than ever before.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace rmqsim {

template <class T>
class Fifo {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  T& front() { return ring_[head_]; }
  const T& operator[](std::size_t i) const { return ring_[(head_ + i) & (ring_.size() - 1)]; }

  void push_back(T value) {
    if (size_ == ring_.size()) grow();
    ring_[(head_ + size_) & (ring_.size() - 1)] = std::move(value);
    ++size_;
  }

  void push_front(T value) {
    if (size_ == ring_.size()) grow();
    head_ = (head_ + ring_.size() - 1) & (ring_.size() - 1);
    ring_[head_] = std::move(value);
    ++size_;
  }

  T pop_front() {
    T value = std::move(ring_[head_]);
    head_ = (head_ + 1) & (ring_.size() - 1);
    --size_;
    return value;
  }

  void clear() {
    while (!empty()) pop_front();
  }

  void swap(Fifo& other) noexcept {
    ring_.swap(other.ring_);
    std::swap(head_, other.head_);
    std::swap(size_, other.size_);
  }

 private:
  void grow() {
    std::vector<T> larger(ring_.empty() ? 8 : ring_.size() * 2);  // a power of two, for the masks
    for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move(ring_[(head_ + i) & (ring_.size() - 1)]);
    ring_.swap(larger);
    head_ = 0;
  }

  std::vector<T> ring_;
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace rmqsim
