// What may become of a request besides an answer with its own code: the outcomes of AnswerSeen that are no response
// code's name. Those of fault actions stand in their rows (fault_actions.cc), and three come without a rule. Pages,
// schema, the HTTP interface and whoever judges by what servers saw ask here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rmqsim {

/// What the client gets to know of it.
enum class ClientHears : std::uint8_t {
  nothing,            ///< it gives up when its time is over
  end_of_connection,  ///< or bytes after which it ends the connection itself
  as_it_should,       ///< it waits for nothing
};

struct Unanswered {
  std::string_view outcome{};  ///< empty: an answer leaves, and its code's name is the outcome
  ClientHears hears = ClientHears::nothing;
};

/// In the order of the actions' rows, then those that come without a rule.
std::span<const Unanswered> unanswered();
/// nullptr: the name of a response code.
const Unanswered* find_unanswered(std::string_view outcome);
/// All of them as a list, each word in `quote`s.
std::string unanswered_words(std::string_view quote = {});

}  // namespace rmqsim
