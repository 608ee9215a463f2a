#include "scenarios/harness/events/event_rows.h"

#include <array>
#include <iterator>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>

namespace rmqsim {
namespace {

template <class E, class T>
struct Field {
  EventField row;
  T E::*member;
};

template <class E, class T>
constexpr Field<E, T> field(std::string_view name, T E::*member, std::string_view unit, std::string_view meaning,
                            bool optional = false) {
  constexpr auto type = std::is_same_v<T, bool>          ? EventField::Type::boolean
                        : std::is_same_v<T, std::string> ? EventField::Type::text
                                                         : EventField::Type::integer;
  return {{type, name, unit, meaning, optional}, member};
}

using Names = std::array<std::string_view, 8>;

template <class E, class... T>
struct Row {
  Names names;
  std::string_view node;
  std::string_view written;
  bool hashed;
  std::tuple<Field<E, T>...> fields;
};

/// An event that counts in a trace's hash.
template <class E, class... T>
constexpr Row<E, T...> counted(Names names, std::string_view node, std::string_view written, Field<E, T>... fields) {
  return {names, node, written, true, {fields...}};
}
/// One that is told to onlookers only.
template <class E, class... T>
constexpr Row<E, T...> shown(Names names, std::string_view node, std::string_view written, Field<E, T>... fields) {
  return {names, node, written, false, {fields...}};
}

constexpr std::string_view kProducer = "a producer";
constexpr std::string_view kServer = "a server";
constexpr std::string_view kOfSend = "number of the send";
constexpr std::string_view kOfTopic = "without namespace";
constexpr std::string_view kOfCode = "of the request";

using namespace event;  // NOLINT: the rows are about nothing else

constexpr auto kRows = std::tuple{
    counted<Run>({"run"}, "rmqsim", "a run begins; the only event that is in no hash",
                 field("scenario", &Run::scenario, "", "its name"), field("profile", &Run::profile, "", "its name"),
                 field("world", &Run::world, "", "`sim`, `tcp`, `process`"),
                 field("seed", &Run::seed, "", "of the run")),
    shown<StepsBegin>({"steps-begin"}, "scenario", "the first step begins: from here ledgers count their times"),
    counted<StepEvent>({"crash", "restart", "pause", "resume", "partition", "heal"}, "scenario",
                       "an event of a step is performed; so are `setRoute`, `removeFromRoute`, `setPerm`, `setConfig`, "
                       "`startProducer`, `shutdownProducer`",
                       field("step", &StepEvent::step, "", "index of the step")),
    counted<Net>({"connect", "connected", "refused", "connect_timeout", "fin", "rst"}, "net",
                 "a connection is asked for, is there, is refused, is not answered, is closed, is reset; over TCP the "
                 "last two are not told",
                 field("from", &Net::from, "", "who does it, as ip:port; `sim` only", true),
                 field("to", &Net::to, "", "the other side, as ip:port")),
    counted<Data>({"data"}, "net", "bytes leave; `sim` only", field("from", &Data::from, "", "as ip:port"),
                  field("to", &Data::to, "", "as ip:port"), field("bytes", &Data::bytes, "bytes", "how many")),
    counted<SocketError>({"error"}, "net", "the system reports an error that has no name here; not in `sim`",
                         field("message", &SocketError::message, "", "in the system's words")),
    shown<Opened>({"opened"}, kProducer, "a connection of its own is there",
                  field("connection", &Opened::connection, "", "number of the connection in this run, from 1"),
                  field("server", &Opened::server, "", "its name, or its address when it has none"),
                  field("local", &Opened::local, "", "the client's end, as ip:port"),
                  field("remote", &Opened::remote, "", "the server's end, as ip:port")),
    shown<NotOpened>({"not-opened"}, kProducer, "a connection that it asked for did not come about",
                     field("server", &NotOpened::server, "", "whose"), field("why", &NotOpened::why, "", "in words")),
    shown<Closed>({"closed"}, kProducer, "it closes a connection, or learns that it is closed",
                  field("connection", &Closed::connection, "", "the number of `opened`"),
                  field("server", &Closed::server, "", "whose"),
                  field("by", &Closed::by, "", "`client`, `server`, or `network` when nobody asked for it"),
                  field("why", &Closed::why, "", "in words; empty: the client wanted it")),
    counted<Written>({"request"}, kProducer, "it writes a request", field("to", &Written::to, "", "address"),
                     field("code", &Written::code, "", kOfCode),
                     field("opaque", &Written::opaque, "", "of the request"),
                     field("bytes", &Written::bytes, "bytes", "with length and header")),
    counted<Heard>({"response", "server-request"}, kProducer, "an answer arrives, or a request of a broker",
                   field("from", &Heard::from, "", "address"),
                   field("code", &Heard::code, "", "of the response or request"),
                   field("opaque", &Heard::opaque, "", "of the request")),
    counted<Request>({"request"}, kServer, "a request arrives, or it is about to send one of its own",
                     field("number", &Request::number, "", "of the requests of this server, from 1"),
                     field("code", &Request::code, "", kOfCode), field("topic", &Request::topic, "", "empty: none"),
                     field("queueId", &Request::queue_id, "", "−1: none"),
                     field("key", &Request::key, "", "of the message that it carries, made by the client; empty: none"),
                     field("rule", &Request::rule, "", "id of the rule that acts on it; empty: none")),
    shown<Received>({"received"}, kServer, "right after `request`: where that came from",
                    field("number", &Received::number, "", "of the request"),
                    field("opaque", &Received::opaque, "", "that the client gave it"),
                    field("peer", &Received::peer, "", "the client's end, as ip:port"),
                    field("group", &Received::group, "", "the producer group that it names; empty: none"),
                    field("oneway", &Received::oneway, "", "nobody waits for an answer")),
    shown<RuleActed>(
        {"rule-acted"}, kServer, "a fault rule acts on a request or a connection",
        field("rule", &RuleActed::rule, "", "its id"),
        field("index", &RuleActed::index, "", "among the file's `faults`, from 0; −1: it was added later"),
        field("number", &RuleActed::number, "", "of the request; −1: on a connection"),
        field("peer", &RuleActed::peer, "", "the client's end, as ip:port; empty: it does not have one yet")),
    counted<Answer>({"answer"}, kServer, "what became of a request is certain",
                    field("number", &Answer::number, "", "of the request"), field("code", &Answer::code, "", kOfCode),
                    field("outcome", &Answer::outcome, "",
                          "name of the response code, or what a fault action made of it (format §1.15), or "
                          "`ONEWAY`, `NO_ANSWER`, `LOST`"),
                    field("stored", &Answer::stored, "", "messages that it stored"),
                    field("acknowledged", &Answer::acknowledged, "", "an answer that left whole says so")),
    shown<ServerState>({"crashed", "restarted", "paused", "resumed"}, kServer,
                       "the server is killed, runs again, stands still, goes on; only when it did not do so already"),
    counted<Send>({"send", "transaction", "ask"}, kProducer, "a send, a transaction, a request with a reply begins",
                  field("i", &Send::i, "", kOfSend), field("topic", &Send::topic, "", kOfTopic)),
    counted<Recall>({"recall"}, kProducer, "a recall begins", field("i", &Recall::i, "", kOfSend),
                    field("send", &Recall::send, "", "whose message it takes back")),
    counted<Attempt>({"attempt"}, kProducer, "when the send has ended, with the time at which the attempt began",
                     field("i", &Attempt::i, "", kOfSend), field("broker", &Attempt::broker, "", "where it went"),
                     field("queueId", &Attempt::queue_id, "", "there"),
                     field("elapsedUs", &Attempt::elapsed_us, "µs", "until its outcome"),
                     field("timeoutMs", &Attempt::timeout_ms, "ms", "what it was given"),
                     field("outcome", &Attempt::outcome, "", "as in a ledger")),
    counted<Result>({"result"}, kProducer, "a send ended", field("i", &Result::i, "", kOfSend),
                    field("outcome", &Result::outcome, "", "as in a ledger"),
                    field("error", &Result::error, "", "text of the exception; empty: none")),
    shown<RouteFound>({"route-found"}, kProducer, "when the send has ended, as all decisions, each with its own time",
                      field("i", &RouteFound::i, "", kOfSend),
                      field("queues", &RouteFound::queues, "", "writable ones of the topic; 0: there is no route")),
    shown<QueueChosen>(
        {"queue-chosen"}, kProducer, "a decision: which queue is next", field("i", &QueueChosen::i, "", kOfSend),
        field("broker", &QueueChosen::broker, "", "empty: the topic has no queue"),
        field("queueId", &QueueChosen::queue_id, "", "−1: none"),
        field("queues", &QueueChosen::queues, "", "of the topic"),
        field("lastBroker", &QueueChosen::last_broker, "", "of the attempt before, avoided; empty: none"),
        field("unavailable", &QueueChosen::unavailable, "",
              "brokers whose fault item speaks against them now, comma-separated")),
    shown<AttemptBegins>(
        {"attempt-begins"}, kProducer, "a decision: an attempt is made", field("i", &AttemptBegins::i, "", kOfSend),
        field("attempt", &AttemptBegins::attempt, "", "from 1"), field("of", &AttemptBegins::of, "", "so many at most"),
        field("broker", &AttemptBegins::broker, "", "where it goes"),
        field("queueId", &AttemptBegins::queue_id, "", "there"),
        field("spentMs", &AttemptBegins::spent_ms, "ms", "of the send's timeout, before it"),
        field("givenMs", &AttemptBegins::given_ms, "ms", "what it may take")),
    shown<Judged>({"judged"}, kProducer, "a decision: what an outcome leads to", field("i", &Judged::i, "", kOfSend),
                  field("broker", &Judged::broker, "", "whose outcome"),
                  field("outcome", &Judged::outcome, "", "as `explain --json` has it"),
                  field("next", &Judged::next, "",
                        "as `explain --json` has it: `retry`, `raise`, …; empty: there is one attempt only")),
    shown<Resent>({"resent"}, kProducer, "a decision: an async request goes out again",
                  field("i", &Resent::i, "", kOfSend), field("broker", &Resent::broker, "", "where it goes"),
                  field("queueId", &Resent::queue_id, "", "that of the first attempt"),
                  field("givenMs", &Resent::given_ms, "ms", "what it may take")),
    shown<Ended>({"ended"}, kProducer, "a decision: there is no further attempt", field("i", &Ended::i, "", kOfSend),
                 field("reason", &Ended::reason, "", "as `explain --json` has it"),
                 field("spentMs", &Ended::spent_ms, "ms", "since the timeout began")),
    shown<FaultItemSet>({"fault-item"}, kProducer, "what it remembers of a broker is set",
                        field("broker", &FaultItemSet::broker, "", "whose"),
                        field("latencyMs", &FaultItemSet::latency_ms, "ms", "of the last attempt"),
                        field("isolatedMs", &FaultItemSet::isolated_ms, "ms", "from now on unavailable; 0: available"),
                        field("reachable", &FaultItemSet::reachable, "", "as far as it knows")),
    shown<FaultItemExpired>({"fault-item-expired"}, kProducer,
                            "a broker is available again because its isolation is over; with that time, before the "
                            "next event",
                            field("broker", &FaultItemExpired::broker, "", "which")),
    counted<RouteChanged>({"route-changed"}, kProducer, "a nameserver told it another route than before",
                          field("topic", &RouteChanged::topic, "", "whose"),
                          field("queues", &RouteChanged::queues, "", "writable ones")),
    counted<RouteLookupFailed>({"route-lookup-failed"}, kProducer, "no route came",
                               field("topic", &RouteLookupFailed::topic, "", "whose"),
                               field("error", &RouteLookupFailed::error, "", "in the client's words")),
    counted<CallFailed>({"heartbeat-failed", "unregister-failed", "end-transaction-failed"}, kProducer,
                        "a request besides sends failed, which nobody is told",
                        field("error", &CallFailed::error, "", "in the client's words")),
    counted<Check>({"check"}, kProducer, "it was asked about a transaction",
                   field("key", &Check::key, "", "of the message"),
                   field("answer", &Check::answer, "", "what it says")),
    counted<CheckRefused>({"transaction-check-refused"}, kProducer, "it cannot answer such a question",
                          field("why", &CheckRefused::why, "", "in words"),
                          field("group", &CheckRefused::group, "", "asked for", true)),
    counted<Replied>({"replied"}, "a responder", "its reply was sent",
                     field("request", &Replied::request, "", "number among those of the responder, from 0"),
                     field("error", &Replied::error, "", "empty: none")),
    counted<ReplyUnexpected>({"reply-unexpected"}, kProducer, "a reply arrives that nobody waits for",
                             field("correlationId", &ReplyUnexpected::correlation_id, "", "of the reply")),
    counted<NameServersFetched>({"name-servers-fetched"}, kProducer, "an address server named other nameservers",
                                field("addresses", &NameServersFetched::addresses, "", "separated by semicolons")),
    counted<Task>({"task"}, "client", "a periodic task of a client runs", field("name", &Task::name, "", "its name")),
};

constexpr std::size_t kRowCount = std::tuple_size_v<decltype(kRows)>;
static_assert(kRowCount == std::variant_size_v<EventData>, "a row for each kind of event");

/// What `f` makes of the rows, until it returns true; whether it did.
template <class F, std::size_t... I>
bool any_row(const F& f, std::index_sequence<I...>) {
  return (f(std::get<I>(kRows), std::type_identity<std::variant_alternative_t<I, EventData>>()) || ...);
}
template <class F>
bool any_row(const F& f) {
  return any_row(f, std::make_index_sequence<kRowCount>());
}

/// The other events of steps, which the rows have no room for.
constexpr std::string_view kMoreStepEvents[] = {"setRoute",  "removeFromRoute", "setPerm",
                                                "setConfig", "startProducer",   "shutdownProducer"};

template <class E, class... T>
bool has_name(const Row<E, T...>& row, std::string_view name) {
  for (const std::string_view one : row.names) {
    if (!one.empty() && one == name) return true;
  }
  if constexpr (std::is_same_v<E, StepEvent>) {
    for (const std::string_view one : kMoreStepEvents) {
      if (one == name) return true;
    }
  }
  return false;
}

template <class E, class T>
bool take(E& event, const Field<E, T>& field, const TraceField*& at, const TraceField* end) {
  if (at == end || at->name != field.row.name) return field.row.optional;
  using Value = std::conditional_t<std::is_same_v<T, std::string>, std::string_view, T>;
  const Value* const value = std::get_if<Value>(&at->value);
  if (value == nullptr) return false;
  event.*field.member = T(*value);
  ++at;
  return true;
}

template <class T>
void add_told(std::vector<TraceField>& fields, const EventField& row, const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    if (!row.optional || !value.empty()) fields.emplace_back(row.name, std::string_view(value));
  } else {
    fields.emplace_back(row.name, value);
  }
}

/// The fields, at most N, as the list that a sink wants.
template <std::size_t N>
void record_first(TraceSink& sink, TimePoint at, std::string_view node, std::string_view name,
                  const std::vector<TraceField>& fields) {
  if constexpr (N > 0) {
    if (fields.size() < N) return record_first<N - 1>(sink, at, node, name, fields);
  }
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    sink.record(at, node, name, {fields[I]...});
  }(std::make_index_sequence<N>());
}

}  // namespace

