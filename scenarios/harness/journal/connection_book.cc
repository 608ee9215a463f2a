#include "scenarios/harness/journal/connection_book.h"

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
  last_source_ = 0;
}

void ConnectionBook::asked(const RequestSource& source) {
  if (source.id != last_source_) {
    last_ = open_.find(std::pair<std::string_view, std::string_view>(source.server, source.peer));
    last_source_ = last_ == open_.end() ? 0 : source.id;
    if (last_source_ != 0) learn(source, last_->second);
  }
  if (last_source_ != 0) ++last_->second.requests;
}

void ConnectionBook::learn(const RequestSource& source, OpenConnection& connection) {
  // What a client's own producer says is no news of the application's.
  const bool inner = source.group == kClientInnerProducerGroup && !connection.group.empty();
  if (!source.group.empty() && !inner) connection.group = source.group;
  if (source.code == RequestCode::REGISTER_BROKER) connection.broker = true;
}

}  // namespace rmqsim
