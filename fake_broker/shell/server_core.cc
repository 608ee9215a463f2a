// What differs between the emulated releases for both fakes: version numbers, FAQ addresses, form of answers.
#include "fake_broker/shell/server_core.h"

#include "producer/remoting/codes.h"

namespace rmqsim {

std::optional<ServerVersion> server_version_by_name(std::string_view name) {
  if (name.substr(0, 5) == "java-") name.remove_prefix(5);
  if (name == "5.3.3") return ServerVersion::v5_3_3;
  if (name == "4.9.8") return ServerVersion::v4_9_8;
  return std::nullopt;
}

std::string_view server_version_name(ServerVersion version) {
  return version == ServerVersion::v5_3_3 ? "5.3.3" : "4.9.8";
}

std::int32_t server_version_number(ServerVersion version) {
  return version == ServerVersion::v5_3_3 ? MQVersion::V5_3_3 : MQVersion::V4_9_8;
}

std::string_view see_faq(ServerVersion version) {
  return version == ServerVersion::v5_3_3
             ? "\nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details."
             : "\nSee http://rocketmq.apache.org/docs/faq/ for further details.";
}

void begin_response(ServerVersion version, const RemotingCommand& request, RemotingCommand& response) {
  response.code = ResponseCode::SUCCESS;
  response.language = LanguageCode::JAVA;
  response.version = server_version_number(version);
  response.opaque = request.opaque;
  response.has_opaque = true;
  response.flag = RemotingCommand::kResponseFlag;
  response.remark.reset();
  response.has_ext_fields = false;
  response.ext_fields.clear();
  response.serialize_type = version == ServerVersion::v4_9_8 ? request.serialize_type : SerializeType::JSON;
  response.body.clear();
}

}  // namespace rmqsim
