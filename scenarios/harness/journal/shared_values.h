// Values of which there are few and that many have: each is kept once, as long as somebody has it. A Value is made of
// its Value::Key, which views texts, and has a key() that views its own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

namespace rmqsim {

template <class Value>
class SharedValues {
 public:
  class Shared : public Value {
   public:
    explicit Shared(const typename Value::Key& key) : Value(key) {}

   private:
    friend class SharedValues;
    std::uint64_t users_ = 0;
  };
  /// To be given back by whoever took it; null is nothing.
  using Handle = Shared*;

  Handle take(const typename Value::Key& key) {
    const auto found = values_.find(key);
    if (found != values_.end()) return share(found->second.get());
    auto made = std::make_unique<Shared>(key);
    const Handle handle = made.get();
    values_.emplace(handle->key(), std::move(made));
    return share(handle);
  }
  Handle share(Handle one) {
    ++one->users_;
    return one;
  }
  void give_back(Handle one) {
    if (one == nullptr || --one->users_ > 0) return;
    const auto last = values_.extract(one->key());  // its key views what goes with it
  }
  std::size_t size() const { return values_.size(); }

 private:
  std::map<typename Value::Key, std::unique_ptr<Shared>> values_;
};

}  // namespace rmqsim
