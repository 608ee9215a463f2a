// Sequences of lifecycle steps (start, shutdown, a setter, sends of every kind) and what the specification says of each
// (behaviour §3.1, §2.2, §2.6): a model of a few lines beside which the engine is held, in any world.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/scenario_world.h"

namespace rmqsim {

/// Indices into a table of words; lifecycle_words() has their names.
struct LifecyclePlay {
  std::vector<std::size_t> words;
  bool auto_start = false;
  std::string text() const;
};

std::vector<std::string> lifecycle_words();
/// The file that plays are made from; the programs of the world `process` read their part of it.
std::string lifecycle_scenario();
/// Every sequence of at most `depth` starts, shutdowns and setters, with sends of every kind before, between and after.
std::vector<LifecyclePlay> every_lifecycle(std::size_t depth);
/// So many words, of any kind, in any order.
LifecyclePlay random_lifecycle(std::uint64_t seed, std::size_t length);
/// Plays it. Empty when everything went as the model says, else what did not. `file` holds lifecycle_scenario(), or is
/// any name where nobody reads it.
std::string play_lifecycle(const LifecyclePlay& play, const Profile& profile, WorldKind world, const std::string& file);

}  // namespace rmqsim
