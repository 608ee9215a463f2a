// What the producers of a file can send at most, and to whom: for what looks at requests that never come. Whatever the
// file does not settle, such as brokers that create topics, is taken to be possible.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Sends by topic, as requests name it, with the servers that they may reach. None: another client sends, if anybody.
using SentTopics = std::map<std::string, std::set<std::string>>;
SentTopics sent_topics(const Scenario& scenario);

/// Whether a topic may get the route of one that stands in for unknown topics.
bool topics_are_created(const Scenario& scenario);

/// Whether some sends are none of the steps': replies of responders, traces.
bool others_send(const Scenario& scenario);

/// So many requests come of a send at most, with all its retries.
std::uint64_t most_requests_of_a_send(const Scenario& scenario);

/// An upper bound of the send requests of a whole run, of those for the topic if one is given; nullopt: nobody can say.
std::optional<std::uint64_t> most_sends(const Scenario& scenario, const std::optional<std::string>& topic = {});

/// How many queues the topic has at most, over all brokers: an asynchronous retry keeps the queue of another one.
std::int32_t most_queues(const Scenario& scenario, const std::string& topic);

/// The queue that a step names for its messages.
std::optional<QueueTarget> target_of(const Step& step);

}  // namespace rmqsim
