// How many asynchronous sends, and how many bytes of body, a producer lets be under way: two fair semaphores that a
// send takes a permit and its bytes from before it is submitted, and that get them back with its callback
// (behaviour §2.6, 5.1.1+). Everything under the monitor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "producer/client/held/fair_semaphore.h"

namespace rmqsim {

class BackPressure : public std::enable_shared_from_this<BackPressure> {
 public:
  static constexpr std::int64_t kLeastNum = 10;
  static constexpr std::int64_t kLeastSize = 1024 * 1024;

  /// Limits below the least are raised to it.
  BackPressure(Runtime& runtime, std::int64_t num, std::int64_t size);

  /// Why a send was not admitted: the text of Java's exception; nullptr when it was. `release` gives back what it holds
  /// and must be called once for each call of the user's callback; it is empty when it holds nothing.
  using Handler = Function<void(const char* refusal, Task release)>;
  /// Number first, then size, each within what is left of `timeout_millis` since `called`; nothing left is a refusal at
  /// once. Inline when there is nothing to wait for.
  void admit(std::int64_t size, TimePoint called, std::int64_t timeout_millis, Handler handler);
  /// Whether admit() would let this send through without a wait.
  bool admits_now(std::int64_t size) const { return num_.semaphore->has(1) && size_.semaphore->has(size); }

  /// As Java changes a limit: a new semaphore, with the new limit less what the old one had given away. Who waits at
  /// the old one waits there to the end, since permits come back to the new one.
  void set_num(std::int64_t limit) { replace(num_, limit, kLeastNum); }
  void set_size(std::int64_t limit) { replace(size_, limit, kLeastSize); }
  std::int64_t num() const { return num_.limit; }
  std::int64_t size() const { return size_.limit; }
  /// What is left of them.
  std::int64_t available_num() const { return num_.semaphore->available(); }
  std::int64_t available_size() const { return size_.semaphore->available(); }
  /// Sends that wait for a permit or for bytes.
  std::size_t waiting() const;
  /// Ends every wait as if its time were up.
  void fail_waiters();

 private:
  struct Side {
    std::int64_t limit;
    std::shared_ptr<FairSemaphore> semaphore;
  };
  void replace(Side& side, std::int64_t limit, std::int64_t least);
  void acquire(Side& side, std::int64_t permits, TimePoint called, std::int64_t timeout_millis,
               Function<void(bool)> handler);

  Runtime& runtime_;
  Side num_;
  Side size_;
  std::vector<std::shared_ptr<FairSemaphore>> replaced_;  // with somebody still waiting
};

}  // namespace rmqsim