const std::vector<EventRow>& event_rows() {
  static const std::vector<EventRow> rows = [] {
    std::vector<EventRow> all;
    any_row([&](const auto& row, auto) {
      EventRow one{{}, row.node, row.written, row.hashed, {}};
      for (const std::string_view name : row.names) {
        if (!name.empty()) one.names.push_back(name);
      }
      if (has_name(row, "setRoute"))
        one.names.insert(one.names.end(), std::begin(kMoreStepEvents), std::end(kMoreStepEvents));
      std::apply([&](const auto&... field) { (one.fields.push_back(field.row), ...); }, row.fields);
      all.push_back(std::move(one));
      return false;
    });
    return all;
  }();
  return rows;
}

EventData read_event(std::string_view name, std::span<const TraceField> fields) {
  EventData data;
  const bool known = any_row([&]<class R, class E>(const R& row, std::type_identity<E>) {
    if (!has_name(row, name)) return false;
    E event;
    const TraceField* at = fields.data();
    const TraceField* const end = at + fields.size();
    const bool all =
        std::apply([&](const auto&... field) { return (take(event, field, at, end) && ...); }, row.fields);
    if (!all || at != end) return false;
    if constexpr (requires { event.kind; }) event.kind = name;
    data = std::move(event);
    return true;
  });
  if (!known) throw std::logic_error("no row describes an event \"" + std::string(name) + "\" with these fields");
  return data;
}

std::string_view name_of(const EventData& event) {
  return std::visit(
      [&]<class E>(const E& e) {
        if constexpr (requires { e.kind; }) {
          return std::string_view(e.kind);
        } else {
          return event_rows()[event.index()].names.front();
        }
      },
      event);
}

void write_event(TraceSink& sink, TimePoint at, std::string_view node, const EventData& event) {
  any_row([&]<class R, class E>(const R& row, std::type_identity<E>) {
    const E* const e = std::get_if<E>(&event);
    if (e == nullptr) return false;
    std::apply(
        [&](const auto&... field) {
          std::vector<TraceField> fields;
          fields.reserve(sizeof...(field));
          (add_told(fields, field.row, e->*field.member), ...);
          record_first<sizeof...(field)>(sink, at, node, name_of(event), fields);
        },
        row.fields);
    return true;
  });
}

}  // namespace rmqsim
