// What a fake broker keeps of the messages it accepted: a log in order of arrival with the offsets that a real commit
// log would give (wire §4.4, §4.6), queues with their offsets, and per UNIQ_KEY how often the message was
// stored and acknowledged, which is how "lost" and "duplicated" are told. Pure. Memory is bounded: beyond `max_bytes`
// the oldest messages are forgotten, with their keys, and counted.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/settings/broker_config.h"
#include "fake_broker/shell/server_core.h"
#include "producer/remoting/bodies/stored_message.h"

namespace rmqsim {

/// A message to append. Views are copied.
struct NewMessage {
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int32_t flag = 0;
  std::int32_t sys_flag = 0;
  std::int64_t born_timestamp = 0;
  std::string_view born_host;  ///< the peer, "ip:port"
  std::int64_t store_timestamp = 0;
  std::int32_t reconsume_times = 0;
  std::int64_t prepared_transaction_offset = 0;  ///< where the half message lies that this one commits
  std::string_view body;
  std::string_view properties;  ///< as stored, with what the broker added
  std::string_view uniq_key;    ///< empty: not counted by key
};

/// Where it went.
struct Appended {
  std::uint64_t number = 0;  ///< of the record, from 0; never reused
  std::int64_t physical_offset = 0;
  std::int64_t queue_offset = 0;  ///< 0 for records that enter no queue (observed-servers C28)
};

/// One message key, as long as a message with it is kept.
struct KeyCount {
  std::uint32_t stored = 0;
  std::uint32_t acknowledged = 0;  ///< stores of it whose answer with code 0, 10, 11 or 12 was sent
};

/// A kept message. Views live until it is evicted.
struct StoredRecord {
  std::uint64_t number = 0;
  std::string_view topic;
  std::int32_t queue_id = 0;
  std::int64_t queue_offset = 0;
  std::int64_t physical_offset = 0;
  std::int32_t flag = 0;
  std::int32_t sys_flag = 0;
  std::int64_t born_timestamp = 0;
  std::int64_t store_timestamp = 0;
  std::int32_t reconsume_times = 0;
  std::int64_t prepared_transaction_offset = 0;
  std::string_view born_host;
  std::string_view body;
  std::string_view properties;
  std::string_view uniq_key;
  bool acknowledged = false;
  bool in_queue = true;  ///< false: no consumer ever sees it (observed-servers C28)
};

class MessageStore {
 public:
  /// Bytes of a stored record besides topic, properties and body: format V1, both hosts IPv4 (§4.4).
  static constexpr std::int64_t kRecordOverhead = 91;

  explicit MessageStore(std::size_t max_bytes = kDefaultMaxStoreBytes) : max_bytes_(max_bytes) {}
  MessageStore(const MessageStore&) = delete;
  MessageStore& operator=(const MessageStore&) = delete;

  /// A message whose sysFlag says "prepared" or "rolled back" is stored but enters no queue (C28).
  Appended append(const NewMessage& message);
  /// The answers for these records were sent.
  void acknowledge(StoredRange range);

  /// Next offset to be written; 0 for an unknown queue (§2.5, code 30).
  std::int64_t max_offset(std::string_view topic, std::int32_t queue_id) const;
  /// Offset of the oldest message kept.
  std::int64_t min_offset(std::string_view topic, std::int32_t queue_id) const;
  /// lower: of the first message kept that was stored at `timestamp` (ms) or later; max_offset when there is none.
  /// upper: of the last one stored at `timestamp` or earlier. nearest: of the message whose time is nearest, as 4.x
  /// searches. Without messages: max_offset.
  enum class Boundary { lower, upper, nearest };
  std::int64_t search_offset(std::string_view topic, std::int32_t queue_id, std::int64_t timestamp,
                             Boundary boundary = Boundary::lower) const;
  /// When the oldest message kept in that queue was stored, in ms; -1 for an empty queue.
  std::int64_t earliest_store_time(std::string_view topic, std::int32_t queue_id) const;
  /// When that message was stored, in ms; -1 when it is not kept.
  std::int64_t store_time(std::string_view topic, std::int32_t queue_id, std::int64_t queue_offset) const;
  /// The topic has no queues any more: its records stay, but no queue leads to them.
  void remove_topic(std::string_view topic);
  std::int64_t next_physical_offset() const { return next_physical_; }

  std::optional<StoredRecord> find(std::uint64_t number) const;
  std::optional<StoredRecord> find_physical(std::int64_t physical_offset) const;
  std::optional<StoredRecord> find_in_queue(std::string_view topic, std::int32_t queue_id,
                                            std::int64_t queue_offset) const;
  /// nullopt when no message with that key is kept.
  std::optional<KeyCount> find_key(std::string_view uniq_key) const;
  /// Kept messages are those with numbers [first_number, next_number).
  std::uint64_t first_number() const { return first_number_; }
  std::uint64_t next_number() const { return first_number_ + records_.size(); }

