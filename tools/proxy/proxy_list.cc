#include "tools/proxy/proxy_list.h"

#include <time.h>

#include <chrono>
#include <cstdio>
#include <iostream>

#include "scenarios/harness/file/text/harmless.h"

namespace rmqsim {
namespace {

std::string time_of_day() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm local{};
  ::localtime_r(&now.tv_sec, &local);
  char text[32];
  std::snprintf(text, sizeof text, "%02d:%02d:%02d.%03ld", local.tm_hour, local.tm_min, local.tm_sec,
                now.tv_nsec / 1'000'000);
  return text;
}

}  // namespace

std::string for_terminal(std::string_view text, std::size_t most) {
  return harmless(text, most);
}

ProxyList::ProxyList(bool quiet, bool content, Recording* recording) : quiet_(quiet) {
  if (recording == nullptr) return;
  recorder_.emplace(content);
  recorder_->set_journal([recording](const std::string& line) { recording->write(line); });
}

void ProxyList::on_exchange(const Exchange& e) {
  if (recorder_) recorder_->on_exchange(e);
  if (quiet_) return;
  char took[32];
  const double millis = std::chrono::duration<double, std::milli>(e.took).count();
  std::snprintf(took, sizeof took, millis < 1 ? "%.0f µs" : "%.1f ms", millis < 1 ? millis * 1000 : millis);
  std::cout << time_of_day() << "  " << e.server << (e.from_server ? " -> " : " <- ") << e.peer << "  "
            << request_code_name(e.request->code);
  if (!e.topic.empty()) std::cout << " " << for_terminal(e.topic);
  if (e.queue_id) std::cout << "/" << *e.queue_id;
  std::cout << "  " << e.outcome << "  " << took;
  if (!e.rule.empty()) std::cout << "  rule " << for_terminal(e.rule);
  if (e.response != nullptr && e.response->remark && e.response->code != 0) {
    std::cout << "  " << for_terminal(*e.response->remark);
  }
  std::cout << std::endl;
}

void ProxyList::on_connection(std::string_view server, std::string_view peer, std::string_view what) {
  if (!quiet_) std::cout << time_of_day() << "  " << server << "  " << peer << "  connection " << what << std::endl;
}

void ProxyList::on_broker(const std::string& server, const std::string& broker, std::int64_t id,
                          const std::string& upstream, const std::string& local) {
  if (recorder_) recorder_->on_broker(server, broker, id);
  if (!quiet_) std::cout << time_of_day() << "  " << server << "  " << upstream << " is at " << local << std::endl;
}

void ProxyList::on_route(const std::string& topic, const TopicRouteData& route) {
  if (recorder_) recorder_->on_route(topic, route);
}

void ProxyList::on_problem(const std::string& what) {
  std::cerr << "rmqsim proxy: " << for_terminal(what, 1000) << std::endl;
}

}  // namespace rmqsim
