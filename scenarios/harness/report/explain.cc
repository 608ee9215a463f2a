// The words. A section per kind of decision; the reasons are those of the tables in send_policy.cc and of
// MQFaultStrategy, so a new row there needs its words here.
#include "scenarios/harness/report/explain.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "producer/remoting/codes.h"
#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/report/render.h"

namespace rmqsim {
namespace {

constexpr std::size_t kLabel = 10;

std::string ms(std::int64_t millis) { return std::to_string(millis) + " ms"; }
std::string name_of(const MessageQueue& queue) {
  return queue.getBrokerName() + "/" + std::to_string(queue.getQueueId());
}
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }
std::string code_text(std::int32_t code) { return response_code_name(code) + " (" + std::to_string(code) + ")"; }

/// "java-5.3.3 does": the profiles whose own retry set has the code, besides this one.
std::string who_retries(std::int32_t code, const Profile& profile) {
  std::string names;
  for (const std::string_view name : profile_names()) {
    const auto& codes = look_up(find_profile(name), name).retry_response_codes;
    if (name == profile.name || std::find(codes.begin(), codes.end(), code) == codes.end()) continue;
    names += (names.empty() ? "" : " and ") + std::string(name);
  }
  return names;
}

std::string shown(const MQError& error) {
  std::string text(error_type_name(error.type));
  if (!error.message.empty()) text += " \"" + first_line(error.message) + "\"";
  return text;
}

std::string_view what_failed(AttemptOutcome outcome) {
  switch (outcome) {
    case AttemptOutcome::ok: return "SEND_OK";
    case AttemptOutcome::not_store_ok: return "stored with a doubtful status";
    case AttemptOutcome::client_error: return "the client itself refused";
    case AttemptOutcome::connect_failed: return "no connection";
    case AttemptOutcome::send_failed: return "the connection failed under the request";
    case AttemptOutcome::timeout: return "no answer in time";
    case AttemptOutcome::too_much: return "no time was left to send it";
    case AttemptOutcome::retryable_code:
    case AttemptOutcome::message_fault:
    case AttemptOutcome::final_code: return "the broker refused";
    case AttemptOutcome::runtime_error: return "an unchecked error";
  }
  return "";
}

class Explainer {
 public:
  Explainer(const Scenario& scenario, const Profile& profile, const RunResult& result, std::uint64_t send,
            const DecisionLog& decisions, std::size_t width)
      : scenario_(scenario), profile_(profile), result_(result), number_(send), send_(result.record.sends[send]),
        decisions_(decisions), width_(std::max<std::size_t>(width, 60)) {}

  std::string run() {
    header();
    for (const Decision& decision : decisions_) {
      now_ = &decision;
      std::visit([this](const auto& d) { tell(d); }, decision.what);
    }
    if (decisions_.empty() && send_.kind != SendRecord::Kind::recall) {
      text_ += "\n";
      line("decided", undecided());
    }
    outcome();
    return std::move(text_);
  }

 private:
  // ---- layout

  /// A label and a text that goes on below itself.
  void line(std::string_view label, const std::string& text, std::size_t extra = 0) {
    const std::size_t indent = 2 + kLabel + extra;
    std::string row = "  " + std::string(label);
    row.resize(std::max(row.size() + 1, indent), ' ');
    bool fresh = true;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      if (!fresh && row.size() + 1 + (end - at) > width_) {
        text_ += row + "\n";
        row.assign(indent, ' ');
        fresh = true;
      }
      if (!fresh) row += ' ';
      row += text.substr(at, end - at);
      fresh = false;
      at = end + 1;
    }
    text_ += row + "\n";
  }
  std::string since_start(std::int64_t epoch_millis) const {
    return std::to_string(epoch_millis - to_millis(result_.record.first_step)) + " ms";
  }
  std::string at(TimePoint t) const { return format_millis(t - result_.record.first_step) + " ms"; }
  std::string thread() const {
    if (!began_in_) return {};
    return now_->thread == *began_in_ ? "" : ", in another thread than the one that began the send";
  }

