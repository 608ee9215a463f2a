// Name tables for codes.h. Lookup is linear: names are used by scenario loading and reports, never per frame.
#include "producer/remoting/codes.h"

#include <charconv>
#include <iterator>

namespace rmqsim {
namespace {

struct Named {
  std::string_view name;
  std::int32_t code;
};

#define RMQSIM_REQUEST(name) \
  Named { #name, RequestCode::name }
constexpr Named kRequests[] = {
    RMQSIM_REQUEST(SEND_MESSAGE),
    RMQSIM_REQUEST(PULL_MESSAGE),
    RMQSIM_REQUEST(QUERY_MESSAGE),
    RMQSIM_REQUEST(QUERY_CONSUMER_OFFSET),
    RMQSIM_REQUEST(UPDATE_CONSUMER_OFFSET),
    RMQSIM_REQUEST(UPDATE_AND_CREATE_TOPIC),
    RMQSIM_REQUEST(GET_BROKER_RUNTIME_INFO),
    RMQSIM_REQUEST(SEARCH_OFFSET_BY_TIMESTAMP),
    RMQSIM_REQUEST(GET_MAX_OFFSET),
    RMQSIM_REQUEST(GET_MIN_OFFSET),
    RMQSIM_REQUEST(GET_EARLIEST_MSG_STORETIME),
    RMQSIM_REQUEST(VIEW_MESSAGE_BY_ID),
    RMQSIM_REQUEST(HEART_BEAT),
    RMQSIM_REQUEST(UNREGISTER_CLIENT),
    RMQSIM_REQUEST(CONSUMER_SEND_MSG_BACK),
    RMQSIM_REQUEST(END_TRANSACTION),
    RMQSIM_REQUEST(GET_CONSUMER_LIST_BY_GROUP),
    RMQSIM_REQUEST(CHECK_TRANSACTION_STATE),
    RMQSIM_REQUEST(NOTIFY_CONSUMER_IDS_CHANGED),
    RMQSIM_REQUEST(LOCK_BATCH_MQ),
    RMQSIM_REQUEST(UNLOCK_BATCH_MQ),
    RMQSIM_REQUEST(CHECK_CLIENT_CONFIG),
    RMQSIM_REQUEST(PUT_KV_CONFIG),
    RMQSIM_REQUEST(GET_KV_CONFIG),
    RMQSIM_REQUEST(DELETE_KV_CONFIG),
    RMQSIM_REQUEST(REGISTER_BROKER),
    RMQSIM_REQUEST(UNREGISTER_BROKER),
    RMQSIM_REQUEST(GET_ROUTEINFO_BY_TOPIC),
    RMQSIM_REQUEST(GET_BROKER_CLUSTER_INFO),
    RMQSIM_REQUEST(GET_TOPIC_STATS_INFO),
    RMQSIM_REQUEST(GET_CONSUMER_CONNECTION_LIST),
    RMQSIM_REQUEST(GET_PRODUCER_CONNECTION_LIST),
    RMQSIM_REQUEST(GET_ALL_TOPIC_LIST_FROM_NAMESERVER),
    RMQSIM_REQUEST(GET_CONSUME_STATS),
    RMQSIM_REQUEST(DELETE_TOPIC_IN_BROKER),
    RMQSIM_REQUEST(DELETE_TOPIC_IN_NAMESRV),
    RMQSIM_REQUEST(GET_KVLIST_BY_NAMESPACE),
    RMQSIM_REQUEST(RESET_CONSUMER_CLIENT_OFFSET),
    RMQSIM_REQUEST(INVOKE_BROKER_TO_RESET_OFFSET),
    RMQSIM_REQUEST(QUERY_TOPIC_CONSUME_BY_WHO),
    RMQSIM_REQUEST(SEND_MESSAGE_V2),
    RMQSIM_REQUEST(GET_NAMESRV_CONFIG),
    RMQSIM_REQUEST(SEND_BATCH_MESSAGE),
    RMQSIM_REQUEST(QUERY_DATA_VERSION),
    RMQSIM_REQUEST(SEND_REPLY_MESSAGE),
    RMQSIM_REQUEST(SEND_REPLY_MESSAGE_V2),
    RMQSIM_REQUEST(PUSH_REPLY_MESSAGE_TO_CLIENT),
    RMQSIM_REQUEST(GET_TOPIC_CONFIG),
    RMQSIM_REQUEST(LITE_PULL_MESSAGE),
    RMQSIM_REQUEST(RECALL_MESSAGE),
    RMQSIM_REQUEST(GET_BROKER_MEMBER_GROUP),
    RMQSIM_REQUEST(BROKER_HEARTBEAT),
};
#undef RMQSIM_REQUEST

#define RMQSIM_RESPONSE(name) \
  Named { #name, ResponseCode::name }
constexpr Named kResponses[] = {
    RMQSIM_RESPONSE(SUCCESS),
    RMQSIM_RESPONSE(SYSTEM_ERROR),
    RMQSIM_RESPONSE(SYSTEM_BUSY),
    RMQSIM_RESPONSE(REQUEST_CODE_NOT_SUPPORTED),
    RMQSIM_RESPONSE(FLUSH_DISK_TIMEOUT),
    RMQSIM_RESPONSE(SLAVE_NOT_AVAILABLE),
    RMQSIM_RESPONSE(FLUSH_SLAVE_TIMEOUT),
    RMQSIM_RESPONSE(MESSAGE_ILLEGAL),
    RMQSIM_RESPONSE(SERVICE_NOT_AVAILABLE),
    RMQSIM_RESPONSE(VERSION_NOT_SUPPORTED),
    RMQSIM_RESPONSE(NO_PERMISSION),
    RMQSIM_RESPONSE(TOPIC_NOT_EXIST),
    RMQSIM_RESPONSE(PULL_NOT_FOUND),
    RMQSIM_RESPONSE(PULL_RETRY_IMMEDIATELY),
    RMQSIM_RESPONSE(PULL_OFFSET_MOVED),
    RMQSIM_RESPONSE(QUERY_NOT_FOUND),
    RMQSIM_RESPONSE(SUBSCRIPTION_PARSE_FAILED),
    RMQSIM_RESPONSE(SUBSCRIPTION_NOT_EXIST),
    RMQSIM_RESPONSE(SUBSCRIPTION_NOT_LATEST),
    RMQSIM_RESPONSE(SUBSCRIPTION_GROUP_NOT_EXIST),
    RMQSIM_RESPONSE(INVALID_PARAMETER),
    RMQSIM_RESPONSE(NO_BUYER_ID),
    RMQSIM_RESPONSE(NOT_IN_CURRENT_UNIT),
    RMQSIM_RESPONSE(CONSUMER_NOT_ONLINE),
    RMQSIM_RESPONSE(NO_MESSAGE),
    RMQSIM_RESPONSE(FLOW_CONTROL),
    RMQSIM_RESPONSE(ILLEGAL_OPERATION),
    RMQSIM_RESPONSE(GO_AWAY),
};
#undef RMQSIM_RESPONSE

template <std::size_t N>
struct NameList {
  std::string_view names[N];
  constexpr explicit NameList(const Named (&table)[N]) : names{} {
    for (std::size_t i = 0; i < N; ++i) names[i] = table[i].name;
  }
};
constexpr NameList kRequestNames{kRequests};
constexpr NameList kResponseNames{kResponses};

template <std::size_t N>
std::string name_of(const Named (&table)[N], std::int32_t code) {
  for (const Named& n : table) {
    if (n.code == code) return std::string(n.name);
  }
  return std::to_string(code);
}

template <std::size_t N>
std::optional<std::int32_t> code_of(const Named (&table)[N], std::string_view name) {
  for (const Named& n : table) {
    if (n.name == name) return n.code;
  }
  std::int32_t value = 0;
  const auto [end, ec] = std::from_chars(name.data(), name.data() + name.size(), value);
  if (ec != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return value;
}

constexpr std::string_view kLanguages[] = {"JAVA",  "CPP",  "DOTNET", "PYTHON", "DELPHI", "ERLANG", "RUBY",
                                           "OTHER", "HTTP", "GO",     "PHP",    "OMS",    "RUST",   "NODE_JS"};

bool equal_ignoring_case(std::string_view a, std::string_view upper) {
  if (a.size() != upper.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char c = a[i] >= 'a' && a[i] <= 'z' ? static_cast<char>(a[i] - 'a' + 'A') : a[i];
    if (c != upper[i]) return false;
  }
  return true;
}

}  // namespace

std::string request_code_name(std::int32_t code) { return name_of(kRequests, code); }
std::string response_code_name(std::int32_t code) { return name_of(kResponses, code); }
std::optional<std::int32_t> request_code_by_name(std::string_view name) { return code_of(kRequests, name); }
std::optional<std::int32_t> response_code_by_name(std::string_view name) { return code_of(kResponses, name); }

const std::string_view* request_code_names(std::size_t& count) {
  count = std::size(kRequestNames.names);
  return kRequestNames.names;
}

const std::string_view* response_code_names(std::size_t& count) {
  count = std::size(kResponseNames.names);
  return kResponseNames.names;
}

std::string_view language_name(LanguageCode language) {
  const auto i = static_cast<std::size_t>(language);
  return i < std::size(kLanguages) ? kLanguages[i] : std::string_view("UNKNOWN");
}

LanguageCode language_by_name(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kLanguages); ++i) {
    if (equal_ignoring_case(name, kLanguages[i])) return static_cast<LanguageCode>(i);
  }
  return LanguageCode::UNKNOWN;
}

}  // namespace rmqsim
