// What a recording keeps of an exchange, and how a line of its journal says it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "producer/remoting/bodies/topic_route_data.h"
#include "tools/proxy/proxy_front.h"

namespace rmqsim {

/// A request that a fault rule could name.
struct RecordedRequest {
  std::string server;
  std::string target;        ///< as `on` names it
  std::uint64_t number = 0;  ///< in the order in which requests came to the server
  std::string outcome;
  std::optional<std::string> remark;
  std::int32_t code = 0;  ///< of the answer
  bool nameserver = false;  ///< the server is one
  bool oneway = false;
  bool answered = false;  ///< and the client heard it
  bool taken = false;     ///< the server itself said that it was done; one-way: got it
  TimePoint at;
  Duration took{0};
};

/// What a request that carries messages has besides.
struct RecordedSend {
  std::size_t seen = 0;  ///< index of its request; the recorder's
  std::string group, topic, key;
  std::int32_t queue_id = 0;
  std::int32_t version = 0;
  std::size_t body_bytes = 0;
  std::size_t messages = 1;
  bool oneway = false;
  bool half = false;    ///< of a transaction
  std::string content;  ///< what of it is recorded, as JSON; empty: its size
};

/// An END_TRANSACTION, or the check that asks for one.
struct RecordedEnd {
  std::string key;
  bool asked = false;       ///< the check
  bool from_check = false;  ///< the answer to one
  std::int32_t state = 0;   ///< commitOrRollback
  TimePoint at;
};

/// One entry of a journal.
struct RecordedExchange {
  std::optional<RecordedRequest> request;
  std::optional<RecordedSend> send;
  std::optional<RecordedEnd> end;
};
struct RecordedBroker {
  std::string server;  ///< as rules name it
  std::string broker;
  std::int64_t id = 0;
};
struct RecordedRoute {
  std::string topic;
  TopicRouteData route;
};

/// Of an exchange, what there is to keep. `content`: of messages, too.
RecordedExchange recorded_exchange(const Exchange& exchange, bool content);

/// Whether a scenario can have a send with such names, of such a kind (format §1.3, §1.5).
bool can_be_said(const RecordedSend& send);

/// One line of JSON, without its end.
std::string journal_line(const RecordedExchange& exchange);
std::string journal_line(const RecordedBroker& broker);
std::string journal_line(const RecordedRoute& route);

struct JournalEntryRead {
  std::optional<RecordedExchange> exchange;
  std::optional<RecordedBroker> broker;
  std::optional<RecordedRoute> route;
};
/// Nothing is set when it is no whole line of a journal.
JournalEntryRead read_journal_line(std::string_view line);

}  // namespace rmqsim
