// What a run's clients say and hear, seen where they hand it to the network: every request, answer and connection, in
// any world. Nothing of it changes; the bytes pass as they are. All under the monitor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"

namespace rmqsim {

/// One end of a connection; the texts live as long as the connection.
struct WireEnd {
  std::string_view client;       ///< the producer's name in the scenario
  std::string_view server;       ///< name of the server, or its address when it has none
  std::uint64_t connection = 0;  ///< of the run, from 1
  TimePoint at{};
};

/// A request with what several want to know of it, so that it is looked for once.
struct WireRequest {
  WireRequest(const RemotingCommand& said);  // from what every decoder gives
  const RemotingCommand& command;
  /// The key of the message that it carries; empty for requests that are no sends, and for messages without one.
  std::string_view key;
};

class WireEvents {
 public:
  virtual ~WireEvents() = default;
  /// The client asks for a connection; `end` has none yet. Each is followed by connected() or not_connected().
  virtual void connecting(const WireEnd& end) { (void)end; }
  virtual void not_connected(const WireEnd& end) { (void)end; }
  virtual void connected(const WireEnd& end) { (void)end; }
  /// Of a connection that was there. An empty reason: the client closed it.
  virtual void closed(const WireEnd& end, error_code reason) {
    (void)end;
    (void)reason;
  }
  /// Written by the client, which does not mean that it arrives.
  virtual void request(const WireEnd& end, const WireRequest& said) {
    (void)end;
    (void)said;
  }
  /// Arrived at the client, which need not wait for it any more.
  virtual void answer(const WireEnd& end, const RemotingCommand& command) {
    (void)end;
    (void)command;
  }
};

class WireTap : public std::enable_shared_from_this<WireTap> {
 public:
  using NameOf = std::function<std::string(std::string_view address)>;
  /// `onlooker` may be null.
  WireTap(Runtime& runtime, WireEvents& events, NameOf name_of, TraceSink* onlooker = nullptr)
      : runtime_(runtime), events_(&events), onlooker_(onlooker), name_of_(std::move(name_of)) {}

  /// The network as that client sees it; lives as long as this.
  Transport& transport(const std::string& client, Transport& network);
  /// From now on nobody is told.
  void stop() {
    events_ = nullptr;
    onlooker_ = nullptr;
  }

 private:
  WireEnd connect_end(std::string_view client, std::string_view server) const {
    return {client, server, 0, runtime_.now()};
  }

  class TappedTransport;
  class TappedConnection;

  Runtime& runtime_;
  WireEvents* events_;
  TraceSink* onlooker_;
  NameOf name_of_;
  std::map<std::string, std::unique_ptr<Transport>, std::less<>> transports_;
  std::uint64_t connections_ = 0;
};

}  // namespace rmqsim
