// The beginning of every answer.
#include "fake_broker/shell/server_core.h"

#include "producer/remoting/codes.h"

namespace rmqsim {

void begin_response(const ServerProfile& profile, const RemotingCommand& request, RemotingCommand& response) {
  response.code = ResponseCode::SUCCESS;
  response.language = LanguageCode::JAVA;
  response.version = profile.version;
  response.opaque = request.opaque;
  response.has_opaque = true;
  response.flag = RemotingCommand::kResponseFlag;
  response.remark.reset();
  response.has_ext_fields = false;
  response.ext_fields.clear();
  response.serialize_type = profile.answers_in_requests_form ? request.serialize_type : SerializeType::JSON;
  response.body.clear();
}

}  // namespace rmqsim
