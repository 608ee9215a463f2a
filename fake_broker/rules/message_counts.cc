#include "fake_broker/rules/message_counts.h"

namespace rmqsim {

std::uint64_t MessageCounts::next(std::string_view unique_key) {
  constexpr std::size_t kMost = 100'000;
  const auto [at, added] = counts_.try_emplace(std::string(unique_key), 0);
  if (added) {
    order_.push_back(at->first);
    if (order_.size() > kMost) {
      counts_.erase(order_.front());
      order_.pop_front();
    }
  }
  return ++at->second;
}

}  // namespace rmqsim
