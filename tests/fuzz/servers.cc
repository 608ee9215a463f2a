// The two fakes as pure objects: a stream of frames, or of requests in a shape that a fuzzer can change without
// breaking lengths, goes in; every request is looked at by rules and observers, processed, answered and encoded. Memory
// must stay within what the settings allow.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "fake_broker/fake_broker.h"
#include "fake_namesrv/fake_namesrv.h"
#include "producer/remoting/acl_signer.h"
#include "tests/fuzz/targets.h"

namespace rmqsim::fuzz {

namespace {

constexpr std::size_t kStoreBytes = 64 * 1024;
constexpr std::size_t kMaxRequests = 64;

/// What peers sent as frames.
std::vector<RemotingCommand> from_frames(std::string_view bytes) {
  FrameDecoder decoder(1 << 20);
  std::vector<RemotingCommand> requests;
  RemotingCommand command;
  while (requests.size() < kMaxRequests && decoder.next(bytes, command) == FrameDecoder::Status::command) {
    requests.push_back(command);
  }
  return requests;
}

std::size_t take_number(std::string_view& bytes, std::size_t width) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < width && !bytes.empty(); ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
  }
  return value;
}

std::string_view take(std::string_view& bytes, std::size_t n) {
  const std::string_view piece = bytes.substr(0, n);
  bytes.remove_prefix(piece.size());
  return piece;
}

/// One request after the other: code (2 bytes), flags (1), lengths of fields (2) and body (2), fields as
/// `key=value\n`, body. Lengths beyond the end mean the rest.
std::vector<RemotingCommand> from_requests(std::string_view bytes) {
  std::vector<RemotingCommand> requests;
  while (requests.size() < kMaxRequests && !bytes.empty()) {
    const auto code = static_cast<std::int32_t>(take_number(bytes, 2));
    const std::size_t flags = take_number(bytes, 1);
    const std::size_t fields_length = take_number(bytes, 2);
    const std::size_t body_length = take_number(bytes, 2);
    RemotingCommand request = RemotingCommand::request(code, (flags & 4) != 0 ? 479 : 399);
    if ((flags & 1) != 0) request.mark_oneway();
    if ((flags & 2) != 0) request.serialize_type = SerializeType::ROCKETMQ;
    request.opaque = static_cast<std::int32_t>(requests.size());
    for (std::string_view fields = take(bytes, fields_length); !fields.empty();) {
      const std::size_t end = std::min(fields.find('\n'), fields.size());
      const std::string_view entry = fields.substr(0, end);
      fields.remove_prefix(std::min(end + 1, fields.size()));
      const std::size_t equals = entry.find('=');
      if (equals != std::string_view::npos) request.ext().set(entry.substr(0, equals), entry.substr(equals + 1));
    }
    request.body = take(bytes, body_length);
    requests.push_back(std::move(request));
  }
  return requests;
}

/// What the core wants to be sent besides answers is encoded, and who was woken is answered.
void empty_outbox(ServerCore& core, TimePoint now) {
  Outbox* const outbox = core.outbox();
  if (outbox == nullptr) return;
  std::string bytes;
  Reply reply;
  for (int rounds = 0; !outbox->empty() && rounds < 64; ++rounds) {
    const Outbox taken = std::exchange(*outbox, Outbox{});
    for (const ServerRequest& request : taken.requests) encode(request.command, bytes);
    for (const std::uint64_t number : taken.woken) {
      reply.clear();
      core.resume(number, now, reply);
      if (reply.has_response) encode(reply.response, bytes);
    }
  }
  if (!outbox->empty()) broken("broker", "held requests wake each other without end");
}

/// Requests to `core`, a second apart, from two connections in turn, one of which ends on the way.
void serve(ServerCore& core, const std::vector<RemotingCommand>& requests) {
  TimePoint now{std::chrono::seconds(1767225600)};
  Reply reply;
  std::uint64_t n = 0;
  for (const RemotingCommand& request : requests) {
    now += std::chrono::seconds(1);
    const Peer peer{1 + n % 2, n % 2 == 0 ? "127.0.0.1:40001" : "127.0.0.1:40002"};
    core.uniq_key(request, core.facts(request));
    reply.clear();
    core.process(request, peer, now, reply);
    std::string bytes;
    if (reply.has_response) {
      encode(reply.response, bytes);
      core.acknowledge(reply.stored);
      core.reshape(reply.response, ResponseCode::FLUSH_DISK_TIMEOUT, std::nullopt);
      core.reshape(reply.response, ResponseCode::SYSTEM_ERROR, "remark");
    }
    if (reply.push) encode(reply.push->command, bytes);
    empty_outbox(core, now);
    for (const std::int32_t code : {ResponseCode::SUCCESS, ResponseCode::SYSTEM_ERROR}) {
      begin_response(core.profile(), request, reply.response);
      core.compose(request, code, std::nullopt, reply.response);
      encode(reply.response, bytes);
    }
    if (++n == 8) core.connection_closed(1, now);
  }
  core.crashed();
}

BrokerConfig broker_config(std::size_t choice) {
  BrokerConfig config;
  config.profile = (choice & 1) != 0 ? find_server_profile("4.9.8") : find_server_profile("5.3.3");
  config.max_store_bytes = kStoreBytes;
  config.max_message_size = 8 * 1024;
  config.recall_message_enable = (choice & 2) != 0;
  config.auto_create_topic_enable = (choice & 4) == 0;
  config.broker_id = (choice & 8) != 0 ? 1 : 0;
  if ((choice & 16) != 0) config.accounts.push_back({{"RocketMQ", "12345678", {}}, {}});
  config.check_queue_id = (choice & 32) == 0;
  return config;
}

void run_broker(std::string_view bytes, std::vector<RemotingCommand> (*parse)(std::string_view)) {
  const std::size_t choice = take_number(bytes, 1);
  Random random(1);
  FakeBroker broker(broker_config(choice), random);
  broker.set_address("127.0.0.1:10911");
  TimePoint now{std::chrono::seconds(1767225600)};
  broker.put_topic("TopicTest", 4, 6, now);
  broker.begin_scans(now);
  serve(broker, parse(bytes));
  for (int hour = 0; hour < 4 && broker.next_due(); ++hour) {
    now += std::chrono::hours(1);
    broker.run_due(now);
    empty_outbox(broker, now);
  }
  // The last message stays whatever its size.
  if (broker.store().bytes() > kStoreBytes + 1024 * 1024) broken("broker", "the store is larger than its limit");
}

void run_namesrv(std::string_view bytes, std::vector<RemotingCommand> (*parse)(std::string_view)) {
  NamesrvConfig config;
  const std::size_t choice = take_number(bytes, 1);
  config.profile = (choice & 1) != 0 ? find_server_profile("4.9.8") : find_server_profile("5.3.3");
  config.order_message_enable = (choice & 2) != 0;
  FakeNamesrv namesrv(config);
  serve(namesrv, parse(bytes));
}

}  // namespace

void broker_frames(std::string_view bytes) { run_broker(bytes, from_frames); }
void broker_requests(std::string_view bytes) { run_broker(bytes, from_requests); }
void namesrv_frames(std::string_view bytes) { run_namesrv(bytes, from_frames); }
void namesrv_requests(std::string_view bytes) { run_namesrv(bytes, from_requests); }

}  // namespace rmqsim::fuzz
