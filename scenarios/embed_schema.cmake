# cmake -DINPUT=scenario.schema.json -DOUTPUT=scenario_schema.cc -P embed_schema.cmake
# Makes the source file that holds the schema's text, so that a program needs no file to print or check it.
file(READ "${INPUT}" text)
file(WRITE "${OUTPUT}" "// Made from scenario.schema.json; change that.
#include \"scenarios/harness/file/load_scenario.h\"

namespace rmqsim {

std::string_view scenario_schema() {
  return R\"schema(${text})schema\";
}

}  // namespace rmqsim
")
