// What servers write unasked, over the channel that carries their answers as well: messages in watched topics as they
// are stored, events and what goes over connections that they ask for as it happens. Whoever waits for an answer takes
// what comes before it; else it is taken every millisecond. A server that is stopped or gone has nothing to tell, and
// nobody's events wait for it.
#include <utility>

#include "scenarios/harness/capture/packet_line.h"
#include "scenarios/harness/cluster/process_server.h"
#include "scenarios/harness/events/event_merge.h"
#include "scenarios/harness/events/event_rows.h"

namespace rmqsim {
namespace {

constexpr Duration kListenPeriod = millis(1);

}  // namespace

void ProcessCluster::start() {
  // Also when only traces are watched: a broker whose notices nobody reads would stand still once its socket is full.
  const bool looked_at = record_.merge != nullptr || record_.packets != nullptr;
  if (!looked_at && responder_topics_.empty() && trace_topics(scenario()).empty()) return;
  listening_ = runtime_.make_timer();
  listen();
}

void ProcessCluster::listen() {
  for (auto& [name, server] : servers_) {
    if (server->crashed || server->lost || server->child == nullptr) continue;
    try {
      hear(*server);
    } catch (const ProcessError& error) {
      failed(*server, error.what());
    }
  }
  listening_->expires_after(kListenPeriod, [this] { listen(); });
}

bool ProcessCluster::heard(Server& server, const std::string& line) {
  if (line.starts_with("{\"t\"")) {
    auto event = read_event_line(line);
    if (!event) throw ProcessError(server.name + ": it wrote \"" + line + "\", which is no event");
    if (record_.merge != nullptr) {
      record_.merge->take(TimePoint(event->at), std::move(event->node), std::move(event->what));
    }
    return true;
  }
  if (line.starts_with("{\"told")) {
    const auto told = parse_told_until(line);
    if (told && record_.merge != nullptr) record_.merge->told(server.name, told->at);
    return true;
  }
  if (line.starts_with("{\"packet\"")) {
    heard_packet(server, line);
    return true;
  }
  auto notice = parse_stored_notice(line);
  if (!notice) return false;
  if (on_message_ && is_watched(responder_topics_, notice->topic)) on_message_(notice->topic, notice->record);
  if (is_watched(trace_topics(scenario()), notice->topic)) server.traces.push_back(*std::move(notice));
  return true;
}

void ProcessCluster::heard_packet(Server& server, const std::string& line) {
  auto told = read_packet_line(line);
  const std::size_t number = told ? told->entry.link : 0;
  if (!told || number > server.links.size()) {
    throw ProcessError(server.name + ": it wrote \"" + line + "\", which is no packet");
  }
  PacketLog* const log = record_.packets;
  if (log == nullptr) return;  // nobody looks any more
  if (number == server.links.size()) {
    PacketLog::Link link = told->link;
    link.asker = server.name;
    link.asker_ip = "127.0.0.1";
    link.server_name = name_of(link.server);
    server.links.push_back(log->add_link(std::move(link)));
  }
  told->entry.link = server.links[number];
  PacketLog::Link& link = log->link(told->entry.link);
  link.client = told->link.client;
  link.server = told->link.server;
  log->add(std::move(told->entry));
}

void ProcessCluster::hear(Server& server) {
  while (const auto line = server.child->try_line()) {
    if (!heard(server, *line)) throw ProcessError(server.name + ": it wrote \"" + *line + "\", which is no notice");
  }
}

void ProcessCluster::hear_out(Server& server) {
  try {
    hear(server);
  } catch (const ProcessError&) {  // that it has ended is known
  }
}

void ProcessCluster::follow(const Server& server) {
  if (record_.merge != nullptr) record_.merge->follow(server.name, runtime_.now());
}

void ProcessCluster::leave(const Server& server) {
  if (record_.merge != nullptr) record_.merge->leave(server.name);
}

void ProcessCluster::tell_state(const Server& server, std::string_view state) {
  if (record_.onlooker == nullptr) return;
  write_event(*record_.onlooker, runtime_.now(), server.name, event::ServerState{std::string(state)});
}

}  // namespace rmqsim
