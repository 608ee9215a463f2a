#include "scenarios/harness/engine/steps/responders.h"

#include <algorithm>
#include <utility>

#include "producer/client/send/message_util.h"

namespace rmqsim {

void Responders::start() {
  for (const ResponderSpec& spec : specs_) start(spec);
  if (responders_.empty()) return;
  world_.cluster().on_message(
      run_.bind([this](std::string_view topic, std::string_view record) { consume(topic, record); }));
}

void Responders::start(const ResponderSpec& spec) {
  const ThreadId thread = run_.new_thread(spec.name);
  ClientConfig client;
  client.setNamesrvAddr(world_.cluster().name_server_addresses({}));
  ProducerSettings settings;
  settings.retry_response_codes = profile_.retry_response_codes;
  settings.remoting.node = spec.name;
  ScenarioProducer producer(
      run_, std::make_shared<DefaultMQProducerImpl>(world_.runtime(), world_.client(spec.name), profile_, spec.name,
                                                    std::move(client), std::move(settings)));
  producer.start([this, &spec](std::optional<MQError> error) {
    if (!error) return;
    record_.failures.push_back({"start of responder \"" + spec.name + "\"", std::move(error->message), {}, {}});
  });
  responders_.push_back(std::unique_ptr<Responder>(new Responder{spec, std::move(producer), thread}));
}

void Responders::consume(std::string_view topic, std::string_view record) {
  for (auto& responder : responders_) {
    const ResponderSpec& spec = responder->spec;
    if (spec.topic != topic) continue;
    // Most are no requests, and a body may be large and compressed.
    if (record.find(MessageConst::PROPERTY_CORRELATION_ID) == std::string_view::npos) continue;
    auto request = decode_message_ext(profile_, record);
    if (!request || request->property(MessageConst::PROPERTY_CORRELATION_ID).empty()) continue;
    const std::uint64_t i = responder->requests++;
    if (!spec.nth.every() && !spec.nth.contains(i + 1)) continue;
    // Through the queue, as a consumer would get it: never inside the request that stored it.
    run_.later(spec.delay,
               [this, responder = responder.get(), i, request = std::make_unique<MessageExt>(std::move(*request))] {
                 reply(*responder, *request, i);
               });
  }
}

void Responders::reply(Responder& responder, const MessageExt& request, std::uint64_t i) {
  BodySpec body;
  body.text = responder.spec.reply;
  auto made = create_reply_message(profile_, &request, body.render(i));
  auto* message = std::get_if<Message>(&made);
  if (message == nullptr || responder.producer.state() != ServiceState::RUNNING) return;
  auto held = std::make_shared<Message>(std::move(*message));
  const ThreadScope scope = run_.as(responder.thread);
  responder.producer.send(*held, SendCall(), [this, held, &responder, i](SendOutcome& outcome) {
    if (TraceSink* trace = run_.trace()) {
      trace->record(
          run_.now(), responder.spec.name, "replied",
          {{"request", i}, {"error", outcome.error ? std::string_view(outcome.error->message) : std::string_view()}});
    }
  });
}

std::vector<ScenarioProducer*> Responders::producers() {
  std::vector<ScenarioProducer*> out;
  for (const auto& responder : responders_) out.push_back(&responder->producer);
  return out;
}

void Responders::abandon() {
  if (!responders_.empty()) world_.cluster().on_message(nullptr);
  for (auto& responder : responders_) responder->producer.abandon();
}

}  // namespace rmqsim
