// Arithmetic is spelled out in unsigned where Java relies on int32 overflow.
#include "producer/route/thread_local_index.h"

namespace rmqsim {

std::int32_t& ThreadLocalIndex::slot(ThreadId thread) {
  for (auto& [id, value] : values_) {
    if (id == thread) return value;
  }
  std::int32_t start = 0;
  if (source_->draws) {
    start = source_->draws->next();
  } else if (source_->start) {
    start = *source_->start;
  } else if (source_->random != nullptr) {
    start = source_->random->next_int();
    // Math.abs(Integer.MIN_VALUE) stays negative in Java too.
    if (source_->starts_non_negative && start < 0 && start != INT32_MIN) start = -start;
  }
  return values_.emplace_back(thread, start).second;
}

std::int32_t ThreadLocalIndex::increment_and_get(ThreadId thread) {
  std::int32_t& value = slot(thread);
  value = static_cast<std::int32_t>(static_cast<std::uint32_t>(value) + 1);
  return value & INT32_MAX;
}

void ThreadLocalIndex::reset(ThreadId thread) {
  std::int32_t& value = slot(thread);
  if (source_->draws) {
    value = source_->draws->next();
  } else if (!source_->resets.empty()) {
    value = source_->resets[resets_taken_++ % source_->resets.size()];
  } else if (source_->random != nullptr) {
    value = static_cast<std::int32_t>(source_->random->below(INT32_MAX));
  }
}

std::optional<std::int32_t> ThreadLocalIndex::peek(ThreadId thread) const {
  for (const auto& [id, value] : values_) {
    if (id == thread) return value;
  }
  return std::nullopt;
}

}  // namespace rmqsim
