// Numbers and names of the protocol: request codes, response codes, languages, versions. Names are those of
// org.apache.rocketmq.remoting.protocol.{RequestCode,ResponseCode,LanguageCode} and common.MQVersion.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rmqsim {

namespace RequestCode {
inline constexpr std::int32_t SEND_MESSAGE = 10;
inline constexpr std::int32_t PULL_MESSAGE = 11;
inline constexpr std::int32_t QUERY_MESSAGE = 12;
inline constexpr std::int32_t QUERY_CONSUMER_OFFSET = 14;
inline constexpr std::int32_t UPDATE_CONSUMER_OFFSET = 15;
inline constexpr std::int32_t UPDATE_AND_CREATE_TOPIC = 17;
inline constexpr std::int32_t GET_BROKER_RUNTIME_INFO = 28;
inline constexpr std::int32_t SEARCH_OFFSET_BY_TIMESTAMP = 29;
inline constexpr std::int32_t GET_MAX_OFFSET = 30;
inline constexpr std::int32_t GET_MIN_OFFSET = 31;
inline constexpr std::int32_t GET_EARLIEST_MSG_STORETIME = 32;
inline constexpr std::int32_t VIEW_MESSAGE_BY_ID = 33;
inline constexpr std::int32_t HEART_BEAT = 34;
inline constexpr std::int32_t UNREGISTER_CLIENT = 35;
inline constexpr std::int32_t CONSUMER_SEND_MSG_BACK = 36;
inline constexpr std::int32_t END_TRANSACTION = 37;
inline constexpr std::int32_t GET_CONSUMER_LIST_BY_GROUP = 38;
inline constexpr std::int32_t CHECK_TRANSACTION_STATE = 39;
inline constexpr std::int32_t NOTIFY_CONSUMER_IDS_CHANGED = 40;
inline constexpr std::int32_t LOCK_BATCH_MQ = 41;
inline constexpr std::int32_t UNLOCK_BATCH_MQ = 42;
inline constexpr std::int32_t CHECK_CLIENT_CONFIG = 46;
inline constexpr std::int32_t PUT_KV_CONFIG = 100;
inline constexpr std::int32_t GET_KV_CONFIG = 101;
inline constexpr std::int32_t DELETE_KV_CONFIG = 102;
inline constexpr std::int32_t REGISTER_BROKER = 103;
inline constexpr std::int32_t UNREGISTER_BROKER = 104;
inline constexpr std::int32_t GET_ROUTEINFO_BY_TOPIC = 105;
inline constexpr std::int32_t GET_BROKER_CLUSTER_INFO = 106;
inline constexpr std::int32_t GET_TOPIC_STATS_INFO = 202;
inline constexpr std::int32_t GET_CONSUMER_CONNECTION_LIST = 203;
inline constexpr std::int32_t GET_PRODUCER_CONNECTION_LIST = 204;
inline constexpr std::int32_t GET_ALL_TOPIC_LIST_FROM_NAMESERVER = 206;
inline constexpr std::int32_t GET_CONSUME_STATS = 208;
inline constexpr std::int32_t DELETE_TOPIC_IN_BROKER = 215;
inline constexpr std::int32_t DELETE_TOPIC_IN_NAMESRV = 216;
inline constexpr std::int32_t GET_KVLIST_BY_NAMESPACE = 219;
inline constexpr std::int32_t RESET_CONSUMER_CLIENT_OFFSET = 220;
inline constexpr std::int32_t INVOKE_BROKER_TO_RESET_OFFSET = 222;
inline constexpr std::int32_t QUERY_TOPIC_CONSUME_BY_WHO = 300;
inline constexpr std::int32_t SEND_MESSAGE_V2 = 310;
inline constexpr std::int32_t GET_NAMESRV_CONFIG = 319;
inline constexpr std::int32_t SEND_BATCH_MESSAGE = 320;
inline constexpr std::int32_t QUERY_DATA_VERSION = 322;
inline constexpr std::int32_t SEND_REPLY_MESSAGE = 324;
inline constexpr std::int32_t SEND_REPLY_MESSAGE_V2 = 325;
inline constexpr std::int32_t PUSH_REPLY_MESSAGE_TO_CLIENT = 326;
inline constexpr std::int32_t GET_TOPIC_CONFIG = 351;
inline constexpr std::int32_t LITE_PULL_MESSAGE = 361;
inline constexpr std::int32_t RECALL_MESSAGE = 370;
inline constexpr std::int32_t GET_BROKER_MEMBER_GROUP = 901;
inline constexpr std::int32_t BROKER_HEARTBEAT = 904;
}  // namespace RequestCode

namespace ResponseCode {
inline constexpr std::int32_t SUCCESS = 0;
inline constexpr std::int32_t SYSTEM_ERROR = 1;
inline constexpr std::int32_t SYSTEM_BUSY = 2;
inline constexpr std::int32_t REQUEST_CODE_NOT_SUPPORTED = 3;
inline constexpr std::int32_t FLUSH_DISK_TIMEOUT = 10;
inline constexpr std::int32_t SLAVE_NOT_AVAILABLE = 11;
inline constexpr std::int32_t FLUSH_SLAVE_TIMEOUT = 12;
inline constexpr std::int32_t MESSAGE_ILLEGAL = 13;
inline constexpr std::int32_t SERVICE_NOT_AVAILABLE = 14;
inline constexpr std::int32_t VERSION_NOT_SUPPORTED = 15;
inline constexpr std::int32_t NO_PERMISSION = 16;
inline constexpr std::int32_t TOPIC_NOT_EXIST = 17;
inline constexpr std::int32_t PULL_NOT_FOUND = 19;
inline constexpr std::int32_t PULL_RETRY_IMMEDIATELY = 20;
inline constexpr std::int32_t PULL_OFFSET_MOVED = 21;
inline constexpr std::int32_t QUERY_NOT_FOUND = 22;
inline constexpr std::int32_t SUBSCRIPTION_PARSE_FAILED = 23;
inline constexpr std::int32_t SUBSCRIPTION_NOT_EXIST = 24;
inline constexpr std::int32_t SUBSCRIPTION_NOT_LATEST = 25;
inline constexpr std::int32_t SUBSCRIPTION_GROUP_NOT_EXIST = 26;
inline constexpr std::int32_t INVALID_PARAMETER = 29;
inline constexpr std::int32_t NO_BUYER_ID = 204;
inline constexpr std::int32_t NOT_IN_CURRENT_UNIT = 205;
inline constexpr std::int32_t CONSUMER_NOT_ONLINE = 206;
inline constexpr std::int32_t NO_MESSAGE = 208;
inline constexpr std::int32_t FLOW_CONTROL = 215;
inline constexpr std::int32_t ILLEGAL_OPERATION = 604;
inline constexpr std::int32_t GO_AWAY = 1500;
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

/// The JSON header carries the name, the ROCKETMQ header the number (wire-and-servers §1.9).
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
inline constexpr std::int32_t V3_0_11 = 37;
inline constexpr std::int32_t V3_4_9 = 121;
inline constexpr std::int32_t V4_9_4 = 401;
inline constexpr std::int32_t V4_9_8 = 409;
inline constexpr std::int32_t V5_3_1 = 475;
inline constexpr std::int32_t V5_3_3 = 479;
}  // namespace MQVersion

}  // namespace rmqsim
