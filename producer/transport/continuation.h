// What a thread of Java's does when a wait of its ends. Where Java blocks, code here hands over a handler; kept as a
// Continuation it goes on as the logical thread that waited, whoever brings the end: an answer, another's unlock, a
// timer. Everything that stands for a blocking call takes its caller's handler in one, so that no caller has to
// remember it.
#pragma once

#include <utility>

#include "producer/transport/function.h"
#include "producer/transport/runtime.h"

namespace rmqsim {

template <class Signature>
class Continuation;

template <class... Args>
class Continuation<void(Args...)> {
 public:
  Continuation() = default;
  /// Of the logical thread that is running now.
  Continuation(Runtime& runtime, Function<void(Args...)> handler)
      : runtime_(&runtime), thread_(runtime.current_thread()), handler_(std::move(handler)) {}

  void operator()(Args... args) {
    ThreadScope scope(*runtime_, thread_);
    handler_(std::forward<Args>(args)...);
  }
  explicit operator bool() const noexcept { return static_cast<bool>(handler_); }

 private:
  Runtime* runtime_ = nullptr;
  ThreadId thread_ = 0;
  Function<void(Args...)> handler_;
};

}  // namespace rmqsim