  /// Why there are no decisions.
  std::string undecided() const {
    if (send_.result) return "nothing of its own: it went out in a batch with others (autoBatch).";
    if (!send_.completed()) return "nothing: the send had not begun when the run ended.";
    const auto* step = std::get_if<SendStep>(&scenario_.steps[send_.step].what);
    const ProducerSpec* producer = step == nullptr ? nullptr : scenario_.find_producer(step->producer);
    const auto* batches = producer == nullptr ? nullptr : producer->config.get<bool>("autoBatch");
    if (batches != nullptr && *batches && send_.elapsed() > Duration::zero()) {
      return "nothing of its own: the batch with others that it went into (autoBatch) failed.";
    }
    return "nothing: the send failed before a queue was looked for.";
  }
  static std::string selector_text(const SelectorSpec& selector) {
    if (selector.kind == SelectorSpec::Kind::random) return ", queue chosen at random by a selector";
    std::string text = selector.kind == SelectorSpec::Kind::hash ? ", queue chosen by the hash selector, with "
                                                                 : ", queue chosen by the index selector, with ";
    if (!selector.arg) return text + "the number of the send within its step";
    const auto* number = std::get_if<std::int64_t>(&*selector.arg);
    return text + (number != nullptr ? std::to_string(*number) : "\"" + std::get<std::string>(*selector.arg) + "\"");
  }

  std::string beginning() const {
    if (!send_.begun()) return "it had not begun when the run ended";
    return "begun " + format_millis(send_.start - result_.record.first_step) + " ms after the first step";
  }

  void header() {
    text_ = "send #" + std::to_string(number_) + " of " + scenario_.name + "   " + result_.profile + " · " +
            std::string(world_name(result_.world)) + " · seed " + std::to_string(result_.seed) + "\n";
    const Step& step = scenario_.steps[send_.step];
    std::string text(communication_mode_name(send_.mode));
    if (const auto* send = std::get_if<SendStep>(&step.what)) {
      if (send->batch > 0) text += ", a batch of " + plural(send->batch, "message", "messages");
      text += " to topic " + send->message.topic;
      if (send->queue) text += ", queue " + send->queue->broker + "/" + std::to_string(send->queue->queue_id);
      if (send->selector) text += selector_text(*send->selector);
      text += ", by " + send->producer;
    } else if (const auto* transaction = std::get_if<TransactionStep>(&step.what)) {
      text += ", the half message of a transaction on topic " + transaction->message.topic + ", by " +
              transaction->producer;
    } else if (const auto* recall = std::get_if<RecallStep>(&step.what)) {
      return line("", "recallMessage of the message of #" + std::to_string(send_.recalls.value_or(0)) + ", by " +
                          recall->producer +
                          ": one request" +
                          (send_.begun() ? " with a timeout of " + ms(send_.timeout_millis) : std::string()) +
                          " to the broker that the handle names, never tried again; " + beginning());
    } else if (const auto* request = std::get_if<RequestStep>(&step.what)) {
      text = "a request, sent async as Java does, to topic " + request->message.topic;
      if (request->queue) text += ", queue " + request->queue->broker + "/" + std::to_string(request->queue->queue_id);
      if (request->selector) text += selector_text(*request->selector);
      text += ", by " + request->producer;
    }
    if (send_.begun()) {
      text += ", timeout " + ms(send_.timeout_millis) + ", at most " +
              plural(send_.max_attempts, "attempt", "attempts");
    }
    line("", text + "; " + beginning(), 0);
  }

  void outcome() {
    text_ += "\n";
    line("result", send_.completed() ? format_outcome(send_, 400) + ", " + format_millis(send_.elapsed()) +
                                           " ms after the call."
                                     : "none: it had not completed when the run ended.");
    for (const std::string& cause : format_causes(send_, 400)) line("", "caused by " + cause);
  }

  // ---- decisions

  void tell(const decision::RouteFound& d) {
    began_in_ = now_->thread;
    if (d.queues == 0) return line("route", "no route for the topic, or no writable queue in it.");
    line("route", plural(static_cast<std::int64_t>(d.queues), "writable queue", "writable queues") + " known at " +
                      at(now_->at) + ".");
  }

  void tell(const decision::QueueChosen& d) {
    const Selection& s = d.selection;
    text_ += "\n";
    line("choice", "at " + at(now_->at) + thread() + ": " + rule_of(s));
    line("index", index_text(s));
    looks(s);
    if (s.worst) worst(*s.worst, s);
    if (!s.chosen) line("chosen", "nothing: the topic has no writable queue.");
  }

