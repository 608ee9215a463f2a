// A fake cluster of processes, as any client meets it: one nameserver, brokers, and a moment to wait until all of them
// are in the route.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "producer/remoting/bodies/topic_route_data.h"
#include "tests/tools/becomes.h"
#include "tests/tools/plain_socket.h"
#include "tests/tools/running_program.h"

namespace rmqsim {

/// Two brokers: one busy once and stopping once, one slow once and losing a connection once.
inline const std::string kFaultsFile = RMQSIM_SOURCE_DIR "/tests/clients/node/faults.json";

class FakeCluster {
 public:
  /// `more` goes to every broker; the scenario's topics come with it, else TopicTest with four queues.
  explicit FakeCluster(const std::vector<std::string>& names, const std::string& scenario = "",
                       const std::vector<std::string>& more = {})
      : namesrv_("fake_namesrv", {"--listen", "127.0.0.1:0"}) {
    for (const std::string& name : names) {
      std::vector<std::string> arguments{"--listen", "127.0.0.1:0", "--name", name, "--namesrv", namesrv_.address()};
      if (scenario.empty()) {
        arguments.insert(arguments.end(), {"--topic", "TopicTest:4"});
      } else {
        arguments.insert(arguments.end(), {"--scenario", scenario});
      }
      arguments.insert(arguments.end(), more.begin(), more.end());
      brokers_.emplace_back("fake_broker", arguments);
    }
    becomes([&] { return route().queue_datas.size() >= names.size(); });
  }
  const std::string& namesrv() const { return address_; }
  Program& broker(std::size_t i) { return brokers_[i]; }
  TopicRouteData route() { return route_from(address_); }
  /// How many messages the first broker has in TopicTest.
  std::int64_t stored() {
    std::int64_t sum = 0;
    PlainSocket broker(brokers_.front().address());
    for (int queue = 0; queue < 4; ++queue) {
      RemotingCommand request = RemotingCommand::request(RequestCode::GET_MAX_OFFSET, MQVersion::V5_3_3);
      request.ext().set("topic", "TopicTest");
      request.ext().set("queueId", std::to_string(queue));
      const auto answer = broker.ask(request);
      if (answer) sum += answer->ext_fields.find_int("offset").value_or(0);
    }
    return sum;
  }

  static TopicRouteData route_from(const std::string& namesrv) {
    RemotingCommand request = RemotingCommand::request(RequestCode::GET_ROUTEINFO_BY_TOPIC, MQVersion::V5_3_3);
    request.ext().set("topic", "TopicTest");
    TopicRouteData route;
    const auto answer = PlainSocket(namesrv).ask(request);
    if (answer && answer->code == ResponseCode::SUCCESS && TopicRouteData::decode(answer->body, route)) return {};
    return route;
  }

 private:
  Program namesrv_;
  std::string address_ = namesrv_.address();
  std::deque<Program> brokers_;
};

}  // namespace rmqsim
