// The table of actions: a new one is a row here.
#include <algorithm>
#include <string>
#include <utility>

#include "fake_broker/rules/fault_action.h"
#include "fake_broker/rules/leaving_answer.h"
#include "fake_broker/rules/link_pipe.h"
#include "fake_broker/shell/server_core.h"
#include "producer/remoting/codes.h"
#include "producer/remoting/remoting_server.h"

namespace rmqsim {
namespace {

using Takes = FaultArgumentKind;

constexpr unsigned kShapes = static_cast<unsigned>(FaultPart::shape);
constexpr FaultExclusion kNoShapes{.parts = kShapes, .reason = "there is no answer to change"};

/// Far from the opaques that a client counts up from 0.
constexpr std::int32_t kOpaqueTwist = 0x40000000;

std::size_t bytes_of(const FaultArgument& argument) { return std::get<std::uint32_t>(argument); }

constexpr FaultActionRow kFaultActions[] = {
    {.key = "respond",
     .argument = Takes::answer,
     .description = "Answers this and stores nothing.",
     .respond =
         [](const FaultArgument& argument, const ServerCore& core, const RemotingCommand& request,
            RemotingCommand& response) {
           const auto& answer = std::get<FaultAnswer>(argument);
           begin_response(core.profile(), request, response);
           core.compose(request, answer.code, answer.remark, response);
         }},
    {.key = "storeThenRespond",
     .argument = Takes::answer,
     .description = "Stores, then answers this. A request that the broker refuses by itself keeps that answer.",
     .reshape =
         [](const FaultArgument& argument, const ServerCore& core, RemotingCommand& response) {
           // A request that was refused on its own account keeps that answer: nothing was stored.
           if (response.code != ResponseCode::SUCCESS) return;
           const auto& answer = std::get<FaultAnswer>(argument);
           core.reshape(response, answer.code, answer.remark);
         }},
    {.key = "drop",
     .argument = Takes::moment,
     .moments = {"request", "response"},
     .possible = kOnRequests | kOnPushes,
     .excludes = {{kNoShapes, {.key = "delayMs", .reason = "there is no answer to delay"}}},
     .unanswered = {"DROPPED", ClientHears::nothing},
     .description = "Never answers; with `request` nothing is stored, with `response` it is.",
     .end = [](ServerConnection&) {}},
    {.key = "delayMs",
     .argument = Takes::time,
     .part = FaultPart::hold,
     .possible = kOnRequests | kOnPushes | kBesideOnConnect | kOnLink,
     .description = "Holds the answer; the request is processed when it arrives. On a link it holds each segment.",
     .hold = [](const FaultArgument& argument, Random& random,
                Duration) { return std::get<DelayDistribution>(argument).draw(random); },
     .pass =
         [](const FaultArgument& argument, LinkSegment& segment) {
           const Duration time = std::get<DelayDistribution>(argument).draw(segment.random());
           segment.hold(time);
           return time > Duration::zero();
         }},
    {.key = "late",
     .part = FaultPart::shape,
     .possible = kOnRequests | kOnPushes,
     .excludes = {{{.key = "delayMs", .reason = "it says itself how long"}}},
     .description = "Answers when the client must have given up: two seconds after the longest timeout that the "
                    "scenario names (sendMsgTimeout, mqClientApiTimeout, a step's timeoutMs; at least 3000 ms).",
     .hold = [](const FaultArgument&, Random&, Duration late_by) { return late_by; }},
    {.key = "refuse",
     .possible = kOnConnect,
     .excludes = {{{.parts = kAllFaultParts, .reason = "a refused connection does nothing else"}}},
     .description = "The connection is refused.",
     .connect = [](ServerConnection& connection) { connection.reset(); },
     .refuses = true},
    {.key = "blackhole",
     .possible = kOnConnect,
     .excludes = {{{.parts = kAllFaultParts, .reason = "a black hole does nothing else"}}},
     .description = "Connects, never answers.",
     .connect = [](ServerConnection& connection) { connection.ignore_input(); }},
    {.key = "close",
     .argument = Takes::moment,
     .moments = {"before", "after"},
     .possible = kOnRequests | kOnPushes | kOnConnect,
     .excludes = {{kNoShapes}},
     .unanswered = {"CLOSED", ClientHears::end_of_connection},
     .description = "Closes the connection instead of answering, before or after storing.",
     .end = [](ServerConnection& connection) { connection.close(); }},
    {.key = "reset",
     .argument = Takes::moment,
     .moments = {"before", "after"},
     .possible = kOnRequests | kOnPushes | kOnConnect,
     .excludes = {{kNoShapes}},
     .unanswered = {"RESET", ClientHears::end_of_connection},
     .description = "Resets the connection instead of answering, before or after storing.",
     .end = [](ServerConnection& connection) { connection.reset(); }},
    {.key = "garbage",
     .argument = Takes::bytes,
     .least = 1,
     .excludes = {{kNoShapes}},
     .unanswered = {"GARBAGE", ClientHears::end_of_connection},
     .description = "Sends so many random bytes instead of the answer.",
     .shape =
         [](const FaultArgument& argument, LeavingAnswer& answer) {
           std::string bytes(bytes_of(argument), '\0');
           for (char& c : bytes) c = static_cast<char>(answer.random().next() >> 56);
           answer.replace(std::move(bytes));
         }},
    {.key = "wrongOpaque",
     .part = FaultPart::shape,
     .description = "Answers with another opaque.",
     .shape =
         [](const FaultArgument&, LeavingAnswer& answer) {
           answer.response().opaque ^= kOpaqueTwist;
           answer.whole = false;
         }},
    {.key = "duplicate",
     .part = FaultPart::shape,
     .description = "Answers twice.",
     .shape = [](const FaultArgument&, LeavingAnswer& answer) { answer.bytes().append(std::string(answer.bytes())); }},
    {.key = "truncate",
     .argument = Takes::bytes,
     .part = FaultPart::shape,
     .excludes = {{{.key = "chunk", .reason = "the connection is closed after the first bytes"},
                   {.key = "duplicate", .reason = "the connection is closed after the first bytes"}}},
     .unanswered = {"TRUNCATED", ClientHears::end_of_connection},
     .description = "Sends so many bytes of the answer, then closes.",
     .shape =
         [](const FaultArgument& argument, LeavingAnswer& answer) {
           answer.whole = answer.whole && bytes_of(argument) >= answer.bytes().size();
           answer.bytes().resize(std::min(bytes_of(argument), answer.bytes().size()));
           answer.close = true;
         }},
    {.key = "chunk",
     .argument = Takes::bytes,
     .least = 1,
     .part = FaultPart::shape,
     .description = "Dribbles the answer, so many bytes at a time, 1 ms apart; what else goes to that client waits for "
                    "its end.",
     .shape = [](const FaultArgument& argument, LeavingAnswer& answer) { answer.piece = bytes_of(argument); }},
    {.key = "closeAfterBytes",
     .argument = Takes::bytes,
     .least = 1,
     .part = FaultPart::link,
     .possible = kOnLink,
     .description = "The connection is closed when so many bytes have passed.",
     .pass = [](const FaultArgument& argument,
                LinkSegment& segment) { return segment.end_after(bytes_of(argument), LinkEnd::How::close); }},
    {.key = "resetAfterBytes",
     .argument = Takes::bytes,
     .least = 1,
     .part = FaultPart::link,
     .possible = kOnLink,
     .excludes = {{{.key = "closeAfterBytes", .reason = "the connection ends once"}}},
     .description = "The connection is reset when so many bytes have passed.",
     .pass = [](const FaultArgument& argument,
                LinkSegment& segment) { return segment.end_after(bytes_of(argument), LinkEnd::How::reset); }},
    {.key = "bytesPerSecond",
     .argument = Takes::bytes,
     .least = 1,
     .part = FaultPart::link,
     .possible = kOnLink,
     .description = "So many bytes pass in a second, and no more.",
     .pass =
         [](const FaultArgument& argument, LinkSegment& segment) {
           segment.take_line(std::get<std::uint32_t>(argument));
           return true;
         }},
    {.key = "lossPercent",
     .argument = Takes::percent,
     .part = FaultPart::link,
     .possible = kOnLink,
     .description = "So many of a hundred segments are lost: sent again after 200 ms, then after twice as long each "
                    "time, while what follows waits.",
     .pass = [](const FaultArgument& argument,
                LinkSegment& segment) { return segment.lose(std::get<double>(argument) / 100); }},
};

}  // namespace

std::span<const FaultActionRow> fault_actions() { return kFaultActions; }

}  // namespace rmqsim
