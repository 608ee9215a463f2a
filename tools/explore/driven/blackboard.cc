#include "tools/explore/driven/blackboard.h"

#include <sys/mman.h>

#include <functional>
#include <new>
#include <string>

namespace rmqsim {

static_assert(Blackboard::Count::is_always_lock_free, "processes share it");

Blackboard::Blackboard() {
  void* const memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  shared_ = new (memory) Shared;
}

Blackboard::~Blackboard() { ::munmap(shared_, sizeof(Shared)); }

bool Blackboard::take(const Signature& signature) {
  const std::uint64_t wanted = std::hash<std::string>()(signature.text()) | 1;  // 0 is free
  for (Count& slot : shared_->taken) {
    std::uint64_t there = 0;
    if (slot.compare_exchange_strong(there, wanted)) return true;
    if (there == wanted) return false;
  }
  return true;
}

}  // namespace rmqsim
