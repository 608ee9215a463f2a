// The client side of remoting: one connection per address, requests in flight, time limits, closing rules
// (NettyRemotingClient, behaviour §9). A shell: ResponseTable, NameServerList and Profile decide. Drives
// itself by timers of its Runtime; everything runs under the monitor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "producer/profile/profile.h"
#include "producer/remoting/callback_threads.h"
#include "producer/remoting/codec/java_map.h"
#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/name_server_list.h"
#include "producer/remoting/response_table.h"
#include "producer/remoting/rpc_hook.h"
#include "producer/transport/continuation.h"
#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"

namespace rmqsim {

struct RemotingClientOptions {
  Duration connect_timeout = millis(3000);
  Duration max_idle = millis(120'000);  ///< a channel neither read nor written for so long is closed
  std::size_t max_frame = FrameDecoder::kDefaultMaxFrame;
  bool close_socket_if_timeout = true;
  bool enable_reconnect_for_go_away = true;
  /// How long a channel that a sync timeout has closed can still be picked by the next request, which then fails
  /// with RemotingSendRequestException (quirk 40). Real clients differ from run to run there; zero means never.
  Duration close_delay = Duration::zero();
  /// Of every request's header; Java's ROCKETMQ_SERIALIZE_TYPE.
  SerializeType serialize_type = SerializeType::JSON;
  std::size_t callback_threads = 4;  ///< logical threads that async completions are attributed to, in turn
  std::string node = "client";       ///< who reports in traces
};

/// A request already encoded: its frame must carry `opaque`. The bytes are copied only if a connection must be made.
struct EncodedRequest {
  std::int32_t code = 0;
  std::int32_t opaque = 0;
  std::string_view bytes;
  /// Set when there are RPC hooks: what they are to see, encoded after them; `bytes` is then empty.
  const RemotingCommand* command = nullptr;
};

class RemotingClient {
 public:
  RemotingClient(Runtime& runtime, Transport& transport, const Profile& profile, RemotingClientOptions options);
  ~RemotingClient();
  RemotingClient(const RemotingClient&) = delete;

  /// Starts the periodic scan of the response table.
  void start();
  /// Fails what is in flight and closes all channels.
  void shutdown();
  /// After shutdown(), when nobody is left who could be told: requests that its failures began anew, and whoever waits
  /// for a connection, are dropped without a word.
  void forget();

  /// The list of nameservers; see NameServerList::update.
  void update_name_server_address_list(std::vector<std::string> addresses);
  const NameServerList& name_servers() const { return name_servers_; }

  std::int32_t next_opaque() { return next_opaque_++; }

  /// Adds a hook behind those there are (behaviour §9.10). With any hook, requests must come with their command.
  void registerRPCHook(std::shared_ptr<RPCHook> hook) { rpc_hooks_.push_back(std::move(hook)); }
  bool has_rpc_hooks() const { return !rpc_hooks_.empty(); }
  SerializeType serialize_type() const { return options_.serialize_type; }

  // An empty address means the nameserver. Times are in whole milliseconds, as in Java. What a hook throws is a
  // RuntimeException: of a sync request it is the outcome; of an async or oneway one it is thrown to the caller in
  // 4.9.8, while 5.3.3 loses it together with the request, so that no answer and no timeout ever comes (quirk 28).

  /// Completes once, with the answer or: RemotingConnectException; RemotingTimeoutException after `timeout` (which
  /// closes the channel by the rule of behaviour §9.3, failing all other requests on it); RemotingSendRequestException
  /// when the channel closes first. Connecting counts against the timeout but is bounded only by the connect timeout.
  void invoke_sync(std::string_view address, const EncodedRequest& request, std::int64_t timeout_millis,
                   InvokeHandler handler);
  /// As above, but a timeout is noticed by the scan only, 1.0 to 2.1 s late, and closes nothing. The handler is first
  /// called with a returned() result, at once in 5.3.3, after connecting and writing in 4.9.8 (not if that throws).
  /// It may be called twice with an error in 5.3.3, when connecting took longer than the timeout (quirk 22).
  void invoke_async(std::string_view address, const EncodedRequest& request, std::int64_t timeout_millis,
                    InvokeHandler handler);
  /// Completes with a returned() result: when the request was handed to the network, or at once where the profile does
  /// not wait (behaviour §9.5); else with RemotingConnectException, thrown. Where it did not wait and the connect
  /// fails, the handler is called again with that error, which Java drops and only a ledger wants to know.
  void invoke_oneway(std::string_view address, const EncodedRequest& request, InvokeHandler handler);

  /// Called for each new connection with the remote "ip:port".
  void set_on_channel_active(Function<void(const std::string&)> handler) { on_channel_active_ = std::move(handler); }
  /// Requests from servers. `answer` comes as a success and is sent if the function says so and the request is not
  /// one-way. Unknown codes are answered with 3.
  enum class Processed : std::uint8_t { unknown, silent, answered };
  using RequestProcessor =
      Function<Processed(const std::string& remote, RemotingCommand& request, RemotingCommand& answer)>;
  void set_request_processor(RequestProcessor processor) { request_processor_ = std::move(processor); }

