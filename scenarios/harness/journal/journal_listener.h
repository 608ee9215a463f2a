// Who hears of a request as the journal enters it, and in what form: where it came from, which many have in common.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "producer/transport/time.h"

namespace rmqsim {

/// Who asked whom for what: what the requests of one client for one topic have in common.
struct RequestSource {
  using Key = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view, std::string_view,
                         std::int32_t, bool>;
  explicit RequestSource(const Key& key) { std::tie(server, peer, topic, group, rule, code, oneway) = key; }
  Key key() const { return {server, peer, topic, group, rule, code, oneway}; }
  /// As key() == other; what differs most often first.
  bool is(const Key& other) const {
    const auto& [its_server, its_peer, its_topic, its_group, its_rule, its_code, its_oneway] = other;
    return code == its_code && peer == its_peer && topic == its_topic && server == its_server && group == its_group &&
           rule == its_rule && oneway == its_oneway;
  }

  std::string server, peer, topic, group, rule;  ///< as in JournalEntry
  std::int32_t code = 0;
  bool oneway = false;
  std::uint64_t id = 0;  ///< no other has had it
};

/// Told of what the journal enters, as it does, and asked for the number of the event that it makes of it; 0: none.
class JournalListener {
 public:
  virtual ~JournalListener() = default;
  virtual std::uint64_t on_arrived(std::uint64_t number, const RequestSource& source) = 0;
  virtual std::uint64_t on_answered(std::uint64_t number, const RequestSource& source) = 0;
  /// It is dropped or cleared next; `last_event` is the last that was made of it.
  virtual void on_forgotten(std::uint64_t number, std::uint64_t last_event) = 0;
  virtual void on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) = 0;
  /// As ServerObserver::on_connection_rule.
  virtual void on_connection_rule(std::string_view server, std::string_view rule, std::string_view peer) = 0;
};

}  // namespace rmqsim