  std::string rule_of(const Selection& s) const {
    if (!s.latency_fault_tolerance) {
      return "sendLatencyFaultEnable is off, so it is the next queue in turn" +
             (s.last_broker.empty() ? "." : " that is not on " + s.last_broker + ", the broker of the attempt before.");
    }
    if (s.by_filters) {
      return "sendLatencyFaultEnable is on: the next queue" +
             (s.last_broker.empty() ? "" : ", not on " + s.last_broker + " (the broker of the attempt before),") +
             " whose broker is available" + (profile_.avoids_unreachable ? " and reachable" : "") +
             "; failing that, one whose broker is reachable" +
             (profile_.avoids_unreachable ? "; failing that, the last broker, if reachable" : "") +
             "; failing that, simply the next.";
    }
    return "sendLatencyFaultEnable is on: one step of the index, then a walk from there to the first queue whose "
           "broker is available" +
           std::string(s.last_broker.empty() ? "." : "; the last broker (" + s.last_broker + ") is not avoided.");
  }

  std::string index_text(const Selection& s) const {
    const auto shown_index = [](const std::optional<std::int32_t>& index) {
      return index ? std::to_string(*index) : std::string("none");
    };
    std::string text = s.index_before ? std::to_string(*s.index_before) + " before"
                                      : "this thread's first use of the topic's index";
    if (!s.index_before && !s.reset_to && s.index_after) text += ", which starts at " + std::to_string(start_of(s));
    if (s.reset_to) text += ", restarted at " + std::to_string(*s.reset_to) + " because this is a retry";
    text += ", " + shown_index(s.index_after) + " after";
    if (began_in_ && s.thread != *began_in_) {
      text += "; every thread has its own, and this is not the one that the send began with";
    }
    return text + ".";
  }

  /// Before the increments that the choice made.
  static std::int64_t start_of(const Selection& s) {
    std::int64_t increments = 0;
    bool scanned = false;
    for (const QueueLook& look : s.log.looks()) {
      const bool scan = look.stage == SelectionStage::scan;
      // A whole walk is one increment; a queue of the better half takes one for its broker's queue as well.
      increments += scan ? (scanned ? 0 : 1) : look.stage == SelectionStage::worst ? 2 : 1;
      scanned = scanned || scan;
    }
    return *s.index_after - increments;
  }

  std::string question(SelectionStage stage, const Selection& s) const {
    const std::string last = s.last_broker.empty() ? "" : " and not " + s.last_broker;
    switch (stage) {
      case SelectionStage::in_turn: return "next in turn";
      case SelectionStage::not_last: return "not on " + s.last_broker;
      case SelectionStage::available:
        return "available" + std::string(profile_.avoids_unreachable ? ", reachable" : "") + last;
      case SelectionStage::reachable: return "none; then reachable" + last;
      case SelectionStage::last_but_reachable: return "none; then reachable, whichever";
      case SelectionStage::scan: return "available, walking on";
      case SelectionStage::worst: return "none; then the better half";
    }
    return "";
  }

  std::string why_not(const QueueLook& look, const Selection& s) const {
    std::string text;
    const auto add = [&](const std::string& reason) { text += (text.empty() ? "" : ", and ") + reason; };
    const auto item = s.fault_items.find(look.queue.getBrokerName());
    if (look.objection.isolated && item != s.fault_items.end()) {
      add("isolated until " + since_start(item->second.start_timestamp) + " (" +
          ms(item->second.start_timestamp - s.now_millis) + " more)");
    }
    if (look.objection.unreachable) add("its broker was not reached last time");
    if (look.objection.last_broker) add("on the broker of the attempt before");
    return text;
  }

  /// Looks that follow one another on one broker, for one reason, are one line.
  void looks(const Selection& s) {
    const auto& all = s.log.looks();
    std::optional<SelectionStage> stage;
    for (std::size_t i = 0; i < all.size();) {
      const QueueLook& first = all[i];
      // The better half has its own line; its look only moves the index.
      if (first.stage != SelectionStage::worst && stage != first.stage) line("asked", question(first.stage, s) + ":");
      stage = first.stage;
      std::size_t end = i + 1;
      while (end < all.size() && all[end].stage == first.stage && all[end].objection == first.objection &&
             all[end].queue.getBrokerName() == first.queue.getBrokerName() &&
             all[end].queue.getQueueId() == all[end - 1].queue.getQueueId() + 1) {
        ++end;
      }
      const QueueLook& last = all[end - 1];
      i = end;
      if (first.stage == SelectionStage::worst) continue;
      const bool taken = !first.objection;
      std::string text = std::to_string(first.index);
      if (last.index != first.index) text += " to " + std::to_string(last.index);
      text += " -> " + name_of(first.queue);
      if (&last != &first) text += " to " + name_of(last.queue);
      line("", text + (taken ? ": taken" : ": passed over, " + why_not(first, s)), 2);
    }
  }

