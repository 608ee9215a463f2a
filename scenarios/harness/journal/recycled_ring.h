// The last so many of something, oldest first, in slots that are used again and again: a slot's strings keep their
// memory, so in steady state nothing is allocated to enter one more.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

namespace rmqsim {

template <class T>
class RecycledRing {
 public:
  explicit RecycledRing(std::size_t capacity) : capacity_(std::max<std::size_t>(1, capacity)) {}

  /// The place of a new last one, with what was in it before; of a full ring the oldest goes for it.
  T& enter() {
    if (size_ < capacity_) {
      if (size_++ == slots_.size()) slots_.emplace_back();
    } else {
      first_ = first_ + 1 == capacity_ ? 0 : first_ + 1;
    }
    return slots_[place(size_ - 1)];
  }
  void clear() { first_ = size_ = 0; }

  std::size_t capacity() const { return capacity_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == capacity_; }
  T& operator[](std::size_t i) { return slots_[place(i)]; }
  const T& operator[](std::size_t i) const { return slots_[place(i)]; }
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }
  const T& front() const { return (*this)[0]; }

  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator() = default;
    Iterator(const RecycledRing& ring, std::size_t at) : ring_(&ring), at_(at) {}
    const T& operator*() const { return (*ring_)[at_]; }
    const T* operator->() const { return &(*ring_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator former = *this;
      ++at_;
      return former;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const RecycledRing* ring_ = nullptr;
    std::size_t at_ = 0;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size_}; }

 private:
  std::size_t place(std::size_t i) const {
    const std::size_t at = first_ + i;
    return at < slots_.size() ? at : at - slots_.size();
  }

  std::size_t capacity_;
  std::vector<T> slots_;
  std::size_t first_ = 0;  ///< not 0 only when full
  std::size_t size_ = 0;
};

}  // namespace rmqsim