  // Counted since the store was made, evicted messages included.
  std::uint64_t stored() const { return next_number(); }
  std::uint64_t acknowledged() const { return acknowledged_; }
  std::uint64_t evicted() const { return first_number_; }
  /// Messages that were stored although their key was already there.
  std::uint64_t duplicates() const { return duplicates_; }
  std::uint64_t stored_in_topic(std::string_view topic) const;
  std::size_t bytes() const { return bytes_; }

 private:
  struct Queue {
    std::int64_t first = 0;
    std::deque<std::uint64_t> numbers;  ///< of its records that are kept, in order of their offsets

    std::int64_t next() const { return first + static_cast<std::int64_t>(numbers.size()); }
  };
  struct Topic {
    std::map<std::int32_t, Queue> queues;
    std::uint64_t stored = 0;
  };
  using Topics = std::map<std::string, Topic, std::less<>>;
  struct Segment {
    std::unique_ptr<char[]> data;
    std::size_t size = 0;
    std::size_t used = 0;
    std::size_t records = 0;
  };
  struct Record {
    Topics::iterator topic;
    const char* data;  ///< born host, key, properties, body, one after the other
    std::int64_t queue_offset;
    std::int64_t physical_offset;
    std::int64_t born_timestamp;
    std::int64_t store_timestamp;
    std::int64_t prepared_transaction_offset;
    std::int32_t queue_id;
    std::int32_t flag;
    std::int32_t sys_flag;
    std::int32_t reconsume_times;
    std::uint32_t host_length;
    std::uint32_t key_length;
    std::uint32_t properties_length;
    std::uint32_t body_length;
    bool in_queue;
    bool acknowledged;
    std::uint32_t key_hash;
    // Of its key, up to date in the newest record that has it.
    std::uint32_t key_stored;
    std::uint32_t key_evicted_acknowledged;
    std::uint64_t previous;  ///< number of the record before it with the same key, or its own

    std::size_t data_length() const { return std::size_t{host_length} + key_length + properties_length + body_length; }
    std::string_view key() const { return {data + host_length, key_length}; }
  };
  /// Records by number, in chunks that are allocated and freed as a whole.
  class RecordLog {
   public:
    std::size_t size() const { return end_ - begin_; }
    Record& operator[](std::size_t i) { return at(begin_ + i); }
    const Record& operator[](std::size_t i) const { return const_cast<RecordLog*>(this)->at(begin_ + i); }
    void push_back(const Record& record);
    void pop_front();

   private:
    static constexpr std::size_t kChunk = 32;
    Record& at(std::size_t i) { return chunks_[i / kChunk][i % kChunk]; }
    std::deque<std::unique_ptr<Record[]>> chunks_;
    std::size_t begin_ = 0;  ///< within the first chunk
    std::size_t end_ = 0;
  };
  /// One key, in an open-addressed table that should stay in the processor's cache: the key itself and what is counted
  /// of it are in the newest record that has it.
  struct KeySlot {
    std::uint32_t hash = 0;    ///< 0: the slot is free
    std::uint32_t newest = 0;  ///< lower half of the number of the newest record with the key
  };

  char* reserve(std::size_t n);
  static std::uint32_t key_hash(std::string_view key);
  std::uint64_t newest_number(const KeySlot& slot) const;
  Record& newest(const KeySlot& slot) { return records_[newest_number(slot) - first_number_]; }
  const Record& newest(const KeySlot& slot) const { return records_[newest_number(slot) - first_number_]; }
  /// The slot that holds the key, or the free one where it would go.
  std::size_t key_slot(std::string_view key, std::uint32_t hash) const;
  void count_key(std::uint64_t number, Record& record);
  /// Of the oldest record.
  void forget_key(const Record& record);
  void grow_keys();
  void evict_oldest();
  const Queue* find_queue(std::string_view topic, std::int32_t queue_id) const;
  StoredRecord view(std::uint64_t number, const Record& record) const;

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::deque<Segment> segments_;
  Segment spare_;  ///< an emptied one, kept for the next; no data when there is none
  RecordLog records_;
  std::uint64_t first_number_ = 0;
  std::int64_t next_physical_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t duplicates_ = 0;
  Topics topics_;
  std::vector<KeySlot> keys_;  ///< a power of two, or empty
  std::size_t keys_used_ = 0;
};

/// The record as a broker would send it (CHECK_TRANSACTION_STATE).
StoredMessage to_stored_message(const StoredRecord& record, const HostAddress& store_host);

}  // namespace rmqsim
