#include "scenarios/harness/engine/producers/start_check.h"

#include <utility>

namespace rmqsim {
namespace {

constexpr std::string_view kStartOf = "start of producer ";

}  // namespace

std::optional<Failure> check_start(const std::string& producer, const std::optional<ExceptionExpectation>& wanted,
                                   const std::optional<StartError>& error, SourceLocation where) {
  const auto failure = [&](std::string message) {
    return Failure{std::string(kStartOf) + "\"" + producer + "\"", std::move(message), {}, where};
  };
  if (!wanted) return error ? std::optional(failure(error->message)) : std::nullopt;
  if (!error) return failure("expected it to fail, and it started");
  const std::string got = ", got " + error->type + " (" + std::to_string(error->response_code) + ") \"" +
                          error->message.substr(0, 200) + "\"";
  if (wanted->type && error->type != *wanted->type) return failure("expected " + *wanted->type + got);
  if (wanted->response_code && error->response_code != *wanted->response_code) {
    return failure("expected responseCode " + std::to_string(*wanted->response_code) + got);
  }
  if (wanted->message_contains && error->message.find(*wanted->message_contains) == std::string::npos) {
    return failure("expected a message with \"" + *wanted->message_contains + "\"" + got);
  }
  return std::nullopt;
}

bool is_start_failure(const Failure& failure) { return failure.check.starts_with(kStartOf); }

}  // namespace rmqsim