  /// Whether a request to that address would find a connection.
  bool connected_to(std::string_view address) const;
  std::size_t requests_in_flight() const { return table_.size(); }
  /// ResponseTable::stale_deadlines.
  std::size_t stale_deadlines() const { return table_.stale_deadlines(); }
  /// To be told of every callback of a user's that runs (behaviour §9.3).
  const std::shared_ptr<CallbackThreads>& callback_threads() const { return callback_slots_; }

 private:
  class Channel;
  struct Wrapper;
  using ChannelHandler = Function<void(Channel*)>;  // nullptr: could not connect

  void with_channel(std::string_view address, ChannelHandler handler);
  void with_channel_at(std::string_view address, ChannelHandler handler);
  void with_name_server_channel(std::size_t tries_left, ChannelHandler handler);
  void connect(const std::string& address, ChannelHandler handler);
  void on_connected(const std::string& address, error_code ec, std::shared_ptr<Connection> connection);
  void on_frame(Channel& channel, RemotingCommand& command);
  void on_response(Channel& channel, RemotingCommand& command);
  bool outcome_waits(std::int32_t opaque);
  bool too_late(const PendingRequest& pending, std::int32_t opaque);
  void on_go_away(Channel& channel, PendingRequest request);
  void repeat(Channel* channel, const EncodeAgain& again);
  void fail_go_away(PendingRequest& request, std::string why);
  void close_call(const PendingRequest& request);
  std::shared_ptr<Channel> find_channel(ChannelId id) const;
  void on_channel_closed(Channel& channel, error_code reason);
  void close_channel(Channel& channel, WireOutcome outcome);
  void fail_pending(Channel& channel, WireOutcome outcome);
  void write(Channel& channel, const EncodedRequest& request);
  void send_sync(Channel* channel, const std::string& address, const EncodedRequest& request, TimePoint begin,
                 std::int64_t timeout_millis, InvokeHandler handler);
  void send_async(Channel* channel, const std::string& address, const EncodedRequest& request, TimePoint begin,
                  std::int64_t timeout_millis, InvokeHandler handler);
  void send_oneway(Channel& channel, const std::string& address, const EncodedRequest& request, bool returned,
                   InvokeHandler& handler);
  std::optional<MQError> before_request(const std::string& remote, RemotingCommand& request);
  std::optional<MQError> after_response(const std::string& remote, const RemotingCommand& request,
                                        RemotingCommand& response);
  std::string hook_address(const Channel& channel, const std::string& asked) const;
  std::optional<MQError> encode_hooked(std::string remote, EncodedRequest& request, std::string& bytes,
                                       InvokeHandler* handler);
  void complete(PendingRequest& request, InvokeResult result);
  void on_timeout(std::int32_t opaque);
  void arm_deadline_timer();
  void arm_scan();
  void scan();
  void close_idle_channels();
  MQError connect_error(const std::string& address) const;
  MQError send_failure(bool sync, const std::string& remote, WireOutcome outcome) const;
  void bury(const std::string& address, std::shared_ptr<Channel> channel);

  Runtime& runtime_;
  Transport& transport_;
  const Profile& profile_;
  RemotingClientOptions options_;
  NameServerList name_servers_;
  ResponseTable table_;
  JavaMap<Wrapper> channels_;
  std::vector<std::shared_ptr<Channel>> replaced_;   // after a GO_AWAY; their requests in flight may still be answered
  std::vector<std::shared_ptr<Channel>> graveyard_;  // closed during one of their own calls; freed at the next turn
  std::unique_ptr<Timer> deadline_timer_;
  std::optional<TimePoint> deadline_armed_;
  std::unique_ptr<Timer> scan_timer_;
  TimePoint started_{};
  TimePoint next_scan_{};
  RemotingCommand incoming_;
  std::string scratch_;
  std::vector<std::shared_ptr<RPCHook>> rpc_hooks_;
  Function<void(const std::string&)> on_channel_active_;
  RequestProcessor request_processor_;
  ThreadId selector_thread_;                // Java's event loop
  std::vector<ThreadId> callback_threads_;  // Java's callback executor
  std::size_t next_callback_thread_ = 0;
  std::shared_ptr<CallbackThreads> callback_slots_;
  std::int32_t next_opaque_ = 0;
  ChannelId next_channel_ = 1;
  bool running_ = false;
  bool shut_down_ = false;
  bool forgotten_ = false;  ///< nobody is told of anything any more
  std::shared_ptr<char> alive_ = std::make_shared<char>();  // handlers check it before touching `this`
};

}  // namespace rmqsim
