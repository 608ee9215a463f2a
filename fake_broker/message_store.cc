#include "fake_broker/message_store.h"

#include <algorithm>
#include <cstring>

#include "producer/remoting/message_properties.h"

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

char* MessageStore::reserve(std::size_t n) {
  if (segments_.empty() || segments_.back().size - segments_.back().used < n) {
    Segment segment;
    segment.size = std::max(n, kSegmentBytes);
    segment.data = std::make_unique_for_overwrite<char[]>(segment.size);
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
  r.queue_offset = r.in_queue ? queue.next++ : 0;
  ++topic->second.stored;
  r.born_timestamp = m.born_timestamp;
  r.store_timestamp = m.store_timestamp;
  r.queue_id = m.queue_id;
  r.flag = m.flag;
  r.sys_flag = m.sys_flag;
  r.reconsume_times = m.reconsume_times;
  r.acknowledged = false;
  const std::uint64_t number = next_number();
  records_.push_back(r);
  bytes_ += r.data_length() + kBookkeeping;
  if (r.key_length != 0) count_key(number, r.key());
  while (bytes_ > max_bytes_ && records_.size() > 1) evict_oldest();
  return {number, r.physical_offset, r.queue_offset};
}

void MessageStore::count_key(std::uint64_t number, std::string_view key) {
  KeyState& state = keys_[key];
  ++state.count.stored;
  ++state.kept;
  state.newest = number;
  if (state.count.stored > 1) ++duplicates_;
}

void MessageStore::evict_oldest() {
  const Record r = records_.front();
  if (r.in_queue) r.topic->second.queues[r.queue_id].first = r.queue_offset + 1;
  if (r.key_length != 0) {
    const auto it = keys_.find(r.key());
    if (it != keys_.end() && --it->second.kept == 0) {
      keys_.erase(it);
    } else if (it != keys_.end() && it->first.data() == r.key().data()) {
      // The table's key lies in the memory that goes; the newest record with that key has the same bytes.
      auto node = keys_.extract(it);
      node.key() = records_[node.mapped().newest - first_number_].key();
      keys_.insert(std::move(node));
    }
  }
  bytes_ -= r.data_length() + kBookkeeping;
  records_.pop_front();
  ++first_number_;
  if (--segments_.front().records == 0) segments_.pop_front();
}

void MessageStore::acknowledge(StoredRange range) {
  for (std::uint64_t n = range.first; n < range.first + range.count; ++n) {
    ++acknowledged_;
    if (n < first_number_ || n >= next_number()) continue;
    Record& r = records_[n - first_number_];
    r.acknowledged = true;
    const auto it = keys_.find(r.key());
    if (r.key_length != 0 && it != keys_.end()) ++it->second.count.acknowledged;
  }
}

std::int64_t MessageStore::max_offset(std::string_view topic, std::int32_t queue_id) const {
  const auto t = topics_.find(topic);
  if (t == topics_.end()) return 0;
  const auto q = t->second.queues.find(queue_id);
  return q == t->second.queues.end() ? 0 : q->second.next;
}

std::int64_t MessageStore::min_offset(std::string_view topic, std::int32_t queue_id) const {
  const auto t = topics_.find(topic);
  if (t == topics_.end()) return 0;
  const auto q = t->second.queues.find(queue_id);
  return q == t->second.queues.end() ? 0 : q->second.first;
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
  const auto it = std::lower_bound(records_.begin(), records_.end(), physical_offset,
                                   [](const Record& r, std::int64_t offset) { return r.physical_offset < offset; });
  if (it == records_.end() || it->physical_offset != physical_offset) return std::nullopt;
  return view(first_number_ + static_cast<std::uint64_t>(it - records_.begin()), *it);
}

std::optional<KeyCount> MessageStore::find_key(std::string_view uniq_key) const {
  const auto it = keys_.find(uniq_key);
  if (it == keys_.end()) return std::nullopt;
  return it->second.count;
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
  out.born_host = {r.data, r.host_length};
  out.uniq_key = r.key();
  out.properties = {r.data + r.host_length + r.key_length, r.properties_length};
  out.body = {r.data + r.host_length + r.key_length + r.properties_length, r.body_length};
  out.acknowledged = r.acknowledged;
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
  m.body = r.body;
  m.topic = r.topic;
  m.properties = r.properties;
  return m;
}

}  // namespace rmqsim
