// Writing and reading the fields of an owning typed header, given its field list (a `Fields::visit` of the including
// source file). Included by *_headers.cc only.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {

struct FieldWriter {
  ExtFields& ext;
  void operator()(std::string_view key, const std::optional<std::string>& v) const {
    if (v) ext.set(key, std::string_view(*v));
  }
  void operator()(std::string_view key, const std::optional<std::int32_t>& v) const {
    if (v) ext.set(key, std::int64_t{*v});
  }
  void operator()(std::string_view key, const std::optional<std::int64_t>& v) const {
    if (v) ext.set(key, *v);
  }
  void operator()(std::string_view key, const std::optional<bool>& v) const {
    if (v) ext.set_bool(key, *v);
  }
};

struct FieldReader {
  const ExtFields& ext;
  void operator()(std::string_view key, std::optional<std::string>& v) const {
    if (const auto found = ext.find(key)) v.emplace(*found);
  }
  void operator()(std::string_view key, std::optional<std::int32_t>& v) const {
    if (const auto found = ext.find(key)) v = text::parse_int32(*found);
  }
  void operator()(std::string_view key, std::optional<std::int64_t>& v) const {
    if (const auto found = ext.find(key)) v = text::parse_int64(*found);
  }
  void operator()(std::string_view key, std::optional<bool>& v) const {
    if (const auto found = ext.find(key)) v = text::parse_bool(*found);
  }
};

}  // namespace rmqsim

/// Defines a header's two directions by the field list `Lists::visit`.
#define RMQSIM_HEADER_CODEC(Lists, Header)                                             \
  void Header::to_ext(ExtFields& ext) const { Lists::visit(*this, FieldWriter{ext}); } \
  Header Header::from_ext(const ExtFields& ext) {                                      \
    Header h;                                                                          \
    Lists::visit(h, FieldReader{ext});                                                 \
    return h;                                                                          \
  }
