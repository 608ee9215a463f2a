// Collects decoded ext fields whose bytes already lie in the arena. A repeated key keeps its place and takes the last
// value. A 64-bit filter avoids comparing keys while there are few; many keys are sorted once at the end, so a hostile
// header cannot make decoding quadratic. A null takes an earlier value away.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string_view>
#include <vector>

#include "producer/remoting/codec/header_codec.h"

namespace rmqsim {

class HeaderCodec::EntrySink {
 public:
  /// The arena must hold its bytes already, and stay where it is.
  explicit EntrySink(ExtFields& ext) : ext_(ext) { ext_.slots_.clear(); }

  std::string& arena() { return ext_.arena_; }

  [[gnu::always_inline]] void add(std::uint32_t key, std::uint32_t key_length, std::uint32_t value,
                                  std::uint32_t value_length) {
    unsigned mix = 0;
    if (key_length != 0) {
      const auto* const k = reinterpret_cast<const unsigned char*>(ext_.arena_.data()) + key;
      mix = k[0] + 7u * key_length + 13u * k[key_length - 1];
    }
    const std::uint64_t bit = std::uint64_t{1} << (mix & 63);
    const ExtFields::Slot slot{key, key_length, value, value_length};
    if ((seen_ & bit) != 0 && replaces(slot)) return;
    seen_ |= bit;
    ext_.slots_.push_back(slot);
  }

  void add_null(std::uint32_t key, std::uint32_t key_length) {
    nulls_ = true;
    add(key, key_length, kNull, 0);
  }

  void clear() {
    ext_.slots_.clear();
    seen_ = 0;
    nulls_ = false;
  }

  void finish() {
    if (ext_.slots_.size() > kFew) remove_duplicates(ext_);
    if (nulls_) std::erase_if(ext_.slots_, [](const ExtFields::Slot& s) { return s.value == kNull; });
  }

 private:
  static constexpr std::uint32_t kNull = 0xFFFFFFFF;  ///< a value's place that no header is long enough for
  static constexpr std::size_t kFew = 48;

  /// Whether an earlier entry had the same key; it takes the new value.
  [[gnu::noinline]] bool replaces(const ExtFields::Slot& slot) {
    if (ext_.slots_.size() >= kFew) return false;
    const char* const arena = ext_.arena_.data();
    for (auto& s : ext_.slots_) {
      if (s.key_length == slot.key_length && std::memcmp(arena + s.key, arena + slot.key, slot.key_length) == 0) {
        s.value = slot.value;
        s.value_length = slot.value_length;
        return true;
      }
    }
    return false;
  }

  ExtFields& ext_;
  std::uint64_t seen_ = 0;
  bool nulls_ = false;
};

inline void HeaderCodec::remove_duplicates(ExtFields& ext) {
  auto& slots = ext.slots_;
  const auto key = [&](std::uint32_t i) {
    return std::string_view(ext.arena_.data() + slots[i].key, slots[i].key_length);
  };
  std::vector<std::uint32_t> order(slots.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  std::vector<bool> drop(slots.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t last = i;
    while (last + 1 < order.size() && key(order[last + 1]) == key(order[i])) drop[order[++last]] = true;
    slots[order[i]].value = slots[order[last]].value;
    slots[order[i]].value_length = slots[order[last]].value_length;
    i = last + 1;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (!drop[i]) slots[kept++] = slots[i];
  }
  slots.resize(kept);
}

}  // namespace rmqsim