  void worst(const WorstChoice& w, const Selection& s) {
    if (!w.broker) return line("isolated", "every broker, and nothing is known to rank them by.");
    std::string text = "every broker is isolated; from best to worst: ";
    for (std::size_t i = 0; i < w.ranking.size(); ++i) {
      const auto item = s.fault_items.find(w.ranking[i]);
      text += (i > 0 ? ", " : "") + w.ranking[i];
      if (item != s.fault_items.end()) {
        text += " (" + ms(item->second.current_latency) + ", until " + since_start(item->second.start_timestamp) + ")";
      }
    }
    text += w.turn ? "; turn " + std::to_string(*w.turn) + " of the better half (" + std::to_string(w.half) +
                         ") falls on " + *w.broker
                   : "; there is no half to choose from, so the first, " + *w.broker;
    if (w.writable_queues <= 0) {
      text += ", which has no writable queue: it is forgotten and the next queue in turn taken.";
    } else {
      text += "; its queue is the next index modulo its " +
              plural(w.writable_queues, "writable queue", "writable queues") + ".";
    }
    line("isolated", text);
    if (s.chosen) line("chosen", name_of(*s.chosen) + ".");
  }

  void tell(const decision::Attempted& d) {
    if (!began_in_) began_in_ = now_->thread;
    // An async send counts its own loop, which has one round; its retries come later.
    std::string text = "#" + std::to_string(d.attempt) + " of at most " +
                       std::to_string(std::max<std::int64_t>(d.total, send_.max_attempts)) + " goes to " +
                       name_of(d.queue) + " at " + at(now_->at) + ".";
    line("attempt", text);
    text = ms(d.timeout - d.cost) + " left of " + ms(d.timeout);
    if (d.cost > 0) text += " (" + ms(d.cost) + " spent before)";
    if (d.shared) {
      text += "; " + std::string(profile_.name) + " gives this attempt its share of that, " + ms(d.given) +
              ", so that others remain possible";
    } else if (d.capped) {
      text += "; sendMsgMaxTimeoutPerRequest lets this attempt have " + ms(d.given) + ", since it is not the last";
    }
    if (d.timeout == d.cost) text += "; spent to the millisecond, which the strict comparison still lets pass";
    line("budget", text + ".");
  }

  void tell(const decision::Judged& d) {
    std::string text;
    if (d.by == JudgedBy::hand_over) {
      text = "the request was handed over " + ms(d.elapsed) + " later; ";
      return line("sent", text + (d.verdict.updates_fault
                                      ? "whatever comes of it, this counts as a success of " + d.broker + "."
                                      : "that alone says nothing of " + d.broker + " to " +
                                            std::string(profile_.name) + "."));
    }
    text = "after " + ms(d.elapsed) + thread() + ": ";
    if (d.status) text += std::string(send_status_name(*d.status)) + ".";
    if (d.error) {
      text += std::string(what_failed(d.outcome));
      if (d.error->type == ErrorType::MQBrokerException) text += " with " + code_text(d.error->response_code);
      text += ", " + shown(*d.error) + ".";
    }
    line("outcome", text);
    line("rule", rule_of(d));
  }

  std::string rule_of(const decision::Judged& d) const {
    if (d.by == JudgedBy::no_table) {
      return "this overload makes one attempt and hands on whatever comes of it; fault items are not touched.";
    }
    std::string text = d.by == JudgedBy::loop ? loop_rule(d) : later_rule(d);
    if (!d.verdict.updates_fault) return text + " Fault items are not touched.";
    text += d.verdict.isolation ? " The attempt counts as a failure of " + d.broker + " (isolated"
                                : " The attempt counts by its latency (not isolated";
    if (profile_.select_by_filters) text += d.verdict.reachable ? ", reachable" : ", unreachable";
    return text + ").";
  }

