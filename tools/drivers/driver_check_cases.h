// What a driver is asked to do by `rmqsim driver check`: small scenarios, each with what must come of it.
#pragma once

#include <string_view>

namespace rmqsim {

struct DriverCheckCase {
  std::string_view what;
  std::string_view producers;  ///< JSON, a list
  std::string_view steps;
  std::string_view rest;  ///< further members of the file, or of its cluster after '|'
};

inline constexpr std::string_view kOneProducer = R"([{"name": "p", "group": "driver_check"}])";

inline constexpr DriverCheckCase kDriverCheckCases[] = {
    {"starts a producer and shuts it down", kOneProducer, R"([{"waitMs": 1}])", ""},
    {"sends, and tells where the message is", kOneProducer,
     R"([{"send": {"topic": "One", "count": 3, "tags": "TagA", "keys": ["k1", "k2"],
                   "properties": {"colour": "r\u00f6t"},
                   "body": {"text": "Hello {i} \u2603"}}, "expect": {"outcome": "SEND_OK", "broker": "broker-a"}}])",
     ""},
    {"sends a body that is no text", kOneProducer,
     R"([{"send": {"topic": "One", "body": {"size": 3000, "fill": "~"}}, "expect": {"outcome": "SEND_OK"}}])", ""},
    {"tells of a broker that refuses", kOneProducer,
     R"([{"send": {"topic": "One"}, "expect": {"outcome": "EXCEPTION"}}])",
     R"("faults": [{"at": "broker-a", "on": "send", "do": {"respond": {"code": "MESSAGE_ILLEGAL", "remark": "no"}}}])"},
    {"tells of a doubtful status", kOneProducer,
     R"([{"send": {"topic": "One"}, "expect": {"outcome": "FLUSH_DISK_TIMEOUT"}}])",
     R"("faults": [{"at": "broker-a", "on": "send", "do": {"storeThenRespond": {"code": "FLUSH_DISK_TIMEOUT"}}}])"},
    {"gives up after sendMsgTimeout", R"([{"name": "p", "config": {"sendMsgTimeout": 600}}])",
     R"([{"send": {"topic": "One"}, "expect": {"outcome": "EXCEPTION", "elapsedMs": [400, 6000]}}])",
     R"("faults": [{"at": "broker-a", "on": "send", "do": {"drop": "request"}}])"},
    {"has several producers", R"([{"name": "p", "group": "check_1"}, {"name": "q", "group": "check_2"}])",
     R"([{"send": {"producer": "p", "topic": "One"}, "expect": {"outcome": "SEND_OK"}},
         {"send": {"producer": "q", "topic": "One"}, "expect": {"outcome": "SEND_OK"}}])",
     ""},
    {"sends one-way", kOneProducer,
     R"([{"send": {"topic": "One", "mode": "oneway", "count": 3}, "expect": {"outcome": "SENT"}}])",
     R"("expect": [{"broker": "broker-a", "stored": 3}])"},
    {"sends asynchronously", kOneProducer,
     R"([{"send": {"topic": "One", "mode": "async", "count": 5}, "expect": {"outcome": "SEND_OK"}}])", ""},
    {"tells of an asynchronous failure", kOneProducer,
     R"([{"send": {"topic": "One", "mode": "async"}, "expect": {"outcome": "EXCEPTION"}}])",
     R"("faults": [{"at": "broker-a", "on": "send", "do": {"respond": {"code": "MESSAGE_ILLEGAL", "remark": "no"}}}])"},
    {"sends to the queue that it is told", kOneProducer,
     R"([{"send": {"topic": "One", "queue": {"broker": "broker-a", "queueId": 2}},
          "expect": {"outcome": "SEND_OK", "queueId": 2}}])",
     ""},
    {"selects the queue at an index", kOneProducer,
     R"([{"send": {"topic": "One", "selector": {"kind": "index", "arg": 6}}, "expect": {"queueId": 2}}])", ""},
    {"selects a queue by a hash", kOneProducer,
     R"([{"send": {"topic": "One", "selector": {"kind": "hash", "arg": -7}}, "expect": {"queueId": 3}}])", ""},
    {"sends batches", kOneProducer, R"([{"send": {"topic": "One", "batch": 3}, "expect": {"outcome": "SEND_OK"}}])",
     R"("expect": [{"broker": "broker-a", "stored": 1}])"},
    {"takes a timeout with a send", kOneProducer,
     R"([{"send": {"topic": "One", "timeoutMs": 500}, "expect": {"outcome": "EXCEPTION", "elapsedMs": [350, 5000]}}])",
     R"("faults": [{"at": "broker-a", "on": "send", "do": {"drop": "request"}}])"},
    {"sends with a delay level", kOneProducer,
     R"([{"send": {"topic": "One", "delayLevel": 1}, "expect": {"outcome": "SEND_OK"}}])", ""},
    {"sends timer messages and takes one back", kOneProducer,
     R"([{"name": "timer", "send": {"topic": "One", "delayMs": 20000}, "expect": {"outcome": "SEND_OK"}},
         {"recall": {"sends": "timer"}, "expect": {"outcome": "RECALLED"}}])",
     R"(|"recallMessageEnable": true)"},
    {"commits a transaction", kOneProducer,
     R"([{"transaction": {"topic": "One", "local": "commit"},
          "expect": {"outcome": "SEND_OK", "transaction": {"local": "commit", "broker": "committed"}}}])",
     ""},
    {"rolls a transaction back", kOneProducer,
     R"([{"transaction": {"topic": "One", "local": "rollback"}, "expect": {"transaction": {"broker": "rolledBack"}}}])",
     ""},
    {"answers a check of a transaction", kOneProducer,
     R"([{"transaction": {"topic": "One", "local": "unknown", "check": ["commit"]}}, {"waitMs": 1500},
         {"assert": {"sends": "all", "transaction": {"broker": "committed"}}}])",
     R"(|"transactions": {"transactionTimeOut": 0, "transactionCheckInterval": 300, "transactionOpBatchInterval": 0})"},
    {"sends a request and gets its reply", kOneProducer,
     R"([{"request": {"topic": "One", "mode": "async"}, "expect": {"outcome": "REPLY", "reply": "pong"}}])",
     R"(|"responders": [{"topic": "One", "reply": "pong"}])"},
    {"changes a setting at run time", kOneProducer,
     R"([{"do": {"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 600}}}},
         {"send": {"topic": "One"}, "expect": {"outcome": "EXCEPTION", "elapsedMs": [400, 6000]}}])",
     R"("faults": [{"at": "broker-a", "on": "send", "do": {"drop": "request"}}])"},
    {"signs its requests", R"([{"name": "p", "credentials": {"accessKey": "me", "secretKey": "secret"}}])",
     R"([{"send": {"topic": "One"}, "expect": {"outcome": "SEND_OK"}}])",
     R"(|"accounts": [{"accessKey": "me", "secretKey": "secret"}])"},
    {"has producers that are not started yet", R"([{"name": "p", "autoStart": false}])",
     R"([{"send": {"topic": "One"}, "expect": {"outcome": "EXCEPTION"}}, {"do": {"startProducer": "p"}},
         {"send": {"topic": "One"}, "expect": {"outcome": "SEND_OK"}}])",
     ""},
    {"begins round-robin where each producer is told",
     R"([{"name": "p", "group": "check_1", "queueIndex": {"start": 0}},
         {"name": "q", "group": "check_2", "queueIndex": {"start": 2}}])",
     R"([{"send": {"producer": "p", "topic": "One"}, "expect": {"queueId": 1}},
         {"send": {"producer": "q", "topic": "One"}, "expect": {"queueId": 3}},
         {"send": {"producer": "p", "topic": "One"}, "expect": {"queueId": 2}}])",
     ""},
    {"sends from several threads", kOneProducer,
     R"([{"send": {"topic": "One", "count": 9}, "concurrency": 3, "expect": {"outcome": "SEND_OK"}}])", ""},
};

}  // namespace rmqsim
