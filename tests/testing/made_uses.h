// A use of each function of the builder that is made of rows, with the key that it sets. Made with them.
#pragma once

#include <string_view>
#include <utility>

#include "rmqsim/expectations.h"
#include "rmqsim/faults.h"

namespace builder_test {

using namespace rmqsim::test;

inline const std::pair<std::string_view, Value> kMadeUses[] = {
    {"respond", at("*").respond("SYSTEM_BUSY")},
    {"respond", at("*").respond(2, "busy")},
    {"storeThenRespond", at("*").storeThenRespond("SYSTEM_BUSY")},
    {"storeThenRespond", at("*").storeThenRespond(2, "busy")},
    {"drop", at("*").drop("request")},
    {"delayMs", at("*").delayMs(7)},
    {"delayMs", at("*").delayMs("uniform", 1, 2)},
    {"late", at("*").late()},
    {"refuse", at("*").refuse()},
    {"blackhole", at("*").blackhole()},
    {"close", at("*").close("before")},
    {"reset", at("*").reset("before")},
    {"garbage", at("*").garbage(7)},
    {"wrongOpaque", at("*").wrongOpaque()},
    {"duplicate", at("*").duplicate()},
    {"truncate", at("*").truncate(7)},
    {"chunk", at("*").chunk(7)},
    {"closeAfterBytes", at("*").closeAfterBytes(7)},
    {"resetAfterBytes", at("*").resetAfterBytes(7)},
    {"bytesPerSecond", at("*").bytesPerSecond(7)},
    {"lossPercent", at("*").lossPercent(0.5)},
    {"sends", sends(2)},
    {"in", sends(2).in("name")},
    {"outcome", sends(2).outcome("SEND_OK")},
    {"broker", sends(2).broker("name")},
    {"queueId", sends(2).queueId(2)},
    {"attempts", sends(2).attempts(2)},
    {"attempts", sends(2).attempts(1, 90)},
    {"attempts", sends(2).attempts({{"broker-a", 1, "SYSTEM_BUSY"}, {"broker-b", 0, "SUCCESS"}})},
    {"attemptBrokers", sends(2).attemptBrokers("name")},
    {"elapsedMs", sends(2).elapsedMs(0, 20)},
    {"exception", sends(2).exception({{"type", "MQClientException"}, {"responseCode", 2}, {"messageContains", "text"}})},
    {"transaction", sends(2).transaction({{"local", "commit"}, {"broker", "committed"}, {"checks", 2}, {"answeredBy", {"name"}}})},
    {"reply", sends(2).reply("text")},
    {"callbacks", sends(2).callbacks("name")},
    {"counts", counts({{"SEND_OK", 12}, {"EXCEPTION", {0, 2}}})},
    {"sends", counts({{"SEND_OK", 12}, {"EXCEPTION", {0, 2}}}).sends(2)},
    {"in", counts({{"SEND_OK", 12}, {"EXCEPTION", {0, 2}}}).in("name")},
    {"broker", broker("name")},
    {"received", broker("name").received(2)},
    {"received", broker("name").received(1, 90)},
    {"stored", broker("name").stored(2)},
    {"stored", broker("name").stored(1, 90)},
    {"requests", broker("name").requests(2)},
    {"requests", broker("name").requests(1, 90)},
    {"on", broker("name").on("send")},
    {"topic", broker("name").topic("text")},
    {"transactions", broker("name").transactions({{"committed", 2}, {"rolledBack", 2}, {"discarded", 2}, {"pending", 2}})},
    {"delayed", broker("name").delayed({{"delivered", 2}, {"recalled", 2}})},
    {"in", broker("name").in("name")},
    {"nameserver", nameserver("name")},
    {"requests", nameserver("name").requests(2)},
    {"requests", nameserver("name").requests(1, 90)},
    {"on", nameserver("name").on("send")},
    {"topic", nameserver("name").topic("text")},
    {"in", nameserver("name").in("name")},
    {"faultItem", faultItem("name")},
    {"producer", faultItem("name").producer("name")},
    {"atMs", faultItem("name").atMs(7)},
    {"available", faultItem("name").available(true)},
    {"reachable", faultItem("name").reachable(true)},
    {"in", faultItem("name").in("name")},
    {"traces", traces(2)},
    {"producer", traces(2).producer("name")},
    {"topic", traces(2).topic("text")},
    {"broker", traces(2).broker("name")},
    {"success", traces(2).success(true)},
    {"in", traces(2).in("name")},
};

}  // namespace builder_test
