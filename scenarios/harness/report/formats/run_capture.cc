#include "scenarios/harness/report/formats/run_capture.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "fake_broker/rules/fault_rule.h"
#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/capture/pcapng.h"

namespace rmqsim {
namespace {

/// A request, known by its client's end of the connection and its opaque.
using RequestId = std::pair<std::string, std::int64_t>;

/// What the events say of requests.
class Meanings {
 public:
  explicit Meanings(const RunResult& result) {
    for (std::size_t i = 0; i < result.record.sends.size(); ++i) {
      const std::string& keys = result.record.sends[i].msg_id;
      for (std::size_t at = 0; at < keys.size();) {
        const std::size_t comma = std::min(keys.find(',', at), keys.size());
        send_of_[keys.substr(at, comma - at)] = i;
        at = comma + 1;
      }
    }
    std::map<std::pair<std::string, std::int64_t>, std::string> keys;  // of server and number
    std::map<std::pair<std::string, std::int64_t>, RequestId> ids;
    for (const Event& event : result.events) {
      if (const auto* request = std::get_if<event::Request>(&event.what)) {
        keys[{event.node, request->number}] = request->key;
      } else if (const auto* received = std::get_if<event::Received>(&event.what)) {
        ids[{event.node, received->number}] = {received->peer, received->opaque};
      } else if (const auto* acted = std::get_if<event::RuleActed>(&event.what);
                 acted != nullptr && acted->number >= 0) {
        const std::string rule =
            "rule " + (acted->index < 0 ? "" : std::to_string(acted->index) + " ") + "\"" + acted->rule + "\"";
        rules_[ids[{event.node, acted->number}]] = rule;
      }
    }
  }

  /// Of one that the client writes now.
  std::string of_request(const std::string& client, const RemotingCommand& request) {
    std::string text = request_code_name(request.code);
    if (const auto key = key_of(request); !key.empty()) {
      if (const auto send = send_of_.find(key); send != send_of_.end()) {
        text += " of send " + std::to_string(send->second);
        if (is_send_request(request.code)) text += ", request " + std::to_string(++requests_[send->second]);
      }
    }
    return with_rule(std::move(text), client, request.opaque);
  }
  std::string of_answer(const std::string& client, const RemotingCommand& answer) const {
    return with_rule(response_code_name(answer.code), client, answer.opaque);
  }

 private:
  std::string with_rule(std::string text, const std::string& client, std::int64_t opaque) const {
    const auto rule = rules_.find({client, opaque});
    return rule == rules_.end() ? text : text + " · " + rule->second;
  }
  /// The key that a client gave the (first) message in it.
  static std::string key_of(const RemotingCommand& request) {
    constexpr std::string_view kName("UNIQ_KEY\1", 9);
    const auto find = [&](std::string_view text) {
      const std::size_t at = text.find(kName);
      if (at == std::string_view::npos) return std::string();
      text.remove_prefix(at + kName.size());
      return std::string(text.substr(0, text.find('\2')));
    };
    for (std::size_t i = 0; i < request.ext_fields.size(); ++i) {
      if (std::string key = find(request.ext_fields.value(i)); !key.empty()) return key;
    }
    return find(request.body);
  }

  std::map<std::string, std::size_t> send_of_;
  std::map<RequestId, std::string> rules_;
  std::map<std::size_t, std::size_t> requests_;
};

}  // namespace

std::string run_capture(const Scenario& scenario, const RunResult& result) {
  PcapOptions options;
  options.application = "rmqsim, " + scenario.name + ", " + result.profile + ", seed " + std::to_string(result.seed);
  options.round_trip = result.world == WorldKind::sim ? 2 * scenario.network.one_way : Duration::zero();
  Meanings meanings(result);
  const PacketLog& log = *result.packets;
  std::map<std::string, std::set<std::string>> names;
  for (const PacketLog::Link& link : log.links()) {
    names[link.asker_ip].insert(link.asker);
    if (link.server_name != link.server) names[link.server.substr(0, link.server.rfind(':'))].insert(link.server_name);
  }
  for (const auto& [ip, all] : names) {
    if (all.size() == 1) options.names[ip] = *all.begin();
  }
  std::vector<std::pair<FrameDecoder, FrameDecoder>> decoders(log.links().size());
  RemotingCommand command;
  for (std::size_t i = 0; i < log.entries().size(); ++i) {
    const PacketLog::Entry& entry = log.entries()[i];
    const PacketLog::Link& link = log.links()[entry.link];
    std::string text;
    if (entry.kind == PacketLog::Kind::asked) {
      text = link.asker + " connects to " + link.server_name;
      if (link.tls) text += " with TLS, of which this is the inside";
    }
    const bool client = entry.kind == PacketLog::Kind::client_data;
    if (client || entry.kind == PacketLog::Kind::server_data) {
      FrameDecoder& decoder = client ? decoders[entry.link].first : decoders[entry.link].second;
      for (std::string_view rest = entry.bytes; decoder.next(rest, command) == FrameDecoder::Status::command;) {
        if (!text.empty()) text += "\n";
        text += command.is_response() ? meanings.of_answer(link.client, command)
                                      : meanings.of_request(link.client, command);
      }
    }
    if (!text.empty()) options.comments[i] = std::move(text);
  }
  return pcapng(log, options);
}

}  // namespace rmqsim
