// Who is connected to which server, and what is known of it from its requests. Under the monitor.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "scenarios/harness/journal/request_journal.h"

namespace rmqsim {

struct OpenConnection {
  TimePoint since{};
  std::string group;           ///< the last that it named; empty: none yet
  std::uint64_t requests = 0;
  bool broker = false;         ///< it registered itself
};

class ConnectionBook {
 public:
  /// More than a machine has descriptors for; what comes beyond is not listed.
  static constexpr std::size_t kMax = 20'000;

  void opened(std::string_view server, std::string_view peer, TimePoint at);
  void closed(std::string_view server, std::string_view peer);
  void asked(const RequestSource& source);

  /// By server and "ip:port" of the peer, which may be asked for as views.
  struct InOrder {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return std::pair<std::string_view, std::string_view>(a) < std::pair<std::string_view, std::string_view>(b);
    }
  };
  using Open = std::map<std::pair<std::string, std::string>, OpenConnection, InOrder>;
  const Open& open() const { return open_; }

 private:
  static void learn(const RequestSource& source, OpenConnection& connection);

  Open open_;
  // What asked last: most requests follow one of the same source.
  Open::iterator last_ = open_.end();
  std::uint64_t last_source_ = 0;  ///< 0: none of an open connection
};

}  // namespace rmqsim
