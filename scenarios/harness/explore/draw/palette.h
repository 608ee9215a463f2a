// What one trial may use (swarm testing): few kinds of most things, so that what it uses can add up instead of drowning
// in everything else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "scenarios/harness/explore/draw/dice.h"

namespace rmqsim {

enum class DrawnMode : std::uint8_t {
  sync,
  async,
  oneway,
  batch,
  async_batch,
  to_queue,
  by_selector,
  transaction,
  request,
  recall
};

/// How troubles are spread over time and servers.
enum class TroubleShape : std::uint8_t { single, burst, flapping, correlated, in_turn, swizzle };

/// What a trouble is: a fault rule, or events.
enum class TroubleKind : std::uint8_t {
  rule,
  crash,
  pause,
  partition,
  one_way_partition,
  leave_route,
  set_route,
  set_perm,
  set_config,
  shut_down_producer
};

enum class Topology : std::uint8_t {
  third_broker,
  second_nameserver,
  second_topic,
  second_producer,
  shared_instance,
  slave,
  uneven_queues,
  one_queue,
  auto_create,
  no_slack,
  slow_network,
  close_delay,
  check_queue_id,
  quick_checks
};

/// Some of the kinds of a table of at most 32 weights, which outlives it.
class Choice {
 public:
  static Choice all(std::span<const std::uint8_t> weights);
  /// So many different ones, the heavier the likelier.
  static Choice some(Dice& dice, std::span<const std::uint8_t> weights, std::size_t count);

  bool has(std::size_t kind) const { return (bits_ >> kind & 1u) != 0; }
  bool empty() const { return bits_ == 0; }
  void add(std::size_t kind) { bits_ |= 1u << kind; }
  void take(std::size_t kind) { bits_ &= ~(1u << kind); }
  /// One of them, the heavier the likelier. There is one.
  std::size_t pick(Dice& dice) const;

 private:
  std::span<const std::uint8_t> weights_;
  std::uint32_t bits_ = 0;
};

struct Palette {
  Choice modes, shapes, troubles, topology;
  Choice actions;   ///< of fault_actions()
  Choice targets;   ///< of drawn_targets()
  Choice settings;  ///< of drawn_settings()
  bool swarm = true;

  static Palette everything();
  static Palette draw(Dice& dice);

  DrawnMode mode(Dice& dice) const { return static_cast<DrawnMode>(modes.pick(dice)); }
  TroubleShape shape(Dice& dice) const { return static_cast<TroubleShape>(shapes.pick(dice)); }
  TroubleKind trouble(Dice& dice) const { return static_cast<TroubleKind>(troubles.pick(dice)); }
  bool has(DrawnMode mode) const { return modes.has(static_cast<std::size_t>(mode)); }
  /// Whether the trial has it: what all may have, half of them do.
  bool has(Topology what, Dice& dice) const {
    return topology.has(static_cast<std::size_t>(what)) && (swarm || dice.chance(0.5));
  }
};

}  // namespace rmqsim
