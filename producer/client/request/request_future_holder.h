// The requests of a world that wait for their replies, by correlation id, and the scan that gives up on them
// (RequestFutureHolder, behaviour §10.2). Java's table is one per process; here it is one per world, shared by
// all its producers and gone with the last of them. Everything runs under the monitor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "producer/client/api/message_ext.h"
#include "producer/remoting/codec/java_map.h"
#include "producer/remoting/mq_error.h"
#include "producer/transport/runtime.h"

namespace rmqsim {

/// A request that waits. It is out of the table when it is told.
class RequestResponseFuture {
 public:
  virtual ~RequestResponseFuture() = default;
  virtual void replied(MessageExt reply) = 0;
  /// The scan found it too old.
  virtual void expired(MQError cause) = 0;
  /// Its producer is going away: nobody may be told anything any more.
  virtual void dropped() = 0;
};

class RequestFutureHolder {
 public:
  explicit RequestFutureHolder(Runtime& runtime) : runtime_(runtime), scan_timer_(runtime.make_timer()) {}
  RequestFutureHolder(const RequestFutureHolder&) = delete;
  RequestFutureHolder& operator=(const RequestFutureHolder&) = delete;

  /// The holder of that world; any thread. Lives as long as somebody holds it.
  static std::shared_ptr<RequestFutureHolder> of(Runtime& runtime);

  /// Producers between start and shutdown: the scan begins 3000 ms after the first and ends with the last.
  void start_producer();
  void shutdown_producer();

  void put(const std::string& correlation_id, std::int64_t timeout_millis,
           std::shared_ptr<RequestResponseFuture> future, const void* owner);
  /// Forgets the requests of a producer that is going away.
  void drop(const void* owner);
  /// nullptr when it is not, or no longer, there.
  std::shared_ptr<RequestResponseFuture> take(std::string_view correlation_id);
  std::size_t size() const { return table_.size(); }
  /// Those of one producer.
  std::size_t waiting(const void* owner) const;

 private:
  struct Entry {
    std::int64_t begin_millis = 0;
    std::int64_t timeout_millis = 0;
    std::shared_ptr<RequestResponseFuture> future;
    const void* owner = nullptr;
  };
  void arm();
  void scan();

  Runtime& runtime_;
  JavaMap<Entry> table_;
  std::unique_ptr<Timer> scan_timer_;
  TimePoint first_scan_{};
  std::size_t producers_ = 0;
};

}  // namespace rmqsim
