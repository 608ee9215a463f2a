#include "scenarios/testing/account.h"

#include <algorithm>
#include <set>

#include "producer/remoting/codes.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/report/explain.h"
#include "scenarios/harness/report/render.h"
#include "scenarios/harness/report/report.h"
#include "scenarios/harness/report/sends_table.h"

namespace rmqsim::test {
namespace {

constexpr std::size_t kColumns = 110;

double since(const RunRecord& record, TimePoint at) {
  return at == TimePoint{} ? 0 : to_fractional_millis(at - record.first_step);
}

std::string mode_of(const SendRecord& record) {
  switch (record.kind) {
    case SendRecord::Kind::send: break;
    case SendRecord::Kind::transaction: return "transaction";
    case SendRecord::Kind::request: return record.mode == CommunicationMode::ASYNC ? "requestAsync" : "request";
    case SendRecord::Kind::recall: return "recall";
  }
  return std::string(communication_mode_name(record.mode));
}

struct WhoAndWhere {
  Send& send;
  template <class Step>
    requires requires(const Step& step) { step.message; }
  void operator()(const Step& step) const {
    send.producer = step.producer;
    send.topic = step.message.topic;
  }
  void operator()(const rmqsim::RecallStep& step) const {
    send.producer = step.producer;
    send.topic = step.topic.value_or("");
  }
  template <class Step>
  void operator()(const Step&) const {}
};

Exception exception_of(const MQError& error) {
  Exception exception{std::string(error_type_name(error.type)), std::nullopt, error.message, {}};
  if (error.type == ErrorType::MQClientException || error.type == ErrorType::MQBrokerException ||
      error.type == ErrorType::RequestTimeoutException) {
    exception.response_code = error.response_code;
  }
  if (error.cause) exception.cause_type = error_type_name(error.cause->type);
  return exception;
}

/// Of a send that was never begun the scenario tells.
const rmqsim::Step& step_of(const Scenario& scenario, std::uint64_t number, const SendRecord& record) {
  if (record.start != TimePoint{}) return scenario.steps.at(record.step);
  const auto has = [&](const rmqsim::Step& step) {
    return step.first_send <= number && number < step.first_send + step.send_count;
  };
  const auto at = std::find_if(scenario.steps.begin(), scenario.steps.end(), has);
  return at == scenario.steps.end() ? scenario.steps.at(record.step) : *at;
}

Send send_of(const std::shared_ptr<const Account>& account, std::uint64_t number) {
  const RunRecord& all = account->result.record;
  const SendRecord& record = all.sends[number];
  Send send;
  send.number = number;
  send.account = account;
  const rmqsim::Step& step = step_of(account->scenario, number, record);
  send.step = step.name;
  std::visit(WhoAndWhere{send}, step.what);
  send.mode = mode_of(record);
  send.outcome = record.outcome();
  if (record.result) {
    send.broker = record.result->message_queue.getBrokerName();
    send.queue_id = record.result->message_queue.getQueueId();
  }
  send.start_ms = since(all, record.start);
  if (record.completed()) send.elapsed_ms = to_fractional_millis(record.elapsed());
  for (const AttemptRecord& attempt : record.attempts) {
    send.attempts.push_back({attempt.broker, attempt.queue_id, attempt.outcome, since(all, attempt.start),
                             to_fractional_millis(attempt.elapsed), attempt.timeout_millis});
  }
  if (record.error) send.exception = exception_of(*record.error);
  if (record.transaction) {
    const rmqsim::TransactionRecord& transaction = *record.transaction;
    send.transaction = TransactionFate{transaction.local ? std::string(state_name(*transaction.local)) : "",
                                       transaction.end.what, transaction.end.checks};
  }
  send.reply = record.reply;
  send.callbacks = record.callbacks;
  return send;
}

/// Those of `all` whose `of` is `name`, put into `some`; `names`: who else has one, though no send of his is there.
Sends named(const Sends& all, Sends some, std::string Send::*of, const char* what, std::string_view name,
            std::vector<std::string> names) {
  std::copy_if(all.begin(), all.end(), std::back_inserter(some), [&](const Send& send) { return send.*of == name; });
  if (!some.empty() || std::find(names.begin(), names.end(), name) != names.end()) return some;
  for (const Send& send : all) {
    if (!(send.*of).empty()) names.push_back(send.*of);
  }
  Account::unknown(what, name, std::move(names));
}

}  // namespace

std::string Account::explain(std::uint64_t number) const {
  if (result.record.sends.size() <= number || result.record.every_decision.size() <= number) return "";
  // Only what the words are made of: a record may have many sends.
  RunResult one;
  one.profile = result.profile;
  one.world = result.world;
  one.seed = result.seed;
  one.record.first_step = result.record.first_step;
  one.record.sends.resize(number);
  one.record.sends.push_back(result.record.sends[number]);
  one.record.decisions = result.record.every_decision[number];
  one.record.explained = number;
  return explain_text(scenario, *profile, one, kColumns);
}

std::vector<std::string> Account::producers() const {
  std::vector<std::string> names;
  for (const ProducerSpec& spec : scenario.producers) names.push_back(spec.name);
  return names;
}

std::vector<std::string> Account::steps() const {
  std::vector<std::string> names;
  for (const rmqsim::Step& step : scenario.steps) {
    if (step.send_count > 0 && !step.name.empty()) names.push_back(step.name);
  }
  return names;
}

std::vector<std::string> Account::topics() const {
  std::set<std::string> names;
  for (const TopicSpec& topic : scenario.cluster.topics) names.insert(topic.name);
  for (std::uint64_t i = 0; i < result.record.sends.size(); ++i) {
    Send send;
    std::visit(WhoAndWhere{send}, step_of(scenario, i, result.record.sends[i]).what);
    names.insert(std::move(send.topic));
  }
  for (const auto& [server, counts] : result.record.servers) {
    for (const auto& [what, n] : counts.requests) names.insert(what.second);
  }
  // With its namespace a producer's topic is another one on the wire.
  for (const ProducerSpec& producer : scenario.producers) {
    const auto* space = producer.config.get<std::string>("namespace");
    if (space == nullptr || space->empty()) continue;
    for (const std::string& name : std::set<std::string>(names)) names.insert(*space + "%" + name);
  }
  names.erase("");
  return {names.begin(), names.end()};
}

void Account::unknown(std::string_view what, std::string_view name, std::vector<std::string> names) {
  throw std::invalid_argument("no " + std::string(what) + " is called " + in_quotes(name) + suggestion(name, names));
}

Sends sends_of(const std::shared_ptr<const Account>& account) {
  Sends sends(account);
  const std::size_t count = account->result.record.sends.size();
  sends.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) sends.push_back(send_of(account, i));
  return sends;
}

