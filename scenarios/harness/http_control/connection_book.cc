#include "scenarios/harness/http_control/connection_book.h"

#include "producer/remoting/bodies/heartbeat_data.h"
#include "producer/remoting/codes.h"

namespace rmqsim {

void ConnectionBook::opened(std::string_view server, std::string_view peer, TimePoint at) {
  if (open_.size() >= kMax) return;
  open_[{std::string(server), std::string(peer)}].since = at;
}

void ConnectionBook::closed(std::string_view server, std::string_view peer) {
  open_.erase({std::string(server), std::string(peer)});
  last_ = open_.end();
}

void ConnectionBook::asked(const JournalEntry& entry) {
  if (last_ == open_.end() || last_->first.first != entry.server || last_->first.second != entry.peer) {
    last_ = open_.find(std::pair<std::string_view, std::string_view>(entry.server, entry.peer));
    if (last_ == open_.end()) return;
  }
  OpenConnection& connection = last_->second;
  ++connection.requests;
  // What a client's own producer says is no news of the application's.
  const bool inner = entry.group == kClientInnerProducerGroup && !connection.group.empty();
  if (!entry.group.empty() && !inner) connection.group = entry.group;
  if (entry.code == RequestCode::REGISTER_BROKER) connection.broker = true;
}

}  // namespace rmqsim
