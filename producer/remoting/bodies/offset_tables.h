// JSON bodies with a table by queue, as brokers answer consoles: TopicStatsTable (202), ConsumeStats (208) and
// ResetOffsetBody (222, and 220 to clients). A queue is itself an object there, in a place where JSON wants a string.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "producer/remoting/bodies/consumer_bodies.h"

namespace rmqsim {

struct TopicOffset {
  std::int64_t min_offset = 0;
  std::int64_t max_offset = 0;
  std::int64_t last_update_timestamp = 0;
};

struct OffsetWrapper {
  std::int64_t broker_offset = 0;
  std::int64_t consumer_offset = 0;
  std::optional<std::int64_t> pull_offset;  ///< since 5.0
  std::int64_t last_timestamp = 0;
};

/// `with_tps`: topicPutTps, since 5.0.
std::string encode_topic_stats(const std::map<QueueOfBroker, TopicOffset>& table, bool with_tps);
std::string encode_consume_stats(const std::map<QueueOfBroker, OffsetWrapper>& table);
std::string encode_reset_offsets(const std::map<QueueOfBroker, std::int64_t>& table);
/// The same for clients in C++: a list.
std::string encode_reset_offsets_for_c(const std::map<QueueOfBroker, std::int64_t>& table);

}  // namespace rmqsim
