#include "scenarios/harness/engine/judging/wire_sends.h"

#include "fake_broker/processors/send_request.h"
#include "fake_broker/rules/fault_rule.h"

namespace rmqsim {

std::string_view sent_key(const RemotingCommand& request) {
  if (!is_send_request(request.code)) return {};
  const bool letters = send_header_form(request.code) == HeaderForm::letters;
  return scan_properties(request.ext_fields.get(letters ? "i" : "properties")).uniq_key;
}

}  // namespace rmqsim