  std::string loop_rule(const decision::Judged& d) const {
    const bool sync = send_.mode == CommunicationMode::SYNC;
    const std::string again = sync ? " is tried again on another broker while attempts are left."
                                   : " ends the only attempt that an async or oneway send has before its hand-over.";
    switch (d.outcome) {
      case AttemptOutcome::ok: return "SEND_OK is returned.";
      case AttemptOutcome::not_store_ok:
        return d.retry_not_store_ok
                   ? "a doubtful status is kept as a result and tried again elsewhere, because "
                     "retryAnotherBrokerWhenNotStoreOK is on."
                   : "a doubtful status is a result, not an error: it is returned, because "
                     "retryAnotherBrokerWhenNotStoreOK is off.";
      case AttemptOutcome::client_error:
        return "an MQClientException" + again +
               (profile_.isolate_on_client_error ? " " + std::string(profile_.name) + " isolates the broker for it."
                                                 : " The broker is not blamed.");
      case AttemptOutcome::connect_failed: return "a failed connection" + again;
      case AttemptOutcome::send_failed: return "a lost connection" + again;
      case AttemptOutcome::timeout: return "a timeout" + again;
      case AttemptOutcome::too_much: return "a budget spent on the way" + again;
      case AttemptOutcome::retryable_code:
        return code_text(d.error->response_code) + " is one of the codes that a sync send retries;" +
               (sync ? " it" + again : again);
      case AttemptOutcome::message_fault:
      case AttemptOutcome::final_code: {
        const std::int32_t code = d.error->response_code;
        const std::string others = who_retries(code, profile_);
        std::string text = std::string(profile_.name) + " does not retry " + response_code_name(code);
        if (!others.empty()) text += " (" + others + " would)";
        text += ": it is raised as it is, unless an earlier attempt left a result.";
        if (!d.verdict.isolation) text += " It blames the message, so the broker is not blamed.";
        return text;
      }
      case AttemptOutcome::runtime_error: return "an unchecked error is raised at once.";
    }
    return "";
  }

  std::string later_rule(const decision::Judged& d) const {
    if (d.thrown) return "an error that invokeAsync itself throws may be tried again.";
    switch (d.outcome) {
      case AttemptOutcome::ok: return "SEND_OK is handed to the callback.";
      case AttemptOutcome::not_store_ok:
        return "a doubtful status is a result and handed to the callback; retryAnotherBrokerWhenNotStoreOK concerns "
               "sync sends only.";
      case AttemptOutcome::retryable_code:
        if (d.verdict.next == Next::retry) return "a code that a sync send retries may be tried elsewhere.";
        [[fallthrough]];
      case AttemptOutcome::message_fault:
      case AttemptOutcome::final_code:
        return "a broker's refusal is final once a request was handed over, whatever retryResponseCodes says.";
      case AttemptOutcome::runtime_error: return "an unchecked error is final.";
      case AttemptOutcome::send_failed: return "a lost connection may be tried again, as \"send request failed\".";
      case AttemptOutcome::timeout: return "a timeout may be tried again, as \"wait response timeout\".";
      case AttemptOutcome::too_much:
        if (d.verdict.next == Next::retry) {
          return "a connection that took longer than the attempt's time may be tried elsewhere by " +
                 std::string(profile_.name) + ".";
        }
        return "a connection that took longer than the budget is final.";
      case AttemptOutcome::client_error:
      case AttemptOutcome::connect_failed:
        return "a failure without a text of its own may be tried again, as \"" + std::string(profile_.async_unknown) +
               "\".";
    }
    return "";
  }

  std::string item_text(const std::optional<FaultItem>& item) const {
    if (!item) return "none";
    std::string text = "latency " + ms(item->current_latency) + ", ";
    const std::int64_t now = to_millis(now_->at);
    text += item->available(now) ? "available" : "isolated until " + since_start(item->start_timestamp);
    if (profile_.select_by_filters) text += item->reachable ? ", reachable" : ", unreachable";
    return text;
  }

  void tell(const decision::FaultItemUpdated& d) {
    if (!d.enabled) return line("fault", "nothing is kept of " + d.broker + ": sendLatencyFaultEnable is off.");
    line("fault", d.broker + " before: " + item_text(d.before) + ".");
    std::string text = "after: " + item_text(d.after) + ". ";
    text += d.isolation ? "A failure counts as " + ms(profile_.isolation_latency) : ms(d.latency) + " of latency";
    text += d.duration > 0 ? (d.isolation ? " of latency, which isolates for " : " isolate for ") + ms(d.duration)
                           : " isolate for no time";
    const std::int64_t now = to_millis(now_->at);
    if (d.before && d.after && !d.before->available(now) && d.duration == 0) {
      text += profile_.isolation_never_shortened ? "; a running isolation is not shortened"
                                                 : "; that ends the running isolation at once";
    }
    line("", text + ".");
  }

