// A map that is walked in the order in which Java walks java.util.concurrent.ConcurrentHashMap or java.util.HashMap:
// bucket by bucket of a table that grows and never shrinks, and within a bucket in the order that insertions and
// growth have left. Wherever a walk of Java's can be seen from outside (who is asked first, which connection closes
// first), its map is one of these. Left out: bins of more than seven keys, which Java turns into trees.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "producer/remoting/codec/java_hash.h"

namespace rmqsim {

enum class JavaMapKind : std::uint8_t { concurrent_hash_map, hash_map };

struct JavaStringHash {
  std::int32_t operator()(std::string_view key) const { return java_hash(key); }
};

struct JavaLongHash {
  std::int32_t operator()(std::int64_t key) const { return static_cast<std::int32_t>(key ^ (key >> 32)); }
};

/// Entries stay where they are until they are erased.
template <class Value, class Key = std::string, class Hash = JavaStringHash>
class JavaMap {
 public:
  using value_type = std::pair<const Key, Value>;

  /// `buckets`: of the table at first, a power of two. Java's `new ConcurrentHashMap(n)` has the next one from
  /// 1.5n + 1 on; both kinds have 16 by default.
  explicit JavaMap(JavaMapKind kind = JavaMapKind::concurrent_hash_map, std::uint32_t buckets = 16)
      : kind_(kind), bins_(buckets) {}
  JavaMap(const JavaMap&) = delete;
  JavaMap& operator=(const JavaMap&) = delete;
  JavaMap(JavaMap&&) = default;  ///< leaves one behind that may only be destroyed

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  /// nullptr when there is none.
  template <class K>
  value_type* find(const K& key) {
    const auto it = entries_.find(key);
    return it == entries_.end() ? nullptr : &*it;
  }
  template <class K>
  const value_type* find(const K& key) const {
    const auto it = entries_.find(key);
    return it == entries_.end() ? nullptr : &*it;
  }
  template <class K>
  bool contains(const K& key) const {
    return entries_.find(key) != entries_.end();
  }

  /// The entry, and whether it is new.
  template <class... Args>
  std::pair<value_type*, bool> try_emplace(const Key& key, Args&&... args) {
    const auto [it, added] = entries_.try_emplace(key, std::forward<Args>(args)...);
    if (added) enter(*it);
    return {&*it, added};
  }
  Value& operator[](const Key& key) { return try_emplace(key).first->second; }

  template <class K>
  bool erase(const K& key) {
    const auto it = entries_.find(key);
    if (it == entries_.end()) return false;
    std::erase(bin_of(it->first), &*it);
    entries_.erase(it);
    return true;
  }
  /// In order.
  template <class Predicate>
  void erase_if(Predicate predicate) {
    std::vector<Key> dead;
    for (value_type& entry : *this) {
      if (predicate(entry)) dead.push_back(entry.first);
    }
    for (const Key& key : dead) erase(key);
  }
  void clear() {
    for (Bin& bin : bins_) bin.clear();
    entries_.clear();
  }
  /// Empties the map; what was in it, in order.
  std::vector<Value> take_all() {
    std::vector<Value> values;
    for (value_type& entry : *this) values.push_back(std::move(entry.second));
    clear();
    return values;
  }

  template <class Entry>
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    using pointer = Entry*;
    using reference = Entry&;

    Iterator() = default;
    Iterator(const JavaMap* map, std::size_t bin) : map_(map), bin_(bin) { settle(); }
    Entry& operator*() const { return *map_->bins_[bin_][at_]; }
    Entry* operator->() const { return map_->bins_[bin_][at_]; }
    Iterator& operator++() {
      ++at_;
      settle();
      return *this;
    }
    Iterator operator++(int) {
      Iterator former = *this;
      ++*this;
      return former;
    }
    bool operator==(const Iterator& other) const { return bin_ == other.bin_ && at_ == other.at_; }

   private:
    void settle() {
      while (bin_ < map_->bins_.size() && at_ >= map_->bins_[bin_].size()) {
        ++bin_;
        at_ = 0;
      }
    }
    const JavaMap* map_ = nullptr;
    std::size_t bin_ = 0;
    std::size_t at_ = 0;
  };
  // Walks in Java's order; good until an entry comes or goes.
  Iterator<value_type> begin() { return {this, 0}; }
  Iterator<value_type> end() { return {this, bins_.size()}; }
  Iterator<const value_type> begin() const { return {this, 0}; }
  Iterator<const value_type> end() const { return {this, bins_.size()}; }

 private:
  using Bin = std::vector<value_type*>;

  Bin& bin_of(const Key& key) { return bins_[java_bucket(Hash{}(key), static_cast<std::uint32_t>(bins_.size()))]; }

  void enter(value_type& entry) {
    bin_of(entry.first).push_back(&entry);
    const std::size_t threshold = bins_.size() - bins_.size() / 4;
    const bool concurrent = kind_ == JavaMapKind::concurrent_hash_map;
    if (entries_.size() >= threshold + (concurrent ? 0 : 1)) grow();
  }

  /// Each bin is split in two. HashMap keeps the order; ConcurrentHashMap keeps that of the last run of entries that go
  /// the same way, and puts each of those before it in front of its new bin.
  void grow() {
    const auto former = static_cast<std::uint32_t>(bins_.size());
    std::vector<Bin> bins(2 * bins_.size());
    for (std::uint32_t i = 0; i < former; ++i) {
      const Bin& bin = bins_[i];
      std::vector<std::uint32_t> target(bin.size());
      for (std::size_t k = 0; k < bin.size(); ++k) target[k] = java_bucket(Hash{}(bin[k]->first), 2 * former);
      std::size_t run = 0;
      if (kind_ == JavaMapKind::concurrent_hash_map) {
        for (std::size_t k = 1; k < bin.size(); ++k) {
          if (target[k] != target[k - 1]) run = k;
        }
      }
      for (std::size_t k = run; k < bin.size(); ++k) bins[target[k]].push_back(bin[k]);
      for (std::size_t k = 0; k < run; ++k) bins[target[k]].insert(bins[target[k]].begin(), bin[k]);
    }
    bins_ = std::move(bins);
  }

  JavaMapKind kind_;
  std::map<Key, Value, std::less<>> entries_;
  std::vector<Bin> bins_;
};

}  // namespace rmqsim
