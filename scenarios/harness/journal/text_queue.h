// Short texts that come and go in one order, one behind the other in memory that is used again and again: nothing is
// allocated for one more, and what is written next lies beside what was written last.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace rmqsim {

class TextQueue {
 public:
  /// Copies both behind all others, the second behind the first; where the first lies.
  std::uint64_t enter(std::string_view first, std::string_view second) {
    const std::size_t size = first.size() + second.size();
    if (size == 0) return end_;
    const std::uint64_t place = place_for(size);
    end_ = place + size;
    std::copy(first.begin(), first.end(), bytes_.data() + index(place));
    std::copy(second.begin(), second.end(), bytes_.data() + index(place) + first.size());
    return place;
  }
  /// `size` bytes from that place on, of what was entered there; until the next is entered.
  std::string_view at(std::uint64_t place, std::size_t size) const {
    return size == 0 ? std::string_view{} : std::string_view{bytes_.data() + index(place), size};
  }
  /// All texts before this place go.
  void leave_before(std::uint64_t place) { begin_ = place; }
  void clear() { begin_ = end_; }
  std::size_t capacity() const { return bytes_.size(); }

 private:
  static constexpr std::size_t kLeast = 4096;

  /// A place is counted from the first byte that was ever entered; the memory holds a power of two of them.
  std::size_t index(std::uint64_t place) const { return static_cast<std::size_t>(place) & (bytes_.size() - 1); }

  std::uint64_t place_for(std::size_t size) {
    for (;; grow()) {
      if (bytes_.empty()) continue;
      // No text goes on at the beginning of the memory.
      const std::size_t left = bytes_.size() - index(end_);
      const std::uint64_t place = left < size ? end_ + left : end_;
      if (place + size - begin_ <= bytes_.size()) return place;
    }
  }
  void grow() {
    std::vector<char> more(std::max(kLeast, 2 * bytes_.size()));
    for (std::uint64_t place = begin_; place < end_;) {
      const std::uint64_t run = std::min<std::uint64_t>(end_ - place, bytes_.size() - index(place));
      std::memcpy(more.data() + (place & (more.size() - 1)), bytes_.data() + index(place), run);
      place += run;
    }
    bytes_.swap(more);
  }

  std::vector<char> bytes_;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace rmqsim
