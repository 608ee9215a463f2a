# Writes OUT, a source file that holds the text FILES (absolute paths with | between them): rmqsim_embed() calls this.
string(REPLACE "|" ";" FILES "${FILES}")
set(rows)
foreach(file IN LISTS FILES)
  file(READ "${file}" content)
  if(content MATCHES "\\)rmqsim_embed\"")
    message(FATAL_ERROR "${file} holds the end of what it is embedded as")
  endif()
  get_filename_component(name "${file}" NAME)
  # No literal longer than what every compiler takes.
  string(LENGTH "${content}" length)
  set(at 0)
  set(literal)
  while(at LESS length)
    string(SUBSTRING "${content}" ${at} 16000 part)
    string(APPEND literal "R\"rmqsim_embed(${part})rmqsim_embed\"\n")
    math(EXPR at "${at} + 16000")
  endwhile()
  string(APPEND rows "  if (file == \"${name}\") return std::string_view(\n${literal}\"\"sv);\n")
endforeach()
file(WRITE "${OUT}" "#include <string_view>

namespace rmqsim::embedded {
using namespace std::string_view_literals;
std::string_view ${NAME}(std::string_view file) {
${rows}  return {};
}
}  // namespace rmqsim::embedded
")
