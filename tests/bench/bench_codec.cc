// Speed of the header codec: a 340-byte SEND_MESSAGE_V2 header as the Java client writes it, in both wire forms, into
// and from a reused RemotingCommand, and on the typed paths. The neighbour is a general JSON tree (nlohmann) over
// the same bytes. Items are headers; the target is 1.5 M decodes and 3 M encodes a second on one core.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/headers/send_headers.h"

namespace rmqsim {
namespace {

constexpr std::string_view kBody = "Hello RocketMQ 0";

SendMessageRequestHeader send_header() {
  SendMessageRequestHeader h;
  h.producer_group = "bench";
  h.topic = "T";
  h.default_topic = "TBW102";
  h.default_topic_queue_nums = 4;
  h.queue_id = 3;
  h.sys_flag = 0;
  h.born_timestamp = 1795353992693;
  h.flag = 0;
  h.properties =
      "UNIQ_KEY\x01"
      "C0A8010A123418B4AAC20A1B2C3D0007\x02WAIT\x01true\x02TAGS\x01TagA\x02";
  h.reconsume_times = 0;
  h.unit_mode = false;
  h.batch = false;
  h.broker_name = "broker-a";
  return h;
}

RemotingCommand send_command(SerializeType type) {
  RemotingCommand c = RemotingCommand::request(RequestCode::SEND_MESSAGE_V2, MQVersion::V5_3_3);
  c.opaque = 1234567;
  c.serialize_type = type;
  send_header().to_ext(c.ext(), HeaderForm::letters);
  c.body = kBody;
  return c;
}

std::string frame_of(SerializeType type) {
  std::string frame;
  encode(send_command(type), frame);
  return frame;
}

void report(benchmark::State& state, std::size_t frame_size) {
  state.SetItemsProcessed(state.iterations());
  state.counters["header_bytes"] = static_cast<double>(frame_size - 8 - kBody.size());
}

void BM_Decode(benchmark::State& state, SerializeType type) {
  const std::string frame = frame_of(type);
  RemotingCommand command;
  for (auto _ : state) {
    if (decode(std::string_view(frame).substr(4), command)) state.SkipWithError("frame does not decode");
    benchmark::DoNotOptimize(command);
  }
  report(state, frame.size());
}
BENCHMARK_CAPTURE(BM_Decode, json, SerializeType::JSON);
BENCHMARK_CAPTURE(BM_Decode, rocketmq, SerializeType::ROCKETMQ);

void BM_DecodeTyped(benchmark::State& state, SerializeType type) {
  const std::string frame = frame_of(type);
  RemotingCommand command;
  SendMessageRequestHeader header;
  for (auto _ : state) {
    if (decode(std::string_view(frame).substr(4), command)) state.SkipWithError("frame does not decode");
    if (header.from_ext(command.ext_fields, HeaderForm::letters)) state.SkipWithError("header does not decode");
    benchmark::DoNotOptimize(header);
  }
  report(state, frame.size());
}
BENCHMARK_CAPTURE(BM_DecodeTyped, json, SerializeType::JSON);
BENCHMARK_CAPTURE(BM_DecodeTyped, rocketmq, SerializeType::ROCKETMQ);

void BM_Encode(benchmark::State& state, SerializeType type) {
  const RemotingCommand command = send_command(type);
  std::string out;
  for (auto _ : state) {
    out.clear();
    encode(command, out);
    benchmark::DoNotOptimize(out.data());
  }
  report(state, out.size());
}
BENCHMARK_CAPTURE(BM_Encode, json, SerializeType::JSON);
BENCHMARK_CAPTURE(BM_Encode, rocketmq, SerializeType::ROCKETMQ);

void BM_EncodeTyped(benchmark::State& state, SerializeType type) {
  const SendMessageRequestHeader header = send_header();
  FrameHead head{RequestCode::SEND_MESSAGE_V2, LanguageCode::JAVA, MQVersion::V5_3_3, 1234567, 0, std::nullopt, type};
  std::string out;
  for (auto _ : state) {
    out.clear();
    encode_frame(head, header, HeaderForm::letters, kBody, out);
    benchmark::DoNotOptimize(out.data());
  }
  report(state, out.size());
}
BENCHMARK_CAPTURE(BM_EncodeTyped, json, SerializeType::JSON);
BENCHMARK_CAPTURE(BM_EncodeTyped, rocketmq, SerializeType::ROCKETMQ);

void BM_FrameDecoder(benchmark::State& state) {
  std::string stream;
  constexpr int kFrames = 100;
  const std::string frame = frame_of(SerializeType::JSON);
  for (int i = 0; i < kFrames; ++i) stream += frame;
  const auto chunk = static_cast<std::size_t>(state.range(0));
  RemotingCommand command;
  for (auto _ : state) {
    FrameDecoder decoder;
    int frames = 0;
    for (std::size_t at = 0; at < stream.size(); at += chunk) {
      std::string_view input = std::string_view(stream).substr(at, chunk);
      while (decoder.next(input, command) == FrameDecoder::Status::command) ++frames;
    }
    if (frames != kFrames) state.SkipWithError("frames are missing");
  }
  state.SetItemsProcessed(state.iterations() * kFrames);
}
BENCHMARK(BM_FrameDecoder)->Arg(1460)->Arg(65536);

void BM_NeighbourNlohmannParse(benchmark::State& state) {
  const std::string frame = frame_of(SerializeType::JSON);
  const std::string header = frame.substr(8, frame.size() - 8 - kBody.size());
  for (auto _ : state) {
    auto tree = nlohmann::json::parse(header);
    benchmark::DoNotOptimize(tree);
  }
  report(state, frame.size());
}
BENCHMARK(BM_NeighbourNlohmannParse);

void BM_NeighbourNlohmannDump(benchmark::State& state) {
  const std::string frame = frame_of(SerializeType::JSON);
  const auto tree = nlohmann::json::parse(frame.substr(8, frame.size() - 8 - kBody.size()));
  for (auto _ : state) {
    std::string text = tree.dump();
    benchmark::DoNotOptimize(text);
  }
  report(state, frame.size());
}
BENCHMARK(BM_NeighbourNlohmannDump);

}  // namespace
}  // namespace rmqsim
