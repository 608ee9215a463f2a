// Settings of DefaultMQProducer as plain data, with Java's names and defaults (behaviour §1.2), shared by the
// public class and its implementation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "producer/client/api/hooks.h"
#include "producer/profile/profile.h"
#include "producer/remoting/codec/compression.h"
#include "producer/remoting/remoting_client.h"

namespace rmqsim {

struct QueueIndexDraws;
class SendObserver;

struct ProducerSettings {
  std::vector<std::string> topics;                        ///< looked up at start; 5.2+
  std::string create_topic_key = "TBW102";
  std::int32_t default_topic_queue_nums = 4;
  std::int64_t send_msg_timeout = 3000;                   ///< ms
  std::int64_t send_msg_max_timeout_per_request = -1;     ///< ms; -1 = none; 5.3.3 only
  std::int64_t compress_msg_body_over_howmuch = 4096;     ///< bytes, inclusive
  int compress_level = 5;
  CompressionType compress_type = CompressionType::ZLIB;
  int retry_times_when_send_failed = 2;
  int retry_times_when_send_async_failed = 2;
  bool retry_another_broker_when_not_store_ok = false;
  std::int64_t max_message_size = 4 * 1024 * 1024;        ///< bytes of body, before compression
  std::vector<std::int32_t> retry_response_codes;         ///< filled from the profile
  bool send_smart_msg = true;                             ///< V2 headers
  std::shared_ptr<RPCHook> rpc_hook;                      ///< of the constructor; ignored by a shared instance (§3.3)
  ProducerHooks hooks;
  bool enable_backpressure_for_async_mode = false;        ///< §2.6; 5.1.1+
  std::int64_t back_pressure_for_async_send_num = 10000;  ///< async sends under way, at least 10; read once
  std::int64_t back_pressure_for_async_send_size = 100 * 1024 * 1024;  ///< bytes of body, at least 1 MiB; read once
  bool auto_batch = false;                                ///< §10.5; 5.1.4+
  std::int64_t batch_max_delay_ms = -1;                   ///< -1 = as it is; these three are read at start
  std::int64_t batch_max_bytes = -1;
  std::int64_t total_batch_max_bytes = -1;

  /// How the world around the producer is shaped; not settings of Java.
  std::optional<std::int32_t> queue_index_start;
  std::vector<std::int32_t> queue_index_resets;
  std::shared_ptr<QueueIndexDraws> queue_index_draws;  ///< instead of both
  std::size_t async_sender_threads = 0;  ///< 0 = number of processors
  bool record_attempts = false;          ///< hand SendOutcome::attempts to the caller
  std::shared_ptr<SendObserver> observer;  ///< is told of every send; null: nobody is
  RemotingClientOptions remoting;
};

}  // namespace rmqsim
