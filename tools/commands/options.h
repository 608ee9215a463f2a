// What the options of several verbs share.
#pragma once

#include <string>
#include <vector>

#include "scenarios/harness/hosting/places.h"

namespace CLI {
class App;
class Option;
}

namespace rmqsim {

/// What --world and --profile take.
std::vector<std::string> words_for_world();
std::vector<std::string> words_for_profile();

/// What is wrong with the name of a file or folder to write; empty when nothing is.
std::string place_to_write(const std::string& text);

/// True, after it was said, when an option that may be repeated has a value twice.
bool given_twice(const CLI::Option& option);

/// True, after it was said, when an option was given that decides nothing.
bool without_meaning(const CLI::Option& option, const char* why);

/// Why --max-seconds decides nothing in --world sim.
inline constexpr const char* kSimTakesNoTime = "limits real time, and --world sim takes none";

/// Where servers listen, for commands that host a cluster; the options that were added.
std::vector<CLI::Option*> add_place_options(CLI::App& app, PlaceOptions& options);

}  // namespace rmqsim
