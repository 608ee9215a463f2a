// Who the client is and how it talks to servers, with message trace: ClientConfig, read when the producer starts.
#pragma once

#include <tuple>

#include "producer/remoting/codes.h"
#include "scenarios/harness/file/settings/setting_row.h"

namespace rmqsim {

inline constexpr std::string_view kAccessChannels[] = {"LOCAL", "CLOUD"};
inline constexpr std::string_view kLanguages[] = {"JAVA",  "CPP",  "DOTNET", "PYTHON", "DELPHI", "ERLANG", "RUBY",
                                                  "OTHER", "HTTP", "GO",     "PHP",    "OMS",    "RUST",   "NODE_JS"};

inline constexpr std::tuple kClientSettings{
    once({"clientIP", key::text(), "", "(the machine's)",
          "First part of the client id. In sim each producer has a machine of its own, in tcp and process all have "
          "one."},
         [](auto& t, const SettingValue& v) { t.client.setClientIP(v.text()); }),
    once({"instanceName", key::text(), "", R"("DEFAULT")",
          "Second part of the client id; DEFAULT becomes one of its own per producer."},
         [](auto& t, const SettingValue& v) { t.client.setInstanceName(v.text()); }),
    once({"unitName", key::text(), "", R"("")", "Third part of the client id; empty: it has none."},
         [](auto& t, const SettingValue& v) { t.client.setUnitName(v.text()); }),
    once({"unitMode", key::boolean, "", "false", "Said in every send."},
         [](auto& t, const SettingValue& v) { t.client.setUnitMode(v.flag()); }),
    once({"namespace", key::text(), "", "(none)", "Put before topics and groups."},
         [](auto& t, const SettingValue& v) { t.client.setNamespace(v.text()); }),
    once(
        {"namespaceV2", key::text(), "", R"("")", "Sent beside every request; empty: none."},
        [](auto& t, const SettingValue& v) { t.client.setNamespaceV2(v.text()); }, &Profile::has_namespace_v2),
    once({"clientCallbackExecutorThreads", key::integer(1, 1024), "", "(the number of processors; with `queueIndex` 1)",
          "Threads that run callbacks."},
         [](auto& t, const SettingValue& v) {
           t.client.setClientCallbackExecutorThreads(static_cast<std::size_t>(v.number()));
         }),
    once({"pollNameServerInterval", key::integer(1, INT32_MAX), "ms", "30000", "Between route polls."},
         [](auto& t, const SettingValue& v) { t.client.setPollNameServerInterval(v.number()); }),
    once({"heartbeatBrokerInterval", key::integer(1, INT32_MAX), "ms", "30000", "Between heartbeats."},
         [](auto& t, const SettingValue& v) { t.client.setHeartbeatBrokerInterval(v.number()); }),
    once({"persistConsumerOffsetInterval", key::integer(1, INT32_MAX), "ms", "5000",
          "Of a task that runs in producers too and does nothing there."},
         [](auto& t, const SettingValue& v) { t.client.setPersistConsumerOffsetInterval(v.number()); }),
    once({"mqClientApiTimeout", key::integer(1, INT32_MAX), "ms", "3000",
          "For route lookup, heartbeat and unregistration."},
         [](auto& t, const SettingValue& v) { t.client.setMqClientApiTimeout(v.number()); }),
    once(
        {"enableHeartbeatChannelEventListener", key::boolean, "", "true",
         "A heartbeat as soon as a connection to a broker is there."},
        [](auto& t, const SettingValue& v) { t.client.setEnableHeartbeatChannelEventListener(v.flag()); },
        &Profile::heartbeat_on_connect),
    once(
        {"useHeartbeatV2", key::boolean, "", "false",
         "Heartbeats that leave subscriptions out where the broker knows them."},
        [](auto& t, const SettingValue& v) { t.client.setUseHeartbeatV2(v.flag()); },
        &Profile::heartbeat_has_fingerprint),
    once({"enableStreamRequestType", key::boolean, "", "false",
          "`@STREAM` in the client id, ext field `ReqT` in requests."},
         [](auto& t, const SettingValue& v) { t.client.setEnableStreamRequestType(v.flag()); }),
    once({"language", key::words(kLanguages), "", R"("JAVA")", "Said in heartbeats only."},
         [](auto& t, const SettingValue& v) { t.client.setLanguage(language_by_name(v.text())); }),
    once({"useTLS", key::boolean, "", "false",
          "TLS on every connection; changes nothing in sim, where bytes do not leave the process."},
         [](auto& t, const SettingValue& v) { t.client.setUseTLS(v.flag()); }),
    once({"vipChannelEnabled", key::boolean, "", "false", "Sends go to port - 2."},
         [](auto& t, const SettingValue& v) { t.client.setVipChannelEnabled(v.flag()); }),
    once({"enableTrace", key::boolean, "", "false", "Message trace."},
         [](auto& t, const SettingValue& v) { t.client.setEnableTrace(v.flag()); }),
    once({"traceTopic", key::text(), "", R"("RMQ_SYS_TRACE_TOPIC")", "Where traces go; must be among the topics."},
         [](auto& t, const SettingValue& v) { t.client.setTraceTopic(v.text()); }),
    once(
        {"traceMsgBatchNum", key::integer(1, INT32_MAX), "", "10", "Traces that are sent together, at most 20."},
        [](auto& t, const SettingValue& v) { t.client.setTraceMsgBatchNum(v.small()); },
        &Profile::trace_waits_for_batches),
    once({"accessChannel", key::words(kAccessChannels), "", R"("LOCAL")",
          "Where traces go: CLOUD means a topic of its own per region."},
         [](auto& t, const SettingValue& v) { t.set_cloud_channel(v.text() == "CLOUD"); }),
    refused({"decodeDecompressBody", key::boolean, "", "true", "Concerns consumers only."}),
    refused({"decodeReadBody", key::boolean, "", "true", "Concerns consumers only."}),
    refused({"pullTimeDelayMillsWhenException", key::integer(0, INT32_MAX), "ms", "1000", "Concerns consumers only."}),
    refused({"socksProxyConfig", key::text(), "", R"("{}")", "Proxies by network."}),
};

}  // namespace rmqsim
