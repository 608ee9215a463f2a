// The message log in segments, queues, the table of keys, and the eviction of the oldest messages.
#include "fake_broker/store/message_store.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "producer/remoting/bodies/message_properties.h"

namespace rmqsim {

namespace {

constexpr std::size_t kSegmentBytes = 256 * 1024;
constexpr std::size_t kBookkeeping = 192;  // what a record costs besides its bytes, roughly

bool enters_queue(std::int32_t sys_flag) {
  const std::int32_t type = MessageSysFlag::transaction_value(sys_flag);
  return type != MessageSysFlag::TRANSACTION_PREPARED_TYPE && type != MessageSysFlag::TRANSACTION_ROLLBACK_TYPE;
}

char* put(char* p, std::string_view s) {
  if (!s.empty()) std::memcpy(p, s.data(), s.size());
  return p + s.size();
}

}  // namespace

void MessageStore::RecordLog::push_back(const Record& record) {
  if (end_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique_for_overwrite<Record[]>(kChunk));
  at(end_++) = record;
}

void MessageStore::RecordLog::pop_front() {
  if (++begin_ < kChunk) return;
  chunks_.pop_front();
  begin_ -= kChunk;
  end_ -= kChunk;
}

char* MessageStore::reserve(std::size_t n) {
  if (segments_.empty() || segments_.back().size - segments_.back().used < n) {
    Segment segment;
    if (spare_.data && spare_.size >= n) {
      segment = std::move(spare_);
    } else {
      // Doubling, since most simulated brokers store little.
      const std::size_t usual = segments_.size() < 6 ? kSegmentBytes >> (6 - segments_.size()) : kSegmentBytes;
      segment.size = std::max(n, usual);
      segment.data = std::make_unique_for_overwrite<char[]>(segment.size);
    }
    segments_.push_back(std::move(segment));
  }
  Segment& segment = segments_.back();
  char* p = segment.data.get() + segment.used;
  segment.used += n;
  ++segment.records;
  return p;
}

Appended MessageStore::append(const NewMessage& m) {
  auto topic = topics_.find(m.topic);
  if (topic == topics_.end()) topic = topics_.emplace(std::string(m.topic), Topic{}).first;
  Record r{};
  r.topic = topic;
  r.host_length = static_cast<std::uint32_t>(m.born_host.size());
  r.key_length = static_cast<std::uint32_t>(m.uniq_key.size());
  r.properties_length = static_cast<std::uint32_t>(m.properties.size());
  r.body_length = static_cast<std::uint32_t>(m.body.size());
  char* p = reserve(r.data_length());
  r.data = p;
  put(put(put(put(p, m.born_host), m.uniq_key), m.properties), m.body);
  r.physical_offset = next_physical_;
  next_physical_ += kRecordOverhead + static_cast<std::int64_t>(m.topic.size() + m.properties.size() + m.body.size());
  Queue& queue = topic->second.queues[m.queue_id];
  r.in_queue = enters_queue(m.sys_flag);
  r.queue_offset = r.in_queue ? queue.next() : 0;
  ++topic->second.stored;
  r.born_timestamp = m.born_timestamp;
  r.store_timestamp = m.store_timestamp;
  r.queue_id = m.queue_id;
  r.flag = m.flag;
  r.sys_flag = m.sys_flag;
  r.reconsume_times = m.reconsume_times;
  r.prepared_transaction_offset = m.prepared_transaction_offset;
  r.acknowledged = false;
  const std::uint64_t number = next_number();
  if (r.in_queue) queue.numbers.push_back(number);
  records_.push_back(r);
  bytes_ += r.data_length() + kBookkeeping;
  if (r.key_length != 0) count_key(number, records_[records_.size() - 1]);
  while (bytes_ > max_bytes_ && records_.size() > 1) evict_oldest();
  return {number, r.physical_offset, r.queue_offset};
}

// Keys that a client makes one after the other differ in their last digit. Its low bits choose a slot of the eight in a
// line of the processor's cache, all before it the line: so most of them are found in the line that the one before
// brought in, and a broker that keeps a million messages does not wait for memory at each of them.
std::uint32_t MessageStore::key_hash(std::string_view key) {
  const auto last = static_cast<unsigned char>(key.back());
  std::uint64_t hash = std::hash<std::string_view>{}(key.substr(0, key.size() - 1));
  hash = (hash ^ (last >> 3)) * 0x9e3779b97f4a7c15;
  const auto folded = static_cast<std::uint32_t>(hash >> 32);
  const std::uint32_t chosen = (folded & ~7u) | (last & 7u);
  return chosen == 0 ? 8 : chosen;
}

// Fewer than 2^32 records are kept, so the half of the number says which.
std::uint64_t MessageStore::newest_number(const KeySlot& slot) const {
  return first_number_ + (slot.newest - static_cast<std::uint32_t>(first_number_));
}

std::size_t MessageStore::key_slot(std::string_view key, std::uint32_t hash) const {
  const std::size_t mask = keys_.size() - 1;
  std::size_t i = hash & mask;
  while (keys_[i].hash != 0 && (keys_[i].hash != hash || newest(keys_[i]).key() != key)) i = (i + 1) & mask;
  return i;
}

void MessageStore::grow_keys() {
  std::vector<KeySlot> old(keys_.empty() ? 64 : keys_.size() * 2);
  old.swap(keys_);
  const std::size_t mask = keys_.size() - 1;
  for (const KeySlot& slot : old) {
    if (slot.hash == 0) continue;
    std::size_t i = slot.hash & mask;
    while (keys_[i].hash != 0) i = (i + 1) & mask;
    keys_[i] = slot;
  }
}

void MessageStore::count_key(std::uint64_t number, Record& record) {
  if (2 * keys_used_ >= keys_.size()) grow_keys();
  record.key_hash = key_hash(record.key());
  KeySlot& slot = keys_[key_slot(record.key(), record.key_hash)];
  record.key_stored = 1;
  record.previous = number;
  if (slot.hash == 0) {
    ++keys_used_;
  } else {
    const Record& before = newest(slot);
    record.key_stored += before.key_stored;
    record.key_evicted_acknowledged = before.key_evicted_acknowledged;
    record.previous = newest_number(slot);
    ++duplicates_;
  }
  slot = {record.key_hash, static_cast<std::uint32_t>(number)};
}

void MessageStore::forget_key(const Record& record) {
  const auto number = static_cast<std::uint32_t>(first_number_);
  const std::size_t mask = keys_.size() - 1;
  std::size_t i = record.key_hash & mask;
  while (keys_[i].hash != record.key_hash || (keys_[i].newest != number && newest(keys_[i]).key() != record.key())) {
    i = (i + 1) & mask;
  }
  if (keys_[i].newest != number) {
    newest(keys_[i]).key_evicted_acknowledged += record.acknowledged ? 1 : 0;
    return;
  }
  keys_[i].hash = 0;
  --keys_used_;
  // Close the gap, so that a search need not step over the slots of keys that are gone.
  for (std::size_t j = (i + 1) & mask; keys_[j].hash != 0; j = (j + 1) & mask) {
    const std::size_t home = keys_[j].hash & mask;
    if (((j - home) & mask) >= ((j - i) & mask)) {
      keys_[i] = keys_[j];
      keys_[j].hash = 0;
      i = j;
    }
  }
}

void MessageStore::evict_oldest() {
  const Record r = records_[0];
  if (r.in_queue) {
    Queue& queue = r.topic->second.queues[r.queue_id];
    queue.numbers.pop_front();
    ++queue.first;
  }
  if (r.key_length != 0) forget_key(r);
  bytes_ -= r.data_length() + kBookkeeping;
  records_.pop_front();
  ++first_number_;
  if (--segments_.front().records != 0) return;
  if (segments_.front().size == kSegmentBytes) {  // memory that is warm serves the next messages
    spare_ = std::move(segments_.front());
    spare_.used = 0;
  }
  segments_.pop_front();
}

void MessageStore::acknowledge(StoredRange range) {
  for (std::uint64_t n = range.first; n < range.first + range.count; ++n) {
    ++acknowledged_;
    if (n >= first_number_ && n < next_number()) records_[n - first_number_].acknowledged = true;
  }
}

const MessageStore::Queue* MessageStore::find_queue(std::string_view topic, std::int32_t queue_id) const {
  const auto t = topics_.find(topic);
  if (t == topics_.end()) return nullptr;
  const auto q = t->second.queues.find(queue_id);
  return q == t->second.queues.end() ? nullptr : &q->second;
}

std::int64_t MessageStore::max_offset(std::string_view topic, std::int32_t queue_id) const {
  const Queue* const queue = find_queue(topic, queue_id);
  return queue == nullptr ? 0 : queue->next();
}

std::int64_t MessageStore::min_offset(std::string_view topic, std::int32_t queue_id) const {
  const Queue* const queue = find_queue(topic, queue_id);
  return queue == nullptr ? 0 : queue->first;
}

// Times do not decrease within a queue: clocks of a world never go back.
std::int64_t MessageStore::search_offset(std::string_view topic, std::int32_t queue_id, std::int64_t timestamp,
                                         Boundary boundary) const {
  const Queue* const queue = find_queue(topic, queue_id);
  if (queue == nullptr || queue->numbers.empty()) return max_offset(topic, queue_id);
  const auto& numbers = queue->numbers;
  const auto time = [&](std::uint64_t number) { return records_[number - first_number_].store_timestamp; };
  const auto offset = [&](auto it) { return queue->first + (it - numbers.begin()); };
  if (boundary == Boundary::upper) {
    const auto after = std::upper_bound(numbers.begin(), numbers.end(), timestamp,
                                        [&](std::int64_t t, std::uint64_t number) { return t < time(number); });
    return after == numbers.begin() ? offset(after) : offset(after - 1);
  }
  const auto it = std::lower_bound(numbers.begin(), numbers.end(), timestamp,
                                   [&](std::uint64_t number, std::int64_t t) { return time(number) < t; });
  if (boundary == Boundary::lower || it == numbers.begin()) return offset(it);
  if (it == numbers.end()) return offset(it - 1);
  return timestamp - time(*(it - 1)) > time(*it) - timestamp || time(*it) == timestamp ? offset(it) : offset(it - 1);
}

std::int64_t MessageStore::earliest_store_time(std::string_view topic, std::int32_t queue_id) const {
  const Queue* const queue = find_queue(topic, queue_id);
  if (queue == nullptr || queue->numbers.empty()) return -1;
  return records_[queue->numbers.front() - first_number_].store_timestamp;
}

std::int64_t MessageStore::store_time(std::string_view topic, std::int32_t queue_id, std::int64_t queue_offset) const {
  const auto record = find_in_queue(topic, queue_id, queue_offset);
  return record ? record->store_timestamp : -1;
}

void MessageStore::remove_topic(std::string_view topic) {
  const auto t = topics_.find(topic);
  if (t == topics_.end()) return;
  for (const auto& [id, queue] : t->second.queues) {
    for (const std::uint64_t number : queue.numbers) records_[number - first_number_].in_queue = false;
  }
  t->second.queues.clear();
}

std::optional<StoredRecord> MessageStore::find_in_queue(std::string_view topic, std::int32_t queue_id,
                                                        std::int64_t queue_offset) const {
  const Queue* const queue = find_queue(topic, queue_id);
  if (queue == nullptr || queue_offset < queue->first || queue_offset >= queue->next()) return std::nullopt;
  return find(queue->numbers[static_cast<std::size_t>(queue_offset - queue->first)]);
}

std::uint64_t MessageStore::stored_in_topic(std::string_view topic) const {
  const auto t = topics_.find(topic);
  return t == topics_.end() ? 0 : t->second.stored;
}

std::optional<StoredRecord> MessageStore::find(std::uint64_t number) const {
  if (number < first_number_ || number >= next_number()) return std::nullopt;
  return view(number, records_[number - first_number_]);
}

std::optional<StoredRecord> MessageStore::find_physical(std::int64_t physical_offset) const {
  std::size_t low = 0;
  for (std::size_t high = records_.size(); low < high;) {
    const std::size_t middle = low + (high - low) / 2;
    if (records_[middle].physical_offset < physical_offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == records_.size() || records_[low].physical_offset != physical_offset) return std::nullopt;
  return view(first_number_ + low, records_[low]);
}

std::optional<KeyCount> MessageStore::find_key(std::string_view uniq_key) const {
  if (keys_.empty() || uniq_key.empty()) return std::nullopt;
  const KeySlot& slot = keys_[key_slot(uniq_key, key_hash(uniq_key))];
  if (slot.hash == 0) return std::nullopt;
  KeyCount count{newest(slot).key_stored, newest(slot).key_evicted_acknowledged};
  for (std::uint64_t n = newest_number(slot);;) {
    const Record& r = records_[n - first_number_];
    count.acknowledged += r.acknowledged ? 1 : 0;
    if (r.previous >= n || r.previous < first_number_) return count;
    n = r.previous;
  }
}

StoredRecord MessageStore::view(std::uint64_t number, const Record& r) const {
  StoredRecord out;
  out.number = number;
  out.topic = r.topic->first;
  out.queue_id = r.queue_id;
  out.queue_offset = r.queue_offset;
  out.physical_offset = r.physical_offset;
  out.flag = r.flag;
  out.sys_flag = r.sys_flag;
  out.born_timestamp = r.born_timestamp;
  out.store_timestamp = r.store_timestamp;
  out.reconsume_times = r.reconsume_times;
  out.prepared_transaction_offset = r.prepared_transaction_offset;
  out.born_host = {r.data, r.host_length};
  out.uniq_key = r.key();
  out.properties = {r.data + r.host_length + r.key_length, r.properties_length};
  out.body = {r.data + r.host_length + r.key_length + r.properties_length, r.body_length};
  out.acknowledged = r.acknowledged;
  out.in_queue = r.in_queue;
  return out;
}

StoredMessage to_stored_message(const StoredRecord& r, const HostAddress& store_host) {
  StoredMessage m;
  m.queue_id = r.queue_id;
  m.flag = r.flag;
  m.queue_offset = r.queue_offset;
  m.physical_offset = r.physical_offset;
  m.sys_flag = r.sys_flag;
  m.born_timestamp = r.born_timestamp;
  m.born_host = HostAddress::parse(r.born_host).value_or(HostAddress::v4(0, 0, 0, 0, 0));
  m.store_timestamp = r.store_timestamp;
  m.store_host = store_host;
  m.reconsume_times = r.reconsume_times;
  m.prepared_transaction_offset = r.prepared_transaction_offset;
  m.body = r.body;
  m.topic = r.topic;
  m.properties = r.properties;
  return m;
}

}  // namespace rmqsim
