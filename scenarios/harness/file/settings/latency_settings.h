// Latency fault tolerance and its detector. All but the detector's two times live in the strategy, which is there when
// the producer has been made.
#pragma once

#include <tuple>

#include "scenarios/harness/file/settings/setting_row.h"

namespace rmqsim {

inline constexpr std::tuple kLatencySettings{
    setting({"sendLatencyFaultEnable", key::boolean, "", "false", "Brokers that were slow or failed are avoided."},
            [](auto& t, const SettingValue& v) {
              if (auto* strategy = t.strategy()) strategy->setSendLatencyFaultEnable(v.flag());
            }),
    setting({"latencyMax", key::refs("wholeMs", 0, 1000), "ms",
             "(5.x: 50, 100, 550, 1800, 3000, 5000, 15000; 4.9.8: 50, 100, 550, 1000, 2000, 3000, 15000)",
             "Latencies, ascending, from which a broker is avoided for the time at the same place of "
             "notAvailableDuration."},
            [](auto& t, const SettingValue& v) {
              if (auto* strategy = t.strategy()) strategy->setLatencyMax(v.times());
            },
            &Profile::latency_max),
    setting({"notAvailableDuration", key::refs("wholeMs", 0, 1000), "ms",
             "(5.x: 0, 0, 2000, 5000, 6000, 10000, 30000; 4.9.8: 0, 0, 30000, 60000, 120000, 180000, 600000)",
             "For how long a broker is avoided, one for each of latencyMax."},
            [](auto& t, const SettingValue& v) {
              if (auto* strategy = t.strategy()) strategy->setNotAvailableDuration(v.times());
            },
            &Profile::not_available_duration),
    setting(
        {"startDetectorEnable", key::boolean, "", "false", "Probes brokers that failed."},
        [](auto& t, const SettingValue& v) {
          if (auto* strategy = t.strategy()) strategy->setStartDetectorEnable(v.flag());
        },
        &Profile::has_detector),
    once(
        {"detectInterval", key::integer(1, INT32_MAX), "ms", "2000", "Between probes of a broker."},
        [](auto& t, const SettingValue& v) { t.client.setDetectInterval(v.number()); }, &Profile::has_detector,
        &Profile::detector_keeps_defaults),
    once(
        {"detectTimeout", key::integer(1, INT32_MAX), "ms", "200", "Of a probe."},
        [](auto& t, const SettingValue& v) { t.client.setDetectTimeout(v.number()); }, &Profile::has_detector,
        &Profile::detector_keeps_defaults),
    SettingRow<std::nullptr_t>{
        ProducerSetting{{"sendLatencyEnable", key::boolean, "", "false",
                         "As in Java a producer reads it when it is made, before anybody can set it."},
                        ProducerSetting::Use::idle},
        nullptr},
};

}  // namespace rmqsim
