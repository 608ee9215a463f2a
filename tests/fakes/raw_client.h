// A client without opinions for tests of the fakes: sends what it is told, keeps what comes back. Works in any world.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/headers/send_headers.h"
#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"

namespace rmqsim {

/// Calls `f` under the monitor (SimRuntime's own run() hides that of Runtime).
template <class F>
void under(Runtime& runtime, F&& f) {
  runtime.run(f);
}

class RawClient final : private ConnectionListener {
 public:
  RawClient(Transport& transport, std::string_view address) {
    transport.async_connect(address, std::chrono::seconds(3), [this](error_code error, std::shared_ptr<Connection> c) {
      connect_error = error;
      connection = std::move(c);
      if (!connection) return;
      connected = true;
      connection->start(*this);
      if (!early_.empty()) connection->write(early_);
    });
  }
  ~RawClient() override {
    if (connection) connection->close();
  }

  void send(const RemotingCommand& request) {
    std::string frame;
    encode(request, frame);
    send_bytes(frame);
  }
  void send_bytes(std::string_view bytes) {
    if (connection) {
      connection->write(bytes);
    } else {
      early_.append(bytes);
    }
  }

  bool connected = false;
  error_code connect_error;
  std::shared_ptr<Connection> connection;
  std::vector<RemotingCommand> received;
  std::string bytes;  ///< everything that came, as it came
  std::vector<std::size_t> pieces;
  bool closed = false;
  error_code close_reason;
  bool undecodable = false;

 private:
  void on_receive(std::string_view input) override {
    bytes.append(input);
    pieces.push_back(input.size());
    RemotingCommand command;
    for (;;) {
      const auto status = decoder_.next(input, command);
      if (status == FrameDecoder::Status::need_more) return;
      if (status == FrameDecoder::Status::error) {
        undecodable = true;
        return;
      }
      received.push_back(command);
    }
  }
  void on_close(error_code reason) override {
    closed = true;
    close_reason = reason;
  }

  FrameDecoder decoder_;
  std::string early_;
};

/// A SEND as Java 5.3.3 writes it.
struct SendBuilder {
  std::int32_t code = RequestCode::SEND_MESSAGE_V2;
  std::string topic = "TopicTest";
  std::int32_t queue_id = 0;
  std::string group = "group";
  std::string properties = "UNIQ_KEY\x01KEY0\x02WAIT\x01true\x02";
  std::string default_topic = "TBW102";
  std::int32_t sys_flag = 0;
  std::string body = "hello";
  std::int32_t opaque = 7;
  bool batch = false;
  bool oneway = false;
  SerializeType serialize_type = SerializeType::JSON;
  std::int64_t born_timestamp = 1767225600000;

  RemotingCommand build() const {
    RemotingCommand c = RemotingCommand::request(code, MQVersion::V5_3_3);
    c.opaque = opaque;
    c.serialize_type = serialize_type;
    if (oneway) c.mark_oneway();
    SendMessageRequestHeader h;
    h.producer_group = group;
    h.topic = topic;
    h.default_topic = default_topic;
    h.default_topic_queue_nums = 4;
    h.queue_id = queue_id;
    h.sys_flag = sys_flag;
    h.born_timestamp = born_timestamp;
    h.flag = 0;
    h.properties = properties;
    h.reconsume_times = 0;
    h.unit_mode = false;
    h.batch = batch;
    h.to_ext(c.ext(), send_header_form(code));
    c.body = body;
    return c;
  }
};

}  // namespace rmqsim
