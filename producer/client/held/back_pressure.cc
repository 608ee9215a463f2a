#include "producer/client/held/back_pressure.h"

#include <algorithm>
#include <utility>

#include "producer/transport/time.h"

namespace rmqsim {

BackPressure::BackPressure(Runtime& runtime, std::int64_t num, std::int64_t size)
    : runtime_(runtime), num_{std::max(num, kLeastNum), nullptr}, size_{std::max(size, kLeastSize), nullptr} {
  num_.semaphore = std::make_shared<FairSemaphore>(runtime, num_.limit);
  size_.semaphore = std::make_shared<FairSemaphore>(runtime, size_.limit);
}

void BackPressure::acquire(Side& side, std::int64_t permits, TimePoint called, std::int64_t timeout_millis,
                           Function<void(bool)> handler) {
  const std::int64_t left = timeout_millis - (to_millis(runtime_.now()) - to_millis(called));
  if (left <= 0) return handler(false);
  // The wait keeps the semaphore, which may be replaced meanwhile.
  const std::shared_ptr<FairSemaphore> semaphore = side.semaphore;
  semaphore->acquire(permits, millis(left),
                     [semaphore, handler = std::move(handler)](bool acquired) mutable { handler(acquired); });
}

void BackPressure::admit(std::int64_t size, TimePoint called, std::int64_t timeout_millis, Handler handler) {
  acquire(num_, 1, called, timeout_millis,
          [self = shared_from_this(), size, called, timeout_millis, handler = std::move(handler)](bool num) mutable {
            if (!num) return handler("send message tryAcquire semaphoreAsyncNum timeout", {});
            BackPressure& it = *self;
            it.acquire(it.size_, size, called, timeout_millis,
                       [self = std::move(self), size, handler = std::move(handler)](bool sized) mutable {
                         Task release = [self = std::move(self), size, sized] {
                           if (sized) self->size_.semaphore->release(size);
                           self->num_.semaphore->release(1);
                         };
                         handler(sized ? nullptr : "send message tryAcquire semaphoreAsyncSize timeout",
                                 std::move(release));
                       });
          });
}

void BackPressure::replace(Side& side, std::int64_t limit, std::int64_t least) {
  std::erase_if(replaced_, [](const auto& semaphore) { return semaphore->waiting() == 0; });
  limit = std::max(limit, least);
  const std::int64_t acquired = side.limit - side.semaphore->available();
  if (side.semaphore->waiting() > 0) replaced_.push_back(side.semaphore);
  side.limit = limit;
  side.semaphore = std::make_shared<FairSemaphore>(runtime_, limit - acquired);
}

std::size_t BackPressure::waiting() const {
  std::size_t n = num_.semaphore->waiting() + size_.semaphore->waiting();
  for (const auto& former : replaced_) n += former->waiting();
  return n;
}

void BackPressure::fail_waiters() {
  const auto keep = shared_from_this();
  std::vector<std::shared_ptr<FairSemaphore>> all = replaced_;
  all.push_back(num_.semaphore);
  all.push_back(size_.semaphore);
  for (const auto& semaphore : all) semaphore->fail_waiters();
}

}  // namespace rmqsim