std::string line_of(const Send& send) {
  if (!send.account) return "#" + std::to_string(send.number);
  return format_send(send.number, send.account->result.record.sends[send.number]);
}

std::string Send::explain() const { return account ? account->explain(number) : ""; }

Sends Sends::of_step(std::string_view name) const {
  std::vector<std::string> names;
  if (account_) names = account_->steps();
  return named(*this, Sends(account_), &Send::step, "step that sends", name, std::move(names));
}
Sends Sends::by(std::string_view producer) const {
  std::vector<std::string> names;
  if (account_) names = account_->producers();
  return named(*this, Sends(account_), &Send::producer, "producer", producer, std::move(names));
}
Sends Sends::to(std::string_view topic) const {
  std::vector<std::string> names;
  if (account_) names = account_->topics();
  return named(*this, Sends(account_), &Send::topic, "topic", topic, std::move(names));
}

Record::Record(std::shared_ptr<const Account> account) : account_(std::move(account)) {
  if (!account_) throw std::invalid_argument("a record is one of a cluster or of a run, and not of nullptr");
  sends_ = sends_of(account_);
}

std::vector<std::string> Record::brokers() const {
  std::vector<std::string> names;
  for (const BrokerSpec& broker : account_->scenario.cluster.brokers) names.push_back(broker.name);
  return names;
}

