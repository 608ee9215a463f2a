// What HTTP can ask of running servers: a cluster of one nameserver and one broker in the simulated world, and requests
// of any kind, one after the other, with some traffic between them. Every request is answered, with a status that is
// documented and, where it says so, with JSON.
#include <nlohmann/json.hpp>

#include "producer/remoting/headers/send_headers.h"
#include "producer/transport/http_origin.h"
#include "producer/transport/sim/sim_network.h"
#include "producer/transport/sim/sim_runtime.h"
#include "scenarios/harness/http_control/control.h"
#include "tests/fakes/raw_client.h"
#include "tests/fuzz/targets.h"

namespace rmqsim::fuzz {

namespace {

constexpr std::size_t kMaxCalls = 24;

/// A whole cluster for each input, as rules and gates stay.
struct ControlledCluster {
  ControlledCluster() : network(runtime, {}), plan({}, {}), control(runtime, plan, journal, {"0", nullptr}) {
    for (const char* node : {"ns-1", "broker-a", "client"}) network.add_node(node);
    under(runtime, [&] {
      FakeNamesrvServerOptions n;
      n.namesrv.name = "ns-1";
      n.remoting.listen = network.ip("ns-1") + ":9876";
      namesrv = std::make_unique<FakeNamesrvServer>(runtime, network.transport("ns-1"), n, &plan, &journal);
      namesrv->start();
      FakeBrokerServerOptions b;
      b.broker.name = b.broker.broker_name = "broker-a";
      b.broker.max_store_bytes = 64 * 1024;
      b.remoting.listen = network.ip("broker-a") + ":10911";
      b.nameservers = {namesrv->address()};
      broker = std::make_unique<FakeBrokerServer>(runtime, network.transport("broker-a"), b, &plan, &journal);
      broker->put_topic("T", 4, 6);
      broker->start();
      control.add(*namesrv);
      control.add(*broker);
      namesrv->begin_faults(runtime.now());
      broker->begin_faults(runtime.now());
      journal.begin(runtime.now());
    });
    runtime.run_for(millis(5));
  }
  ~ControlledCluster() {
    under(runtime, [&] { client.reset(); });
  }

  void send() {
    under(runtime, [&] {
      client = std::make_unique<RawClient>(network.transport("client"), broker->address());
      client->send(SendBuilder().build());
    });
    runtime.run_for(millis(2));
  }

  SimRuntime runtime;
  SimNetwork network;
  FaultPlan plan;
  RequestJournal journal;
  Control control;
  std::unique_ptr<FakeNamesrvServer> namesrv;
  std::unique_ptr<FakeBrokerServer> broker;
  std::unique_ptr<RawClient> client;
};

std::string_view take_until(std::string_view& bytes, char end) {
  const std::size_t at = std::min(bytes.find(end), bytes.size());
  const std::string_view piece = bytes.substr(0, at);
  bytes.remove_prefix(std::min(at + 1, bytes.size()));
  return piece;
}

void check_answer(const HttpRequest& request, const HttpResponse& answer) {
  switch (answer.status) {
    case 200: case 201: case 202: case 204: case 400: case 404: case 405: case 408: case 409: case 413: case 503:
      break;
    default:
      broken("control_requests", request.method + " " + request.target + " is answered " +
                                     std::to_string(answer.status));
  }
  if (answer.status == 405 && answer.allow.empty()) broken("control_requests", "405 without Allow");
  if (answer.content_type != "application/json" || answer.body.empty()) return;
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (json.is_discarded()) broken("control_requests", "no JSON: " + answer.body);
  if (answer.status >= 400 && (!json.contains("error") || json.value("status", 0u) != answer.status)) {
    broken("control_requests", "an error without words: " + answer.body);
  }
}

}  // namespace

/// `METHOD TARGET\nBODY\0`, again and again.
void control_requests(std::string_view bytes) {
  ControlledCluster cluster;
  for (std::size_t calls = 0; calls < kMaxCalls && !bytes.empty(); ++calls) {
    HttpRequest request;
    request.method = take_until(bytes, ' ');
    request.target = take_until(bytes, '\n');
    request.body = take_until(bytes, '\0');
    std::optional<HttpResponse> answer;
    under(cluster.runtime, [&] { answer = cluster.control.handle(request, Duration::zero()); });
    if (!answer) under(cluster.runtime, [&] { answer = cluster.control.handle(request, std::chrono::hours(48)); });
    if (!answer) broken("control_requests", "a wait without an end: " + request.target);
    check_answer(request, *answer);
    cluster.send();
  }
}

/// `HOST\nORIGIN`: never accepts an Origin that is not the Host's own, nor a Host with a dot that is no address.
void web_pages(std::string_view bytes) {
  const std::string_view host = take_until(bytes, '\n');
  for (const bool loopback : {true, false}) {
    refuse_web_page(host, std::nullopt, loopback);
    refuse_web_page(std::nullopt, bytes, loopback);
    if (!refuse_web_page(host, bytes, loopback) && bytes.size() != host.size() + 7) {
      broken("web_pages", "another Origin is accepted");
    }
    if (!refuse_web_page(host, std::nullopt, loopback) && host.find(".example") != std::string_view::npos) {
      broken("web_pages", "a name of a public domain is accepted");
    }
  }
}

}  // namespace rmqsim::fuzz
