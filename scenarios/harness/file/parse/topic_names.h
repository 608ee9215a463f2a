// The topics that a scenario is about: those that have a route, and those that somebody asks for.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// What a step does with a topic.
struct TopicUse {
  const std::string* producer = nullptr;
  const std::string* topic = nullptr;  ///< nullptr: it sends no message
  bool request = false;                ///< its messages want a reply
};
TopicUse topic_use(const Step& step);

// All in order, none twice, and as requests name them.
/// That get a route somewhere in the file.
std::vector<std::string> topics_with_route(const Scenario& scenario);
/// That a producer of the file asks for.
std::vector<std::string> wanted_topics(const Scenario& scenario);
/// Both.
std::vector<std::string> all_topics(const Scenario& scenario);
/// That requests (RIP-16) go to.
std::vector<std::string> asked_topics(const Scenario& scenario);

/// Where responders send replies, if there are any (MixAll.getReplyTopic).
std::vector<std::string> reply_topics(const Scenario& scenario);

/// Where the producer's traces go: with `accessChannel` CLOUD one for each region of a broker. None without traces.
std::vector<std::string> trace_topics(const Scenario& scenario, const ProducerSpec& producer);
/// Whose route stands in for that of an unknown topic.
std::string create_topic_key(const ProducerSpec& producer);

inline bool holds(const std::vector<std::string>& sorted, const std::string& name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

}  // namespace rmqsim