BrokerCounts Record::broker(std::string_view name) const {
  const std::vector<std::string> names = brokers();
  if (std::find(names.begin(), names.end(), name) == names.end()) Account::unknown("broker", name, names);
  const auto at = account_->result.record.servers.find(std::string(name));
  if (at == account_->result.record.servers.end()) return {};
  return {at->second.received_sends, at->second.stored_sends};
}

std::uint64_t Record::requests(std::string_view server, std::string_view on, std::string_view topic) const {
  const auto& servers = account_->result.record.servers;
  const auto at = servers.find(std::string(server));
  if (at == servers.end()) {
    std::vector<std::string> names = brokers();
    for (const std::string& name : account_->scenario.cluster.nameservers) names.push_back(name);
    if (std::find(names.begin(), names.end(), server) == names.end()) {
      Account::unknown("server", server, std::move(names));
    }
  }
  const auto target = request_target(on);
  if (!target || !target->is_request()) {
    throw std::invalid_argument("no request is called " + in_quotes(on) + suggestion(on, request_words()));
  }
  if (!topic.empty()) {
    std::vector<std::string> names = account_->topics();
    if (std::find(names.begin(), names.end(), topic) == names.end()) Account::unknown("topic", topic, std::move(names));
  }
  if (at == servers.end()) return 0;
  std::uint64_t count = 0;
  for (const auto& [what, n] : at->second.requests) {
    if (target->matches_code(what.first) && (topic.empty() || topic == what.second)) count += n;
  }
  return count;
}

std::uint64_t Record::acknowledged_lost() const { return account_->result.totals.acknowledged_lost; }
std::vector<std::uint64_t> Record::lost_sends() const { return account_->result.totals.lost_sends; }
std::uint64_t Record::duplicates() const { return account_->result.totals.duplicates; }
std::vector<std::uint64_t> Record::repeated_sends() const { return account_->result.totals.repeated_sends; }

std::vector<Isolation> Record::isolation(std::string_view broker, std::string_view producer) const {
  this->broker(broker);
  const RunRecord& record = account_->result.record;
  if (!producer.empty() && account_->scenario.find_producer(producer) == nullptr) {
    Account::unknown("producer", producer, account_->producers());
  }
  std::vector<Isolation> all;
  const std::int64_t now = to_millis(record.fault_items_at);
  for (const auto& [name, items] : record.fault_items) {
    const auto item = items.find(std::string(broker));
    if (item == items.end() || (!producer.empty() && producer != name)) continue;
    all.push_back({name, !item->second.available(now), item->second.reachable,
                   static_cast<double>(std::max<std::int64_t>(item->second.start_timestamp - now, 0)),
                   static_cast<double>(item->second.current_latency)});
  }
  return all;
}

std::vector<RuleActs> Record::rules() const {
  std::vector<RuleActs> rules;
  for (const RuleRecord& rule : account_->result.record.rules) {
    rules.push_back({rule.id, rule.counts.matched, rule.counts.acted});
  }
  return rules;
}

std::string Record::table() const {
  return sends_table(account_->scenario, account_->result, {.verbose = true, .width = kColumns});
}

std::string ScenarioRun::verdict() const { return std::string(verdict_name(account().result.verdict)); }
std::string ScenarioRun::reason() const { return account().result.reason; }
std::string ScenarioRun::profile() const { return account().result.profile; }
double ScenarioRun::virtual_ms() const { return to_fractional_millis(account().result.virtual_time); }
std::uint64_t ScenarioRun::trace_hash() const { return account().result.trace_hash; }
std::vector<std::string> ScenarioRun::notes() const { return account().result.record.notes; }

std::vector<Contradiction> ScenarioRun::contradictions() const {
  std::vector<Contradiction> all;
  for (const Failure& failure : account().result.record.failures) {
    all.push_back({failure.check, failure.message, failure.evidence, failure.where.line, failure.send});
  }
  return all;
}

std::string ScenarioRun::report() const {
  return report_text(account().scenario, account().result, 0, {.width = kColumns});
}

}  // namespace rmqsim::test
