// The live page: real files of page/, embedded when this is built.
#include <nlohmann/json.hpp>

#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace embedded {

/// rmqsim_embed(rmqsim_control …)
std::string_view control(std::string_view file);

}  // namespace embedded
namespace {

const char* type_of(std::string_view file) {
  if (file.ends_with(".js")) return "text/javascript; charset=utf-8";
  return file.ends_with(".css") ? "text/css; charset=utf-8" : "text/html; charset=utf-8";
}

Json show(const ControlCall& call, std::string_view file) {
  const std::string_view content = embedded::control(file);
  if (content.empty()) throw ControlError(404, "the page has no such file");
  call.whole->content_type = type_of(file);
  // Nothing from elsewhere, nothing inline: what a topic is called can never be run.
  call.whole->policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return Json(std::string(content));
}

}  // namespace

std::optional<Json> ControlResources::page(ControlCall& call) { return show(call, "index.html"); }

std::optional<Json> ControlResources::page_file(ControlCall& call) { return show(call, call.path.at(0)); }

}  // namespace rmqsim
