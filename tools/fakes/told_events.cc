#include "tools/fakes/told_events.h"

#include "fake_broker/shell/report_channel.h"
#include "scenarios/harness/events/server_events.h"

namespace rmqsim::program {
namespace {

/// As long as the parent waits for this server before it shows what others did.
constexpr Duration kToldPeriod = millis(10);

}  // namespace

std::streamsize ToldEvents::Lines::xsputn(const char* text, std::streamsize size) {
  channel_.write_soon({text, static_cast<std::size_t>(size)});
  return size;
}

ToldEvents::Lines::int_type ToldEvents::Lines::overflow(int_type one) {
  const char c = traits_type::to_char_type(one);
  if (!traits_type::eq_int_type(one, traits_type::eof())) xsputn(&c, 1);
  return traits_type::not_eof(one);
}

ToldEvents::ToldEvents(Runtime& runtime, ControlChannel& channel, const Scenario* scenario, ServerObserver* next)
    : runtime_(runtime),
      channel_(channel),
      lines_(channel),
      stream_(&lines_),
      events_(&stream_, nullptr),
      rules_(scenario == nullptr ? std::vector<FaultRule>{} : scenario->faults),
      next_(next),
      timer_(runtime.make_timer()) {
  runtime_.set_trace(&events_);  // tells what connections the server asks for
  tell_until_now();
}

ToldEvents::~ToldEvents() {
  runtime_.run([this] {
    runtime_.set_trace(nullptr);
    channel_.write(to_line(ToldUntil{runtime_.now()}));
  });
}

void ToldEvents::tell_until_now() {
  channel_.write_soon(to_line(ToldUntil{runtime_.now()}) + "\n");
  timer_->expires_after(kToldPeriod, [this] { tell_until_now(); });
}

void ToldEvents::on_request(std::string_view server, const RequestSeen& r) {
  trace_request(events_, server, r);
  show_request(events_, rules_, server, r);
  if (next_ != nullptr) next_->on_request(server, r);
}

void ToldEvents::on_answer(std::string_view server, const AnswerSeen& a) {
  trace_answer(events_, server, a);
  if (next_ != nullptr) next_->on_answer(server, a);
}

void ToldEvents::on_connection_rule(std::string_view server, std::string_view rule, std::string_view peer,
                                    TimePoint at) {
  show_connection_rule(events_, rules_, server, rule, peer, at);
  if (next_ != nullptr) next_->on_connection_rule(server, rule, peer, at);
}

void ToldEvents::on_stored(std::string_view server, StoredRange stored, TimePoint at) {
  if (next_ != nullptr) next_->on_stored(server, stored, at);
}

void ToldEvents::on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) {
  if (next_ != nullptr) next_->on_connection(server, peer, opened, at);
}

}  // namespace rmqsim::program
