// One generator's draws, in the words that drawing needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "producer/transport/random.h"

namespace rmqsim {

class Dice {
 public:
  explicit Dice(Random& random) : random_(random) {}

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_.below(n)); }
  /// Both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(high - low) + 1));
  }
  bool chance(double probability) { return random_.uniform() < probability; }
  double uniform(double low, double high) { return random_.uniform(low, high); }
  std::uint64_t number() { return random_.next(); }

  template <class T>
  T of(std::initializer_list<T> all) {
    return all.begin()[below(all.size())];
  }
  template <class T>
  const T& of(const std::vector<T>& all) {
    return all[below(all.size())];
  }
  /// How many: at least `least`, each more with that probability, at most `most`.
  std::size_t few(std::size_t least, std::size_t most, double more = 0.5) {
    std::size_t n = least;
    while (n < most && chance(more)) ++n;
    return n;
  }
  template <class T>
  void shuffle(std::vector<T>& all) {
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[below(i)]);
  }

 private:
  Random& random_;
};

}  // namespace rmqsim
