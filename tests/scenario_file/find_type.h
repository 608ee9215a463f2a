// What the type of a key refers to: an object of the format, or another definition of its schema.
#pragma once

#include <string_view>

#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/schema/definitions.h"

namespace rmqsim {

/// nullptr: it refers to no object.
inline const Shape* find_shape(const KeyType& type) {
  for (const Shape* shape : shapes::all()) {
    if (shape->name == type.text) return shape;
  }
  return nullptr;
}

/// nullptr: it refers to no definition, or to an object.
inline const KeyRow* find_definition(const KeyType& type) {
  for (const KeyRow& row : definitions()) {
    if (row.name == type.text) return &row;
  }
  return nullptr;
}

}  // namespace rmqsim
