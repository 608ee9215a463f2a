// The piece rule of string2messageProperties is in one place, next_pair(), for decode() and find_property() alike.
#include "producer/remoting/bodies/message_properties.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace rmqsim {
namespace {

constexpr char kNameValue = '\x01';
constexpr char kProperty = '\x02';
// Above this many properties keys are indexed, so that hostile text does not make decoding quadratic.
constexpr std::size_t kFew = 64;
constexpr std::size_t kUsual = 4;  // UNIQ_KEY, WAIT, TAGS and one more

// Takes the next acceptable pair off the front of `text`; false when there is none left.
bool next_pair(std::string_view& text, std::string_view& key, std::string_view& value) {
  while (!text.empty()) {
    const std::size_t end = text.find(kProperty);
    const std::string_view piece = text.substr(0, end);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    if (piece.size() < 3) continue;
    const std::size_t split = piece.find(kNameValue);
    if (split == piece.npos || split == 0 || split + 1 == piece.size()) continue;
    key = piece.substr(0, split);
    value = piece.substr(split + 1);
    return true;
  }
  return false;
}

}  // namespace

MessageProperties::MessageProperties(std::initializer_list<Entry> entries) {
  for (const Entry& e : entries) set(e.first, e.second);
}

std::string& MessageProperties::slot(std::string_view key) {
  for (Entry& e : entries_) {
    if (e.first == key) return e.second;
  }
  if (entries_.empty()) entries_.reserve(kUsual);
  return entries_.emplace_back(std::piecewise_construct, std::forward_as_tuple(key), std::forward_as_tuple()).second;
}

bool MessageProperties::remove(std::string_view key) {
  return std::erase_if(entries_, [&](const Entry& e) { return e.first == key; }) != 0;
}

const std::string* MessageProperties::find(std::string_view key) const {
  for (const Entry& e : entries_) {
    if (e.first == key) return &e.second;
  }
  return nullptr;
}

std::string_view MessageProperties::get(std::string_view key, std::string_view otherwise) const {
  const std::string* const found = find(key);
  return found != nullptr ? std::string_view(*found) : otherwise;
}

void MessageProperties::encode_to(std::string& out, bool trailing_separator) const {
  std::size_t room = out.size();
  for (const Entry& e : entries_) room += e.first.size() + e.second.size() + 2;
  out.reserve(room);
  for (const Entry& e : entries_) {
    out.append(e.first);
    out += kNameValue;
    out.append(e.second);
    out += kProperty;
  }
  if (!trailing_separator && !entries_.empty()) out.pop_back();
}

std::string MessageProperties::encode(bool trailing_separator) const {
  std::string out;
  encode_to(out, trailing_separator);
  return out;
}

MessageProperties MessageProperties::decode(std::string_view text) {
  MessageProperties p;
  std::unordered_map<std::string_view, std::size_t> index;  // looked up only, never iterated
  std::string_view key, value;
  while (next_pair(text, key, value)) {
    if (p.entries_.size() < kFew) {
      p.set(key, value);
      continue;
    }
    if (index.empty()) {
      // The keys viewed by the index must not move: no growth of the vector after this.
      const auto rest = static_cast<std::size_t>(std::count(text.begin(), text.end(), kProperty));
      p.entries_.reserve(p.entries_.size() + rest + 2);
      for (std::size_t i = 0; i < p.entries_.size(); ++i) index.emplace(p.entries_[i].first, i);
    }
    const auto [it, fresh] = index.emplace(key, p.entries_.size());
    if (fresh) {
      p.entries_.emplace_back(key, value);
    } else {
      p.entries_[it->second].second = value;
    }
  }
  return p;
}

bool MessageProperties::same_as(const MessageProperties& other) const {
  auto a = entries_, b = other.entries_;
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

std::optional<std::string_view> find_property(std::string_view text, std::string_view key) {
  std::optional<std::string_view> found;
  std::string_view k, v;
  while (next_pair(text, k, v)) {
    if (k == key) found = v;
  }
  return found;
}

}  // namespace rmqsim
