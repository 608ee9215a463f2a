// What a scenario is about, for whoever groups scenarios by behaviour: words of one list, said by the file or by the
// theme folder that it lies in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rmqsim {

struct Scenario;

struct Concern {
  std::string_view name;
  std::string_view meaning;
};

/// In the order in which people read of them.
inline constexpr Concern kConcerns[] = {
    {"sending", "queues that are chosen, batches, one-way messages"},
    {"retry", "what is tried again, how often and where"},
    {"status", "messages that are stored, but doubtfully"},
    {"timeout", "the time that a send may take"},
    {"isolation", "brokers that are avoided"},
    {"async", "asynchronous sends"},
    {"connection", "connections that are refused, closed, reset or given up"},
    {"route", "nameservers, routes and what changes in them"},
    {"heartbeat", "who is greeted, and when"},
    {"transaction", "half messages, their ends and checks"},
    {"delay", "timer messages, and taking them back"},
    {"request", "requests and their replies"},
    {"backpressure", "how much may be under way"},
    {"batch", "messages that are gathered"},
    {"acl", "signed requests"},
    {"trace", "message trace"},
    {"lifecycle", "a producer before its start and after its end"},
};
inline constexpr std::string_view kOtherConcern = "other";

/// Those that the file names, else that of its folder, else kOtherConcern.
std::vector<std::string> concerns_of(const Scenario& scenario);

}  // namespace rmqsim
