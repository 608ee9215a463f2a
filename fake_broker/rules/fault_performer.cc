// Performs decisions: at once where nothing is to be waited for, else by a job with a timer.
#include "fake_broker/rules/fault_performer.h"

#include <algorithm>
#include <utility>

namespace rmqsim {

FaultPerformer::FaultPerformer(Runtime& runtime, RemotingServer& server, Random& random, OutgoingListener& listener)
    : runtime_(runtime), server_(server), random_(random), listener_(listener) {}

void FaultPerformer::perform(Outgoing outgoing, Duration delay) {
  if (delay <= Duration::zero() && !paused_) {
    finish(std::move(outgoing));
    return;
  }
  const std::uint64_t id = ++last_job_;
  jobs_[id].outgoing = std::move(outgoing);
  start(id, delay);
}

void FaultPerformer::end_connection(std::uint64_t connection, ConnectionStep end, Duration delay) {
  if (delay <= Duration::zero() && !paused_) {
    end_now(connection, end);
    return;
  }
  const std::uint64_t id = ++last_job_;
  Job& job = jobs_[id];
  job.outgoing.connection = connection;
  job.end = end;
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
  behind_.clear();
  paused_ = false;
}

void FaultPerformer::run(std::uint64_t id) {
  const auto it = jobs_.find(id);
  if (it == jobs_.end()) return;
  if (it->second.dribbled) {
    dribble(id);
    return;
  }
  const ConnectionStep end = it->second.end;
  Outgoing outgoing = std::move(it->second.outgoing);
  jobs_.erase(it);
  if (end != nullptr) {
    end_now(outgoing.connection, end);
  } else {
    finish(std::move(outgoing));
  }
}

void FaultPerformer::finish(Outgoing outgoing) {
  const auto connection = server_.find(outgoing.connection);
  if (const ConnectionStep end = outgoing.action.end()) {
    if (connection) end(*connection);
    listener_.on_outgoing(outgoing, outgoing.action.outcome(), false);
  } else if (outgoing.oneway) {
    listener_.on_outgoing(outgoing, "ONEWAY", false);
  } else if (!outgoing.has_response) {
    listener_.on_outgoing(outgoing, "NO_ANSWER", false);
  } else if (!connection || !connection->is_open()) {
    listener_.on_outgoing(outgoing, "LOST", false);
  } else {
    send(std::move(outgoing), *connection);
  }
}

void FaultPerformer::send(Outgoing outgoing, ServerConnection& connection) {
  if (!outgoing.action.shapes()) {
    connection.write(outgoing.response);
    listener_.on_outgoing(outgoing, outgoing.action.outcome(), true);
    return;
  }
  LeavingAnswer answer(outgoing.response, random_);
  outgoing.action.shape(answer);
  if (answer.piece != 0) {
    const std::uint64_t id = ++last_job_;
    Job& job = jobs_[id];
    job.outgoing = std::move(outgoing);
    job.dribbled.emplace(std::move(answer));
    dribble(id);
    return;
  }
  connection.write_bytes(answer.bytes());
  conclude(outgoing, answer, connection);
}

void FaultPerformer::dribble(std::uint64_t id) {
  Job& job = jobs_.at(id);
  LeavingAnswer& answer = *job.dribbled;
  const std::uint64_t to = job.outgoing.connection;
  const auto connection = server_.find(to);
  if (connection && job.sent == 0 && connection->in_pieces()) {
    behind_[to].push_back(id);
    return;
  }
  if (!connection || (job.sent == 0 && !connection->is_open())) {
    const Outgoing outgoing = std::move(job.outgoing);
    jobs_.erase(id);
    dribble_next(to);
    listener_.on_outgoing(outgoing, "LOST", false);
    return;
  }
  const std::string_view rest = std::string_view(answer.bytes()).substr(job.sent);
  const std::size_t n = std::min(answer.piece, rest.size());
  const bool last = n == rest.size();
  connection->write_piece(rest.substr(0, n), last);
  job.sent += n;
  if (!last) return start(id, kPieceInterval);
  const Job done = std::move(job);
  jobs_.erase(id);
  dribble_next(to);
  conclude(done.outgoing, *done.dribbled, *connection);
}

void FaultPerformer::dribble_next(std::uint64_t connection) {
  const auto found = behind_.find(connection);
  if (found == behind_.end()) return;
  const std::uint64_t id = found->second.front();
  found->second.pop_front();
  if (found->second.empty()) behind_.erase(found);
  start(id, kPieceInterval);
}

void FaultPerformer::conclude(const Outgoing& outgoing, const LeavingAnswer& answer, ServerConnection& connection) {
  if (answer.close) connection.close();
  const std::string_view outcome = answer.whole ? std::string_view() : outgoing.action.outcome();
  listener_.on_outgoing(outgoing, outcome, answer.whole);
}

void FaultPerformer::end_now(std::uint64_t connection, ConnectionStep end) {
  if (const auto alive = server_.find(connection)) end(*alive);
}

}  // namespace rmqsim
