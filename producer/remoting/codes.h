// Numbers and names of the protocol: request codes, response codes, languages, versions. Names are those of
// org.apache.rocketmq.remoting.protocol.{RequestCode,ResponseCode,LanguageCode} and common.MQVersion.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rmqsim {

/// Request codes: name, number. The only list of them.
// clang-format off
#define RMQSIM_REQUEST_CODES(code) \
  code(SEND_MESSAGE, 10) \
  code(PULL_MESSAGE, 11) \
  code(QUERY_MESSAGE, 12) \
  code(QUERY_CONSUMER_OFFSET, 14) \
  code(UPDATE_CONSUMER_OFFSET, 15) \
  code(UPDATE_AND_CREATE_TOPIC, 17) \
  code(GET_ALL_TOPIC_CONFIG, 21) \
  code(GET_BROKER_CONFIG, 26) \
  code(GET_BROKER_RUNTIME_INFO, 28) \
  code(SEARCH_OFFSET_BY_TIMESTAMP, 29) \
  code(GET_MAX_OFFSET, 30) \
  code(GET_MIN_OFFSET, 31) \
  code(GET_EARLIEST_MSG_STORETIME, 32) \
  code(VIEW_MESSAGE_BY_ID, 33) \
  code(HEART_BEAT, 34) \
  code(UNREGISTER_CLIENT, 35) \
  code(CONSUMER_SEND_MSG_BACK, 36) \
  code(END_TRANSACTION, 37) \
  code(GET_CONSUMER_LIST_BY_GROUP, 38) \
  code(CHECK_TRANSACTION_STATE, 39) \
  code(NOTIFY_CONSUMER_IDS_CHANGED, 40) \
  code(LOCK_BATCH_MQ, 41) \
  code(UNLOCK_BATCH_MQ, 42) \
  code(CHECK_CLIENT_CONFIG, 46) \
  code(PUT_KV_CONFIG, 100) \
  code(GET_KV_CONFIG, 101) \
  code(DELETE_KV_CONFIG, 102) \
  code(REGISTER_BROKER, 103) \
  code(UNREGISTER_BROKER, 104) \
  code(GET_ROUTEINFO_BY_TOPIC, 105) \
  code(GET_BROKER_CLUSTER_INFO, 106) \
  code(UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, 200) \
  code(GET_ALL_SUBSCRIPTIONGROUP_CONFIG, 201) \
  code(GET_TOPIC_STATS_INFO, 202) \
  code(GET_CONSUMER_CONNECTION_LIST, 203) \
  code(GET_PRODUCER_CONNECTION_LIST, 204) \
  code(GET_ALL_TOPIC_LIST_FROM_NAMESERVER, 206) \
  code(DELETE_SUBSCRIPTIONGROUP, 207) \
  code(GET_CONSUME_STATS, 208) \
  code(DELETE_TOPIC_IN_BROKER, 215) \
  code(DELETE_TOPIC_IN_NAMESRV, 216) \
  code(REGISTER_TOPIC_IN_NAMESRV, 217) \
  code(GET_KVLIST_BY_NAMESPACE, 219) \
  code(RESET_CONSUMER_CLIENT_OFFSET, 220) \
  code(INVOKE_BROKER_TO_RESET_OFFSET, 222) \
  code(GET_TOPICS_BY_CLUSTER, 224) \
  code(QUERY_TOPIC_CONSUME_BY_WHO, 300) \
  code(GET_SYSTEM_TOPIC_LIST_FROM_NS, 304) \
  code(GET_SYSTEM_TOPIC_LIST_FROM_BROKER, 305) \
  code(SEND_MESSAGE_V2, 310) \
  code(GET_NAMESRV_CONFIG, 319) \
  code(SEND_BATCH_MESSAGE, 320) \
  code(QUERY_DATA_VERSION, 322) \
  code(SEND_REPLY_MESSAGE, 324) \
  code(SEND_REPLY_MESSAGE_V2, 325) \
  code(PUSH_REPLY_MESSAGE_TO_CLIENT, 326) \
  code(GET_ALL_PRODUCER_INFO, 328) \
  code(QUERY_TOPICS_BY_CONSUMER, 343) \
  code(GET_TOPIC_CONFIG, 351) \
  code(GET_SUBSCRIPTIONGROUP_CONFIG, 352) \
  code(LITE_PULL_MESSAGE, 361) \
  code(RECALL_MESSAGE, 370) \
  code(GET_BROKER_MEMBER_GROUP, 901) \
  code(BROKER_HEARTBEAT, 904)
