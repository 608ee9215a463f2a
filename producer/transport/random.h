// Seeded randomness with the same sequence on every machine. A Runtime owns one seed and hands out named streams of
// it, so that a new consumer of randomness never shifts what the others draw. The distributions are ours because
// those of <random> differ between standard libraries.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace rmqsim {

/// xoshiro256** 1.0, seeded through splitmix64.
class Random {
 public:
  using result_type = std::uint64_t;

  explicit Random(std::uint64_t seed);
  /// The stream `name` of `seed`: equal for equal arguments, unrelated for others.
  Random(std::uint64_t seed, std::string_view name);

  std::uint64_t next();
  /// Uniform in [0, bound), without modulo bias. `bound` must not be 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double uniform();
  /// Uniform in [lo, hi).
  double uniform(double lo, double hi) { return lo + (hi - lo) * uniform(); }
  /// Normal with mean 0 and standard deviation 1.
  double normal();
  /// As java.util.Random.nextInt(): any 32-bit value.
  std::int32_t next_int() { return static_cast<std::int32_t>(next() >> 32); }

  std::uint64_t operator()() { return next(); }
  static constexpr std::uint64_t min() { return 0; }
  static constexpr std::uint64_t max() { return std::numeric_limits<std::uint64_t>::max(); }

 private:
  std::uint64_t state_[4];
};

}  // namespace rmqsim
