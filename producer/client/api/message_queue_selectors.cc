#include "producer/client/api/message_queue_selectors.h"

#include <stdexcept>
#include <string>

#include "producer/remoting/codec/java_hash.h"

namespace rmqsim {
namespace {

std::int32_t java_hash_code(const std::any& arg) {
  if (const auto* text = std::any_cast<std::string>(&arg)) return java_hash(*text);
  if (const auto* text = std::any_cast<const char*>(&arg); text != nullptr && *text != nullptr) return java_hash(*text);
  if (const auto* number = std::any_cast<std::int32_t>(&arg)) return *number;
  if (const auto* flag = std::any_cast<bool>(&arg)) return *flag ? 1231 : 1237;
  const auto* wide = std::any_cast<long>(&arg);
  const auto* wider = std::any_cast<long long>(&arg);
  if (wide == nullptr && wider == nullptr) {
    throw std::invalid_argument("SelectMessageQueueByHash takes text or integers: pass one of them as the argument");
  }
  const auto v = static_cast<std::uint64_t>(wide != nullptr ? *wide : *wider);
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(v ^ (v >> 32)));
}

constexpr std::uint64_t kMultiplier = 0x5DEECE66D;
constexpr std::uint64_t kMask = (std::uint64_t{1} << 48) - 1;

}  // namespace

std::optional<MessageQueue> SelectMessageQueueByHash::select(const std::vector<MessageQueue>& queues, const Message&,
                                                             const std::any& arg) {
  if (queues.empty()) return std::nullopt;
  const std::int64_t remainder = java_hash_code(arg) % static_cast<std::int64_t>(queues.size());
  return queues[static_cast<std::size_t>(remainder < 0 ? -remainder : remainder)];
}

// The generator of java.util.Random, which its documentation fixes.
SelectMessageQueueByRandom::SelectMessageQueueByRandom(std::int64_t seed)
    : state_((static_cast<std::uint64_t>(seed) ^ kMultiplier) & kMask) {}

std::int32_t SelectMessageQueueByRandom::next(int bits) {
  state_ = (state_ * kMultiplier + 0xB) & kMask;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(state_ >> (48 - bits)));
}

std::optional<MessageQueue> SelectMessageQueueByRandom::select(const std::vector<MessageQueue>& queues,
                                                               const Message&, const std::any&) {
  const auto bound = static_cast<std::int32_t>(queues.size());
  if (bound <= 0) return std::nullopt;
  std::int32_t r = next(31);
  if ((bound & (bound - 1)) == 0) {
    r = static_cast<std::int32_t>((static_cast<std::int64_t>(bound) * r) >> 31);
  } else {
    for (std::int32_t u = r;; u = next(31)) {
      r = u % bound;
      if (static_cast<std::int64_t>(u) - r + (bound - 1) <= INT32_MAX) break;
    }
  }
  return queues[static_cast<std::size_t>(r)];
}

}  // namespace rmqsim