// clang-format on

namespace RequestCode {
#define RMQSIM_CODE(name, number) inline constexpr std::int32_t name = number;
RMQSIM_REQUEST_CODES(RMQSIM_CODE)
#undef RMQSIM_CODE
}  // namespace RequestCode

/// Response codes: name, number. The only list of them.
// clang-format off
#define RMQSIM_RESPONSE_CODES(code) \
  code(SUCCESS, 0) \
  code(SYSTEM_ERROR, 1) \
  code(SYSTEM_BUSY, 2) \
  code(REQUEST_CODE_NOT_SUPPORTED, 3) \
  code(FLUSH_DISK_TIMEOUT, 10) \
  code(SLAVE_NOT_AVAILABLE, 11) \
  code(FLUSH_SLAVE_TIMEOUT, 12) \
  code(MESSAGE_ILLEGAL, 13) \
  code(SERVICE_NOT_AVAILABLE, 14) \
  code(VERSION_NOT_SUPPORTED, 15) \
  code(NO_PERMISSION, 16) \
  code(TOPIC_NOT_EXIST, 17) \
  code(PULL_NOT_FOUND, 19) \
  code(PULL_RETRY_IMMEDIATELY, 20) \
  code(PULL_OFFSET_MOVED, 21) \
  code(QUERY_NOT_FOUND, 22) \
  code(SUBSCRIPTION_PARSE_FAILED, 23) \
  code(SUBSCRIPTION_NOT_EXIST, 24) \
  code(SUBSCRIPTION_NOT_LATEST, 25) \
  code(SUBSCRIPTION_GROUP_NOT_EXIST, 26) \
  code(INVALID_PARAMETER, 29) \
  code(NO_BUYER_ID, 204) \
  code(NOT_IN_CURRENT_UNIT, 205) \
  code(CONSUMER_NOT_ONLINE, 206) \
  code(NO_MESSAGE, 208) \
  code(FLOW_CONTROL, 215) \
  code(ILLEGAL_OPERATION, 604) \
  code(GO_AWAY, 1500)
// clang-format on

namespace ResponseCode {
#define RMQSIM_CODE(name, number) inline constexpr std::int32_t name = number;
RMQSIM_RESPONSE_CODES(RMQSIM_CODE)
#undef RMQSIM_CODE
}  // namespace ResponseCode

/// "SEND_MESSAGE_V2" for 310; the decimal number for a code without a name.
std::string request_code_name(std::int32_t code);
/// "SYSTEM_BUSY" for 2; the decimal number for a code without a name.
std::string response_code_name(std::int32_t code);
/// The inverse of the two above, exact spelling; also accepts a decimal number.
std::optional<std::int32_t> request_code_by_name(std::string_view name);
std::optional<std::int32_t> response_code_by_name(std::string_view name);
/// All known names, for messages that suggest the nearest one.
const std::string_view* request_code_names(std::size_t& count);
const std::string_view* response_code_names(std::size_t& count);

/// The JSON header carries the name, the ROCKETMQ header the number (wire §1.9).
enum class LanguageCode : std::uint8_t {
  JAVA = 0,
  CPP,
  DOTNET,
  PYTHON,
  DELPHI,
  ERLANG,
  RUBY,
  OTHER,
  HTTP,
  GO,
  PHP,
  OMS,
  RUST,
  NODE_JS,
  UNKNOWN = 255,  ///< a name or byte that this table does not have; Java decodes it to null
};
std::string_view language_name(LanguageCode language);
LanguageCode language_by_name(std::string_view name);

/// MQVersion ordinals that the protocol's behaviour depends on.
namespace MQVersion {
inline constexpr std::int32_t V3_4_9 = 121;
inline constexpr std::int32_t V4_9_4 = 401;
inline constexpr std::int32_t V4_9_8 = 409;
inline constexpr std::int32_t V5_0_0 = 413;
inline constexpr std::int32_t V5_3_1 = 475;
inline constexpr std::int32_t V5_3_2 = 477;
inline constexpr std::int32_t V5_3_3 = 479;
}  // namespace MQVersion

}  // namespace rmqsim
