// What went over a network, connection by connection, as the side on which a PacketCapture stands saw it: kept while
// a run lasts, written as a capture file afterwards (pcapng.h), when it is known what the bytes meant. Whoever captures
// for another process tells it instead (packet_line.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "producer/transport/time.h"
#include "producer/transport/transport.h"

namespace rmqsim {

/// Who is told what goes over a network.
class PacketSink {
 public:
  /// A connection, or an attempt at one.
  struct Link {
    std::string client, server;  ///< as ip:port; the client's of one that did not come about is empty
    std::string asker;           ///< who asked for it, as far as it has a name
    std::string asker_ip = {};   ///< empty: not known before a connection came about
    std::string server_name = {};  ///< empty: it has none
    bool tls = false;              ///< the bytes are what is inside
  };
  enum class Kind : std::uint8_t {
    asked,  ///< by the client
    opened,
    not_opened,  ///< `error` says why
    client_data,
    server_data,
    client_end,  ///< without an error in an orderly way, else by a reset
    server_end,
    lost,  ///< nobody ended it
  };
  struct Entry {
    TimePoint at{};
    std::size_t link = 0;
    Kind kind = Kind::asked;
    std::string bytes;
    error_code error{};
  };

  virtual ~PacketSink() = default;
  /// Its number from now on.
  virtual std::size_t add_link(Link link) = 0;
  virtual void add(Entry entry) = 0;
  virtual Link& link(std::size_t i) = 0;
};

class PacketLog final : public PacketSink {
 public:
  /// What is enough for whoever looks, and not too much for a machine.
  static constexpr std::size_t kUsualLimit = std::size_t{256} << 20;
  /// About so many bytes are kept; what comes afterwards is not.
  void set_limit(std::size_t bytes) { limit_ = bytes; }
  /// Whether anything came afterwards.
  bool full() const { return full_; }

  std::size_t add_link(Link link) override {
    links_.push_back(std::move(link));
    kept_ += sizeof(Link);
    return links_.size() - 1;
  }
  void add(Entry entry) override {
    kept_ += sizeof(Entry) + entry.bytes.size();
    full_ = full_ || kept_ > limit_;
    if (full_) return;
    in_order_ = in_order_ && (entries_.empty() || entries_.back().at <= entry.at);
    entries_.push_back(std::move(entry));
  }
  Link& link(std::size_t i) override { return links_[i]; }

  const std::vector<Link>& links() const { return links_; }
  /// In the order of time, those of the same time as they were told. Not for two threads at once.
  const std::vector<Entry>& entries() const {
    if (!in_order_) std::ranges::stable_sort(entries_, {}, &Entry::at);
    in_order_ = true;
    return entries_;
  }

 private:
  std::vector<Link> links_;
  mutable std::vector<Entry> entries_;
  mutable bool in_order_ = true;  // what is told late is put in its place when somebody asks
  std::size_t kept_ = 0;
  std::size_t limit_ = SIZE_MAX;
  bool full_ = false;
};

}  // namespace rmqsim
