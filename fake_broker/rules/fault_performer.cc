// Performs decisions: at once where nothing is to be waited for, else by a job with a timer.
#include "fake_broker/rules/fault_performer.h"

#include <algorithm>

namespace rmqsim {

namespace {

/// Far from the opaques that a client counts up from 0.
constexpr std::int32_t kOpaqueTwist = 0x40000000;

bool ends_connection(const FaultAction& action) { return action.close || action.reset; }

}  // namespace

bool fault_processes_request(const FaultAction& action) {
  return !action.respond && action.drop != FaultMoment::before && action.close != FaultMoment::before &&
         action.reset != FaultMoment::before;
}

std::string_view fault_outcome(const FaultAction& action) {
  if (action.reset) return "RESET";
  if (action.close) return "CLOSED";
  if (action.drop) return "DROPPED";
  if (action.garbage) return "GARBAGE";
  if (action.truncate) return "TRUNCATED";
  return {};
}

FaultPerformer::FaultPerformer(Runtime& runtime, RemotingServer& server, Random& random, OutgoingListener& listener)
    : runtime_(runtime), server_(server), random_(random), listener_(listener) {}

void FaultPerformer::perform(Outgoing outgoing, Duration delay) {
  const bool dribbles =
      outgoing.has_response && outgoing.action.chunk && !ends_connection(outgoing.action) && !outgoing.action.drop;
  if (delay <= Duration::zero() && !paused_ && !dribbles) {
    finish(outgoing, server_.find(outgoing.connection).get());
    return;
  }
  const std::uint64_t id = ++last_job_;
  Job& job = jobs_[id];
  job.outgoing = std::move(outgoing);
  start(id, delay);
}

void FaultPerformer::end_connection(std::uint64_t connection, bool with_reset, Duration delay) {
  if (delay <= Duration::zero() && !paused_) {
    end(server_.find(connection).get(), with_reset);
    return;
  }
  const std::uint64_t id = ++last_job_;
  Job& job = jobs_[id];
  job.outgoing.connection = connection;
  job.connection_end = true;
  job.with_reset = with_reset;
  start(id, delay);
}

void FaultPerformer::start(std::uint64_t id, Duration delay) {
  Job& job = jobs_.at(id);
  if (delay <= Duration::zero()) {
    due(id);
    return;
  }
  if (!job.timer) job.timer = runtime_.make_timer();
  job.timer->expires_after(delay, [this, id] { due(id); });
}

void FaultPerformer::due(std::uint64_t id) {
  if (paused_) {
    overdue_.push_back(id);
  } else {
    run(id);
  }
}

void FaultPerformer::resume() {
  paused_ = false;
  std::vector<std::uint64_t> now;
  now.swap(overdue_);
  for (const std::uint64_t id : now) {
    if (jobs_.count(id) != 0) due(id);
  }
}

void FaultPerformer::forget() {
  jobs_.clear();
  overdue_.clear();
  paused_ = false;
}

void FaultPerformer::run(std::uint64_t id) {
  const auto it = jobs_.find(id);
  if (it == jobs_.end()) return;
  Job& job = it->second;
  const auto connection = server_.find(job.outgoing.connection);
  if (job.connection_end) {
    const bool with_reset = job.with_reset;
    jobs_.erase(it);
    end(connection.get(), with_reset);
    return;
  }
  const FaultAction& action = job.outgoing.action;
  const bool dribbles = job.outgoing.has_response && !job.outgoing.oneway && action.chunk && *action.chunk > 0 &&
                        !ends_connection(action) && !action.drop && connection != nullptr;
  if (dribbles) {
    dribble(id);
    return;
  }
  const Outgoing outgoing = std::move(job.outgoing);
  jobs_.erase(it);
  finish(outgoing, connection.get());
}

void FaultPerformer::finish(const Outgoing& outgoing, ServerConnection* connection) {
  const FaultAction& action = outgoing.action;
  if (ends_connection(action)) {
    end(connection, action.reset.has_value());
    listener_.on_outgoing(outgoing, fault_outcome(action), false);
  } else if (outgoing.oneway) {
    listener_.on_outgoing(outgoing, action.drop ? "DROPPED" : "ONEWAY", false);
  } else if (action.drop) {
    listener_.on_outgoing(outgoing, "DROPPED", false);
  } else if (!outgoing.has_response) {
    listener_.on_outgoing(outgoing, "NO_ANSWER", false);
  } else if (connection == nullptr) {
    listener_.on_outgoing(outgoing, "LOST", false);
  } else {
    send(outgoing, *connection);
  }
}

void FaultPerformer::send(const Outgoing& outgoing, ServerConnection& connection) {
  const FaultAction& action = outgoing.action;
  const auto alive = connection.shared_from_this();
  if (action.garbage) {
    connection.write_bytes(garbage(*action.garbage));
    if (action.truncate) connection.close();
    listener_.on_outgoing(outgoing, "GARBAGE", false);
    return;
  }
  RemotingCommand twisted;
  const RemotingCommand* response = &outgoing.response;
  if (action.wrong_opaque) {
    twisted = outgoing.response;
    twisted.opaque ^= kOpaqueTwist;
    response = &twisted;
  }
  if (action.truncate) {
    std::string bytes;
    encode(*response, bytes);
    connection.write_bytes(std::string_view(bytes).substr(0, std::min<std::size_t>(*action.truncate, bytes.size())));
    connection.close();
    listener_.on_outgoing(outgoing, "TRUNCATED", false);
    return;
  }
  connection.write(*response);
  if (action.duplicate) connection.write(*response);
  listener_.on_outgoing(outgoing, {}, !action.wrong_opaque);
}

void FaultPerformer::dribble(std::uint64_t id) {
  Job& job = jobs_.at(id);
  const FaultAction& action = job.outgoing.action;
  const auto connection = server_.find(job.outgoing.connection);
  if (job.pieces.empty() && connection != nullptr) {
    if (action.garbage) {
      job.pieces = garbage(*action.garbage);
    } else {
      RemotingCommand response = job.outgoing.response;
      if (action.wrong_opaque) response.opaque ^= kOpaqueTwist;
      encode(response, job.pieces);
      if (action.duplicate) encode(response, job.pieces);
      if (action.truncate) job.pieces.resize(std::min<std::size_t>(job.pieces.size(), *action.truncate));
    }
  }
  if (connection == nullptr) {
    const Outgoing outgoing = std::move(job.outgoing);
    jobs_.erase(id);
    listener_.on_outgoing(outgoing, "LOST", false);
    return;
  }
  const std::size_t n = std::min<std::size_t>(*action.chunk, job.pieces.size() - job.sent);
  connection->write_bytes(std::string_view(job.pieces).substr(job.sent, n));
  job.sent += n;
  if (job.sent < job.pieces.size()) {
    if (!job.timer) job.timer = runtime_.make_timer();
    job.timer->expires_after(kPieceInterval, [this, id] {
      if (paused_) {
        overdue_.push_back(id);
      } else {
        dribble(id);
      }
    });
    return;
  }
  const Outgoing outgoing = std::move(job.outgoing);
  jobs_.erase(id);
  if (outgoing.action.truncate) connection->close();
  const bool whole = !outgoing.action.garbage && !outgoing.action.truncate && !outgoing.action.wrong_opaque;
  listener_.on_outgoing(outgoing, fault_outcome(outgoing.action), whole);
}

void FaultPerformer::end(ServerConnection* connection, bool with_reset) {
  if (connection == nullptr) return;
  const auto alive = connection->shared_from_this();
  if (with_reset) {
    connection->reset();
  } else {
    connection->close();
  }
}

std::string FaultPerformer::garbage(std::size_t n) {
  std::string bytes(std::min<std::size_t>(n, 16 * 1024 * 1024), '\0');
  for (char& c : bytes) c = static_cast<char>(random_.next() >> 56);
  return bytes;
}

}  // namespace rmqsim
