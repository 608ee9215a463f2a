// Bodies that come again and again, decoded or compressed once: a route at every poll, heartbeats and registrations
// every 30 s, a message that is sent again and again, and all of them in each of a thousand simulated runs. One per
// thread and kind of body; what it answers depends on the bytes only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace rmqsim {

/// Keeps the last `kept` bodies of at most `longest` bytes.
template <class Decoded, std::size_t kept = 16, std::size_t longest = 16 << 10>
class RecentBodies {
 public:
  /// What `decode(body, decoded)`, true if it can, makes or made of that body; nullptr if it cannot. `form` is what
  /// else it depends on.
  template <class Decode>
  std::shared_ptr<const Decoded> get(std::string_view body, std::uint64_t form, const Decode& decode) {
    for (const Entry& entry : entries_) {
      if (entry.decoded && entry.form == form && entry.body == body) return entry.decoded;
    }
    auto decoded = std::make_shared<Decoded>();
    if (!decode(body, *decoded)) return nullptr;
    if (body.size() <= longest) {
      entries_[next_] = {std::string(body), form, decoded};
      next_ = (next_ + 1) % kept;
    }
    return decoded;
  }

 private:
  struct Entry {
    std::string body;
    std::uint64_t form = 0;
    std::shared_ptr<const Decoded> decoded;
  };
  std::array<Entry, kept> entries_;
  std::size_t next_ = 0;
};

}  // namespace rmqsim
