// The requests in flight of one client, by opaque (NettyRemotingAbstract.responseTable). Pure: it decides which request
// an answer, a closed channel or the passing of time completes; RemotingClient performs. As in Java the channel that an
// answer comes from is not compared with the one that the request left by (behaviour §9.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/mq_error.h"
#include "producer/transport/function.h"
#include "producer/transport/runtime.h"
#include "producer/transport/time.h"

namespace rmqsim {

using ChannelId = std::uint64_t;
inline constexpr ChannelId kNoChannel = 0;  ///< of a request that waits for a connection to be sent again by

/// The caller is to encode its request once more, under this opaque (behaviour §9.9).
struct EncodeAgain {
  std::int32_t opaque;
  std::string frame;
};

/// An answer, or why there is none; the pointers are valid during the call only. With nothing set it says that Java's
/// invokeAsync or invokeOneway would have returned to its caller now.
struct InvokeResult {
  RemotingCommand* response = nullptr;
  MQError* error = nullptr;
  /// The error was raised by invokeAsync/invokeOneway itself instead of being reported later (4.9.8, behaviour §9.4).
  bool thrown = false;
  /// When the request went into the table of those in flight; nullopt: it never did.
  std::optional<TimePoint> written = std::nullopt;
  /// Not an outcome, but a question that may come before it. A handler that leaves the frame empty cannot repeat it.
  EncodeAgain* again = nullptr;

  bool returned() const { return response == nullptr && error == nullptr && again == nullptr; }
};
using InvokeHandler = Function<void(InvokeResult)>;

struct PendingRequest {
  std::int32_t code = 0;
  bool sync = true;
  bool repeated = false;           ///< after a GO_AWAY (behaviour §9.9)
  bool outcome_waits = false;      ///< for a thread to complete it on; only its deadline can be faster
  bool peer_closed = false;        ///< 4.9.8: a FIN came, which fails nothing there; remembered for ledgers
  ChannelId channel = kNoChannel;    ///< that its answer is to come from
  ChannelId called_on = kNoChannel;  ///< that it was first sent by, and that a sync call closes if it fails
  std::int64_t timeout_millis = 0;    ///< budget of the wait, what was left after connecting
  std::int64_t requested_millis = 0;  ///< budget of the whole call
  std::string remote;                 ///< the channel's address as exception texts spell it
  TimePoint begin{};
  std::optional<TimePoint> end;  ///< of a wait that ends in time: what comes then or later is too late for it
  ThreadId caller = 0;           ///< the logical thread that a sync request blocks
  InvokeHandler handler;

  bool over(TimePoint now) const { return end && now >= *end; }
};

class ResponseTable {
 public:
  /// A request with an end times out `slack` after it; one without, an async one, is found by scan() only.
  void add(std::int32_t opaque, PendingRequest request, Duration slack);
  std::optional<PendingRequest> take(std::int32_t opaque);
  /// nullptr when there is none (any more); valid until the table changes.
  PendingRequest* find(std::int32_t opaque);

  /// Opaques of sync requests whose deadline has come, in order of deadline.
  std::vector<std::int32_t> expired(TimePoint now);
  /// Opaques of async requests that the periodic scan gives up: begin + timeout + 1 s has passed (behaviour §9.4.1). Of
  /// those that wait for a connection it knows nothing. Here and below, in the order in which Java's table is walked.
  std::vector<std::int32_t> scan(TimePoint now) const;
  /// Opaques that wait on a channel.
  std::vector<std::int32_t> of_channel(ChannelId channel) const;
  /// Of those that can still be answered in time.
  void mark_peer_closed(ChannelId channel, TimePoint now);

  /// When expired() may find something; nullopt when no sync request waits.
  std::optional<TimePoint> next_deadline();
  std::size_t size() const { return pending_.size(); }
  /// Deadlines of answered requests that are kept beyond as many as may be (add() drops them).
  std::size_t stale_deadlines() const;

 private:
  using Map = std::unordered_map<std::int32_t, PendingRequest>;
  using Deadline = std::pair<TimePoint, std::int32_t>;
  void drop_stale();
  void in_java_order(std::vector<std::int32_t>& opaques) const;

  Map pending_;
  std::size_t most_ = 0;  // requests at one time: Java's table never shrinks
  std::vector<Map::node_type> spare_;  // nodes of answered requests, so that a steady load allocates nothing
  std::vector<Deadline> deadlines_;    // min-heap; entries of answered requests are dropped when they surface
};

}  // namespace rmqsim
