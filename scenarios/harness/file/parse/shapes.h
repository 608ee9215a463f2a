// The objects that a scenario may hold. Their keys are rows (file/schema/*_shapes.cc); the parser takes what has a row,
// and the JSON Schema defines each object under the same name.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/file/parse/key_row.h"

namespace rmqsim {

struct Shape {
  std::string_view name;  ///< `definitions/<name>` of the schema; the whole file is "scenario"
  std::string_view description;
  std::span<const KeyRow> rows;
  /// What its keys need and exclude: further members of the JSON Schema, without their braces. `made` makes more of
  /// them from the tables of the code.
  std::string_view also = {};
  std::string (*made)() = nullptr;

  constexpr const KeyRow* find(std::string_view key) const {
    for (const KeyRow& row : rows) {
      if (row.name == key) return &row;
    }
    return nullptr;
  }
  constexpr bool has(std::string_view key) const { return find(key) != nullptr; }
  /// How many entries its row allows in the list of that key.
  constexpr std::size_t most(std::string_view key) const {
    const KeyRow* row = find(key);
    return row == nullptr ? 0 : static_cast<std::size_t>(row->type.max);
  }
  std::vector<std::string_view> keys() const {
    std::vector<std::string_view> all;
    for (const KeyRow& row : rows) all.push_back(row.name);
    return all;
  }
};

namespace shapes {

extern const Shape scenario, worlds, invariants, invariantOff;
extern const Shape cluster, broker, topic, transactions, responder, account;
extern const Shape network, producer, credentials, listener, queueIndex;
extern const Shape step, send, transaction, request, recall, body, queue, selector;
extern const Shape event, partition, heal, setRoute, removeFromRoute, setPerm, setConfig, startProducer;
extern const Shape fault, action, answer, delay;
extern const Shape exception, transactionExpectation, brokerTransactions, brokerDelayed;  // kinds have theirs in rows

/// What the HTTP interface takes besides (fragments.h); not part of a scenario.
extern const Shape gate, topicPut, permPut, release;

/// Those of a scenario, in the schema's order; the first is the whole file.
std::span<const Shape* const> all();

}  // namespace shapes
}  // namespace rmqsim
