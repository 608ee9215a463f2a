// One field list per header drives both directions, so they cannot disagree.
#include "producer/remoting/headers/namesrv_headers.h"

#include "producer/remoting/codec/header_fields.h"

namespace rmqsim {
namespace {

struct NamesrvFields {
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, GetRouteInfoRequestHeader>
  static void visit(H& h, V&& v) {
    v("topic", h.topic);
    v("acceptStandardJsonOnly", h.accept_standard_json_only);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, RegisterBrokerRequestHeader>
  static void visit(H& h, V&& v) {
    v("brokerName", h.broker_name);
    v("brokerAddr", h.broker_addr);
    v("clusterName", h.cluster_name);
    v("haServerAddr", h.ha_server_addr);
    v("brokerId", h.broker_id);
    v("heartbeatTimeoutMillis", h.heartbeat_timeout_millis);
    v("enableActingMaster", h.enable_acting_master);
    v("compressed", h.compressed);
    v("bodyCrc32", h.body_crc32);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, RegisterBrokerResponseHeader>
  static void visit(H& h, V&& v) {
    v("haServerAddr", h.ha_server_addr);
    v("masterAddr", h.master_addr);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, UnregisterBrokerRequestHeader>
  static void visit(H& h, V&& v) {
    v("brokerName", h.broker_name);
    v("brokerAddr", h.broker_addr);
    v("clusterName", h.cluster_name);
    v("brokerId", h.broker_id);
  }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, QueryDataVersionResponseHeader>
  static void visit(H& h, V&& v) { v("changed", h.changed); }
  template <class H, class V>
  requires std::same_as<std::remove_const_t<H>, KVConfigHeader>
  static void visit(H& h, V&& v) {
    v("namespace", h.namespace_);
    v("key", h.key);
    v("value", h.value);
  }
};

}  // namespace

RMQSIM_HEADER_CODEC(NamesrvFields, GetRouteInfoRequestHeader)
RMQSIM_HEADER_CODEC(NamesrvFields, RegisterBrokerRequestHeader)
RMQSIM_HEADER_CODEC(NamesrvFields, RegisterBrokerResponseHeader)
RMQSIM_HEADER_CODEC(NamesrvFields, UnregisterBrokerRequestHeader)
RMQSIM_HEADER_CODEC(NamesrvFields, QueryDataVersionResponseHeader)
RMQSIM_HEADER_CODEC(NamesrvFields, KVConfigHeader)

}  // namespace rmqsim
