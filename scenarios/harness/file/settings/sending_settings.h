// What decides about a single send: budget, retries, size, compression, back-pressure.
#pragma once

#include <tuple>

#include "producer/remoting/codec/compression.h"
#include "scenarios/harness/file/settings/setting_row.h"

namespace rmqsim {

inline constexpr std::string_view kCompressTypes[] = {"LZ4", "ZSTD", "ZLIB"};

inline constexpr std::tuple kSendingSettings{
    setting({"sendMsgTimeout", key::integer(0, INT32_MAX), "ms", "3000",
             "The one budget that all attempts of a send share."},
            [](auto& t, const SettingValue& v) { t.settings.send_msg_timeout = v.number(); }),
    setting(
        {"sendMsgMaxTimeoutPerRequest", key::integer(-1, INT32_MAX), "ms", "-1", "Cap of one attempt; -1: none."},
        [](auto& t, const SettingValue& v) { t.settings.send_msg_max_timeout_per_request = v.number(); },
        &Profile::has_max_timeout_per_request),
    setting({"retryTimesWhenSendFailed", key::integer(0, 1000), "", "2", "Further attempts of a sync send."},
            [](auto& t, const SettingValue& v) { t.settings.retry_times_when_send_failed = v.small(); }),
    setting({"retryTimesWhenSendAsyncFailed", key::integer(0, 1000), "", "2", "Further attempts of an async send."},
            [](auto& t, const SettingValue& v) { t.settings.retry_times_when_send_async_failed = v.small(); }),
    setting({"retryAnotherBrokerWhenNotStoreOK", key::boolean, "", "false",
             "A message that is stored, but with a doubtful status (10, 11, 12), is sent to another broker as well."},
            [](auto& t, const SettingValue& v) { t.settings.retry_another_broker_when_not_store_ok = v.flag(); }),
    setting({"addRetryResponseCode", key::refs("responseCode", 0, 1000), "", "[]",
             "Added to the codes that a sync send tries again on another broker: 17, 14, 1, 16, 204, 205, and from 5.x "
             "on 2 and 1500."},
            [](auto& t, const SettingValue& v) {
              for (const auto code : v.codes()) t.settings.retry_response_codes.push_back(code);
            }),
    setting({"maxMessageSize", key::integer(0, INT32_MAX), "bytes", "4194304", "Of a body, before compression."},
            [](auto& t, const SettingValue& v) { t.settings.max_message_size = v.number(); }),
    setting({"compressMsgBodyOverHowmuch", key::integer(0, INT32_MAX), "bytes", "4096",
             "Bodies of this size and more are compressed."},
            [](auto& t, const SettingValue& v) { t.settings.compress_msg_body_over_howmuch = v.number(); }),
    setting({"compressLevel", key::integer(0, 9), "", "5", "How hard zlib tries."},
            [](auto& t, const SettingValue& v) { t.settings.compress_level = v.small(); }),
    setting({"compressType", key::words(kCompressTypes), "", R"("ZLIB")", "What compresses."},
            [](auto& t, const SettingValue& v) { t.settings.compress_type = *compression_type_by_name(v.text()); }),
    setting({"createTopicKey", key::text(), "", R"("TBW102")", "Template of topics that are created by sending."},
            [](auto& t, const SettingValue& v) { t.settings.create_topic_key = v.text(); }),
    setting(
        {"defaultTopicQueueNums", key::integer(1, INT32_MAX), "", "4", "Queues of a topic that is created by sending."},
        [](auto& t, const SettingValue& v) { t.settings.default_topic_queue_nums = v.small(); }),
    once(
        {"topics", key::refs("text", 0, 1000), "", "[]", "Topics whose routes are looked up at start."},
        [](auto& t, const SettingValue& v) { t.settings.topics = v.texts(); }, &Profile::resolves_topics_at_start),
    setting(
        {"enableBackpressureForAsyncMode", key::boolean, "", "false",
         "The limits backPressureForAsyncSendNum and backPressureForAsyncSendSize hold."},
        [](auto& t, const SettingValue& v) { t.settings.enable_backpressure_for_async_mode = v.flag(); },
        &Profile::has_back_pressure),
    setting(
        {"backPressureForAsyncSendNum", key::integer(10, INT32_MAX), "", "10000", "Async sends under way at most."},
        [](auto& t, const SettingValue& v) { t.set_back_pressure_num(v.number()); }, &Profile::has_back_pressure),
    setting(
        {"backPressureForAsyncSendSize", key::integer(1 << 20, INT32_MAX), "bytes", "104857600",
         "Bodies of async sends under way at most."},
        [](auto& t, const SettingValue& v) { t.set_back_pressure_size(v.number()); }, &Profile::has_back_pressure),
    setting(
        {"autoBatch", key::boolean, "", "false", "Messages sent without a timeout are gathered."},
        [](auto& t, const SettingValue& v) { t.settings.auto_batch = v.flag(); }, &Profile::has_auto_batch),
    setting(
        {"batchMaxBytes", key::integer(1, 2 << 20), "bytes", "32768", "A gathered batch is sent at this size."},
        [](auto& t, const SettingValue& v) {
          t.settings.batch_max_bytes = v.number();
          if (auto* gathering = t.accumulator()) gathering->set_batch_max_bytes(v.number());
        },
        &Profile::has_auto_batch),
    setting(
        {"batchMaxDelayMs", key::integer(1, 30'000), "ms", "10", "A gathered batch is sent at this age."},
        [](auto& t, const SettingValue& v) {
          t.settings.batch_max_delay_ms = v.number();
          if (auto* gathering = t.accumulator()) gathering->set_batch_max_delay_ms(v.number());
        },
        &Profile::has_auto_batch),
    setting(
        {"totalBatchMaxBytes", key::integer(1, INT32_MAX), "bytes", "33554432",
         "Gathered and not yet sent, of all topics."},
        [](auto& t, const SettingValue& v) {
          t.settings.total_batch_max_bytes = v.number();
          if (auto* gathering = t.accumulator()) gathering->set_total_batch_max_bytes(v.number());
        },
        &Profile::has_auto_batch),
};

}  // namespace rmqsim
