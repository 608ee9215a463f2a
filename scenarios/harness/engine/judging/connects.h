// When each client of a run was connecting, and to whom: what invariants ask about time that nobody spent on a request.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "scenarios/harness/engine/wire_tap.h"

namespace rmqsim {

class Connects {
 public:
  struct Connect {
    std::string server;
    TimePoint from;
    TimePoint to = TimePoint::max();  ///< when it was made, or had failed
  };

  void began(const WireEnd& end) {
    Client& client = clients_[std::string(end.client)];
    client.open.push_back(client.all.size());
    client.all.push_back({std::string(end.server), end.at});
  }
  /// The one that was begun first of those to that server.
  void ended(const WireEnd& end) {
    const auto found = clients_.find(end.client);
    if (found == clients_.end()) return;
    Client& client = found->second;
    const auto one = std::find_if(client.open.begin(), client.open.end(),
                                  [&](std::size_t i) { return client.all[i].server == end.server; });
    if (one == client.open.end()) return;
    client.all[*one].to = end.at;
    client.open.erase(one);
  }
  /// Calls `visit` with the name of each client and its connects, in the order in which they were begun.
  template <class Visit>
  void each_client(const Visit& visit) const {
    for (const auto& [name, client] : clients_) visit(name, client.all);
  }
  const std::vector<Connect>& of(std::string_view client) const {
    static const std::vector<Connect> kNone;
    const auto found = clients_.find(client);
    return found == clients_.end() ? kNone : found->second.all;
  }

 private:
  struct Client {
    std::vector<Connect> all;
    std::vector<std::size_t> open;  ///< indices of those that have not ended: there are few, and may be many connects
  };
  std::map<std::string, Client, std::less<>> clients_;
};

}  // namespace rmqsim
