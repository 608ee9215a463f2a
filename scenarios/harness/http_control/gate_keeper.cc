#include "scenarios/harness/http_control/gate_keeper.h"

#include <algorithm>

namespace rmqsim {

bool GateKeeper::holds(std::string_view server, std::uint64_t number, const RequestFacts& request,
                       Duration since_first_step) {
  if (plan_.empty()) return false;
  const auto decision = plan_.match(server, request, since_first_step);
  if (!decision) return false;
  if (held_.size() >= kMaxHeld) {
    ++passed_;
    return false;
  }
  held_.emplace_back(decision->what->id, Held{std::string(server), number, request.code, std::string(request.topic),
                                              std::string(request.producer_group)});
  return true;
}

void GateKeeper::forgotten(std::string_view server, std::uint64_t number) {
  std::erase_if(held_, [&](const auto& one) { return one.second.server == server && one.second.number == number; });
}

std::vector<GateKeeper::Held> GateKeeper::held(std::string_view gate) const {
  std::vector<Held> found;
  for (const auto& [id, request] : held_) {
    if (id == gate) found.push_back(request);
  }
  return found;
}

std::vector<GateKeeper::Held> GateKeeper::take(std::string_view gate, std::size_t count) {
  std::vector<Held> taken;
  std::erase_if(held_, [&](auto& one) {
    if (one.first != gate || taken.size() >= count) return false;
    taken.push_back(std::move(one.second));
    return true;
  });
  return taken;
}

}  // namespace rmqsim