  void tell(const decision::AsyncRetry& d) {
    std::string text = "retry " + std::to_string(d.retry) + " of " + std::to_string(d.allowed) + ", " + ms(d.left) +
                       " left: ";
    if (!d.asked) {
      text += "not allowed for this outcome.";
    } else if (d.retry > d.allowed) {
      text += "retryTimesWhenSendAsyncFailed is used up.";
    } else if (d.needs_time && d.left <= 0) {
      text += std::string(profile_.name) + " does not retry without time left";
      text += profile_.async_times_out_in_time ? "." : "; a timeout is noticed so late that this is always so.";
    } else {
      text += d.left <= 0 ? std::string(profile_.name) + " retries even with nothing left." : "it goes out again.";
    }
    line("retry", text);
  }

  void tell(const decision::Resent& d) {
    line("attempt", "the same request goes to " + d.broker + " at " + at(now_->at) + ", still for queue id " +
                        std::to_string(d.queue_id) + " that was chosen first.");
    line("budget", ms(d.given) + " left.");
  }

  void tell(const decision::Ended& d) {
    std::string text = end_text(d);
    if (d.earlier_result) {
      text += " An earlier attempt had left a result, " + std::string(send_status_name(*d.status)) +
              ": it is returned, and hides this failure.";
    }
    line("end", text);
  }

  std::string end_text(const decision::Ended& d) const {
    switch (d.reason) {
      case EndReason::answered:
        if (send_.kind == SendRecord::Kind::request) return "the request is stored; now it waits for the reply.";
        if (send_.kind == SendRecord::Kind::transaction) {
          return "the half message is stored; the local transaction and its end follow.";
        }
        return "the message is stored, and that is the result.";
      case EndReason::status_returned:
        return "the status " + std::string(d.status ? send_status_name(*d.status) : "") + " is the result.";
      case EndReason::code_not_retried: return "the broker's code is not retried.";
      case EndReason::unchecked_error: return "the error is raised at once.";
      case EndReason::attempts_used_up:
        return "all attempts are used up." +
               std::string(d.earlier_result ? "" : " The last failure is raised inside one that counts them.");
      case EndReason::budget_spent:
        return "before another attempt, " + ms(d.cost) + " of " + ms(send_.timeout_millis) +
               " are spent: the budget covers all attempts together, so nothing is sent any more.";
      case EndReason::no_queue: return "there is no queue to try.";
      case EndReason::no_route: return "without a route nothing can be sent.";
      case EndReason::no_name_server: return "the list of nameservers is empty.";
      case EndReason::lookup_failed: return "the route could not be asked for: no nameserver answers.";
      case EndReason::impossible_retries: return "retryTimesWhenSendFailed allows less than no attempt.";
      case EndReason::selector_took_too_long: return "the selector used up the timeout.";
      case EndReason::selector_chose_nothing: return "the selector returned no queue.";
      case EndReason::selector_threw: return "the selector threw.";
      case EndReason::single_attempt_failed: return "this overload does not retry.";
      case EndReason::async_not_retried: return "the failure is handed to the callback.";
      case EndReason::async_retries_used_up: return "no retry is left; the failure is handed to the callback.";
      case EndReason::async_no_time_left: return "no time is left for a retry; the failure is handed to the callback.";
      case EndReason::oneway_sent: return "a oneway send is over when it is handed over; nobody answers.";
      case EndReason::oneway_never_left: return "the request turned out not to have left, and nobody is told.";
    }
    return "";
  }

  const Scenario& scenario_;
  const Profile& profile_;
  const RunResult& result_;
  const std::uint64_t number_;
  const SendRecord& send_;
  const DecisionLog& decisions_;
  const std::size_t width_;
  const Decision* now_ = nullptr;
  std::optional<ThreadId> began_in_;
  std::string text_;
};

}  // namespace

std::string explain_text(const Scenario& scenario, const Profile& profile, const RunResult& result,
                         std::size_t width) {
  return explain_text(scenario, profile, result, *result.record.explained, result.record.decisions, width);
}

std::string explain_text(const Scenario& scenario, const Profile& profile, const RunResult& result, std::uint64_t send,
                         const DecisionLog& decisions, std::size_t width) {
  return harmless_lines(Explainer(scenario, profile, result, send, decisions, width).run());
}

}  // namespace rmqsim
