// The table of processors, and the answer to codes that have none.
#include "fake_broker/processors/processors.h"

#include <map>

namespace rmqsim {

namespace {

std::map<std::int32_t, ProcessorRow> all_rows() {
  std::map<std::int32_t, ProcessorRow> out;
#define RMQSIM_ADD_ROWS(name) \
  for (const ProcessorRow& row : name##_rows()) out.emplace(row.code, row);
  RMQSIM_PROCESSOR_FILES(RMQSIM_ADD_ROWS)
#undef RMQSIM_ADD_ROWS
  return out;
}

}  // namespace

BrokerProcessor find_broker_processor(std::int32_t request_code, std::int32_t version) {
  static const std::map<std::int32_t, ProcessorRow> kProcessors = all_rows();
  const auto row = kProcessors.find(request_code);
  return row != kProcessors.end() && version >= row->second.since ? row->second.function : process_unknown;
}

void process_unknown(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  response.code = ResponseCode::REQUEST_CODE_NOT_SUPPORTED;
  response.remark = " request type " + std::to_string(request.code) + " not supported";
}

}  // namespace rmqsim
