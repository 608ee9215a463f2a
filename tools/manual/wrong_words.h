// What a program says of words that its command line does not take.
#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}

namespace rmqsim {

/// What `app` had against the words, told in the name of the command that they are for, and what to do: an example, the
/// commands that there are, or where help is.
std::string wrong_words(const CLI::App& app, const CLI::ParseError& error);

}  // namespace rmqsim
