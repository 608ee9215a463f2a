// When the requests of sends were written, by the key that each carries: what an attempt's own times do not tell of a
// request that is made again within it (behaviour §9.9). A batch's key is not its messages', so of batches nothing is
// known.
#pragma once

#include <functional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/wire_tap.h"

namespace rmqsim {

class RequestTimes {
 public:
  void note(const WireEnd& end, const WireRequest& said) {
    if (said.key.empty()) return;
    written_[kHash(said.key)].push_back({kHash(end.server), end.at});
  }
  /// Calls `visit` with the time of each request that the attempt wrote, in order.
  template <class Visit>
  void each_of(const SendRecord& send, const AttemptRecord& attempt, const Visit& visit) const {
    const auto found = send.msg_id.empty() ? written_.end() : written_.find(kHash(send.msg_id));
    if (found == written_.end()) return;
    const TimePoint end = attempt.start + attempt.elapsed;  // when the next one may begin
    for (const Written& one : found->second) {
      const bool within = one.at == attempt.start || (attempt.start < one.at && one.at < end);
      if (within && one.server == kHash(attempt.broker)) visit(one.at);
    }
  }

 private:
  static constexpr std::hash<std::string_view> kHash{};
  struct Written {
    std::size_t server;  ///< hash of its name
    TimePoint at;
  };
  std::unordered_map<std::size_t, std::vector<Written>> written_;  ///< by the hash of the key
};

}  // namespace rmqsim
