// The selectors that come with the client (org.apache.rocketmq.client.producer.selector, behaviour §2.5).
#pragma once

#include <cstdint>

#include "producer/client/api/send_callback.h"

namespace rmqsim {

/// By the argument's hash code as Java computes it, modulo the number of queues. Takes std::string, const char*, 32-bit
/// and 64-bit integers and bool; throws std::invalid_argument for anything else, which fails the send as a throwing
/// selector does (in Java every object has a hash code, here it must be one whose hash both languages agree on).
class SelectMessageQueueByHash final : public MessageQueueSelector {
 public:
  std::optional<MessageQueue> select(const std::vector<MessageQueue>& queues, const Message& message,
                                     const std::any& arg) override;
};

/// By java.util.Random(seed).nextInt(n); Java seeds it with the milliseconds at its construction.
class SelectMessageQueueByRandom final : public MessageQueueSelector {
 public:
  explicit SelectMessageQueueByRandom(std::int64_t seed);
  std::optional<MessageQueue> select(const std::vector<MessageQueue>& queues, const Message& message,
                                     const std::any& arg) override;

 private:
  std::int32_t next(int bits);
  std::uint64_t state_;
};

/// Chooses nothing, in Java as here: every send with it fails.
class SelectMessageQueueByMachineRoom final : public MessageQueueSelector {
 public:
  std::optional<MessageQueue> select(const std::vector<MessageQueue>&, const Message&, const std::any&) override {
    return std::nullopt;
  }
};

}  // namespace rmqsim
